# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, and how long is waited: to the second, without a request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._client.http import (
    BrokenConnectionError,
    Lateness,
    Request,
    Response,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import (
    Budget,
    Done,
    Lost,
    Refuse,
    RenewToken,
    State,
    Wait,
    backoff,
    decide,
    is_propagation_error,
    noted,
    propagation_delay,
    remaining_youth,
    retry_after,
)
from hypothesis import given
from hypothesis import strategies as st

# 2026-11-02T09:00:00Z
NOW = 1793610000.0
DATE = "Mon, 02 Nov 2026 09:00:00 GMT"
LATER = "Mon, 02 Nov 2026 09:00:07 GMT"


class StillClock:
    """A clock that stands still but for what is slept."""

    def __init__(self):
        self.now, self.slept = NOW, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def answer(status=429, body=None, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, headers=named, body={} if body is None else body)


def request_of(method="GET", **more):
    late = {name: more.pop(name) for name in ("created_at", "patience") if name in more}
    return Request(method, "https://api.example.com/v1/x", "doing it", late=Lateness(**late), **more)


def inner(value):
    return {"details": ["no detail", {"code": "LIMIT_EXCEEDED", "innerError": {"retryAfter": value}}]}


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(0, 0.0, 0.5), (0, 1.0, 1.0), (1, 1.0, 2.0), (3, 0.5, 6.0), (5, 1.0, 30.0), (9999, 1.0, 30.0), (9999, 0.0, 15.0)],
)
def test_pauses_double_up_to_half_a_minute_with_chance(attempt, chance, seconds):
    assert backoff(attempt, chance) == seconds


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 2.0), (9999, 2.0)])
def test_what_is_on_its_way_is_asked_for_often(attempt, seconds):
    assert propagation_delay(attempt) == seconds


def test_a_budget_shortens_the_last_pause_and_then_refuses():
    clock, told = StillClock(), []
    budget = Budget(clock, 10, lambda message, waited: told.append((message, waited, list(clock.slept))))
    assert budget.pause(7, "Waiting")
    assert budget.pause(7, "Waiting still")
    assert not budget.pause(7, "Waiting no more")
    assert clock.slept == [7, 3]
    assert budget.spent() == 10
    assert told == [("Waiting", 7, []), ("Waiting still", 10, [7])]


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
    assert retry_after(asked, NOW) == seconds


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
        ("GET", answer(401, refused(NO_ACCESS)), True),
        ("GET", answer(401, refused("No.")), False),
        ("GET", answer(500, refused(NOT_AUTHORIZED)), False),
        ("GET", answer(403, NOT_AUTHORIZED), False),
    ],
)
def test_only_what_goes_away_by_itself_counts_as_late(method, asked, late):
    assert is_propagation_error(request_of(method), asked) is late


@pytest.mark.parametrize(
    ("created", "asked", "seconds"),
    [
        ("2026-11-02T08:59:01Z", answer(), 1.0),
        ("2026-11-02T08:59:00Z", answer(), 0.0),
        ("2026-11-02T08:59:05Z", answer(Date=LATER), 0.0),
        ("2026-11-02T08:59:08Z", answer(Date=LATER), 1.0),
        ("2026-11-02T08:58:00Z", answer(Date="Mon, 02 Nov 2026 08:58:30 GMT"), 30.0),
        ("2026-11-02T09:00:05Z", answer(), 60.0),
        (None, answer(), 0.0),
    ],
)
def test_an_object_is_young_for_a_minute_by_the_service_s_clock(created, asked, seconds):
    assert remaining_youth(created, asked, NOW) == seconds


TOKEN = {"form": {"grant_type": "client_credentials"}}
LATE_WORKER = {"error": "invalid_client", "error_description": "Request denied: Unsupported authentication method"}
LATE_SECRET = {"error": "invalid_client", "error_description": "Request denied: Invalid client credentials"}
LATE_ROLES = {
    "error": "access_denied",
    "error_description": "Request denied: Application does not have any role assignments (Correlation ID: c)",
}
SENT, NOT_SENT = BrokenConnectionError("It broke", True), BrokenConnectionError("It broke", False)
NEW = "2026-11-02T08:59:50Z"


