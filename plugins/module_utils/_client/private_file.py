# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that only their owner can read: read, written and removed without a moment in which others could step in.

This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import typing as t
from dataclasses import dataclass

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class UnsafePathError(Exception):
    """The path cannot hold a secret; the text says why and what would be right."""


@dataclass(frozen=True)
class PrivateFile:
    """What stands at a path: its bytes, and its permission bits."""

    content: bytes
    mode: int


def read_private(path: str) -> PrivateFile | None:
    """Return what stands at a path, or None. path: absolute. Raises UnsafePathError where a secret must not be."""
    with _folder(path) as folder:
        if folder is None or not _is_there(path, folder):
            return None
        descriptor = os.open(os.path.basename(path), os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            return PrivateFile(file.read(), stat.S_IMODE(os.fstat(file.fileno()).st_mode))


def write_private(path: str, content: bytes, *, only_if_missing: bool = False) -> None:
    """Write a file, whole or not at all, with the mode 0600. Missing folders are made, with 0700.

    path: absolute.
    only_if_missing: raises FileExistsError for a file that is there, even if it came a moment ago.

    Raises UnsafePathError where a secret must not be.
    """
    _make_folders(os.path.dirname(path))
    name = os.path.basename(path)
    beside = f".{name}.{secrets.token_hex(8)}"
    with _folder(path) as folder:
        _is_there(path, folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(beside, flags, PRIVATE_FILE, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), PRIVATE_FILE)  # the umask may have taken bits away
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if only_if_missing:
                os.link(beside, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
                os.unlink(beside, dir_fd=folder)
            else:
                os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside, dir_fd=folder)
            raise


def remove_private(path: str) -> None:
    """Remove a file; one that is gone already is no error.

    path: absolute.

    Raises UnsafePathError where a secret would not have been written.
    """
    with _folder(path) as folder:
        if folder is not None and _is_there(path, folder):
            os.unlink(os.path.basename(path), dir_fd=folder)


@contextlib.contextmanager
def _folder(path: str) -> t.Iterator[int | None]:
    """Open the folder of a path, so that all that follows happens in this very folder. None when it is missing."""
    folder = os.path.dirname(path)
    _check_way_to(folder)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield None
        return
    except NotADirectoryError:
        raise UnsafePathError(f"{folder} is not a folder") from None
    try:
        _check_folder(folder, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _check_way_to(folder: str) -> None:
    """Refuse a way on which somebody else could swap a folder: a link of theirs, or a folder that all may write to."""
    if os.path.islink(folder):
        raise UnsafePathError(f"the folder {folder} is a symbolic link; name the folder that it leads to")
    above = os.path.dirname(folder)
    while True:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if os.path.islink(above) and os.lstat(above).st_uid not in (0, os.geteuid()):
                raise UnsafePathError(f"{above}, on the way to the file, is a symbolic link of another user")
            mode = os.stat(above).st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                raise UnsafePathError(f"others may write to {above}, on the way to the file; take that right from them")
        if above == os.path.dirname(above):
            return
        above = os.path.dirname(above)


def _check_folder(folder: str, status: os.stat_result) -> None:
    """Refuse a folder in which somebody else could put another file in the place of ours."""
    if status.st_uid not in (0, os.geteuid()):
        raise UnsafePathError(f"the folder {folder} belongs to another user; use a folder of your own")
    if status.st_mode & _OTHERS_MAY_WRITE:
        mode = f"{stat.S_IMODE(status.st_mode):04o}"
        raise UnsafePathError(f"others may write to the folder {folder} (mode {mode}); use one with the mode 0700")


def _is_there(path: str, folder: int | None) -> bool:
    """Tell whether a file stands at a path. Raises UnsafePathError for anything that is no plain file."""
    try:
        mode = os.stat(os.path.basename(path), dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(mode):
        raise UnsafePathError(f"{path} is a symbolic link; name the file that it leads to")
    if not stat.S_ISREG(mode):
        raise UnsafePathError(f"{path} is not a plain file")
    return True


def _make_folders(folder: str) -> None:
    """Make a folder and what is missing above it, each with the mode 0700."""
    if os.path.lexists(folder):
        return
    _make_folders(os.path.dirname(folder))
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, PRIVATE_FOLDER)
