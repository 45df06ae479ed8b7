# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""All tasks of one run of Ansible know the same file of predictions, by plays of a small module; no other run does."""

from __future__ import annotations

import json
import re
from pathlib import Path

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
    # Nothing was predicted, and what a module here predicts is known.
    assert not Path(named[0]).exists()


def test_real_tasks_are_told_of_no_predictions_and_all_but_those_elsewhere_of_one_file_of_readings(tmp_path):
    asks = {"example.toy.echo": {"variable": readings.VARIABLE}}
    elsewhere = {"vars": {**AS_MODULE, "ansible_connection": "example.toy.elsewhere"}}
    tasks = ({}, {"check_mode": True}, asks, {**asks, "check_mode": True}, {**asks, **elsewhere})
    predicting, predicting_dry, reading, reading_dry, reading_away = variables(tmp_path, [walk(*tasks, hosts="a")])
    assert predicting is None
    assert predicting_dry.endswith(".predictions")
    assert reading.endswith(".readings")
    assert (reading_dry, reading_away) == (reading, None)


def test_what_a_module_elsewhere_predicts_is_marked_as_not_known_in_the_file_of_its_run_alone(tmp_path):
    files = set()
    for task in (
        {"vars": {**AS_MODULE, "ansible_connection": "example.toy.elsewhere"}},
        {"become": True, "become_method": "example.toy.pretend"},
    ):
        here, away = variables(tmp_path, [walk({}, task, hosts="a")], "--check")
        assert away is None
        assert here not in files
        assert json.loads(Path(here).read_text()) == {"unknown": True}
        files.add(here)
