# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dry run fails where the real run does, and in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emulated import emulator
from plays import ansible_playbook, connection_of
from sites import Site, sandbox

HERE = Path(__file__).resolve().parent
MADE = {"name": "made", "type": "SANDBOX", "license": "INTERNAL"}
ROLES = [{"role": "Environment Admin"}]


def worker(**options: Any) -> dict[str, Any]:
    return {"idops.pingone.pingone_worker_app": {"environment": "made", "name": "ci", **options}}


def assignment(**options: Any) -> dict[str, Any]:
    return {"idops.pingone.pingone_role_assignment": {"environment": "made", "roles": ROLES, **options}}


def scope(**place: str) -> list[dict[str, Any]]:
    return [{"role": "Identity Data Admin", "scope": place}]


# Each with the option that the error names, and what its sentence begins with.
TYPOS: dict[str, tuple[dict[str, Any], str, str]] = {
    "environment of a worker": (worker(environment="maed"), "environment", "there is no environment 'maed'"),
    "environment of a scope": (
        assignment(application="ci", roles=scope(environment="maed")),
        "roles[0].scope.environment",
        "there is no environment 'maed'",
    ),
    "application": (
        assignment(environment="Administrators", application="boostrap"),
        "application",
        "there is no application 'boostrap' in environment 'Administrators'; those that this worker can see, the "
        "nearest first: bootstrap",
    ),
    "application of a predicted environment": (
        assignment(application="cj"),
        "application",
        "there is no application 'cj' in environment 'made'; those that this worker can see, the nearest first: ci",
    ),
    "group": (
        assignment(environment="Administrators", group="Platform Admin"),
        "group",
        "there is no group 'Platform Admin' in environment 'Administrators'; those that this worker can see, the "
        "nearest first: Platform Admins",
    ),
    "population": (
        assignment(application="ci", roles=scope(population="Defualt")),
        "roles[0].scope.population",
        "there is no population 'Defualt' in environment 'made'; those that this worker can see, the nearest first: "
        "Default",
    ),
    "role": (
        assignment(application="ci", roles=[{"role": "Environmnt Admin"}]),
        "roles[0].role",
        "there is no role 'Environmnt Admin' in environment 'made'; those that this worker can see, the nearest first: "
        "Environment Admin, ",
    ),
    "license": (
        {"idops.pingone.pingone_environment": {**MADE, "name": "other", "license": "INTRENAL"}},
        "license",
        "there is no license 'INTRENAL'; those that this worker can see, the nearest first: INTERNAL, ",
    ),
    "user": (assignment(user="nobody"), "user", "there is no user 'nobody' in environment 'made'"),
}
# PingOne brings applications of its own into an environment, whose names a dry run does not know.
WITH_APPLICATIONS = ("application of a predicted environment", "old name")
PLAY = [
    {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [
            {"name": "Make the environment", "idops.pingone.pingone_environment": MADE},
            {"name": "Make the worker", **worker()},
            *({"name": name, **task, "ignore_errors": True} for name, (task, _option, _says) in TYPOS.items()),
            {"name": "Rename the worker", **worker(name="cd", id="{{ made.worker_app.id }}")},
            {
                "name": "environments",
                "idops.pingone.pingone_environment_info": {
                    "name": "made",
                    "include": ["birthright_assignments", "license", "services"],
                },
            },
            {"name": "workers", "idops.pingone.pingone_worker_app_info": {"environments_matching": "mad."}},
            {"name": "roles", "idops.pingone.pingone_role_assignment_info": {"environments": ["made"]}},
            {"name": "old name", **assignment(application="ci"), "ignore_errors": True},
            {"name": "new name", **assignment(application="cd")},
            {"name": "Remove the environment", "idops.pingone.pingone_environment": {**MADE, "state": "absent"}},
            {"name": "removed", **worker(), "ignore_errors": True},
        ],
    }
]
PLAY[0]["tasks"][1]["register"] = "made"  # type: ignore[index]


def results(folder: Path, ready: dict[str, Any], *arguments: str) -> dict[str, Any]:
    """Run the play; return the result of each task."""
    play, recorded = folder / "play.yml", folder / f"recorded{len(arguments)}.jsonl"
    play.write_text(json.dumps(PLAY))
    recorder = {
        "ANSIBLE_CALLBACKS_ENABLED": "recorder",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "support" / "callback_plugins"),
        "RECORDER_FILE": str(recorded),
    }
    finished = ansible_playbook(play, *arguments, home=folder, environ={**connection_of(ready), **recorder})
    assert finished.returncode == 0, finished.stdout[-5000:] + finished.stderr[-2000:]
    lines = [json.loads(line) for line in recorded.read_text().splitlines()]
    return {line["task"]: line["result"] for line in lines}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The dry run, and the real run after it."""
    folder = tmp_path_factory.mktemp("typos")
    with emulator("--seed", "7") as ready:
        return [results(folder, ready, "--check"), results(folder, ready)]


@pytest.mark.parametrize("name", [*TYPOS, "old name", "removed"])
def test_what_does_not_exist_fails_the_dry_run_as_it_fails_the_real_one(runs: list[dict[str, Any]], name: str) -> None:
    dry, real = (run[name] for run in runs)
    assert dry["error"] == real["error"]
    assert dry["error"]["kind"] == "not_found"
    if name in TYPOS:
        _task, option, says = TYPOS[name]
        assert dry["error"]["option"] == option
        assert dry["msg"].startswith(f"{option}: {says}")
    if name not in WITH_APPLICATIONS:
        assert dry["msg"] == real["msg"]


def test_what_earlier_tasks_would_have_made_is_found(runs: list[dict[str, Any]]) -> None:
    for run in runs:
        assert run["Rename the worker"]["changed"] is True
        assert run["new name"]["changed"] is True
        assert run["Remove the environment"]["changed"] is True


def test_what_is_read_is_what_would_be_there(runs: list[dict[str, Any]]) -> None:
    for run in runs:
        environment = run["environments"]["environments"][0]
        assert (environment["name"], environment["license"]["name"]) == ("made", "INTERNAL")
        assert len(environment["birthright_assignments"]) == 2
        assert [worker["name"] for worker in run["workers"]["worker_apps"]] == ["cd"]
        assert run["roles"]["role_assignments"] == []
    assert [run["environments"]["environments"][0]["services"] for run in runs] == [None, ["SSO"]]


def test_a_typo_in_a_group_fails_the_dry_run_of_a_bootstrap(start: Callable[..., Site]) -> None:
    site = start()
    environment = sandbox("dry", {"name": "ci", "roles": ROLES})
    groups = [{"group": "Platform Admin", "role": "Environment Admin"}]
    sentence = "bootstrap_admin_groups: there is no group 'Platform Admin' in the environment of the calling worker"
    for arguments in (("--check",), ()):
        assert sentence in site.bootstrap(environment, arguments=arguments, rc=2, bootstrap_admin_groups=groups)
    assert site.writes() == []


def test_the_diff_of_a_worker_is_shown_until_its_result_holds_a_secret(tmp_path: Path) -> None:
    asked = worker(environment="Administrators", return_secret=True)
    play = tmp_path / "play.yml"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [{**asked, "loop": [1, 2]}]}]))
    with emulator() as ready:

        def shown(*arguments: str) -> str:
            run = ansible_playbook(play, "--diff", *arguments, home=tmp_path, environ=connection_of(ready))
            assert run.returncode == 0, run.stdout + run.stderr
            return run.stdout

        assert '+    "name": "ci"' in shown("--check")
        assert '"name": "ci"' not in shown()
