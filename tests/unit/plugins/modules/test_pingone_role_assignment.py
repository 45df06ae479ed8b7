# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_assignment says to the service, request by request."""

from __future__ import annotations

import json
import signal
import threading

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.tests.unit.plugins.modules import info_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.role_service import (
    ADMIN,
    ADMINS,
    API,
    ASSIGNMENTS,
    CALLER,
    DATA,
    DEV,
    OLD,
    ORGANIZATION,
    OWN,
    WORKER,
    assignment,
    embedded,
    holds,
    run,
    worker_service,
)


@pytest.fixture
def service():
    with worker_service() as mock:
        yield mock


def writes(service):
    return [
        (request.method, request.url.removeprefix(API), json.loads(request.body or "null"))
        for request in info_service.writes(service)
    ]


def test_a_role_is_assigned_at_the_principal_s_own_environment(service):
    holds(service)
    made = assignment(1, ADMIN, "ENVIRONMENT", DEV)
    service.post(ASSIGNMENTS, json=made, status=201)
    result, _task = run()
    assert result.changed
    body = {"role": {"id": ADMIN["id"]}, "scope": {"id": DEV, "type": "ENVIRONMENT"}}
    assert writes(service) == [("POST", ASSIGNMENTS.removeprefix(API), body)]
    shown = {"role": {"id": ADMIN["id"], "name": "Environment Admin"}, "id": made["id"], "read_only": False}
    assert result.values["added"] == [{**shown, "scope": {"type": "ENVIRONMENT", "id": DEV, "name": "dev"}}]
    assert result.diff() == {
        "before_header": "roles of application dev/ci",
        "after_header": "roles of application dev/ci",
        "before": {"role_assignments": []},
        "after": {"role_assignments": ["Environment Admin at environment dev"]},
    }


def test_ids_are_looked_up_without_a_listing(service):
    service.get(f"{API}/environments/{DEV}", json={"id": DEV, "name": "dev", "createdAt": OLD})
    service.get(f"{API}/environments/{DEV}/applications/{WORKER}", json={"id": WORKER, "name": "ci", "type": "WORKER"})
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", DEV))
    for _item in range(2):
        result, _task = run(environment=DEV, application=WORKER)
    assert result.values["role_assignments"][0]["scope"] == {"type": "ENVIRONMENT", "id": DEV, "name": "dev"}
    # The listing of roles is there for the names. A second item of a loop asks for nothing again.
    assert [call.request.url.removeprefix(API) for call in service.calls] == [
        f"/environments/{DEV}",
        f"/environments/{DEV}/applications/{WORKER}",
        ASSIGNMENTS.removeprefix(API),
        "/roles",
    ]


def test_who_may_not_read_an_environment_looks_for_its_id_among_those_listed(service):
    service.get(f"{API}/environments/{DEV}", json={"code": "ACCESS_FAILED", "message": "No."}, status=403)
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", DEV))
    result, _task = run(environment=DEV)
    assert not result.changed


def test_what_is_there_is_not_written_again(service):
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", DEV))
    result, _task = run()
    assert not result.changed
    assert writes(service) == []


def test_populations_of_one_name_in_two_environments_are_told_apart(service):
    test, here, there = (f"{number}b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11" for number in (4, 5, 6))
    service.replace(
        responses.GET,
        f"{API}/environments",
        json=embedded(
            "environments",
            {"id": DEV, "name": "dev", "createdAt": OLD},
            {"id": test, "name": "test", "createdAt": OLD},
        ),
    )
    for environment, population in ((DEV, here), (test, there)):
        listed = embedded("populations", {"id": population, "name": "Default"})
        service.get(f"{API}/environments/{environment}/populations", json=listed)
    service.replace(responses.GET, f"{API}/roles", json=embedded("roles", {**DATA, "applicableTo": ["POPULATION"]}))
    holds(service, assignment(1, DATA, "POPULATION", here), assignment(2, DATA, "POPULATION", there))
    scopes = [{"population": "Default"}, {"population": "Default", "environment": "test"}]

    result, _task = run(roles=[{"role": DATA["name"], "scope": scope} for scope in scopes])

    assert not result.changed
    assert result.diff()["after"]["role_assignments"] == [
        "Identity Data Admin at population dev/Default",
        "Identity Data Admin at population test/Default",
    ]
    assert [item["scope"]["name"] for item in result.values["role_assignments"]] == ["Default", "Default"]


