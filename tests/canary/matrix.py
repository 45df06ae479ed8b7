# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a play that takes every module through all that a user may do with one.

Each is run as a loop, in check mode, so that it fails, and with C(async); in process and as a module of its own. What
each is given stands in C(modules.yml); C(canary.yml) looks closer at what is particular to a module.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
COLLECTION = "idops.pingone"
# What makes a module fail where a wrong secret of the caller does not: one makes no call, and a hand-over that has
# begun goes on as the successor.
OTHERWISE_WRONG: t.Final = {
    "pingone_credentials_file": {"format": "{{ canary_secret }}"},
    "pingone_role_handover": {"environments": ["{{ successor.client_secret }}"]},
}

# Each would return a secret, which it refuses with async, or works on the controller alone.
REFUSED_LATER: t.Final = {
    "pingone_credentials_file",
    "pingone_token",
    "pingone_worker_app",
    "pingone_worker_app_secret",
    "pingone_worker_apps",
}

Task = dict[str, t.Any]


def options_of_modules() -> dict[str, dict[str, t.Any]]:
    """Return the options with which each module succeeds, by module, in the order in which they are run."""
    found: dict[str, dict[str, t.Any]] = yaml.safe_load((HERE / "modules.yml").read_text())
    return found


def matrix() -> list[dict[str, t.Any]]:
    """Return the play."""
    tasks = [task for module, options in options_of_modules().items() for task in tasks_of(module, options)]
    return [
        {
            "name": "Take every module through everything",
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {f"group/{COLLECTION}.pingone": "{{ connection }}"},
            "tasks": [*_setup(), *tasks],
        }
    ]


def tasks_of(module: str, options: dict[str, t.Any]) -> list[Task]:
    """Return what is done with one module."""
    tasks = []
    for door in (True, False):
        tasks.append({**_task(module, options, door), "diff": True, "loop": [1, 2]})
        tasks.append({**_task(module, options, door), "diff": True, "check_mode": True})
        failing = _task(module, {**options, **_wrong(module)}, door)
        tasks.append({**failing, "ignore_errors": True, "register": f"{module}_failed"})
        tasks.append({"ansible.builtin.assert": {"that": f"{module}_failed is failed", "quiet": True}})
    name = f"{module}_later"
    tasks.append({**_task(module, options, False), "async": 60, "poll": 1, "ignore_errors": True, "register": name})
    refused = "failed" if module in REFUSED_LATER else "succeeded"
    tasks.append({"ansible.builtin.assert": {"that": f"{name} is {refused}", "quiet": True}})
    return tasks


def _task(module: str, options: dict[str, t.Any], in_process: bool) -> Task:
    return {f"{COLLECTION}.{module}": options, "vars": {"pingone_in_process": in_process}}


def _wrong(module: str) -> dict[str, t.Any]:
    """Return options that make a module fail: a secret that is wrong, or one in the wrong place."""
    wrong_secret = {"client_secret": "{{ canary_secret }}-wrong", "retry_budget": 1}
    return OTHERWISE_WRONG.get(module, wrong_secret)


def _setup() -> list[Task]:
    """Return what makes the workers that modules.yml names without making them."""
    worker = {"environment": "Administrators", "name": "matrix-successor", "return_secret": True}
    roles = {
        "environment": "Administrators",
        "application": "matrix-successor",
        "roles": [{"role": "Environment Admin", "scope": {"organization": True}}],
    }
    target = {"environment": "matrix", "name": "matrix-one", "return_secret": True}
    return [
        {f"{COLLECTION}.pingone_environment": {"name": "matrix", "type": "SANDBOX"}},
        {f"{COLLECTION}.pingone_worker_app": target, "register": "made"},
        {f"{COLLECTION}.pingone_worker_app": worker, "register": "made_successor"},
        {f"{COLLECTION}.pingone_role_assignment": roles},
        {
            "ansible.builtin.set_fact": {
                "canary_secret": "{{ made.client_secret }}",
                "successor": {
                    "auth_environment_id": "{{ made_successor.worker_app.environment_id }}",
                    "client_id": "{{ made_successor.worker_app.id }}",
                    "client_secret": "{{ made_successor.client_secret }}",
                },
            },
            "no_log": True,
        },
    ]
