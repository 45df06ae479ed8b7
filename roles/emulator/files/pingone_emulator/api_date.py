# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the API that is emulated: what the service showed and allowed at a date."""

from __future__ import annotations

from enum import Enum


class ApiDate(str, Enum):
    """A month for which answers of the service are known.

    Members are ordered as time is, and compare with texts that begin with year and month:
    ``api_date >= ApiDate.JULY_2023``, ``api_date < "2025-03"``.
    """

    APRIL_2022 = "2022-04"
    JULY_2023 = "2023-07"
    MARCH_2025 = "2025-03"
    APRIL_2026 = "2026-04"

    def __str__(self) -> str:
        return str(self.value)


DEFAULT = ApiDate.MARCH_2025


def api_date(text: str) -> ApiDate:
    """The date that a text names. Raises ValueError, with a sentence, for any other."""
    try:
        return ApiDate(text)
    except ValueError:
        raise ValueError(f"{text!r} is not one of {', '.join(ApiDate)}") from None
