# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens kept between tasks: in this process, and encrypted in the user's own folder.

What is on disk helps nobody who does not have the credential: it is the key. A changed credential finds nothing. This
module is private to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import threading
import typing as t
from dataclasses import asdict

from ansible_collections.idops.pingone.plugins.module_utils._auth import Token
from ansible_collections.idops.pingone.plugins.module_utils._private_folder import file_lock, private_folder

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes, hmac
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

# A secret that is shorter could be found by trying all, so nothing that depends on it goes to disk. PingOne's own have
# 64 characters; an imported one may have 8.
_LONG_ENOUGH = 32
_WAIT = 5.0
_NONCE = 12

_memory: dict[tuple[str, ...], Token] = {}


def forget_tokens() -> None:
    """Forget the tokens of this process."""
    _memory.clear()


class TokenCache:
    """The tokens of one credential.

    identity: auth URL, auth environment, client id and method.
    secret: the credential.
    on_disk: whether tokens may be kept in a file; only the controller's own process may.
    """

    def __init__(self, identity: tuple[str, ...], secret: str, on_disk: bool) -> None:
        self._key = (*identity, secret)
        self._path: str | None = None
        if on_disk and HAS_CRYPTOGRAPHY and len(secret) >= _LONG_ENOUGH:
            self._open(identity, secret)

    def _open(self, identity: tuple[str, ...], secret: str) -> None:
        folder = private_folder()
        salt = _salt(folder) if folder else None
        if folder is None or salt is None:
            return
        material = HKDF(hashes.SHA256(), 64, salt, b"idops.pingone token cache").derive(secret.encode())
        self._cipher = AESGCM(material[:32])
        mac = hmac.HMAC(material[32:], hashes.SHA256())
        mac.update("\0".join(identity).encode())
        self._name = mac.finalize().hex()
        self._path = os.path.join(folder, f"token-{self._name}")

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Hold the lock under which a new token is asked for, so that many tasks ask once."""
        if self._path is None:
            yield
            return
        with file_lock(self._path + ".lock", _WAIT):
            yield

    def load(self, now: float, min_ttl: float) -> Token | None:
        """Return a token that is valid for min_ttl seconds from now, or None."""
        for token in (_memory.get(self._key), self._read()):
            if token is not None and token.expires_at - now > min_ttl:
                _memory[self._key] = token
                return token
        return None

    def store(self, token: Token) -> None:
        """Keep a token."""
        _memory[self._key] = token
        if self._path is None:
            return
        nonce = secrets.token_bytes(_NONCE)
        content = nonce + self._cipher.encrypt(nonce, json.dumps(asdict(token)).encode(), self._name.encode())
        with contextlib.suppress(OSError):
            write_private(self._path, content)

    def forget(self) -> None:
        """Drop the token, since the service refused it."""
        _memory.pop(self._key, None)
        if self._path is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._path)

    def _read(self) -> Token | None:
        if self._path is None:
            return None
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                content = file.read()
            text = self._cipher.decrypt(content[:_NONCE], content[_NONCE:], self._name.encode())
            return Token(**json.loads(text))
        except (OSError, InvalidTag, ValueError, TypeError):
            return None


def write_private(path: str, content: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    beside = f"{path}.{os.getpid()}.{threading.get_ident()}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except OSError:
        os.unlink(beside)
        raise


def _salt(folder: str) -> bytes | None:
    path = os.path.join(folder, "salt")
    try:
        with file_lock(path + ".lock", _WAIT):
            if not os.path.exists(path):
                write_private(path, secrets.token_bytes(32))
            with open(path, "rb") as file:
                return file.read() or None
    except OSError:
        return None
