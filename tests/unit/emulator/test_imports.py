# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who imports whom in the emulator: never upward, never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pingone_emulator

PACKAGE = Path(pingone_emulator.__file__).parent

# The rooms from the ground up. A module imports from rooms below its own, and from its own room without a circle.
ROOMS = (
    ("problem", "times", "tls", "faults", "api_date", "layout", "gateway"),
    ("errors",),
    ("hal", "filters"),
    ("models",),
    ("rules",),
    ("tenant",),
    ("plain",),
    ("access", "directory"),
    ("seeding",),
    ("token_issuer",),
    ("tenant_file",),
    ("emulator",),
    ("process", "routes"),
    ("admin",),
    ("middleware",),
    ("app",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
WEB = ("fastapi", "starlette")


@cache
def modules() -> dict[str, Path]:
    """All modules by their dotted name below the package; the files of packages hold nothing but what they are for."""
    paths = {path.relative_to(PACKAGE).with_suffix("").parts: path for path in sorted(PACKAGE.rglob("*.py"))}
    for parts, path in paths.items():
        assert parts[-1] != "__init__" or imported(parts[:-1], path) == [":__future__"]
    return {".".join(parts): path for parts, path in paths.items() if parts[-1] != "__init__"}


def imported(package: tuple[str, ...], path: Path) -> list[str]:
    """What a file imports, wherever in it: modules of the emulator by dotted name, others with a colon before it."""
    return list(_imported(package, ast.parse(path.read_text(encoding="utf-8"))))


def _imported(package: tuple[str, ...], tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f":{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield f":{node.module}"
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1], *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                inside = [*base, alias.name]
                yield ".".join(inside if PACKAGE.joinpath(*inside).with_suffix(".py").exists() else base)


@cache
def arrows() -> list[tuple[str, str]]:
    """Each module with each that it imports."""
    return [(name, one) for name, path in modules().items() for one in imported(tuple(name.split(".")[:-1]), path)]


def inner() -> list[tuple[str, str]]:
    """The arrows between modules of the emulator."""
    drawn = [(name, one) for name, one in arrows() if not one.startswith(":")]
    assert len(drawn) > 100, "hardly any import was found: the drawing is wrong"
    assert all(one in modules() for _name, one in drawn)
    return drawn


def test_every_module_has_its_room() -> None:
    assert {name.split(".")[0] for name in modules()} == set(FLOOR)


def test_no_import_runs_upward() -> None:
    floors = [(name, one, FLOOR[name.split(".")[0]], FLOOR[one.split(".")[0]]) for name, one in inner()]
    beside = [(name, one) for name, one, own, other in floors if other == own]
    assert [f"{name} imports {one}" for name, one, own, other in floors if other > own] == []
    assert [f"{name} imports {one}" for name, one in beside if name.split(".")[0] != one.split(".")[0]] == []


def test_no_import_runs_in_a_circle() -> None:
    graph = TopologicalSorter[str]()
    for name, one in inner():
        graph.add(name, one)
    try:
        graph.prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None


def test_only_routes_and_what_is_above_them_know_the_web() -> None:
    below = [(name, one) for name, one in arrows() if FLOOR[name.split(".")[0]] < FLOOR["routes"]]
    assert [f"{name} imports {one}" for name, one in below if one[1:].split(".")[0] in WEB] == []


def test_rules_know_no_answers() -> None:
    answers = ("errors", "hal", "filters")
    assert [f"{name} imports {one}" for name, one in inner() if name.startswith("rules.") and one in answers] == []
