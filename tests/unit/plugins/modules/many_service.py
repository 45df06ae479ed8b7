# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant in memory that keeps what is written and counts what is asked, and pingone_worker_apps run on it."""

from __future__ import annotations

import base64
import json
import re
import threading
import urllib.parse
from collections import Counter

import responses
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_apps

API = "https://api.example.com/v1"
AUTH = "https://auth.example.com"
ORGANIZATION = "9c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
HOME = "1c1a7c52-0f0e-4f0b-8d2e-6f1b2c3d4e5f"
CALLER = "8a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
OLD = "2020-01-01T00:00:00.000Z"
ROLES = {
    name: {
        "id": f"29ddce68-cd7f-4b2a-b6fc-{number:012d}",
        "name": name,
        "applicableTo": ["ORGANIZATION", "ENVIRONMENT", "APPLICATION"],
        "permissions": [],
        "canAssign": [],
    }
    for number, name in enumerate(["Environment Admin", "Identity Data Admin", "Configuration Read Only"])
}
REFUSED = (
    400,
    {"code": "INVALID_DATA", "message": "Refused for a test.", "id": "c0ffee00-0000-4000-8000-000000000000"},
)
HIDDEN = 403, {"code": "ACCESS_FAILED", "message": "Hidden."}
TEN = [f"w-{number}" for number in range(10)]


def jwt(**claims):
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


class Tenant:
    """Environments by id, their applications, and the roles of these.

    refusals: methods with a regular expression for a path, the answer that such a request gets, and how often.
    """

    def __init__(self):
        self.environments = {}
        self.applications = {}
        self.assignments = {}
        self.refusals = []
        self.requests = []
        # Is called with the method and the path of each request before it is answered.
        self.on_request = lambda method, path: None
        # A request waits for so many to be under way, if they come within a moment.
        self.meeting = 0
        self.most_under_way = 0
        self._under_way = 0
        self._number = 0
        self._mutex = threading.Condition()
        self.add_environment("Administrators", HOME)
        self.assign(CALLER, "Environment Admin", ORGANIZATION, "ORGANIZATION")
        self.assign(CALLER, "Identity Data Admin", ORGANIZATION, "ORGANIZATION")

    # Setting up

    def new_id(self):
        self._number += 1
        return f"7f9b1c52-3a60-4d7e-9b3f-{self._number:012d}"

    def add_environment(self, name, identifier=None):
        identifier = identifier or self.new_id()
        self.environments[identifier] = {
            "id": identifier,
            "name": name,
            "createdAt": OLD,
            "organization": {"id": ORGANIZATION},
        }
        self.applications[identifier] = {}
        return identifier

    def add_worker(self, environment, name, **members):
        worker = {
            "id": self.new_id(),
            "environment": {"id": environment},
            "name": name,
            "enabled": True,
            "type": "WORKER",
            "protocol": "OPENID_CONNECT",
            "grantTypes": ["CLIENT_CREDENTIALS"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
            "createdAt": OLD,
            "updatedAt": OLD,
            **members,
        }
        self.applications[environment][worker["id"]] = worker
        return worker["id"]

    def assign(self, application, role, scope, kind="ENVIRONMENT", read_only=False):
        held = self.assignments.setdefault(application, {})
        identifier = self.new_id()
        held[identifier] = {
            "id": identifier,
            "role": {"id": ROLES[role]["id"]},
            "scope": {"id": scope, "type": kind},
            "readOnly": read_only,
        }

    def refuse(self, method, path, answer=REFUSED, times=None):
        """Refuse requests from now on, or so many of them."""
        self.refusals.append([method, re.compile(path), answer, times])

    # Looking at it

    def names(self, environment):
        return sorted(worker["name"] for worker in self.applications[environment].values())

    def worker(self, environment, name):
        return next(worker for worker in self.applications[environment].values() if worker["name"] == name)

    def roles_of(self, environment, name):
        names = {role["id"]: role["name"] for role in ROLES.values()}
        held = self.assignments.get(self.worker(environment, name)["id"], {})
        return sorted(names[item["role"]["id"]] for item in held.values())

    def counted(self):
        """Return how often each kind of request was made, ids left out."""
        return Counter(f"{method} {re.sub(r'/[0-9a-f-]{36}', '', path)}" for method, path in self.requests)

    def writes(self):
        return [(method, path) for method, path in self.requests if method != "GET" and not path.endswith("/as/token")]

    # Answering

    def answer(self, request):
        path = request.url.partition("?")[0].removeprefix(API).removeprefix(AUTH)
        body = json.loads(request.body) if request.body and "/as/token" not in path else {}
        self.on_request(request.method, path)
        with self._mutex:
            self.requests.append((request.method, path))
            self._meet()
            special = self._refusal(request, path, body)
            if special is None and path.endswith("/as/token"):
                token = jwt(client_id=self._worker_that_calls(request))
                special = 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
            status, answer = special or self._answer(request.method, path.split("/")[1:], body)
        return status, {}, json.dumps(answer) if answer is not None else ""

    def _meet(self):
        """Wait for other requests to be under way as well, but not for long: there may be none."""
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        self._mutex.notify_all()
        if self.meeting:
            self._mutex.wait_for(lambda: self._under_way > self.meeting, timeout=0.02)
        self._under_way -= 1

    def _refusal(self, request, path, body):
        named = (
            f"{path} {self._names_in(path)} {body.get('name', '')} {self._names_in(self._worker_that_calls(request))}"
        )
        for refusal in self.refusals:
            method, pattern, answer, times = refusal
            if method == request.method and pattern.search(named) and times != 0:
                refusal[3] = None if times is None else times - 1
                return answer
        return None

    def _names_in(self, path):
        """Return the names of the applications whose ids are in a path."""
        return " ".join(
            worker["name"] for found in self.applications.values() for id, worker in found.items() if id in path
        )

    def _worker_that_calls(self, request):
        """Return the id of the application that authenticates, or whose token it is."""
        kind, _blank, value = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            return base64.b64decode(value).decode().partition(":")[0]
        if not kind:
            body = request.body.decode() if isinstance(request.body, bytes) else request.body
            assertion = urllib.parse.parse_qs(body)["client_assertion"][0]
            return json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))["iss"]
        return json.loads(base64.urlsafe_b64decode(value.split(".")[1] + "=="))["client_id"]

    def _answer(self, method, parts, body):
        if parts[-1] == "roles":
            return 200, embedded("roles", ROLES.values())
        if parts == ["organizations"]:
            return 200, embedded("organizations", [{"id": ORGANIZATION, "name": "Example"}])
        if parts == ["environments"]:
            return 200, embedded("environments", self.environments.values())
        if len(parts) == 2:
            return 200, self.environments[parts[1]]
        return self._nested(method, self.applications[parts[1]], parts[1:], body)

    def _nested(self, method, applications, parts, body):
        environment, _kind, *rest = parts
        if not rest and method == "GET":
            return 200, embedded("applications", applications.values())
        if not rest:
            return 201, applications[self.add_worker(environment, **body)]
        if rest[1:] == ["secret"]:
            return 200, {"secret": secret_of(rest[0])}
        if rest[1:2] == ["roleAssignments"]:
            return self._assignments(method, rest[0], rest[2:], body)
        if method == "GET":
            return 200, applications[rest[0]]
        if method == "DELETE":
            return 204, applications.pop(rest[0]) and None
        kept = {member: applications[rest[0]][member] for member in ("id", "environment", "createdAt", "updatedAt")}
        applications[rest[0]] = {**kept, **body}
        return 200, applications[rest[0]]

    def _assignments(self, method, application, rest, body):
        held = self.assignments.setdefault(application, {})
        if method == "GET":
            return 200, embedded("roleAssignments", held.values())
        if method == "DELETE":
            return 204, held.pop(rest[0]) and None
        identifier = self.new_id()
        held[identifier] = {"id": identifier, "readOnly": False, **body}
        return 201, held[identifier]


