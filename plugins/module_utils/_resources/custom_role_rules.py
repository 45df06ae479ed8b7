# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a custom role may be, as far as it can be told without the service. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import nearest_names, title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._resources.custom_role_fields import (
    CUSTOM_ROLE,
    is_custom,
    referred_ids,
)

Params = t.Mapping[str, t.Any]

_LISTS: t.Final = ("permissions", "without", "can_be_assigned_by")


def check_options(params: Params) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "environment", "id", "like")
    if not params["id"] and not params["name"]:
        raise OptionError("name", "name must not be empty; give the role's name, or its id.")
    if params["without"] and not params["like"]:
        raise OptionError("without", "without requires like, the role whose permissions it takes away.")
    for option in _LISTS:
        if any(not item.strip() for item in params[option] or ()):
            raise OptionError(option, f"{option} must not have an empty entry.")
    CUSTOM_ROLE.given(params)


def check_name(name: str, listed: t.Sequence[Wire], own_id: str | None) -> None:
    """Raise OptionError for a name that a custom role should not be given.

    listed: the roles beside which it will stand, those of the platform too.
    own_id: its id, or None when it is to be created.
    """
    check_new_name(name, listed, own_id)
    if any(role.get("name") == name and not is_custom(role) for role in listed):
        raise OptionError(
            "name",
            f"name: '{name}' is the name of a role of the platform, for which every task would take it; "
            "give another name.",
        )


def check_complete(params: Params) -> None:
    """Raise OptionError when a new role would lack what PingOne wants of it. params: its options, resolved."""
    for option, what in (("permissions", "permissions, or like"), ("applicable_to", "applicable_to")):
        if params[option] is None:
            raise OptionError(option, f"{option}: a new role requires {what}.")


def wanted_permissions(params: Params, like: Wire | None, known: t.Collection[str]) -> list[str] | None:
    """Return the permissions that the options ask for, or None when they leave them alone.

    like: the role that the option C(like) names.
    known: the permissions that roles of the service have; nothing is checked where there are none.

    Raises OptionError for a permission that no role has, with those that are most like it.
    """
    given = params["permissions"]
    for index, permission in enumerate(given or ()):
        if known and permission not in known:
            raise OptionError(
                f"permissions[{index}]",
                f"permissions[{index}]: no role that this worker can see has the permission '{permission}'; "
                f"the nearest first: {nearest_names(permission, known)}.",
            )
    if like is None:
        return given if given is None else list(dict.fromkeys(given))
    base = referred_ids(like, "permissions")
    # A role that another task of a dry run makes is known by its name alone.
    if not base and not is_predicted(like["id"]):
        raise OptionError("like", f"like: PingOne does not tell the ids of the permissions of '{title(like)}'.")
    for index, permission in enumerate(params["without"] or ()):
        if base and permission not in base:
            raise OptionError(
                f"without[{index}]",
                f"without[{index}]: role '{title(like)}' does not have the permission '{permission}'; "
                f"of those that it has, the nearest first: {nearest_names(permission, base)}.",
            )
    left = [permission for permission in base if permission not in (params["without"] or ())]
    return list(dict.fromkeys([*left, *(given or ())]))


def known_permissions(roles: t.Iterable[Wire]) -> set[str]:
    """Return the ids of the permissions that roles have."""
    return {permission for role in roles for permission in referred_ids(role, "permissions")}


def named_by(role: Wire, listed: t.Iterable[Wire]) -> list[str]:
    """Return the names of the other custom roles that name one in C(canBeAssignedBy)."""
    return [
        title(other)
        for other in listed
        if is_custom(other) and other["id"] != role["id"] and role["id"] in referred_ids(other, "canBeAssignedBy")
    ]


def shows_assigners(role: Wire, listed: t.Iterable[Wire]) -> bool:
    """Tell whether what PingOne derives from C(canBeAssignedBy) is up to date for a custom role and those around it.

    What a role may assign, C(canAssign), is what names it in C(canBeAssignedBy). What the platform's roles show of
    custom roles is not documented, so they are not looked at.
    """
    others = [other for other in listed if is_custom(other) and other["id"] != role["id"]]
    return all(_agree(role, other) and _agree(other, role) for other in others)


def _agree(assigned: Wire, assigning: Wire) -> bool:
    by = assigning["id"] in referred_ids(assigned, "canBeAssignedBy")
    return by == (assigned["id"] in referred_ids(assigning, "canAssign"))
