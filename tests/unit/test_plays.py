# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays and roles decide by what a failure holds as data; its sentence is for people, and may be reworded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATHS = [path for top in ("roles", "playbooks", "extensions") for path in (ROOT / top).rglob("*.yml")]
PATHS += [path for top in ("roles", "playbooks") for path in (ROOT / top).rglob("*.j2")]
TEST = r"(search|match|regex|regex_search|regex_findall)"
SENTENCE = re.compile(rf"\bmsg\b\s*(\||is\s+(not\s+)?)\s*{TEST}\b|\b(not\s+)?in\s+[\w.\[\]]+\.msg\b|\.msg\s*[!=]=")


def by_sentence(text: str) -> list[str]:
    """Return the places of a play that decide by the sentence of a failure."""
    return [found.group() for found in SENTENCE.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        'a.msg is search("HTTP 401")',
        "a.msg is not match('x')",
        "a.msg | regex_search('x') is none",
        "'retired' in ansible_failed_result.msg",
        "'retired' not in a.results[0].msg",
        "a.msg == 'x'",
    ],
)
def test_a_decision_by_a_sentence_is_found(text: str) -> None:
    assert by_sentence(text)


def test_no_play_decides_by_a_sentence() -> None:
    found = {str(path.relative_to(ROOT)): by_sentence(path.read_text()) for path in PATHS}
    assert len(found) > 30
    assert {name: places for name, places in found.items() if places} == {}
