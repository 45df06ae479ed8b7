# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts of users by day and by period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pytest

from emulator_world import Caller, World

START = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
DAY = 86400


def read(caller: Caller, home: str, name: str, text: str, more: str = "") -> Any:
    """The answer to a filter."""
    return caller.get(f"/environments/{home}/{name}?filter={quote(text)}{more}")


def add_user(caller: Caller, home: str, name: str) -> str:
    body = {"username": name, "email": f"{name}@example.com"}
    return str(caller.post(f"/environments/{home}/users", body).must(201)["id"])


def test_users_are_counted_at_the_end_of_each_day(make_world: Callable[..., World]) -> None:
    world = make_world(start=START)
    home = world.bootstrap().environment()["id"]
    add_user(world.bootstrap(), home, "first")
    world.advance(2 * DAY)
    second = add_user(world.bootstrap(), home, "second")

    text = 'startDate eq "2030-01-01T00:00:00Z" and endDate eq "2030-02-01T00:00:00+00:00"'
    counted = read(world.bootstrap(), home, "totalIdentities", text).must(200)

    assert counted["_embedded"]["totalIdentities"] == [
        {"date": "2030-01-01T00:00:00.000Z", "totalIdentities": 1},
        {"date": "2030-01-02T00:00:00.000Z", "totalIdentities": 1},
        {"date": "2030-01-03T00:00:00.000Z", "totalIdentities": 2},
    ]
    assert (counted["count"], counted["size"]) == (2, 3)
    world.bootstrap().delete(f"/environments/{home}/users/{second}").must(204)
    assert read(world.bootstrap(), home, "totalIdentities", text).must(200)["count"] == 1


def test_a_range_that_ends_before_it_begins_holds_no_day(bootstrap: Caller, home: str) -> None:
    text = 'startDate eq "2019-03-02T00:00:00Z" and endDate eq "2019-03-01T00:00:00Z"'
    assert read(bootstrap, home, "totalIdentities", text).items == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        'startDate eq "2019-03-01T00:00:00Z"',
        'startDate ge "2019-03-01T00:00:00Z" and endDate eq "2019-04-01T00:00:00Z"',
        'startDate eq "2019-03-01T00:00:00Z" or endDate eq "2019-04-01T00:00:00Z"',
        'startDate eq "2019-03-01T00:00:00Z" and startDate eq "2019-04-01T00:00:00Z"',
        'startDate eq "2019-03-01T00:00:00Z" and endDate eq "2019-04-01T00:00:00Z" and endDate eq "x"',
        'startDate eq "yesterday" and endDate eq "2019-04-01T00:00:00Z"',
        'startDate eq "0001-01-01T00:00:00+14:00" and endDate eq "2019-04-01T00:00:00Z"',
    ],
)
def test_days_need_a_start_and_an_end(bootstrap: Caller, home: str, text: str) -> None:
    read(bootstrap, home, "totalIdentities", text).detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")


def test_nobody_is_active(make_world: Callable[..., World]) -> None:
    world = make_world(start=START)
    bootstrap = world.bootstrap()
    home = bootstrap.environment()["id"]
    text = 'startDate ge "2030-01-01T00:00:00Z" and samplingPeriod eq "5"'
    counted = read(bootstrap, home, "activeIdentityCounts", text, "&limit=2&order=-startDate").must(200)
    items = counted["_embedded"]["activeIdentityCounts"]
    assert [one["startDate"] for one in items] == ["2030-01-01T10:00:00.000Z", "2030-01-01T05:00:00.000Z"]
    assert items[0]["endDate"].startswith("2030-01-01T12:00:0")
    assert items[1] == {**items[1], "endDate": "2030-01-01T10:00:00.000Z", "value": 0, "cumulative": 0}
    assert counted["count"] == 3
    [last] = bootstrap.get(counted["_links"]["next"]["href"]).items
    assert last["startDate"] == "2030-01-01T00:00:00.000Z"


@pytest.mark.parametrize("period", ["0", "", "day", "-1", "99999"])
def test_a_period_is_a_number_of_hours(bootstrap: Caller, home: str, period: str) -> None:
    text = f'startDate ge "2030-01-01T00:00:00Z" and samplingPeriod eq "{period}"'
    read(bootstrap, home, "activeIdentityCounts", text).detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")
