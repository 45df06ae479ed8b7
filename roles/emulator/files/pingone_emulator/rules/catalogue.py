# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of ``permissions.yml`` and ``endpoints.yml``: platform roles, what they hold, what each endpoint needs.

``platform_roles()`` gives the roles by id, in the order in which the API lists them; ``role_named()`` one of them;
``needed("GET", "/environments/{environment}")`` the permission of an endpoint. The files are read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from ..api_date import DEFAULT, ApiDate
from . import holding
from .holding import Holding

_FOLDER = Path(__file__).parent
# Paths that came after the first answers that are emulated: groups hold roles since October 2023.
_SINCE = {
    "/environments/{environment}/groups/{group}/roleAssignments": ApiDate.MARCH_2025,
    "/environments/{environment}/groups/{group}/roleAssignments/{roleAssignment}": ApiDate.MARCH_2025,
}
_YOUNGER = "younger"  # in permissions.yml all roles that are younger than the recording
YOUNGER_SINCE = ApiDate.JULY_2023  # when roles and permissions are listed that the recording does not have (inferred)


@dataclass(frozen=True)
class Permission:
    """``service:action:resource`` with the group and the sentence that the API shows for it."""

    id: str
    classifier: str
    description: str

    def sentence(self) -> dict[str, str]:
        """What the API has always shown of it."""
        return {"classifier": self.classifier, "description": self.description}


@dataclass(frozen=True)
class Role:
    """A platform role.

    ``assigned_by`` are the ids of the platform roles whose holders may assign it, itself included; ``can_assign``
    those of the other roles that the API says it assigns.
    """

    id: str
    name: str
    description: str
    applicable_to: tuple[str, ...]
    permissions: tuple[Permission, ...]
    assigned_by: frozenset[str]
    can_assign: tuple[str, ...]

    @cached_property
    def permission_ids(self) -> frozenset[str]:
        """The ids of its permissions."""
        return frozenset(permission.id for permission in self.permissions)


@dataclass(frozen=True)
class Question:
    """What is not known. What is inferred for it takes no effect while its switch, if it has one, is off."""

    asks: str
    switch: str = ""


@cache
def platform_roles(date: ApiDate = DEFAULT, switches: frozenset[str] = frozenset()) -> dict[str, Role]:
    """All platform roles by id, as they were at a date. ``switches`` are those of the questions that are on."""
    keys = _keys(date)
    unanswered = {name for name, one in questions().items() if one.switch and one.switch not in switches}
    held: dict[str, list[Permission]] = {key: [] for key in keys}
    for permission, holdings in _permissions(date).items():
        for role in dict.fromkeys(one.role for one in holdings if one.counts(date, unanswered)):
            if role in held:
                held[role].append(permission)
    return {
        entry["id"]: Role(
            id=entry["id"],
            name=entry["name"],
            description=entry["name"],
            applicable_to=tuple(entry["applicableTo"]),
            permissions=tuple(held[key]),
            assigned_by=frozenset(_id(other) for other in keys if key == other or key in _may_assign(other)),
            can_assign=tuple(_id(other) for other in keys if other in _shown_to_assign(key, date)),
        )
        for key, entry in keys.items()
    }


def role_named(name: str, date: ApiDate = DEFAULT, switches: frozenset[str] = frozenset()) -> Role:
    """The platform role of that name. Raises KeyError when there is none."""
    for role in platform_roles(date, switches).values():
        if role.name == name:
            return role
    raise KeyError(name)


@cache
def questions() -> dict[str, Question]:
    """What is not known, by the names that ``permissions.yml`` gives it."""
    return {name: Question(**entry) for name, entry in _document("permissions.yml")["questions"].items()}


@cache
def switches() -> frozenset[str]:
    """The names of the switches of questions."""
    return frozenset(one.switch for one in questions().values() if one.switch)


def holdings() -> dict[str, list[Holding]]:
    """Who holds each permission, by its id, at whatever date."""
    return {permission.id: held for permission, held in _permissions(max(ApiDate)).items()}


@cache
def endpoints() -> dict[tuple[str, str, str], str]:
    """The permission of every endpoint, by verb, path below ``/v1``, and content type where that makes a difference."""
    known = holdings()
    table = {}
    for endpoint, permission in _document("endpoints.yml").items():
        if permission not in known:
            raise ValueError(f"endpoints.yml: {permission}, which {endpoint} needs, is not in permissions.yml")
        verb, path, content_type = (*endpoint.split(" "), "")[:3]
        table[verb, path, content_type] = permission
    return table


def needed(verb: str, path: str, content_type: str = "") -> str:
    """The permission that a call needs; that of the endpoint's first line for a content type that it does not take.

    Raises KeyError for an endpoint that is not in the file.
    """
    lines = _lines(verb, path)
    return lines.get(content_type) or lines.get("") or next(iter(lines.values()))


def is_there(path: str, date: ApiDate) -> bool:
    """Whether the API has a path below ``/v1`` at a date."""
    return date >= _SINCE.get(path, date)


@cache
def _lines(verb: str, path: str) -> dict[str, str]:
    lines = {one[2]: permission for one, permission in endpoints().items() if one[:2] == (verb, path)}
    if not lines:
        raise KeyError(f"{verb} {path}")
    return lines


@cache
def _document(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=loader)
    return document


def _keys(date: ApiDate) -> dict[str, dict[str, Any]]:
    """The roles that there are at a date, by the keys that the file gives them."""
    document = _document("permissions.yml")
    younger = {key: one for key, one in document["youngerRoles"].items() if date >= one.get("since", YOUNGER_SINCE)}
    return {**document["roles"], **younger}


def _id(key: str) -> str:
    return str(_keys(max(ApiDate))[key]["id"])


@cache
def _permissions(date: ApiDate) -> dict[Permission, list[Holding]]:
    """The permissions that there are at a date, and who holds them at any."""
    document = _document("permissions.yml")
    lines = {**document["permissions"], **(document["youngerPermissions"] if date >= YOUNGER_SINCE else {})}
    groups = {_YOUNGER: tuple(document["youngerRoles"])}
    return {
        Permission(id_, id_.rpartition(":")[2], sentence): holding.parse(holders, groups)
        for id_, (holders, sentence) in lines.items()
    }


@cache
def _may_assign(key: str) -> frozenset[str]:
    """The other roles that a role assigns."""
    others = set(_keys(max(ApiDate))) - {key}
    wanted = _document("permissions.yml")["mayAssign"].get(key, "")
    everything, _but, excluded = wanted.partition("everything but ")
    return frozenset(others - set(excluded.split()) if not everything and excluded else others & set(wanted.split()))


def _shown_to_assign(key: str, date: ApiDate) -> frozenset[str]:
    """What the API says that a role assigns: at first less than it did (inferred)."""
    recorded = _document("permissions.yml")["recordedCanAssign"]
    return _may_assign(key) if date > ApiDate.APRIL_2022 else frozenset(recorded.get(key, "").split())
