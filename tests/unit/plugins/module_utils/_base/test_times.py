# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates and durations, whatever the zone of the controller."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.times import (
    format_time,
    http_date,
    parse_duration,
    timestamp,
)

# 2026-11-02T09:00:00Z
NOW = 1793610000.0
DATE = "Mon, 02 Nov 2026 09:00:00 GMT"


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch):
    """A time without a zone is UTC wherever the controller stands."""
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (DATE, NOW),
        ("Mon, 02 Nov 2026 10:00:00 +0100", NOW),
        ("Mon, 02 Nov 2026 09:00:00 -0000", NOW),
        ("Mon, 02 Nov 2026 09:00:00", NOW),
        ("no date", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_of_a_header_is_read_as_utc(text, seconds):
    assert http_date(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-02T09:00:00Z", NOW),
        ("2026-11-02T09:00:00", NOW),
        ("2026-11-02T10:00:00+01:00", NOW),
        ("2026-11-02T09:00:00.5Z", NOW + 0.5),
        ("2026-11-02T09:00:00.25Z", NOW + 0.25),
        ("2026-11-02T09:00:00.123456789Z", NOW + 0.123456),
        ("x", None),
        ("9999-12-31T23:59:59-23:59", None),
        (None, None),
    ],
)
def test_a_date_of_an_object_is_read_with_any_fraction(text, seconds):
    assert timestamp(text) == pytest.approx(seconds, abs=1e-5)


def test_a_time_is_written_in_utc_and_whole_seconds():
    assert format_time(NOW + 0.9) == "2026-11-02T09:00:00Z"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_duration_has_a_unit(text, span):
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["7", "d", "", "1.5d", "99999999999w"])
def test_an_invalid_duration_is_rejected(text):
    with pytest.raises(ValueError, match=f"^'{text}' is not a valid duration$"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["a-long-secret", pytest.param("9" * 5000 + "d", id="long")])
def test_an_invalid_duration_that_may_be_a_secret_is_not_repeated(text):
    with pytest.raises(ValueError, match=f"^a value of {len(text)} characters.* is not a valid duration$"):
        parse_duration(text)
