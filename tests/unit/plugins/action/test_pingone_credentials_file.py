# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action `pingone_credentials_file`, through its `run`, with real files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.plugins.action import pingone_credentials_file
from ansible_collections.idops.pingone.plugins.module_utils._client import private_file

SECRET = "oyXmQ-canary~4S.uCu1lC_"
CONTENT = {"region": "EU", "client_id": "a3c8f0de-52b7-4a0e-9d6e-6a1f6f0c2b11", "client_secret": SECRET}


@pytest.fixture(autouse=True)
def _plain_umask() -> Any:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def run(
    check_mode: bool = False, play_passwords: dict[str, str] | None = None, playbooks: str = ".", **args: Any
) -> dict[str, Any]:
    """Run the action as a task with these options would, in a playbook of a folder."""
    loader = DataLoader()
    loader.set_basedir(playbooks)
    loader.set_vault_secrets([(name, VaultSecret(text.encode())) for name, text in (play_passwords or {}).items()])
    task = SimpleNamespace(args=args, check_mode=check_mode, async_val=0, environment=[{}], diff=True)
    play_context = SimpleNamespace(check_mode=check_mode, diff=True)
    connection = SimpleNamespace(transport="local", become=None, _shell=SimpleNamespace(tmpdir=None))
    action = pingone_credentials_file.ActionModule(task, connection, play_context, loader, None, None)
    result = action.run(task_vars={})
    assert SECRET not in json.dumps(result)
    return result


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def refusal(**args: Any) -> str:
    result = run(**args)
    assert result["failed"]
    return str(result["msg"])


@pytest.mark.parametrize(("format", "read"), [("yaml", yaml.safe_load), ("json", json.loads)])
def test_a_first_run_writes_and_a_second_changes_nothing(folder: Path, format: str, read: Any) -> None:
    path = folder / "made" / "too" / "file"
    first = run(path=str(path), content=CONTENT, format=format)
    assert (first["changed"], first["path"], first["encrypted"]) == (True, str(path), False)
    assert read(path.read_text()) == CONTENT
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    written = path.lstat()
    second = run(path=str(path), content=CONTENT, format=format)
    assert second["changed"] is False
    assert path.lstat().st_ino == written.st_ino
    assert os.listdir(path.parent) == ["file"]


def test_env_is_what_a_shell_reads(folder: Path) -> None:
    path = folder / "ci.env"
    values = {"PLAIN": SECRET, "QUOTED": "it's $HOME #1", "HOME_LIKE": "~/x", "NUMBER": 7, "TRUE": True, "EMPTY": ""}
    run(path=str(path), content=values, format="env")
    assert run(path=str(path), content=values, format="env")["changed"] is False
    script = f'. {path}; printf "%s|" "$PLAIN" "$QUOTED" "$HOME_LIKE" "$NUMBER" "$TRUE" "$EMPTY"'
    shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == f"{SECRET}|it's $HOME #1|~/x|7|true||"
    assert f"PLAIN={SECRET}\n" in path.read_text()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"two words": "x"}, "cannot be the name of a variable"),
        ({"nested": {"a": 1}}, "nested"),
        ({"lines": "a\nb"}, "lines"),
        ({"zero": "a\0b"}, "zero"),
    ],
)
def test_env_refuses_what_it_cannot_hold(folder: Path, content: dict[str, Any], named: str) -> None:
    assert named in refusal(path=str(folder / "ci.env"), content=content, format="env")
    assert os.listdir(folder) == []


@pytest.mark.parametrize("character", ["\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\t", "'", '"', "\\", "#", "`", "~"])
def test_env_is_equal_again_for_every_value(folder: Path, character: str) -> None:
    path = folder / "ci.env"
    for value in (f"one{character}two", character, f" {character}"):
        assert run(path=str(path), content={"A": value}, format="env")["changed"] is True
        assert run(path=str(path), content={"A": value}, format="env")["changed"] is False
        script = f'. {path}; printf "%s" "$A"'
        shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True).stdout
        assert shown.decode() == value


def test_a_secret_that_stands_where_a_key_belongs_is_not_shown(folder: Path) -> None:
    run(path=str(folder / "ci.env"), content={SECRET: "client_secret"}, format="env")


