# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, and how long is waited: to the second, without a request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import (
    Budget,
    backoff,
    is_propagation_error,
    propagation_delay,
    retry_after,
    was_created_recently,
)

# 2026-11-02T09:00:00Z
NOW = 1793610000.0
DATE = "Mon, 02 Nov 2026 09:00:00 GMT"
LATER = "Mon, 02 Nov 2026 09:00:07 GMT"


class StillClock:
    """A clock that stands still but for what is slept."""

    def __init__(self, now=NOW, chance=0.5):
        self.now, self.chance, self.slept = now, chance, []

    def time(self):
        return self.now

    def monotonic(self):
        return self.now

    def random(self):
        return self.chance

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def answer(status=429, body=None, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, headers=named, body={} if body is None else body)


def inner(value):
    return {"details": ["no detail", {"code": "LIMIT_EXCEEDED", "innerError": {"retryAfter": value}}]}


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(0, 0.0, 0.5), (0, 1.0, 1.0), (1, 1.0, 2.0), (3, 0.5, 6.0), (5, 1.0, 30.0), (9999, 1.0, 30.0), (9999, 0.0, 15.0)],
)
def test_pauses_double_up_to_half_a_minute_with_chance(attempt, chance, seconds):
    assert backoff(attempt, StillClock(chance=chance)) == seconds


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 2.0), (9999, 2.0)])
def test_what_is_on_its_way_is_asked_for_often(attempt, seconds):
    assert propagation_delay(attempt) == seconds


def test_a_budget_shortens_the_last_pause_and_then_refuses():
    clock = StillClock()
    budget = Budget(clock, 10)
    assert budget.pause(7)
    assert budget.pause(7)
    assert not budget.pause(7)
    assert clock.slept == [7, 3]
    assert budget.spent() == 10


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (answer(Retry_After="7"), 7.0),
        (answer(Retry_After=" 7 "), 7.0),
        (answer(Retry_After=LATER), 7.0),
        (answer(Retry_After=LATER, Date="Mon, 02 Nov 2026 09:00:02 GMT"), 5.0),
        (answer(Retry_After=DATE, Date=LATER), 0.0),
        (answer(Retry_After="7", body=inner("2026-11-02T09:00:09Z")), 7.0),
        (answer(body=inner("2026-11-02T09:00:09Z")), 9.0),
        (answer(body=inner("2026-11-02T09:00:09Z"), Date="Mon, 02 Nov 2026 09:00:02 GMT"), 7.0),
        (answer(body=inner("")), None),
        (answer(body={"details": [{"innerError": "x"}, {"innerError": {"retryAfter": "3"}}]}), 3.0),
        (answer(body={"details": "x"}), None),
        (answer(body="no object"), None),
        (answer(Retry_After="soon"), None),
        (answer(), None),
    ],
)
def test_the_service_is_waited_for_as_long_as_it_asks(asked, seconds):
    assert retry_after(asked, StillClock()) == seconds


def refused(message, detail=None, code="INSUFFICIENT_PERMISSIONS"):
    return {"message": message, "details": [{"code": code, "message": detail}] if detail else []}


NOT_AUTHORIZED = "The actor attempting to perform the request is not authorized."
NO_ACCESS = "The request could not be completed. You do not have access to this resource."
READ_ONLY = "Role assignment 0a4b1c52-3a60 cannot be deleted as it is read only"


@pytest.mark.parametrize(
    ("method", "asked", "late"),
    [
        ("GET", answer(404), True),
        ("POST", answer(404), True),
        ("PUT", answer(404), False),
        ("DELETE", answer(404), False),
        ("GET", answer(403, refused(NOT_AUTHORIZED)), True),
        ("DELETE", answer(403, refused(NO_ACCESS)), True),
        ("POST", answer(400, refused("No.", "Must have role at the same or broader scope as it")), True),
        ("DELETE", answer(400, refused(READ_ONLY)), True),
        ("DELETE", answer(400, refused("No: " + READ_ONLY)), False),
        ("POST", answer(403, refused("No. " + NOT_AUTHORIZED)), False),
        ("POST", answer(403, refused(NO_ACCESS, "Too many.", "LICENSE_EXCEEDED")), False),
        ("POST", answer(400, refused("Something else.", "Another.")), False),
        ("POST", answer(400, {"details": [{"code": "x"}]}), False),
        ("GET", answer(401, refused(NOT_AUTHORIZED)), False),
        ("GET", answer(500, refused(NOT_AUTHORIZED)), False),
        ("GET", answer(403, NOT_AUTHORIZED), False),
    ],
)
def test_only_what_goes_away_by_itself_counts_as_late(method, asked, late):
    assert is_propagation_error(method, asked) is late


@pytest.mark.parametrize(
    ("created", "asked", "young"),
    [
        ("2026-11-02T08:59:01Z", answer(), True),
        ("2026-11-02T08:59:00Z", answer(), False),
        ("2026-11-02T08:59:05Z", answer(Date=LATER), False),
        ("2026-11-02T08:59:08Z", answer(Date=LATER), True),
        ("2026-11-02T08:58:00Z", answer(Date="Mon, 02 Nov 2026 08:58:30 GMT"), True),
        (None, answer(), False),
    ],
)
def test_an_object_is_young_for_a_minute_by_the_service_s_clock(created, asked, young):
    assert was_created_recently(created, asked, StillClock()) is young
