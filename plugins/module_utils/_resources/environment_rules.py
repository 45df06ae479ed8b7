# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be done to an environment: all that can be refused without the service.

Source of the rules: PingOne's pages on the types of environments and on their deletion, where not marked (inferred).
This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.times import parse_duration, parse_time
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import compiled

_GUARDS: t.Final = ("type_is", "name_matches", "created_before")


def check_immutable(current: Wire, type: str | None, region: str | None) -> None:
    """Raise OptionError when an existing environment would have to change what cannot be changed."""
    if type == "SANDBOX" and current.get("type") == "PRODUCTION":
        raise OptionError(
            "type",
            f"type: environment '{title(current)}' is PRODUCTION, and PingOne does not turn PRODUCTION into SANDBOX; "
            "make another environment, or leave type out.",
        )
    if region and current.get("region") and region != current["region"]:
        raise OptionError(
            "region",
            f"region: environment '{title(current)}' is in {current['region']} and cannot be moved to {region}; "
            f"give the region {current['region']}.",
        )


def is_production(current: Wire) -> bool:
    """Tell whether an environment is handled with the care for PRODUCTION: one of an unknown type is."""
    return current.get("type") != "SANDBOX"


def is_pending(current: Wire) -> bool:
    """Tell whether an environment is on its way out, and cannot be used."""
    return current.get("status") == "DELETE_PENDING"


def check_usable(current: Wire, option: str = "environment") -> None:
    """Raise OptionError when nothing can be done inside of an environment because its deletion is pending.

    option: the option that names it.
    """
    if is_pending(current):
        raise OptionError(
            option,
            f"{option}: the deletion of environment '{title(current)}' ({current['id']}) is pending, and nothing in "
            "it can be read or changed; restore it first, with idops.pingone.pingone_environment and state: present.",
        )


def check_name_is_free(name: str | None, listed: t.Iterable[Wire], own_id: str | None) -> None:
    """Raise OptionError when another environment has a name; PingOne does not tell names apart by case (inferred).

    name: the name to be given, or None.
    listed: the environments.
    own_id: the id of the environment that is to have the name, or None when it is to be created.
    """
    for item in listed:
        if name and str(item.get("name")).lower() == name.lower() and item["id"] != own_id:
            same = "" if item["name"] == name else f", and PingOne takes '{name}' for the same name"
            manage = "" if own_id else ", or exactly that one to manage it"
            raise OptionError(
                "name",
                f"name: there is an environment '{item['name']}' ({item['id']}) already{same}; "
                f"give another name{manage}.",
            )


def check_confirmed(current: Wire, confirmation: str | None, operation: str) -> None:
    """Raise OptionError when something dangerous to a PRODUCTION environment was not confirmed by its name.

    operation: what is dangerous, as a gerund phrase.
    """
    if is_production(current) and confirmation != current.get("name"):
        raise OptionError(
            "confirm_production",
            f"confirm_production: environment '{title(current)}' is {_type(current)}, and {operation} needs "
            "confirm_production to repeat its name exactly. Nothing was changed.",
        )


def check_protection(current: Wire, protect: t.Mapping[str, t.Any] | None, now: datetime) -> None:
    """Raise OptionError when an environment must not be deleted.

    protect: the option of that name: conditions that must all hold, or None.
    now: the time, with its zone.
    """
    problems = []
    given = protect or {}
    type_is, name_matches, created_before = (given.get(key) for key in _GUARDS)
    if type_is and current.get("type") != type_is:
        problems.append(f"its type is {current.get('type')}, not {type_is}")
    if name_matches and not re.fullmatch(name_matches, str(current.get("name"))):
        problems.append(f"its whole name does not match '{name_matches}'")
    if created_before and not _is_older(current, _duration(created_before), now):
        problems.append(f"it was created at {current.get('createdAt')}, less than {created_before} ago")
    if problems:
        raise OptionError(
            "protect", f"protect: environment '{title(current)}' is kept because {' and '.join(problems)}."
        )


def check_protect_option(protect: t.Mapping[str, t.Any] | None) -> None:
    """Raise OptionError when a condition of the option cannot be understood, before anything is looked up."""
    given = protect or {}
    if protect is not None and all(given.get(key) is None for key in _GUARDS):
        raise OptionError("protect", "protect: give at least one of type_is, name_matches and created_before.")
    for key in _GUARDS:
        if given.get(key) is not None and not str(given[key]).strip():
            raise OptionError(
                f"protect.{key}",
                f"protect: {key} must not be empty; a guard that is named must hold, so leave it out to have none.",
            )
    if given.get("created_before"):
        _duration(given["created_before"])
    compiled(given.get("name_matches") or "", "protect.name_matches", "protect: name_matches")


def check_not_callers_own(current: Wire, own: str | None) -> None:
    """Raise OptionError when an environment is the one that hosts the calling worker.

    own: the id of that environment, or None when it is not known.
    """
    if own and current["id"] == own:
        raise OptionError(
            "state",
            f"state: environment '{title(current)}' ({own}) hosts the calling worker, so this worker never deletes it.",
        )


def may_delete(current: Wire, now: datetime) -> bool:
    """Tell whether PingOne deletes an environment now; a PRODUCTION one only some time after it was set pending."""
    if not is_production(current):
        return True
    allowed = parse_time(hard_delete_allowed_at(current))
    # Where no time is known, the service is asked, which refuses what is too early.
    return is_pending(current) and (allowed is None or allowed <= now)


def hard_delete_allowed_at(current: Wire) -> str | None:
    """Return from when on a pending environment can be deleted, as PingOne tells it; None when it does not."""
    return current.get("hardDeleteAllowedAt") or current.get("hardDeletedAllowedAt")


def _is_older(current: Wire, least: timedelta, now: datetime) -> bool:
    created = parse_time(current.get("createdAt"))
    # An environment whose age is not known is kept.
    return created is not None and now - created > least


def _type(current: Wire) -> str:
    known = current.get("type") in ("PRODUCTION", "SANDBOX")
    return str(current["type"]) if known else f"of the type {current.get('type')}, which counts as PRODUCTION"


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise OptionError(
            "protect.created_before",
            f"protect: created_before {error}; give a number with one of the units s, m, h, d and w, such as 7d.",
        ) from None
