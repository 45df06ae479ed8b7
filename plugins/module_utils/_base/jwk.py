# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys with which a worker signs: JSON Web Keys (RFC 7517), PEM, and key pairs. It is private to the collection.

Source of what PingOne takes: its workflow on C(private_key_jwt), RSA keys of 2048 bits or more with RS256, RS384 and
RS512, and EC keys with the algorithm that belongs to their curve.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import missing_library
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

RSA_ALGORITHMS: t.Final = ("RS256", "RS384", "RS512")
CURVE_ALGORITHMS: t.Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
KEY_ALGORITHMS: t.Final = (*RSA_ALGORITHMS, *CURVE_ALGORITHMS.values())
# The curves by the names that cryptography has for them.
CURVES: t.Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# PingOne's least, and that of RFC 7518, section 3.3.
FEWEST_BITS: t.Final = 2048
# The kinds of key pairs that can be made, the default first.
KEY_TYPES: t.Final = (*CURVE_ALGORITHMS, "RSA-2048", "RSA-3072", "RSA-4096")

# Of private and symmetric keys. Source: RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1.
PRIVATE_MEMBERS: t.Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

# What makes up a public key. Source: RFC 7638, section 3.2.
_PUBLIC_MEMBERS: t.Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
_CURVE_BYTES: t.Final = {"P-256": 32, "P-384": 48, "P-521": 66}


class KeyTextError(ValueError):
    """A text is not a key of the kind that is needed. Its text is a clause that holds nothing of the key."""


def thumbprint(jwk: Wire) -> str:
    """Return the thumbprint of a public key (RFC 7638, SHA-256), which tells it from all others."""
    members = {name: jwk[name] for name in _PUBLIC_MEMBERS[str(jwk["kty"])]}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(text.encode()).digest())


def is_same_key(one: Wire, other: Wire) -> bool:
    """Tell whether two entries of a key set are the same key, whatever they say of it."""
    return _public_part(one) is not None and _public_part(one) == _public_part(other)


def algorithms_of(jwk: Wire) -> tuple[str, ...]:
    """Return the algorithms with which the private half of a key may sign, the default first."""
    return RSA_ALGORITHMS if jwk["kty"] == "RSA" else (CURVE_ALGORITHMS[jwk["crv"]],)


def is_private(text: str) -> bool:
    """Tell whether a text holds a private key, as PEM or as a JWK."""
    jwk = json_object(text)
    return "PRIVATE KEY-----" in text if jwk is None else not PRIVATE_MEMBERS.isdisjoint(jwk)


def public_jwk(text: str) -> Wire:
    """Return a public key as a JWK, with all that a JWK says of it.

    text: the key as PEM (C(PUBLIC KEY)), or as a JWK.

    Raises KeyTextError for what is no such key, or none that PingOne takes; UnavailableError without cryptography.
    """
    if is_private(text):
        raise KeyTextError("is a private key; give the public half, and keep the private one where the worker runs")
    jwk = json_object(text)
    if jwk is None:
        _need_cryptography()
        jwk = jwk_of(_loaded(text, serialization.load_pem_public_key))
    _check(jwk)
    return jwk


def generate_private_key(key_type: str) -> str:
    """Return a new private key as PEM (PKCS #8). key_type: one of KEY_TYPES. Raises UnavailableError."""
    _need_cryptography()
    if key_type in CURVE_ALGORITHMS:
        curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[key_type]
        key: t.Any = ec.generate_private_key(curve)
    else:
        key = rsa.generate_private_key(65537, int(key_type.removeprefix("RSA-")))
    return str(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    )


def public_half(private_pem: str) -> Wire:
    """Return the public half of a private key. private_pem: as PEM, without a passphrase.

    Raises KeyTextError for what is no such key, or none that PingOne takes; UnavailableError without cryptography.
    """
    _need_cryptography()
    key = _loaded(private_pem, lambda pem: serialization.load_pem_private_key(pem, password=None))
    jwk = jwk_of(key.public_key())
    _check(jwk)
    return jwk


def key_type_of(jwk: Wire) -> str:
    """Return what kind of key a public key is, as KEY_TYPES names it."""
    return f"RSA-{_bits(jwk)}" if jwk["kty"] == "RSA" else str(jwk["crv"])


def _loaded(text: str, load: t.Callable[[bytes], t.Any]) -> t.Any:
    try:
        return load(text.encode())
    except Exception:  # cryptography raises its own kinds, ValueError and TypeError, and their texts may hold the key
        raise KeyTextError("is no key in PEM, or one that needs a passphrase") from None


def _need_cryptography() -> None:
    if not HAS_CRYPTOGRAPHY:
        raise missing_library("cryptography")


def jwk_of(key: t.Any) -> Wire:
    """Return a public key of cryptography as a JWK. Raises KeyTextError for one that PingOne does not take."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        curve = CURVES.get(key.curve.name, key.curve.name)
        point, size = key.public_numbers(), (key.curve.key_size + 7) // 8
        return {"kty": "EC", "crv": curve, "x": _number(point.x, size), "y": _number(point.y, size)}
    raise KeyTextError("is neither an RSA nor an EC key, and PingOne takes no other")


def _check(jwk: Wire) -> None:
    kind = str(jwk.get("kty"))
    if "keys" in jwk:
        raise KeyTextError("is a set of keys (JWKS); give one of them")
    if kind not in _PUBLIC_MEMBERS:
        raise KeyTextError("is neither an RSA nor an EC key, and PingOne takes no other")
    if kind == "EC" and str(jwk.get("crv")) not in _CURVE_BYTES:
        raise KeyTextError(f"is on a curve that PingOne does not take; it takes {', '.join(_CURVE_BYTES)}")
    for name in _PUBLIC_MEMBERS[kind]:
        if name not in ("kty", "crv") and not _bytes(jwk.get(name)):
            raise KeyTextError(f"lacks the member {name}, or it is no number in base64url")
    if kind == "RSA" and _bits(jwk) < FEWEST_BITS:
        raise KeyTextError(f"has {_bits(jwk)} bits, and PingOne takes RSA keys of {FEWEST_BITS} bits or more")
    if kind == "EC" and any(len(_bytes(jwk[name])) != _CURVE_BYTES[jwk["crv"]] for name in ("x", "y")):
        raise KeyTextError("has coordinates that do not belong to its curve")
    if jwk.get("use", "sig") != "sig":
        raise KeyTextError("is not for signatures (use: sig)")
    kid = jwk.get("kid") or ""
    if not isinstance(kid, str) or not kid.isprintable():
        raise KeyTextError("has a kid that is no text on one line")
    if jwk.get("alg") is not None and jwk["alg"] not in algorithms_of(jwk):
        raise KeyTextError(f"names an algorithm other than {', '.join(algorithms_of(jwk))}")


def _public_part(jwk: Wire) -> Wire | None:
    names = _PUBLIC_MEMBERS.get(str(jwk.get("kty")))
    return {name: jwk[name] for name in names} if names and all(name in jwk for name in names) else None


def _bits(jwk: Wire) -> int:
    return int.from_bytes(_bytes(jwk["n"]), "big").bit_length()


def json_object(text: t.Any) -> Wire | None:
    """Return the JSON object that a text is; None for another text, such as one that is nested beyond all measure."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _number(value: int, size: int = 0) -> str:
    return _base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(value: t.Any) -> bytes:
    """Return what a text in base64url stands for; nothing for what is no such text."""
    if not isinstance(value, str):
        return b""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars="-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
