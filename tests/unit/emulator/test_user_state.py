# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user has that has endpoints of its own: population, account, password; and how users are imported."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

import pytest

from emulator_world import DEFAULT, Answer, Caller, World

UNKNOWN = "11111111-2222-4333-8444-555555555555"
IMPORT = {"Content-Type": "application/vnd.pingidentity.user.import+json"}
LOCK, UNLOCK = (f"application/vnd.pingidentity.account.{action}+json" for action in ("lock", "unlock"))
START = datetime(2030, 1, 1, tzinfo=timezone.utc)
PERSON = {"username": "u", "email": "u@example.com"}


@pytest.fixture
def world(make_world: Any) -> World:
    """An emulator whose clock starts at a known time."""
    made: World = make_world(start=START)
    return made


def imported(caller: Caller, home: str, **members: Any) -> Any:
    return caller.post(f"/environments/{home}/users", {**PERSON, **members}, headers=IMPORT).must(201)


def created(caller: Caller, home: str, **members: Any) -> str:
    """The address of a new user."""
    document = caller.post(f"/environments/{home}/users", {**PERSON, **members}).must(201)
    return str(document["_links"]["self"]["href"])


# -- population -------------------------------------------------------------------------------------------------------


def test_a_user_moves_to_another_population(bootstrap: Caller, home: str) -> None:
    own = created(bootstrap, home)
    former = bootstrap.get(f"{own}/population").must(200)
    assert set(former) == {"_links", "id"}
    other = bootstrap.post(f"/environments/{home}/populations", {"name": "other"}).must(201)["id"]
    moved = bootstrap.put(f"{own}/population", {"id": other}).must(200)
    assert (moved["id"], moved["_links"]["self"]["href"]) == (other, f"{own}/population")
    assert moved["_links"]["population"]["href"].endswith(f"/populations/{other}")
    assert bootstrap.get(f"{own}/population").must(200) == moved
    assert bootstrap.get(own).must(200)["population"] == {"id": other}
    counts = {one["id"]: one["userCount"] for one in bootstrap.get(f"/environments/{home}/populations").items}
    assert counts == {former["id"]: 0, other: 1}

    bootstrap.put(f"{own}/population", {"id": UNKNOWN}).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    bootstrap.put(f"{own}/population", {}).detail(400, "INVALID_DATA", "REQUIRED_VALUE", "id")
    assert bootstrap.get(own).must(200)["population"] == {"id": other}


def test_a_user_moves_only_where_the_caller_may_change_users(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}"
    inside, outside = (
        bootstrap.post(f"{path}/populations", {"name": name}).must(201)["id"] for name in ("inside", "outside")
    )
    admin = bootstrap.worker(home, {"Identity Data Admin": ("POPULATION", inside)})
    own = created(admin, home, population={"id": inside})
    for foreign in (outside, UNKNOWN):
        admin.put(f"{own}/population", {"id": foreign}).error(403, "ACCESS_FAILED")
    assert admin.get(f"{own}/population").must(200)["id"] == inside
    admin.put(f"{own}/population", {"id": inside}).must(200)


# -- account ----------------------------------------------------------------------------------------------------------


def act(caller: Caller, own: str, content_type: str, body: Any = None) -> Answer:
    return caller.post(own, body, headers={"Content-Type": content_type})


def test_a_user_is_locked_and_unlocked(bootstrap: Caller, home: str) -> None:
    own = created(bootstrap, home)
    locked = act(bootstrap, own, LOCK).must(200)
    assert locked["account"].pop("lockedAt").startswith("2030-01-01T")
    assert locked["account"] == {"canAuthenticate": False, "status": "LOCKED"}
    assert bootstrap.get(own).must(200)["account"]["status"] == "LOCKED"
    replaced = bootstrap.put(own, PERSON).must(200)
    assert replaced["account"]["status"] == "LOCKED", "a PUT of the user does not unlock it"
    unlocked = act(bootstrap, own, UNLOCK, {}).must(200)
    assert unlocked["account"] == {"canAuthenticate": True, "status": "OK"}
    assert unlocked["updatedAt"] >= locked["updatedAt"]