def test_a_broader_scope_covers_without_a_request(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    result, _task = run()
    assert not result.changed
    assert writes(service) == []
    assert result.values["covered"][0]["covered_by"]["scope"]["name"] == "Example"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_role_that_merged_lists_name_twice_is_one(service, state):
    holds(service, *([assignment(1, ADMIN, "ENVIRONMENT", DEV)] if state == "absent" else []))
    service.post(ASSIGNMENTS, json=assignment(1, ADMIN, "ENVIRONMENT", DEV), status=201)
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=204)
    by_name, by_id = {"role": "Environment Admin"}, {"role": ADMIN["id"], "scope": {"environment": "dev"}}
    result, _task = run(roles=[by_name, by_id, by_name], state=state)
    assert len(writes(service)) == 1
    assert len(result.values["added" if state == "present" else "removed"]) == 1


def test_an_exact_set_exchanges_the_broad_scope_for_the_narrow_one(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=204)
    service.post(ASSIGNMENTS, json=assignment(2, ADMIN, "ENVIRONMENT", DEV), status=201)
    result, _task = run(exclusive=True)
    assert [method for method, _path, _body in writes(service)] == ["DELETE", "POST"]
    assert result.values["removed"][0]["scope"]["type"] == "ORGANIZATION"


TAKEN = {
    "id": "c",
    "code": "INVALID_DATA",
    "message": "The request could not be completed.",
    "details": [{"code": "UNIQUENESS_VIOLATION", "target": "role", "message": "May not assign duplicate Role"}],
}


def test_what_another_controller_assigned_meanwhile_is_taken_as_it_is(service):
    holds(service)
    service.post(ASSIGNMENTS, json=TAKEN, status=400)
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", DEV))
    result, _task = run()
    assert [it["id"] for it in result.values["role_assignments"]] == ["aaaaaaaa-0000-4000-8000-000000000001"]
    assert len(writes(service)) == 1


def test_what_the_list_does_not_show_yet_is_waited_for(service):
    holds(service)
    service.post(ASSIGNMENTS, json=TAKEN, status=400)
    holds(service)
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", DEV))
    result, _task = run()
    assert [it["id"] for it in result.values["role_assignments"]] == ["aaaaaaaa-0000-4000-8000-000000000001"]
    assert len(writes(service)) == 1


def test_a_duplicate_that_is_not_found_is_told(service):
    holds(service)
    service.post(ASSIGNMENTS, json=TAKEN, status=400)
    with pytest.raises(PingOneError, match="May not assign duplicate Role"):
        run(retry_budget=0)


def test_a_failed_exchange_puts_the_broad_scope_back(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=204)
    error = {"id": "c", "code": "INVALID_DATA", "message": "Not that one.", "details": []}
    service.post(ASSIGNMENTS, json=error, status=400)
    service.post(ASSIGNMENTS, json=assignment(3, ADMIN, "ORGANIZATION", ORGANIZATION), status=201)
    with pytest.raises(PingOneError, match="Not that one.*Environment Admin at organization Example was put back"):
        run(exclusive=True)
    assert [body and body["scope"]["type"] for _method, _path, body in writes(service)] == [
        None,
        "ENVIRONMENT",
        "ORGANIZATION",
    ]


def test_a_removal_whose_outcome_is_not_known_is_put_back_too(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=503)
    service.post(ASSIGNMENTS, json=assignment(3, ADMIN, "ORGANIZATION", ORGANIZATION), status=201)
    with pytest.raises(PingOneError, match="HTTP 503.*Environment Admin at organization Example was put back"):
        run(exclusive=True, retry_budget=0)
    assert writes(service)[-1][2]["scope"]["type"] == "ORGANIZATION"


