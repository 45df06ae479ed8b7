# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_handover says to the service as which of the two workers, and what it does when that is refused."""

from __future__ import annotations

import json

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    OptionError,
    PermissionDeniedError,
    PingOneError,
    TokenError,
)
from ansible_collections.idops.pingone.plugins.modules import pingone_role_handover
from ansible_collections.idops.pingone.tests.unit.plugins.modules import many_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    CALLER,
    HOME,
    ORGANIZATION,
    ROLES,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.role_handover_service import (
    ADMIN,
    DATA,
    FORBIDDEN,
    NO_TOKEN,
    READ_ONLY,
    READER,
    performed,
    run,
    serving,
    task_of,
)


@pytest.fixture
def tenant():
    with serving() as found:
        yield found


@pytest.mark.parametrize(("preflight", "bills"), [("off", 0), ("warn", 0), ("fail", 1)])
def test_a_hand_over_costs_the_fewest_requests_whether_it_looks_ahead_or_not(tenant, preflight, bills):
    tenant.gets_birthright()
    result, task = run(tenant, preflight=preflight)
    assert task.warnings == []
    assert result.changed
    assert result.values["retired"]
    roles = "/environments/applications/roleAssignments"
    counted = tenant.counted()
    # For the service that applications need; all else is known.
    assert counted.pop("GET /environments/billOfMaterials", 0) == bills
    assert counted == {
        "POST /as/token": 2,
        "GET /environments": 1,
        f"GET {roles}": 2,
        "GET /roles": 1,
        "GET /organizations": 1,
        f"POST {roles}": 2,
        f"DELETE {roles}": 2,
    }


def test_the_worker_gives_and_the_successor_removes(tenant):
    tenant.gets_birthright()
    run(tenant)
    assert tenant.wrote() == [("POST", CALLER)] * 2 + [("DELETE", tenant.second)] * 2
    data = ROLES[DATA]["id"]
    assert tenant.scopes_of(CALLER) == [(ROLES[ADMIN]["id"], ORGANIZATION)]
    assert {(data, tenant.dev), (data, tenant.test)} <= set(tenant.scopes_of(tenant.second))


def test_a_second_run_does_not_even_sign_in_as_the_first_worker(tenant):
    tenant.gets_birthright()
    run(tenant)
    tenant.requests.clear()
    tenant.refuse("POST", "/as/token.* first$", NO_TOKEN)
    result, _task = run(tenant)
    assert not result.changed
    assert result.values["begun"]
    assert result.values["retired"]
    assert tenant.counted()["POST /as/token"] == 1


def test_a_first_worker_that_cannot_sign_in_is_told_where_it_is_needed(tenant):
    tenant.gets_birthright()
    tenant.refuse("POST", "/as/token.* first$", NO_TOKEN)
    with pytest.raises(TokenError, match=CALLER):
        run(tenant)
    assert tenant.wrote() == []


def test_a_failure_halfway_tells_what_was_done_and_the_next_run_goes_on(tenant):
    tenant.gets_birthright()
    tenant.refuse("DELETE", "roleAssignments")
    result = performed(tenant)
    assert result["failed"]
    assert result["changed"]
    assert result["error"]["kind"] == "option"
    assert "2 of 4 steps are done; run the task again, and it goes on from there." in result["msg"]
    assert [len(entry["added"]) for entry in result["handed_over"]] == [1, 1]
    assert [entry["removed"] for entry in result["handed_over"]] == [[], []]
    assert result["not_handed_over"] == [{"id": tenant.dev, "name": "dev"}, {"id": tenant.test, "name": "test"}]
    assert not result["retired"]
    assert "another-secret" not in json.dumps(result)
    tenant.refusals.clear()
    again = performed(tenant)
    assert again["retired"]
    assert [len(entry["added"]) + len(entry["removed"]) for entry in again["handed_over"]] == [1, 1]


def test_a_failure_of_the_first_write_is_an_error_of_its_own(tenant):
    tenant.gets_birthright()
    tenant.refuse("POST", "roleAssignments")
    result = performed(tenant)
    assert result["failed"]
    assert "changed" not in result
    assert "steps are done" not in result["msg"]


def test_a_removal_that_looks_read_only_is_waited_for(tenant, monkeypatch):
    tenant.gets_birthright()
    tenant.refuse("DELETE", "roleAssignments", READ_ONLY)
    waited = []

    def sleep(clock, seconds):
        waited.append(seconds)
        tenant.refusals.clear()

    monkeypatch.setattr("time.sleep", lambda seconds: sleep(None, seconds))
    result, _task = run(tenant, retry_budget=60)
    assert result.values["retired"]
    assert len(waited) == 1


