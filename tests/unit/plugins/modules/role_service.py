# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service with one worker whose roles a task manages."""

from __future__ import annotations

import contextlib

from ansible_collections.idops.pingone.plugins.modules import pingone_role_assignment
from ansible_collections.idops.pingone.tests.unit.plugins.modules import info_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    OLD,
    ORGANIZATION,
    embedded,
    environment,
    serving,
    token,
)

WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
ADMIN = {
    "id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
    "name": "Environment Admin",
    "applicableTo": ["ORGANIZATION", "ENVIRONMENT"],
    "permissions": [{"id": "p"}],
    "canAssign": [{"id": "0bd9c966-7664-4ac1-b059-0ff9293908e2"}],
}
DATA = {**ADMIN, "id": "0bd9c966-7664-4ac1-b059-0ff9293908e2", "name": "Identity Data Admin", "canAssign": []}
ASSIGNMENTS = f"{API}/environments/{DEV}/applications/{WORKER}/roleAssignments"
OWN = f"{API}/environments/{ADMINS}/applications/{CALLER}/roleAssignments"


def assignment(number, role, type, scope, read_only=False):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}, "readOnly": read_only}


@contextlib.contextmanager
def worker_service():
    """Serve a worker of an environment and the roles of the platform; the assignments of the worker are the test's."""
    with serving(environment(DEV, "dev")) as mock:
        worker = {"id": WORKER, "name": "ci", "type": "WORKER", "createdAt": OLD}
        mock.get(f"{API}/environments/{DEV}/applications", json=embedded("applications", worker))
        mock.get(f"{API}/organizations", json=embedded("organizations", {"id": ORGANIZATION, "name": "Example"}))
        mock.get(f"{API}/roles", json=embedded("roles", ADMIN, DATA))
        mock.get(OWN, json=embedded("roleAssignments", assignment(9, ADMIN, "ORGANIZATION", ORGANIZATION, True)))
        yield mock


def holds(service, *assignments):
    service.get(ASSIGNMENTS, json=embedded("roleAssignments", *assignments))


def run(check_mode=False, claims=None, **options):
    given = {"environment": "dev", "application": "ci", "access_token": token(**(claims or {})), "retry_budget": 60}
    given["roles"] = [{"scope": None, **role} for role in options.pop("roles", [{"role": "Environment Admin"}])]
    return info_service.run(pingone_role_assignment, check_mode, **{**given, **options})