def test_a_vault_of_the_play_encrypts_and_is_compared_by_its_content(folder: Path) -> None:
    path = folder / "ci.yaml"
    first = run(path=str(path), content=CONTENT, play_passwords={"default": "one"})
    assert first["encrypted"] is True
    sealed = path.read_bytes()
    assert SECRET.encode() not in sealed
    assert yaml.safe_load(VaultLib([("default", VaultSecret(b"one"))]).decrypt(sealed)) == CONTENT
    assert run(path=str(path), content=CONTENT, play_passwords={"default": "one"})["changed"] is False
    assert path.read_bytes() == sealed
    changed = run(path=str(path), content={**CONTENT, "region": "CA"}, play_passwords={"default": "one"})
    assert changed["changed"] is True
    assert path.read_bytes() != sealed


def test_the_configured_identity_is_the_one_to_encrypt_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pingone_credentials_file.C, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "prod", raising=False)
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT, play_passwords={"dev": "one", "prod": "two"})
    assert path.read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert "'prod'" in refusal(path=str(folder / "other"), content=CONTENT, play_passwords={"dev": "one"})


def test_a_password_of_the_task_wins_over_those_of_the_play(folder: Path) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT, vault_password="two", play_passwords={"default": "one"})
    assert VaultLib([("default", VaultSecret(b"two"))]).decrypt(path.read_bytes())
    message = refusal(path=str(path), content=CONTENT, play_passwords={"default": "one"})
    assert "does not have" in message
    assert str(path) in message


def test_never_writes_plain_text_in_place_of_an_encrypted_file(folder: Path) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT, vault_password="two")
    result = run(path=str(path), content=CONTENT, vault="never")
    assert (result["changed"], result["encrypted"]) == (True, False)
    assert yaml.safe_load(path.read_text()) == CONTENT


def test_encryption_that_is_missing_is_a_change(folder: Path) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT)
    result = run(path=str(path), content=CONTENT, play_passwords={"default": "one"})
    assert (result["changed"], result["encrypted"]) == (True, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"vault": "always"}, "no vault password"),
        ({"vault": "never", "vault_password": "x"}, "leave one of them out"),
        ({"vault_password": ""}, "vault_password is empty"),
        ({"format": "toml"}, "format"),
        ({"content": None}, "content"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_options_are_one_sentence_and_change_nothing(folder: Path, args: dict[str, Any], said: str) -> None:
    message = refusal(**{"path": str(folder / "new" / "ci.yaml"), "content": CONTENT, **args})
    assert said in message
    assert os.listdir(folder) == []


def test_check_mode_writes_nothing_and_tells_the_same(folder: Path) -> None:
    path = folder / "made" / "ci.yaml"
    dry = run(check_mode=True, path=str(path), content=CONTENT, vault_password="x")
    assert os.listdir(folder) == []
    assert run(path=str(path), content=CONTENT, vault_password="x") == dry
    before = path.read_bytes()
    assert run(check_mode=True, path=str(path), content={"a": 1}, vault_password="x")["changed"] is True
    assert run(check_mode=True, path=str(path), state="absent")["changed"] is True
    assert path.read_bytes() == before


def test_the_diff_says_that_it_does_not_show_the_content(folder: Path) -> None:
    path = folder / "ci.yaml"
    made = run(path=str(path), content=CONTENT)["diff"]
    assert made["before"] == {"state": "absent"}
    assert made["after"] == {"state": "present", "content": "(content not shown)", "encrypted": False, "mode": "0600"}
    changed = run(path=str(path), content={"client_secret": "another"})["diff"]
    assert changed["before"]["content"] == "(content not shown)"
    assert changed["after"]["content"] == "changed (content not shown)"


def test_a_file_that_others_may_read_is_made_private(folder: Path) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT)
    path.chmod(0o644)
    assert run(path=str(path), content=CONTENT)["changed"] is True
    assert mode(path) == 0o600


def test_the_mode_is_0600_under_any_umask(folder: Path) -> None:
    os.umask(0o277)
    run(path=str(folder / "ci.yaml"), content=CONTENT)
    assert mode(folder / "ci.yaml") == 0o600


def test_absent_removes_once(folder: Path) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT)
    gone = run(path=str(path), state="absent")
    assert (gone["changed"], gone["encrypted"], path.exists()) == (True, False, False)
    assert run(path=str(path), state="absent")["changed"] is False
    assert run(path=str(folder / "no" / "folder"), state="absent")["changed"] is False


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_symbolic_link_is_refused(folder: Path, state: str) -> None:
    (folder / "elsewhere").write_text("mine")
    (folder / "ci.yaml").symlink_to(folder / "elsewhere")
    assert "is a symbolic link" in refusal(path=str(folder / "ci.yaml"), content=CONTENT, state=state)
    assert (folder / "elsewhere").read_text() == "mine"
    assert (folder / "ci.yaml").is_symlink()


