# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time: the clock, dates as RFC 3339 and HTTP write them, and durations. This module is private to the collection."""

from __future__ import annotations

import random
import re
import time
import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.idops.pingone.plugins.module_utils._base.text import quoted

_DURATION: t.Final = re.compile(r"([0-9]+)([smhdw])")
_UNITS: t.Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Clock:
    """Time and chance; a test puts its own in this one's place. All in seconds."""

    def time(self) -> float:
        """Return the time since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return a time that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        return random.random()


def parse_time(value: t.Any) -> datetime | None:
    """Return the instant of a date as RFC 3339 writes it, or None; one without a zone is UTC."""
    try:
        # Python 3.10 reads fractions of 3 or 6 digits only, and no Z.
        exact = re.sub(r"\.\d+", lambda fraction: fraction.group()[:7].ljust(7, "0"), str(value))
        return _in_utc(datetime.fromisoformat(exact.replace("Z", "+00:00")))
    except (ValueError, OverflowError):
        return None


def timestamp(value: t.Any) -> float | None:
    """Return the seconds since the epoch of a date as RFC 3339 writes it, or None."""
    moment = parse_time(value)
    return None if moment is None else moment.timestamp()


def http_date(value: str | None) -> float | None:
    """Return the seconds since the epoch of a date as HTTP headers write it, or None."""
    try:
        return _in_utc(parsedate_to_datetime(value or "")).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def format_time(seconds: float) -> str:
    """Return a time in whole seconds since the epoch as RFC 3339 writes it, in UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_duration(text: str) -> timedelta:
    """Return a duration given as a number and one of s, m, h, d and w. Raises ValueError for another form."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{quoted(text)} is not a valid duration")
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except (OverflowError, ValueError):
        # Python reads no number of thousands of digits.
        raise ValueError(f"{quoted(text)} is not a valid duration") from None


def _in_utc(moment: datetime) -> datetime:
    """Return an instant in UTC. Raises OverflowError for one of a year that Python does not have there."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
