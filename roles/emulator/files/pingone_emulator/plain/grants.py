# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications/{application}/grants``: which scopes of a resource an application has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..models.application import Application
from ..models.base import Model, Reference
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .resources import OPENID_CONNECT, RESOURCES
from .scopes import SCOPES
from .store import objects

_SAME_NAME = "Multiple scopes with the same name cannot be added to the same grant"


class GrantBody(Model):
    """What may be sent."""

    resource: Reference
    scopes: list[Reference]


def _held_by(application: Any) -> bool:
    """The console of administrators has no grants, nor have applications without OAuth (the latter inferred)."""
    return isinstance(application, Application) and application.type != "PING_ONE_ADMIN_CONSOLE"


def _check(members: Members, current: PlainObject | None, within: Within) -> Iterator[Problem]:
    resource = objects(RESOURCES, Within(within.tenant, within.state)).get(members["resource"]["id"])
    if resource is None:
        return
    only_openid = within.holder.type == "WORKER" and within.tenant.switches.worker_grants_openid_only
    if only_openid and resource.members["type"] != OPENID_CONNECT:
        text = "A worker can have grants of the resource openid only."
        yield Problem("CONSTRAINT_VIOLATION", text, "resource", request_failed=True)
    others = [one for one in objects(GRANTS, within).values() if one is not current]
    for one in others:
        if one.members["resource"] == members["resource"]:
            text = "grant to given resource already exists"
            yield Problem("UNIQUENESS_VIOLATION", text, "resource", {"existingId": one.id})
    yield from _check_scopes(members, resource, others, within)


def _check_scopes(
    members: Members, resource: PlainObject, others: list[PlainObject], within: Within
) -> Iterator[Problem]:
    names = _names(resource, within)
    taken = {name for one in others for name in _granted(one, within)}
    for number, scope in enumerate(members["scopes"]):
        target = f"scopes[{number}].id"
        if scope["id"] not in names:
            yield Problem("INVALID_VALUE", "The resource does not have the scope", target)
        elif names[scope["id"]] in taken:
            yield Problem("INVALID_VALUE", _SAME_NAME, target)


def _names(resource: PlainObject, within: Within) -> dict[str, str]:
    """The names of the scopes of a resource by id."""
    scopes = objects(SCOPES, Within(within.tenant, within.state, resource))
    return {one.id: one.members["name"] for one in scopes.values()}


def _granted(grant: PlainObject, within: Within) -> list[str]:
    """The names of the scopes that a grant lists."""
    resource = objects(RESOURCES, Within(within.tenant, within.state))[grant.members["resource"]["id"]]
    names = _names(resource, within)
    return [names[one["id"]] for one in grant.members["scopes"]]


GRANTS = PlainCollection(
    name="grants",
    item="grant",
    body=GrantBody,
    holder="applications",
    held_by=_held_by,
    is_late_in=lambda _application: True,
    references={"resource.id": RESOURCES},
    fixed=("resource",),
    names_environment=False,
    check=_check,
)
