# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles pass on what the modules take: a new option of a module is not forgotten in the role."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROLES = Path(__file__).resolve().parents[2] / "roles"
MODULES = "ansible_collections.idops.pingone.plugins.modules."
# What the role decides itself, and what only makes sense where one object is managed by hand.
DECIDED = {"allow_self", "environment", "id", "state", "return_secret", "report_birthright", "wait", "protect"}


def specification(role: str) -> dict[str, Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text()
    return dict(yaml.safe_load(text)["argument_specs"]["main"]["options"])


def tasks(role: str, name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((ROLES / role / "tasks" / name).read_text()))


def own_options(module: str) -> dict[str, Any]:
    """Give the options of a module without those that all modules share and those that the role decides."""
    task = import_module("ansible_collections.idops.pingone.plugins.module_utils._core.task")
    spec = import_module(MODULES + module).ARGUMENT_SPEC
    return {name: spec[name] for name in set(spec) - set(task.argument_spec()) - DECIDED}


@pytest.fixture
def environment_options() -> dict[str, Any]:
    return dict(specification("bootstrap")["bootstrap_environments"]["options"])


def test_the_role_takes_every_field_of_a_worker(environment_options: dict[str, Any]) -> None:
    taken = environment_options["workers"]["options"]
    wanted = own_options("pingone_worker_app")
    assert set(taken) - {"roles"} == set(wanted)
    for name, option in wanted.items():
        for key in ("type", "elements", "choices", "no_log"):
            if name != "name" and (key != "no_log" or option.get("no_log")):
                found, expected = taken[name].get(key), option.get(key)
                if key == "choices" and expected:
                    # null is left out, and so must pass the validation of the role's arguments.
                    expected = [*expected, None]
                assert found == expected if key != "choices" else set(found or ()) == set(expected or ()), (
                    f"{name}: {key}"
                )


def shape(options: dict[str, Any]) -> dict[str, Any]:
    """Give what options take, without their descriptions."""
    return {
        name: (option["type"], option.get("required", False), shape(option.get("options", {})))
        for name, option in options.items()
    }


def test_the_role_takes_roles_as_the_module_does(environment_options: dict[str, Any]) -> None:
    taken = environment_options["workers"]["options"]["roles"]["options"]
    assert shape(taken) == shape(own_options("pingone_role_assignment")["roles"]["options"])


def test_the_role_passes_every_field_of_a_worker_on() -> None:
    passed = tasks("bootstrap", "workers.yml")[0]["idops.pingone.pingone_worker_app"]
    for name in own_options("pingone_worker_app"):
        assert f"bootstrap_fields.{name}" in passed[name]


def test_the_role_takes_and_passes_on_every_field_of_an_environment(environment_options: dict[str, Any]) -> None:
    passed = tasks("bootstrap", "environments.yml")[0]["idops.pingone.pingone_environment"]
    wanted = own_options("pingone_environment")
    assert set(environment_options) - {"workers"} == set(wanted)
    for name in wanted:
        assert f"bootstrap_wanted.{name}" in passed[name]
        assert (None in environment_options[name].get("choices", ())) is ("choices" in wanted[name])


def test_an_entry_that_is_null_is_left_out() -> None:
    loader = DataLoader()
    variables = loader.load_from_file(str(ROLES / "bootstrap" / "vars" / "main.yml"), trusted_as_template=True)
    given = {"name": "x", "description": None, "tags": [], "icon": "", "enabled": False}
    wanted = {"bootstrap_environments": [{**given, "workers": [given]}], "bootstrap_admin_groups": [given]}
    at = {"bootstrap_number": 0, "bootstrap_worker": {"environment": 0, "worker": 0}}
    templar = Templar(loader, variables={**variables, **wanted, **at})
    left = {name: value for name, value in given.items() if value is not None}
    assert templar.template(variables["bootstrap_wanted"]) == {**left, "workers": [given]}
    assert templar.template(variables["bootstrap_group"]) == left
    assert templar.template(variables["bootstrap_fields"]) == left


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
