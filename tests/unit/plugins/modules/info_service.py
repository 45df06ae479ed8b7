# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service of a few environments, modules that are run on it, and what they said to it."""

from __future__ import annotations

import base64
import contextlib
import json

import responses
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
DUPLICATE = {
    "id": "c0ffee00-0000-4000-8000-000000000000",
    "code": "INVALID_DATA",
    "message": "The request could not be completed.",
    "details": [{"code": "UNIQUENESS_VIOLATION", "target": "name", "message": "It exists already."}],
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


def worker(id, name, environment=DEV, **members):
    """Return a worker application as the service shows it, with a member that the collection does not know."""
    return {
        "_links": {"self": {"href": f"{API}/environments/{environment}/applications/{id}"}},
        "environment": {"id": environment},
        "id": id,
        "name": name,
        "enabled": True,
        "type": "WORKER",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "createdAt": OLD,
        "notKnownHere": {"kept": True},
        **members,
    }


def embedded(key, *items):
    return {"_embedded": {key: list(items)}}


@contextlib.contextmanager
def serving(*environments):
    """Serve a list of environments; what is in them is the test's, and need not be asked for."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}/environments", json=embedded("environments", *environments))
        yield mock


def there_are(service, address, *items):
    """Let the service list items at an address, whose last part is their key, and show each by its id."""
    service.get(address, json=embedded(address.rpartition("/")[2], *items))
    for item in items:
        service.get(f"{address}/{item['id']}", json=item)


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


def writes(service):
    """Return the requests that write, in their order."""
    return [call.request for call in service.calls if call.request.method != "GET"]


def sent(service, method):
    """Return the bodies of the requests of a method."""
    return [json.loads(call.request.body) for call in service.calls if call.request.method == method]
