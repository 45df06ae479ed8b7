# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of tokens between two processes, and from whom."""

from __future__ import annotations

import fcntl
import os

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import TokenError
from ansible_collections.idops.pingone.plugins.module_utils._client import token_cache
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import connection_from
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import open_cache, private_folder
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    NOW,
    OPTIONS,
    TOKEN_URL,
    token_answer,
)
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm

WRONG = {"error": "invalid_client", "error_description": "Request denied: Invalid client credentials"}


def private_key():
    """Return a new private key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class TestCache:
    """What is kept between two processes, of which the second is played by forgetting what is in memory."""

    @staticmethod
    def files(folder):
        return sorted(name for name in os.listdir(folder / "idops.pingone") if name.endswith(".token"))

    def test_in_process_a_token_is_kept_for_the_next_process(self, service, make_client, own_folders):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        first = make_client(door="in-process").token()
        reset()

        assert make_client(door="in-process").token() == first

        folder = own_folders / "idops.pingone"
        (name,) = self.files(own_folders)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert (folder / "salt").stat().st_mode & 0o777 == 0o600
        content = (folder / name).read_bytes()
        assert first.access_token.encode() not in content
        assert OPTIONS["client_id"] not in name

    def test_a_module_keeps_none(self, service, make_client, own_folders):
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        make_client(door="module").token()

        assert self.files(own_folders) == []

    @pytest.mark.parametrize(
        "other",
        [
            {"client_secret": OPTIONS["client_secret"] + "x"},
            {"client_id": "other"},
            {"auth_environment_id": "11111111-1111-4111-8111-111111111111"},
            {"auth_url": "https://auth.example.com"},
            {"client_auth_method": "client_secret_post"},
            {"client_auth_method": "client_secret_jwt"},
            {"client_secret": None, "private_key": private_key()},
        ],
    )
    def test_a_token_is_found_only_by_what_it_was_got_with(self, clock, own_folders, other):
        folder = private_folder()
        connections = [connection_from({**OPTIONS, **more}, {}) for more in ({}, other)]
        open_cache(folder, connections[0], clock).store(Token("t", "Bearer", NOW + 3600, 3600))

        assert open_cache(folder, connections[0], clock).load() is not None
        assert open_cache(folder, connections[1], clock).load() is None

    def test_a_file_that_was_changed_or_renamed_counts_as_none(self, clock, own_folders):
        folder = private_folder()
        cache = open_cache(folder, connection_from(OPTIONS, {}), clock)
        cache.store(Token("t", "Bearer", NOW + 3600, 3600))
        (name,) = self.files(own_folders)
        path = own_folders / "idops.pingone" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

        assert cache.load() is None

    def test_a_refused_token_is_replaced_in_the_file_too(self, service, make_client):
        service.answers("POST", "", token_answer(1), url=TOKEN_URL)
        service.answers("GET", "/environments", 401)
        service.answers("POST", "", token_answer(2), url=TOKEN_URL)
        service.answers("GET", "/environments", 200)
        make_client(door="in-process").get("/environments", operation="listing")
        reset()

        assert make_client(door="in-process").claims()["jti"] == "2"

    def test_a_refused_token_goes_though_no_other_one_is_given(self, service, make_client, own_folders):
        service.answers("POST", "", token_answer(1), url=TOKEN_URL)
        service.answers("GET", "/environments", 401)
        service.answers("POST", "", (401, WRONG), url=TOKEN_URL)

        with pytest.raises(TokenError):
            make_client(door="in-process").get("/environments", operation="listing")

        assert self.files(own_folders) == []

    def test_a_key_finds_its_token_in_every_form(self, clock):
        folder, pem = private_folder(), private_key()
        jwk = ECAlgorithm.to_jwk(load_pem_private_key(pem.encode(), None))
        forms = [{**OPTIONS, "client_secret": None, "private_key": text} for text in (pem, jwk, pem + "\n")]
        caches = [open_cache(folder, connection_from(form, {}), clock) for form in forms]
        caches[0].store(Token("t", "Bearer", NOW + 3600, 3600))

        assert [cache.load().access_token for cache in caches] == ["t", "t", "t"]

        other = {**OPTIONS, "client_secret": None, "private_key": private_key()}
        assert open_cache(folder, connection_from(other, {}), clock).load() is None

    def test_an_expired_one_is_not_used(self, service, make_client, clock):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        make_client(door="in-process").token()
        reset()
        clock.now += 3600

        assert make_client(door="in-process").claims()["jti"] == "2"

    def test_a_lock_is_waited_for_5_seconds(self, service, make_client, clock, own_folders):
        service.answers("POST", "", token_answer(1), token_answer(2), url=TOKEN_URL)
        make_client(door="in-process").token()
        reset()
        (name,) = self.files(own_folders)
        with open(own_folders / "idops.pingone" / f"{name}.lock", "w", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)

            assert make_client(door="in-process").claims()["jti"] == "2"

        assert 5.0 <= sum(clock.waits) < 5.2

    def test_neither_a_short_secret_nor_a_ready_token_is_kept(self, clock):
        folder = private_folder()

        short = connection_from({**OPTIONS, "client_secret": "x" * 19}, {})
        assert open_cache(folder, short, clock) is None
        assert open_cache(folder, connection_from({"region": "EU", "access_token": "t" * 90}, {}), clock) is None
        assert open_cache(folder, connection_from({**OPTIONS, "client_secret": "x" * 20}, {}), clock) is not None

    def test_without_cryptography_none_is_kept(self, clock, monkeypatch):
        monkeypatch.setattr(token_cache, "AESGCM", None)

        assert open_cache(private_folder(), connection_from(OPTIONS, {}), clock) is None


class TestFolder:
    def test_one_that_others_can_read_is_not_used(self, own_folders):
        (own_folders / "idops.pingone").mkdir(mode=0o755)

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_a_link_is_not_used(self, own_folders, tmp_path):
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        (own_folders / "idops.pingone").symlink_to(tmp_path / "elsewhere")

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_one_of_somebody_else_is_not_used(self, own_folders, monkeypatch):
        private_folder()
        monkeypatch.setattr(os, "geteuid", lambda: 12345)

        assert private_folder({"XDG_RUNTIME_DIR": str(own_folders)}) is None

    def test_the_cache_folder_is_next(self, tmp_path):
        environ = {"XDG_RUNTIME_DIR": "/proc/nonexistent", "HOME": str(tmp_path)}

        assert private_folder(environ) == str(tmp_path / ".cache" / "idops.pingone")
        assert private_folder({}) is None
