# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every endpoint and verb, walked with a worker of each platform role at each scope, and with a neighbour.

Each call must be allowed or refused as the roles of the worker say; a refusal is a 403 and changes nothing. Each
endpoint is allowed to at least one worker and refused to at least one. The table is printed at the end of the run.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator_contract import Contract
from emulator_world import Answer, Caller, World, worker
from pingone_emulator.app import operations
from pingone_emulator.rules import catalogue

_CUSTOM = {"applications:read:application"}  # a role without what every role of the platform has
_ADMIN = {"Environment Admin", "Identity Data Admin", "Client Application Developer"}


@dataclass
class Stage:
    """An emulator with one object of each kind, and workers of all kinds."""

    world: World
    ids: dict[str, str]
    bodies: dict[tuple[str, str], Any]
    workers: dict[str, Caller]
    snapshot: Any = None

    def path(self, template: str) -> str:
        """The address of an endpoint, filled in with the ids of the home environment."""
        if template == "/roles/{role}":
            return f"/roles/{self.ids['platformRole']}"
        for kind in ("applications", "users", "groups", "gateways", "resources"):
            if f"/{kind}/" in template:
                for item in ("roleAssignment", "attribute"):
                    template = template.replace(f"{{{item}}}", self.ids.get(f"{kind} {item}", ""))
        for name, value in self.ids.items():
            template = template.replace(f"{{{name}}}", value)
        return template

    def save(self) -> None:
        """Remember the state, for ``restore``."""
        self.snapshot = copy.deepcopy(self._state())

    def restore(self) -> None:
        """Undo what an allowed call did."""
        for name, value in copy.deepcopy(self.snapshot).items():
            setattr(self.world.emulator.tenant, name, value)

    def _state(self) -> dict[str, Any]:
        tenant = self.world.emulator.tenant
        return {name: getattr(tenant, name) for name in ("environments", "assignments", "deleted", "licenses")}


@pytest.fixture(scope="module")
def stage(contract: Contract | None) -> Iterator[Stage]:
    """Two environments, objects in the first, workers in both."""
    world = World(contract)
    bootstrap = world.bootstrap()
    home, neighbour = bootstrap.environment("home")["id"], bootstrap.environment("neighbour")["id"]
    path = f"/environments/{home}"
    target = bootstrap.application(home, "target")["id"]
    user = bootstrap.post(f"{path}/users", {"username": "u", "email": "u@example.com"}).must(201)["id"]
    group = bootstrap.post(f"{path}/groups", {"name": "g"}).must(201)["id"]
    parent, other_group = (bootstrap.post(f"{path}/groups", {"name": name}).must(201)["id"] for name in ("p", "h"))
    bootstrap.post(f"{path}/users/{user}/memberOfGroups", {"id": group}).must(201)
    bootstrap.post(f"{path}/groups/{group}/memberOfGroups", {"id": parent}).must(201)
    population = bootstrap.post(f"{path}/populations", {"name": "people"}).must(201)["id"]
    custom = {
        "name": "custom",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": one} for one in _CUSTOM],
        "canBeAssignedBy": [{"id": bootstrap.role("Environment Admin")}],
    }
    ids = {
        "organization": world.organization,
        "license": world.license,
        "environment": home,
        "application": target,
        "user": user,
        "group": group,
        "parent": parent,
        "population": population,
        "role": bootstrap.post(f"{path}/roles", custom).must(201)["id"],
        "platformRole": bootstrap.role("Environment Admin"),
    }
    gateway = bootstrap.post(f"{path}/gateways", GATEWAY).must(201)["id"]
    for kind, actor in (("applications", target), ("users", user), ("groups", group), ("gateways", gateway)):
        assigned = bootstrap.assign(home, actor, "Identity Data Read Only", ("ENVIRONMENT", home), kind)
        ids[f"{kind} roleAssignment"] = assigned["id"]
    ids["gateway"] = gateway
    bodies = _bodies(world, bootstrap, home, other_group, custom)
    bodies |= _plain(bootstrap, home, ids)
    workers = dict(_workers(bootstrap, home, neighbour, population, target))
    name = "Custom at ENVIRONMENT"
    workers[name] = bootstrap.worker(home, {"custom": ("ENVIRONMENT", home)}, name, {"custom": ids["role"]})
    stage = Stage(world, ids, bodies, workers)
    stage.save()
    yield stage
    world.close()


