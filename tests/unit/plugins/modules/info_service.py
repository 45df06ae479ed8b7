# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service of a few environments for the modules that only read, and what they asked it."""

from __future__ import annotations

import base64
import json

from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

API = "https://api.example.com/v1"
OLD = "2020-01-01T00:00:00.000Z"
ORGANIZATION = "9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
ADMINS = "1c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
DEV = "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
PROD = "4b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
CALLER = "8a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
REFUSED = {
    "id": "c0ffee00-0000-4000-8000-000000000000",
    "code": "ACCESS_FAILED",
    "message": "The request could not be completed. You do not have access to this resource.",
}


def environment(id, name, **members):
    return {
        "id": id,
        "name": name,
        "type": "SANDBOX",
        "region": "EU",
        "createdAt": OLD,
        "organization": {"id": ORGANIZATION},
        "license": {"id": "lic"},
        **members,
    }


def embedded(key, *items):
    return {"_embedded": {key: list(items)}}


def token(**claims):
    parts = [{"alg": "none"}, {"client_id": CALLER, "env": ADMINS, "org": ORGANIZATION, **claims}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


def run(module, check_mode=False, **options):
    """Run a module as a task with these options would; return its result and the task."""
    task = task_of(module, check_mode, **options)
    return module.run(task), task


def task_of(module, check_mode=False, **options):
    """Return a task of a module with these options."""
    params = {option: entry.get("default") for option, entry in module.ARGUMENT_SPEC.items()}
    params.update(api_url=API, auth_url="https://auth.example.com", access_token=token(), retry_budget=0)
    return Task({**params, **options}, check_mode=check_mode)


def asked(mock):
    """Return what was asked of the service, in the order of the paths: threads ask in any order."""
    return sorted(f"{call.request.method} {call.request.url.removeprefix(API)}" for call in mock.calls)