def test_a_removal_that_is_refused_needs_nothing_put_back(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    error = {"id": "c", "code": "INVALID_DATA", "message": "It is read only.", "details": []}
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", json=error, status=400)
    with pytest.raises(PingOneError, match="It is read only"):
        run(exclusive=True)
    assert [method for method, _path, _body in writes(service)] == ["DELETE"]


def test_a_broad_scope_that_cannot_be_put_back_is_told(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=204)
    for message in ("Not that one.", "Nor that one."):
        error = {"id": "c", "code": "INVALID_DATA", "message": message, "details": []}
        service.post(ASSIGNMENTS, json=error, status=400)
    with pytest.raises(PingOneError, match="Not that one.*could not be put back.*Nor that one.*'ci' is without it now"):
        run(exclusive=True)


class Ended(BaseException):
    """What ansible-core raises in a task whose timeout is over."""


def ends(service, method, url, ending):
    """Let a task be ended while it waits for an answer."""

    def callback(_request):
        raise ending

    service.add_callback(method, url, callback)


@pytest.mark.parametrize("ending", [Ended, KeyboardInterrupt])
@pytest.mark.parametrize("during", ["removal", "assignment"])
def test_a_task_that_is_ended_within_an_exchange_puts_the_broad_scope_back(service, ending, during):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    broad = f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001"
    if during == "removal":
        ends(service, "DELETE", broad, ending)
    else:
        service.delete(broad, status=204)
        ends(service, "POST", ASSIGNMENTS, ending)
    service.post(ASSIGNMENTS, json=assignment(3, ADMIN, "ORGANIZATION", ORGANIZATION), status=201)
    with pytest.raises(ending):
        run(exclusive=True)
    assert writes(service)[-1][2]["scope"]["type"] == "ORGANIZATION"


def test_what_is_put_back_does_not_overtake_the_removal_that_is_under_way(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    done, posted, ended = [], threading.Event(), threading.Event()

    def removal(_request):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)
        assert ended.wait(10)
        # For as long as another one may come in between.
        posted.wait(0.5)
        done.append("removed")
        return 204, {}, ""

    def assigns(_request):
        posted.set()
        done.append("put back")
        return 201, {}, json.dumps(assignment(3, ADMIN, "ORGANIZATION", ORGANIZATION))

    def end(_number, _frame):
        ended.set()
        raise Ended

    service.add_callback("DELETE", f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", removal)
    service.add_callback("POST", ASSIGNMENTS, assigns)
    handler = signal.signal(signal.SIGALRM, end)
    try:
        with pytest.raises(Ended):
            run(exclusive=True)
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert done == ["removed", "put back"]


@pytest.mark.parametrize("again", [True, False])
def test_a_task_that_is_ended_and_cannot_put_the_broad_scope_back_says_what_is_missing(service, again):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    service.delete(f"{ASSIGNMENTS}/aaaaaaaa-0000-4000-8000-000000000001", status=204)
    ends(service, "POST", ASSIGNMENTS, Ended)
    if again:
        ends(service, "POST", ASSIGNMENTS, KeyboardInterrupt)
    else:
        service.post(ASSIGNMENTS, json={"id": "c", "code": "INVALID_DATA", "message": "Not that one."}, status=400)
    told = "ended by Ended.*Environment Admin at organization Example, which.*could not be put back.*without it now"
    with pytest.raises(PingOneError, match=told):
        run(exclusive=True)


BOTH = [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]


def test_what_the_caller_may_not_assign_as_far_as_pingone_tells_is_a_warning_and_the_service_decides(service):
    service.replace(responses.GET, OWN, json=embedded("roleAssignments", assignment(9, DATA, "ENVIRONMENT", ADMINS)))
    holds(service)
    message = "Must have role at the same or broader scope"
    detail = {"code": "INVALID_VALUE", "target": "role", "message": message}
    refusal = {"id": "c", "code": "INVALID_DATA", "message": "It could not be completed.", "details": [detail]}
    service.post(ASSIGNMENTS, json=refusal, status=400)
    with pytest.raises(PingOneError, match=message) as refused:
        run(roles=BOTH)
    assert "PingOne lets nobody assign a role" in describe(refused.value)
    assert len(writes(service)) == 1
    _result, task = run(roles=BOTH, check_mode=True)
    assert task.warnings == [
        "PingOne may refuse to assign to application 'ci': Environment Admin at environment dev, Identity Data Admin "
        "at environment dev. As far as it tells, the calling worker holds no role that may assign this, at the same "
        "or a broader scope."
    ]


def test_what_a_role_of_the_caller_may_assign_is_no_warning(service):
    holds(service)
    _result, task = run(roles=BOTH, check_mode=True)
    assert task.warnings == []


def test_who_may_not_see_the_roles_of_the_principal_is_told_before_the_roles_are_looked_up(service):
    service.get(ASSIGNMENTS, json={"code": "ACCESS_FAILED", "message": "not these"}, status=403)
    with pytest.raises(PingOneError, match="not these"):
        run()
    assert not any(call.request.url.startswith(f"{API}/roles") for call in service.calls)


def test_a_worker_that_may_not_read_its_own_roles_leaves_the_decision_to_the_service(service):
    service.replace(responses.GET, OWN, json={"code": "ACCESS_FAILED", "message": "no"}, status=403)
    holds(service)
    _result, task = run(roles=BOTH, check_mode=True)
    assert task.warnings == []


def test_a_person_s_token_leaves_the_decision_to_the_service(service):
    holds(service)
    service.post(ASSIGNMENTS, json=assignment(1, ADMIN, "ENVIRONMENT", DEV), status=201)
    run(claims={"sub": "a person"})
    assert not any(call.request.url == OWN for call in service.calls)


def test_a_worker_s_own_roles_are_not_removed(service):
    service.get(
        f"{API}/environments/{ADMINS}/applications/{CALLER}/roleAssignments",
        json=embedded("roleAssignments", assignment(9, ADMIN, "ORGANIZATION", ORGANIZATION, True)),
    )
    service.get(
        f"{API}/environments/{ADMINS}/applications", json=embedded("applications", {"id": CALLER, "name": "me"})
    )
    home = {"id": ADMINS, "name": "home", "createdAt": OLD, "organization": {"id": ORGANIZATION}}
    service.replace(responses.GET, f"{API}/environments", json=embedded("environments", home))
    with pytest.raises(PingOneError, match="'me' is the calling worker, and no worker can remove its own role"):
        run(environment="home", application="me", roles=[], exclusive=True)
    assert writes(service) == []


def test_a_read_only_assignment_is_told_before_the_first_write(service):
    holds(service, assignment(1, DATA, "ENVIRONMENT", DEV, read_only=True))
    with pytest.raises(PingOneError, match="read-only what would be removed: Identity Data Admin at environment dev"):
        run(exclusive=True)
    assert writes(service) == []


def test_check_mode_reads_only_and_predicts(service):
    holds(service)
    result, _task = run(check_mode=True)
    assert result.changed
    assert writes(service) == []
    assert result.values["added"][0]["id"].startswith("00000000-0000-0000-0000-")


def test_what_comes_with_an_environment_that_is_only_predicted_is_predicted_as_removed(service):
    holds(service, assignment(1, ADMIN, "ORGANIZATION", ORGANIZATION))
    new = predicted_id("environment", None, "new")
    roles = [{"role": "Environment Admin", "scope": {"environment": new}}]
    result, _task = run(check_mode=True, roles=roles, state="absent")
    assert result.changed
    assert [(it["role"]["name"], it["scope"]["id"]) for it in result.values["removed"]] == [("Environment Admin", new)]
    assert result.values["covered"] == []
    assert [it["scope"]["type"] for it in result.values["role_assignments"]] == ["ORGANIZATION"]
    assert writes(service) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"roles": []}, "roles must name at least one role"),
        ({"state": "absent", "exclusive": True}, "exclusive requires state: present"),
        ({"roles": [{"role": "x", "scope": {}}]}, r"roles\[0\].scope must be exactly one of"),
        (
            {"roles": [{"role": "x", "scope": {"population": "p", "application": "a"}}]},
            "not population and application",
        ),
    ],
)
def test_a_bad_option_costs_no_request(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(**options)