def _workers(
    bootstrap: Caller, home: str, neighbour: str, population: str, target: str
) -> Iterator[tuple[str, Caller]]:
    """A worker of each role at each scope, and one of the neighbouring environment with all that it may have."""
    scopes = {
        "ORGANIZATION": bootstrap.world.organization,
        "ENVIRONMENT": home,
        "POPULATION": population,
        "APPLICATION": target,
    }
    for role in catalogue.platform_roles().values():
        for type_ in role.applicable_to:
            name = f"{role.name} at {type_}"
            yield name, bootstrap.worker(home, {role.name: (type_, scopes[type_])}, name)
    both = dict.fromkeys(("Environment Admin", "Identity Data Admin"), ("ENVIRONMENT", home))
    yield "Least privilege at ENVIRONMENT", bootstrap.worker(home, both, "least")
    everything = dict.fromkeys((*_ADMIN, "Custom Roles Admin", "Configuration Read Only"), ("ENVIRONMENT", neighbour))
    yield "Neighbour", bootstrap.worker(neighbour, everything, "neighbour")


def _bodies(
    world: World, bootstrap: Caller, home: str, group: str, custom: dict[str, Any]
) -> dict[tuple[str, str], Any]:
    """A body that the service accepts, for each endpoint that takes one."""
    environment = {"name": "new", "type": "SANDBOX", "region": "NA", "license": {"id": world.license}}
    assignment = {
        "role": {"id": bootstrap.role("Identity Data Read Only")},
        "scope": {"type": "POPULATION", "id": bootstrap.get(f"/environments/{home}/populations").items[0]["id"]},
    }
    user = {"username": "new", "email": "new@example.com"}
    below = "/environments/{environment}"
    kinds = ("applications/{application}", "users/{user}", "groups/{group}", "gateways/{gateway}")
    return {
        ("POST", "/environments"): environment,
        ("PUT", below): {**environment, "name": "home"},
        ("PUT", f"{below}/type"): {"type": "SANDBOX"},
        ("PUT", f"{below}/status"): {"status": "DELETE_PENDING"},
        ("PUT", f"{below}/billOfMaterials"): {"products": []},
        ("POST", f"{below}/applications"): worker("new"),
        ("PUT", below + "/applications/{application}"): worker("target"),
        ("PUT", below + "/applications/{application}/metadata"): {"metadata": {}},
        **{("POST", f"{below}/{kind}/roleAssignments"): assignment for kind in kinds},
        ("POST", f"{below}/roles"): {**custom, "name": "new"},
        ("PUT", below + "/roles/{role}"): custom,
        ("POST", f"{below}/populations"): {"name": "new"},
        ("PUT", below + "/populations/{population}"): {"name": "people"},
        ("PUT", below + "/populations/{population}/defaultIdentityProvider"): {},
        ("POST", f"{below}/users"): user,
        ("PUT", below + "/users/{user}"): user,
        ("PATCH", below + "/users/{user}"): user,
        ("PUT", below + "/users/{user}/enabled"): {"enabled": True},
        ("PUT", below + "/users/{user}/mfaEnabled"): {"mfaEnabled": True},
        ("PUT", below + "/users/{user}/population"): assignment["scope"],
        ("POST", below + "/users/{user}/memberOfGroups"): {"id": group},
        ("POST", below + "/groups/{group}/memberOfGroups"): {"id": group},
        ("POST", f"{below}/groups"): {"name": "new"},
        ("PUT", below + "/groups/{group}"): {"name": "g"},
        ("PUT", "/organizations/{organization}/licenses/{license}/name"): {"name": "new"},
    }


