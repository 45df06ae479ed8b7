# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each authentication method signs in where it is expected, and is refused with a clear sentence elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules.pingone_token import ARGUMENT_SPEC, SECRET_RETURNS, run
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from emulated import Ready, emulator
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

DEFAULT = Path(__file__).resolve().parents[2] / "roles/emulator/files/pingone_emulator/default_tenant.yml"
METHODS = ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT")
SECRET = "s3cret-of-the-workers-of-this-test.".ljust(64, "~")
CLIENTS = {method: f"0c5b7d1c-2f0e-4f14-9d55-0a4f6c1f4e2{number}" for number, method in enumerate(METHODS)}
CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
KEYS: dict[str, Any] = {
    "RSA": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    **{algorithm: ec.generate_private_key(curve()) for algorithm, curve in CURVES.items()},
}
# By what each of these keys can sign.
ALGORITHMS = [("RSA", "RS256"), ("RSA", "RS384"), ("RSA", "RS512"), *((curve, curve) for curve in CURVES)]
NOTHING_GIVEN = {option: entry.get("default") for option, entry in ARGUMENT_SPEC.items()}


def as_jwk(name: str, *, public: bool = False) -> dict[str, Any]:
    """Return one of the keys, or its public half, as a JWK that is known by its name."""
    key = KEYS[name].public_key() if public else KEYS[name]
    members: dict[str, Any] = json.loads((RSAAlgorithm if name == "RSA" else ECAlgorithm).to_jwk(key))
    return {**members, "kid": name}


def as_pem(name: str) -> str:
    """Return one of the keys as PEM."""
    text: bytes = KEYS[name].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


def credential(method: str, key: str = "ES256") -> dict[str, str]:
    """Return what a worker of a method proves itself by."""
    by_key = {"private_key": as_pem(key), "private_key_id": key}
    return by_key if method == "PRIVATE_KEY_JWT" else {"client_secret": SECRET}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """An emulator that has a worker for each method, and a disabled one."""
    document = yaml.safe_load(DEFAULT.read_text())
    jwks = json.dumps({"keys": [as_jwk(name, public=True) for name in KEYS]})
    worker = {"type": "WORKER", "protocol": "OPENID_CONNECT", "enabled": True, "grantTypes": ["CLIENT_CREDENTIALS"]}
    worker |= {"assignActorRoles": False, "roleAssignments": [{"role": "Environment Admin"}], "secret": SECRET}
    for method, client_id in CLIENTS.items():
        own = {"jwks": jwks} if method == "PRIVATE_KEY_JWT" else {}
        application = {"name": method, "id": client_id, **worker, "tokenEndpointAuthMethod": method, **own}
        document["environments"][0]["applications"].append(application)
    disabled = {"name": "disabled", "id": CLIENTS[METHODS[0]][:-1] + "9", **worker, "enabled": False}
    document["environments"][0]["applications"].append({**disabled, "tokenEndpointAuthMethod": METHODS[0]})
    path = tmp_path_factory.mktemp("tenant") / "tenant.yml"
    path.write_text(yaml.safe_dump(document))
    with emulator("--tenant", str(path)) as started:
        yield started


@pytest.fixture(autouse=True)
def without_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    reset()


def sign_in(ready: Ready, client_id: str, **options: Any) -> dict[str, Any]:
    """Ask for a token; give the result, in which nothing of a credential may be."""
    addresses = {name: ready[name] for name in ("api_url", "auth_url", "auth_environment_id")}
    task = Task({**NOTHING_GIVEN, "region": "NA", **addresses, "client_id": client_id, "retry_budget": 0, **options})
    result = perform(run, task, secret_returns=SECRET_RETURNS, no_log_values=(), diff=False)
    lines = {line for name in KEYS for line in as_pem(name).splitlines() if not line.startswith("-")}
    assert not [secret for secret in {SECRET, *lines} if secret in str(result)]
    return result


@pytest.mark.parametrize("given", METHODS)
@pytest.mark.parametrize("expected", METHODS)
def test_a_method_signs_in_where_it_is_expected_and_nowhere_else(ready: Ready, expected: str, given: str) -> None:
    result = sign_in(ready, CLIENTS[expected], client_auth_method=given.lower(), **credential(given))

    if given == expected:
        assert result["claims"]["client_id"] == CLIENTS[expected]
        return
    assert result["error"]["kind"] == "authentication"
    assert result["error"]["code"] == "invalid_client"
    assert f" by {given.lower()} failed with HTTP 401: invalid_client: " in result["msg"]
    assert f"The client id is right, and the worker's token_endpoint_auth_method is not {given};" in result["msg"]


@pytest.mark.parametrize("form", ["PEM", "JWK", "file"])
@pytest.mark.parametrize(("key", "algorithm"), ALGORITHMS)
def test_keys_of_each_algorithm_sign_in(ready: Ready, tmp_path: Path, key: str, algorithm: str, form: str) -> None:
    path = tmp_path / "worker.pem"
    path.write_text(as_pem(key))
    given = {
        "PEM": {"private_key": as_pem(key), "private_key_id": key},
        "JWK": {"private_key": json.dumps(as_jwk(key))},
        "file": {"private_key_path": str(path), "private_key_id": key},
    }[form]

    result = sign_in(ready, CLIENTS["PRIVATE_KEY_JWT"], client_assertion_algorithm=algorithm, **given)

    assert result["claims"]["client_id"] == CLIENTS["PRIVATE_KEY_JWT"], result


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_signs_in_by_each_algorithm(ready: Ready, algorithm: str) -> None:
    method = {"client_auth_method": "client_secret_jwt", "client_assertion_algorithm": algorithm}
    assert "claims" in sign_in(ready, CLIENTS["CLIENT_SECRET_JWT"], client_secret=SECRET, **method)


@pytest.mark.parametrize(
    ("method", "wrong", "said"),
    [
        ("CLIENT_SECRET_BASIC", {"client_secret": "w" * 64}, "of an enabled worker of that environment, so the secret"),
        ("CLIENT_SECRET_JWT", {"client_secret": "w" * 64}, "of an enabled worker of that environment, so the secret"),
        ("PRIVATE_KEY_JWT", {"private_key_id": "RSA"}, "of an enabled worker of that environment, so the private key"),
        ("CLIENT_SECRET_BASIC", {"client_secret": f"{SECRET}\n"}, "The value of client_secret begins or ends in a bla"),
        ("CLIENT_SECRET_POST", {"client_id": f" {CLIENTS['CLIENT_SECRET_POST']}"}, "The value of client_id begins or"),
        ("CLIENT_SECRET_BASIC", {"client_id": CLIENTS[METHODS[0]][:-1] + "9"}, "PingOne knows no enabled worker of"),
        ("CLIENT_SECRET_BASIC", {"client_id": CLIENTS[METHODS[0]][:-1] + "8"}, "PingOne knows no enabled worker of"),
        (
            "PRIVATE_KEY_JWT",
            {"auth_environment_id": CLIENTS[METHODS[0]]},
            "PingOne has no environment with the id",
        ),
    ],
)
def test_each_cause_that_can_be_told_apart_is_told(ready: Ready, method: str, wrong: dict[str, str], said: str) -> None:
    given = {"client_id": CLIENTS[method], "client_auth_method": method.lower(), **credential(method), **wrong}

    result = sign_in(ready, given.pop("client_id"), **given)

    assert result["error"]["kind"] == "authentication"
    assert re.search(re.escape(said), result["msg"]), result["msg"]
