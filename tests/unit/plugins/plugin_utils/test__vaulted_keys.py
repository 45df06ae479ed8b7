# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private keys in vaulted files, wherever an option names one."""

from __future__ import annotations

import os

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.plugins.module_utils._client.credentials import LONGEST_KEY
from ansible_collections.idops.pingone.plugins.plugin_utils._vaulted_keys import decrypted_keys

SECRETS = [("default", VaultSecret(b"one"))]


@pytest.fixture
def vaulted(tmp_path):
    path = tmp_path / "vaulted.pem"
    path.write_bytes(VaultLib(SECRETS).encrypt("the key"))
    return str(path)


def test_a_vaulted_key_takes_the_place_of_its_path_however_deep(vaulted):
    params = {
        "private_key_path": vaulted,
        "private_key": None,
        "name": "ci",
        "worker": {"private_key_path": vaulted, "client_id": "c"},
        "environments": [{"workers": [{"private_key_path": vaulted}, {"name": "other"}]}],
        "untouched": [{"private_key_path": None}],
    }
    options, keys = decrypted_keys(params, SECRETS, {})
    assert options == {
        "private_key_path": None,
        "private_key": "the key",
        "worker": {"private_key_path": None, "private_key": "the key", "client_id": "c"},
        "environments": [{"workers": [{"private_key_path": None, "private_key": "the key"}, {"name": "other"}]}],
    }
    assert keys == ["the key"] * 3


def test_what_is_not_vaulted_or_cannot_be_read_stays_for_the_module_to_tell(vaulted, tmp_path):
    plain = tmp_path / "plain.pem"
    plain.write_text("the key")
    for path in (str(plain), str(tmp_path / "missing"), "relative.pem", str(tmp_path), "nul\0"):
        assert decrypted_keys({"private_key_path": path}, SECRETS, {}) == ({}, [])
    assert decrypted_keys({"private_key_path": vaulted}, [], {}) == ({}, [])
    assert decrypted_keys({"private_key_path": vaulted}, [("default", VaultSecret(b"another"))], {}) == ({}, [])


def test_a_path_may_begin_with_the_home(vaulted, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert decrypted_keys({"private_key_path": "~/vaulted.pem"}, SECRETS, {})[1] == ["the key"]


def test_a_path_of_the_environment_comes_with_all_that_says_who_signs_in(vaulted):
    options = dict.fromkeys(("client_id", "client_secret", "access_token", "private_key", "private_key_path"))
    environ = {"PINGONE_CLIENT_ID": "c", "PINGONE_PRIVATE_KEY_PATH": vaulted, "PINGONE_PRIVATE_KEY_ID": "k"}
    named = {"client_id": "c", "private_key_id": "k", "private_key": "the key"}
    others = {"PINGONE_API_URL": "https://api.example.com/v1", "PINGONE_CLIENT_AUTH_METHOD": ""}
    assert decrypted_keys(options, SECRETS, {**environ, **others}) == (named, ["the key"])
    # Where the task says who signs in, or what the environment says is wrong, the module tells what it makes of it.
    for params in ({"access_token": "t"}, {"client_id": "another"}, {"private_key": "another"}):
        assert decrypted_keys({**options, **params}, SECRETS, environ) == ({}, [])
    assert decrypted_keys({"name": "has no connection"}, SECRETS, environ) == ({}, [])
    assert decrypted_keys(options, SECRETS, {**environ, "PINGONE_CLIENT_ID": ""}) == ({}, [])
    for variable in ("PINGONE_CLIENT_SECRET", "PINGONE_PRIVATE_KEY", "PINGONE_API_ACCESS_TOKEN"):
        assert decrypted_keys(options, SECRETS, {**environ, variable: "another"}) == ({}, [])


def test_what_has_no_end_is_not_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in ("/dev/zero", str(pipe)):
        assert decrypted_keys({"private_key_path": path}, SECRETS, {}) == ({}, [])


def test_the_longest_key_is_decrypted(tmp_path):
    path = tmp_path / "long.pem"
    path.write_bytes(VaultLib(SECRETS).encrypt("x" * LONGEST_KEY))
    assert decrypted_keys({"private_key_path": str(path)}, SECRETS, {})[1] == ["x" * LONGEST_KEY]