def decided(request, outcome, **known):
    """Return the decision about one outcome; what is known is about the attempts before."""
    state = noted(request, outcome, State(**{"retry_budget": 60.0, "now": NOW, **known}))
    return decide(request, outcome, state)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize(
    ("outcome", "known", "decision"),
    [
        (answer(200), {}, Done()),
        (answer(204), {}, Done()),
        (answer(400), {}, Refuse()),
        (answer(409), {}, Refuse()),
        (answer(401), {}, Refuse()),
        (answer(401), {"may_renew": True}, RenewToken()),
        (answer(429), {}, Wait(1.0)),
        (answer(429), {"attempt": 2}, Wait(4.0)),
        (answer(429), {"chance": 0.0}, Wait(0.5)),
        (answer(429, Retry_After="7"), {}, Wait(7.0)),
        (answer(429, Retry_After="7"), {"spent": 55.0}, Wait(5.0)),
        (answer(429), {"spent": 60.0}, Refuse()),
        (answer(429), {"retry_budget": 0.0}, Refuse()),
        (NOT_SENT, {}, Wait(1.0)),
        (NOT_SENT, {"spent": 59.5}, Wait(0.5)),
        (NOT_SENT, {"spent": 61.0}, Refuse()),
    ],
)
def test_what_tells_its_outcome_is_decided_alike_for_every_method(method, outcome, known, decision):
    assert decided(request_of(method), outcome, **known) == decision


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_an_ambiguous_answer_is_repeated_but_for_a_post(status):
    for method in ("GET", "PUT", "DELETE"):
        assert decided(request_of(method), answer(status)) == Wait(1.0)
        assert decided(request_of(method), answer(status, Retry_After="3")) == Wait(3.0)
        assert decided(request_of(method), answer(status), spent=60.0) == Refuse()
    assert decided(request_of("POST"), answer(status)) == Lost(f"PingOne answered HTTP {status}")
    assert decided(request_of("POST", **TOKEN), answer(status)) == Wait(1.0)


def test_a_broken_connection_is_repeated_but_for_a_post_that_was_sent():
    assert decided(request_of("PUT"), SENT) == Wait(1.0)
    assert decided(request_of("POST", **TOKEN), SENT) == Wait(1.0)
    assert decided(request_of("POST"), SENT) == Lost("It broke")


@pytest.mark.parametrize("first", [SENT, answer(503)])
def test_a_delete_that_then_finds_nothing_was_carried_out(first):
    delete = request_of("DELETE")
    state = noted(delete, first, State(retry_budget=60.0))

    assert decide(delete, answer(404), noted(delete, answer(404), state)) == Done()
    assert decided(delete, answer(404)) == Refuse()
    assert decided(delete, answer(404), ambiguous=noted(delete, NOT_SENT, State(60.0)).ambiguous) == Refuse()
    assert decided(request_of("PUT"), answer(404), ambiguous=True) == Refuse()


@pytest.mark.parametrize(
    ("more", "known", "decision"),
    [
        ({}, {}, Refuse()),
        ({}, {"settle": 3.0}, Wait(0.5)),
        ({}, {"settle": 3.0, "attempt": 5}, Wait(2.0)),
        ({}, {"settle": 0.2}, Wait(0.2)),
        ({}, {"has_written": True}, Wait(0.5)),
        ({"created_at": NEW}, {}, Wait(0.5)),
        ({"created_at": "2026-11-02T08:58:00Z"}, {}, Refuse()),
        ({"created_at": NEW, "may_be_missing": True}, {"settle": 3.0, "has_written": True}, Refuse()),
        ({"created_at": NEW}, {"retry_budget": 0.0}, Refuse()),
    ],
)
def test_what_may_be_on_its_way_is_waited_for_with_a_reason(more, known, decision):
    assert decided(request_of("GET", **more), answer(404), **known) == decision


@pytest.mark.parametrize("late", [answer(401, LATE_WORKER), answer(401, LATE_SECRET), answer(400, LATE_ROLES)])
def test_what_a_change_of_a_worker_may_cause_is_waited_for_as_settle_says(late):
    assert decided(request_of("POST", **TOKEN), late, settle=3.0) == Wait(0.5)
    assert decided(request_of("POST", **TOKEN), late) == Refuse()


def test_a_refused_token_is_waited_for_in_a_young_environment_and_not_after_a_write():
    late = answer(401, refused(NO_ACCESS))
    assert decided(request_of("GET", created_at=NEW), late) == Wait(0.5)
    assert decided(request_of("GET", created_at=NEW), late, may_renew=True) == RenewToken()
    assert decided(request_of("GET"), late, has_written=True) == Refuse()


NO_PERMISSION = answer(403, {"code": "ACCESS_FAILED", "message": "In words of its own."})


