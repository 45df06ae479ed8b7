# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service with one worker whose roles a task manages."""

from __future__ import annotations

import base64
import contextlib
import json

import responses
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_role_assignment

API = "https://api.example.com/v1"
OLD = "2020-01-01T00:00:00.000Z"
ORGANIZATION = "9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
HOME = "1c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
DEV = "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
CALLER = "8a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
ADMIN = {
    "id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
    "name": "Environment Admin",
    "applicableTo": ["ORGANIZATION", "ENVIRONMENT"],
    "permissions": [{"id": "p"}],
    "canAssign": [{"id": "0bd9c966-7664-4ac1-b059-0ff9293908e2"}],
}
DATA = {**ADMIN, "id": "0bd9c966-7664-4ac1-b059-0ff9293908e2", "name": "Identity Data Admin", "canAssign": []}
ASSIGNMENTS = f"{API}/environments/{DEV}/applications/{WORKER}/roleAssignments"
OWN = f"{API}/environments/{HOME}/applications/{CALLER}/roleAssignments"


def token(**claims):
    parts = [{"alg": "none"}, {"client_id": CALLER, "env": HOME, "org": ORGANIZATION, **claims}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


def assignment(number, role, type, scope, read_only=False):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}, "readOnly": read_only}


def embedded(key, items):
    return {"_embedded": {key: items}}


@contextlib.contextmanager
def worker_service():
    """Serve a worker of an environment and the roles of the platform; the assignments of the worker are the test's."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        environment = {"id": DEV, "name": "dev", "createdAt": OLD, "organization": {"id": ORGANIZATION}}
        worker = {"id": WORKER, "name": "ci", "type": "WORKER", "createdAt": OLD}
        mock.get(f"{API}/environments", json=embedded("environments", [environment]))
        mock.get(f"{API}/environments/{DEV}/applications", json=embedded("applications", [worker]))
        mock.get(f"{API}/organizations", json=embedded("organizations", [{"id": ORGANIZATION, "name": "Example"}]))
        mock.get(f"{API}/roles", json=embedded("roles", [ADMIN, DATA]))
        mock.get(OWN, json=embedded("roleAssignments", [assignment(9, ADMIN, "ORGANIZATION", ORGANIZATION, True)]))
        yield mock


def holds(service, *assignments):
    service.get(ASSIGNMENTS, json=embedded("roleAssignments", list(assignments)))


def run(check_mode=False, claims=None, **options):
    spec = pingone_role_assignment.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    params.update(api_url=API, auth_url="https://auth.example.com", access_token=token(**(claims or {})))
    params.update(environment="dev", application="ci")
    params["roles"] = [{"scope": None, **role} for role in options.pop("roles", [{"role": "Environment Admin"}])]
    task = Task({**params, **options}, check_mode=check_mode)
    return pingone_role_assignment.run(task), task
