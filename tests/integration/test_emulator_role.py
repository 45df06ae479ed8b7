# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role emulator: where it runs, which Python it takes, and what a second start does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import typing as t
import zipfile
from pathlib import Path

import pytest
from plays import ROOT, ansible_playbook

START = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: idops.pingone.emulator}
    - ansible.builtin.debug: {msg: "client={{ emulator_ready.client_id }} python={{ emulator_interpreter }}"}
"""
STOP = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: idops.pingone.emulator}
      vars: {emulator_state: stopped}
"""
ON_HOSTS_ELSEWHERE = """
- hosts: all
  gather_facts: false
  become: true
  tasks:
    - ansible.builtin.include_role:
        name: idops.pingone.emulator

    - ansible.builtin.uri:
        url: "{{ emulator_ready.api_url | dirname }}/_emulator/requests"
      delegate_to: localhost
      become: false

    - ansible.builtin.include_role:
        name: idops.pingone.emulator
      vars:
        emulator_state: stopped
"""


class Controller:
    """A user's machine: a home, a folder for temporary files, and the Python that the role is told to take."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tmp = folder / "tmp"
        self.tmp.mkdir()

    def run(self, text: str, *arguments: str, **variables: t.Any) -> subprocess.CompletedProcess[str]:
        """Run the text as a playbook; its emulator runs with this Python unless the variables say otherwise."""
        playbook = self.folder / "play.yml"
        playbook.write_text(text)
        given = json.dumps(variables)
        # Without an index, so that nothing waits for a network that tests do not use.
        environ = {"TMPDIR": str(self.tmp), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
        return ansible_playbook(playbook, "-e", given, *arguments, home=self.folder, environ=environ)


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a Python that has no package at all."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin/python")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of wheels with the names of what is required; one leads to the real packages of this Python."""
    folder = tmp_path_factory.mktemp("wheels")
    required = [ROOT / "roles/emulator/files/requirements.txt", ROOT / "meta/ee-requirements.txt"]
    for name in {found for path in required for found in re.findall(r"^([\w-]+)>=", path.read_text(), re.MULTILINE)}:
        stem = f"{name.replace('-', '_')}-99.0"
        with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 99.0\n")
            wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n")
            wheel.writestr(f"{stem}.dist-info/RECORD", "")
            if name == "fastapi":
                wheel.writestr("of_the_tests.pth", sysconfig.get_path("purelib") + "\n")
    return folder


def shown(run: subprocess.CompletedProcess[str], name: str) -> list[str]:
    """Give the values that debug tasks showed of a name."""
    assert run.returncode == 0, run.stdout + run.stderr
    # A path may hold spaces, so a value ends where the next name begins.
    return re.findall(rf'{name}=(.+?)(?: \w+=|")', run.stdout)


def changed(run: subprocess.CompletedProcess[str]) -> int:
    return int(re.findall(r"changed=(\d+)", run.stdout)[-1])


def test_it_runs_on_the_controller_whatever_the_hosts_of_the_play(controller: Controller) -> None:
    # An address for documentation (RFC 5737), which nothing can answer at; and a sudo that does not exist.
    unreachable = {"ansible_host": "192.0.2.1", "ansible_become_exe": "/nowhere/sudo"}
    run = controller.run(ON_HOSTS_ELSEWHERE, "-i", "web.example.com,", **unreachable)
    assert run.returncode == 0, run.stdout + run.stderr
    assert os.listdir(controller.tmp) == []


def test_variables_that_are_null_are_refused(controller: Controller) -> None:
    run = controller.run(START, emulator_venv=None, emulator_python=None)
    assert run.returncode == 2
    assert "emulator_python, emulator_venv must not be null; leave it out, or give it a value." in run.stdout


def test_a_second_start_gives_the_same_emulator(controller: Controller) -> None:
    again = controller.run(START + START + STOP + STOP)
    first, second = shown(again, "client")
    assert (first == second, changed(again)) == (True, 0)
    assert os.listdir(controller.tmp) == []


def test_a_start_in_a_later_run_gives_the_same_emulator(controller: Controller) -> None:
    folder, venv = controller.folder / "kept", controller.folder / "venv"
    folder.mkdir()
    first = controller.run(START, emulator_folder=str(folder))
    # This Python has the packages, so no virtual environment is made.
    second = controller.run(START + STOP, emulator_folder=str(folder), emulator_venv=str(venv))
    assert shown(first, "client") == shown(second, "client")
    assert shown(second, "python") == [sys.executable]
    assert changed(first) == changed(second) == 0
    assert (os.listdir(folder), venv.exists()) == ([], False)


@pytest.mark.long
def test_a_virtual_environment_is_made_once_from_a_folder_of_wheels(
    controller: Controller, bare_python: str, wheels: Path
) -> None:
    venv = controller.folder / "a folder" / "venv"
    variables = {"emulator_python": bare_python, "emulator_venv": str(venv)}
    first = controller.run(START + STOP, "--check", emulator_wheels=str(wheels), **variables)
    again = controller.run(START + STOP, **variables)
    assert (len(shown(first, "client")), changed(first)) == (1, 1)
    assert f"python={venv / 'bin/python'}" in again.stdout
    assert changed(again) == 0
    assert os.listdir(controller.tmp) == []


@pytest.mark.long
def test_a_start_that_fails_says_why(controller: Controller, bare_python: str, wheels: Path, tmp_path: Path) -> None:
    broken, empty = tmp_path / "broken", tmp_path / "empty"
    empty.mkdir()
    (broken / "bin").mkdir(parents=True)
    for name in ("python", "python3"):
        (broken / "bin" / name).symlink_to("/nowhere/python")
    bare = {"emulator_python": bare_python}
    cases: dict[str, dict[str, t.Any]] = {
        "error: unrecognized arguments: --nonsense": {"emulator_arguments": ["--nonsense"]},
        f"{bare_python} lacks fastapi>=": bare,
        "/usr/bin/nopython does not run. Install the packages, name": {"emulator_python": "/usr/bin/nopython"},
        "The virtual environment /dev/null could not be made with ": {**bare, "emulator_venv": "/dev/null"},
        f"{broken}: its Python does not run; remove the folder.": {
            **bare,
            "emulator_venv": str(broken),
            "emulator_wheels": str(wheels),
        },
        "No matching distribution found for fastapi": {
            **bare,
            "emulator_venv": str(tmp_path / "venv"),
            "emulator_wheels": str(empty),
        },
    }
    attempts = [
        {
            "vars": variables,
            "block": [{"ansible.builtin.include_role": {"name": "idops.pingone.emulator"}}],
            "rescue": [{"ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
        }
        for variables in cases.values()
    ]
    run = controller.run(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": attempts}]))
    assert run.returncode == 0, run.stdout + run.stderr
    sentences = re.findall(r'^    "msg": (".*")$', run.stdout, re.MULTILINE)
    assert len(sentences) == len(cases)
    for text, sentence in zip(cases, sentences, strict=True):
        assert text in json.loads(sentence)
    # What is for the modules alone is not what the emulator lacks; and an empty folder is told with the way to fill it.
    assert "cryptography" not in sentences[1]
    assert "python -m pip download --dest FOLDER -r /" in sentences[-1]
    assert os.listdir(controller.tmp) == []
