# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search for secrets leaves out nothing that a playbook can name, and no way in which it can be run."""

from __future__ import annotations

import importlib.util
import re
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("pingone_*.py"))
PLUGINS = sorted(path.stem for kind in ("filter", "lookup") for path in (ROOT / "plugins" / kind).glob("[a-z]*.py"))
CANARY = (ROOT / "tests/canary/canary.yml").read_text()
# Filters that the role bootstrap uses, which the play runs.
IN_ROLES = "\n".join(path.read_text() for path in ROOT.glob("roles/bootstrap/*/*.yml"))


def canary() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("matrix", ROOT / "tests/canary/matrix.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_module_is_in_the_matrix_and_in_the_play() -> None:
    assert len(MODULES) > 10
    assert sorted(canary().options_of_modules()) == MODULES
    assert [name for name in MODULES if not re.search(rf"idops\.pingone\.{name}:", CANARY)] == []


def test_every_lookup_and_filter_is_in_the_play() -> None:
    assert len(PLUGINS) > 3
    named = [name for name in PLUGINS if re.search(rf"idops\.pingone\.{name}\b", CANARY + IN_ROLES)]
    assert named == PLUGINS
    assert "idops.pingone.bootstrap" in CANARY


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_run_in_every_way(module: str) -> None:
    matrix = canary()
    tasks = [
        task
        for task in matrix.tasks_of(module, matrix.options_of_modules()[module])
        if f"idops.pingone.{module}" in task
    ]
    for door in (True, False):
        through = [task for task in tasks if task["vars"]["pingone_in_process"] is door]
        assert any("loop" in task and not task.get("check_mode") for task in through)
        assert any(task.get("check_mode") for task in through)
        assert any("register" in task for task in through)
    assert any(task.get("async") for task in tasks)
    (play,) = matrix.matrix()
    assert all(task in play["tasks"] for task in tasks)