def test_a_folder_that_is_a_symbolic_link_is_refused(folder: Path) -> None:
    (folder / "real").mkdir(0o700)
    (folder / "link").symlink_to(folder / "real")
    assert "is a symbolic link" in refusal(path=str(folder / "link" / "ci.yaml"), content=CONTENT)
    assert os.listdir(folder / "real") == []


@pytest.mark.parametrize("rights", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused(folder: Path, rights: int) -> None:
    (folder / "open").mkdir()
    (folder / "open").chmod(rights)
    message = refusal(path=str(folder / "open" / "ci.yaml"), content=CONTENT)
    assert "others may write" in message
    assert os.listdir(folder / "open") == []


def test_a_way_on_which_all_may_write_is_refused(folder: Path) -> None:
    (folder / "open" / "mine").mkdir(parents=True)
    (folder / "open").chmod(0o777)
    assert f"others may write to {folder / 'open'}" in refusal(path=str(folder / "open/mine/ci.yaml"), content=CONTENT)
    (folder / "open").chmod(0o1777)
    assert run(path=str(folder / "open/mine/ci.yaml"), content=CONTENT)["changed"] is True


def test_what_is_no_file_is_refused(folder: Path) -> None:
    (folder / "ci.yaml").mkdir()
    assert "not a plain file" in refusal(path=str(folder / "ci.yaml"), content=CONTENT)


def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_file.os, "geteuid", lambda: 12345)
    os.chown(folder, 54321, -1) if os.getuid() == 0 else None
    assert "belongs to another user" in refusal(path=str(folder / "ci.yaml"), content=CONTENT)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "ci.yaml"
    run(path=str(path), content=CONTENT)
    before = path.read_bytes()

    def broken(*_args: Any, **_options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "rename", broken)
    assert "No space left on device" in refusal(path=str(path), content={"client_secret": SECRET, "new": 1})
    assert path.read_bytes() == before
    assert os.listdir(folder) == ["ci.yaml"]


def test_the_file_is_private_before_it_has_content(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    os.umask(0)
    original = os.fdopen

    def watched(descriptor: int, *args: Any) -> Any:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return original(descriptor, *args)

    monkeypatch.setattr(private_file.os, "fdopen", watched)
    run(path=str(folder / "ci.yaml"), content=CONTENT)
    assert seen == [0o600]


def test_a_relative_path_starts_at_the_playbooks_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert run(path="here/ci.yaml", content=CONTENT)["path"] == str(folder / "here" / "ci.yaml")


def test_in_a_collections_playbook_a_relative_path_starts_at_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    playbooks = str(folder / "ansible_collections" / "idops" / "pingone" / "playbooks")
    assert run(playbooks=playbooks, path="here/ci.yaml", content=CONTENT)["path"] == str(folder / "here" / "ci.yaml")


def test_nothing_is_written_into_the_collection_of_a_playbook(folder: Path) -> None:
    collection = folder / "ansible_collections" / "idops" / "pingone"
    path = collection / "playbooks" / "here" / "ci.yaml"
    assert refusal(playbooks=str(collection / "playbooks"), path=str(path), content=CONTENT) == (
        f"path {path} lies in the collection of the playbook, where the next installation removes it: "
        "name a folder of your own."
    )
    assert not collection.exists()


def test_what_the_system_refuses_is_told_of_the_path_that_was_asked_for() -> None:
    assert refusal(path="/proc/credentials.yaml", content=CONTENT) == (
        "/proc/credentials.yaml could not be read or written: No such file or directory."
    )


def test_a_path_with_a_nul_is_refused() -> None:
    assert refusal(path="/tmp/a\0b", content=CONTENT) == "path holds a NUL character, which no path can."


@pytest.mark.parametrize("path", ["", " "])
def test_an_empty_path_is_refused(path: str) -> None:
    assert refusal(path=path, content=CONTENT) == "path is empty: name the file that is to hold the credentials."


@pytest.mark.parametrize("option", ["format", "vault", "state"])
def test_a_secret_in_the_wrong_option_is_not_repeated(folder: Path, option: str) -> None:
    said = refusal(path=str(folder / "a"), content={"a": 1}, **{option: "Secret-in-the-wrong-place"})

    assert said.rstrip(".").endswith("got: a value of 25 characters that begins with 'Se'")
