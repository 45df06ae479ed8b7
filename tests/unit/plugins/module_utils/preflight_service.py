# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that is told what the calling worker holds, and tasks of modules that look ahead."""

from __future__ import annotations

import contextlib
import re

from ansible_collections.idops.pingone.plugins.module_utils._core.permissions import NEEDED
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_role_assignment,
    pingone_worker_app,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    ORGANIZATION,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)
from requests import ConnectionError

OWN = f"/environments/{ADMINS}/applications/{CALLER}/roleAssignments"
CI = {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci", "type": "WORKER", "protocol": "OPENID_CONNECT"}
# Who holds something at the organization may read the first, all others their own environment's.
ROLES = ("/roles", f"/environments/{ADMINS}/roles")
HELD = f"/environments/{DEV}/applications/{CI['id']}/roleAssignments"
WRITE_ROLES = "permissions:update:applicationRoleAssignments"
# How a read may fail for now.
PASSING = [{"status": 503}, {"status": 429}, {"body": ConnectionError("gone")}, {"body": "<html>"}]


def role(number, name, *permissions):
    identifier = f"29ddce68-0000-4000-8000-{number:012d}"
    shown = [{"id": permission} for permission in permissions]
    return {"id": identifier, "name": name, "permissions": shown, "applicableTo": ["ENVIRONMENT", "ORGANIZATION"]}


READER = role(1, "Reader", "applications:read:application")
DEVELOPER = role(2, "Developer", "applications:create:application", "applications:delete:application")
ADMIN = role(3, "Admin", *(permission for permission in NEEDED.values()))


def held(number, role, scope, type="ENVIRONMENT", **members):
    identifier = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return {"id": identifier, "role": {"id": role["id"]}, "scope": {"id": scope, "type": type}, **members}


class Tenant:
    """A service with an environment dev, that is told what the caller holds."""

    def __init__(self, mock):
        self.mock = mock
        self.shows_roles(READER, DEVELOPER, ADMIN)
        self.lists("/organizations", {"id": ORGANIZATION, "name": "Example"})
        self.lists(f"/environments/{DEV}/applications")
        self.mock.get(re.compile(f"{API}/environments/{DEV}/roles.*"), json=embedded("roles"))
        self.mock.post(f"{API}/environments/{DEV}/applications", json={**CI, "enabled": True}, status=201)

    def lists(self, path, *items):
        self.mock.upsert("GET", f"{API}{path}", json=embedded(path.rpartition("/")[2], *items))

    def shows_roles(self, *roles):
        for path in ROLES:
            self.lists(path, *roles)

    def refuses(self, path, status=403):
        self.mock.upsert("GET", f"{API}{path}", json=REFUSED, status=status)

    def caller_holds(self, *assignments):
        self.lists(OWN, *assignments)

    def looks(self):
        """Return how often it was asked what the caller may do."""
        return [
            request for request in asked(self.mock) if request in (f"GET {OWN}", *(f"GET {path}" for path in ROLES))
        ]

    def writes(self):
        return [request for request in asked(self.mock) if not request.startswith("GET")]


@contextlib.contextmanager
def serving_tenant():
    """Serve such a tenant."""
    with serving(environment(DEV, "dev"), environment(ADMINS, "Administrators")) as mock:
        yield Tenant(mock)


def create(**options):
    """Run a task that creates a worker in dev."""
    return run(pingone_worker_app, environment="dev", name="ci", **options)


def assign(*roles, **options):
    """Run a task that assigns roles to the worker of dev."""
    given = [{"role": role["name"], "scope": None} for role in roles]
    return run(pingone_role_assignment, environment="dev", application="ci", roles=given, **options)
