# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many users an environment has, ``totalIdentities``, and how many were active, ``activeIdentityCounts``.

Nobody signs in to the emulator, so nobody is ever active; and a user that was deleted counts on no day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import filters, hal
from ..errors import invalid_data
from ..times import instant, stamp
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}")

_DAY = timedelta(days=1)
_MOST_PERIODS = 1000  # on a page (inferred)


@router.get("/totalIdentities")
async def read_total_identities(call: CurrentCall) -> Response:
    """The number of users at the end of each day that has begun; ``count`` is their number now."""
    state = call.environment()
    wanted = _conditions(call, {"startDate": ("eq",), "endDate": ("eq",)})
    start, end = filters.date_time(wanted["startDate"]), filters.date_time(wanted["endDate"])
    born = sorted(instant(user.created_at) for user in state.users.values())

    def shown(number: int) -> dict[str, Any]:
        day = start + number * _DAY
        return {"date": stamp(day), "totalIdentities": bisect_left(born, day + _DAY)}

    days = (min(end, call.tenant.clock.now()) - start) // _DAY + 1
    document = _periods(call, "totalIdentities", days, shown)
    document["count"] = len(born)
    return call.ok(document)


@router.get("/activeIdentityCounts")
async def read_active_identity_counts(call: CurrentCall) -> Response:
    """The number of active users in each period of so many hours, up to now."""
    call.environment()
    wanted = _conditions(call, {"startDate": ("ge",), "samplingPeriod": ("eq",)})
    start, now = filters.date_time(wanted["startDate"]), call.tenant.clock.now()
    period = timedelta(hours=_hours(wanted["samplingPeriod"]))
    periods = -((start - now) // period)
    descending = call.query.get("order") == "-startDate"

    def shown(number: int) -> dict[str, Any]:
        begin = start + (periods - 1 - number if descending else number) * period
        return {"startDate": stamp(begin), "endDate": stamp(min(begin + period, now)), "value": 0, "cumulative": 0}

    return call.ok(_periods(call, "activeIdentityCounts", periods, shown))


def _conditions(call: Call, supported: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """What the filter says of each attribute. Raises 400 for another filter, and for none."""
    return filters.conditions(call.query.get("filter", ""), supported)


def _hours(text: str) -> int:
    """The length of a period. Raises 400."""
    hours = int(text) if text.isdecimal() and len(text) < 5 else 0
    if hours < 1:
        raise invalid_data("INVALID_FILTER", "samplingPeriod must be a number of hours", "filter")
    return hours


def _periods(call: Call, name: str, number: int, show: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """One page of so many periods."""
    part, cursor = hal.page(range(max(0, number)), call.query, _MOST_PERIODS, _MOST_PERIODS)
    shown = [show(one) for one in part]
    return hal.collection(name, shown, max(0, number), call.url(call.path), call.query, cursor)
