# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, and how long is waited before: decisions without any I/O but the wait itself.

The statuses and the way to wait follow the vendor's page on retries
(https://developer.pingidentity.com/pingone-api/foundations/best-practices.html). This module is private.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock, http_date, timestamp
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response

# The service may have done nothing, a part or all of it.
AMBIGUOUS_STATUSES: t.Final = (408, 500, 502, 503, 504)
# The service did nothing.
TOO_MANY_REQUESTS: t.Final = 429

# How many seconds ago an environment or application may have been created for its absence to be a matter of time.
RECENT: t.Final = 60.0
LONGEST_PAUSE: t.Final = 30.0
_LATE_PAUSE: t.Final = 2.0

_LATE_MESSAGES: t.Final = (
    "The actor attempting to perform the request is not authorized.",
    "The request could not be completed. You do not have access to this resource.",
    "Must have role at the same or broader scope",
)
_LATE_READ_ONLY: t.Final = re.compile(r"Role assignment [a-z0-9-]* cannot be deleted as it is read only")


class Budget:
    """A number of seconds that the repetitions of one call may take."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._start = clock.monotonic()
        self._seconds = seconds

    def spent(self) -> float:
        """Return how many seconds have passed."""
        return self._clock.monotonic() - self._start

    def pause(self, seconds: float) -> bool:
        """Wait, but no longer than what is left; return False, without a wait, when nothing is."""
        left = self._seconds - self.spent()
        if left <= 0:
            return False
        self._clock.sleep(min(seconds, left))
        return True


def backoff(attempt: int, clock: Clock) -> float:
    """Return the seconds to wait before a repetition: doubling from 1 to 30, of which chance takes up to a half.

    attempt: 0 for the first repetition.
    """
    return float(min(2.0 ** min(attempt, 10), LONGEST_PAUSE) * (0.5 + clock.random() / 2))


def propagation_delay(attempt: int) -> float:
    """Return the seconds to wait for something that is on its way: from a half to 2."""
    return float(min(0.5 * 2 ** min(attempt, 10), _LATE_PAUSE))


def retry_after(response: Response, clock: Clock) -> float | None:
    """Return for how many seconds the service asks to wait (RFC 9110, section 10.2.3), or None."""
    value = str(response.headers.get("Retry-After") or _inner_retry_after(response.body) or "").strip()
    if value.isdecimal():
        return float(value)
    moment = http_date(value) or timestamp(value)
    if moment is None:
        return None
    now = http_date(response.headers.get("Date"))
    return max(0.0, moment - (clock.time() if now is None else now))


def is_propagation_error(method: str, response: Response) -> bool:
    """Tell whether a refusal reads like one that goes away by itself soon after a change."""
    if response.status == 404:
        return method in ("GET", "POST")
    if response.status not in (400, 403) or _has_detail(response.body, "LICENSE_EXCEEDED"):
        return False
    messages = _messages(response.body)
    starts = any(message.startswith(late) for message in messages for late in _LATE_MESSAGES)
    return starts or any(_LATE_READ_ONLY.match(message) for message in messages)


def was_created_recently(created_at: t.Any, response: Response, clock: Clock) -> bool:
    """Tell whether what was created at a time was younger than RECENT when the service answered."""
    created = timestamp(created_at)
    if created is None:
        return False
    now = http_date(response.headers.get("Date"))
    return (clock.time() if now is None else now) - created < RECENT


def _messages(body: t.Any) -> list[str]:
    holders = [body, *_details(body)] if isinstance(body, dict) else []
    return [str(holder.get("message") or "") for holder in holders]


def _has_detail(body: t.Any, code: str) -> bool:
    return any(detail.get("code") == code for detail in _details(body))


def _inner_retry_after(body: t.Any) -> t.Any:
    for detail in _details(body):
        inner = detail.get("innerError")
        if isinstance(inner, dict) and inner.get("retryAfter"):
            return inner["retryAfter"]
    return None


def _details(body: t.Any) -> list[dict[str, t.Any]]:
    details = body.get("details") if isinstance(body, dict) else None
    return [item for item in details if isinstance(item, dict)] if isinstance(details, list) else []
