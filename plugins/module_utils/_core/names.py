# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names, descriptions and addresses that objects are given: what would be mistaken, shown, or refused by the service.

Existing objects keep whatever name they have. This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

# The service answers that all but these are allowed (reported by users of the live service, 2026).
_NOT_IN_DESCRIPTIONS: t.Final = frozenset("$+<=>^`|~")
# Source: RFC 3986, sections 3.1 and 3.2.
_USER_IN_ADDRESS: t.Final = re.compile(r"\s*[a-z][a-z0-9+.-]*://[^/?#]*@", re.IGNORECASE)


def check_description(description: str | None, whose: str) -> None:
    """Raise OptionError for a description that PingOne refuses. whose: the object, with its article."""
    found = sorted(_NOT_IN_DESCRIPTIONS.intersection(description or ""))
    if found:
        raise OptionError(
            "description",
            f"description must not contain {' '.join(found)}: PingOne refuses {' '.join(sorted(_NOT_IN_DESCRIPTIONS))} "
            f"in the description of {whose}.",
        )


def check_no_user(option: str, address: str | None) -> None:
    """Raise OptionError, which does not repeat it, for an address with a user or a password. option: that gives it."""
    if _USER_IN_ADDRESS.match(address or ""):
        raise OptionError(
            option, f"{option} must hold neither a user nor a password because PingOne and results show it."
        )


def check_new_name(name: str, listed: t.Iterable[Wire], own_id: str | None = None, option: str = "name") -> None:
    """Raise OptionError for a name that an object should not be given, on creation or by a renaming.

    listed: the objects beside which it will stand.
    own_id: the id of the object that is to have the name, or None when it is to be created.
    option: the option that gives the name.
    """
    if not name.strip():
        raise OptionError(option, f"{option} must not be blank.")
    if name != name.strip():
        raise OptionError(option, f"{option} must not begin or end with a blank, as '{name}' does.")
    if is_id(name.lower()):
        raise OptionError(
            option, f"{option} must not have the form of an id, as '{name}' has, because it would be taken for one."
        )
    for item in listed:
        other = str(item.get("name") or "")
        if item["id"] != own_id and other != name and _form(other) == _form(name):
            raise OptionError(
                option,
                f"{option}: '{name}' differs from the name of {item['id']} by its Unicode form alone, so nobody can "
                "tell the two apart; give another name, or exactly that one to manage it.",
            )


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", name)
