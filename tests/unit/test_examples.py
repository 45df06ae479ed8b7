# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation shows is run as it stands, against an emulator that holds the names that it uses."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from emulated import Ready, emulator, reset
from plays import ansible_playbook, connection_of

ROOT = Path(__file__).resolve().parents[2]
TENANT = Path(__file__).parent / "data/documentation_tenant.yml"


def plugins() -> list[Path]:
    """Return the files of all that a playbook can name: modules, filters and lookups."""
    return [
        path for kind in ("filter", "lookup", "modules") for path in sorted((ROOT / "plugins" / kind).glob("[a-z]*.py"))
    ]


def examples() -> dict[str, str]:
    """Return the EXAMPLES of each plugin and each YAML block of a README, by where it stands."""
    found = {}
    for path in plugins():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES":
                found[f"{path.parent.name}/{path.stem}"] = node.value.value
    for path in (ROOT / "README.md", *sorted(ROOT.glob("roles/*/README.md")), ROOT / "CONTRIBUTING.md"):
        text = path.read_text() if path.exists() else ""
        for block in re.finditer(r"^```ya?ml\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
            line = text[: block.start()].count("\n") + 1
            found[f"{path.relative_to(ROOT)}:{line}"] = block.group(1)
    return found


def kind(text: str) -> str:
    """Tell what a block is: a playbook, tasks, or data."""
    content = yaml.safe_load(text)
    if isinstance(content, list) and all(isinstance(item, dict) for item in content):
        if all("hosts" in item or "import_playbook" in item for item in content):
            return "playbook"
        if all("name" in item and len(item) > 1 for item in content):
            return "tasks"
    return "data"


EXAMPLES = examples()
RUNNABLE = [place for place, text in EXAMPLES.items() if kind(text) != "data"]


@pytest.fixture(scope="module")
def running() -> Iterator[Ready]:
    """One emulator for all examples, because its start takes as long as many of them."""
    with emulator("--tenant", str(TENANT), "--seed", "1") as ready:
        yield ready


@pytest.fixture
def ready(running: Ready) -> Ready:
    """It as it was when it started."""
    reset(running)
    return running


@pytest.mark.parametrize("place", RUNNABLE)
def test_an_example_runs_as_it_stands(place: str, tmp_path: Path, ready: Ready) -> None:
    shown = tmp_path / "shown.yml"
    shown.write_text(EXAMPLES[place])
    playbook = shown
    if kind(EXAMPLES[place]) == "tasks":
        playbook = tmp_path / "play.yml"
        tasks = [{"ansible.builtin.include_tasks": str(shown)}]
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    run = ansible_playbook(playbook, home=tmp_path, environ=connection_of(ready), cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert ready["client_secret"] not in run.stdout


def test_every_plugin_shows_examples_that_run() -> None:
    assert len(plugins()) > 10
    assert {f"{path.parent.name}/{path.stem}" for path in plugins()} <= set(RUNNABLE)


def test_other_blocks_are_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    others = [place for place in EXAMPLES if place not in RUNNABLE]
    with capsys.disabled():
        print(f"\n{len(RUNNABLE)} examples are run; only parsed: {', '.join(others) or 'none'}")
    assert all(yaml.safe_load(EXAMPLES[place]) is not None for place in others)
