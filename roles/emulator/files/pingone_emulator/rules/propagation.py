# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When news of a new object has arrived everywhere.

Each kind can be made late: an environment's nested calls, an application's token requests, what depends on a role
assignment, the reading of a new secret, the grants of an application, the theme of a population, who assigns a custom
role, and lists. Each is late for a number of seconds after the object was made.
"""

from __future__ import annotations

from datetime import datetime


def is_late(created_at: datetime, now: datetime, seconds: float) -> bool:
    """Whether something made at that time is still unknown, when news takes so many seconds; 0 is never late."""
    return seconds > 0 and (now - created_at).total_seconds() < seconds
