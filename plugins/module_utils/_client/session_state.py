# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one worker process of ansible-core keeps between the items of a loop: sessions, tokens and listings.

All of it is dropped in every forked child because a lookup or the inventory may have used the client in the parent.
This module is private to the collection.
"""

from __future__ import annotations

import os
import threading
import typing as t
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import HttpSession
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import FileLock

# For how many seconds a listing counts as what is there.
FRESH_FOR: t.Final = 30.0


@dataclass
class Listing:
    """A collection as it was read.

    at: when, by the monotonic clock.
    generation: how many writes this controller's processes had made to it by then.
    """

    objects: list[Wire]
    at: float
    generation: int


@dataclass
class SessionState:
    """What the tasks of one worker process share for one connection."""

    http: HttpSession
    token: Token | None = None
    mutex: threading.RLock = field(default_factory=threading.RLock)
    # By path and filter.
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict)
    locks: dict[str, FileLock] = field(default_factory=dict)
    _readers: dict[tuple[str, str], threading.RLock] = field(default_factory=dict)

    def reading(self, path: str, query: str) -> threading.RLock:
        """Return what a thread holds while it reads a listing, or looks for it here."""
        with self.mutex:
            return self._readers.setdefault((path, query), threading.RLock())

    def listing(self, path: str, query: str, now: float) -> Listing | None:
        """Return a listing that is still fresh, or None."""
        found = self.listings.get((path, query))
        return found if found and now - found.at < FRESH_FOR else None

    def remember(self, path: str, query: str, listing: Listing) -> None:
        """Keep a listing."""
        with self.mutex:
            self.listings[path, query] = listing

    def forget(self, path: str) -> None:
        """Drop all listings of a path and of what lies below it."""
        with self.mutex:
            for key in [key for key in self.listings if key[0] == path or key[0].startswith(path + "/")]:
                del self.listings[key]

    def forget_role_assignments(self, path: str) -> None:
        """Drop the role assignments of all principals but those of a path.

        Which of them are read-only depends on the caller's own, and a new environment adds to these.
        """
        with self.mutex:
            for key in [key for key in self.listings if key[0].endswith("/roleAssignments") and key[0] != path]:
                del self.listings[key]

    def forget_all(self) -> None:
        """Drop all listings, after a write whose outcome is unknown."""
        with self.mutex:
            self.listings.clear()

    def record_write(self, path: str, identifier: str, after: Wire | None, generation: int) -> None:
        """Bring the listing of a path up to date with a write of our own.

        after: the object as the service answered, or None when it was deleted.
        generation: the count of writes with this one.
        """
        with self.mutex:
            for key in [key for key in self.listings if key[0] == path and key[1]]:
                del self.listings[key]
            listing = self.listings.get((path, ""))
            if listing is None:
                return
            if listing.generation != generation - 1:
                # Somebody else, or another thread of ours, wrote between the listing and this write.
                del self.listings[path, ""]
                return
            known = [item["id"] for item in listing.objects]
            if after is None:
                listing.objects = [item for item in listing.objects if item["id"] != identifier]
            elif identifier in known:
                listing.objects = [after if item["id"] == identifier else item for item in listing.objects]
            else:
                listing.objects = [*listing.objects, after]
            listing.generation = generation


_shared: dict[tuple[t.Any, ...], SessionState] = {}


def session_state_for(connection: Connection) -> SessionState:
    """Return what the tasks of this process share for a connection."""
    key = connection.identity()
    if key not in _shared:
        _shared[key] = SessionState(HttpSession(connection))
    return _shared[key]


def reset() -> None:
    """Forget everything: when a task is tried again, and in a forked child."""
    _shared.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reset)
