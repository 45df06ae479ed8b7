# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant of two workers, one of which hands its roles over to the other, and tasks that do."""

from __future__ import annotations

import contextlib

import responses
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_role_handover
from ansible_collections.idops.pingone.tests.unit.plugins.modules import many_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    API,
    AUTH,
    CALLER,
    HOME,
    ORGANIZATION,
    ROLES,
)

ADMIN, DATA, READER = ROLES
WRITES_ROLES = [{"id": "permissions:update:applicationRoleAssignments"}, {"id": "applications:update:application"}]
FORBIDDEN = (403, {"code": "ACCESS_FAILED", "message": "You do not have access to this resource.", "id": "c"})
NO_TOKEN = (401, {"error": "invalid_client", "error_description": "Invalid client credentials"})
READ_ONLY = (400, {"code": "REQUEST_FAILED", "message": "Role assignment x cannot be deleted as it is read only"})


class Tenant(many_service.Tenant):
    """A tenant that notes who made a request, and in which Environment Admin may write roles."""

    def __init__(self):
        super().__init__()
        self.callers = []
        self.people = {}
        self.custom = []
        self.dev, self.test = self.add_environment("dev"), self.add_environment("test")
        self.add_worker(HOME, "first", id=CALLER)
        self.second = self.add_worker(HOME, "second")
        self.assignments[CALLER].clear()

    def gets_birthright(self):
        for environment in (self.dev, self.test):
            self.assign(CALLER, DATA, environment, read_only=True)
        for worker in (CALLER, self.second):
            self.assign(worker, ADMIN, ORGANIZATION, "ORGANIZATION")
        return self

    def scopes_of(self, worker):
        held = self.assignments.get(worker, {}).values()
        return sorted((item["role"]["id"], item["scope"]["id"]) for item in held)

    def answer(self, request):
        if "/as/token" not in request.url:
            self.callers.append((request.method, self._worker_that_calls(request)))
        return super().answer(request)

    def _refusal(self, request, path, body):
        refused = super()._refusal(request, path, body)
        if refused is None and path.endswith("/as/token"):
            claims = {"client_id": self._worker_that_calls(request), "env": HOME, "org": ORGANIZATION}
            return 200, {"access_token": many_service.jwt(**claims), "token_type": "Bearer", "expires_in": 3600}
        return refused

    def wrote(self):
        return [(method, worker) for method, worker in self.callers if method != "GET"]

    def _answer(self, method, parts, body):
        if parts[-1] == "roles":
            roles = [{**role, "permissions": WRITES_ROLES if role["name"] == ADMIN else []} for role in ROLES.values()]
            return 200, many_service.embedded("roles", [*roles, *(self.custom if parts != ["roles"] else [])])
        if parts[-1] == "billOfMaterials":
            return 200, {"products": [{"type": "PING_ONE_BASE"}]}
        if parts[-1] == "populations":
            return 200, many_service.embedded("populations", self.people.get(parts[1], []))
        if method == "GET" and len(parts) == 4 and parts[2] == "applications":
            return 200, self.applications[parts[1]][parts[3]]
        return super()._answer(method, parts, body)


@contextlib.contextmanager
def serving():
    """Serve such a tenant."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        found = Tenant()
        many_service.serve(mock, found)
        yield found


def task_of(tenant, check_mode=False, progress=None, module=pingone_role_handover, **options):
    """Return a task that hands over from the first worker to the second, or one of another module."""
    session_state.reset()
    params = {option: entry.get("default") for option, entry in module.ARGUMENT_SPEC.items()}
    params.update(api_url=API, auth_url=AUTH, auth_environment_id=HOME, client_id=CALLER, client_secret="a-secret")
    if module is pingone_role_handover:
        successor = {"auth_environment_id": HOME, "client_id": tenant.second, "client_secret": "another-secret"}
        params.update(environments=["dev", "test"], successor=successor)
    params.update(retry_budget=0)
    return Task({**params, **options}, check_mode=check_mode, progress=progress)


def run(tenant, **options):
    """Run the module as a task with these options would; return its result and the task."""
    task = task_of(tenant, **options)
    return pingone_role_handover.run(task), task


def performed(tenant, **options):
    """Return the result of such a task as it leaves it."""
    task = task_of(tenant, **options)
    return perform(pingone_role_handover.run, task, secret_returns=(), no_log_values=(), diff=True)
