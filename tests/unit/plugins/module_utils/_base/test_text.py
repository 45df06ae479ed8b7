# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object is called in sentences, and how a terminal is kept from what moves it."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.text import (
    nearest_names,
    printable,
    shortened,
    title,
    told_apart,
)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"id": "1", "name": "ci"}, "ci"),
        ({"id": "1", "name": {"given": "Ann", "family": "Zimmer"}, "username": "ann"}, "ann"),
        ({"id": "1", "username": "u"}, "u"),
        ({"id": "1", "name": ""}, "1"),
    ],
)
def test_an_object_is_called_by_its_name_or_else_by_its_id(wire, expected):
    assert title(wire) == expected


@pytest.mark.parametrize(("length", "shown"), [(0, 0), (200, 200), (201, 203), (10_000, 203)])
def test_a_long_text_is_shortened(length, shown):
    assert len(shortened("x" * length)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("one\r\ntwo\u2028three\x85", r"one\r\ntwo\u2028three\x85"),
        ("a\u202eb\u2066c\u200fd\u061ce", r"a\u202eb\u2066c\u200fd\u061ce"),
        ("half \ud83d of one", r"half \ud83d of one"),
        ("Müller, 東京, עברית, 👩\u200d💻 C:\\n", "Müller, 東京, עברית, 👩\u200d💻 C:\\n"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_moves_a_terminal_is_shown_escaped(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("wanted", "names", "shown"),
    [
        ("develop", ["prod", "devel", "dev", "stage", "Development"], "devel, Development, dev and 2 more"),
        ("DEV", ["test", "dev", "qa"], "dev, test, qa"),
        ("x", ["b", "a", "b"], "a, b"),
        ("x", [], ""),
        ("a", ["d", "c", "b", "e"], "b, c, d and 1 more"),
    ],
)
def test_the_names_that_are_most_like_the_wanted_one_come_first(wanted, names, shown):
    assert nearest_names(wanted, names) == shown


def test_objects_of_one_name_are_told_apart_by_what_differs_and_the_oldest_comes_first():
    young = {"id": "1", "type": "WORKER", "protocol": "OPENID_CONNECT", "createdAt": "2026-11-02T09:00:00Z"}
    old = {"id": "2", "type": "WEB_APP", "createdAt": "2025-11-02T09:00:00Z"}
    bare = {"id": "3"}
    assert told_apart([young, bare, old]) == (
        "3, 2 (WEB_APP, created 2025-11-02T09:00:00Z), 1 (WORKER, OPENID_CONNECT, created 2026-11-02T09:00:00Z)"
    )
