# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action `pingone_credentials_file`, through its `run`, with real files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.plugins.action import pingone_credentials_file
from ansible_collections.idops.pingone.plugins.module_utils._client import private_file
from ansible_collections.idops.pingone.plugins.plugin_utils import _folder, _vaulted_file
from hypothesis import given, settings
from hypothesis import strategies as st

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


values = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])) | st.booleans() | st.integers()


@settings(max_examples=60)
@given(content=st.dictionaries(st.from_regex("[A-Za-z_][A-Za-z0-9_]*", fullmatch=True), values, min_size=1))
def test_env_changes_nothing_in_a_second_run_whatever_it_holds(content: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for changed in (True, False):
            assert run(path=f"{folder}/ci.env", content=content, format="env")["changed"] is changed


CONNECTION = {"region": "EU", "auth_environment_id": "e", "client_id": "c", "client_secret": SECRET, "team": "blue"}


def test_env_names_the_connection_as_the_modules_read_it(folder: Path) -> None:
    path = folder / "ci.env"
    run(path=str(path), content=CONNECTION, format="env")
    assert path.read_text() == (
        "PINGONE_REGION_CODE=EU\nPINGONE_ENVIRONMENT_ID=e\nPINGONE_CLIENT_ID=c\n"
        f"PINGONE_CLIENT_SECRET={SECRET}\nteam=blue\n"
    )
    assert run(path=str(path), content=CONNECTION, format="env", env_names="as_given")["changed"] is True
    assert path.read_text().startswith("region=EU\nauth_environment_id=e\n")
    assert run(path=str(path), content=CONNECTION, format="env", env_names="as_given")["changed"] is False


def test_env_refuses_an_option_of_the_connection_beside_its_variable(folder: Path) -> None:
    both = {"client_id": "c", "PINGONE_CLIENT_ID": "d"}
    assert refusal(path=str(folder / "ci.env"), content=both, format="env") == (
        "content holds PINGONE_CLIENT_ID and the option of the connection that it stands for; leave one out."
    )
    assert run(path=str(folder / "ci.env"), content=both, format="env", env_names="as_given")["changed"] is True


@pytest.mark.parametrize("format", ["json", "env"])
def test_half_of_a_character_is_refused(folder: Path, format: str) -> None:
    said = refusal(path=str(folder / "ci"), content={"a": "\udc80"}, format=format)
    assert said == "content holds half of a character, which no text file can."


def test_only_what_is_secret_is_registered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: set[str] = set()
    monkeypatch.setattr(pingone_credentials_file, "register_secrets", registered.update)
    content = {
        **CONNECTION,
        "client_auth_method": "client_secret_post",
        "token_endpoint_auth_method": "CLIENT_SECRET_POST",
        "PINGONE_API_ACCESS_TOKEN": "secret-of-a-variable",
        "vault": {"password": "secret-within", "keys": ["not a secret"], "secrets": [{"value": "secret-below"}]},
        "pin_token": "short",
    }
    run(path=str(folder / "ci.yaml"), content=content)
    assert registered == {SECRET, "secret-of-a-variable", "secret-within", "secret-below"}


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
    monkeypatch.setattr(_vaulted_file.C, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "prod", raising=False)
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


@pytest.mark.parametrize("sticky", [0, 0o1000])
def test_a_way_through_a_folder_of_another_user_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sticky: int
) -> None:
    (folder / "theirs" / "mine").mkdir(parents=True)
    (folder / "theirs").chmod(0o755 | sticky)
    status = os.stat(folder / "theirs")
    path = str(folder / "theirs/mine/ci.yaml")
    assert run(check_mode=True, path=path, content=CONTENT)["changed"] is True
    stat_of = os.stat

    def another(path: Any, **options: Any) -> Any:
        found = stat_of(path, **options)
        return os.stat_result((*found[:4], 54321, *found[5:])) if found.st_ino == status.st_ino else found

    monkeypatch.setattr(_folder.os, "stat", another)
    assert refusal(path=path, content=CONTENT) == (
        f"{folder / 'theirs'}, on the way to the file, belongs to another user; use a way of your own."
    )


@pytest.mark.parametrize("by", ["name", "link"])
def test_a_way_on_which_a_group_may_write_is_refused_unless_it_is_the_user_s_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    (folder / "shared" / "mine").mkdir(parents=True)
    (folder / "mine").symlink_to(folder / "shared" / "mine")
    way = {"name": folder / "shared" / "mine", "link": folder / "mine"}[by]
    path = str(way / "made" / "ci.yaml")
    group = {"members": [], "name": "me"}
    if os.getuid() == 0:  # whose folders are the system's
        monkeypatch.setattr(_folder.os, "geteuid", lambda: 12345)
        for part in [folder, *folder.rglob("*")]:
            os.chown(part, 12345, 12345, follow_symlinks=False)
    (folder / "shared").chmod(0o770)
    user = SimpleNamespace(pw_name="me", pw_gid=os.stat(folder / "shared").st_gid)
    monkeypatch.setattr(_folder.pwd, "getpwuid", lambda _uid: user)
    monkeypatch.setattr(
        _folder.grp, "getgrgid", lambda _gid: SimpleNamespace(gr_name=group["name"], gr_mem=group["members"])
    )
    assert run(check_mode=True, path=path, content=CONTENT)["changed"] is True
    for changed in ({"members": ["me", "you"]}, {"members": [], "name": "users"}):
        group.update(changed)
        assert f"others may write to {folder / 'shared'}, on the way" in refusal(path=path, content=CONTENT)
    (folder / "shared").chmod(0o1770)
    assert run(check_mode=True, path=path, content=CONTENT)["changed"] is True


def test_what_a_killed_run_left_is_removed_by_a_later_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "ci.yaml"
    left = folder / f".ci.yaml.{'0a' * 8}"
    kept = [f".ci.yaml.{'0A' * 8}", f".ci.yml.{'0a' * 8}", f".ci.yaml.{'0a' * 8}.bak", f"ci.yaml.{'0a' * 8}"]
    for name in [left.name, *kept]:
        (folder / name).write_text(SECRET)
        os.utime(folder / name, (0, 0))
    young = folder / f".ci.yaml.{'1b' * 8}"
    young.write_text(SECRET)
    link = folder / f".ci.yaml.{'2c' * 8}"
    link.symlink_to(folder / "elsewhere")
    os.utime(link, (0, 0), follow_symlinks=False)
    run(check_mode=True, path=str(path), content=CONTENT)
    assert left.exists()
    run(path=str(path), content=CONTENT)
    assert sorted(os.listdir(folder)) == sorted([path.name, *kept, young.name, link.name])
    os.utime(young, (0, 0))
    assert run(path=str(path), content=CONTENT)["changed"] is False
    assert not young.exists()


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
