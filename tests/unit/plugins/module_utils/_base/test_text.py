# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object is called in sentences."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"id": "1", "name": "ci", "username": "u"}, "ci"),
        ({"id": "1", "username": "u"}, "u"),
        ({"id": "1", "name": ""}, "1"),
    ],
)
def test_an_object_is_called_by_its_name_or_else_by_its_id(wire, expected):
    assert title(wire) == expected
