# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of a play share of a token, and what is in it for a thief of the file."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from emulated import Ready, emulator, requests_of
from plays import ansible_playbook, connection_of

HOSTS = 100
PLAY = """
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: Sign in
      idops.pingone.pingone_token:
      register: token

    - name: All have the same one
      ansible.builtin.assert:
        that: hostvars.values() | map(attribute='token') | map(attribute='access_token') | unique | length == 1
      run_once: true
"""


def play(ready: Ready, home: Path, *, hosts: int = 1, **environ: str) -> None:
    """Let so many hosts get a token side by side."""
    (home / "play.yml").write_text(PLAY)
    inventory = ",".join(f"host-{number}" for number in range(hosts)) + ","
    arguments = ("-i", inventory, "-f", str(hosts))
    run = ansible_playbook(home / "play.yml", *arguments, home=home, environ={**connection_of(ready), **environ})
    assert run.returncode == 0, run.stdout + run.stderr


def token_requests(ready: Ready) -> int:
    """Return how often a token was asked for."""
    return sum(request["path"].endswith("/as/token") for request in requests_of(ready))


def stored(home: Path) -> Path:
    """Return the one file that holds a token."""
    (file,) = (home / "idops.pingone").glob("*.token")
    return file


def test_a_hundred_parallel_tasks_make_one_token_request(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with emulator() as ready:
        play(ready, tmp_path, hosts=HOSTS)
        assert token_requests(ready) == 1


def test_the_file_is_worth_nothing_without_the_credential_and_a_changed_one_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with emulator() as ready:
        play(ready, tmp_path)
        file = stored(tmp_path)
        _try_to_read(file, ready)

        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
        play(ready, tmp_path)
        assert token_requests(ready) == 2

        # It was replaced, so that it serves again; a changed credential does not find it.
        play(ready, tmp_path)
        assert token_requests(ready) == 2
        run = ansible_playbook(
            tmp_path / "play.yml",
            "-i",
            "one,",
            home=tmp_path,
            environ={**connection_of(ready), "PINGONE_CLIENT_SECRET": "another-secret-that-is-long-enough"},
        )
        assert run.returncode == 2
        assert "so the secret is not (or no longer) the worker's" in run.stdout
        assert stored(tmp_path) == file


def _try_to_read(file: Path, ready: Ready) -> None:
    """Do what a thief of the folder can who knows all but the credential; show first that it works with it."""
    salt = (file.parent / "salt").read_bytes()
    assert b"eyJ" not in file.read_bytes()
    assert _opened(file, salt, ready["client_secret"], ready)["access_token"].startswith("eyJ")
    known = [*ready.values(), "", file.stem, salt.hex(), "client_secret_basic", ready["client_secret"][:-1]]
    guesses = {str(value) for value in known} - {ready["client_secret"]}
    assert [guess for guess in guesses if _opened(file, salt, guess, ready)] == []
    for value in (ready["client_id"], ready["auth_environment_id"], ready["auth_url"], ready["client_secret"]):
        assert value.encode() not in file.read_bytes()
        assert value not in file.name


def _opened(file: Path, salt: bytes, guess: str, ready: Ready) -> dict[str, str]:
    """Return what a file holds if a credential opens it; nothing otherwise. As the collection writes it."""
    info = b"idops.pingone token cache"
    derived = HKDF(SHA256(), length=64, salt=salt, info=info).derive(guess.encode())
    who = [ready["auth_url"], ready["auth_environment_id"], ready["client_id"], "client_secret_basic"]
    name = hmac.new(derived[:32], json.dumps(who).encode(), hashlib.sha256).hexdigest()
    sealed = file.read_bytes()
    try:
        plain = AESGCM(derived[32:]).decrypt(sealed[:12], sealed[12:], file.stem.encode())
    except InvalidTag:
        assert name != file.stem
        return {}
    opened: dict[str, str] = json.loads(plain)
    return opened
