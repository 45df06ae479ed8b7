# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that there is in an emulator, told by names, so that two tenants can be compared."""

from __future__ import annotations

import collections
import json
import typing as t

# What differs between two tenants in which the same was done.
_OF_ITS_OWN: t.Final = frozenset(
    {"_links", "createdAt", "updatedAt", "checkSum", "startsAt", "expiresAt", "serialNumber"}
)

Object = dict[str, t.Any]


def standing(state: t.Mapping[str, t.Any]) -> list[str]:
    """Return a line for each object, with names in the place of ids; what is there twice is in it twice.

    state: as the emulator shows it.
    """
    found: list[tuple[str, str, Object]] = [("", "role assignment", one) for one in state["roleAssignments"]]
    for environment in state["environments"]:
        collections_ = {key: value for key, value in environment.items() if isinstance(value, list)}
        found.append(("", "environment", {key: environment[key] for key in environment.keys() - collections_.keys()}))
        found += [(environment["name"], kind, one) for kind, objects in collections_.items() for one in objects]
    names = {one["id"]: f"{place}/{one['name']}" for place, _kind, one in found if "name" in one}
    return sorted(f"{place} {kind}: {json.dumps(_told(one, names), sort_keys=True)}" for place, kind, one in found)


def differences(found: t.Iterable[str], expected: t.Iterable[str]) -> list[str]:
    """Return what is there and should not be, and what should be there and is not."""
    there, wanted = collections.Counter(found), collections.Counter(expected)
    unexpected, missing = (there - wanted).elements(), (wanted - there).elements()
    return [*(f"there is {line}" for line in unexpected), *(f"there is no {line}" for line in missing)]


def _told(value: t.Any, names: t.Mapping[str, str]) -> t.Any:
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key not in _OF_ITS_OWN}
        # What refers to an object has its id, and at most its type; all else is the object itself.
        if not kept.keys() <= {"id", "type"}:
            kept.pop("id", None)
        return {key: _told(part, names) for key, part in kept.items()}
    if isinstance(value, list):
        return sorted((_told(one, names) for one in value), key=json.dumps)
    return names.get(value, value) if isinstance(value, str) else value
