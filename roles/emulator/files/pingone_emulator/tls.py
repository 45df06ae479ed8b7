# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for ``--tls``: a CA made at start, or kept in a folder."""

from __future__ import annotations

import contextlib
import ipaddress
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Certificate:
    """Where the CA, the server's chain and its key are."""

    ca_path: Path
    chain_path: Path
    key_path: Path


@contextlib.contextmanager
def certificate(names: list[str], folder: Path | None) -> Iterator[Certificate]:
    """A certificate for the names. With a folder, its CA is used again, so that clients need to trust it once.

    Without one, CA and keys are gone at the end.
    """
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield _issue(names, folder)
        return
    with tempfile.TemporaryDirectory(prefix="pingone-emulator-") as temporary:
        yield _issue(names, Path(temporary))


def _issue(names: list[str], where: Path) -> Certificate:
    import trustme

    ca_path, ca_key = where / "ca.pem", where / "ca-key.pem"
    if ca_path.exists() and ca_key.exists():
        ca = trustme.CA.from_pem(ca_path.read_bytes(), ca_key.read_bytes())
    else:
        ca = trustme.CA()
        _write(ca_path, ca.cert_pem.bytes())
        _write(ca_key, ca.private_key_pem.bytes())
    issued = ca.issue_cert(*dict.fromkeys(name for name in names if not _wildcard(name)))
    chain, key = where / "server.pem", where / "server-key.pem"
    _write(chain, b"".join(part.bytes() for part in issued.cert_chain_pems))
    _write(key, issued.private_key_pem.bytes())
    return Certificate(ca_path, chain, key)


def _wildcard(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
