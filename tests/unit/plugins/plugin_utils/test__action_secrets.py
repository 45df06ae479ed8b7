# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret goes where it would be shown: tasks of a small module are refused first, or tell nothing of it."""

from __future__ import annotations

import json

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.idops.pingone.tests.unit.plugins.plugin_utils.toy_plays import (
    CANARY,
    outcomes,
    play,
    tasks_book,
)

# What the small module makes of what it generates.
GENERATED = CANARY[::-1]
RETURNED = {"example.toy.echo": {"generated": CANARY, "return_secret": "yes", "seconds": 0}}
ELSEWHERE = {"vars": {"ansible_connection": "example.toy.elsewhere"}}
ASYNCHRONOUS = {"async": 30, "poll": 1}
AS_MODULE = {"vars": {"pingone_in_process": False}}
# Tasks that would return a secret where it would be shown, with the advice that each gets.
TOO_OPEN = {
    "asynchronous": "use delegate_to: localhost, without async.",
    "elsewhere": "localhost is reached by example.toy.elsewhere, so set connection: local, without",
    "on_another_host": "use delegate_to: localhost, without async.",
}
# Tasks that run as modules with a secret in their environment: the variable, and the option that it stands for.
IN_ENVIRONMENT = {
    "secret_of_async": ("PINGONE_CLIENT_SECRET", "client_secret", ASYNCHRONOUS),
    "secret_of_module": ("PINGONE_CLIENT_SECRET", "client_secret", AS_MODULE),
    "token_of_async": ("PINGONE_API_ACCESS_TOKEN", "access_token", ASYNCHRONOUS),
    "token_of_module": ("PINGONE_API_ACCESS_TOKEN", "access_token", AS_MODULE),
}
# Options that hold the secret of the controller's environment.
WRONG = {"in_number": {"number": "{}"}, "in_choice": {"fails": "{}"}, "in_text": {"text": "no {} here"}}


def test_the_search_finds_a_task_that_leaks(tmp_path):
    book = tasks_book(tmp_path, [{"ansible.builtin.debug": {"msg": GENERATED}}])
    assert GENERATED in play(tmp_path, book)[1]


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """Give what came of tasks that are refused."""
    here = {"asynchronous": {**RETURNED, **ASYNCHRONOUS}, "elsewhere": {**RETURNED, **ELSEWHERE}}
    for name, (variable, _option, where) in IN_ENVIRONMENT.items():
        here[name] = {"environment": {variable: GENERATED}, **where}
    plays = {"localhost": here, "other": {"on_another_host": {**RETURNED, **ELSEWHERE}}}
    return outcomes(tmp_path_factory.mktemp("refused"), plays, "-vvvv", "-i", "localhost,other,")


@pytest.mark.parametrize(("name", "advice"), TOO_OPEN.items())
def test_a_secret_does_not_go_where_it_would_be_shown(refused, name, advice):
    assert refused.results[name]["failed"] is True
    assert "would return a secret" in refused.results[name]["msg"]
    assert advice in refused.results[name]["msg"]


@pytest.mark.parametrize("name", IN_ENVIRONMENT)
def test_a_secret_in_the_environment_of_a_module_is_refused(refused, name):
    variable, option, _where = IN_ENVIRONMENT[name]
    assert refused.results[name]["failed"] is True
    message = refused.results[name]["msg"]
    assert f"{variable} stands in the environment of a task that runs as a module" in message
    assert f"give the option {option} instead." in message


def test_what_is_refused_was_not_begun_and_shows_no_secret(refused):
    assert "AnsiballZ_echo" not in refused.shown
    assert GENERATED not in refused.shown


def test_what_is_not_refused_is_done_and_shows_no_secret(tmp_path):
    tasks = {
        "no_secret_is_returned": {"example.toy.echo": {"generated": CANARY, "seconds": 0}, **ELSEWHERE},
        "used_in_process": {
            "example.toy.echo": {"variable": "PINGONE_CLIENT_ID"},
            "environment": {"PINGONE_CLIENT_SECRET": GENERATED},
        },
    }
    done = outcomes(tmp_path, {"localhost": tasks}, "-vvvv")
    assert [done.results[name]["failed"] for name in tasks] == [False, False]
    assert [done.results[name]["door"] for name in tasks] == ["module", "in-process"]
    assert "AnsiballZ_echo" in done.shown
    assert GENERATED not in done.shown


@pytest.mark.parametrize("door", [None, "module"])
def test_a_secret_of_the_environment_in_a_wrong_option_is_not_shown(tmp_path, door):
    text = json.dumps({name: {"example.toy.echo": {"fails": "expected", **given}} for name, given in WRONG.items()})
    tasks = json.loads(text.replace("{}", "{{ lookup('env', 'PINGONE_CLIENT_SECRET') }}"))
    done = outcomes(tmp_path, {"localhost": tasks}, "-v", door=door, PINGONE_CLIENT_SECRET=CANARY)
    assert [done.results[name]["failed"] for name in WRONG] == [True] * len(WRONG)
    assert done.shown.count("fatal:") >= len(WRONG)
    assert CANARY not in done.shown


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
    tasks.append({"example.toy.keep": {"content": results, "path": str(kept)}})
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
