# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each line of the permission data is known: recorded, documented, or inferred until a question is answered.

The figures, and what is inferred of the recorded roles, are printed at the end of the run.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from pingone_emulator.api_date import ApiDate
from pingone_emulator.rules import catalogue, holding

RULES = Path(catalogue.__file__).parent
SOURCES = {"rec", "oas", "doc", "tf", "use", "live"}
INFERRED = "inferred"


def document(name: str) -> Any:
    return yaml.safe_load((RULES / name).read_text(encoding="utf-8"))


def comments(name: str, section: str = "") -> list[tuple[str, list[str]]]:
    """The lines of a file, or of a section of it, that hold data, each with the sources that its comment names."""
    text = (RULES / name).read_text(encoding="utf-8")
    if section:
        text = re.split(r"\n(?=\S)", text.partition(f"\n{section}:")[2])[0]
    lines = [line for line in re.sub(r":\n +", ": ", text).splitlines()[1:] if line.strip() and line.lstrip()[0] != "#"]
    return [(line, re.findall(r"[\[(](\w+)[\])]", line.rpartition("  # ")[2])) for line in lines if line != "---"]


def cells() -> list[holding.Holding]:
    return [one for held in catalogue.holdings().values() for one in held]


def test_every_source_and_question_is_explained() -> None:
    assert {one.source for one in cells()} <= {*SOURCES, ""}
    asked = {one.question for one in cells()} - {""}
    assert asked < set(catalogue.questions())
    assert set(catalogue.questions()) - asked == {"identifiers", "ids", "scopes"}, "a question that nothing waits for"
    assert all(one.source or one.question for one in cells())


def test_every_line_names_its_source() -> None:
    for name, section in (
        ("endpoints.yml", ""),
        *(("permissions.yml", section) for section in ("permissions", "youngerPermissions", "roles", "youngerRoles")),
    ):
        lines = comments(name, section)
        assert lines, section
        for line, named in lines:
            assert named and set(named) <= {*SOURCES, INFERRED}, line


def test_what_is_younger_than_the_recording_is_not_called_recorded() -> None:
    younger = document("permissions.yml")["youngerPermissions"]
    held = catalogue.holdings()
    assert not [id_ for id_ in younger for one in held[id_] if one.source == holding.RECORDED]
    roles = document("permissions.yml")["youngerRoles"]
    assert not [one for one in cells() if one.role in roles and one.source == holding.RECORDED]


def test_the_oldest_date_holds_what_was_recorded() -> None:
    folder = os.environ.get("PINGONE_RECORDED")
    if folder is None:
        recorded = {role.name: len(role.permissions) for role in _oldest().values()}
        assert sum(recorded.values()) == 555
        return
    for role in json.loads((Path(folder) / "roles-2022.json").read_text(encoding="utf-8")):
        ours = _oldest()[role["id"]]
        assert (ours.name, ours.description, list(ours.applicable_to)) == (
            role["name"],
            role["description"],
            role["applicableTo"],
        )
        theirs = {(one["classifier"], one["description"]) for one in role["permissions"]}
        assert {(one.classifier, one.description) for one in ours.permissions} == theirs
        assert len(ours.permissions) == len(role["permissions"])
        assert list(ours.can_assign) == [one["id"] for one in role.get("canAssign", [])]


def _oldest() -> dict[str, catalogue.Role]:
    return catalogue.platform_roles(ApiDate.APRIL_2022)


def test_the_figures(say: Callable[[list[str]], None]) -> None:
    lines = ["How the permission data is known:"]
    held = Counter(_kind(one.source) for one in cells())
    lines.append(_row("who holds a permission", held))
    for title, name, sections in (
        ("identifiers of permissions", "permissions.yml", ("permissions", "youngerPermissions")),
        ("ids and scopes of roles", "permissions.yml", ("roles", "youngerRoles")),
        ("who assigns which roles", "permissions.yml", ("mayAssign",)),
        ("what endpoints need", "endpoints.yml", ("",)),
    ):
        named = [sources for section in sections for _line, sources in comments(name, section)]
        pairs = [(one * 2)[:2] if title.startswith("ids") else one[:1] for one in named]
        lines.append(_row(title, Counter(_kind(source) for pair in pairs for source in pair)))
    recorded = document("permissions.yml")["roles"]
    lines.append("Inferred of the recorded roles, and what would settle it:")
    for id_, holders in catalogue.holdings().items():
        for one in holders:
            if one.role in recorded and one.question:
                lines.append(f"  {recorded[one.role]['name']}, {id_}: {catalogue.questions()[one.question].asks}")
    say(lines)
    assert held["recorded"] == 555


def _kind(source: str) -> str:
    if source in ("", INFERRED):
        return INFERRED
    return "recorded" if source == holding.RECORDED else "documented"


def _row(title: str, counted: Counter[str]) -> str:
    figures = ", ".join(f"{counted[kind]} {kind}" for kind in ("recorded", "documented", INFERRED))
    return f"  {title}: {figures}"
