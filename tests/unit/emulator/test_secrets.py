# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: reading, rotation with overlap, who may read whose."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from emulator_world import Caller, World

SUPERSET = "Actor does not have permissions to access worker application client secrets"
IMPORT = {"Content-Type": "application/vnd.pingidentity.secret+json"}


@pytest.fixture
def application(bootstrap: Caller, home: str) -> str:
    """A worker with a role, so that it gets tokens."""
    created: str = bootstrap.application(home)["id"]
    bootstrap.assign(home, created, "Environment Admin", ("ENVIRONMENT", home))
    return created


@pytest.fixture
def path(home: str, application: str) -> str:
    """Where its secret is."""
    return f"/environments/{home}/applications/{application}/secret"


def ahead(world: World, **delta: float) -> str:
    """A time ahead, to the second, as clients send it."""
    return (world.emulator.tenant.clock.now() + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_secret_is_there_from_the_start(bootstrap: Caller, home: str, path: str) -> None:
    answer = bootstrap.get(path).must(200)
    assert answer["environment"] == {"id": home}
    assert re.fullmatch(r"[a-zA-Z0-9.~_-]{64,}", answer["secret"])
    assert "previous" not in answer
    assert bootstrap.get(path).must(200) == answer


@pytest.mark.parametrize("type_", ["SINGLE_PAGE_APP", "WEB_APP", "NATIVE_APP", "SERVICE"])
def test_every_openid_connect_type_has_one(bootstrap: Caller, home: str, type_: str) -> None:
    created = bootstrap.application(home, type=type_)["id"]
    assert bootstrap.secret(home, created)


def test_secrets_have_the_marks_that_were_seen(bootstrap: Caller, path: str) -> None:
    seen = {mark for _time in range(20) for mark in bootstrap.post(path).must(200)["secret"]}
    assert {mark for mark in seen if not mark.isalnum()} == set(".-~_")


@pytest.mark.parametrize("raw", [b"", b"{}", b"null"])
def test_without_overlap_the_old_secret_ends_at_once(
    world: World, bootstrap: Caller, home: str, application: str, path: str, raw: bytes
) -> None:
    old = bootstrap.get(path).must(200)["secret"]
    answer = bootstrap.post(path, raw=raw).must(200)
    assert answer["secret"] != old
    assert "previous" not in answer
    assert answer["environment"] == {"id": home}
    assert bootstrap.get(path).must(200) == answer
    world.token(home, application, old).must(401)
    world.token(home, application, answer["secret"]).must(200)


def test_both_secrets_count_until_the_previous_one_ends(
    world: World, bootstrap: Caller, home: str, application: str, path: str
) -> None:
    old = bootstrap.get(path).must(200)["secret"]
    ends = ahead(world, minutes=10)
    new = bootstrap.post(path, {"previous": {"expiresAt": ends}}).must(200)

    assert new["previous"] == {"secret": old, "expiresAt": ends}
    assert bootstrap.get(path).must(200) == new
    world.token(home, application, new["secret"]).must(200)
    assert "lastUsed" not in bootstrap.get(path).must(200)["previous"]
    world.token(home, application, old).must(200)
    assert "lastUsed" in bootstrap.get(path).must(200)["previous"]

    world.advance(601)
    assert "previous" not in bootstrap.get(path).must(200)
    world.token(home, application, old).must(401)
    world.token(home, application, new["secret"]).must(200)


def test_there_is_only_one_previous_secret(
    world: World, bootstrap: Caller, home: str, application: str, path: str
) -> None:
    first = bootstrap.get(path).must(200)["secret"]
    second = bootstrap.post(path, {"previous": {"expiresAt": ahead(world, days=1)}}).must(200)["secret"]
    third = bootstrap.post(path, {"previous": {"expiresAt": ahead(world, days=1)}}).must(200)
    assert third["previous"]["secret"] == second
    world.token(home, application, first).must(401)


def test_the_previous_secret_can_be_ended(
    world: World, bootstrap: Caller, home: str, application: str, path: str
) -> None:
    old = bootstrap.get(path).must(200)["secret"]
    new = bootstrap.post(path, {"previous": {"expiresAt": ahead(world, days=1)}}).must(200)["secret"]
    bootstrap.delete(path).must(204)
    after = bootstrap.get(path).must(200)
    assert after["secret"] == new
    assert "previous" not in after
    world.token(home, application, old).must(401)


@pytest.mark.parametrize(
    ("delta", "accepted"),
    [
        ({"seconds": 55}, False),
        ({"seconds": 65}, True),
        ({"days": 29, "hours": 23}, True),
        ({"days": 30, "seconds": 5}, False),
        ({"seconds": -60}, False),
    ],
)
def test_how_long_the_overlap_may_be(
    world: World, bootstrap: Caller, path: str, delta: dict[str, float], accepted: bool
) -> None:
    before = bootstrap.get(path).must(200)
    answer = bootstrap.post(path, {"previous": {"expiresAt": ahead(world, **delta)}})
    if accepted:
        answer.must(200)
        return
    answer.detail(400, "INVALID_DATA", "OUT_OF_RANGE", "previous.expiresAt")
    assert bootstrap.get(path).must(200) == before


@pytest.mark.parametrize("value", ["tomorrow", "2999-01-01T00:00:00", 5, None])
def test_an_end_that_is_no_time(bootstrap: Caller, path: str, value: Any) -> None:
    before = bootstrap.get(path).must(200)
    bootstrap.post(path, {"previous": {"expiresAt": value}}).must(400)
    assert bootstrap.get(path).must(200) == before


def test_a_secret_can_be_chosen(world: World, bootstrap: Caller, home: str, application: str, path: str) -> None:
    answer = bootstrap.post(path, {"secret": "chosen-by-me"}, headers=IMPORT).must(200)
    assert answer["secret"] == "chosen-by-me"
    world.token(home, application, "chosen-by-me").must(200)
    bootstrap.post(path, {}, headers=IMPORT).must(400)


def test_choosing_a_secret_needs_a_permission_of_its_own(bootstrap: Caller, home: str) -> None:
    def holder(action: str) -> Caller:
        body = {
            "name": action,
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": f"applications:{action}:secret"}],
            "canBeAssignedBy": [{"id": bootstrap.role("Client Application Developer")}],
        }
        role = bootstrap.post(f"/environments/{home}/roles", body).must(201)["id"]
        caller = bootstrap.worker(home, {"Help Desk Admin": ("ENVIRONMENT", home)}, action)
        assigned = {"role": {"id": role}, "scope": {"type": "ENVIRONMENT", "id": home}}
        path = f"/environments/{home}/applications/{caller.client_id}/roleAssignments"
        bootstrap.post(path, assigned).must(201)
        return caller

    path = f"/environments/{home}/applications/{bootstrap.application(home, type='SERVICE')['id']}/secret"
    updates, sets = holder("update"), holder("set")
    updates.post(path, {"secret": "chosen-by-me"}, headers=IMPORT).error(403, "ACCESS_FAILED")
    updates.post(path).must(200)
    sets.post(path).error(403, "ACCESS_FAILED")
    assert sets.post(path, {"secret": "chosen-by-me"}, headers=IMPORT).must(200)["secret"] == "chosen-by-me"


def test_a_secret_in_an_ordinary_rotation_is_not_taken(world: World, bootstrap: Caller, path: str) -> None:
    assert bootstrap.post(path, {"secret": "chosen-by-me"}).must(200)["secret"] != "chosen-by-me"


def test_a_worker_cannot_read_its_own_secret(world: World, bootstrap: Caller, home: str) -> None:
    scope = ("ENVIRONMENT", home)
    worker = bootstrap.worker(home, {"Environment Admin": scope, "Client Application Developer": scope})
    path = f"/environments/{home}/applications/{worker.client_id}/secret"
    for answer in (worker.get(path), worker.post(path), worker.delete(path)):
        error = answer.error(403, "ACCESS_FAILED")
        assert error["details"][0]["message"] == SUPERSET
        # Not the sentence of a refusal that clients repeat, since this one is for good.
        assert error["message"] == "The request could not be completed. You do not have access to this resource."


def test_a_worker_with_more_roles_keeps_its_secret(bootstrap: Caller, home: str, path: str, application: str) -> None:
    """One of its assignments is read only to the caller: a role that the caller neither holds nor assigns."""
    scope = ("ENVIRONMENT", home)
    developer = bootstrap.worker(home, {"Client Application Developer": scope}, "developer")
    error = developer.get(path).error(403, "ACCESS_FAILED")
    assert error["details"][0]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert error["details"][0]["message"] == SUPERSET

    bootstrap.assign(home, developer.client_id, "Environment Admin", scope)
    developer.get(path).must(200)


def test_a_worker_that_may_do_more_than_the_caller_keeps_its_secret(
    world: World, bootstrap: Caller, home: str, path: str, application: str
) -> None:
    """None of its assignments is read only to the caller, who may assign the role, but not do what it allows."""
    admin = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)}, "admin")
    admin.get(path).must(200)
    bootstrap.assign(home, application, "Identity Data Admin", ("ENVIRONMENT", home))
    listed = admin.get(path.removesuffix("/secret") + "/roleAssignments").items
    assert [one["readOnly"] for one in listed] == [False, False]
    for answer in (admin.get(path), admin.post(path), admin.delete(path)):
        assert answer.error(403, "ACCESS_FAILED")["details"][0]["message"] == SUPERSET

    world.switch(secret_needs_superset=False)
    admin.get(path).must(200)