GATEWAY = {"name": "gateway", "type": "PING_FEDERATE", "enabled": True}
_KEY = {"algorithm": "RSA", "keyLength": 2048, "signatureAlgorithm": "SHA256withRSA", "usageType": "SIGNING"}
_COLORS = ("bodyText", "button", "buttonText", "card", "headingText", "linkText")
_LOOK = {"backgroundType": "NONE", "logoType": "NONE", **{f"{name}Color": "#000000" for name in _COLORS}}
_STRICT = dict.fromkeys(("excludesCommonlyUsed", "excludesProfileData", "notSimilarToCurrent"), True)


def _plain(bootstrap: Caller, home: str, ids: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Make an object of each plain collection; a body that the service accepts for each, to create and to replace."""
    bodies: dict[tuple[str, str], Any] = {}

    def make(path: str, item: str, body: Any, change: Any = None) -> None:
        address = path.format(**ids)
        name = f"{path.split('/')[3]} attribute" if item == "attribute" else item
        ids[name] = bootstrap.post(address, body).must(201)["id"]
        bodies["POST", path] = {**body, "name": "other"} if "name" in body else body
        bodies["PUT", f"{path}/{{{item}}}"] = body if change is None else change

    below = "/environments/{environment}"
    picture = b"GIF89a\x03\x00\x02\x00\x00\x00\x00;"
    image = bootstrap.post(f"/environments/{home}/images", raw=picture, headers={"Content-Type": "image/gif"})
    ids["image"] = image.must(201)["id"]
    bodies["POST", f"{below}/gateways"] = bodies["PUT", below + "/gateways/{gateway}"] = GATEWAY
    make(
        f"{below}/keys",
        "key",
        {**_KEY, "name": "k", "subjectDN": "CN=k", "validityPeriod": 1},
        {"usageType": "SIGNING"},
    )
    make(f"{below}/keyRotationPolicies", "keyRotationPolicy", {**_KEY, "name": "p", "dn": "CN=k"})
    make(f"{below}/passwordPolicies", "passwordPolicy", {**_STRICT, "name": "p"})
    make(f"{below}/signOnPolicies", "signOnPolicy", {"name": "p"})
    make(f"{below}/themes", "theme", {"template": "split", "default": False, "configuration": _LOOK})
    language = {"locale": "tlh", "default": False, "enabled": True}
    make(f"{below}/languages", "language", language)
    bodies["POST", f"{below}/languages"] = {**language, "locale": "qya"}
    openid = bootstrap.get(f"/environments/{home}/resources").items[0]["id"]
    scope = bootstrap.get(f"/environments/{home}/resources/{openid}/scopes").items[0]["id"]
    make(f"{below}/resources", "resource", {"name": "orders"})
    make(below + "/resources/{resource}/scopes", "scope", {"name": "read"})
    make(below + "/resources/{resource}/attributes", "attribute", {"name": "a", "value": "v"})
    mapping = {"name": "a", "value": "v", "required": True}
    make(below + "/applications/{application}/attributes", "attribute", mapping)
    make(below + "/applications/{application}/grants", "grant", {"resource": {"id": openid}, "scopes": [{"id": scope}]})
    return bodies


_RIGHTS = (
    "The actor attempting to perform the request is not authorized.",
    "The request could not be completed. You do not have access to this resource.",
)
_LATER_RIGHTS = (
    "Actor does not have permissions to access worker application client secrets",
    "Must have role at the same or broader scope",
    "cannot be deleted as it is read only",
)


def outcome(answer: Answer) -> str:
    """How a call went: ``ok``, ``own`` (the roles let it through, what it is about does not), or ``403``."""
    if answer.status < 300:
        return "ok"
    text = answer.raw.decode()
    if any(one in text for one in _LATER_RIGHTS):
        return "own"
    if answer.status == 403 and answer.json["message"] in _RIGHTS:
        return "403"
    return "own" if answer.status in (400, 415) else f"{answer.status}?"


# Lists are open to those who may see an item; the others are left out of them.
_LISTED = {
    "/environments": ("ENVIRONMENT", "POPULATION", "APPLICATION"),
    "/environments/{environment}/applications": ("APPLICATION",),
    "/environments/{environment}/populations": ("POPULATION",),
}


def expected(stage: Stage, name: str, verb: str, template: str) -> bool:
    """Whether the data file and the scope let the worker make the call."""
    if (verb, template) == ("GET", "/environments") and name == "Neighbour":
        return True
    role, _at, scope = name.rpartition(" at ")
    roles = ["Environment Admin", "Identity Data Admin"] if role == "Least privilege" else [role]
    permission = catalogue.needed(verb, template)
    platform = stage.world.emulator.tenant.platform_roles.values()
    held = {one.id for known in platform if known.name in roles for one in known.permissions}
    if permission not in (_CUSTOM if role == "Custom" else held):
        return False
    if verb != "GET" and "{" + scope.lower() + "}" not in template:
        return scope == "ORGANIZATION"
    return scope == "ORGANIZATION" or scope in _LISTED.get(template, ()) or f"{{{scope.lower()}}}" in template


def served() -> list[tuple[str, str]]:
    """Verb and path of every endpoint of the emulator, in the order of the data file."""
    listed = list(dict.fromkeys(endpoint[:2] for endpoint in catalogue.endpoints()))
    assert set(operations()) == set(listed)
    return listed


def content_type_of(verb: str, template: str) -> dict[str, str]:
    """The header of an endpoint that takes no JSON but what has its own content type."""
    known = [content_type for *endpoint, content_type in catalogue.endpoints() if endpoint == [verb, template]]
    return {} if "" in known else {"Content-Type": known[0]}


def test_the_walk(stage: Stage, say: Callable[[list[str]], None]) -> None:
    world = stage.world
    table: dict[tuple[str, str], dict[str, str]] = {}
    wrong = []
    quiet = world.state
    for verb, template in served():
        row = table.setdefault((verb, template), {})
        path, body = stage.path(template), stage.bodies.get((verb, template))
        content_type = content_type_of(verb, template)
        may = {name: expected(stage, name, verb, template) for name in stage.workers}
        for name in (name for name in may if not may[name]):
            row[name] = outcome(stage.workers[name].call(verb, path, body, headers=content_type))
        if world.state != quiet:
            wrong.append(f"{verb} {template}: a refused call changed something")
            stage.restore()
        for name in (name for name in may if may[name]):
            row[name] = outcome(stage.workers[name].call(verb, path, body, headers=content_type))
            if verb != "GET":
                stage.restore()
        wrong += [f"{verb} {template} by {name}: {row[name]}" for name in may if (row[name] != "403") is not may[name]]
    say(_printed(table))
    assert not wrong, "\n".join(wrong)
    for endpoint, row in table.items():
        assert "403" in row.values(), f"{endpoint} is refused to nobody"
        assert {"ok", "own"} & set(row.values()), f"{endpoint} is allowed to nobody"


def test_a_list_shows_only_what_the_caller_may_see(stage: Stage) -> None:
    below = f"/environments/{stage.ids['environment']}"
    owner = stage.workers["Application Owner at APPLICATION"]
    assert [one["id"] for one in owner.get(f"{below}/applications").items] == [stage.ids["application"]]
    data_admin = stage.workers["Identity Data Admin at POPULATION"]
    assert [one["id"] for one in data_admin.get(f"{below}/populations").items] == [stage.ids["population"]]
    assert data_admin.get("/environments").items == []


def _printed(table: dict[tuple[str, str], dict[str, str]]) -> list[str]:
    """One line an endpoint: how many were let through and refused, and which roles were let through."""
    lines = ["Who may call what (roles at O organization, E environment, P population, A application):"]
    for (verb, template), row in table.items():
        allowed = [name for name, how in row.items() if how in ("ok", "own")]
        names = ", ".join(f"{name.rpartition(' at ')[0] or name}@{name.rpartition(' at ')[2][0]}" for name in allowed)
        lines.append(f"  {verb:6} {template}: {len(allowed)} of {len(row)} allowed, the others 403: {names}")
    return lines
