# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens kept in files, so that each task of a play need not get one of its own.

A thief of the files without the worker's secret or private key has nothing: the key of a file is derived from it, and a
changed one leads to another file name and another key. This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
import time
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Progress
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import try_flock

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    AESGCM = None  # type: ignore[assignment,misc]

# PingOne's own secrets have 64 characters. A thief could try all secrets of fewer than these.
SHORTEST_SECRET: t.Final = 20
LOCK_WAIT: t.Final = 5.0
_FOLDER: t.Final = "idops.pingone"
_SALT_SIZE: t.Final = 32
_NONCE_SIZE: t.Final = 12
# No token of PingOne is used for longer than this many seconds after it was stored.
_OLDEST: t.Final = 86400.0


def private_folder(environ: t.Mapping[str, str] | None = None) -> str | None:
    """Return the folder for this user's tokens and locks, made when it is missing.

    It is in $XDG_RUNTIME_DIR, or else in the user's cache folder. None is returned when there is no folder that
    belongs to this user alone and can be written to.
    """
    environ = os.environ if environ is None else environ
    home = environ.get("HOME")
    cache = environ.get("XDG_CACHE_HOME") or (os.path.join(home, ".cache") if home else None)
    for parent in (environ.get("XDG_RUNTIME_DIR"), cache):
        folder = _private_folder_in(parent) if parent else None
        if folder:
            return folder
    return None


def _private_folder_in(parent: str) -> str | None:
    folder = os.path.join(parent, _FOLDER)
    try:
        if not os.path.isdir(folder):
            os.makedirs(parent, mode=0o700, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700)
        return folder if is_private(folder) and os.access(folder, os.W_OK | os.X_OK) else None
    except OSError:
        return None


def open_cache(folder: str | None, connection: Connection, clock: Clock) -> TokenCache | None:
    """Return the cache of a connection's token; None when the token is to be kept in memory only."""
    material = connection.credential.key_material()
    if AESGCM is None or folder is None or material is None or len(material) < SHORTEST_SECRET:
        return None
    try:
        return TokenCache(folder, connection, material, clock)
    except OSError:
        return None


class TokenCache:
    """The file of one connection's token. Raises OSError when the folder's salt can be neither read nor written."""

    def __init__(self, folder: str, connection: Connection, material: bytes, clock: Clock) -> None:
        derived = HKDF(hashes.SHA256(), length=64, salt=_salt(folder), info=b"idops.pingone token cache").derive(
            material
        )
        who = [
            connection.auth_url,
            connection.auth_environment_id,
            connection.credential.client_id,
            connection.credential.method,
        ]
        self._name = hmac.new(derived[:32], json.dumps(who).encode(), hashlib.sha256).hexdigest()
        self._cipher = AESGCM(derived[32:])
        self._folder = folder
        self._path = os.path.join(folder, f"{self._name}.token")
        self._clock = clock

    @contextlib.contextmanager
    def locked(self, progress: Progress) -> t.Iterator[bool]:
        """Hold the entry, so that one process gets the token for all; give whether that worked within 5 seconds.

        progress: is told of a wait, and for how many seconds it lasts.
        """
        message = "Waiting for another process of this controller, which is getting the same access token"
        try:
            descriptor = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            yield False
            return
        try:
            yield try_flock(descriptor, self._clock, LOCK_WAIT, lambda waited: progress(message, waited))
        finally:
            os.close(descriptor)

    def load(self) -> Token | None:
        """Return the stored token; None when there is none that can be read."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            with open(descriptor, "rb") as file:
                if not is_ours(os.fstat(file.fileno())):
                    return None
                sealed = file.read()
            plain = self._cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], self._name.encode())
            members = json.loads(plain)
            return Token(
                access_token=str(members["access_token"]),
                token_type=str(members["token_type"]),
                expires_at=float(members["expires_at"]),
                expires_in=int(members["expires_in"]),
            )
        except (OSError, InvalidTag, ValueError, KeyError, TypeError):
            return None

    def store(self, token: Token) -> None:
        """Store a token; without effect when that is not possible."""
        members = {
            "access_token": token.access_token,
            "token_type": token.token_type,
            "expires_at": token.expires_at,
            "expires_in": token.expires_in,
        }
        nonce = secrets.token_bytes(_NONCE_SIZE)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps(members).encode(), self._name.encode())
        with contextlib.suppress(OSError):
            _write(self._folder, self._path, sealed, replace=True)
            self._sweep()

    def remove(self) -> None:
        """Remove the stored token, which the service refused."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)

    def _sweep(self) -> None:
        """Remove the tokens that nobody has asked for in a day."""
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".token") and time.time() - entry.stat(follow_symlinks=False).st_mtime > _OLDEST:
                    os.unlink(entry.path)


def _salt(folder: str) -> bytes:
    path = os.path.join(folder, "salt")
    for _attempt in range(2):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            with open(descriptor, "rb") as file:
                salt = file.read()
                if len(salt) == _SALT_SIZE and is_ours(os.fstat(file.fileno())):
                    return salt
            raise OSError(f"{path} was not written by this collection")
        except FileNotFoundError:
            # Another process may be first: then its salt is read.
            with contextlib.suppress(FileExistsError):
                _write(folder, path, secrets.token_bytes(_SALT_SIZE), replace=False)
    raise OSError(f"{path} cannot be made")


def _write(folder: str, path: str, content: bytes, *, replace: bool) -> None:
    """Write a file as a whole: nobody ever sees a part of it. mkstemp gives it the mode 0600."""
    descriptor, temporary = tempfile.mkstemp(dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        if replace:
            os.replace(temporary, path)
        else:
            os.link(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def is_private(folder: str) -> bool:
    """Tell whether a path is a folder that belongs to this user alone. Raises OSError where there is none."""
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and is_ours(status)


def is_ours(status: os.stat_result) -> bool:
    """Tell whether a file or folder belongs to this user, and nobody else may do anything with it."""
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077
