# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that the tasks of one run of Ansible share, though each runs in a process of its own.

A file belongs to its run and to this user alone: lines of JSON, appended under a lock. Others of another user, or that
others may use, are not trusted. This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import stat
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import try_flock
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import (
    is_ours,
    is_private,
    private_folder,
)

_LOCK_WAIT: t.Final = 5.0
# In seconds; nothing is known of the processes of another place.
_OLDEST: t.Final = 86400.0
_NAME: t.Final = re.compile(r"(?P<place>[0-9a-f]{16})-(?P<pid>[0-9]+)-(?P<started>[0-9]+)\.(predictions|readings)")


@dataclass(frozen=True)
class Run:
    """One run of Ansible: the process that all of its tasks come from.

    pid: of the process.
    started: when it was started, in a unit of the system's own; it tells two processes of one number apart.
    """

    pid: int
    started: str

    def file_name(self, what: str) -> str:
        """Return the name of one of its files; it tells where the process runs because others may share the folder.

        what: the file holds, C(predictions) or C(readings).
        """
        return f"{_place()}-{self.pid}-{self.started}.{what}"

    def is_over(self) -> bool:
        """Tell whether its process has ended."""
        try:
            os.kill(self.pid, 0)
        except (OSError, OverflowError):
            # There is none of this number, or it is somebody else's now.
            return True
        return started_at(self.pid) not in (None, self.started)


def started_at(pid: int) -> str | None:
    """Return when a process was started, in clock ticks since the system's start; None where that is not told.

    Source: proc(5), C(/proc/pid/stat), field 22. The second field may hold blanks and brackets.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


class RunFile:
    """One file that the tasks of a run share, as one process knows it. Its users see to it that one thread reads it.

    path: None where there is none, as for a module on another host.
    """

    def __init__(self, path: str | None = None, clock: Clock | None = None) -> None:
        self.path = path
        self._clock = clock or Clock()
        self._offset = 0

    @classmethod
    def of_run(cls, run: Run | None, what: str) -> RunFile:
        """Return the file of a run, and remove those of runs that are over.

        run: None when it is not known.
        what: it holds, as in C(Run.file_name).
        """
        folder = private_folder() if run else None
        if run is None or folder is None:
            return cls()
        path = os.path.join(folder, run.file_name(what))
        if not os.path.exists(path):
            _remove_ended(folder)
        return cls(path)

    @contextlib.contextmanager
    def opened(self) -> t.Iterator[OpenRunFile | None]:
        """Open the file, made when it is missing, and lock it. None where that cannot be, or it is not ours alone."""
        descriptor = self._open()
        if descriptor is None:
            yield None
            return
        try:
            is_safe = stat.S_ISREG(os.fstat(descriptor).st_mode) and is_ours(os.fstat(descriptor))
            is_locked = is_safe and try_flock(descriptor, self._clock, _LOCK_WAIT)
            yield OpenRunFile(self, descriptor) if is_locked else None
        finally:
            os.close(descriptor)

    def append(self, members: t.Mapping[str, t.Any]) -> bool:
        """Add a line; return whether other tasks will find it."""
        with self.opened() as file:
            return file is not None and file.append(members)

    def added(self, descriptor: int) -> list[bytes]:
        """Return the lines that were added since this was called last. descriptor: of the file, with the lock held."""
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(self._offset)
            lines = file.read()
        self._offset += len(lines)
        return [line for line in lines.split(b"\n") if line]

    def _open(self) -> int | None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            if self.path is None or not is_private(os.path.dirname(self.path)):
                return None
            return os.open(self.path, flags, 0o600)
        except OSError:
            return None


@dataclass(frozen=True)
class OpenRunFile:
    """A file of a run while it is open and locked."""

    file: RunFile
    descriptor: int

    def append(self, members: t.Mapping[str, t.Any]) -> bool:
        """Add a line; return whether other tasks will find it."""
        # The line's end comes first: a task that was killed may have left half a line.
        line = b"\n" + json.dumps(members).encode()
        with contextlib.suppress(OSError):
            return os.write(self.descriptor, line) == len(line)
        return False

    def added(self) -> list[bytes]:
        """Return the lines that this process has not been given yet."""
        return self.file.added(self.descriptor)


def _remove_ended(folder: str) -> None:
    """Remove the files of runs that are over; those of another place once nothing was added to them for a day."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None:
                continue
            if match["place"] == _place():
                is_over = Run(int(match["pid"]), match["started"]).is_over()
            else:
                is_over = time.time() - entry.stat(follow_symlinks=False).st_mtime > _OLDEST
            if is_over:
                os.unlink(entry.path)


def _place() -> str:
    """Return what tells this host from others that share the folder, and a container's processes from the host's."""
    try:
        processes = os.readlink("/proc/self/ns/pid")
    except OSError:
        processes = ""
    return hashlib.sha256(f"{socket.gethostname()} {processes}".encode()).hexdigest()[:16]