def test_a_lock_ends_by_itself(world: World, bootstrap: Caller, home: str) -> None:
    own = created(bootstrap, home)
    locked = act(bootstrap, own, LOCK, {"unlockAt": "2030-01-01T02:00:00+01:00"}).must(200)["account"]
    assert locked["unlockAt"] == "2030-01-01T01:00:00.000Z"
    assert 3500 < locked["secondsUntilUnlock"] <= 3600
    world.advance(3000)
    assert bootstrap.get(own).must(200)["account"]["status"] == "LOCKED"
    world.advance(700)
    fresh = world.bootstrap()
    assert fresh.get(own).must(200)["account"] == {"canAuthenticate": True, "status": "OK"}
    assert [one["account"]["status"] for one in fresh.get(f"/environments/{home}/users").items] == ["OK"]


def test_a_lock_until_a_time_that_is_over_locks_nothing(bootstrap: Caller, home: str) -> None:
    own = created(bootstrap, home)
    answer = act(bootstrap, own, LOCK, {"unlockAt": "2029-12-31T00:00:00Z"})
    assert answer.must(200)["account"] == {"canAuthenticate": True, "status": "OK"}


@pytest.mark.parametrize("text", ["tomorrow", "2030-01-02", "2030-01-02T00:00:00", "2030-13-01T00:00:00Z", 5])
def test_a_lock_needs_a_time_with_a_zone(bootstrap: Caller, home: str, text: Any) -> None:
    answer = act(bootstrap, created(bootstrap, home), LOCK, {"unlockAt": text})
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "unlockAt")


@pytest.mark.parametrize("content_type", ["application/json", "application/vnd.pingidentity.account.tea+json"])
def test_other_content_types_are_not_supported(bootstrap: Caller, home: str, content_type: str) -> None:
    own = created(bootstrap, home)
    for body in (None, {}):
        act(bootstrap, own, content_type, body).error(415, "INVALID_REQUEST")
    assert bootstrap.get(own).must(200)["account"]["status"] == "OK"


def test_a_disabled_user_cannot_sign_in_either(bootstrap: Caller, home: str) -> None:
    own = created(bootstrap, home)
    bootstrap.put(f"{own}/enabled", {"enabled": False}).must(200)
    assert bootstrap.get(own).must(200)["account"] == {"canAuthenticate": False, "status": "OK"}


# -- import -----------------------------------------------------------------------------------------------------------


def test_an_import_is_shown_as_it_was_sent(bootstrap: Caller, home: str) -> None:
    sent = {
        "account": {"canAuthenticate": True, "status": "OK"},
        "emailVerified": True,
        "identityProvider": {"id": UNKNOWN, "type": "OPENID_CONNECT"},
        "lifecycle": {"status": "VERIFICATION_REQUIRED"},
        "verifyStatus": "ENABLED",
        "mfaEnabled": True,
    }
    document = imported(bootstrap, home, **sent)
    assert {key: document[key] for key in sent} == sent
    own = document["_links"]["self"]["href"]
    replaced = bootstrap.put(own, PERSON).must(200)
    assert {key: replaced[key] for key in sent} == sent


def test_a_user_that_is_imported_locked_cannot_sign_in(bootstrap: Caller, home: str) -> None:
    account = imported(bootstrap, home, account={"canAuthenticate": True, "status": "LOCKED"})["account"]
    assert (account["canAuthenticate"], account["status"]) == (False, "LOCKED")


def test_a_user_that_is_imported_without_the_right_to_sign_in(bootstrap: Caller, home: str) -> None:
    account = {"canAuthenticate": False, "status": "OK"}
    assert imported(bootstrap, home, account=account)["account"] == account


def test_only_an_import_brings_these(bootstrap: Caller, home: str) -> None:
    sent = {
        **PERSON,
        "account": {"canAuthenticate": True, "status": "LOCKED"},
        "lifecycle": {"status": "VERIFICATION_REQUIRED"},
        "verifyStatus": "ENABLED",
    }
    document = bootstrap.post(f"/environments/{home}/users", sent).must(201)
    assert document["account"] == {"canAuthenticate": True, "status": "OK"}
    assert (document["lifecycle"]["status"], document["verifyStatus"]) == ("ACCOUNT_OK", "NOT_INITIATED")


