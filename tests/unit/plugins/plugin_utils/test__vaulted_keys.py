# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private keys in vaulted files, wherever an option names one."""

from __future__ import annotations

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
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
    options, keys = decrypted_keys(params, SECRETS)
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
        assert decrypted_keys({"private_key_path": path}, SECRETS) == ({}, [])
    assert decrypted_keys({"private_key_path": vaulted}, []) == ({}, [])
    assert decrypted_keys({"private_key_path": vaulted}, [("default", VaultSecret(b"another"))]) == ({}, [])


def test_a_path_may_begin_with_the_home(vaulted, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert decrypted_keys({"private_key_path": "~/vaulted.pem"}, SECRETS)[1] == ["the key"]
