# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys: what is taken for one, its thumbprint, and pairs that are made, compared with what cryptography reads."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base import jwk
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import UnavailableError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

# The example of RFC 7638, section 3.1.
RFC_KEY = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
        "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
        "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
        "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    ),
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
EC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}


def public_pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def test_the_thumbprint_is_that_of_the_standard():
    assert jwk.thumbprint(RFC_KEY) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize("key_type", [*jwk.CURVE_ALGORITHMS, "RSA-2048"])
def test_a_pair_that_is_made_has_the_public_half_that_cryptography_reads(key_type):
    pem = jwk.generate_private_key(key_type)
    assert pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert jwk.is_private(pem)
    half = jwk.public_half(pem)
    assert jwk.key_type_of(half) == key_type
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    numbers = public.public_numbers()
    if isinstance(public, rsa.RSAPublicKey):
        assert (number(half["n"]), number(half["e"])) == (numbers.n, numbers.e)
    else:
        assert (number(half["x"]), number(half["y"])) == (numbers.x, numbers.y)
    assert jwk.public_jwk(public_pem(public)) == half
    assert not jwk.PRIVATE_MEMBERS & set(half)


def test_a_coordinate_that_begins_with_zeros_keeps_its_length():
    """RFC 7518, section 6.2.1.2: the length is that of the curve."""
    scalar = 2
    while True:
        key = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
        if key.public_numbers().x >> 248 == 0:
            break
        scalar += 1
    assert len(jwk.public_jwk(public_pem(key))["x"]) == len(EC_KEY["x"])


@pytest.mark.parametrize("key_type", [kind for kind in jwk.KEY_TYPES if kind.startswith("RSA")])
def test_an_rsa_key_is_as_long_as_its_type_says(key_type, monkeypatch):
    asked = []
    made = rsa.generate_private_key(65537, 2048)
    monkeypatch.setattr(jwk.rsa, "generate_private_key", lambda *parameters: asked.append(parameters) or made)
    jwk.generate_private_key(key_type)
    assert asked == [(65537, int(key_type[4:]))]


def test_a_jwk_keeps_what_it_says():
    assert jwk.public_jwk(json.dumps(RFC_KEY)) == RFC_KEY


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("no key", "is no key in PEM"),
        ("[]", "is no key in PEM"),
        pytest.param("[" * 100_000, "is no key in PEM", id="deep"),
        ('{"keys": []}', "is a set of keys"),
        ('{"kty": "OKP"}', "is neither an RSA nor an EC key"),
        (json.dumps({**EC_KEY, "kid": ["c2VjcmV0"]}), "has a kid that is no text"),
        (json.dumps({**EC_KEY, "kid": "two\nlines"}), "has a kid that is no text on one line"),
        (public_pem(ed25519.Ed25519PrivateKey.generate().public_key()), "is neither an RSA nor an EC key"),
        (public_pem(rsa.generate_private_key(65537, 1024).public_key()), "has 1024 bits"),
        (public_pem(ec.generate_private_key(ec.SECP256K1()).public_key()), "is on a curve that PingOne does not take"),
        (json.dumps({**EC_KEY, "crv": ["P-256"]}), "is on a curve that PingOne does not take"),
        (json.dumps({**EC_KEY, "x": "MKBC"}), "has coordinates that do not belong to its curve"),
        (json.dumps({**EC_KEY, "x": None}), "lacks the member x"),
        (json.dumps({**RFC_KEY, "n": "not base64url!"}), "lacks the member n"),
        (json.dumps({**RFC_KEY, "use": "enc"}), "is not for signatures"),
        (json.dumps({**RFC_KEY, "alg": "PS256"}), "names an algorithm other than RS256, RS384, RS512"),
        (json.dumps({**EC_KEY, "alg": "ES512"}), "names an algorithm other than ES256"),
        (json.dumps({**EC_KEY, "d": "c2VjcmV0"}), "is a private key; give the public half"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nx", "is a private key; give the public half"),
    ],
)
def test_what_is_no_public_key_that_the_service_takes_is_refused_without_being_repeated(text, clause):
    with pytest.raises(jwk.KeyTextError, match=clause) as refused:
        jwk.public_jwk(text)
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize("text", ["nothing", public_pem(ec.generate_private_key(ec.SECP256R1()).public_key())])
def test_what_is_no_private_key_is_refused(text):
    with pytest.raises(jwk.KeyTextError, match="is no key in PEM, or one that needs a passphrase"):
        jwk.public_half(text)


def test_one_key_is_the_same_whatever_is_said_of_it():
    assert jwk.is_same_key(EC_KEY, {**EC_KEY, "kid": "one"})
    assert not jwk.is_same_key(EC_KEY, RFC_KEY)
    assert not jwk.is_same_key({"kty": "OKP"}, {"kty": "OKP"})


def test_without_cryptography_a_jwk_is_read_and_a_pem_is_one_sentence(monkeypatch):
    monkeypatch.setattr(jwk, "HAS_CRYPTOGRAPHY", False)
    assert jwk.public_jwk(json.dumps(EC_KEY)) == EC_KEY
    for needs in (lambda: jwk.generate_private_key("P-256"), lambda: jwk.public_half("x"), lambda: jwk.public_jwk("x")):
        with pytest.raises(UnavailableError, match="The Python library cryptography is not installed"):
            needs()
