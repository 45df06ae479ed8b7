# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object is called in sentences, and how a terminal is kept from what moves it."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.text import printable, title


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