@pytest.mark.parametrize(
    ("members", "code", "target"),
    [
        ({"account": {"status": "OK"}}, "REQUIRED_VALUE", "account.canAuthenticate"),
        ({"account": {"canAuthenticate": True, "status": "TEA"}}, "INVALID_VALUE", "account.status"),
        ({"lifecycle": {"status": "TEA"}}, "INVALID_VALUE", "lifecycle.status"),
        ({"verifyStatus": "TEA"}, "INVALID_VALUE", "verifyStatus"),
        ({"password": "plain"}, "INVALID_VALUE", "password"),
    ],
)
def test_what_an_import_refuses(bootstrap: Caller, home: str, members: dict[str, Any], code: str, target: str) -> None:
    answer = bootstrap.post(f"/environments/{home}/users", {**PERSON, **members}, headers=IMPORT)
    answer.detail(400, "INVALID_DATA", code, target)


# -- password ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "status"),
    [
        (None, "NO_PASSWORD"),
        ({}, "NO_PASSWORD"),
        ({"value": "very-secret-word"}, "OK"),
        ({"value": "very-secret-word", "forceChange": True}, "MUST_CHANGE_PASSWORD"),
        ({"external": {"gateway": {"id": UNKNOWN, "type": "LDAP"}}}, "EXTERNAL"),
    ],
)
def test_the_state_of_a_password(bootstrap: Caller, home: str, password: Any, status: str) -> None:
    own = imported(bootstrap, home, password=password)["_links"]["self"]["href"]
    answer = bootstrap.get(f"{own}/password")
    document = answer.must(200)
    assert document["status"] == status
    assert ("lastChangedAt" in document) is (status in ("OK", "MUST_CHANGE_PASSWORD"))
    assert (document["environment"], document["user"]) == ({"id": home}, {"id": own.rpartition("/")[2]})
    assert document["_links"]["self"]["href"] == f"{own}/password"
    assert b"very-secret-word" not in answer.raw


def test_a_password_goes_by_the_policy_of_the_population_or_of_the_environment(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}"
    policies = bootstrap.get(f"{path}/passwordPolicies").items
    [default], other = [one["id"] for one in policies if one["default"]], policies[-1]["id"]
    assert other != default
    population = {"name": "strict", "passwordPolicy": {"id": other}}
    strict = bootstrap.post(f"{path}/populations", population).must(201)["id"]
    own = created(bootstrap, home)
    for policy in (default, other):
        document = bootstrap.get(f"{own}/password").must(200)
        assert document["passwordPolicy"] == {"id": policy}
        bootstrap.get(document["_links"]["passwordPolicy"]["href"]).must(200)
        bootstrap.put(f"{own}/population", {"id": strict}).must(200)


@pytest.mark.parametrize("below", ["", "/enabled", "/mfaEnabled", "/population", "/password", "/memberOfGroups"])
def test_nothing_of_a_user_that_is_not_there(bootstrap: Caller, home: str, below: str) -> None:
    bootstrap.get(f"/environments/{home}/users/{UNKNOWN}{below}").error(404, "NOT_FOUND")


def test_the_links_of_a_user(bootstrap: Caller, home: str) -> None:
    document = bootstrap.get(created(bootstrap, home)).must(200)
    listed = {
        *("self", "password", "password.set", "password.reset", "password.check", "password.recover"),
        *("account.sendVerificationCode", "linkedAccounts"),
    }
    assert set(document["_links"]) == listed | {"environment", "population", "devices", "roleAssignments"}
    [item] = bootstrap.get(f"/environments/{home}/users").items
    assert set(item["_links"]) == listed
    assert {key: value for key, value in item.items() if key != "_links"} == {
        key: value for key, value in document.items() if key != "_links"
    }
    assert list(item)[3:] == sorted(list(item)[3:])


def test_a_tenant_file_nests_groups_and_imports_users(make_world: Any) -> None:
    document = copy.deepcopy(DEFAULT)
    document["environments"][0].update(
        groups=[{"name": "inner", "groups": ["outer"]}, {"name": "outer"}],
        users=[{"username": "u", "groups": ["inner"], "account": {"canAuthenticate": True, "status": "LOCKED"}}],
    )
    world = make_world(document=document)
    [user] = world.state["environments"][0]["users"]
    assert (user["email"], user["account"]["status"]) == ("u", "LOCKED")
    inner, outer = world.state["environments"][0]["groups"]
    assert (inner["directMemberCounts"], outer["directMemberCounts"]) == (
        {"users": 1, "groups": 0},
        {"users": 0, "groups": 1},
    )
