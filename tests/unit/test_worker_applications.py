# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/worker_applications.md names is there, and it leaves out no heading of the vendor's pages."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP

ROOT = Path(__file__).resolve().parents[2]
MODULES = "ansible_collections.idops.pingone.plugins.modules"
# The pages, each with its headings in order.
PAGES = {
    "Worker applications": ["Worker applications"],
    "Adding a worker application for the PingOne Authorize service": [
        "Adding a worker application for the PingOne Authorize service",
        "Steps",
        "Result:",
        "Next steps",
    ],
    "Create Application (OIDC Protocol - Worker App)": [
        "Create Application (OIDC Protocol - Worker App)",
        "Prerequisites",
        "Query parameters",
        "Request Model",
        "Base application data model (worker application)",
        "Additional OIDC settings",
        "Body",
        "Example Request",
        "Example Response",
    ],
}


def rows_of(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of each section's table: heading, statement, what does it, what shows it."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _line, rest = section.partition("\n")
        lines = re.findall(r"^\| (.*) \|$", rest, flags=re.MULTILINE)
        found[title] = [[cell.strip() for cell in line.split(" | ")] for line in lines[1:]]
    return found


PAGES_AND_ROWS = rows_of((ROOT / "docs/worker_applications.md").read_text())
ROWS = [row for rows in PAGES_AND_ROWS.values() for row in rows]


def named(cell: str) -> list[str]:
    """Return what a cell names in code."""
    return re.findall(r"`([^`]+)`", cell)


def is_there(thing: str) -> bool:
    """Tell whether a file, an anchor of one, a module, an option or a test that is named exists.

    thing: `path`, `path#anchor`, `path::function`, `path::name of a task`, `module`, or `module.option.suboption`.
    """
    if "::" in thing:
        path, _colons, name = thing.partition("::")
        return (ROOT / path).is_file() and name in names_in(ROOT / path)
    if thing.startswith("pingone_"):
        module, *options = thing.split(".")
        return (ROOT / f"plugins/modules/{module}.py").is_file() and has_option(module, options)
    path, _sign, anchor = thing.partition("#")
    return (ROOT / path).is_file() and (not anchor or anchor in anchors_of(ROOT / path))


def names_in(path: Path) -> set[str]:
    """Return the names of a file's tests, or of its tasks."""
    if path.suffix == ".yml":
        return set(re.findall(r"^ *- name: (.*)$", path.read_text(), flags=re.MULTILINE))
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def anchors_of(path: Path) -> set[str]:
    """Return the anchors of a text's headings."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def has_option(module: str, options: list[str]) -> bool:
    """Tell whether a module has an option, given as the way to it."""
    level = import_module(f"{MODULES}.{module}").ARGUMENT_SPEC
    for option in options:
        if option not in level:
            return False
        level = level[option].get("options") or {}
    return True


def is_a_place(thing: str) -> bool:
    """Tell a name that has to exist from other code, such as a value."""
    return thing.startswith("pingone_") or bool(re.search(r"[/#]|\.md$", thing))


def test_every_heading_of_the_pages_has_a_row_and_no_other_has_one() -> None:
    headings = {page: list(dict.fromkeys(row[0] for row in rows)) for page, rows in PAGES_AND_ROWS.items()}
    assert {page: set(names) for page, names in headings.items()} == {page: set(names) for page, names in PAGES.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1][:40]}")
def test_a_row_says_what_does_it_and_what_shows_it(row: list[str]) -> None:
    assert len(row) == 4
    _heading, statement, done, shown = row
    assert statement.endswith(".")
    places = [thing for thing in named(done) if is_a_place(thing)]
    assert done.startswith("not done: ") or (places and named(shown))
    assert [thing for thing in [*places, *named(shown)] if not is_there(thing)] == []
    assert [thing for thing in named(shown) if "::" not in thing] == []


def test_the_walk_with_every_setting_of_a_worker_leaves_none_out() -> None:
    tasks = ROOT / "tests/integration/targets/pingone_worker_app/tasks/fields.yml"
    given = set(yaml.safe_load(tasks.read_text())[0]["idops.pingone.pingone_worker_app"])
    settings = {field.option for field in WORKER_APP.options()}
    # Keys are given in one of two ways, and these two only at the creation of an imported client.
    assert settings - given == {"jwks_url", "imported_client_id", "imported_client_secret"}


@pytest.mark.parametrize(
    "thing",
    [
        "pingone_nothing",
        "pingone_worker_app.nothing",
        "pingone_worker_app.name.nothing",
        "README.md#nothing",
        "docs/nothing.md",
        "tests/nothing.py::test_nothing",
        "tests/unit/test_worker_applications.py::test_nothing",
        "tests/integration/targets/pingone_worker_app/tasks/lifecycle.yml::Nothing",
    ],
)
def test_what_is_gone_is_noticed(thing: str) -> None:
    assert not is_there(thing)
