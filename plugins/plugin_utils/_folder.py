# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a file of credentials: the way to it, and what a run that was killed left in it."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import stat
import time
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._client.private_file import UnsafePathError

# A write takes far less; whoever else writes the file now keeps what is younger.
_LEFT_OVER_AFTER: t.Final = 60


def check_way(path: str) -> None:
    """Refuse a path on which somebody else could swap a folder above that of the file.

    path: absolute. Folders that are not there yet are made later, for their owner alone.

    Raises UnsafePathError, for a folder of another user, and for one that others may write to. Those of the system are
    the system's business, and where the sticky bit is set, only the owner of the folder renames what others have in it.
    """
    folder = os.path.dirname(path)
    for above in {**dict.fromkeys(_above(folder)), **dict.fromkeys(_above(os.path.realpath(folder)))}:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            status = os.stat(above)
            if status.st_uid not in (0, os.geteuid()):
                raise UnsafePathError(
                    f"{above}, on the way to the file, belongs to another user; use a way of your own"
                )
            if status.st_uid and _others_may_write(status):
                raise UnsafePathError(f"others may write to {above}, on the way to the file; take that right from them")


def remove_left_overs(path: str) -> None:
    """Remove what writes of this very file that were killed left beside it.

    path: absolute, in a folder that nobody else may write to. What somebody may be writing now stays.
    """
    folder, name = os.path.split(path)
    left_over = re.compile(rf"\.{re.escape(name)}\.[0-9a-f]{{16}}")
    with contextlib.suppress(FileNotFoundError):  # no folder yet, or another run removes the same
        for entry in list(os.scandir(folder)):
            if left_over.fullmatch(entry.name) and _is_ours_and_old(entry.stat(follow_symlinks=False)):
                os.unlink(entry.path)


def _above(folder: str) -> t.Iterator[str]:
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        yield folder


def _others_may_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_ISVTX:
        return False
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_own_group(status.st_gid)


def _is_own_group(gid: int) -> bool:
    """Tell whether a group is the private one of this user, with which many systems let a umask of 002 be safe."""
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and user.pw_name == group.gr_name and set(group.gr_mem) <= {user.pw_name}


def _is_ours_and_old(status: os.stat_result) -> bool:
    is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    return is_ours and status.st_mtime < time.time() - _LEFT_OVER_AFTER
