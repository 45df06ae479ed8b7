# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""For which secrets is waited, and which are refused for good."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import PermissionDeniedError, ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret import read_secret
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import jwt

YOUNG, OLD = "2026-11-02T09:29:50Z", "2026-11-02T09:28:00Z"
OWN = "/environments/home/applications/caller/roleAssignments"
WORKER = "/environments/dev/applications/ci"
SECRET, ASSIGNED = f"{WORKER}/secret", f"{WORKER}/roleAssignments"
HIDDEN = (403, {"code": "ACCESS_FAILED", "message": "The request could not be completed. You do not have access"})
ROLES = {
    "roles": [
        {"id": "admin", "name": "Environment Admin", "permissions": [{"id": "write"}, {"id": "read"}]},
        {"id": "reader", "name": "Configuration Read Only", "permissions": [{"id": "read"}]},
        {"id": "people", "name": "Identity Data Admin", "permissions": [{"id": "read"}, {"id": "people"}]},
    ]
}


def held(role, *, read_only=False, environment="dev", id="1"):
    return {
        "id": id,
        "role": {"id": role},
        "scope": {"type": "ENVIRONMENT", "id": environment},
        "readOnly": read_only,
    }


def listed(*assignments, **more):
    return (200, {"_embedded": {"roleAssignments": list(assignments)}, **more})


def reads(task, created_at=YOUNG, environment_created_at=OLD):
    environment = {"id": "dev", "name": "dev", "createdAt": environment_created_at}
    return read_secret(task, environment, {"id": "ci", "name": "ci", "createdAt": created_at})


@pytest.fixture
def task(make_client):
    return a_task(make_client)


def a_task(make_client, *, token=None, settle=0):
    token = token or jwt(client_id="caller", env="home")
    signed_in = {"client_id": None, "client_secret": None, "auth_environment_id": None, "access_token": token}
    made = Task({})
    made.client = make_client(options={**signed_in, "settle": settle}, keeper=made)
    made.connection = made.client.connection
    return made


def refused_at_once(service, clock, task, **ages):
    with pytest.raises(PermissionDeniedError):
        reads(task, **ages)
    return clock.waits == []


def read_after_a_wait(service, clock, task, **ages):
    service.answers("GET", SECRET, (200, {"secret": "the-secret-of-the-worker"}))
    return reads(task, **ages) == "the-secret-of-the-worker" and clock.waits == [0.5]


@pytest.mark.parametrize("settle", [0, 30])
def test_a_role_that_the_caller_holds_nowhere_keeps_the_secret_for_good(service, clock, make_client, settle):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("admin"), held("reader", read_only=True)))
    service.answers("GET", OWN, listed(held("admin", environment="elsewhere")))

    assert refused_at_once(service, clock, a_task(make_client, settle=settle))


def test_one_that_it_holds_elsewhere_may_arrive(service, clock, task):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("reader", read_only=True)))
    service.answers("GET", OWN, listed(held("reader", environment="elsewhere")))
    service.answers("GET", "/roles", (200, {"_embedded": ROLES}))

    assert read_after_a_wait(service, clock, task)


def given_by(client):
    """Give the worker a role, as an earlier task does in a process of its own."""
    task = Task({})
    task.client = client
    worker = {"id": "ci", "name": "ci", "createdAt": YOUNG}
    assignments = task.api.role_assignments({"id": "dev", "name": "dev", "createdAt": OLD}, "application", worker)
    assignments.create({"role": {"id": "reader"}}, lambda item: False)


def test_one_that_it_gave_a_moment_ago_looks_read_only_at_first(service, clock, task):
    service.answers("POST", ASSIGNED, (201, held("reader", read_only=True)))
    given_by(task.client)
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("reader", read_only=True)))
    service.answers("GET", OWN, listed(held("admin")))
    service.answers("GET", "/roles", (200, {"_embedded": ROLES}))

    assert read_after_a_wait(service, clock, task)


def test_one_that_another_worker_gave_does_not(service, clock, task, make_client):
    service.answers("POST", ASSIGNED, (201, held("reader", read_only=True)))
    given_by(a_task(make_client, token=jwt(client_id="another", env="home")).client)
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("reader", read_only=True)))
    service.answers("GET", OWN, listed(held("admin")))

    assert refused_at_once(service, clock, task)


def test_roles_that_allow_more_than_the_callers_keep_it_for_good(service, clock, task):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("people")))
    service.answers("GET", OWN, listed(held("admin", environment="elsewhere")))
    service.answers("GET", "/roles", (200, {"_embedded": ROLES}))

    assert refused_at_once(service, clock, task)


@pytest.mark.parametrize(
    ("own", "is_final"),
    [([held("admin", environment="elsewhere")], False), ([held("admin", environment="dev")], True)],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_in_a_new_environment_the_callers_own_roles_may_be_listed_late(service, clock, task, own, is_final, read_only):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("people", read_only=read_only)))
    service.answers("GET", OWN, listed(*own))
    asks_for_roles = is_final and not read_only
    if asks_for_roles:
        service.answers("GET", "/roles", (200, {"_embedded": ROLES}))
    outcome = refused_at_once if is_final else read_after_a_wait

    assert outcome(service, clock, task, environment_created_at=YOUNG)
    assert ("GET /roles" in service.calls()) is asks_for_roles


@pytest.mark.parametrize(
    ("assigned", "own", "roles"),
    [
        (404, None, None),
        (listed(), None, None),
        (listed(held("people")), 403, None),
        (listed(held("people")), listed(_links={"next": {"href": "https://api.pingone.eu/v1/more"}}), None),
        (listed(held("people")), (200, {"no": "list"}), None),
        (listed(held("people")), listed(held("custom")), (200, {"_embedded": ROLES})),
        (listed(held("people")), listed(held("admin")), 403),
        (listed({"id": "1", "role": "odd", "readOnly": False}), listed(held("admin")), (200, {"_embedded": ROLES})),
    ],
)
def test_what_cannot_be_told_is_waited_for(service, clock, task, assigned, own, roles):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, assigned)
    for path, answer in ((OWN, own), ("/roles", roles)):
        if answer is not None:
            service.answers("GET", path, answer)

    assert read_after_a_wait(service, clock, task)


@pytest.mark.parametrize("refusal", [HIDDEN, (404, {"code": "NOT_FOUND", "message": "No."})])
def test_what_the_task_wrote_elsewhere_does_not_change_an_old_secret(service, clock, task, refusal):
    service.answers("PUT", "/environments/dev/applications/another", 200)
    task.client.put("/environments/dev/applications/another", {}, operation="updating another")
    service.answers("GET", SECRET, refusal)

    with pytest.raises(ServiceError):
        reads(task, created_at=OLD)

    assert clock.waits == []


def test_no_worker_is_shown_its_own_secret(service, clock, make_client):
    service.answers("GET", SECRET, HIDDEN)

    assert refused_at_once(service, clock, a_task(make_client, token=jwt(client_id="ci", env="dev")))


def test_for_a_person_it_cannot_be_told(service, clock, make_client):
    service.answers("GET", SECRET, HIDDEN)
    service.answers("GET", ASSIGNED, listed(held("reader", read_only=True)))
    person = jwt(client_id="caller", env="home", sub="somebody")

    assert read_after_a_wait(service, clock, a_task(make_client, token=person))


def test_a_secret_that_is_not_there_yet_costs_no_look_at_roles(service, clock, task):
    service.answers("GET", SECRET, 404)

    assert read_after_a_wait(service, clock, task)
    assert service.calls() == [f"GET {SECRET}"] * 2
