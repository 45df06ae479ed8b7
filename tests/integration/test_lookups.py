# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookups in plays: where their options come from, what a dry run predicts, and what a failure prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emulated import emulator, requests_of
from plays import ansible_playbook, connection_of

OTHER = "00000000-1111-4222-8333-444444444444"


def run(folder: Path, tasks: list[dict[str, Any]], environ: dict[str, str], *arguments: str, **variables: Any) -> Any:
    """Run tasks with variables of the play and return the finished process."""
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}
    (folder / "play.yml").write_text(json.dumps([play]))
    return ansible_playbook(folder / "play.yml", *arguments, home=folder, environ=environ, cwd=folder)


def equal(left: str, right: str) -> dict[str, Any]:
    """Return a task that fails unless two expressions have the same value, and that shows neither."""
    return {"ansible.builtin.assert": {"that": f"({left}) == ({right})", "quiet": True}}


def test_what_a_lookup_is_not_given_comes_from_variables_then_the_environment_then_the_configuration(
    tmp_path: Path,
) -> None:
    with emulator("--seed", "3") as ready:
        connection = connection_of(ready)
        # Only the secret, which the configuration may not hold, is in the environment, and one address that wins.
        (tmp_path / "ansible.cfg").write_text(
            "[pingone]\nregion = NA\napi_url = https://api.example.com/v1\nretry_budget = 1\n"
            f"auth_url = {connection['PINGONE_AUTH_URL']}\n"
            f"auth_environment_id = {connection['PINGONE_ENVIRONMENT_ID']}\n"
            f"client_id = {connection['PINGONE_CLIENT_ID']}\nclient_secret = not-read-from-here\n"
        )
        environ = {name: connection[name] for name in ("PINGONE_CLIENT_SECRET", "PINGONE_API_URL")} | {
            "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg")
        }
        home = "lookup('idops.pingone.pingone_id', 'environment', 'Administrators')"
        token = "lookup('idops.pingone.pingone_token')"
        tasks = [
            equal(home, f"'{connection['PINGONE_ENVIRONMENT_ID']}'"),
            # Variables are templates, win over all that, and their credentials are taken whole.
            {**equal(token, "'from-the-' ~ 'variable'"), "vars": {"pingone_access_token": "from-the-{{ what }}"}},
            # What the lookup is given wins over variables, whose credentials are then left alone.
            {
                **equal(
                    f"lookup('idops.pingone.pingone_token', client_id='{connection['PINGONE_CLIENT_ID']}', "
                    "client_secret=lookup('ansible.builtin.env', 'PINGONE_CLIENT_SECRET')).split('.') | length",
                    "3",
                ),
                "vars": {"pingone_access_token": "from-the-variable", "pingone_api_url": connection["PINGONE_API_URL"]},
            },
        ]
        finished = run(tmp_path, tasks, environ, what="variable")
        requests = requests_of(ready)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    # The second token came from the cache, although it was asked for with options of another place.
    assert [request["path"].rsplit("/", 1)[-1] for request in requests] == ["token", "environments"]


def test_a_dry_run_finds_what_earlier_tasks_would_make(tmp_path: Path) -> None:
    create = {"idops.pingone.pingone_environment": {"name": "soon", "type": "SANDBOX"}, "register": "soon"}
    worker = {
        "idops.pingone.pingone_worker_app": {"environment": "soon", "name": "ci", "return_secret": True},
        "register": "ci",
    }
    roles = {
        "idops.pingone.pingone_role_assignment": {
            "environment": "soon",
            "application": "ci",
            "roles": [{"role": "Environment Admin"}],
        }
    }
    same = equal("lookup('idops.pingone.pingone_id', 'application', 'ci', environment='soon')", "ci.worker_app.id")
    token = equal(
        "lookup('idops.pingone.pingone_token', auth_environment_id=soon.environment.id, client_id=ci.worker_app.id, "
        "client_secret=ci.client_secret) == ''",
        "ansible_check_mode",
    )
    missing = {
        "ansible.builtin.debug": {
            "msg": "{{ lookup('idops.pingone.pingone_id', 'group', 'other-tool', environment='Administrators', "
            "assume_missing=true) }}"
        },
        "when": "ansible_check_mode",
    }
    with emulator("--seed", "3") as ready:
        tasks = [create, worker, roles, same, token, missing]
        dry = run(tmp_path, tasks, connection_of(ready), "--check")
        real = run(tmp_path, tasks, connection_of(ready))

    assert dry.returncode == 0, dry.stdout + dry.stderr
    assert "its token is empty in this dry run" in " ".join(dry.stderr.split())
    assert "There is no group 'other-tool'" in " ".join(dry.stderr.split())
    assert real.returncode == 0, real.stdout + real.stderr
    assert "00000000-0000-0000-0000-" in dry.stdout


def test_a_failure_is_one_sentence_and_holds_no_secret(tmp_path: Path) -> None:
    secret = "a-secret-in-the-wrong-place"
    options = ["timeout", "client_auth_method", "region", "auth_environment_id", "api_url", "access_tokens"]
    failing = [
        {"ansible.builtin.debug": {"msg": f"{{{{ lookup('idops.pingone.pingone_token', {option}=secret) }}}}"}}
        for option in options
    ]
    with emulator("--seed", "3") as ready:
        environ = connection_of(ready)
        finished = run(
            tmp_path,
            [{**task, "ignore_errors": True} for task in failing],
            {**environ, "PINGONE_CLIENT_AUTH_METHOD": secret},
            "-vvv",
            secret=secret,
        )
        printed = finished.stdout + finished.stderr

    assert finished.stdout.count("...ignoring") == len(options), printed
    assert secret not in printed
    assert environ["PINGONE_CLIENT_SECRET"] not in printed
    assert "Traceback" not in printed
