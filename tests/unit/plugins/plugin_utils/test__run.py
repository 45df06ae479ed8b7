# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""All tasks of one run of Ansible know the same file of predictions, by plays of a small module; no other run does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._core import readings
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import VARIABLE
from ansible_collections.idops.pingone.tests.unit.plugins.plugin_utils.toy_plays import completed

AS_MODULE = {"pingone_in_process": False}
SAYS = {"example.toy.echo": {"variable": VARIABLE}}
SHOWN = re.compile(r'"variable": (null|"[^"]*")')


def walk(*tasks, **keywords):
    """Return a play of echo tasks that run as modules."""
    steps = [{**SAYS, **task} for task in tasks]
    return {"hosts": "all", "connection": "local", "gather_facts": False, "vars": AS_MODULE, "tasks": steps, **keywords}


def variables(folder, plays, *arguments):
    """Run plays on two hosts; return what the variable held in each task and item, in the order in which they ended."""
    book = folder / "book.yml"
    book.write_text(json.dumps(plays))
    done = completed(folder, book, "-i", "a,b", "-v", *arguments, XDG_RUNTIME_DIR=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(value) for value in SHOWN.findall(done.stdout)]


# Its action plugin is loaded by the workers alone.
TEMPLATED = {
    **walk({"action": {"module": "{{ name_of_module }}", "variable": VARIABLE}}, strategy="ansible.builtin.free"),
    "vars": {**AS_MODULE, "name_of_module": "example.toy.echo"},
}
PLAYS = [
    TEMPLATED,
    walk({"loop": [1, 2]}, serial=1),
    walk({}, strategy="ansible.builtin.free"),
]
del PLAYS[0]["tasks"][0]["example.toy.echo"]


def test_plays_loops_forks_and_strategies_share_one_file(tmp_path):
    named = variables(tmp_path, PLAYS, "--check")
    assert len(named) == 2 + 4 + 2
    assert len(set(named)) == 1
    assert Path(named[0]).parent.name == "idops.pingone"


def test_two_runs_have_two_files_and_a_module_here_marks_nothing_as_not_known(tmp_path):
    (one,), (other,) = (variables(tmp_path, [walk({}, hosts="a")], "--check") for _run in range(2))
    assert one != other
    assert not Path(one).exists()


def test_a_real_task_is_told_of_no_file_and_one_in_check_mode_is(tmp_path):
    real, dry = variables(tmp_path, [walk({}, {"check_mode": True}, hosts="a")])
    assert real is None
    assert dry.endswith(".predictions")


def test_real_tasks_and_dry_ones_are_told_of_one_file_of_readings_and_tasks_elsewhere_are_not(tmp_path):
    asks = {"example.toy.echo": {"variable": readings.VARIABLE}}
    elsewhere = {"vars": {**AS_MODULE, "ansible_connection": "example.toy.elsewhere"}}
    real, dry, away = variables(tmp_path, [walk(asks, {**asks, "check_mode": True}, {**asks, **elsewhere}, hosts="a")])
    assert real.endswith(".readings")
    assert (dry, away) == (real, None)


@pytest.mark.parametrize(
    "task",
    [
        {"vars": {**AS_MODULE, "ansible_connection": "example.toy.elsewhere"}},
        {"become": True, "become_method": "example.toy.pretend"},
    ],
    ids=["elsewhere", "become"],
)
def test_what_a_module_elsewhere_predicts_is_marked_as_not_known(tmp_path, task):
    here, away = variables(tmp_path, [walk({}, task, hosts="a")], "--check")
    assert away is None
    assert json.loads(Path(here).read_text()) == {"unknown": True}
