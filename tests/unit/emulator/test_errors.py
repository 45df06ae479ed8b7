# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every answer has: headers, correlation ids, error bodies, verbs, media types."""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import parsedate_to_datetime

import pytest

from emulator_world import Caller, World, worker

UNKNOWN = "11111111-2222-4333-8444-555555555555"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HEADERS = {
    "Cache-Control",
    "Content-Length",
    "Content-Type",
    "Correlation-Id",
    "Date",
    "Expires",
    "Pragma",
    "X-Amzn-Requestid",
}
CROSS_ORIGIN = {
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
}


def test_headers_of_every_answer(bootstrap: Caller, home: str) -> None:
    for answer in (bootstrap.get("/environments"), bootstrap.get(f"/environments/{UNKNOWN}/groups")):
        assert set(answer.headers) == HEADERS | CROSS_ORIGIN
        assert UUID.fullmatch(answer.headers["Correlation-Id"])
        assert answer.headers["X-Amzn-Requestid"] == answer.headers["Correlation-Id"]
        assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS,GET,POST"
    for answer in (bootstrap.get(f"/environments/{home}/x"), bootstrap.delete("/x")):
        assert set(answer.headers) == HEADERS


def test_success_is_hal_unless_the_client_asks_for_json(bootstrap: Caller) -> None:
    answers = [bootstrap.get("/environments", headers={"Accept": wanted}) for wanted in ("*/*", "application/json")]
    assert [one.headers["Content-Type"] for one in answers] == [
        "application/hal+json;charset=UTF-8",
        "application/json",
    ]
    assert answers[0].raw == answers[1].raw
    assert answers[0].raw.startswith(b'{\n  "_links" : {\n    "self" : {\n      "href" : "')
    assert b'"environments" : [ {\n      "_links" : {' in answers[0].raw


def test_a_browser_may_ask_before_it_calls(world: World) -> None:
    answer = world.request("OPTIONS", f"/v1/environments/{UNKNOWN}")
    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS,GET,PUT,DELETE"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_date_is_that_of_the_clock(world: World, bootstrap: Caller) -> None:
    world.advance(1000)
    date = parsedate_to_datetime(bootstrap.get("/environments").headers["Date"])
    assert abs((world.emulator.tenant.clock.now() - date).total_seconds()) < 2


def test_an_error_carries_its_correlation_id_and_is_printed_with_spaces(bootstrap: Caller) -> None:
    answer = bootstrap.get(f"/organizations/{bootstrap.world.organization}/licenses/{UNKNOWN}")
    document = answer.error(404, "NOT_FOUND")
    assert document["id"] == answer.headers["Correlation-Id"]
    assert b'"code" : "NOT_FOUND"' in answer.raw
    assert b"\n" in answer.raw
    assert document["message"] == "The request could not be completed. The requested resource was not found."


def test_correlation_ids_differ(bootstrap: Caller) -> None:
    assert len({bootstrap.get("/environments").headers["Correlation-Id"] for attempt in range(5)}) == 5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", ""),
        ("POST", ""),
        ("DELETE", "/applications"),
        ("PATCH", "/applications/APPLICATION"),
        ("PUT", "/applications/APPLICATION/secret"),
        ("PUT", "/applications/APPLICATION/roleAssignments"),
        ("PATCH", "/populations/x"),
    ],
)
def test_a_verb_that_is_not_offered(bootstrap: Caller, home: str, method: str, path: str) -> None:
    application = bootstrap.application(home)["id"]
    answer = bootstrap.call(method, f"/environments/{home}{path.replace('APPLICATION', application)}", {})
    assert answer.must(403) == {"message": gateway_message(f"Bearer {bootstrap.access_token}")}


@pytest.mark.parametrize("path", ["/nothing", "/environments/ENVIRONMENT/nothing", "/environments/ENVIRONMENT/"])
def test_a_path_that_is_not_there(bootstrap: Caller, home: str, path: str) -> None:
    answer = bootstrap.get(path.replace("ENVIRONMENT", home))
    assert answer.must(403) == {"message": gateway_message(f"Bearer {bootstrap.access_token}")}


