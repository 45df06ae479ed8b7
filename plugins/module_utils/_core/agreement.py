# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing what several controllers may write at once. This module is private to the collection.

PingOne replaces an object as a whole, and on no condition: of two controllers that read it before either wrote, the
second takes away what the first one wrote. So it is read right before it is written, and once more right after. Then
the second one has written too, if it takes no longer from reading to writing than the first one did.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    ConflictError,
    NotFoundError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change

# How often is written before it is given up.
_WRITES: t.Final = 3

Read = t.Callable[[], "Wire | None"]


def write_until_it_stays(
    read: Read, plan: t.Callable[[Wire | None], Change], write: t.Callable[[Change], Wire | None], what: str
) -> tuple[Change, Wire | None]:
    """Write an object, and once more when another controller took that away.

    read: returns the object as it is now, or None when there is none.
    plan: returns what leads from there to what is wanted.
    write: carries it out, and returns the object afterwards.
    what: what is written, in the plural, as a sentence begins with it.

    Returns the last change, and the object after it. Raises ConflictError when it was taken away again and again, and
    the client's errors.
    """
    before = read()
    for _attempt in range(_WRITES):
        change = plan(before)
        if not change.changed:
            return change, before
        try:
            written = write(change)
        except ServiceError as error:
            now = read()
            # Another controller may have made or removed it since it was read.
            if now == before or not (isinstance(error, NotFoundError) or _is_there_already(change, error)):
                raise
        else:
            now = read()
            # As before our own write, it is nobody else's: what is read may be behind.
            if now == before or not plan(now).changed:
                return change, written
        before = now
    raise ConflictError(
        f"{what} were changed from elsewhere {_WRITES} times in a row, each time right after this task had changed "
        "them, and are not as it wants them. Run it again when nobody else changes them."
    )


def _is_there_already(change: Change, error: ServiceError) -> bool:
    return change.action == "create" and (error.is_duplicate or error.says("already exists"))
