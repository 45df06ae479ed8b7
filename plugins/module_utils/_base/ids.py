# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids: the form of PingOne's, and those that a dry run gives to what does not exist yet.

This module is private to the collection.
"""

from __future__ import annotations

import hashlib
import re
import typing as t

PREDICTED_PREFIX: t.Final = "00000000-0000-0000-0000-"

_UUID: t.Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_id(reference: str) -> bool:
    """Tell whether a reference has the form of PingOne's ids: a lower-case UUID of RFC 4122."""
    return _UUID.fullmatch(reference) is not None


def predicted_id(kind: str, environment_id: str | None, name: str) -> str:
    """Return the id that a dry run gives to an object that does not exist yet.

    It is the same in every task of the run, differs between objects, and is never sent to the service.
    """
    digest = hashlib.sha256("\0".join([kind, environment_id or "", name]).encode()).hexdigest()
    return PREDICTED_PREFIX + digest[:12]


def free_predicted_id(identifier: str, taken: t.Collection[str]) -> str:
    """Return a predicted id, or one that is made of it when it is taken.

    An object that a dry run renames keeps the id that its first name gave it, and another one may get that name.
    """
    while identifier in taken:
        identifier = predicted_id("another", None, identifier)
    return identifier


def is_predicted(identifier: str | None) -> bool:
    """Tell whether an id was made by a dry run."""
    return (identifier or "").startswith(PREDICTED_PREFIX)
