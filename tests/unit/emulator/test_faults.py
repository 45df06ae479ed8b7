# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand, lateness, and what ``/_emulator`` tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from emulator_world import BASIC, Caller, World, worker
from pingone_emulator.app import make_app

NOT_AUTHORIZED = "The actor attempting to perform the request is not authorized."


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_failure_before_and_after_the_write(bootstrap: Caller, home: str, status: int, when: str, made: int) -> None:
    path = f"/environments/{home}/groups"
    bootstrap.world.script(faults=[{"kind": "status", "method": "POST", "status": status, "when": when, "count": 1}])
    bootstrap.post(path, {"name": "g"}).must(status)
    assert len(bootstrap.get(path).items) == made
    bootstrap.post(path, {"name": "h"}).must(201)


def test_too_many_requests_with_seconds_and_with_a_date(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    faults = [
        {"kind": "status", "status": 429, "retry_after": 7, "retry_after_form": form, "count": 1, "path": "/groups"}
        for form in ("seconds", "date")
    ]
    for fault in faults:
        world.script(faults=[fault])
        answer = bootstrap.post(path, {"name": "g"})
        assert answer.error(429, "REQUEST_LIMITED")["details"][0]["code"] == "LIMIT_EXCEEDED"
        header = answer.headers["Retry-After"]
        if fault["retry_after_form"] == "seconds":
            assert header == "7"
        else:
            ahead = parsedate_to_datetime(header) - world.emulator.tenant.clock.now()
            assert 5 <= ahead.total_seconds() <= 7
    assert bootstrap.get(path).items == []


def test_a_limit_of_requests_a_second(world: World, bootstrap: Caller) -> None:
    world.script(requests_per_second=3)
    statuses = [bootstrap.get("/environments").status for attempt in range(8)]
    assert 429 in statuses and 200 in statuses
    world.script(requests_per_second=None)
    bootstrap.get("/environments").must(200)


def test_faults_hit_what_they_are_meant_for(world: World, bootstrap: Caller, home: str) -> None:
    world.script(faults=[{"kind": "status", "status": 503, "path": "/groups$", "method": "get", "skip": 1, "count": 2}])
    path = f"/environments/{home}/groups"
    assert bootstrap.post(path, {"name": "g"}).status == 201
    assert bootstrap.get("/environments").status == 200
    assert [bootstrap.get(path).status for attempt in range(4)] == [200, 503, 503, 200]


def test_a_server_says_when_to_come_back(world: World, bootstrap: Caller) -> None:
    world.script(faults=[{"kind": "status", "status": 503, "retry_after": 3, "count": 1}])
    answer = bootstrap.get("/environments")
    assert answer.error(503, "UNEXPECTED_ERROR")
    assert answer.headers["Retry-After"] == "3"


def test_an_expired_token_on_demand(world: World, bootstrap: Caller) -> None:
    world.script(faults=[{"kind": "expired_token", "count": 1}])
    bootstrap.get("/environments").detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")
    bootstrap.get("/environments").must(200)


def test_latency(world: World, bootstrap: Caller) -> None:
    world.script(faults=[{"kind": "latency", "milliseconds": 80, "count": 1}])
    started = time.monotonic()
    bootstrap.get("/environments").must(200)
    assert time.monotonic() - started >= 0.08
    world.script(latency_ms=80)
    started = time.monotonic()
    bootstrap.get("/environments").must(200)
    assert time.monotonic() - started >= 0.08


def test_who_does_not_wait_for_the_answer_is_served_all_the_same(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    world.script(faults=[{"kind": "latency", "milliseconds": 30, "count": 1}])
    bootstrap.post(path, {"name": "g"}, hung_up="waiting").must(201)
    assert [one["name"] for one in bootstrap.get(path).items] == ["g"]


def test_who_does_not_send_all_changes_nothing(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    assert bootstrap.post(path, {"name": "g"}, hung_up="while sending").status == 0
    assert world.request("GET", "/_emulator/requests").must(200)[-1]["status"] == 0
    assert bootstrap.get(path).items == []


def test_faults_are_cleared(world: World, bootstrap: Caller) -> None:
    world.script(faults=[{"kind": "status", "status": 500}], latency_ms=5, page_size=1, late={"role": 5})
    world.request("DELETE", "/_emulator/faults").must(200)
    bootstrap.get("/environments").must(200)
    shown = world.request("GET", "/_emulator/faults").must(200)
    assert (shown["faults"], shown["latency_ms"], shown["page_size"]) == ([], 0, None)
    assert set(shown["late"].values()) == {0}


@pytest.mark.parametrize(
    "wanted",
    [
        {"faults": [{"kind": "tea"}]},
        {"faults": [{"kind": "status", "status": 418}]},
        {"faults": [{"kind": "status", "count": 0}]},
        {"faults": [{"kind": "status", "path": "("}]},
        {"late": {"tea": 1}},
        {"late": {"role": -1}},
        {"switches": {"tea": True}},
        {"switches": {"default_population": "yes"}},
        {"switches": {"unassigned_worker": "tea"}},
        {"page_size": 0},
        {"page_size": -1},
        {"latency_ms": -1},
        {"requests_per_second": -1},
        {"tea": 1},
    ],
)
def test_wrong_faults_are_refused_and_change_nothing(world: World, wanted: dict[str, Any]) -> None:
    before = world.request("GET", "/_emulator/faults").must(200)
    assert world.request("POST", "/_emulator/faults", body=wanted).status in (400, 422)
    assert world.request("GET", "/_emulator/faults").must(200) == before


# -- lateness ---------------------------------------------------------------------------------------------------------


def test_a_late_environment(world: World, bootstrap: Caller) -> None:
    world.script(late={"environment": 5})
    home = bootstrap.environment()["id"]
    bootstrap.get(f"/environments/{home}").must(200)
    assert home in [one["id"] for one in bootstrap.get("/environments").items]
    assert bootstrap.get(f"/environments/{home}/applications").error(403, "ACCESS_FAILED")["message"] == NOT_AUTHORIZED
    assert bootstrap.post(f"/environments/{home}/applications", worker()).status == 403
    world.advance(6)
    bootstrap.get(f"/environments/{home}/applications").must(200)


@pytest.mark.parametrize(("status", "code"), [(401, "ACCESS_FAILED"), (403, "ACCESS_FAILED"), (404, "NOT_FOUND")])
def test_how_a_late_environment_is_refused(world: World, bootstrap: Caller, status: int, code: str) -> None:
    world.script(late={"environment": 5}, switches={"late_environment_status": status})
    home = bootstrap.environment()["id"]
    bootstrap.get(f"/environments/{home}/applications").error(status, code)
    bootstrap.get("/environments").must(200)


def test_lists_in_an_environment_whose_deletion_is_late(world: World, bootstrap: Caller, home: str) -> None:
    group = bootstrap.post(f"/environments/{home}/groups", {"name": "g"}).must(201)
    world.script(late={"deletion": 5})
    bootstrap.delete(f"/environments/{home}").must(204)

    assert bootstrap.get(f"/environments/{home}/groups").items == [group]
    bootstrap.get(f"/environments/{home}/groups/{group['id']}").error(403, "ACCESS_FAILED")
    bootstrap.post(f"/environments/{home}/groups", {"name": "h"}).error(403, "ACCESS_FAILED")
    assert home not in [one["id"] for one in bootstrap.get("/environments").items]
    world.advance(1)
    bootstrap.get(f"/environments/{home}").error(404, "NOT_FOUND")
    world.advance(5)
    bootstrap.get(f"/environments/{home}/groups").error(403, "ACCESS_FAILED")


def test_a_401_in_the_words_that_were_observed(world: World, bootstrap: Caller) -> None:
    world.switch(invalid_token="observed")
    world.script(faults=[{"kind": "expired_token", "count": 1}])
    for headers in ({"Authorization": f"Bearer {bootstrap.access_token}"}, {}):
        answer = world.request("GET", "/v1/environments", headers=headers)
        detail = answer.detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication Credentials")
        assert detail["message"] == "The authorization token is either missing or invalid, or it has expired."


def test_a_late_application(world: World, bootstrap: Caller, home: str) -> None:
    world.script(late={"application": 5})
    application = bootstrap.application(home)
    bootstrap.assign(home, application["id"], "Environment Admin", ("ENVIRONMENT", home))
    secret = bootstrap.secret(home, application["id"])
    bootstrap.get(application["_links"]["self"]["href"]).must(200)
    document = world.token(home, application["id"], secret, BASIC).must(401)
    assert document["error"] == "invalid_client"
    assert document["error_description"].startswith("Request denied: Unsupported authentication method (")
    world.advance(6)
    world.token(home, application["id"], secret, BASIC).must(200)


def test_a_late_secret(world: World, bootstrap: Caller, home: str) -> None:
    world.script(late={"secret": 5})
    application = bootstrap.application(home)["id"]
    path = f"/environments/{home}/applications/{application}/secret"
    bootstrap.get(path).error(404, "NOT_FOUND")
    world.advance(6)
    bootstrap.get(path).must(200)


def test_late_grants_and_attributes(world: World, bootstrap: Caller, home: str) -> None:
    world.script(late={"grant": 5})
    saml = {"protocol": "SAML", "type": "WEB_APP", "spEntityId": "sp", "acsUrls": ["https://sp.example.com"]}
    sent = {"name": "sp", "enabled": True, "assertionDuration": 60, **saml}
    provider = bootstrap.post(f"/environments/{home}/applications", sent).must(201)["id"]
    application = bootstrap.application(home)["id"]
    paths = [f"/environments/{home}/applications/{one}" for one in (f"{application}/grants", f"{provider}/attributes")]
    for path in paths:
        bootstrap.get(path).error(404, "NOT_FOUND")
        bootstrap.post(path, {}).error(404, "NOT_FOUND")
    bootstrap.get(f"/environments/{home}/applications/{application}/attributes").must(200)
    world.advance(6)
    for path in paths:
        bootstrap.get(path).must(200)


def test_a_late_theme(world: World, bootstrap: Caller, home: str) -> None:
    world.script(late={"theme": 5})
    path = f"/environments/{home}/populations"
    created = bootstrap.post(path, {"name": "people"}).must(201)
    assert "theme" not in created
    assert "theme" not in created["_links"]
    theme = bootstrap.get(f"/environments/{home}/themes").items[0]["id"]
    assert bootstrap.post(path, {"name": "own", "theme": {"id": theme}}).must(201)["theme"] == {"id": theme}
    world.advance(6)
    later = bootstrap.get(f"{path}/{created['id']}").must(200)
    assert later["theme"]["id"] and "theme" in later["_links"]


def test_a_late_assigner(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/roles"
    sent = {
        "name": "by",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "dir:read:user"}],
        "canBeAssignedBy": [],
    }
    by = bootstrap.post(path, sent).must(201)["id"]
    role = bootstrap.post(path, {**sent, "name": "other"}).must(201)["id"]
    world.script(late={"assigner": 5})
    world.advance(10)

    named = bootstrap.put(f"{path}/{role}", {**sent, "name": "other", "canBeAssignedBy": [{"id": by}]}).must(200)

    assert named["canBeAssignedBy"] == [{"id": by}]
    assert bootstrap.get(f"{path}/{by}").must(200)["canAssign"] == []
    world.advance(6)
    assert bootstrap.get(f"{path}/{by}").must(200)["canAssign"] == [{"id": role}]


def test_a_late_role(world: World, bootstrap: Caller, home: str) -> None:
    caller = bootstrap.worker(home, {"Help Desk Admin": ("ENVIRONMENT", home)})
    world.advance(10)
    world.script(late={"role": 5})
    assigned = bootstrap.assign(home, caller.client_id, "Environment Admin", ("ENVIRONMENT", home))
    path = f"/environments/{home}/applications/{caller.client_id}/roleAssignments/{assigned['id']}"

    needs_the_role = f"/environments/{home}/applications"
    assert caller.get(needs_the_role).error(403, "ACCESS_FAILED")["message"] == NOT_AUTHORIZED
    assert bootstrap.get(path).must(200)["readOnly"] is True
    assert "cannot be deleted as it is read only" in bootstrap.delete(path).json["message"]

    world.advance(6)
    caller.get(needs_the_role).must(200)
    assert bootstrap.get(path).must(200)["readOnly"] is False
    bootstrap.delete(path).must(204)


def test_late_lists(world: World, bootstrap: Caller, home: str) -> None:
    world.advance(10)
    world.script(late={"list": 5})
    application = bootstrap.application(home)
    listed = f"/environments/{home}/applications"
    assert application["id"] not in [one["id"] for one in bootstrap.get(listed).items]
    bootstrap.get(application["_links"]["self"]["href"]).must(200)
    world.advance(6)
    assert application["id"] in [one["id"] for one in bootstrap.get(listed).items]


def test_without_lateness_everything_is_there_at_once(bootstrap: Caller) -> None:
    home = bootstrap.environment()["id"]
    caller = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)})
    caller.get(f"/environments/{home}").must(200)


