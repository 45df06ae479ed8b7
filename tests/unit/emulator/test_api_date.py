# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The month as of which the API is emulated."""

from __future__ import annotations

import pytest

from pingone_emulator.rules.api_date import ApiDate, api_date


def test_dates_are_ordered_as_time_is_and_compare_with_texts() -> None:
    assert sorted(ApiDate, reverse=True) == [
        ApiDate.APRIL_2026,
        ApiDate.MARCH_2025,
        ApiDate.JULY_2023,
        ApiDate.APRIL_2022,
    ]
    assert ApiDate.JULY_2023 < "2023-10" < ApiDate.MARCH_2025


def test_an_unknown_date_is_refused_with_those_there_are() -> None:
    assert api_date("2026-04") is ApiDate.APRIL_2026
    with pytest.raises(ValueError, match="'2024' is not one of 2022-04, 2023-07, 2025-03, 2026-04"):
        api_date("2024")
