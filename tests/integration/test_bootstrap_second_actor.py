# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bootstrap with second actors that sign in by every method, and with credentials that cannot be right."""

from __future__ import annotations

import json
import typing as t

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from emulated import requests_of
from jwt.algorithms import ECAlgorithm
from sites import Site, sandbox

Start = t.Callable[..., Site]
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
KID = "of-the-second-actor"
JWKS = json.dumps({"keys": [{**json.loads(ECAlgorithm.to_jwk(KEY.public_key())), "kid": KID}]})
SECRET = "An-example-secret-of-64-characters-or-more-for-the-second-actor-0001"
SECOND = "5a1c0c7e-7f5d-4c55-8d4e-0b6f3a2e9d11"
JWK = json.dumps({**json.loads(ECAlgorithm.to_jwk(KEY)), "kid": KID})
# How the second actor's application is set, and by what it then signs in. What is null or empty counts as left out.
BY_SECRET = {"client_secret": SECRET, "client_auth_method": "client_secret_jwt", "private_key": None}
BY_KEY = {"private_key_id": KID, "client_auth_method": None, "client_secret": ""}


def start_with(start: Start, **application: str) -> Site:
    """Start an emulator with a second actor that may do what the bootstrap worker may."""

    def add(tenant: dict[str, t.Any]) -> None:
        applications = tenant["environments"][0]["applications"]
        worker = {"type": "WORKER", "protocol": "OPENID_CONNECT", "enabled": True, "grantTypes": ["CLIENT_CREDENTIALS"]}
        worker |= {"name": "second", "id": SECOND, "secret": SECRET, "assignActorRoles": False}
        applications.append({**worker, **application, "roleAssignments": applications[0]["roleAssignments"]})

    return start(tenant=add)


def check_hidden(output: str) -> None:
    """Fail where a credential of the second actor is shown."""
    lines = [line for line in PEM.splitlines() if not line.startswith("-")]
    assert [secret for secret in (SECRET, json.loads(JWK)["d"], *lines) if secret in output] == []


def check_second_run_as(site: Site, second: dict[str, t.Any]) -> None:
    """Fail unless a run that signs in as the second actor changes nothing."""
    own = {f"PINGONE_{name.upper()}": str(value) for name, value in second.items() if value}
    written = len(site.writes())
    again = site.bootstrap(sandbox("one"), environ={"PINGONE_CLIENT_SECRET": "", **own}, bootstrap_second_actor=second)
    assert "changed=0 " in again
    assert "Roles that the second actor, who made this run, holds in the environments:" in again
    assert len(site.writes()) == written


@pytest.mark.long
def test_a_second_actor_with_a_private_key_takes_over(start: Start) -> None:
    site = start_with(start, tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=JWKS)
    path = site.home / "second.pem"
    path.write_text(PEM)
    by_path = {"client_id": SECOND, **BY_KEY, "private_key_path": str(path)}

    first = site.bootstrap(sandbox("one"), arguments=("-vvv", "--diff"), bootstrap_second_actor=by_path)
    check_hidden(first)
    assert f"now hands over to {SECOND}:" in first
    itself = {"client_id": SECOND, "private_key": JWK}
    retired = site.bootstrap(sandbox("one"), arguments=("-vvv",), rc=2, bootstrap_second_actor=itself)
    check_hidden(retired)
    assert f"this worker is retired. Sign in as the second actor, {SECOND}, instead" in " ".join(retired.split())
    check_second_run_as(site, by_path)


@pytest.mark.long
def test_a_second_actor_that_signs_by_its_secret_takes_over_and_disables(start: Start) -> None:
    site = start_with(start, tokenEndpointAuthMethod="CLIENT_SECRET_JWT")
    second = {"client_id": SECOND, **BY_SECRET}
    wanted = {"bootstrap_second_actor": second, "bootstrap_finalize": "disable_bootstrap_worker"}

    check_hidden(site.bootstrap(sandbox("one"), arguments=("-vvv", "--diff"), **wanted))
    retired = " ".join(site.bootstrap(sandbox("one"), rc=2, **wanted).split())
    assert "this worker is retired: sign in as the second actor instead" in retired
    check_second_run_as(site, second)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ({"client_id": None}, "bootstrap_second_actor.client_id is missing; give the client id of the second actor"),
        ({"private_key": None}, "bootstrap_second_actor.client_secret is missing; give client_secret, private_key or"),
        ({"client_secert": SECRET}, "bootstrap_second_actor.client_secert. Supported parameters include:"),
    ],
)
def test_half_of_a_second_actor_is_refused_before_anything_is_asked(
    start: Start, second: dict[str, t.Any], sentence: str
) -> None:
    site = start()
    output = site.bootstrap(sandbox("one"), rc=2, bootstrap_second_actor={"client_id": SECOND, **second})
    check_hidden(output)
    assert sentence in " ".join(output.split())
    assert requests_of(site.ready) == []


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (
            {"private_key_path": "/nowhere/second.pem"},
            "bootstrap_second_actor.private_key_path: private_key_path must name a file that can be read, not a "
            "value of 19 characters that begins with '/n': No such file or directory.",
        ),
        (
            {"private_key_path": PEM},
            "bootstrap_second_actor.private_key_path: private_key_path must name a file; give the key itself by",
        ),
        (
            {"client_secret": SECRET, "client_auth_method": SECRET},
            "bootstrap_second_actor.client_auth_method: value of client_auth_method must be one of",
        ),
        (
            {"client_secret": SECRET, "private_key": PEM},
            "bootstrap_second_actor.private_key: client_secret and private_key are mutually exclusive",
        ),
        (
            {"client_id": SECRET, "client_secret": SECOND},
            "bootstrap_second_actor: Getting an access token for client (a value of 68 characters",
        ),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_by_name_before_anything_is_made(
    start: Start, second: dict[str, t.Any], sentence: str
) -> None:
    site = start()
    output = site.bootstrap(
        sandbox("one"), rc=2, arguments=("-vvv",), bootstrap_second_actor={"client_id": SECOND, **second}
    )
    check_hidden(output)
    assert sentence in " ".join(output.split())
    assert site.writes() == []
