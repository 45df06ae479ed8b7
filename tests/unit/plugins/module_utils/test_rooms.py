# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which file of plugins/module_utils/ may import which: only what an earlier folder holds, and never in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base import errors

ROOMS = Path(errors.__file__).parents[1]
ORDER = ("_base", "_client", "_core", "_resources")
PACKAGE = "ansible_collections.idops.pingone.plugins."
OURS = PACKAGE + "module_utils."


def imported(source):
    """Return the modules of the collection's plugins that a source imports, those for annotations too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            # "from folder import file" names the file last.
            found |= {node.module} if node.module.count(".") > OURS.count(".") else set()
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith(PACKAGE)}
    return found


def arrows(sources):
    """Return, for each file by its name such as C(_base.errors), the files of the four rooms that it imports."""
    graph = {}
    for name, source in sources.items():
        names = {item.removeprefix(OURS) for item in imported(source)}
        graph[name] = {item for item in names if item in sources} | {item for item in names if item.startswith(PACKAGE)}
    return graph


def upwards(graph):
    """Return the arrows to a later folder, or out of the four."""
    rank = {room: number for number, room in enumerate(ORDER)}
    return sorted(
        f"{name} -> {other}"
        for name, others in graph.items()
        for other in others
        if rank.get(other.split(".")[0], len(ORDER)) > rank[name.split(".")[0]]
    )


def circle(graph):
    """Return a circle of files that import each other, or nothing."""
    done = set()

    def walk(name, way):
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            found = walk(other, [*way, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


@pytest.fixture(scope="module")
def graph():
    sources = {
        ".".join(path.relative_to(ROOMS).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in ROOMS.rglob("*.py")
        if path.name != "__init__.py"
    }
    return arrows(sources)


def test_every_file_is_in_one_of_the_rooms(graph):
    assert {name.split(".")[0] for name in graph} == set(ORDER)
    assert all(name.count(".") == 1 for name in graph)


def test_arrows_are_drawn(graph):
    assert graph["_core.task"] > {"_client.client", "_core.api"}
    assert sum(len(others) for others in graph.values()) > len(graph)


def test_no_arrow_leads_to_a_later_room(graph):
    assert upwards(graph) == []


def test_no_files_import_each_other_in_a_circle(graph):
    assert circle(graph) == []


@pytest.mark.parametrize(
    "line",
    [
        f"from {OURS}_client.client import PingOneClient",
        f"from {OURS}_client import client",
        f"import {OURS}_client.client",
        f"if TYPE_CHECKING:\n    from {OURS}_client.client import PingOneClient",
        f"def late():\n    from {OURS}_client.client import PingOneClient",
        f"from {PACKAGE}plugin_utils._action import PingOneAction",
    ],
)
def test_an_arrow_upwards_is_seen_however_it_is_written(line):
    drawn = arrows({"_base.errors": line, "_client.client": ""})
    assert len(upwards(drawn)) >= 1


def test_a_circle_is_seen():
    line = f"from {OURS}_base.{{}} import x"
    sources = {"_base.a": line.format("b"), "_base.b": line.format("c"), "_base.c": line.format("b")}
    assert circle(arrows(sources)) == ["_base.b", "_base.c", "_base.b"]
