# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that lead from the attributes that a worker has to those that are wanted, without the service.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan, removal
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_attribute_fields import (
    ATTRIBUTE,
    ATTRIBUTE_DEFAULTS,
)

Params = t.Mapping[str, t.Any]

CUSTOM: t.Final = "CUSTOM"

# Names that an attribute of an application of OpenID Connect cannot be given. Source: PingOne's data model.
_RESERVED: t.Final = frozenset(
    {
        "acr",
        "amr",
        "at_hash",
        "aud",
        "auth_time",
        "azp",
        "client_id",
        "exp",
        "iat",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "org",
        "scope",
        "sid",
        "sub",
    }
)


def check_entries(entries: t.Sequence[Params], *, absent: bool) -> None:
    """Raise OptionError for attributes that cannot be right whatever exists. absent: whether they are to be removed."""
    first: dict[str, Params] = {}
    for index, entry in enumerate(entries):
        where = f"attributes[{index}]"
        name = entry["name"]
        if not name.strip():
            raise OptionError(f"{where}.name", f"{where}.name must not be empty.")
        if first.setdefault(name, entry) != entry and not absent:
            raise OptionError(f"{where}.name", f"{where}.name: '{name}' is listed twice, with different settings.")
        if absent:
            continue
        _check_given(entry, where)
        for number, scope in enumerate(entry.get("scopes") or ()):
            if not scope.strip():
                option = f"{where}.scopes[{number}]"
                raise OptionError(option, f"{option} must not be empty; give a name or an id.")


def _check_given(entry: Params, where: str) -> None:
    try:
        ATTRIBUTE.given(entry)
    except OptionError as error:
        raise OptionError(f"{where}.{error.option}", f"{where}.{error}") from None


def plan_present(
    listed: t.Sequence[Wire], entries: t.Sequence[Params], *, exclusive: bool, predicted_id: t.Callable[[str], str]
) -> list[Change]:
    """Return the changes that give a worker the attributes that are wanted, in the order in which they are made.

    listed: the attributes that it has.
    entries: the options, with the ids of the scopes.
    exclusive: whether all others are removed but those that PingOne makes.
    predicted_id: gives the id that a dry run gives to a new attribute, by its name.

    Raises OptionError for what PingOne would refuse.
    """
    by_name = {str(item["name"]): item for item in listed}
    changes = []
    for index, entry in _each_once(entries):
        where = f"attributes[{index}]"
        current = by_name.get(entry["name"])
        if current is None:
            _check_new(entry, listed, where)
        change = plan(ATTRIBUTE, current, entry, on_create=ATTRIBUTE_DEFAULTS)
        if change.action == "create":
            change = change.with_result({**(change.predicted or {}), "id": predicted_id(entry["name"])})
        _check_shown_somewhere(change, where)
        changes.append(change)
    wanted = {entry["name"] for entry in entries}
    surplus = [item for item in listed if exclusive and item["name"] not in wanted and _is_custom(item)]
    return [change for change in changes if change.changed] + [removal(ATTRIBUTE, item) for item in surplus]


def plan_absent(listed: t.Sequence[Wire], entries: t.Sequence[Params]) -> list[Change]:
    """Return the changes that take attributes away. Raises OptionError for one that PingOne lets nobody delete."""
    by_name = {str(item["name"]): item for item in listed}
    changes = []
    for index, entry in _each_once(entries):
        current = by_name.get(entry["name"])
        if current is None:
            continue
        if not _is_custom(current):
            option = f"attributes[{index}].name"
            raise OptionError(
                option,
                f"{option}: '{entry['name']}' is an attribute of the type {current['mappingType']}, which PingOne lets "
                "nobody delete; give it another value instead.",
            )
        changes.append(removal(ATTRIBUTE, current))
    return changes


def attributes_after(listed: t.Sequence[Wire], made: t.Sequence[tuple[Change, Wire | None]]) -> Wires:
    """Return the attributes after changes were made. made: each change, with the attribute that came of it."""
    after = {item["id"]: item for item in listed}
    for change, attribute in made:
        if change.current is not None:
            del after[change.current["id"]]
        if attribute is not None:
            after[attribute["id"]] = attribute
    return list(after.values())


def _each_once(entries: t.Sequence[Params]) -> list[tuple[int, Params]]:
    """Return the entries with their indexes, those of one name once: lists that were merged may name one twice."""
    first: dict[str, tuple[int, Params]] = {}
    for index, entry in enumerate(entries):
        first.setdefault(entry["name"], (index, entry))
    return list(first.values())


def _is_custom(attribute: Wire) -> bool:
    return bool(attribute.get("mappingType", CUSTOM) == CUSTOM)


def _check_new(entry: Params, listed: t.Sequence[Wire], where: str) -> None:
    name, option = entry["name"], f"{where}.name"
    if name in _RESERVED:
        raise OptionError(option, f"{option} must not be '{name}', which PingOne reserves for a claim of its own.")
    check_new_name(name, listed, option=option)
    if entry.get("value") is None:
        raise OptionError(
            f"{where}.value", f"{where}.value is required because the worker has no attribute '{name}' yet."
        )


def _check_shown_somewhere(change: Change, where: str) -> None:
    """Raise OptionError for an attribute that nothing would show, as it would be with what the options leave alone."""
    after = change.after or {}
    if after["id_token"] is False and after["user_info"] is False:
        raise OptionError(
            f"{where}.id_token",
            f"{where}.id_token and user_info must not both be false, which PingOne refuses; "
            "remove the attribute to show it nowhere.",
        )
