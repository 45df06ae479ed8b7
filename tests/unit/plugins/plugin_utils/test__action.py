# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors, by real plays of a small module that calls no service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.plugins.module_utils._core import task

HERE = Path(__file__).parent
COLLECTIONS = f"{HERE / 'collections'}:{Path(task.__file__).parents[6]}"
CANARY = "canary-9f2c4e"
PART, WHOLE = "********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


ELSEWHERE = {"vars": {"ansible_connection": "example.toy.elsewhere"}}
NOWHERE = {"vars": {"ansible_connection": "example.toy.nowhere"}}


def completed(folder, book, *arguments, door=None, **environ):
    """Run a playbook; return its exit code and what it printed."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "PINGONE_", "PYTHON")) or name == "PYTHONPATH"
    }
    variables |= {
        "HOME": str(folder),
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
        "ANSIBLE_NOCOLOR": "1",
        "JUNIT_OUTPUT_DIR": str(folder / "junit"),
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "TOY_OUTER": "outer",
        **environ,
    }
    if door:
        arguments += ("-e", json.dumps({"pingone_in_process": door == "in-process"}))
    # Not by the command's path: ansible-test has the commands in another folder than the interpreter.
    command = [sys.executable, "-m", "ansible.cli.playbook", str(book), *arguments]
    return subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def play(folder, book, *arguments, door=None, **environ):
    """Run a playbook; return its exit code and everything that it printed or logged."""
    done = completed(folder, book, *arguments, door=door, **environ)
    log = folder / "ansible.log"
    shown = [done.stdout, done.stderr, log.read_text() if log.exists() else ""]
    shown += [file.read_text() for file in sorted((folder / "junit").rglob("*.xml"))]
    return done.returncode, "\n".join(shown)


def tasks_book(folder, tasks, hosts="localhost"):
    """Write a playbook of some tasks; return its path."""
    book = folder / "book.yml"
    play_of_tasks = [{"hosts": hosts, "connection": "local", "gather_facts": False, "tasks": tasks}]
    book.write_text(json.dumps(play_of_tasks))
    return book


def echoed(folder, task, *arguments, **environ):
    """Run one echo task; return its result."""
    kept = folder / "echoed.json"
    tasks = [
        {"example.toy.echo": {}, "register": "echoed", **task},
        {"ansible.builtin.copy": {"content": "{{ echoed | to_json }}", "dest": str(kept)}, "become": False},
    ]
    code, shown = play(folder, tasks_book(folder, tasks), *arguments, **environ)
    assert code == 0, shown
    return json.loads(kept.read_text())


def door_of(folder, task, *arguments, **environ):
    """Run one echo task; return the door that it came through."""
    return echoed(folder, task, *arguments, **environ)["door"]


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """The results of doors.yml through each door, and what was printed at the same time."""
    walks = {}
    encrypted = VaultLib([("default", VaultSecret(b"vault"))]).encrypt("from the vault").decode().split("\n", 1)[1]
    for door in ("in-process", "module"):
        folder = tmp_path_factory.mktemp(door)
        text = (HERE / "doors.yml").read_text()
        for line in [line for line in text.splitlines() if line.strip() == "VAULTED"]:
            text = text.replace(line, "\n".join(line.replace("VAULTED", part) for part in encrypted.split()), 1)
        (folder / "doors.yml").write_text(text)
        (folder / "password").write_text("vault")
        kept = folder / "kept.json"
        (folder / "variables.json").write_text(json.dumps({"canary": CANARY, "kept": str(kept)}))
        code, shown = play(
            folder, folder / "doors.yml", "-e", f"@{folder / 'variables.json'}", "--vault-password-file",
            str(folder / "password"), "-vvvv", "--diff", door=door,
        )  # fmt: skip
        assert code == 0, shown
        walks[door] = (json.loads(kept.read_text()), shown)
    return walks


@pytest.fixture(scope="module")
def results(walks):
    return walks["in-process"][0]


def compared(value):
    """Return a result without what may be in those of one door only."""
    if isinstance(value, dict):
        alike = {
            name: compared(item) for name, item in value.items() if name not in ("ansible_facts", "ansible_parsed")
        }
        if "door" in alike:
            alike["door"] = "a door"
        return alike
    return [compared(item) for item in value] if isinstance(value, list) else value


def test_both_doors_give_the_same_results(walks):
    in_process, module = walks["in-process"][0], walks["module"][0]
    assert (in_process["values"]["door"], module["values"]["door"]) == ("in-process", "module")
    for name, result in in_process.items():
        assert compared(result) == compared(module[name]), name


def test_values_arrive_as_the_argument_spec_says(results):
    values = results["values"]
    assert (values["number"], values["flag"]) == (7, True)
    assert values["anything"]["date"] == "2026-11-02"
    assert values["anything"]["list"] == [1, 1.5, None, True]
    assert values["parts"] == [{"name": "one"}, {"name": "2"}]


def test_vaulted_values_arrive_decrypted_and_leave_redacted_when_they_are_no_log_too(results):
    vaulted = results["vaulted_values"]
    assert vaulted["text"] == WHOLE
    assert vaulted["anything"] == [WHOLE, {"inner": WHOLE}]


def test_no_given_secret_leaves(results):
    warned = results["warned"]
    assert warned["text"] == f"holds {PART}"
    assert warned["anything"] == {"key": WHOLE}
    assert warned["warnings"] == [f"careful, {PART}"]
    assert warned["diff"]["before"] == {"password": WHOLE}


def test_a_short_secret_leaves_no_message_and_spoils_no_value(results):
    assert (results["word"]["text"], results["word"]["anything"]) == ("dev box", {"dev": ["dev"]})
    assert results["word"]["warnings"] == [f"it is {PART}"]
    assert results["word_told"]["msg"] == f"it is {PART}"


def test_a_tasks_environment_is_there_for_the_length_of_the_call(results):
    assert [item["variable"] for item in results["environments"]["results"]] == ["5", None, "5"]
    assert [item["variable"] for item in results["restored"]["results"]] == ["inner", "outer"]


def test_a_secret_is_returned_only_when_asked_for(results):
    generated = CANARY[::-1]
    assert "secret" not in results["unasked"]
    assert results["unasked"]["elsewhere"] == [f"it is {PART}"]
    assert results["unasked"]["warnings"] == [f"generated {PART}"]
    assert results["secret"]["secret"] == generated
    assert results["secret"]["elsewhere"] == [f"it is {PART}"]
    assert [item["secret"] for item in results["secrets"]["results"]] == ["1" + generated, "2" + generated]


def test_an_attempt_that_is_repeated_leaves_no_secret_and_gives_it_back(results):
    assert results["retried"]["attempts"] == 2
    assert results["retried"]["secret"] == CANARY[::-1]


def test_a_given_secret_is_not_returned(results):
    assert results["given"]["failed"] is True
    assert results["given"]["msg"].startswith("secret cannot be returned")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (0, f"no {PART} here"),
        (
            1,
            f"Unexpected RuntimeError: no {PART} here. This is a defect of the collection idops.pingone; please report",
        ),
        (2, f"value of fails must be one of: expected, unexpected, got: {PART}"),
        (3, "argument 'seconds' is of type"),
        (4, "parameters are mutually exclusive: text|number"),
        (5, "argument 'number' is of type"),
        (6, "example.toy.echo has no option unknown; 'ansible-doc example.toy.echo' lists those it has."),
        (7, "example.toy.echo has no option parts[0].unknown; 'ansible-doc example.toy.echo' lists those it has."),
        (8, "missing required arguments: name found in parts"),
        (9, "parts must be a list of dictionaries."),
        (10, "parts must be a list of dictionaries."),
        (11, "parts must be a list of dictionaries."),
    ],
)
def test_a_failure_is_one_sentence(results, case, message):
    failure = results["failures"]["results"][case]
    assert failure["failed"] is True
    assert failure["msg"].startswith(message)


@pytest.mark.parametrize(
    ("case", "error"),
    [
        (0, {"kind": "option", "option": "fails"}),
        (1, {"kind": "defect"}),
        (2, {"kind": "option", "option": "fails"}),
        (3, {"kind": "option", "option": "seconds"}),
        (4, {"kind": "option"}),
        (6, {"kind": "option", "option": "unknown"}),
        (7, {"kind": "option", "option": "parts[0].unknown"}),
        (8, {"kind": "option", "option": "parts.name"}),
        (9, {"kind": "option", "option": "parts"}),
    ],
)
def test_a_failure_is_data_too(results, case, error):
    assert results["failures"]["results"][case]["error"] == error


def test_a_module_that_did_not_get_far_fails_as_data_too(tmp_path):
    interpreter = {"ansible_python_interpreter": "/nowhere/python", "pingone_in_process": False}
    result = echoed(tmp_path, {"vars": interpreter, "ignore_errors": True})
    assert (result["failed"], result["error"]) == (True, {"kind": "unavailable"})


@pytest.mark.parametrize(
    ("variables", "message", "error"),
    [
        (
            {"pingone_in_process": "{{ undefined_variable }}"},
            "pingone_in_process: 'undefined_variable' is undefined",
            {"kind": "option", "option": "pingone_in_process"},
        ),
        # Its files cannot be handed over to a user that does not exist.
        (
            {"ansible_become_method": "example.toy.pretend", "ansible_become_user": "nobody-there"},
            "Failed to ",
            {"kind": "unavailable"},
        ),
    ],
)
def test_what_ansible_core_refuses_on_the_way_to_a_module_is_data_too(tmp_path, variables, message, error):
    task = {"vars": variables, "become": "ansible_become_method" in variables, "ignore_errors": True}
    result = echoed(tmp_path, task)
    assert (result["failed"], result["error"]) == (True, error)
    assert result["msg"].startswith(message)
    assert "\\n" not in result["msg"]


def test_check_mode_is_told(results):
    assert (results["checked"]["check_mode"], results["values"]["check_mode"]) == (True, False)


@pytest.mark.parametrize("door", ["in-process", "module"])
def test_nothing_that_was_printed_or_logged_holds_a_secret(walks, door):
    shown = walks[door][1]
    assert "Secrets of a loop" in shown
    assert "testsuite" in shown
    assert CANARY not in shown
    assert CANARY[::-1] not in shown


def test_the_search_finds_a_task_that_leaks(tmp_path):
    book = tasks_book(tmp_path, [{"ansible.builtin.debug": {"msg": CANARY[::-1]}}])
    assert CANARY[::-1] in play(tmp_path, book)[1]


def test_progress_is_shown_in_process_only(walks):
    assert f"halfway, with {PART}" in walks["in-process"][1] or f"halfway, with {WHOLE}" in walks["in-process"][1]
    assert "halfway" not in walks["module"][1]


@pytest.mark.parametrize(
    ("task", "arguments", "told"), [({}, ("-v",), True), ({}, (), False), ({"no_log": True}, ("-vvvv",), False)]
)
def test_progress_is_told_on_stderr_when_asked_for(tmp_path, task, arguments, told):
    book = tasks_book(tmp_path, [{"example.toy.echo": {}, **task}])
    done = completed(tmp_path, book, *arguments)
    assert done.returncode == 0, done.stdout
    assert ("halfway" in done.stderr) is told
    assert "halfway" not in done.stdout


def test_the_door_is_in_process_when_nothing_stands_against_it(tmp_path):
    assert door_of(tmp_path, {}) == "in-process"


def test_the_interpreter_of_the_host_is_no_reason(tmp_path):
    assert door_of(tmp_path, {"vars": {"ansible_python_interpreter": "/nowhere/python"}}) == "in-process"


@pytest.mark.parametrize(
    "task",
    [
        {"vars": {"pingone_in_process": False}},
        {"vars": {"pingone_in_process": "{{ 1 > 2 }}"}},
        {"vars": {"ansible_connection": "example.toy.elsewhere"}},
        {"become": True, "become_method": "example.toy.pretend"},
        {"vars": {"ansible_become": True, "ansible_become_method": "example.toy.pretend"}},
        # Ansible's wrapper for it takes no interpreter with a space or a quote in its path, as a checkout may have.
        {"async": 30, "poll": 1, "vars": {"ansible_python_interpreter": os.path.realpath(sys.executable)}},
    ],
    ids=lambda task: json.dumps(task)[:60],
)
def test_the_door_is_a_module_where_it_must_be(tmp_path, task):
    assert door_of(tmp_path, task) == "module"


def test_the_controllers_environment_can_choose_the_module(tmp_path):
    assert door_of(tmp_path, {}, PINGONE_IN_PROCESS="0") == "module"
    assert door_of(tmp_path, {"environment": {"PINGONE_IN_PROCESS": "0"}}, PINGONE_IN_PROCESS="1") == "in-process"


def test_a_controller_without_requests_uses_the_module(tmp_path):
    (tmp_path / "requests.py").write_text("raise ImportError('not here')")
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    assert door_of(tmp_path, {}, PYTHONPATH=path) == "module"


@pytest.mark.parametrize(
    ("where", "hosts", "advice"),
    [
        ({"async": 30, "poll": 1}, "localhost", "use delegate_to: localhost, without async."),
        (ELSEWHERE, "other", "use delegate_to: localhost, without async."),
        (ELSEWHERE, "localhost", "localhost is reached by example.toy.elsewhere, so set connection: local, without"),
    ],
)
def test_a_secret_does_not_go_where_it_would_be_shown(tmp_path, where, hosts, advice):
    task = {"example.toy.echo": {"generated": CANARY, "return_secret": "yes", "seconds": 0}, **where}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task], hosts), "-vvvv", "--inventory", f"{hosts},")
    assert code == 2
    assert "would return a secret" in shown
    assert advice in shown
    assert "AnsiballZ_echo" not in shown
    assert CANARY[::-1] not in shown


def test_what_returns_no_secret_may_run_where_a_secret_would_be_shown(tmp_path):
    task = {"example.toy.echo": {"generated": CANARY, "seconds": 0}, "connection": "example.toy.elsewhere"}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task]), "-vvvv")
    assert "would return a secret" not in shown
    assert code == 0, shown


@pytest.mark.parametrize("task", [NOWHERE, {**NOWHERE, "delegate_to": "127.0.0.1"}])
def test_a_host_that_is_this_machine_and_is_not_reached_is_told_how(tmp_path, task):
    code, shown = play(tmp_path, tasks_book(tmp_path, [{"example.toy.echo": {}, **task}]), "-i", "localhost,127.0.0.1,")
    assert code == 4
    host = task.get("delegate_to", "localhost")
    assert f"There is no way there; {host} is reached by example.toy.nowhere, so set connection: local." in shown


def test_another_host_that_is_not_reached_is_told_as_ansible_core_does(tmp_path):
    book = tasks_book(tmp_path, [{"example.toy.echo": {}, **NOWHERE}], "other")
    code, shown = play(tmp_path, book, "-i", "other,")
    assert code == 4
    assert "There is no way there." in shown
    assert "connection: local" not in shown


@pytest.mark.parametrize(
    ("variable", "option"),
    [("PINGONE_CLIENT_SECRET", "client_secret"), ("PINGONE_API_ACCESS_TOKEN", "access_token")],
)
@pytest.mark.parametrize("where", [{"async": 30, "poll": 1}, {"vars": {"pingone_in_process": False}}])
def test_a_secret_in_the_environment_of_a_module_is_refused(tmp_path, where, variable, option):
    task = {"example.toy.echo": {}, "environment": {variable: CANARY}, **where}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task]), "-vvvv")
    assert code == 2
    assert f"{variable} stands in the environment of a task that runs as a module" in shown
    assert f"give the option {option} instead." in shown
    assert CANARY not in shown


def test_an_environment_without_a_secret_reaches_the_module(tmp_path):
    task = {
        "example.toy.echo": {"variable": "PINGONE_CLIENT_ID"},
        "environment": {"PINGONE_CLIENT_ID": "example", "PINGONE_CLIENT_SECRET": ""},
        "vars": {"pingone_in_process": False},
    }
    result = echoed(tmp_path, task)
    assert (result["door"], result["variable"]) == ("module", "example")


def test_a_secret_in_the_environment_of_a_task_in_process_is_used_and_not_shown(tmp_path):
    task = {"example.toy.echo": {"variable": "PINGONE_CLIENT_ID"}, "environment": {"PINGONE_CLIENT_SECRET": CANARY}}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task]), "-vvvv")
    assert code == 0
    assert CANARY not in shown


@pytest.mark.parametrize("door", [None, "module"])
@pytest.mark.parametrize("options", [{"number": "{}"}, {"fails": "{}"}, {"text": "no {} here"}])
def test_a_secret_of_the_environment_in_a_wrong_option_is_not_shown(tmp_path, door, options):
    looked_up = json.loads(json.dumps(options).replace("{}", "{{ lookup('env', 'PINGONE_CLIENT_SECRET') }}"))
    task = {"example.toy.echo": {"fails": "expected", **looked_up}}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task]), "-v", door=door, PINGONE_CLIENT_SECRET=CANARY)
    assert (code, "fatal:" in shown) == (2, True), shown
    assert CANARY not in shown


@pytest.mark.parametrize("door", ["in-process", "module"])
def test_a_vaulted_key_that_the_environment_names_is_decrypted(tmp_path, door):
    secrets = [("default", VaultSecret(b"vault"))]
    (tmp_path / "password").write_text("vault")
    for name in ("controllers", "tasks"):
        (tmp_path / name).write_bytes(VaultLib(secrets).encrypt(CANARY))
    environ = {"PINGONE_REGION_CODE": "EU", "PINGONE_CLIENT_ID": "c"}
    own = {"environment": {"PINGONE_PRIVATE_KEY_PATH": str(tmp_path / "tasks"), "PINGONE_CLIENT_ID": "d"}}
    tasks = [
        {"idops.pingone.pingone_token": {}, "register": f"told{number}", "ignore_errors": True, **more}
        for number, more in enumerate(
            ({}, own, {"become": True, "vars": {"ansible_become_method": "example.toy.pretend"}})
        )
    ]
    kept = tmp_path / "kept.json"
    results = "{{ [told0, told1, told2] | map(attribute='msg') | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": results, "dest": str(kept)}})
    code, shown = play(
        tmp_path, tasks_book(tmp_path, tasks), "--vault-password-file", str(tmp_path / "password"), "-vvvv", door=door,
        PINGONE_PRIVATE_KEY_PATH=str(tmp_path / "controllers"), **environ,
    )  # fmt: skip
    assert code == 0, shown
    in_environment, in_task, of_another_user = json.loads(kept.read_text())
    assert in_environment == in_task
    assert in_task.startswith("private_key must be a private key in PEM"), in_task
    # Another user would not have the controller's variables.
    assert "is encrypted by Ansible Vault" in of_another_user
    assert CANARY not in shown


def test_the_items_of_a_loop_share_what_was_listed(tmp_path):
    task = {"example.toy.echo": {"listed": True}, "loop": [1, 2]}
    assert [item["remembered"] for item in echoed(tmp_path, task)["results"]] == [False, True]


def test_an_attempt_that_is_repeated_lists_again(tmp_path):
    task = {"example.toy.echo": {"listed": True}, "until": "echoed.attempts | default(1) > 1", "delay": 0}
    result = echoed(tmp_path, task)
    assert (result["attempts"], result["remembered"]) == (2, False)


def test_a_tasks_timeout_ends_it(tmp_path):
    task = {"example.toy.echo": {"seconds": 60}, "timeout": 1}
    code, shown = play(tmp_path, tasks_book(tmp_path, [task]))
    assert code == 2
    assert "Unexpected" not in shown
