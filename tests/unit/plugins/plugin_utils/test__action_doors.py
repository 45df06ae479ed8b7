# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which door a task of a small module comes through, and what becomes of it on the way."""

from __future__ import annotations

import os
import sys

import pytest
from ansible_collections.idops.pingone.tests.unit.plugins.plugin_utils.toy_plays import (
    completed,
    outcomes,
    tasks_book,
)

IN_PROCESS = {
    "plain": {},
    "with_another_interpreter": {"vars": {"ansible_python_interpreter": "/nowhere/python"}},
}
AS_MODULES = {
    "on_demand": {"vars": {"pingone_in_process": False}},
    "on_a_templated_demand": {"vars": {"pingone_in_process": "{{ 1 > 2 }}"}},
    "elsewhere": {"vars": {"ansible_connection": "example.toy.elsewhere"}},
    "as_another_user": {"become": True, "become_method": "example.toy.pretend"},
    "as_another_user_by_variables": {"vars": {"ansible_become": True, "ansible_become_method": "example.toy.pretend"}},
    # Ansible's wrapper for it takes no interpreter with a space or a quote in its path, as a checkout may have.
    "asynchronous": {"async": 30, "poll": 1, "vars": {"ansible_python_interpreter": os.path.realpath(sys.executable)}},
}
# Tasks that ansible-core refuses on the way to a module: how its message begins, and the error.
REFUSED = {
    "undefined_switch": (
        {"vars": {"pingone_in_process": "{{ undefined_variable }}"}},
        "pingone_in_process: 'undefined_variable' is undefined",
        {"kind": "option", "option": "pingone_in_process"},
    ),
    # Its files cannot be handed over to a user that does not exist.
    "unknown_user": (
        {
            "vars": {"ansible_become_method": "example.toy.pretend", "ansible_become_user": "nobody-there"},
            "become": True,
        },
        "Failed to ",
        {"kind": "unavailable"},
    ),
}
OTHERS = {
    "without_python": {"vars": {"ansible_python_interpreter": "/nowhere/python", "pingone_in_process": False}},
    "with_an_environment": {
        "example.toy.echo": {"variable": "PINGONE_CLIENT_ID"},
        "environment": {"PINGONE_CLIENT_ID": "example", "PINGONE_CLIENT_SECRET": ""},
        "vars": {"pingone_in_process": False},
    },
    "loop": {"example.toy.echo": {"listed": True}, "loop": [1, 2]},
    "repeated": {
        "example.toy.echo": {"listed": True},
        "until": "repeated.attempts | default(1) > 1",
        "delay": 0,
    },
    "timed_out": {"example.toy.echo": {"seconds": 60}, "timeout": 1},
}
NOWHERE = {"vars": {"ansible_connection": "example.toy.nowhere"}}


@pytest.fixture(scope="module")
def echoed(tmp_path_factory):
    """Give what came of each of these tasks."""
    refused = {name: task for name, (task, _message, _error) in REFUSED.items()}
    tasks = {**IN_PROCESS, **AS_MODULES, **refused, **OTHERS}
    return outcomes(tmp_path_factory.mktemp("echoed"), {"localhost": tasks})


@pytest.fixture(scope="module")
def results(echoed):
    return echoed.results


@pytest.mark.parametrize("name", IN_PROCESS)
def test_the_door_is_in_process_when_nothing_stands_against_it(results, name):
    assert results[name]["door"] == "in-process"


@pytest.mark.parametrize("name", AS_MODULES)
def test_the_door_is_a_module_where_it_must_be(results, name):
    assert results[name]["door"] == "module"


def test_the_controllers_environment_can_choose_the_module(tmp_path):
    for chosen, task, door in (
        ("0", {}, "module"),
        ("1", {"environment": {"PINGONE_IN_PROCESS": "0"}}, "in-process"),
    ):
        (tmp_path / chosen).mkdir()
        told = outcomes(tmp_path / chosen, {"localhost": {"chosen": task}}, PINGONE_IN_PROCESS=chosen)
        assert told.results["chosen"]["door"] == door


def test_a_controller_without_requests_uses_the_module(tmp_path):
    (tmp_path / "requests.py").write_text("raise ImportError('not here')")
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    told = outcomes(tmp_path, {"localhost": {"plain": {}}}, PYTHONPATH=path)
    assert told.results["plain"]["door"] == "module"


def test_a_module_that_did_not_get_far_fails_as_data_too(results):
    result = results["without_python"]
    assert (result["failed"], result["error"]) == (True, {"kind": "unavailable"})


@pytest.mark.parametrize("name", REFUSED)
def test_what_ansible_core_refuses_on_the_way_to_a_module_is_data_too(results, name):
    _task, message, error = REFUSED[name]
    assert (results[name]["failed"], results[name]["error"]) == (True, error)
    assert results[name]["msg"].startswith(message)
    assert "\\n" not in results[name]["msg"]


def test_an_environment_without_a_secret_reaches_the_module(results):
    result = results["with_an_environment"]
    assert (result["door"], result["variable"]) == ("module", "example")


def test_the_items_of_a_loop_share_what_was_listed(results):
    assert [item["remembered"] for item in results["loop"]["results"]] == [False, True]


def test_an_attempt_that_is_repeated_lists_again(results):
    assert (results["repeated"]["attempts"], results["repeated"]["remembered"]) == (2, False)


def test_a_tasks_timeout_ends_it(echoed):
    assert echoed.results["timed_out"]["failed"] is True
    assert "Timed out after 1 second" in echoed.results["timed_out"]["msg"]
    assert "Unexpected" not in echoed.shown


@pytest.mark.parametrize(("task", "arguments", "told"), [({}, ("-v",), True), ({"no_log": True}, ("-vvvv",), False)])
def test_progress_is_told_on_stderr_when_asked_for(tmp_path, task, arguments, told):
    book = tasks_book(tmp_path, [{"example.toy.echo": {}, **task}])
    done = completed(tmp_path, book, *arguments)
    assert done.returncode == 0, done.stdout
    assert ("halfway" in done.stderr) is told
    assert "halfway" not in done.stdout


def test_progress_is_not_told_when_it_is_not_asked_for(echoed):
    assert "halfway" not in echoed.shown


@pytest.fixture(scope="module")
def unreached(tmp_path_factory):
    """Give what came of tasks for hosts that are not reached."""
    here = {"here": NOWHERE, "delegated": {**NOWHERE, "delegate_to": "127.0.0.1"}}
    plays = {"localhost": here, "other": {"there": NOWHERE}}
    return outcomes(tmp_path_factory.mktemp("unreached"), plays, "-i", "localhost,127.0.0.1,other,").results


@pytest.mark.parametrize(("name", "host"), [("here", "localhost"), ("delegated", "127.0.0.1")])
def test_a_host_that_is_this_machine_and_is_not_reached_is_told_how(unreached, name, host):
    assert unreached[name]["unreachable"] is True
    advice = f"There is no way there; {host} is reached by example.toy.nowhere, so set connection: local."
    assert advice in unreached[name]["msg"]


def test_another_host_that_is_not_reached_is_told_as_ansible_core_does(unreached):
    assert unreached["there"]["unreachable"] is True
    assert "There is no way there." in unreached["there"]["msg"]
    assert "connection: local" not in unreached["there"]["msg"]
