# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential the options describe, and what is said of those that describe none."""

from __future__ import annotations

import functools
import re

import jwt
import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import (
    connection_from,
    worker_argument_spec,
    worker_connection,
)
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import NOW, OPTIONS, TOKEN_URL
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SECRET = "s3cret-of-64-characters-".ljust(64, "x")
WITHOUT = {**OPTIONS, "client_secret": None}


@functools.cache
def key():
    return ec.generate_private_key(ec.SECP256R1())


@functools.cache
def pem():
    return key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def credential(environ=None, **options):
    return connection_from({**WITHOUT, **options}, environ or {}).credential


def refused(environ=None, **options):
    """Return the option that is refused, and why; nothing of the key may be in there."""
    with pytest.raises(OptionError) as caught:
        credential(environ, **options)
    said = str(caught.value)
    assert not [line for line in pem().splitlines()[1:-1] if line in said]
    return caught.value.option, said


def assertion_of(credential, url=TOKEN_URL, now=NOW):
    form = credential.authenticate(url, now).form
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert set(form) == {"client_assertion_type", "client_assertion"}
    return form["client_assertion"]


def claims_of(assertion, public, algorithm):
    return jwt.decode(assertion, public, [algorithm], audience=TOKEN_URL, options={"verify_exp": False})


class TestAssertion:
    def test_it_says_who_and_where_and_is_good_for_a_minute(self):
        assertion = assertion_of(credential(private_key=pem(), private_key_id="one"), now=NOW + 0.9)

        claims = claims_of(assertion, key().public_key(), "ES256")
        assert claims.pop("jti")
        client = OPTIONS["client_id"]
        assert claims == {"iss": client, "sub": client, "aud": TOKEN_URL, "exp": NOW + 60}
        assert jwt.get_unverified_header(assertion) == {"alg": "ES256", "kid": "one", "typ": "JWT"}

    def test_without_an_id_its_header_names_none(self):
        assertion = assertion_of(credential(private_key=pem()))
        assert jwt.get_unverified_header(assertion) == {"alg": "ES256", "typ": "JWT"}

    def test_no_two_are_alike(self):
        one = credential(private_key=pem())
        assert len({claims_of(assertion_of(one), key().public_key(), "ES256")["jti"] for _number in range(9)}) == 9

    @pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
    def test_a_secret_signs_by_the_one_that_is_chosen(self, algorithm):
        given = {"client_auth_method": "client_secret_jwt", "client_assertion_algorithm": algorithm}
        assertion = assertion_of(credential(client_secret=SECRET, **given))

        assert jwt.get_unverified_header(assertion)["alg"] == algorithm
        assert claims_of(assertion, SECRET, algorithm)["sub"] == OPTIONS["client_id"]
        assert SECRET not in assertion

    def test_a_secret_signs_by_hs256_by_itself(self):
        assertion = assertion_of(credential(client_secret=SECRET, client_auth_method="client_secret_jwt"))
        assert jwt.get_unverified_header(assertion)["alg"] == "HS256"


