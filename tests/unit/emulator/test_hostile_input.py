# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody means to send: an answer as the service words it, never a failure of the emulator."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from emulator_world import Caller, World, worker

DEEP = "[" * 100_000


def b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def refuse(world: World, environment: str, assertion: str) -> None:
    """Ask for a token by an assertion, and see that it is refused as the token endpoint words it."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = world.request("POST", f"/{environment}/as/token", raw=urlencode(form).encode(), headers=headers)
    assert answer.must(401)["error"] == "invalid_client"


def test_a_key_set_of_brackets(bootstrap: Caller, home: str) -> None:
    body = worker("w", jwks=DEEP)
    bootstrap.post(f"/environments/{home}/applications", body).detail(400, "INVALID_DATA", "INVALID_VALUE", "jwks")


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
def test_numbers_that_json_does_not_have(world: World, bootstrap: Caller, home: str, number: str) -> None:
    raw = b'{"name": "g", "customData": {"a": %s}}' % number.encode()
    bootstrap.post(f"/environments/{home}/groups", raw=raw).error(400, "INVALID_REQUEST")
    raw = json.dumps(worker("w")).encode()[:-1] + b', "parTimeout": %s}' % number.encode()
    bootstrap.post(f"/environments/{home}/applications", raw=raw).error(400, "INVALID_REQUEST")


def test_an_order_by_what_only_some_items_have(bootstrap: Caller, home: str) -> None:
    body = {"name": "link", "enabled": True, "type": "PORTAL_LINK_APP", "protocol": "EXTERNAL_LINK"}
    bootstrap.post(f"/environments/{home}/applications", {**body, "homePageUrl": "https://example.com"}).must(201)
    bootstrap.get(f"/environments/{home}/applications?order=grantTypes").must(200)
    role: dict[str, Any] = {
        "name": "r",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "applications:read:application"}],
    }
    role["canBeAssignedBy"] = [{"id": bootstrap.role("Environment Admin")}]
    bootstrap.post(f"/environments/{home}/roles", role).must(201)
    bootstrap.get(f"/environments/{home}/roles?order=createdAt").must(200)


@pytest.mark.parametrize("operator", ["and", "or"])
def test_parentheses(bootstrap: Caller, home: str, operator: str) -> None:
    bootstrap.post(f"/environments/{home}/groups", {"name": "everybody"}).must(201)

    def listed(depth: int) -> Any:
        simple = 'name eq "everybody"'
        nested = f"({simple} {operator} " * depth + simple + ")" * depth
        mixed = f"{'(' * depth}{simple}{')' * depth}"
        return [bootstrap.get(f"/environments/{home}/groups?filter={quote(text)}") for text in (nested, mixed)]

    assert [one.must(200)["count"] for one in listed(150)] == [1, 1]
    for one in listed(151):
        one.detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")
    for one in listed(5000):
        one.detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")


def test_numbers_of_thousands_of_digits(bootstrap: Caller) -> None:
    digits = "9" * 5000
    assert bootstrap.get(f"/environments?limit={digits}").must(200)["size"] > 0
    assert bootstrap.get(f"/environments?limit={'0' * 5000}1").must(200)["size"] == 1
    bootstrap.get(f"/environments?limit={'0' * 5000}").detail(400, "INVALID_DATA", "OUT_OF_RANGE", "limit")
    cursor = b64(f"offset:{digits}")
    bootstrap.get(f"/environments?cursor={cursor}").detail(400, "INVALID_DATA", "INVALID_PARAMETER", "cursor")


def test_tokens_of_brackets(world: World) -> None:
    world.switch(limits=False)  # it is larger than what headers may be
    token = f"a.{b64(DEEP)}.c"
    answer = world.request("GET", "/v1/environments", headers={"Authorization": f"Bearer {token}"})
    answer.detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")


@pytest.mark.parametrize(
    "assertion",
    [
        f"{b64(DEEP)}.{b64('{}')}.c",
        f"{b64(json.dumps({'alg': 'HS256'}))}.{b64(json.dumps({'sub': chr(0xD800)}))}.c",
    ],
)
def test_assertions_that_are_none(world: World, assertion: str) -> None:
    refuse(world, world.administrators, assertion)
    world.request("GET", "/_emulator/requests").must(200)


@pytest.mark.parametrize("url", ["https://localhost:abc/jwks", "https://localhost/a b"])
def test_an_address_of_keys_that_is_none(world: World, bootstrap: Caller, home: str, url: str) -> None:
    members = {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwksUrl": url}
    client = bootstrap.post(f"/environments/{home}/applications", worker("w", **members)).must(201)["id"]
    assertion = f"{b64(json.dumps({'alg': 'RS256'}))}.{b64(json.dumps({'sub': client}))}.c"
    refuse(world, home, assertion)


@pytest.mark.parametrize("verb", ["TRACE", "PROPFIND"])
def test_verbs_that_no_resource_has(world: World, verb: str) -> None:
    assert set(world.request(verb, "/v1/environments").must(403)) == {"message"}


@pytest.mark.parametrize("path", ["jwks", ".well-known/openid-configuration"])
@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_keys_and_discovery_are_only_read(world: World, verb: str, path: str) -> None:
    world.request(verb, f"/{world.administrators}/as/{path}").error(405, "INVALID_REQUEST")


def test_a_token_request_that_is_no_form(world: World) -> None:
    headers = {"Content-Type": "text/plain"}
    raw = b"grant_type=client_credentials"
    answer = world.request("POST", f"/{world.administrators}/as/token", raw=raw, headers=headers)
    assert answer.must(400)["error"] == "invalid_request"


def test_links_lead_where_the_client_came_from(world: World, bootstrap: Caller) -> None:
    def first_link(host: str) -> str:
        return str(bootstrap.get("/environments", headers={"Host": host}).json["_links"]["self"]["href"])

    assert first_link("localhost:8080") == "http://localhost:8080/v1/environments"
    world.emulator._settings.fixed_links = True
    assert first_link("localhost:8080") == "http://127.0.0.1:8080/v1/environments"
