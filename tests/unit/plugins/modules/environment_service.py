# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One environment as the service shows it, what surrounds it, and what the module says to the service."""

from __future__ import annotations

import base64
import json

from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_environment

API = "https://api.example.com/v1"
ID = "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
HOME = "6c1e2d3f-0a9b-4c8d-9e7f-5a4b3c2d1e0f"
WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
ORGANIZATION = "1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99"
LICENSE = "9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e"
ENVIRONMENTS = f"{API}/environments"
LICENSES = f"{API}/organizations/{ORGANIZATION}/licenses"
ONE = f"{ENVIRONMENTS}/{ID}"
BILL = f"{ONE}/billOfMaterials"
POPULATIONS = f"{ONE}/populations"
ASSIGNMENTS = f"{ENVIRONMENTS}/{HOME}/applications/{WORKER}/roleAssignments"


def token(**claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def environment(**members):
    return {
        "_links": {"self": {"href": ONE}},
        "id": ID,
        "name": "dev",
        "type": "SANDBOX",
        "region": "NA",
        "license": {"id": LICENSE, "package": "STANDARD"},
        "organization": {"id": ORGANIZATION},
        "createdAt": "2020-01-01T00:00:00.000Z",
        "updatedAt": "2020-01-01T00:00:00.000Z",
        "notKnownHere": {"kept": True},
        **members,
    }


def pending(**members):
    times = {"softDeletedAt": "2020-02-01T00:00:00.000Z", "hardDeleteAllowedAt": "2999-01-01T00:00:00.000Z"}
    return environment(type="PRODUCTION", status="DELETE_PENDING", **{**times, **members})


def license_(**members):
    allowed = {"max": 2, "regions": ["NORTH_AMERICA"], "allowProduction": True}
    shown = {"id": LICENSE, "name": "STANDARD", "package": "STANDARD", "status": "ACTIVE", "environments": allowed}
    return {**shown, "assignedEnvironmentsCount": 1, "organization": {"id": ORGANIZATION}, **members}


def run(check_mode=False, claims=None, **options):
    spec = pingone_environment.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    claims = {"client_id": WORKER, "env": HOME, "org": ORGANIZATION} if claims is None else claims
    connection = {
        "api_url": API,
        "auth_url": "https://auth.example.com",
        "region": "NA",
        "access_token": token(**claims),
    }
    if not options.get("id"):
        options.setdefault("name", "dev")
    task = Task({**params, **connection, "region": "NA", **options}, check_mode=check_mode)
    return pingone_environment.run(task), task


def embedded(service, url, key, *items, **more):
    service.get(url, json={"_embedded": {key: list(items)}}, **more)


def listing(service, *environments):
    embedded(service, ENVIRONMENTS, "environments", *environments)


def bill(service, *types):
    service.get(BILL, json={"_links": {}, "solutionType": "CUSTOMER", "products": [{"type": name} for name in types]})


def roles_of_the_caller(service, *scopes):
    embedded(service, f"{API}/roles", "roles", {"id": "role-1", "name": "Environment Admin"})
    items = [
        {"id": f"assignment-{scope}", "role": {"id": "role-1"}, "scope": {"id": scope, "type": "ENVIRONMENT"}}
        for scope in scopes
    ]
    embedded(service, ASSIGNMENTS, "roleAssignments", *items)


def spoken(service):
    return [(call.request.method, call.request.url.partition("?")[0].removeprefix(API)) for call in service.calls]


def written(service):
    calls = [(call.request.method, call.request.url.removeprefix(API), call.request.body) for call in service.calls]
    return [(method, path, json.loads(body) if body else None) for method, path, body in calls if method != "GET"]
