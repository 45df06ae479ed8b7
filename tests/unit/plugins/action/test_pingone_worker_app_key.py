# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action `pingone_worker_app_key`: the file of the private key, and what of it leaves the controller."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import responses
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible_collections.idops.pingone.plugins.action import pingone_worker_app_key
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import (
    generate_private_key,
    public_half,
    thumbprint,
)
from ansible_collections.idops.pingone.plugins.module_utils._client import private_file
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.plugin_utils import _action
from ansible_collections.idops.pingone.tests.unit.plugins.modules.key_service import API, Service


@pytest.fixture(autouse=True)
def _runs_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each dry run of a test be another run of Ansible."""
    monkeypatch.setattr(_action, "predictions", Predictions)


@pytest.fixture
def service() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Service(mock)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path / "keys" / "ci.pem"


def action(check_mode: bool = False, passwords: dict[str, str] | None = None, **args: Any) -> Any:
    loader = DataLoader()
    loader.set_vault_secrets([(name, VaultSecret(text.encode())) for name, text in (passwords or {}).items()])
    given = {"api_url": API, "auth_url": "https://auth.example.com", "access_token": "a.b.c", "environment": "dev"}
    task = SimpleNamespace(
        args={**given, "application": "ci", **{name: value for name, value in args.items() if value is not None}},
        check_mode=check_mode,
        async_val=0,
        environment=[{}],
        diff=True,
        no_log=False,
    )
    play_context = SimpleNamespace(check_mode=check_mode, diff=True)
    connection = SimpleNamespace(
        transport="local", become=None, _shell=SimpleNamespace(tmpdir=None, env_prefix=lambda **_environment: "")
    )
    return pingone_worker_app_key.ActionModule(task, connection, play_context, loader, Templar(loader), None)


def run(check_mode: bool = False, passwords: dict[str, str] | None = None, **args: Any) -> dict[str, Any]:
    """Run the action as a task would; nothing private is ever in a result."""
    result: dict[str, Any] = action(check_mode, passwords, **args).run(task_vars={})
    assert "PRIVATE KEY" not in json.dumps(result)
    return result


def generate(path: Path, **options: Any) -> dict[str, Any]:
    return run(generate=True, path=str(path), **options)


def kid_of(pem: str) -> str:
    return thumbprint(public_half(pem))


def test_a_pair_is_made_kept_private_and_published_once(service: Service, path: Path) -> None:
    first = generate(path, token_endpoint_auth_method="PRIVATE_KEY_JWT")
    pem = path.read_text()
    kid = kid_of(pem)
    assert [stat.S_IMODE(os.stat(found).st_mode) for found in (path, path.parent)] == [0o600, 0o700]
    assert (first["changed"], first["kid"], first["path"], first["encrypted"]) == (True, kid, str(path), False)
    assert (first["added"], [key["kid"] for key in service.keys]) == ([kid], [kid])
    assert [diff["after_header"] for diff in first["diff"]] == [str(path), "worker dev/ci"]
    assert not {"d", "p", "q"} & set(service.keys[0])
    second = generate(path, token_endpoint_auth_method="PRIVATE_KEY_JWT")
    assert (second["changed"], second["kid"], path.read_text()) == (False, kid, pem)
    assert os.listdir(path.parent) == [path.name]


def test_a_key_that_was_written_and_not_published_is_published_by_the_next_run(service: Service, path: Path) -> None:
    service.refuses = True
    failed = generate(path)
    assert failed["failed"]
    pem = path.read_text()
    service.refuses = False
    assert generate(path)["added"] == [kid_of(pem)]
    assert path.read_text() == pem


def test_check_mode_writes_no_file_and_predicts(service: Service, path: Path) -> None:
    dry = generate(path, check_mode=True)
    assert (dry["changed"], dry["path"], is_predicted(dry["kid"])) == (True, str(path), True)
    assert [key["kid"] for key in dry["keys"]] == [dry["kid"]]
    assert not path.parent.exists()
    assert service.writes == []
    made = generate(path)
    assert set(made) == set(dry)
    assert generate(path, check_mode=True)["changed"] is False


def test_a_vault_of_the_play_encrypts_the_file_and_reads_it_again(service: Service, path: Path) -> None:
    first = generate(path, passwords={"default": "one"})
    sealed = path.read_bytes()
    assert first["encrypted"] is True
    assert kid_of(VaultLib([("default", VaultSecret(b"one"))]).decrypt(sealed).decode()) == first["kid"]
    assert generate(path, passwords={"default": "one"})["changed"] is False
    assert path.read_bytes() == sealed
    refused = generate(path)
    assert (refused["failed"], refused["error"]["option"]) == (True, "vault_password")


def test_encryption_and_mode_that_are_missing_are_a_change_of_the_same_key(service: Service, path: Path) -> None:
    kid = generate(path)["kid"]
    path.chmod(0o644)
    dry = generate(path, passwords={"default": "one"}, check_mode=True)
    assert (dry["changed"], stat.S_IMODE(path.stat().st_mode)) == (True, 0o644)
    encrypted = generate(path, passwords={"default": "one"})
    assert (encrypted["changed"], encrypted["kid"], encrypted["encrypted"]) == (True, kid, True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT")


@pytest.mark.parametrize(
    ("key_type", "algorithm", "published"),
    [(None, None, "ES256"), ("P-384", None, "ES384"), ("RSA-2048", None, "RS256"), ("RSA-2048", "RS512", "RS512")],
)
def test_the_kind_of_key_is_the_one_that_is_wanted(
    service: Service, path: Path, key_type: str | None, algorithm: str | None, published: str
) -> None:
    dry = generate(path, key_type=key_type, algorithm=algorithm, check_mode=True)
    made = generate(path, key_type=key_type, algorithm=algorithm)
    assert [key["alg"] for key in service.keys] == [published]
    for result in (dry, made):
        assert [(key["type"], key["algorithm"]) for key in result["keys"]] == [(service.keys[0]["kty"], published)]


def test_a_file_with_another_kind_of_key_is_refused(service: Service, path: Path) -> None:
    generate(path)
    refused = generate(path, key_type="P-384")
    assert refused["msg"] == f"{path} holds a key of the type P-256, not P-384; another key needs another path."
    assert refused["error"]["option"] == "key_type"


def test_a_file_with_something_else_is_refused_and_kept(service: Service, path: Path) -> None:
    path.parent.mkdir(0o700)
    path.write_text("mine")
    refused = generate(path)
    assert refused["msg"].startswith(f"{path}, which has to hold a private key, is no key in PEM")
    assert (path.read_text(), service.writes) == ("mine", [])


def test_two_runs_at_once_do_not_overwrite_each_other(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = generate_private_key("P-256")

    def while_another_writes(key_type: str) -> str:
        path.parent.mkdir(0o700)
        path.write_text(other)
        return generate_private_key(key_type)

    monkeypatch.setattr(pingone_worker_app_key, "generate_private_key", while_another_writes)
    refused = generate(path)
    assert (refused["failed"], refused["error"]["option"], path.read_text()) == (True, "path", other)
    assert os.listdir(path.parent) == [path.name]
    assert generate(path)["added"] == [kid_of(other)]


def test_keys_that_are_given_are_published_beside_the_one_that_is_made(service: Service, path: Path) -> None:
    given = public_half(generate_private_key("P-256"))
    result = generate(path, keys=[{"public_key": given}])
    assert [key["kid"] for key in service.keys] == [thumbprint(given), result["kid"]]


def test_a_rotation_keeps_both_keys_until_the_old_one_is_retired(service: Service, path: Path) -> None:
    old = generate(path, token_endpoint_auth_method="PRIVATE_KEY_JWT")
    new = generate(path.with_name("next.pem"))
    assert [key["kid"] for key in service.keys] == [old["kid"], new["kid"]]
    run(keys=[{"kid": old["kid"]}], state="absent")
    assert [key["kid"] for key in service.keys] == [new["kid"]]
    refused = run(keys=[{"kid": new["kid"]}], state="absent")
    assert "this would take its last one" in refused["msg"]


def test_a_symbolic_link_is_refused_before_a_key_is_made(service: Service, path: Path) -> None:
    path.parent.mkdir(0o700)
    path.symlink_to(path.parent / "elsewhere")
    refused = generate(path)
    assert "is a symbolic link" in refused["msg"]
    assert (refused["error"]["option"], os.listdir(path.parent)) == ("path", [path.name])


def test_a_disk_that_is_full_leaves_no_key_and_publishes_none(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "fsync", full)
    failed = generate(path)
    assert failed["msg"] == f"{path} could not be read or written: No space left on device."
    assert (os.listdir(path.parent), service.mock.calls.__len__()) == ([], 0)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_is_sent_to_a_module_holds_no_private_key_nor_password(path: Path, elsewhere: bool) -> None:
    made = action(generate=True, path=str(path), vault_password="of-the-vault", key_type="P-256")
    sent: list[dict[str, Any]] = []
    made._connection.transport = "ssh" if elsewhere else "local"
    made._remove_tmp_path = lambda _path: None
    made._execute_module = lambda **call: sent.append(call["module_args"]) or {"changed": True, "keys": []}
    result = made.run(task_vars={"pingone_in_process": False})
    assert result["encrypted"] is True
    told = json.dumps(sent)
    assert len(sent) == 1
    assert "PRIVATE KEY" not in told
    assert "of-the-vault" not in told
    assert sent[0]["generate"] is False
    assert not {"path", "key_type", "vault_password"} & set(sent[0])
    (key,) = sent[0]["keys"]
    assert set(key) == {"public_key", "kid"}
    assert set(json.loads(key["public_key"])) == {"kty", "crv", "x", "y"}


def test_a_private_key_in_the_place_of_a_public_one_goes_nowhere(path: Path) -> None:
    made = action(keys=[{"public_key": generate_private_key("P-256")}])
    made._connection.transport = "ssh"
    made._execute_module = lambda **_call: pytest.fail("it was sent")
    result = made.run(task_vars={})
    assert result["msg"].startswith("keys[0].public_key is a private key; give the public half")
    assert "PRIVATE KEY" not in json.dumps(result)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"generate": True}, "generate is True but all of the following are missing: path"),
        ({"generate": True, "path": " "}, "path is empty"),
        ({"generate": True, "path": "~nobody-here/x"}, "path begins with ~nobody-here, which is no home of a user"),
        ({"generate": True, "path": "$UNSET_HERE/x"}, "path begins with $UNSET_HERE, which is no home of a user, and"),
        ({"generate": True, "path": "x", "key_type": "RSA-1024"}, "value of key_type must be one of"),
        ({"generate": True, "path": "x", "vault": "always"}, "there is no vault password"),
        ({"path": "x"}, "path requires generate: true."),
    ],
)
def test_bad_options_make_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], sentence: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert sentence in run(**options)["msg"]
    assert os.listdir(folder) == []
