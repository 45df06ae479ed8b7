# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which refused role assignments are waited for."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ServiceError
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant, Role, Scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import Add, RoleSetPlan
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import jwt

YOUNG, OLD = "2026-11-02T09:29:50Z", "2026-11-02T09:28:00Z"
ASSIGNED = "/environments/dev/applications/ci/roleAssignments"
OWN = "/environments/home/applications/caller/roleAssignments"
REFUSED = (
    400,
    {"code": "INVALID_DATA", "message": "No.", "details": [{"message": "Must have role at the same or broader scope"}]},
)
ADMIN = {"id": "admin", "name": "Environment Admin", "canAssign": [{"id": "reader"}]}
READER = {"id": "reader", "name": "Configuration Read Only", "canAssign": []}
CHIEF = {"id": "chief", "name": "Organization Admin", "canAssign": []}
ROLES = (200, {"_embedded": {"roles": [ADMIN, READER, CHIEF]}})
HERE, ELSEWHERE = Scope("ENVIRONMENT", "dev", "dev"), Scope("ENVIRONMENT", "elsewhere", "elsewhere")


def held(role, scope, type="ENVIRONMENT"):
    return {"id": f"{role}-{scope}", "role": {"id": role}, "scope": {"type": type, "id": scope}}


def listed(*assignments):
    return (200, {"_embedded": {"roleAssignments": list(assignments)}})


ADMIN_OF_ALL, ADMIN_HERE = held("admin", "org", "ORGANIZATION"), held("admin", "dev")
CHIEF_OF_ALL, CHIEF_ELSEWHERE = held("chief", "org", "ORGANIZATION"), held("chief", "elsewhere")


def assign(make_client, role, scope, created_at, settle):
    signed_in = {"client_id": None, "client_secret": None, "auth_environment_id": None}
    token = jwt(client_id="caller", env="home")
    task = Task({})
    task.client = make_client(options={**signed_in, "access_token": token, "settle": settle}, keeper=task)
    task.connection = task.client.connection
    home, worker = ({"id": id, "name": id, "createdAt": created_at} for id in ("dev", "ci"))
    roles = RoleSet(task, home, "application", worker)
    return roles.carry_out(RoleSetPlan(steps=(Add(Grant(Role.from_api(role), scope)),)))


@pytest.mark.parametrize(
    ("own", "role", "scope", "created_at", "settle"),
    [
        ([CHIEF_OF_ALL, held("chief", "dev")], READER, HERE, YOUNG, 0),
        ([CHIEF_OF_ALL, held("chief", "dev")], READER, HERE, YOUNG, 30),
        ([ADMIN_HERE], CHIEF, HERE, YOUNG, 0),
        ([CHIEF_ELSEWHERE], READER, ELSEWHERE, YOUNG, 0),
        ([ADMIN_OF_ALL], CHIEF, Scope("ORGANIZATION", "org"), YOUNG, 0),
    ],
)
def test_what_no_role_of_the_caller_may_assign_is_refused_at_once(
    service, clock, make_client, own, role, scope, created_at, settle
):
    service.answers("POST", ASSIGNED, REFUSED)
    service.answers("GET", OWN, listed(*own))
    service.answers("GET", "/roles", ROLES)

    with pytest.raises(ServiceError, match="Must have role"):
        assign(make_client, role, scope, created_at, settle)

    assert clock.waits == []


@pytest.mark.parametrize(
    ("own", "scope", "created_at", "settle"),
    [
        # The caller may, so its own roles are late.
        (listed(ADMIN_HERE), HERE, YOUNG, 0),
        (listed(ADMIN_OF_ALL), Scope("ORGANIZATION", "org"), YOUNG, 0),
        # What it got by creating the environment may be listed late.
        (listed(CHIEF_OF_ALL), HERE, YOUNG, 0),
        (listed(CHIEF_OF_ALL), ELSEWHERE, YOUNG, 0),
        # So may what somebody else gave it, which settle tells of.
        (listed(CHIEF_OF_ALL), HERE, OLD, 30),
        (403, HERE, YOUNG, 0),
    ],
)
def test_what_may_be_allowed_in_a_moment_is_waited_for(service, clock, make_client, own, scope, created_at, settle):
    service.answers("POST", ASSIGNED, REFUSED)
    service.answers("GET", OWN, own)
    if own in (listed(ADMIN_HERE), listed(ADMIN_OF_ALL)):
        service.answers("GET", "/roles", ROLES)
    service.answers("POST", ASSIGNED, (201, {"id": "1", **held("reader", scope.id, scope.type)}))

    assert [grant.role.id for grant in assign(make_client, READER, scope, created_at, settle)] == ["reader"]

    assert clock.waits == [0.5]