def secret_of(application):
    return f"secret-of-{application}-{'x' * 30}"


def embedded(key, items):
    return {"_embedded": {key: list(items)}}


def serve(mock, tenant):
    """Answer every request from a tenant. mock: of C(responses)."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        mock.add_callback(
            getattr(responses, method), re.compile(r"https://(api|auth)\.example\.com/.*"), callback=tenant.answer
        )


def role(name, **scope):
    places = dict.fromkeys(("organization", "environment", "population", "application"))
    return {"role": name, "scope": {**places, **scope} if scope else None}


def worker(name=None, **given):
    options = {option: entry.get("default") for option, entry in pingone_worker_apps.WORKER.items()}
    return {**options, "environment": None, "name": name, **given}


def run(check_mode=False, **options):
    """Run the module as a task of its own process would, and return the result."""
    session_state.reset()
    spec = pingone_worker_apps.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    params.update(api_url=API, auth_url=AUTH, access_token=jwt(client_id=CALLER, env=HOME, org=ORGANIZATION))
    params["retry_budget"] = 0
    task = Task({**params, **options}, check_mode=check_mode)
    result = perform(
        pingone_worker_apps.run, task, secret_returns=pingone_worker_apps.SECRET_RETURNS, no_log_values=[], diff=True
    )
    return {**result, "warnings": task.warnings}


def succeed(**options):
    result = run(**options)
    assert not result.get("failed"), result
    return result
