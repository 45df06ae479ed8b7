# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks, run as a user runs them, against an emulator of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from plays import ansible_playbook

REVOKE = """
- name: Revoke a role between the runs
  idops.pingone.pingone_role_assignment:
    environment: quickstart-dev
    application: quickstart-ci
    roles:
      - role: Identity Data Admin
    state: absent
"""


def play(playbook: str, *arguments: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a playbook, whose emulator runs with this Python."""
    python = json.dumps({"emulator_python": sys.executable})
    return ansible_playbook(playbook, "-e", python, *arguments, home=home, environ=environ)


def report(output: str) -> list[str]:
    """Give the lines of the last list that a debug task showed."""
    shown = re.findall(r'"msg": (\[\n.*?\n    \])', output, flags=re.DOTALL)
    return [str(line) for line in json.loads(shown[-1])]


def changed(output: str) -> int:
    """Give the number of changed tasks of the recap."""
    return int(re.findall(r"changed=(\d+)", output)[-1])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the output of a quickstart, once: it takes a while."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("tmp")
    run = play("playbooks/quickstart.yml", home=home, TMPDIR=str(folder))
    assert run.returncode == 0, run.stdout + run.stderr
    assert os.listdir(folder) == []
    return run.stdout


def test_the_quickstart_tells_what_there_is(plain: str) -> None:
    text = "\n".join(report(plain))
    assert re.search(r"quickstart-dev +SANDBOX +NA +.*PING_ONE_MFA", text)
    assert re.search(r"quickstart-authorize +SANDBOX +NA +.*PING_ONE_AUTHORIZE", text)
    assert "quickstart-authorize-worker, CLIENT_SECRET_POST, enabled" in text
    assert len(re.findall(r"in environment quickstart-dev$", text, flags=re.MULTILINE)) == 2
    assert text.count("sees quickstart-dev and no other environment") == 1
    assert "requests to the emulator, 0 of them a write: it changed nothing" in text
    assert "the same, to the last member" in text


@pytest.mark.long
def test_the_quickstart_tells_what_the_second_run_had_to_repair(tmp_path: Path, plain: str) -> None:
    between = tmp_path / "revoke.yml"
    between.write_text(REVOKE)
    run = play(
        "playbooks/quickstart.yml",
        "-e",
        json.dumps({"quickstart_between": str(between), "quickstart_propagation": 2}),
        home=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    text = "\n".join(report(run.stdout))
    assert "1 of them a write:" in text
    assert re.search(r"POST /v1/environments/.*/roleAssignments", text)
    assert "NOT the same" in text
    # The revocation itself, and the role that gives the assignment back.
    assert changed(run.stdout) == changed(plain) + 2


@pytest.mark.long
def test_a_quickstart_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    no_type = json.dumps({"bootstrap_environments": [{"name": "no-type", "workers": []}]})
    run = play("playbooks/quickstart.yml", "-e", no_type, home=tmp_path, TMPDIR=str(folder))
    assert run.returncode != 0
    assert "type" in run.stdout + run.stderr
    assert os.listdir(folder) == []
