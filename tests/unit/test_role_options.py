# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles pass on what the modules take: a new option of a module is not forgotten in the role."""

from __future__ import annotations

from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLES = Path(__file__).resolve().parents[2] / "roles"
MODULES = "ansible_collections.idops.pingone.plugins.modules."
# What the role decides itself, and what only makes sense where one object is managed by hand.
OF_ENVIRONMENT = {"id", "state", "report_birthright", "wait", "protect"}
OF_KEY = {"client_assertion_algorithm", "private_key", "private_key_id", "private_key_path"}
OF_WORKER = {"allow_self", "environment", "exclusive_roles", "state"} | OF_KEY


def specification(role: str) -> dict[str, Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text()
    return dict(yaml.safe_load(text)["argument_specs"]["main"]["options"])


def tasks(role: str, name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((ROLES / role / "tasks" / name).read_text()))


def own_options(module: str, decided: set[str]) -> dict[str, Any]:
    """Give the options of a module without those that all modules share and those that the role decides."""
    task = import_module("ansible_collections.idops.pingone.plugins.module_utils._core.task")
    spec = import_module(MODULES + module).ARGUMENT_SPEC
    return {name: spec[name] for name in set(spec) - set(task.argument_spec()) - decided}


@pytest.fixture
def environment_options() -> dict[str, Any]:
    return dict(specification("bootstrap")["bootstrap_environments"]["options"])


def generator() -> Any:
    """Give the script that writes the argument specification of the role bootstrap."""
    path = ROLES.parent / "scripts" / "role_arguments.py"
    spec = spec_from_file_location("role_arguments", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_arguments_of_the_role_are_as_the_modules_are_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = generator()
    assert script.main(["--check"]) == 0
    old = tmp_path / "argument_specs.yml"
    old.write_text(script.TARGET.read_text().replace("previous_names:", "names_before:"))
    monkeypatch.setattr(script, "TARGET", old)
    assert script.main(["--check"]) == 1
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0


def test_options_of_a_module_are_named_in_the_role_as_they_stand_in_its_list() -> None:
    told = generator()._plain(
        "With O(workers[].state=present), V(x) and RV(workers[].error), but M(a.b.c), in O(name)."
    )
    assert told == "With C(state=present), V(x) and C(error), but M(a.b.c), in C(name)."


def test_the_role_takes_every_field_of_a_worker(environment_options: dict[str, Any]) -> None:
    taken = environment_options["workers"]["options"]
    module = import_module(MODULES + "pingone_worker_apps").ARGUMENT_SPEC["workers"]["options"]
    wanted = {name: module[name] for name in set(module) - OF_WORKER}
    own = yaml.safe_load((ROLES / "bootstrap/vars/main.yml").read_text())["bootstrap_own_entries"]
    assert set(taken) - set(wanted) == set(own)
    assert set(wanted) <= set(taken)
    assert {name for name in taken if taken[name].get("required")} == {"name", "roles"}
    # A role may be anything for the specification, because the role says better how to write one.
    wanted["roles"] = {**wanted["roles"], "elements": "raw"}
    for name, option in wanted.items():
        for key in ("type", "elements", "no_log"):
            assert taken[name].get(key) == option.get(key) or not option.get(key), f"{name}: {key}"
        # null is left out, and so must pass the validation of the role's arguments.
        assert taken[name].get("choices") == ([*option["choices"], None] if option.get("choices") else None), name


def shape(options: dict[str, Any]) -> dict[str, Any]:
    """Give what options take, without their descriptions."""
    return {
        name: (option["type"], option.get("required", False), shape(option.get("options", {})))
        for name, option in options.items()
    }


def test_the_role_takes_roles_as_the_module_does(environment_options: dict[str, Any]) -> None:
    taken = environment_options["workers"]["options"]["roles"]["options"]
    assert shape(taken) == shape(own_options("pingone_role_assignment", set())["roles"]["options"])


def test_the_role_passes_whole_workers_on() -> None:
    passed = [
        task["idops.pingone.pingone_worker_apps"]
        for task in (*tasks("bootstrap", "workers.yml"), *tasks("bootstrap", "roles.yml"))
        if "idops.pingone.pingone_worker_apps" in task
    ]
    listed = "bootstrap_environments | idops.pingone.worker_entries(bootstrap_own_entries"
    assert [listed in options["environments"] for options in passed] == [True] * 3
    assert [options.get("manage_roles", True) for options in passed] == [False, False, True]


def test_the_role_takes_and_passes_on_every_field_of_an_environment(environment_options: dict[str, Any]) -> None:
    passed = tasks("bootstrap", "environments.yml")[0]["idops.pingone.pingone_environment"]
    wanted = own_options("pingone_environment", OF_ENVIRONMENT)
    assert set(environment_options) - {"workers"} == set(wanted)
    for name in wanted:
        assert f"bootstrap_wanted.{name}" in passed[name]
        assert (None in environment_options[name].get("choices", ())) is ("choices" in wanted[name])


def test_an_entry_that_is_null_is_left_out() -> None:
    loader = DataLoader()
    variables = loader.load_from_file(str(ROLES / "bootstrap" / "vars" / "main.yml"), trusted_as_template=True)
    given = {"name": "x", "description": None, "tags": [], "icon": "", "enabled": False}
    wanted = {"bootstrap_environments": [given], "bootstrap_admin_groups": [given], "bootstrap_number": 0}
    templar = Templar(loader, variables={**variables, **wanted})
    left = {name: value for name, value in given.items() if value is not None}
    assert templar.template(variables["bootstrap_wanted"]) == left
    assert templar.template(variables["bootstrap_group"]) == left


def test_what_is_null_or_empty_of_a_second_actor_is_left_out_and_all_else_is_passed_on() -> None:
    loader = DataLoader()
    variables = loader.load_from_file(str(ROLES / "bootstrap" / "vars" / "main.yml"), trusted_as_template=True)
    caller = {"claims": {"env": "of-the-caller"}}
    given = {"client_id": "x", "private_key": "-----BEGIN\nkey\n", "client_secret": None, "auth_environment_id": ""}
    taken = set(specification("bootstrap")["bootstrap_second_actor"]["options"])
    assert taken == set(own_options("pingone_role_handover", set())["successor"]["options"])
    rest = {name: f"of {name}" for name in taken - set(given)}
    for own, environment in (({}, "of-the-caller"), ({"auth_environment_id": "own"}, "own")):
        second = {**given, **rest, **own}
        templar = Templar(loader, variables={**variables, "bootstrap_second_actor": second, "bootstrap_caller": caller})
        passed = {name: value for name, value in {**second, "auth_environment_id": environment}.items() if value}
        assert templar.template(variables["bootstrap_successor"]) == passed


@pytest.mark.parametrize("role", ["bootstrap", "emulator"])
def test_defaults_and_documentation_agree(role: str) -> None:
    documented = {name: option.get("default") for name, option in specification(role).items()}
    defaults = yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text())
    assert set(documented) == set(defaults)
    for name, value in defaults.items():
        if not str(value).startswith("{{"):
            assert documented[name] == value, name


@pytest.mark.parametrize("role", ["bootstrap", "emulator"])
def test_loops_show_labels_that_hold_no_secret(role: str) -> None:
    for path in (ROLES / role / "tasks").glob("*.yml"):
        for task in yaml.safe_load(path.read_text()):
            if "loop" in task:
                assert "label" in task["loop_control"], task["name"]
            assert "module_defaults" not in task, task["name"]


def test_the_variables_of_the_role_bootstrap_hold_no_loop() -> None:
    text = (ROLES / "bootstrap" / "vars" / "main.yml").read_text()
    assert "{{" in text
    assert "{%" not in text


def report(*, is_dry: bool, states: list[tuple[bool, bool, bool]]) -> list[str]:
    """Give the lines of the report on an environment that was created, and workers.

    states: for each worker whether it was created, changed, and its secret rotated.
    """
    birthright = [{"role": {"name": "Identity Data Admin"}}]
    environment = {"environment": {"name": "dev", "id": "1"}, "changed": True, "created": True}
    made = [{"created": it[0], "changed": it[1], "worker_app": {"id": "2", "created_at": "x"}} for it in states]
    proof = {"token": True, "call": True, "obstacle": None}
    variables = {
        "ansible_check_mode": is_dry,
        "bootstrap_environment_results": {"results": [{**environment, "birthright_assignments": birthright}]},
        "bootstrap_workers": [{"label": f"dev / {number}", "key": ""} for number in range(len(states))],
        "bootstrap_made": {"workers": made},
        "bootstrap_keys": {"results": [{"changed": False}] * len(states)},
        "bootstrap_rotated": {"results": [{"rotated": it[2]} for it in states]},
        "bootstrap_secrets": {"workers": [{"hidden_secret": None}] * len(states)},
        "bootstrap_proven": {
            "workers": [{"changed": False, "proof": proof, "role_assignments": []}] * len(states),
            "unlisted": [],
        },
        "bootstrap_group_results": {},
        "bootstrap_environments": [{"name": "dev"}],
        "bootstrap_credentials_dir": "",
        "bootstrap_second_actor": {},
        "bootstrap_hands_over": False,
    }
    text = (ROLES / "bootstrap/templates/report.txt.j2").read_text()
    return str(Templar(DataLoader(), variables=variables).template(trust_as_template(text))).splitlines()


def test_the_report_tells_what_was_created_changed_and_rotated() -> None:
    states = [(True, True, False), (False, True, False), (False, True, True), (False, False, True), (False,) * 3]
    lines = [line for line in report(is_dry=False, states=states) if line]
    assert lines[0] == "Environment dev (1): created"
    assert [line.partition(": ")[2].partition(";")[0] for line in lines[1:6]] == [
        "created",
        "changed",
        "changed, secret rotated",
        "secret rotated",
        "as wanted",
    ]
    assert "Roles that the calling worker got by creating environments:" in lines
    dry = [line for line in report(is_dry=True, states=states) if line]
    assert dry[0] == "Environment dev (1): would be created"
    assert [line.partition(": ")[2].partition(";")[0] for line in dry[1:6]] == [
        "would be created",
        "would be changed",
        "would be changed, secret would be rotated",
        "secret would be rotated",
        "as wanted",
    ]
    assert "Roles that the calling worker got, or would get, by creating environments:" in dry