class TestChoice:
    def test_a_key_alone_chooses_its_method(self, tmp_path):
        path = tmp_path / "worker.pem"
        path.write_text(pem())

        assert credential(private_key=pem()).method == "private_key_jwt"
        assert credential(private_key_path=str(path)) == credential(private_key=pem())
        environ = {"PINGONE_CLIENT_ID": OPTIONS["client_id"], "PINGONE_PRIVATE_KEY_PATH": str(path)}
        assert credential(environ, client_id=None) == credential(private_key=pem())

    def test_a_file_in_the_home_folder_is_named_by_a_tilde(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "worker.pem").write_text(pem())
        assert credential(private_key_path="~/worker.pem").private_key.text == pem()

    @pytest.mark.parametrize("option", ["private_key", "private_key_path", "private_key_id"])
    def test_a_key_of_the_task_keeps_the_credentials_of_the_environment_away(self, option):
        environ = {"PINGONE_CLIENT_ID": "id", "PINGONE_CLIENT_SECRET": SECRET}
        assert refused(environ, client_id=None, **{option: pem()})[0] == "client_id"

    @pytest.mark.parametrize(
        ("given", "option", "said"),
        [
            (
                {"client_secret": SECRET, "private_key": "k"},
                "private_key",
                "client_secret and private_key are mutually exclusive: give the secret of the worker, or its private",
            ),
            (
                {"private_key": "k", "private_key_path": "/k"},
                "private_key_path",
                "private_key and private_key_path are mutually exclusive",
            ),
            (
                {"access_token": "t", "client_id": None, "private_key": "k"},
                "access_token",
                "access_token and private_key are mutually exclusive",
            ),
            (
                {"client_auth_method": "private_key_jwt"},
                "private_key",
                "private_key is missing: give the worker's private key, as PEM or a JWK, or its file by private_key_",
            ),
            (
                {"client_auth_method": "private_key_jwt", "client_secret": SECRET},
                "client_secret",
                "client_secret cannot be used with private_key_jwt, which client_auth_method is or is taken to be",
            ),
            (
                {"client_auth_method": "client_secret_post", "private_key": "k"},
                "private_key",
                "private_key cannot be used with client_secret_post",
            ),
            (
                {"client_secret": SECRET, "private_key_id": "one"},
                "private_key_id",
                "private_key_id cannot be used with client_secret_basic",
            ),
            (
                {"client_secret": SECRET, "client_assertion_algorithm": "HS256"},
                "client_assertion_algorithm",
                "client_assertion_algorithm cannot be used with client_secret_basic",
            ),
            (
                {
                    "client_secret": SECRET,
                    "client_auth_method": "client_secret_jwt",
                    "client_assertion_algorithm": "RS256",
                },
                "client_assertion_algorithm",
                "client_assertion_algorithm must be one of HS256, HS384, HS512 with client_secret_jwt, not RS256",
            ),
            ({"client_auth_method": "client_secret_jwt"}, "client_secret", "client_secret is missing"),
            ({}, "client_secret", "client_secret is missing"),
            ({"private_key": "/etc/k.pem"}, "private_key", "private_key must be the key itself; its file is named by"),
            (
                {"private_key_path": "keys/k.pem"},
                "private_key_path",
                "private_key_path must be an absolute path",
            ),
            ({"private_key_path": "{}"}, "private_key_path", "private_key_path must name a file; give the key itself"),
            (
                {"private_key_path": "/nonexistent/k.pem"},
                "private_key_path",
                "private_key_path must name a file that can be read, not a value of 18 .*: No such file or directory.$",
            ),
            (
                {"private_key_path": "/"},
                "private_key_path",
                "private_key_path must name a file .*: Is a directory",
            ),
            ({"private_key": "x"}, "private_key", "private_key must be a private key in PEM"),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, given, option, said):
        found = refused(**given)
        assert found[0] == option
        assert re.match(said, found[1])

    def test_a_key_in_the_option_of_the_secret_or_of_the_path_is_told(self):
        assert refused(client_secret=pem()) == (
            "client_secret",
            "client_secret holds a private key; give it by the option private_key.",
        )
        assert refused(private_key_path=pem())[1] == (
            "private_key_path must name a file; give the key itself by private_key."
        )

    def test_a_file_that_holds_no_key_is_told_as_such(self, tmp_path):
        path = tmp_path / "worker.pem"
        path.write_bytes(b"\xff")
        assert refused(private_key_path=str(path))[1].endswith(": it is not a text file.")
        path.write_text("x")
        environ = {"PINGONE_CLIENT_ID": "id", "PINGONE_PRIVATE_KEY_PATH": str(path)}
        said = refused(environ, client_id=None)[1]
        assert said.startswith("The file that PINGONE_PRIVATE_KEY_PATH names must be a private key in PEM")

    def test_an_algorithm_of_another_kind_of_key_is_told_by_its_source(self):
        environ = {
            "PINGONE_CLIENT_ID": "id",
            "PINGONE_PRIVATE_KEY": pem(),
            "PINGONE_CLIENT_ASSERTION_ALGORITHM": "RS256",
        }
        assert refused(environ, client_id=None) == (
            "client_assertion_algorithm",
            "PINGONE_CLIENT_ASSERTION_ALGORITHM must be ES256 for this key, not RS256.",
        )

    @pytest.mark.parametrize(("algorithm", "least"), [(None, 32), ("HS256", 32), ("HS384", 48), ("HS512", 64)])
    def test_a_secret_that_is_shorter_than_the_digest_is_refused(self, algorithm, least):
        given = {"client_auth_method": "client_secret_jwt", "client_assertion_algorithm": algorithm}

        assert credential(client_secret="x" * least, **given).algorithm == (algorithm or "HS256")
        option, said = refused(client_secret="x" * (least - 1), **given)
        assert option == "client_secret"
        assert said.startswith(f"client_secret must have {least} characters or more to sign by {algorithm or 'HS256'};")


class TestWorker:
    def test_another_worker_may_have_a_key(self):
        worker = {"auth_environment_id": OPTIONS["auth_environment_id"], "client_id": "w", "private_key": pem()}
        assert worker_connection({"region": "EU", "client_secret": SECRET}, worker, {}).credential.client_id == "w"
        with pytest.raises(OptionError, match="^worker: private_key must be a private key") as caught:
            worker_connection({"region": "EU"}, {**worker, "private_key": "x"}, {})
        assert caught.value.option == "worker.private_key"

    def test_its_options_are_those_of_the_connection(self):
        spec = worker_argument_spec()
        assert spec["private_key"] == {"type": "str", "no_log": True}
        assert [name for name, entry in spec.items() if entry.get("required")] == ["auth_environment_id", "client_id"]


class TestParts:
    """What may have a blank at one of its ends, and the key that a worker signs by."""

    def test_those_of_a_secret(self):
        given = credential(client_id=f"{OPTIONS['client_id']} ", client_secret=SECRET)
        assert given.parts() == {"client_id": f"{OPTIONS['client_id']} ", "client_secret": SECRET}
        assert given.public_key() is None

    @pytest.mark.parametrize("key_id", ["one", None])
    def test_those_of_a_key(self, key_id):
        given = credential(private_key=pem(), private_key_id=key_id)
        assert given.parts() == {"client_id": OPTIONS["client_id"], "private_key_id": key_id or ""}
        public = jwt.PyJWK({**given.public_key(), "alg": "ES256"}).key
        assert public.public_numbers() == key().public_key().public_numbers()


def test_nothing_of_a_key_is_shown():
    connection = connection_from({**WITHOUT, "private_key": pem()}, {})

    assert connection.secrets() == {pem()}
    assert not [line for line in pem().splitlines()[1:-1] if line in repr((connection, connection.credential))]
    other = connection_from({**OPTIONS, "client_secret": SECRET}, {})
    assert connection.identity() != other.identity()