def test_a_secret_is_for_who_may_do_all_of_it_at_its_scopes(
    world: World, bootstrap: Caller, home: str, path: str, application: str
) -> None:
    admin = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)}, "admin")
    bootstrap.assign(home, application, "Identity Data Read Only", ("ENVIRONMENT", home))
    admin.get(path).must(403)
    bootstrap.assign(home, admin.client_id, "Identity Data Admin", ("ENVIRONMENT", home))
    admin.get(path).must(200)
    other = bootstrap.environment("other")["id"]
    bootstrap.assign(home, application, "Environment Admin", ("ENVIRONMENT", other))
    admin.get(path).must(403)


def test_other_applications_need_no_superset(bootstrap: Caller, home: str) -> None:
    service = bootstrap.application(home, type="SERVICE")["id"]
    bootstrap.assign(home, service, "Identity Data Admin", ("ENVIRONMENT", home))
    developer = bootstrap.worker(home, {"Client Application Developer": ("ENVIRONMENT", home)}, "developer")
    assert developer.secret(home, service)


def test_secrets_never_repeat(bootstrap: Caller, path: str) -> None:
    assert len({bootstrap.post(path).must(200)["secret"] for attempt in range(5)}) == 5


def test_the_state_shows_no_secret(world: World, bootstrap: Caller, path: str) -> None:
    secret = bootstrap.get(path).must(200)["secret"]
    raw = world.request("GET", "/_emulator/state").raw.decode()
    assert secret not in raw
    assert world.ready["client_secret"] not in raw
