# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A play that is forked has what is its own, as one that is started; one with a configuration of its own is started."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from plays import run_ansible
from warm import fits

PLAY = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Tell",
                "ansible.builtin.debug": {
                    "msg": "{{ lookup('env', 'OF_ITS_OWN') }} in {{ lookup('pipe', 'pwd') }} {{ told }}"
                },
            },
            {"name": "Write", "ansible.builtin.copy": {"content": "x", "dest": "{{ playbook_dir }}/written"}},
            {"name": "Fail", "ansible.builtin.fail": {"msg": "on purpose"}, "when": "told == 'and fails'"},
        ],
    }
]


@pytest.mark.parametrize("configuration", [{}, {"ANSIBLE_NOCOLOR": "1"}], ids=["forked", "started"])
def test_a_play_has_its_own_arguments_variables_folder_and_end(tmp_path: Path, configuration: dict[str, str]) -> None:
    (tmp_path / "play.yml").write_text(json.dumps(PLAY))
    environ = {**os.environ, **configuration, "OF_ITS_OWN": "a variable"}
    assert fits(environ, tmp_path) is not bool(configuration)
    for told, code in (("and ends", 0), ("and fails", 2)):
        run = run_ansible(["play.yml", "-e", f"told='{told}'"], environ=environ, cwd=tmp_path)
        assert run.returncode == code, run.stdout + run.stderr
        assert f"a variable in {tmp_path} {told}" in run.stdout
        assert "[WARNING]: No inventory was parsed" in run.stderr
    assert (tmp_path / "written").read_text() == "x"


def test_a_folder_with_a_configuration_is_not_for_a_fork(tmp_path: Path) -> None:
    assert fits({}, tmp_path)
    (tmp_path / "ansible.cfg").touch()
    assert not fits({}, tmp_path)