@pytest.mark.parametrize("by", [CALLER, "somebody else"])
def test_roles_on_an_environment_that_the_worker_just_created_are_waited_for(tenant, monkeypatch, by):
    tenant.gets_birthright()
    late = tenant.assignments[CALLER]
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        tenant.assignments[CALLER] = late

    tenant.assignments[CALLER] = {}
    monkeypatch.setattr("time.sleep", sleep)
    task = task_of(tenant, environments=["dev"])
    created = task.api.environments()
    with created.locked():
        created._lock().record_write(created=tenant.dev, by=by)
    result = pingone_role_handover.run(task)
    assert len(waited) == int(by == CALLER)
    assert result.changed is (by == CALLER)


def test_the_caller_reads_what_the_successor_may_not_and_nobody_waits_before(tenant, monkeypatch):
    tenant.assign(CALLER, ADMIN, HOME)
    tenant.assign(CALLER, DATA, HOME)
    tenant.assign(tenant.second, DATA, tenant.dev)
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it waited"))
    refused = "roleAssignments .* second$"
    tenant.refuse("GET", refused, FORBIDDEN)
    result, _task = run(tenant, environments=["Administrators"], settle=30)
    assert result.values["retired"]
    assert tenant.scopes_of(CALLER) == []


def test_what_neither_may_read_is_an_error(tenant):
    tenant.gets_birthright()
    tenant.refuse("GET", "roleAssignments", FORBIDDEN)
    with pytest.raises(PermissionDeniedError):
        run(tenant)
    assert tenant.wrote() == []


def begun(tenant):
    """Leave a hand-over to the successor alone: it holds all, and the worker a part."""
    tenant.gets_birthright()
    for environment in (tenant.dev, tenant.test):
        tenant.assign(tenant.second, DATA, environment)
    del tenant.assignments[CALLER][next(iter(tenant.assignments[CALLER]))]


@pytest.mark.parametrize("check_mode", [True, False])
def test_wrong_credentials_of_an_enabled_worker_end_what_the_successor_could_complete_alone(tenant, check_mode):
    begun(tenant)
    tenant.refuse("POST", "/as/token.* first$", NO_TOKEN)
    with pytest.raises(TokenError, match=CALLER) as caught:
        run(tenant, check_mode=check_mode)
    assert "The successor sees that the worker is enabled, so these are not its credentials" in str(caught.value)
    assert tenant.wrote() == []


@pytest.mark.parametrize("why", ["disabled", "gone", "not readable", "without a role"])
def test_what_was_begun_is_completed_without_a_worker_that_cannot_sign_in(tenant, why):
    begun(tenant)
    refusal = NO_TOKEN
    if why == "disabled":
        tenant.applications[HOME][CALLER]["enabled"] = False
    elif why == "gone":
        tenant.refuse("GET", f"/applications/{CALLER} ", (404, {"code": "NOT_FOUND", "message": "None.", "id": "c"}))
    elif why == "not readable":
        tenant.refuse("GET", f"/applications/{CALLER} ", FORBIDDEN)
    else:
        refusal = (401, {"error": "access_denied", "error_description": "It does not have any role assignments"})
    tenant.refuse("POST", "/as/token.* first$", refusal)
    result, _task = run(tenant)
    assert result.values["retired"]
    assert tenant.wrote() == [("DELETE", tenant.second)]


@pytest.mark.parametrize("scope", [HOME, CALLER])
def test_a_role_where_the_worker_lives_is_enough(tenant, scope):
    tenant.gets_birthright()
    tenant.assignments[tenant.second].clear()
    tenant.assign(tenant.second, ADMIN, scope)
    result, _task = run(tenant)
    assert result.changed
    assert not result.values["retired"]
    assert [item["held_by_successor"] for item in result.values["left"]] == [False]


@pytest.mark.parametrize("is_disabled", [False, True])
def test_a_worker_is_not_disabled_while_the_successor_lacks_a_role_above(tenant, is_disabled):
    tenant.gets_birthright()
    tenant.assign(CALLER, READER, ORGANIZATION, "ORGANIZATION")
    tenant.applications[HOME][CALLER]["enabled"] = not is_disabled
    if is_disabled:
        assert run(tenant, disable=True)[0].values["disabled"]
        return
    with pytest.raises(OptionError, match=f"lacks .* {READER} at organization Example") as caught:
        run(tenant, disable=True)
    assert caught.value.option == "disable"
    assert tenant.wrote() == []


