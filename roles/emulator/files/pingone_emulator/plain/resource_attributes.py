# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/resources/{resource}/attributes``: the claims that a resource puts into tokens."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.base import Model, Name
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .resources import CUSTOM, OPENID_CONNECT, RESOURCES

# The attributes that openid has from the start; the last ones have no value.
_PREDEFINED = {
    "address.country": "${user.address.countryCode}",
    "address.locality": "${user.address.locality}",
    "address.postal_code": "${user.address.postalCode}",
    "address.region": "${user.address.region}",
    "address.street_address": "${user.address.streetAddress}",
    "email": "${user.email}",
    "family_name": "${user.name.family}",
    "given_name": "${user.name.given}",
    "middle_name": "${user.name.middle}",
    "name": "${user.name.formatted}",
    "locale": "${user.locale}",
    "nickname": "${user.nickname}",
    "phone_number": "${user.primaryPhone}",
    "picture": "${user.photo.href}",
    "preferred_username": "${user.username}",
    "zoneinfo": "${user.timezone}",
    "updated_at": "${#datetime.toUnixTimestamp(user.updatedAt)}",
    "address.formatted": "",
    "birthdate": "",
    "email_verified": "",
    "gender": "",
    "phone_number_verified": "",
    "profile": "",
    "website": "",
}
# Names that a new attribute of openid cannot have, and how others of them begin ("Resource attributes"; the code is
# inferred).
_RESERVED = (
    *("acr", "amr", "aud", "auth_time", "client_id", "env", "exp"),
    *("iat", "iss", "jti", "org", "scope", "sid", "sub"),
)
_RESERVED_PREFIX = "p1."


class ResourceAttributeBody(Model):
    """What may be sent."""

    name: Name
    value: str
    id_token: bool | None = None
    user_info: bool | None = None


def _initial(within: Within) -> Iterator[Members]:
    kind = within.holder.members["type"]
    if kind == CUSTOM:
        yield {"name": "sub", "value": "${user.id}", "type": "CORE"}
    if kind == OPENID_CONNECT:
        for name, value in _PREDEFINED.items():
            yield {"name": name, "value": value, "idToken": True, "userInfo": True, "type": "PREDEFINED"}


def _added(sent: Members, current: PlainObject | None, within: Within) -> Members:
    """Where a claim is shown matters for openid alone, and is everywhere unless something else is sent (inferred)."""
    type_ = current.members["type"] if current else "CUSTOM"
    if within.holder.members["type"] != OPENID_CONNECT:
        return {"type": type_}
    return {"idToken": sent.get("idToken", True), "userInfo": sent.get("userInfo", True), "type": type_}


def _check(members: Members, current: PlainObject | None, within: Within) -> Iterator[Problem]:
    if within.holder.members["type"] != OPENID_CONNECT:
        for name in ("idToken", "userInfo"):
            if name in members:
                yield Problem("INVALID_VALUE", f"{name} is supported for the resource openid only", name)
    elif not members["idToken"] and not members["userInfo"]:
        yield Problem("INVALID_VALUE", "idToken and userInfo cannot both be false", "idToken")
    elif current is None and (members["name"] in _RESERVED or members["name"].startswith(_RESERVED_PREFIX)):
        yield Problem("INVALID_VALUE", f"{members['name']} is a reserved name", "name")


def _check_removal(attribute: PlainObject, _within: Within) -> Iterator[Problem]:
    if attribute.members["type"] != "CUSTOM":
        text = f"Attributes of type {attribute.members['type']} cannot be deleted."
        yield Problem("CONSTRAINT_VIOLATION", text, "type")


RESOURCE_ATTRIBUTES = PlainCollection(
    name="attributes",
    item="attribute",
    body=ResourceAttributeBody,
    holder=RESOURCES,
    unique=("name",),
    fixed=("name",),
    times=(),
    initial=_initial,
    added=_added,
    check=_check,
    check_removal=_check_removal,
)
