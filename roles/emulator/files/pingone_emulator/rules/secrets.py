# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the previous secret of an application counts ("Application secret").

On a rotation ask ``expiry_problem`` about ``previous.expiresAt``; wherever a secret is shown or checked, a previous
one counts only while ``is_live``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..problem import Problem

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)


def expiry_problem(expires_at: datetime | None, now: datetime) -> Problem | None:
    """What is wrong with the end that was sent for the previous secret; None stands for what is no date-time."""
    target = "previous.expiresAt"
    if expires_at is None:
        return Problem("INVALID_VALUE", f"{target} must be a date-time with a zone (RFC 3339)", target)
    if not SHORTEST <= expires_at - now <= LONGEST:
        return Problem("OUT_OF_RANGE", f"{target} must be 1 minute to 30 days ahead", target)
    return None


def is_live(expires_at: datetime, now: datetime) -> bool:
    """Whether a previous secret still counts."""
    return now < expires_at