def test_what_lies_in_populations_and_applications_moves_and_other_places_stay(tenant):
    here, there = "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"
    prod = tenant.add_environment("prod")
    tenant.people = {tenant.dev: [{"id": here, "name": "Default"}], prod: [{"id": there, "name": "Default"}]}
    app = tenant.add_worker(tenant.test, "ci")
    tenant.gets_birthright()
    tenant.assign(CALLER, READER, here, "POPULATION")
    tenant.assign(CALLER, READER, there, "POPULATION")
    tenant.assign(CALLER, READER, app, "APPLICATION")
    result, _task = run(tenant)
    moved = [[item["scope"]["name"] for item in entry["removed"]] for entry in result.values["handed_over"]]
    assert moved == [["Default", "dev"], ["ci", "test"]]
    assert (ROLES[READER]["id"], there) in tenant.scopes_of(CALLER)
    assert result.values["retired"]


def test_what_nobody_can_place_is_left_and_told(tenant):
    somewhere = "11111111-0000-4000-8000-000000000000"
    tenant.gets_birthright()
    tenant.assign(CALLER, READER, somewhere, "POPULATION")
    tenant.refuse("GET", "populations", FORBIDDEN)
    result, task = run(tenant)
    assert [item["scope"]["type"] for item in result.values["left"]] == ["ORGANIZATION", "POPULATION"]
    assert not result.values["retired"]
    assert [f"{READER} at population {somewhere} does not move" in warning for warning in task.warnings] == [True]
    with pytest.raises(OptionError, match="disable"):
        run(tenant, disable=True)


def test_a_custom_role_moves_by_its_name(tenant):
    tenant.custom = [{"id": "33333333-0000-4000-8000-000000000000", "name": "Deployer", "type": "CUSTOM"}]
    tenant.gets_birthright()
    tenant.assign(CALLER, DATA, tenant.dev)
    held = next(item for item in tenant.assignments[CALLER].values() if item["scope"]["id"] == tenant.dev)
    held["role"] = {"id": tenant.custom[0]["id"]}
    result, _task = run(tenant)
    assert result.diff()["before"]["worker"][0] == "Deployer at environment dev"


def test_a_worker_that_is_named_hands_over_to_the_successor(tenant):
    tenant.gets_birthright()
    third = tenant.add_worker(HOME, "third")
    tenant.assign(third, DATA, tenant.dev)
    result, _task = run(tenant, application="third", environment="Administrators", environments=["dev"])
    assert result.title == "hand-over from worker third to worker " + tenant.second
    assert tenant.wrote() == [("POST", CALLER), ("DELETE", tenant.second)]
    assert tenant.scopes_of(third) == []


def test_a_successor_that_calls_keeps_what_it_has(tenant):
    tenant.gets_birthright()
    result, _task = run(tenant, client_id=tenant.second, disable=True)
    assert not result.changed
    assert result.values["handed_over"] == []
    assert tenant.counted() == {"POST /as/token": 1}


def test_the_token_of_a_person_hands_nothing_over(tenant):
    token = many_service.jwt(client_id=CALLER, env=HOME, sub="somebody")
    with pytest.raises(OptionError, match="the access token is not a worker's") as caught:
        run(tenant, client_id=None, client_secret=None, access_token=token)
    assert caught.value.option == "application"


def test_an_access_token_tells_the_worker(tenant):
    tenant.gets_birthright()
    token = many_service.jwt(client_id=CALLER, env=HOME, org=ORGANIZATION)
    result, _task = run(tenant, client_id=None, client_secret=None, access_token=token)
    assert result.values["retired"]


def test_environments_may_be_missing_only_before_a_hand_over_was_begun(tenant):
    tenant.gets_birthright()
    result, _task = run(tenant, environments=["dev", "later"], only_if_begun=True)
    assert not result.changed
    assert result.values["missing"] == ["later"]
    assert not result.values["begun"]
    with pytest.raises(PingOneError, match="there is no environment 'later'") as caught:
        run(tenant, environments=["dev", "later"])
    assert caught.value.facts() == {"kind": "not_found", "option": "environments[1]"}


def test_an_environment_that_is_listed_twice_counts_once(tenant):
    tenant.gets_birthright()
    result, _task = run(tenant, environments=["dev", tenant.dev])
    assert len(result.values["handed_over"]) == 1


def test_no_environment_is_nothing_to_hand_over(tenant):
    tenant.gets_birthright()
    result, _task = run(tenant, environments=[])
    assert not result.changed
    assert not result.values["retired"]
