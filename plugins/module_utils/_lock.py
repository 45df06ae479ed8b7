# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lock between processes of one controller, with a count of the writes made under it.

The count, in the lock's file, tells a process whether what it read earlier is still what is there, as far as other
processes of this controller are concerned. This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._errors import PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._http import Clock

WAIT: t.Final = 300.0
_POLL: t.Final = 0.05


def try_flock(descriptor: int, clock: Clock, wait: float) -> bool:
    """Lock an open file; return False when another process still holds it after so many seconds."""
    deadline = clock.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if clock.monotonic() >= deadline:
                return False
            clock.sleep(_POLL)
        else:
            return True


class FileLock:
    """The lock of one collection of objects. All threads of this process hold it together, and may take it again.

    folder: a folder that belongs to this user alone, or None: then nothing is locked between processes.
    name: what is locked; any text.
    """

    def __init__(self, folder: str | None, name: str, clock: Clock) -> None:
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        self._path = os.path.join(folder, f"{digest}.lock") if folder else None
        self._clock = clock
        self._mutex = threading.RLock()
        self._depth = 0
        self._descriptor: int | None = None
        self._count = 0

    @contextlib.contextmanager
    def held(self, what: str) -> t.Iterator[None]:
        """Hold the lock. what: names it in the error that is raised when it cannot be had."""
        with self._mutex:
            if self._depth == 0:
                self._take(what)
            self._depth += 1
        try:
            yield
        finally:
            with self._mutex:
                self._depth -= 1
                if self._depth == 0:
                    self._release()

    def generation(self) -> int:
        """Return how many writes were made under this lock so far."""
        if self._path is None:
            return self._count
        try:
            with open(self._path, encoding="ascii") as file:
                return int(file.read().strip() or 0)
        except (OSError, ValueError):
            return 0

    def wrote(self) -> int:
        """Count a write, with the lock held; return the new count."""
        with self._mutex:
            self._count = self.generation() + 1
            if self._descriptor is not None:
                os.pwrite(self._descriptor, b"%020d" % self._count, 0)
            return self._count

    def _take(self, what: str) -> None:
        if self._path is None:
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            # A folder that became read-only: as without a folder, nothing is locked between processes.
            self._path = None
            return
        if not try_flock(descriptor, self._clock, WAIT):
            os.close(descriptor)
            raise PingOneError(
                f"Another play on this controller has been changing {what} for more than {WAIT:.0f} seconds; "
                "let it end, then run this one again."
            )
        self._descriptor = descriptor

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
