# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which private keys are taken, and what is said of the others."""

from __future__ import annotations

import base64
import builtins
import functools
import json
import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import UnavailableError
from ansible_collections.idops.pingone.plugins.module_utils._client.private_key import (
    UnusableAlgorithmError,
    UnusableKeyError,
    import_pyjwt,
    read_private_key,
)
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
FORMS = {"PKCS 8": PrivateFormat.PKCS8, "PKCS 1 or SEC 1": PrivateFormat.TraditionalOpenSSL}


@functools.cache
def key(kind="RS256"):
    """Return a private key of the kind that an algorithm needs."""
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind]())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private, form=PrivateFormat.PKCS8, encryption=None):
    return private.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


def jwk(private, **more):
    algorithm = ECAlgorithm if hasattr(private, "curve") else RSAAlgorithm
    return json.dumps({**json.loads(algorithm.to_jwk(private)), **more})


def public_pem(private):
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def refusal(text, **options):
    """Return why a text is refused; nothing of it may be in there."""
    with pytest.raises(UnusableKeyError) as caught:
        read_private_key(text, **options)
    said = str(caught.value)
    assert not [line for line in text.splitlines() if len(line) > 30 and line in said]
    return said


@pytest.mark.parametrize("kind", ["RS256", *CURVES])
@pytest.mark.parametrize("form", FORMS)
def test_a_key_in_pem_signs_by_what_suits_it(kind, form):
    read = read_private_key(pem(key(kind), FORMS[form]))

    assert (read.algorithm, read.key_id) == (kind, None)
    assert read.key.private_numbers() == key(kind).private_numbers()


@pytest.mark.parametrize("kind", ["RS256", *CURVES])
def test_a_jwk_is_the_same_key_as_pem(kind):
    read = read_private_key(f"\n  {jwk(key(kind))}")

    assert read.algorithm == kind
    assert read.material() == read_private_key(pem(key(kind))).material()


def test_keys_differ_in_their_material():
    assert len({read_private_key(pem(key(kind))).material() for kind in ("RS256", *CURVES)}) == 4


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_an_rsa_key_signs_by_the_one_that_is_chosen(algorithm):
    assert read_private_key(pem(key()), algorithm=algorithm).algorithm == algorithm
    assert read_private_key(jwk(key(), alg="RS384"), algorithm=algorithm).algorithm == algorithm


def test_a_jwk_tells_its_id_and_its_algorithm_unless_they_are_given():
    read = read_private_key(jwk(key(), alg="RS512", kid="one"))
    assert (read.algorithm, read.key_id) == ("RS512", "one")
    assert read_private_key(jwk(key(), kid="one"), key_id="two").key_id == "two"
    assert read_private_key(jwk(key(), kid=7)).key_id is None


@pytest.mark.parametrize(
    ("kind", "algorithm", "said"),
    [
        ("RS256", "ES256", "must be RS256 or RS384 or RS512 for this key, not ES256"),
        ("RS256", "HS256", "must be RS256 or RS384 or RS512 for this key, not HS256"),
        ("ES384", "ES256", "must be ES384 for this key, not ES256"),
    ],
)
def test_an_algorithm_that_the_key_cannot_is_refused(kind, algorithm, said):
    with pytest.raises(UnusableAlgorithmError) as caught:
        read_private_key(pem(key(kind)), algorithm=algorithm)
    assert str(caught.value) == said


def test_a_key_that_lost_its_line_ends_is_read():
    assert read_private_key(pem(key()).replace("\n", " ")).algorithm == "RS256"
    assert read_private_key(pem(key()).replace("\n", "\r\n")).algorithm == "RS256"


def test_a_key_beside_its_certificate_or_public_half_is_found():
    assert read_private_key(public_pem(key()) + pem(key())).algorithm == "RS256"


