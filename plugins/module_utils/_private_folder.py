# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that belong to one user of this controller: the folder, and locks between processes.

This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
import typing as t

_NAME = "idops.pingone"
_POLL = 0.02


def private_folder(environ: t.Mapping[str, str] | None = None) -> str | None:
    """Return the collection's cache folder, made when it is missing; None when there is no safe one.

    It is in XDG_RUNTIME_DIR, or else in the user's cache directory (XDG Base Directory Specification). Safe means:
    a folder and no link, owned by this user, closed to all others, and writable.
    """
    env = os.environ if environ is None else environ
    base = env.get("XDG_RUNTIME_DIR") or env.get("XDG_CACHE_HOME") or os.path.join(env.get("HOME", ""), ".cache")
    if not os.path.isabs(base):
        return None
    folder = os.path.join(base, _NAME)
    try:
        os.makedirs(base, mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, mode=0o700)
        found = os.lstat(folder)
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if ours and os.access(folder, os.W_OK) else None


@contextlib.contextmanager
def file_lock(path: str, seconds: float) -> t.Iterator[int | None]:
    """Hold a lock that other processes of this controller respect; yield the open file.

    seconds: how long to wait for it. Yields None when it can't be had by then.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        yield None
        return
    try:
        yield handle if _acquire(handle, seconds) else None
    finally:
        os.close(handle)


def _acquire(handle: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() >= deadline:
                return False
            # Another process holds it; there is no way to be told when it lets go within a limit of time.
            time.sleep(_POLL)