def test_a_path_that_is_not_there_without_a_token(world: World) -> None:
    assert world.request("GET", "/v1/nothing").must(403) == {"message": "Missing Authentication Token"}


def gateway_message(authorization: str) -> str:
    digest = base64.b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
    return (
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        f"(hashed with SHA-256 and encoded with Base64): '{digest}'."
    )


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"name": 1' + b"}" * 5])
def test_a_body_that_is_no_object(bootstrap: Caller, home: str, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    before = bootstrap.world.state
    bootstrap.post(f"/environments/{home}/applications", raw=raw, headers=headers).error(400, "INVALID_REQUEST")
    assert bootstrap.world.state == before


@pytest.mark.parametrize("raw", [b"[" * 100000, b'{"parTimeout": ' + b"9" * 5000 + b"}", b'{"a": NaN}'])
def test_a_body_that_is_hard_to_read(bootstrap: Caller, home: str, raw: bytes) -> None:
    answer = bootstrap.post(f"/environments/{home}/applications", raw=raw)
    assert answer.status == 400
    assert answer.json["code"] in ("INVALID_REQUEST", "INVALID_DATA")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_another_media_type(bootstrap: Caller, home: str, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = bootstrap.post(f"/environments/{home}/applications", worker(), headers=headers)
    answer.error(415, "INVALID_REQUEST")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_the_media_type_may_have_parameters(bootstrap: Caller, home: str, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    bootstrap.post(f"/environments/{home}/applications", worker(), headers=headers).must(201)


def test_a_missing_protocol_is_told_as_an_empty_one(bootstrap: Caller, home: str) -> None:
    sent = {"name": "x", "type": "WORKER", "enabled": True}
    bootstrap.post(f"/environments/{home}/applications", sent).detail(400, "INVALID_DATA", "EMPTY_VALUE", "protocol")


def test_every_wrong_member_is_told(bootstrap: Caller, home: str) -> None:
    sent = {"type": "WORKER", "protocol": "OPENID_CONNECT", "enabled": "yes", "parTimeout": 601}
    error = bootstrap.post(f"/environments/{home}/applications", sent).error(400, "INVALID_DATA")
    told = {(detail["target"], detail["code"]) for detail in error["details"]}
    assert told == {("name", "REQUIRED_VALUE"), ("enabled", "INVALID_VALUE"), ("parTimeout", "OUT_OF_RANGE")}
    assert error["message"] == (
        "The request could not be completed. One or more validation errors were in the request."
    )


def test_an_unsupported_value_is_told_with_the_supported_ones(bootstrap: Caller, home: str) -> None:
    answer = bootstrap.post(f"/environments/{home}/applications", worker(pkceEnforcement="MAYBE"))
    detail = answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "pkceEnforcement")
    assert detail["innerError"]["allowedValues"] == ["OPTIONAL", "REQUIRED", "S256_REQUIRED"]


def test_a_member_that_is_sent_twice(world: World, bootstrap: Caller, home: str) -> None:
    raw = b'{"name": "a", "name": "b", "type": "WORKER", "protocol": "OPENID_CONNECT", "enabled": true, '
    raw += b'"tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}'
    assert bootstrap.post(f"/environments/{home}/applications", raw=raw).must(201)["name"] == "b"


def test_letters_of_all_kinds(bootstrap: Caller, home: str) -> None:
    name = "Größe 測試 \U0001f511 \u0000 \"'<>"
    created = bootstrap.application(home, name)
    assert created["name"] == name
    assert bootstrap.get(created["_links"]["self"]["href"]).must(200)["name"] == name


def test_a_refusal_has_the_words_of_the_service(bootstrap: Caller, home: str) -> None:
    caller = bootstrap.worker(home, {"Help Desk Admin": ("ENVIRONMENT", home)})
    answer = caller.get(f"/environments/{home}/applications")
    detail = answer.detail(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS")
    assert answer.json["message"] == "The actor attempting to perform the request is not authorized."
    assert detail["message"] == answer.json["message"]
