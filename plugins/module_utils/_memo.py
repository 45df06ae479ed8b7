# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings that the items of a loop share, and the lock that keeps them true.

All items of a loop run in one process, one after the other, so a collection is listed once for all of them. This
module is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._private_folder import file_lock, private_folder

Wire = dict[str, t.Any]
Key = tuple[str, ...]

# After this many seconds somebody else may have changed what was listed.
FRESH = 30.0
# A play that holds the lock for longer has other troubles than a duplicate.
_WAIT = 60.0


@dataclass
class Listing:
    """The items of a collection, when they were read, and which write of this controller they include."""

    items: list[Wire]
    read_at: float
    generation: int

    def is_fresh(self) -> bool:
        """Whether the items may be planned with and sent back."""
        return time.monotonic() - self.read_at < FRESH


_listings: dict[Key, Listing] = {}


def recall(key: Key) -> Listing | None:
    """Return what is remembered of a collection, while it is fresh."""
    listing = _listings.get(key)
    return listing if listing and listing.is_fresh() else None


def remember(key: Key, items: list[Wire], generation: int = 0) -> Listing:
    """Remember what was just read of a collection."""
    _listings[key] = Listing(items, time.monotonic(), generation)
    return _listings[key]


def forget(key: Key) -> None:
    """Forget a collection, since a write to it has an unknown outcome."""
    _listings.pop(key, None)


def drop_memo() -> None:
    """Forget everything: a task is tried again, and wants to see what has changed."""
    _listings.clear()


# What a parent process knew may be long gone when its child looks.
os.register_at_fork(after_in_child=drop_memo)


class WriteLock:
    """A lock of this controller for one kind of object in one environment.

    Its file counts the writes, so that a listing stays true as long as nobody else has written. generation is that
    count while the lock is held, else 0.
    """

    def __init__(self, *identity: str) -> None:
        self._name = "lock-" + hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32]
        self._handle: int | None = None
        self.generation = 0

    @contextlib.contextmanager
    def held(self) -> t.Iterator[bool]:
        """Hold the lock; yields whether it could be had. Without a private folder there is none."""
        folder = private_folder()
        if folder is None:
            yield True
            return
        with file_lock(os.path.join(folder, self._name), _WAIT) as handle:
            self._handle = handle
            self.generation = self._count()
            try:
                yield handle is not None
            finally:
                self._handle, self.generation = None, 0

    def wrote(self) -> int:
        """Count a write, and return the new count."""
        if self._handle is not None:
            self.generation += 1
            os.pwrite(self._handle, f"{self.generation:020d}".encode(), 0)
        return self.generation

    def _count(self) -> int:
        text = os.pread(self._handle, 20, 0) if self._handle is not None else b""
        return int(text) if text.isdigit() else 0
