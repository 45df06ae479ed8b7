# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a customer keeps with an application."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import API, Caller, worker

UNKNOWN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def path(bootstrap: Caller, home: str) -> str:
    """The path of an application."""
    return f"/environments/{home}/applications/{bootstrap.application(home)['id']}"


def test_an_object_of_any_form_is_kept_with_an_application(bootstrap: Caller, home: str, path: str) -> None:
    assert bootstrap.get(f"{path}/metadata").must(200)["metadata"] == {}
    kept = {"owner": {"team": "shop", "ids": [1, None, 2.5]}, "metadata": ""}
    answer = bootstrap.put(f"{path}/metadata", {"metadata": kept}).must(200)
    assert answer == {
        "_links": {
            "self": {"href": f"{API}{path}/metadata"},
            "environment": {"href": f"{API}/environments/{home}"},
            "application": {"href": f"{API}{path}"},
        },
        "metadata": kept,
    }
    # It stays when the application is replaced, is no member of it, and is replaced as a whole.
    bootstrap.put(path, worker("renamed")).must(200)
    assert bootstrap.get(f"{path}/metadata").must(200) == answer
    assert "metadata" not in bootstrap.get(path).must(200)
    bootstrap.put(f"{path}/metadata", {"metadata": {"a": 1}}).must(200)
    assert bootstrap.get(f"{path}/metadata").must(200)["metadata"] == {"a": 1}


@pytest.mark.parametrize("sent", [{}, {"metadata": "text"}, {"metadata": [1]}])
def test_metadata_is_an_object(bootstrap: Caller, path: str, sent: Any) -> None:
    bootstrap.put(f"{path}/metadata", sent).error(400, "INVALID_DATA")
    assert bootstrap.get(f"{path}/metadata").must(200)["metadata"] == {}


def test_applications_of_the_platform_and_unknown_ones_have_none(bootstrap: Caller, home: str) -> None:
    applications = f"/environments/{home}/applications"
    portal = next(one for one in bootstrap.get(applications).items if one["type"] == "PING_ONE_PORTAL")["id"]
    for one in (portal, UNKNOWN):
        bootstrap.get(f"{applications}/{one}/metadata").error(404, "NOT_FOUND")
        bootstrap.put(f"{applications}/{one}/metadata", {"metadata": {}}).error(404, "NOT_FOUND")