# -- looking inside ---------------------------------------------------------------------------------------------------


def test_requests_are_listed(world: World, bootstrap: Caller, home: str) -> None:
    bootstrap.get(f"/environments/{home}/groups?limit=1", headers={"User-Agent": "me/1"})
    arrived = world.request("GET", "/_emulator/requests").must(200)
    last = arrived[-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", f"/v1/environments/{home}/groups?limit=1", 200)
    assert (last["client_id"], last["user_agent"]) == (bootstrap.client_id, "me/1")
    assert last["correlation_id"]
    assert [one["path"] for one in arrived if "_emulator" in one["path"]] == []


def test_secrets_are_not_in_the_list_of_requests(world: World, bootstrap: Caller) -> None:
    raw = world.request("GET", "/_emulator/requests").raw.decode()
    assert world.ready["client_secret"] not in raw
    assert bootstrap.access_token not in raw


def test_requests_are_counted(world: World, bootstrap: Caller, home: str) -> None:
    stats = world.request("GET", "/_emulator/stats").must(200)
    assert (stats["requests"], stats["writes"], stats["tokens"]) == (2, 1, 1)
    assert stats["by_method"] == {"POST": 2}


def test_a_fresh_start(world: World, bootstrap: Caller, home: str) -> None:
    ready = world.request("POST", "/_emulator/reset").must(200)
    assert set(ready) == {
        "api_url",
        "auth_url",
        "organization_id",
        "auth_environment_id",
        "license_id",
        "client_id",
        "client_secret",
        "region",
        "ca_path",
    }
    assert world.request("GET", "/_emulator/requests").must(200) == []
    caller = world.caller(ready["auth_environment_id"], ready["client_id"], ready["client_secret"])
    assert [one["name"] for one in caller.get("/environments").items] == ["Administrators"]


def test_a_fresh_start_ends_faults_and_lateness(world: World) -> None:
    before = world.request("GET", "/_emulator/faults").must(200)
    world.script(faults=[{"kind": "status", "status": 500}])
    world.request("POST", "/_emulator/reset").must(200)
    assert world.request("GET", "/_emulator/faults").must(200) == before


def test_a_seed_makes_the_same_again(make_world: Callable[..., World]) -> None:
    def story(seed: int | None) -> list[str]:
        world = make_world(seed=seed)
        bootstrap = world.bootstrap()
        home = bootstrap.environment()["id"]
        bootstrap.get("/environments")
        application = bootstrap.application(home)["id"]
        return [
            world.organization,
            world.ready["client_secret"],
            home,
            application,
            bootstrap.secret(home, application),
        ]

    assert story(7) == story(7)
    assert not set(story(7)) & set(story(8))
    assert not set(story(None)) & set(story(None))


def test_a_stranger_needs_the_admin_token(world: World, contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import emulator_world

    world.app = make_app(world.emulator, "let-me-in")
    original = emulator_world._exchange

    async def from_elsewhere(app: Any, *request: Any) -> Any:
        async def outside(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "client": ("192.0.2.1", 50000)}, receive, send)

        return await original(outside, *request)

    world.request("GET", "/_emulator/state").must(200)
    monkeypatch.setattr(emulator_world, "_exchange", from_elsewhere)
    world.request("GET", "/_emulator/state").must(403)
    world.request("GET", "/_emulator/state", headers={"Authorization": "Bearer wrong"}).must(403)
    world.request("GET", "/_emulator/state", headers={"Authorization": "Bearer let-me-in"}).must(200)
