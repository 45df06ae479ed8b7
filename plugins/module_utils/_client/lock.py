# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lock between processes of one controller, with a count of the writes made under it and what they created.

The lock's file holds both. The count tells a process whether what it read earlier is still what is there, as far as
other processes of this controller are concerned; the ids, what a list that is behind should show. This module is
private to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import UnavailableError
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Progress

WAIT: t.Final = 300.0
# For how many seconds a list may not show yet what was created.
BEHIND: t.Final = 60.0
_POLL: t.Final = 0.05


def try_flock(descriptor: int, clock: Clock, wait: float, tell: t.Callable[[float], None] | None = None) -> bool:
    """Lock an open file; return False when another process still holds it after so many seconds.

    tell: is told during the wait for how many seconds it lasts.
    """
    started = clock.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            waited = clock.monotonic() - started
            if waited >= wait:
                return False
            if tell is not None:
                tell(waited + _POLL)
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
        # What the file holds, for when there is none.
        self._text = ""

    @contextlib.contextmanager
    def held(self, what: str, progress: Progress) -> t.Iterator[None]:
        """Hold the lock. Raises PingOneError when it cannot be had.

        what: names it to the user.
        progress: is told of a wait, and for how many seconds it lasts.
        """
        with self._mutex:
            if self._depth == 0:
                self._take(what, progress)
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
        return self._state()[0]

    def created(self, by: str | None = None) -> list[str]:
        """Return the ids of what was created under this lock a moment ago, and not deleted since. by: by whom alone."""
        since = self._clock.time() - BEHIND
        return [id for id, (at, who) in self._state()[1].items() if at >= since and by in (None, who)]

    def record_write(self, created: str | None = None, deleted: str | None = None, by: str = "") -> int:
        """Count a write, with the lock held; return the new count.

        created, deleted: the id of what came or went.
        by: the client id of the worker that wrote.
        """
        with self._mutex:
            count, ids = self._state()
            now = self._clock.time()
            kept = {id: (at, who) for id, (at, who) in ids.items() if id != deleted and at >= now - BEHIND}
            if created:
                kept[created] = now, by
            # A process may read this while it is written, so the count keeps its place and its length.
            self._text = f"{count + 1:020d}" + "".join(f"\n{at:.3f} {id} {who}" for id, (at, who) in kept.items())
            if self._descriptor is not None:
                written = os.pwrite(self._descriptor, self._text.encode(), 0)
                os.ftruncate(self._descriptor, written)
            return count + 1

    def _state(self) -> tuple[int, dict[str, tuple[float, str]]]:
        """Return the count of writes, and when and by whom each id was created; nothing of what cannot be read."""
        try:
            count, *lines = self._content().split("\n")
            triples = [line.split(" ", 2) for line in lines]
            return int(count or 0), {id: (float(at), who) for at, id, who in triples}
        except ValueError:
            return 0, {}

    def _content(self) -> str:
        if self._path is None:
            return self._text
        try:
            with open(self._path, encoding="utf-8") as file:
                return file.read()
        except OSError:
            return ""

    def _take(self, what: str, progress: Progress) -> None:
        if self._path is None:
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            # A folder that became read-only: as without a folder, nothing is locked between processes.
            self._path = None
            return
        message = f"Waiting for another play on this controller, which is changing {what}"
        if not try_flock(descriptor, self._clock, WAIT, lambda waited: progress(message, waited)):
            os.close(descriptor)
            raise UnavailableError(
                f"Another play on this controller has been changing {what} for more than {WAIT:.0f} seconds; "
                "let it end, then run this one again."
            )
        self._descriptor = descriptor

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
