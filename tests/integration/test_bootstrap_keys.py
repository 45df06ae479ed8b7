# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bootstrap with workers that sign in by a private key, whose secrets nobody ever reads."""

from __future__ import annotations

import json
import stat
import typing as t

import pytest
import yaml
from emulated import requests_of
from sites import Site, sandbox

Start = t.Callable[..., Site]
ENVIRONMENT_ADMIN = [{"role": "Environment Admin"}]
DEV = sandbox(
    "dev",
    {"name": "ci", "credentials": "key", "roles": ENVIRONMENT_ADMIN},
    {"name": "other", "roles": ENVIRONMENT_ADMIN},
)


def application(site: Site, name: str) -> dict[str, t.Any]:
    """Give a worker as the emulator holds it."""
    found = [item for item in objects(site.state()) if item.get("name") == name and item.get("type") == "WORKER"]
    assert len(found) == 1
    return found[0]


def objects(value: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Yield every object within a value."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def test_a_worker_with_a_key_is_made_proven_and_left_alone_without_its_secret(start: Start) -> None:
    site = start()
    folder = site.home / "credentials"
    keep = {"bootstrap_credentials_dir": str(folder)}

    dry = site.bootstrap(DEV, arguments=("--check", "--diff"), **keep)
    assert site.writes() == []
    assert not folder.exists()
    assert "would be created; credentials not proven, in a dry run" in dry

    first = site.bootstrap(DEV, arguments=("--diff",), **keep)
    worker, pem = application(site, "ci"), (folder / "dev.ci.pem").read_text()
    assert worker["tokenEndpointAuthMethod"] == "PRIVATE_KEY_JWT"
    (key,) = json.loads(worker["jwks"])["keys"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert yaml.safe_load((folder / "dev.ci.yaml").read_text()) == {
        "region": "NA",
        "auth_environment_id": worker["environment"]["id"],
        "client_id": worker["id"],
        "private_key_path": str(folder / "dev.ci.pem"),
        "private_key_id": key["kid"],
        "client_auth_method": "private_key_jwt",
    }
    assert "client_secret" in yaml.safe_load((folder / "dev.other.yaml").read_text())
    assert first.count("credentials proven by a token and a call") == 2
    assert f"with its private key in {folder}/dev.ci.pem" in first
    assert pem.splitlines()[1] not in first
    read = [request["path"] for request in requests_of(site.ready) if request["path"].endswith("/secret")]
    assert read
    assert not any(worker["id"] in path for path in read)

    written = len(site.writes())
    for arguments in ((), ("--check",)):
        again = site.bootstrap(DEV, arguments=arguments, **keep)
        assert "changed=0 " in again
        assert again.count("as wanted; credentials proven by a token and a call") == 2
    assert len(site.writes()) == written
    assert (folder / "dev.ci.pem").read_text() == pem

    # The file that is vaulted now is decrypted here for the proof.
    password = site.home / "password"
    password.write_text("of the vault")
    vaulted = site.bootstrap(DEV, arguments=("--vault-password-file", str(password)), **keep)
    assert (folder / "dev.ci.pem").read_text().startswith("$ANSIBLE_VAULT")
    assert vaulted.count("credentials proven by a token and a call") == 2
    assert len(site.writes()) == written

    site.play("playbooks/teardown.yml", bootstrap_environments=[DEV], **keep)
    assert list(folder.iterdir()) == []


@pytest.mark.long
def test_a_key_takes_the_place_of_a_secret_and_another_one_that_of_a_lost_key(start: Start) -> None:
    site = start()
    keep = {"bootstrap_credentials_dir": str(site.home / "credentials"), "bootstrap_credentials_format": "env"}
    ci = {"name": "ci", "roles": ENVIRONMENT_ADMIN}
    site.bootstrap(sandbox("dev", ci), **keep)
    by_key = sandbox("dev", {**ci, "credentials": "key"})

    dry = site.bootstrap(by_key, arguments=("--check",), **keep)
    assert "credentials not proven because a dry run cannot prove what it would change" in dry
    assert "would be changed" in dry
    report = site.bootstrap(by_key, **keep)
    assert "changed; credentials proven by a token and a call" in report
    published = (site.home / "credentials" / "dev.ci.env").read_text()
    assert f"PINGONE_PRIVATE_KEY_PATH={site.home}/credentials/dev.ci.pem\n" in published
    assert "PINGONE_CLIENT_AUTH_METHOD=private_key_jwt\n" in published
    assert "SECRET" not in published

    (site.home / "credentials" / "dev.ci.pem").unlink()
    assert "changed; credentials proven by a token and a call" in site.bootstrap(by_key, **keep)
    assert len(json.loads(application(site, "ci")["jwks"])["keys"]) == 2


@pytest.mark.parametrize(
    ("worker", "sentence"),
    [
        ({}, "bootstrap_credentials_dir is missing; worker dev / ci has credentials: key"),
        (
            {"token_endpoint_auth_method": "CLIENT_SECRET_POST"},
            "has credentials: key, which sets token_endpoint_auth_method; leave that out.",
        ),
    ],
)
def test_what_contradicts_a_key_is_refused_before_anything_is_asked(
    start: Start, worker: dict[str, t.Any], sentence: str
) -> None:
    site = start()
    folder = {"bootstrap_credentials_dir": str(site.home / "credentials")} if worker else {}
    entry = {"name": "ci", "credentials": "key", "roles": ENVIRONMENT_ADMIN, **worker}
    refused = " ".join(site.bootstrap(sandbox("dev", entry), rc=2, **folder).split())
    assert sentence in refused
    assert requests_of(site.ready) == []
