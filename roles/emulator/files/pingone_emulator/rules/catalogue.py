# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of ``permissions.yml``: platform roles, their permissions, who assigns them, what each endpoint needs.

``platform_roles()`` gives the roles by id, in the order in which the API lists them; ``role_named()`` one of them;
``needed("GET", "/environments/{environment}")`` the permission of an endpoint. The file is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "permissions.yml"


@dataclass(frozen=True)
class Permission:
    """``service:action:resource`` with the group and the sentence that the API shows for it."""

    id: str
    classifier: str
    description: str


@dataclass(frozen=True)
class Role:
    """A platform role. ``assigned_by`` are the ids of the platform roles whose holders may assign it."""

    id: str
    name: str
    description: str
    applicable_to: tuple[str, ...]
    permissions: tuple[Permission, ...]
    assigned_by: frozenset[str]


@cache
def platform_roles() -> dict[str, Role]:
    """All platform roles by id."""
    document = _document()
    held = _held(document["permissions"])
    assigners = _assigners(document["roles"])
    return {
        entry["id"]: Role(
            id=entry["id"],
            name=entry["name"],
            description=entry["description"],
            applicable_to=tuple(entry["applicableTo"]),
            permissions=tuple(held.get(entry["name"], ())),
            assigned_by=frozenset(assigners[entry["name"]]),
        )
        for entry in document["roles"]
    }


def role_named(name: str) -> Role:
    """The platform role of that name. Raises KeyError when there is none."""
    for role in platform_roles().values():
        if role.name == name:
            return role
    raise KeyError(name)


@cache
def endpoints() -> dict[tuple[str, str], str]:
    """The permission of every endpoint, by verb and path below ``/v1``."""
    named = {permission.id for role in platform_roles().values() for permission in role.permissions}
    table = {}
    for endpoint, permission in _document()["endpoints"].items():
        if permission not in named:
            raise ValueError(f"permissions.yml: no role holds {permission}, which {endpoint} needs")
        verb, path = endpoint.split(" ")
        table[verb, path] = permission
    return table


def needed(verb: str, path: str) -> str:
    """The permission that a call needs. Raises KeyError for an endpoint that is not in the file."""
    return endpoints()[verb, path]


@cache
def _document() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)
    return document


def _held(groups: dict[str, list[dict[str, Any]]]) -> dict[str, list[Permission]]:
    """The permissions of each role, by the role's name."""
    held: dict[str, list[Permission]] = {}
    for classifier, entries in groups.items():
        for entry in entries:
            permission = Permission(entry["id"], classifier, entry["description"])
            for name in entry["heldBy"]:
                held.setdefault(name, []).append(permission)
    return held


def _assigners(entries: list[dict[str, Any]]) -> dict[str, set[str]]:
    """The ids of the roles whose holders may assign a role, by the role's name."""
    assigners: dict[str, set[str]] = {entry["name"]: set() for entry in entries}
    for entry in entries:
        everything_but = entry.get("mayAssignAllBut")
        names = entry["mayAssign"] if everything_but is None else set(assigners) - set(everything_but)
        for name in names:
            assigners[name].add(entry["id"])
    return assigners