@pytest.mark.parametrize("late", [answer(401), NO_PERMISSION])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
def test_a_missing_permission_is_waited_for_in_a_young_environment_alone(method, late):
    assert decided(request_of(method, created_at=NEW), late) == Wait(0.5)
    assert decided(request_of(method, created_at="2026-11-02T08:59:00Z"), late) == Refuse()
    assert decided(request_of(method), late, settle=9.0, has_written=True) == Refuse()
    assert decided(request_of("POST", created_at=NEW, **TOKEN), late) == Refuse()


def test_what_comes_of_a_full_license_or_of_another_address_is_no_missing_permission():
    full = {"code": "ACCESS_FAILED", "message": "No.", "details": [{"code": "LICENSE_EXCEEDED"}]}
    assert decided(request_of("POST", created_at=NEW), answer(403, full)) == Refuse()
    full = {"code": "ACCESS_FAILED", "message": "The request exceeded your license limit"}
    assert decided(request_of("POST", created_at=NEW), answer(403, full)) == Refuse()
    assert decided(request_of("GET", created_at=NEW), answer(403, {"message": "Invalid key=value pair"})) == Refuse()


def test_what_is_young_is_waited_for_until_it_is_a_minute_old():
    get = request_of("GET", created_at="2026-11-02T08:59:30Z")
    state = noted(get, answer(404), State(retry_budget=60.0, now=NOW))

    assert decide(get, answer(404), replace(state, spent=29.9, attempt=9)) == Wait(pytest.approx(0.1))
    assert decide(get, answer(404), replace(state, spent=30.0)) == Refuse()
    assert noted(get, answer(404), State(retry_budget=60.0, now=NOW, has_written=True)).patience == 60.0
    assert noted(get, answer(404), State(retry_budget=60.0, now=NOW, settle=45.0)).patience == 45.0
    assert noted(get, answer(404), State(retry_budget=10.0, now=NOW)).patience == 10.0


@pytest.mark.parametrize("patience", [0, 3])
def test_a_request_may_say_itself_how_patient_it_is(patience):
    get = request_of("GET", patience=patience, created_at=NEW)
    state = noted(get, answer(404), State(retry_budget=60.0, now=NOW, settle=30.0, has_written=True))
    assert state.patience == patience


def test_a_refusal_that_is_known_to_stay_is_not_waited_for():
    late = answer(403, refused(NO_ACCESS))
    assert decided(request_of("GET", created_at=NEW), late, settle=9.0, has_written=True, is_final=True) == Refuse()
    assert decided(request_of("GET", created_at=NEW), answer(503), is_final=True) == Wait(1.0)


def test_a_late_worker_is_waited_for_by_token_requests_alone():
    assert decided(request_of("POST", **TOKEN), answer(401, LATE_WORKER), settle=3.0) == Wait(0.5)
    assert decided(request_of("POST", **TOKEN), answer(401, LATE_WORKER)) == Refuse()
    assert (
        decided(request_of("POST", **TOKEN), answer(401, "Unsupported authentication method"), settle=3.0) == Refuse()
    )
    assert decided(request_of("POST", **TOKEN), answer(404), settle=3.0) == Refuse()
    assert decided(request_of("POST"), answer(401, LATE_WORKER), settle=3.0) == Refuse()


def test_propagation_is_waited_for_from_its_first_sign_and_as_long_as_was_right_then():
    get = request_of("GET", created_at=NEW)
    state = noted(get, answer(404), State(retry_budget=60.0, spent=50.0, now=NOW))
    assert (state.patience, state.late_since) == (50.0, 50.0)

    later = replace(state, spent=99.0, now=NOW + 999)
    assert decide(get, answer(404), noted(get, answer(404), later)) == Wait(0.5)
    assert decide(get, answer(404), replace(later, spent=100.0)) == Refuse()


@given(
    method=st.sampled_from(["GET", "PUT", "DELETE", "POST"]),
    outcome=st.sampled_from([SENT, NOT_SENT]) | st.integers(200, 599).map(answer),
    spent=st.floats(0, 200),
    attempt=st.integers(0, 50),
    settle=st.floats(0, 100),
)
def test_no_wait_goes_beyond_what_is_left(method, outcome, spent, attempt, settle):
    decision = decided(request_of(method), outcome, spent=spent, attempt=attempt, settle=settle)

    if isinstance(decision, Wait):
        assert 0 < decision.seconds <= max(60 - spent, settle)
