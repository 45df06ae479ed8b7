# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples that the vendor published ("Create application (worker)", "Worker applications"), sent as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator_world import POST, Caller, World
from pingone_emulator.api_date import ApiDate

DATA = Path(__file__).parent / "data"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def ungenerated(document: Any) -> Any:
    """The document with ids, times, hosts and the number in the name replaced by what they are."""
    if isinstance(document, dict):
        return {key: ungenerated(value) for key, value in document.items()}
    if isinstance(document, list):
        return [ungenerated(one) for one in document]
    if not isinstance(document, str):
        return document
    text = re.sub(r"OIDC-Worker-App_(\d+|\{\{\$timestamp\}\})", "OIDC-Worker-App_NUMBER", document)
    return _TIME.sub("TIME", _UUID.sub("ID", re.sub(r"^https?://[^/]+/v1", "API", text)))


@pytest.mark.parametrize("date", [None, ApiDate.JULY_2023, ApiDate.MARCH_2025])
def test_the_published_create_request_gets_the_published_answer(
    make_world: Callable[..., World], date: ApiDate | None
) -> None:
    request = (DATA / "create_worker_request.json").read_bytes()
    published = json.loads((DATA / "create_worker_answer.json").read_text(encoding="utf-8"))
    bootstrap = make_world(api_date=date).bootstrap()

    answer = bootstrap.post(f"/environments/{bootstrap.environment()['id']}/applications", raw=request).must(201)

    # In the order of the page, too.
    assert json.dumps(ungenerated(answer), indent=1) == json.dumps(ungenerated(published), indent=1)


def token_request(world: World, environment: str, client_id: str, secret: str) -> Any:
    """The published token request, its placeholders filled in."""
    sample = (DATA / "token_request.txt").read_text(encoding="utf-8")
    body = sample.replace("{{appID}}", client_id).replace("{{secret}}", secret)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return world.request("POST", f"/{environment}/as/token", raw=body.encode(), headers=headers)


def test_the_published_token_request_is_answered_to_a_worker_of_that_method_with_a_role(
    world: World, bootstrap: Caller, home: str
) -> None:
    application = bootstrap.application(home, tokenEndpointAuthMethod=POST)["id"]
    bootstrap.assign(home, application, "Environment Admin", ("ENVIRONMENT", home))

    answer = token_request(world, home, application, bootstrap.secret(home, application)).must(200)

    published = json.loads((DATA / "token_answer.json").read_text(encoding="utf-8"))
    assert set(answer) == set(published)
    assert {**answer, "access_token": ""} == {**published, "access_token": ""}
    assert answer["access_token"].count(".") == 2


def test_the_published_token_request_is_refused_to_a_worker_of_another_method(
    world: World, bootstrap: Caller, home: str
) -> None:
    application = bootstrap.application(home)["id"]
    bootstrap.assign(home, application, "Environment Admin", ("ENVIRONMENT", home))

    answer = token_request(world, home, application, bootstrap.secret(home, application)).must(401)

    assert answer["error"] == "invalid_client"
