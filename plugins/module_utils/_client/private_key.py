# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private key of a worker: read from PEM or a JWK, and checked before it is used.

The libraries are imported here when a key is read, so that who signs in by a secret needs none of them. This module is
private to the collection.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field
from types import ModuleType

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import missing_library
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import (
    CURVE_ALGORITHMS,
    CURVES,
    FEWEST_BITS,
    RSA_ALGORITHMS,
)

_TAKEN: t.Final = f"an RSA key of {FEWEST_BITS} bits or more, or an EC key on the curve P-256, P-384 or P-521"
_FORM: t.Final = "must be a private key in PEM, from its line '-----BEGIN' to its line '-----END', or a JWK"
_PEM: t.Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
# What is wrong with a text by what it holds; the first that is found is told.
_TELLING: t.Final = {
    "$ANSIBLE_VAULT": (
        "is encrypted by Ansible Vault; run the task on the controller, without async, in a play that has the "
        "password; or give the key by private_key and lookup('ansible.builtin.file', ...), which decrypts it"
    ),
    "ENCRYPTED": (
        "is encrypted by a passphrase, which is not supported; give it without one, and keep it in Ansible Vault"
    ),
    "OPENSSH PRIVATE KEY": "is in the format of OpenSSH, which is not supported; convert it to PEM",
    "\\n": r"holds \n in the place of its line ends; give it with real ones",
}
# And by what it holds in the place of a private key.
_TELLING_OTHERS: t.Final = {
    "PUBLIC KEY": "is the public half of a key pair; give the private one",
    "BEGIN CERTIFICATE": "is a certificate, which holds a public key; give the private key that belongs to it",
}


class UnusableKeyError(Exception):
    """A key cannot be used. The text says why: a sentence without its subject and full stop, and nothing of the key."""


class UnusableAlgorithmError(UnusableKeyError):
    """A key cannot sign by the algorithm that was chosen."""


@dataclass(frozen=True)
class PrivateKey:
    """A private key, and how it signs.

    text: as it was given.
    key: as cryptography has it.
    algorithm: one of KEY_ALGORITHMS.
    key_id: tells which of the worker's keys it is; None when that is not told.
    """

    text: str = field(repr=False)
    key: t.Any = field(repr=False, compare=False)
    algorithm: str
    key_id: str | None = None

    def material(self) -> bytes:
        """Return the key itself, which is the same in every form that it may be given in."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        material: bytes = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return material


def read_private_key(text: str, *, algorithm: str | None = None, key_id: str | None = None) -> PrivateKey:
    """Return the private key that a text holds.

    text: PEM (PKCS #8, PKCS #1 or SEC 1), or a JWK (RFC 7517).
    algorithm: to sign by; that of the JWK, or the first that the key can, when it is left out.
    key_id: the JWK's own when it is left out.

    Raises UnusableKeyError, and UnavailableError when a library is missing.
    """
    is_jwk = text.lstrip().startswith("{")
    members = _members(text) if is_jwk else {}
    key = _from_jwk(members) if is_jwk else _from_pem(text)
    possible = _algorithms_of(key)
    _check_works(key, possible)
    own = members.get("kid")
    return PrivateKey(
        text=text,
        key=key,
        algorithm=_algorithm(algorithm, members.get("alg"), possible),
        key_id=key_id or (own if isinstance(own, str) and own else None),
    )


def import_pyjwt() -> ModuleType:
    """Return the library PyJWT. Raises UnavailableError when it is missing."""
    try:
        import jwt
    except ImportError:
        raise missing_library("PyJWT") from None
    return jwt


def _members(text: str) -> dict[str, t.Any]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableKeyError(f"{_FORM}; it begins as a JWK, but is not valid JSON") from None
    if "keys" in members:
        raise UnusableKeyError("is a set of keys (JWKS); give one of them, with its private half")
    return t.cast("dict[str, t.Any]", members)


def _from_jwk(members: dict[str, t.Any]) -> t.Any:
    """Return the key of a JWK."""
    _import_cryptography()
    jwt = import_pyjwt()
    reader = {"RSA": jwt.algorithms.RSAAlgorithm, "EC": jwt.algorithms.ECAlgorithm}.get(str(members.get("kty")))
    if reader is None:
        raise UnusableKeyError(f"must be {_TAKEN}; its kty is another")
    if "d" not in members:
        raise UnusableKeyError("is the public half of a key pair; give the private one, whose JWK has the member d")
    try:
        return reader.from_jwk(members)
    except Exception:
        # Whatever it is that a library says of a wrong member may repeat it.
        raise UnusableKeyError(f"is not a valid JWK of {_TAKEN}; a member is missing or damaged") from None


def _from_pem(text: str) -> t.Any:
    """Return the key of a PEM text.

    That the numbers of an RSA key fit together is not computed, which takes a tenth of a second, but tried.
    """
    _import_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    problems = _TELLING if "PRIVATE KEY-----" in text else {**_TELLING, **_TELLING_OTHERS}
    for telling, problem in problems.items():
        if telling in text:
            raise UnusableKeyError(problem)
    if not _PEM.search(text):
        raise UnusableKeyError(_FORM)
    try:
        return load_pem_private_key(text.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKeyError(f"{_FORM}; it is cut off or damaged, or of a kind that is not supported") from None


def _algorithms_of(key: t.Any) -> tuple[str, ...]:
    """Return by what a key can sign. Raises UnusableKeyError when PingOne takes no such key."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, RSAPrivateKey):
        if key.key_size < FEWEST_BITS:
            raise UnusableKeyError(f"must be {_TAKEN}, not an RSA key of {key.key_size} bits")
        return RSA_ALGORITHMS
    if not isinstance(key, EllipticCurvePrivateKey):
        raise UnusableKeyError(f"must be {_TAKEN}, not a key of another kind")
    if key.curve.name not in CURVES:
        raise UnusableKeyError(f"must be {_TAKEN}, not an EC key on the curve {key.curve.name}")
    return (CURVE_ALGORITHMS[CURVES[key.curve.name]],)


def _algorithm(chosen: str | None, of_jwk: t.Any, possible: tuple[str, ...]) -> str:
    if chosen is not None and chosen not in possible:
        raise UnusableAlgorithmError(f"must be {' or '.join(possible)} for this key, not {chosen}")
    if chosen is None and of_jwk is not None and of_jwk not in possible:
        raise UnusableKeyError(
            f"has another alg than {' or '.join(possible)}, by which such a key can sign; give "
            "client_assertion_algorithm"
        )
    return chosen or of_jwk or possible[0]


def _check_works(key: t.Any, possible: tuple[str, ...]) -> None:
    """Raise UnusableKeyError unless the public half of a key accepts what the key signs."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    how = (PKCS1v15(), SHA256()) if possible == RSA_ALGORITHMS else (ECDSA(SHA256()),)
    try:
        key.public_key().verify(key.sign(b"", *how), b"", *how)
    except (InvalidSignature, ValueError):
        raise UnusableKeyError("is damaged: its private half does not belong to its public half") from None


def _import_cryptography() -> None:
    try:
        import cryptography.hazmat.primitives  # noqa: F401
    except ImportError:
        raise missing_library("cryptography") from None