TAKEN = "must be an RSA key of 2048 bits or more, or an EC key on the curve P-256, P-384 or P-521"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: "not a key", "must be a private key in PEM, from its line '-----BEGIN' to its line '-----END', or a"),
        (
            lambda: "$ANSIBLE_VAULT;1.1;AES256\n6162",
            "is encrypted by Ansible Vault; run the task on the controller, .*, in a play that has the password",
        ),
        (lambda: pem(key(), encryption=BestAvailableEncryption(b"x")), "is encrypted by a passphrase, which is not"),
        (
            lambda: pem(key(), PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")),
            "is encrypted by a passphrase, which is not",
        ),
        (lambda: pem(key(), PrivateFormat.OpenSSH), "is in the format of OpenSSH, which is not supported"),
        (lambda: public_pem(key()), "is the public half of a key pair; give the private one"),
        (
            lambda: "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----",
            "is a certificate, which holds a public",
        ),
        (lambda: pem(key()).replace("\n", "\\n"), r"holds \\n in the place of its line ends; give it with"),
        (lambda: pem(key())[:900], "must be a private key in PEM, .*; it is cut off or damaged"),
        (lambda: pem(ed25519.Ed25519PrivateKey.generate()), f"{TAKEN}, not a key of another kind"),
        (lambda: pem(dsa.generate_private_key(1024)), f"{TAKEN}, not a key of another kind"),
        (lambda: pem(ec.generate_private_key(ec.SECP256K1())), f"{TAKEN}, not an EC key on the curve secp256k1"),
        (lambda: pem(rsa.generate_private_key(65537, 1024)), f"{TAKEN}, not an RSA key of 1024 bits"),
        (lambda: jwk(rsa.generate_private_key(65537, 1024)), f"{TAKEN}, not an RSA key of 1024 bits"),
        (lambda: jwk(ec.generate_private_key(ec.SECP256K1())), f"{TAKEN}, not an EC key on the curve secp256k1"),
        (lambda: jwk(key()) + "}", "must be a private key in PEM, .*; it begins as a JWK, but is not valid JSON"),
        (lambda: json.dumps({"keys": [json.loads(jwk(key()))]}), r"is a set of keys \(JWKS\); give one of them"),
        (lambda: jwk(key().public_key()), "is the public half of a key pair; give the private one, whose JWK has the"),
        (lambda: '{"kty": "oct", "k": "c2VjcmV0"}', f"{TAKEN}; its kty is another"),
        (lambda: "{}", f"{TAKEN}; its kty is another"),
        (lambda: jwk(key(), p="AQ"), "is not a valid JWK of .*; a member is missing or damaged"),
        (lambda: jwk(key(), d=7), "is not a valid JWK of .*; a member is missing or damaged"),
        (lambda: jwk(key("ES256"), x="AQ"), "is not a valid JWK of .*; a member is missing or damaged"),
        (lambda: jwk(key(), alg="PS256"), "has another alg than RS256 or RS384 or RS512, by which such a key can sign"),
        (lambda: jwk(key(), alg=["x"]), "has another alg than RS256 or RS384 or RS512, by which such a key can sign"),
    ],
)
def test_what_is_no_usable_key_is_told_without_a_part_of_it(make, said):
    assert re.match(said, refusal(make()))


def test_a_damaged_key_is_told_by_what_it_signs():
    private = key()
    der = bytearray(private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    der[der.index(private.public_key().public_numbers().n.to_bytes(256, "big")) + 128] ^= 1
    body = base64.encodebytes(bytes(der)).decode()

    said = refusal(f"-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n")

    assert said == "is damaged: its private half does not belong to its public half"


@pytest.mark.parametrize(
    ("library", "module", "use"),
    [
        ("cryptography", "cryptography.hazmat.primitives", lambda texts: read_private_key(texts["PEM"])),
        ("cryptography", "cryptography.hazmat.primitives", lambda texts: read_private_key(texts["JWK"])),
        ("PyJWT", "jwt", lambda texts: read_private_key(texts["JWK"])),
        ("PyJWT", "jwt", lambda texts: import_pyjwt()),
    ],
)
def test_a_missing_library_is_named_with_its_python(monkeypatch, library, module, use):
    imported = builtins.__import__

    def without(name, *arguments, **more):
        if name == module:
            raise ImportError(name)
        return imported(name, *arguments, **more)

    texts = {"PEM": pem(key()), "JWK": jwk(key())}
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnavailableError, match=f"^The Python library {library} is not installed for .*python"):
        use(texts)


def test_nothing_of_a_key_is_in_its_representation():
    read = read_private_key(pem(key("ES256")))
    assert repr(read) == "PrivateKey(algorithm='ES256', key_id=None)"
