# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/resources/{resource}/scopes``: what of an API a token lets its holder do."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.base import Model, Name
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .resource_attributes import RESOURCE_ATTRIBUTES
from .resources import OPENID_CONNECT, PINGONE_API, RESOURCES
from .store import objects

# What comes with the resources of the service; the texts are (inferred).
_OF_OPENID = {
    "address": "Read the address of the user",
    "email": "Read the email address of the user",
    "openid": "Sign the user in with OpenID Connect",
    "phone": "Read the phone number of the user",
    "profile": "Read the profile of the user",
}
_OF_PINGONE_API = {
    "p1:read:user": "Read the user",
    "p1:update:user": "Change the user",
    "p1:create:device": "Create devices of the user",
    "p1:create:pairingKey": "Create pairing keys of the user",
}
_OF_ATTRIBUTES = ("p1:read:user", "p1:update:user")  # scopes for some or all attributes of a user


class ScopeBody(Model):
    """What may be sent."""

    name: Name
    description: str | None = None
    schema_attributes: list[str] | None = None
    mapped_claims: list[str] | None = None


def _initial(within: Within) -> Iterator[Members]:
    kind = within.holder.members["type"]
    of_the_service = {OPENID_CONNECT: _OF_OPENID, PINGONE_API: _OF_PINGONE_API}.get(kind, {})
    for name, description in of_the_service.items():
        attributes = {"schemaAttributes": ["*"]} if name in _OF_ATTRIBUTES else {}
        yield {"name": name, "description": description, **attributes}


def _check(members: Members, current: PlainObject | None, within: Within) -> Iterator[Problem]:
    kind, name = within.holder.members["type"], members["name"]
    if current is not None and _is_of_the_service(current, within) and name != current.members["name"]:  # (inferred)
        yield Problem("CONSTRAINT_VIOLATION", "Scopes of the service cannot be renamed.", "name")
    if kind == PINGONE_API and current is None and not name.startswith(tuple(f"{one}:" for one in _OF_ATTRIBUTES)):
        forms = " or ".join(f"{one}:<suffix>" for one in _OF_ATTRIBUTES)
        yield Problem("INVALID_VALUE", f"name must have the form {forms}", "name")
    if "schemaAttributes" in members:
        yield from _check_attributes(kind, name, members["schemaAttributes"])
    if "mappedClaims" in members:
        yield from _check_claims(kind, members["mappedClaims"], within)


def _check_attributes(kind: str, name: str, attributes: list[str]) -> Iterator[Problem]:
    if kind != PINGONE_API or not name.startswith(_OF_ATTRIBUTES):
        text = f"schemaAttributes is supported for {' and '.join(_OF_ATTRIBUTES)} only"
        yield Problem("INVALID_VALUE", text, "schemaAttributes")
    if "*" in attributes and len(attributes) > 1:
        yield Problem("INVALID_VALUE", "* stands for all attributes, and alone", "schemaAttributes")


def _check_claims(kind: str, claims: list[str], within: Within) -> Iterator[Problem]:
    if kind != OPENID_CONNECT:
        yield Problem("INVALID_VALUE", "mappedClaims is supported for the resource openid only", "mappedClaims")
    elif within.tenant.switches.strict_references:
        known = objects(RESOURCE_ATTRIBUTES, within)
        for number, claim in enumerate(claims):
            if claim not in known:
                text = "mappedClaims names an attribute that the resource does not have"
                yield Problem("INVALID_VALUE", text, f"mappedClaims[{number}]")


def _is_of_the_service(scope: PlainObject, within: Within) -> bool:
    names = {OPENID_CONNECT: _OF_OPENID, PINGONE_API: _OF_PINGONE_API}.get(within.holder.members["type"], {})
    return scope.members["name"] in names


def _check_removal(scope: PlainObject, within: Within) -> Iterator[Problem]:
    if _is_of_the_service(scope, within):  # (inferred)
        yield Problem("CONSTRAINT_VIOLATION", "Scopes of the service cannot be deleted.", "name")


def _removed(scope: PlainObject, within: Within) -> None:
    """Grants that list the scope list it no more (inferred)."""
    for held in within.state.plain.values():
        for grant in held.get("grants", {}).values():
            grant.members["scopes"] = [one for one in grant.members["scopes"] if one["id"] != scope.id]


SCOPES = PlainCollection(
    name="scopes",
    item="scope",
    body=ScopeBody,
    holder=RESOURCES,
    unique=("name",),
    initial=_initial,
    check=_check,
    check_removal=_check_removal,
    removed=_removed,
)
