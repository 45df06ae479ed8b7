# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, and how long is waited before: one pure decision, and the one loop that carries it out.

The statuses and the way to wait follow the vendor's page on retries
(https://developer.pingidentity.com/pingone-api/foundations/best-practices.html). This module is private.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    INVALID_CREDENTIALS,
    LICENSE_EXCEEDED,
    OVER_LICENSE,
    UNSUPPORTED_METHOD,
    UnavailableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock, http_date, timestamp
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Progress
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import (
    CONCURRENCY,
    BrokenConnectionError,
    HttpSession,
    Request,
    RequestCounter,
    Response,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.interruption import Interruption
from ansible_collections.idops.pingone.plugins.module_utils._client.limiter import Limiter

# The service may have done nothing, a part or all of it.
AMBIGUOUS_STATUSES: t.Final = (408, 500, 502, 503, 504)
# The service did nothing.
TOO_MANY_REQUESTS: t.Final = 429

# For how many seconds after it was created an environment or application may not be known everywhere, nor the roles
# that its creator got on it.
RECENT: t.Final = 60.0
LONGEST_PAUSE: t.Final = 30.0
_LONGEST_PROPAGATION_DELAY: t.Final = 2.0

_LATE_MESSAGES: t.Final = (
    "The actor attempting to perform the request is not authorized.",
    "The request could not be completed. You do not have access to this resource.",
    "Must have role at the same or broader scope",
)
# What the token endpoint says of a worker that it does not know yet, or not with its present settings, secret or roles.
_LATE_WORKER: t.Final = (
    UNSUPPORTED_METHOD,
    INVALID_CREDENTIALS,
    "does not have any role assignments",
)
_LATE_READ_ONLY: t.Final = re.compile(r"Role assignment [a-z0-9-]* cannot be deleted as it is read only")


class Budget:
    """A number of seconds that the repetitions of one call may take.

    progress: is told of each pause, and for how many seconds it is waited then.
    """

    def __init__(self, clock: Clock, seconds: float, progress: Progress) -> None:
        self._progress = progress
        self._clock = clock
        self._start = clock.monotonic()
        self._seconds = seconds

    def spent(self) -> float:
        """Return how many seconds have passed."""
        return self._clock.monotonic() - self._start

    def pause(self, seconds: float, message: str) -> bool:
        """Wait, but no longer than what is left; return False, without a wait, when nothing is.

        message: what is waited for, as the user is told.
        """
        spent = self.spent()
        left = self._seconds - spent
        if left <= 0:
            return False
        pause = min(seconds, left)
        self._progress(message, spent + pause)
        self._clock.sleep(pause)
        return True


@dataclass(frozen=True)
class Done:
    """The request was carried out."""


@dataclass(frozen=True)
class Wait:
    """Send it again, after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class RenewToken:
    """Send it again, with another token."""


@dataclass(frozen=True)
class Lost:
    """It may have been carried out, and must not be sent again before that is known. why: a clause for errors."""

    why: str


@dataclass(frozen=True)
class Refuse:
    """It is not sent again: it failed."""


Outcome: t.TypeAlias = "Response | BrokenConnectionError"
Decision: t.TypeAlias = "Done | Wait | RenewToken | Lost | Refuse"


@dataclass(frozen=True)
class State:
    """What is known about a request when the outcome of an attempt is there. All times are in seconds.

    retry_budget: for how long it may be repeated.
    settle: for how long a change made elsewhere may still be on its way.
    has_written: whether this task has changed anything, so that its effect may still be on its way.
    may_renew: whether a token that is refused can be replaced.
    attempt: how many pauses there were before.
    spent: how long ago the first attempt began.
    now: the time since the epoch.
    chance: a number from 0 up to 1.
    ambiguous: whether an attempt so far may have been carried out although its answer did not say so.
    is_final: whether the refusal is known to stay, although it looks like lateness.
    patience: for how long propagation is waited for, counted from C(late_since), a value of C(spent); both are set by
        the first outcome that looks like it.
    """

    retry_budget: float
    settle: float = 0.0
    has_written: bool = False
    may_renew: bool = False
    attempt: int = 0
    spent: float = 0.0
    now: float = 0.0
    chance: float = 1.0
    ambiguous: bool = False
    is_final: bool = False
    patience: float | None = None
    late_since: float = 0.0


def decide(request: Request, outcome: Outcome, state: State) -> Decision:
    """Return what comes after an attempt at a request. state: with this outcome noted."""
    if isinstance(outcome, BrokenConnectionError):
        if outcome.sent and not request.idempotent:
            return Lost(str(outcome))
        return _wait_within(state.retry_budget - state.spent, backoff(state.attempt, state.chance))
    if outcome.ok or (outcome.status == 404 and request.method == "DELETE" and state.ambiguous):
        return Done()
    if outcome.status == 401 and state.may_renew:
        return RenewToken()
    if outcome.status in AMBIGUOUS_STATUSES and not request.idempotent:
        return Lost(f"PingOne answered HTTP {outcome.status}")
    if is_temporary(outcome.status):
        pause = retry_after(outcome, state.now) or backoff(state.attempt, state.chance)
        return _wait_within(state.retry_budget - state.spent, pause)
    if is_late(request, outcome) and not state.is_final:
        left = (state.patience or 0.0) - (state.spent - state.late_since)
        return _wait_within(left, propagation_delay(state.attempt))
    return Refuse()


def noted(request: Request, outcome: Outcome, state: State) -> State:
    """Return a state with what an outcome adds to it."""
    if isinstance(outcome, BrokenConnectionError):
        return replace(state, ambiguous=state.ambiguous or outcome.sent)
    if outcome.status in AMBIGUOUS_STATUSES:
        return replace(state, ambiguous=True)
    if state.patience is None and is_late(request, outcome):
        return replace(state, patience=_patience(request, outcome, state), late_since=state.spent)
    return state


def _patience(request: Request, response: Response, state: State) -> float:
    """Return for how many seconds more a refusal that looks like lateness is waited for."""
    if request.late.patience is not None:
        return request.late.patience
    young_for = min(state.retry_budget, remaining_youth(request.late.created_at, response, state.now))
    if not is_propagation_error(request, response):
        return young_for
    # That a token is refused does not come of what this task wrote.
    has_written = state.has_written and (response.status != 401 or request.form is not None)
    return max(state.settle, state.retry_budget if has_written else young_for)


def _wait_within(left: float, seconds: float) -> Wait | Refuse:
    """Return a wait of so many seconds, but of no more than are left; a refusal when none are."""
    return Wait(min(seconds, left)) if left > 0 else Refuse()


class Authorization(t.Protocol):
    """What a request is authorized by."""

    def headers(self) -> t.Mapping[str, str]:
        """Return the headers that authorize it."""

    def renew(self) -> None:
        """Get another token in the place of one that was refused."""


@dataclass(frozen=True)
class Ending:
    """How the attempts at a request ended.

    outcome: the last one.
    decision: what was decided then.
    started: when the last attempt began, in seconds since the epoch.
    repeated_for: for how many seconds it was repeated; None when it was not.
    ambiguous: whether it may have been carried out although no answer said so.
    """

    outcome: Outcome
    decision: Done | Lost | Refuse
    started: float
    repeated_for: float | None
    ambiguous: bool


class Sender:
    """Sends the requests of one task, each until its outcome is known or its budget is spent.

    http: the session.
    headers: those of every request.
    clock: time; a test's own.
    keeper: takes the secrets out of what the service or a library says, before anything is made of it, and is told
        what is waited for.
    """

    def __init__(
        self,
        connection: Connection,
        http: HttpSession,
        headers: t.Mapping[str, str],
        clock: Clock,
        keeper: SecretKeeper,
    ) -> None:
        self.counter = RequestCounter()
        # Set when the task was ended from outside, so that nothing may be written any more.
        self.stop = Interruption()
        self.has_written = False
        self._connection = connection
        self._http = http
        self._headers = headers
        self.clock = clock
        self.redact = keeper.redact
        self._progress = keeper.progress
        # Shared by all threads, and with the senders of other workers of the same task.
        self.limiter = Limiter(CONCURRENCY, clock)

    def send_once(self, request: Request, authorization: Authorization | None = None) -> Response:
        """Send a request once. Raises what HttpSession.send raises."""
        self.counter.count("TOKEN" if request.form is not None else request.method)
        headers = {**self._headers, **(authorization.headers() if authorization else {})}
        response = self._http.send(request.proven(), headers, self.redact)
        shown = http_date(response.headers.get("Date"))
        if shown is not None:
            self._http.clock_offset = shown - self.clock.time()
        return response

    def send(self, request: Request, authorization: Authorization | None = None) -> Ending:
        """Send a request until its outcome is known, or its budget is spent. Without an authorization none is sent.

        Raises PingOneError when the task was ended before an attempt to write, and TransportError for what will not
        mend.
        """
        if request.form is not None:
            # Who asks for a token may hold a place already, and others wait for that token.
            return self._send(request, authorization)
        with self.limiter.place():
            return self._send(request, authorization)

    def _send(self, request: Request, authorization: Authorization | None) -> Ending:
        start = self.clock.monotonic()
        state = State(
            retry_budget=self._connection.retry_budget,
            settle=self._connection.settle,
            may_renew=authorization is not None and self._connection.credential.renewable,
        )
        while True:
            started = self.clock.time()
            outcome = self._attempt(request, authorization)
            state = noted(request, outcome, self._now(state, self.clock.monotonic() - start))
            decision = decide(request, outcome, state)
            if isinstance(decision, Wait) and _stays(request, outcome):
                state = replace(state, is_final=True)
                decision = decide(request, outcome, state)
            if isinstance(decision, (Done, Lost, Refuse)):
                repeated_for = state.spent if state.attempt else None
                return Ending(outcome, decision, started, repeated_for, state.ambiguous)
            if isinstance(decision, Wait):
                if isinstance(outcome, Response) and outcome.status == TOO_MANY_REQUESTS:
                    self.limiter.refuse(decision.seconds)
                self._progress(_wait_message(request, outcome), state.spent + decision.seconds)
                self.clock.sleep(decision.seconds)
                state = replace(state, attempt=state.attempt + 1)
            elif authorization is not None:
                authorization.renew()
                state = replace(state, may_renew=False)

    def _now(self, state: State, spent: float) -> State:
        now, chance = self.clock.time(), self.clock.random()
        return replace(state, has_written=self.has_written, spent=spent, now=now, chance=chance)

    def _attempt(self, request: Request, authorization: Authorization | None) -> Outcome:
        if self.stop.is_set() and request.method != "GET" and request.form is None:
            raise UnavailableError(
                f"{capital(request.operation)} was skipped because the task was interrupted.", request.operation
            )
        try:
            return self.send_once(request, authorization)
        except BrokenConnectionError as error:
            return error


def _stays(request: Request, outcome: Outcome) -> bool:
    """Tell whether a refusal that looks like lateness is known to stay. May read more from the service."""
    is_final = request.late.is_final
    if is_final is None or isinstance(outcome, BrokenConnectionError):
        return False
    return is_late(request, outcome) and is_final(outcome)


def _wait_message(request: Request, outcome: Outcome) -> str:
    why = str(outcome) if isinstance(outcome, BrokenConnectionError) else f"PingOne answered HTTP {outcome.status}"
    return f"Waiting to repeat {request.operation}: {why}"


def gave_up(repeated_for: float | None) -> str:
    """Return the end of a sentence about what failed; empty for what was not repeated."""
    return "" if repeated_for is None else f"; gave up after retrying for {repeated_for:.0f} seconds"


def backoff(attempt: int, chance: float) -> float:
    """Return the seconds to wait before a repetition: doubling from 1 to 30, of which chance takes up to a half.

    attempt: 0 for the first repetition.
    chance: a number from 0 up to 1.
    """
    return min(2.0 ** min(attempt, 10), LONGEST_PAUSE) * (0.5 + chance / 2)


def propagation_delay(attempt: int) -> float:
    """Return the seconds to wait for something that is on its way: from a half to 2."""
    return min(0.5 * 2.0 ** min(attempt, 10), _LONGEST_PROPAGATION_DELAY)


def retry_after(response: Response, now: float) -> float | None:
    """Return for how many seconds the service asks to wait (RFC 9110, section 10.2.3), or None.

    now: the time since the epoch, for when the service does not show its own.
    """
    value = str(response.retry_after or _inner_retry_after(response.body) or "").strip()
    if value.isdecimal():
        return float(value)
    moment = http_date(value) or timestamp(value)
    return None if moment is None else max(0.0, moment - _time_of(response, now))


def is_temporary(status: int) -> bool:
    """Tell whether a status says that the same request may be carried out later."""
    return status == TOO_MANY_REQUESTS or status in AMBIGUOUS_STATUSES


def is_late(request: Request, response: Response) -> bool:
    """Tell whether a refusal may come of something that is on its way: a change, or a permission in a new environment.

    Who asks about the second waits only while what is asked for is young.
    """
    return is_propagation_error(request, response) or lacks_permission(request, response)


def lacks_permission(request: Request, response: Response) -> bool:
    """Tell whether a call was refused as it is in a new environment before the caller's own roles are known there.

    Source: the vendor's page on best practices, which names 401, and 403 with this code.
    """
    if request.form is not None or _is_over_license(response):
        return False
    return response.status == 401 or (response.status == 403 and _members(response.body).get("code") == "ACCESS_FAILED")


def is_propagation_error(request: Request, response: Response) -> bool:
    """Tell whether a refusal reads like one that goes away by itself soon after a change."""
    if request.form is not None:
        said = str(_members(response.body).get("error_description") or "")
        return any(late in said for late in _LATE_WORKER)
    if response.status == 404:
        return request.method in ("GET", "POST") and not request.may_be_missing
    if response.status not in (400, 401, 403) or _is_over_license(response):
        return False
    messages = _messages(response.body)
    starts = any(message.startswith(late) for message in messages for late in _LATE_MESSAGES)
    return starts or any(_LATE_READ_ONLY.match(message) for message in messages)


def remaining_youth(created_at: t.Any, response: Response, now: float) -> float:
    """Return for how many seconds more what was created at a time may not be known everywhere; 0 when it is known.

    Its age is told by the service's clock, where the response shows it.
    """
    created = timestamp(created_at)
    age = RECENT if created is None else _time_of(response, now) - created
    return min(max(RECENT - age, 0.0), RECENT)


def _time_of(response: Response, now: float) -> float:
    """Return when the service answered, by its own clock if it shows that."""
    shown = http_date(response.headers.get("Date"))
    return now if shown is None else shown


def _messages(body: t.Any) -> list[str]:
    holders = [body, *_details(body)] if isinstance(body, dict) else []
    return [str(holder.get("message") or "") for holder in holders]


def _is_over_license(response: Response) -> bool:
    codes = [detail.get("code") for detail in _details(response.body)]
    return LICENSE_EXCEEDED in codes or any(OVER_LICENSE in message for message in _messages(response.body))


def _inner_retry_after(body: t.Any) -> t.Any:
    for detail in _details(body):
        inner = detail.get("innerError")
        if isinstance(inner, dict) and inner.get("retryAfter"):
            return inner["retryAfter"]
    return None


def _details(body: t.Any) -> list[dict[str, t.Any]]:
    details = _members(body).get("details")
    return [item for item in details if isinstance(item, dict)] if isinstance(details, list) else []


def _members(body: t.Any) -> dict[str, t.Any]:
    return body if isinstance(body, dict) else {}
