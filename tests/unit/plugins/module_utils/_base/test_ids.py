# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids given and predicted."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import (
    PREDICTED_PREFIX,
    is_id,
    is_predicted,
    predicted_id,
)


def test_predicted_ids_differ_by_kind_environment_and_name_and_are_recognised():
    ids = {predicted_id(*parts) for parts in [("a", "e", "n"), ("b", "e", "n"), ("a", "f", "n"), ("a", "e", "m")]}
    assert len(ids) == 4
    assert all(is_predicted(one) and len(one) == 36 and one.startswith(PREDICTED_PREFIX) for one in ids)
    assert not is_predicted("3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11")
    assert not is_predicted(None)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", True),
        ("3B0F6F0A-5C0E-4C7B-8A55-0D8F4F1F2A11", False),
        ("3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11 ", False),
        ("ci", False),
    ],
)
def test_an_id_is_a_uuid_in_lower_case(reference, expected):
    assert is_id(reference) is expected
