# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of PingOne's management API: one call, repeated when that is safe and refused with an explanation.

This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import copy
import typing as t
from dataclasses import replace
from datetime import datetime, timezone
from urllib.parse import SplitResult, urlsplit

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    AnswerError,
    CheckModeWriteError,
    Circumstances,
    ForeignAnswerError,
    NotFoundError,
    OutcomeUnknownError,
    PingOneError,
    ServiceError,
    TransportError,
    UnreachableError,
    service_error,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import items_of, kind_of, next_of
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token, claims_of
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import (
    CONCURRENCY,
    DEFAULT_LATENESS,
    BrokenConnectionError,
    Lateness,
    Request,
    Response,
    user_agent,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.limiter import Limiter
from ansible_collections.idops.pingone.plugins.module_utils._client.parallel import Job, run_parallel
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import (
    AMBIGUOUS_STATUSES,
    Budget,
    Ending,
    Lost,
    Refuse,
    Sender,
    backoff,
    gave_up,
    propagation_delay,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import (
    SessionState,
    session_state_for,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import (
    TokenCache,
    open_cache,
    private_folder,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.tokens import Bearer, Tokens

Values = list[t.Any]
FindCreated = t.Callable[[], "Wire | None"]

# A list of more pages, with a hundred objects or so on each, is taken for one without an end.
MOST_PAGES: t.Final = 10_000
# So is one of which so many pages in a row bring nothing new. A single page may: what was on it moved, or is not shown
# to the caller (inferred).
_MOST_BARREN_PAGES: t.Final = 3

# For how many seconds a lost write is looked for before it counts as not having taken place.
LOST_WRITE_TIMEOUT: t.Final = 10.0


_NOT_FOUND: t.Final = f"it was not found by reading for {LOST_WRITE_TIMEOUT:.0f} seconds"


class _LostAnswerError(Exception):
    """A POST may or may not have taken place."""


class _NotCreatedError(Exception):
    """A POST whose answer was lost did not take place, as far as reading tells."""


class PingOneClient:
    """Calls PingOne for one task.

    connection: where and who.
    check_mode: whether anything but a read raises CheckModeWriteError.
    door: C(in-process) or C(module). Tokens are kept in files in process only, which is in the controller.
    keeper: is told each secret that the service sends, and takes secrets out of what the service or a library says;
        it is told of waits too.
    clock: time; a test's own.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        check_mode: bool = False,
        door: str = "module",
        keeper: SecretKeeper | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.connection = connection
        self.check_mode = check_mode
        self.keeper = keeper or SecretKeeper()
        self.clock = clock or Clock()
        self.folder = private_folder()
        self._concurrency = CONCURRENCY
        self._headers = {"Accept": "application/json", "User-Agent": user_agent(door)}
        cache = open_cache(self.folder, connection, self.clock) if door == "in-process" else None
        self._use(session_state_for(connection), cache)

    def _use(self, session_state: SessionState, cache: TokenCache | None) -> None:
        self.session_state = session_state
        self._sender = Sender(self.connection, session_state.http, self._headers, self.clock, self.keeper)
        self._tokens = Tokens(self.connection, session_state, cache, sender=self._sender, keeper=self.keeper)

    def of_other(self, connection: Connection) -> PingOneClient:
        """Return a client of another worker that finds nothing remembered and leaves nothing, over the same session.

        connection: with the same addresses.
        """
        other = copy.copy(self)
        other.connection = connection
        other._use(SessionState(self.session_state.http), None)
        other._sender.limiter = self._sender.limiter
        return other

    def expect_propagation(self) -> None:
        """Wait for what is on its way as after a write of this client, because another worker wrote, or just did."""
        self._sender.has_written = True

    def limit_concurrency(self, most: int) -> None:
        """Let no more requests than so many be under way at once."""
        self._concurrency = most
        self._sender.limiter = Limiter(most, self.clock)

    @property
    def requests(self) -> t.Mapping[str, int]:
        """How many requests were sent, by method; those for a token as C(TOKEN)."""
        return self._sender.counter.by_method

    def service_time(self) -> datetime:
        """Return the time by the service's clock, as far as it has shown it."""
        return datetime.fromtimestamp(self.clock.time() + self.session_state.http.clock_offset, timezone.utc)

    def token(self, min_ttl: int = 0, *, fresh: bool = False) -> Token:
        """Return a token that is valid for so many seconds, if the service gives one. Raises TokenError.

        fresh: whether the service is asked although a token is at hand.
        """
        return self._tokens.get(min_ttl, fresh=fresh)

    def is_from_cache(self, token: Token) -> bool:
        """Tell whether a token was given to an earlier task."""
        return self._tokens.is_from_cache(token)

    def claims(self) -> Wire:
        """Return what the token in use says, unverified; empty when it is no JWT."""
        return claims_of(self.token().access_token)

    @property
    def caller(self) -> str:
        """The client id of the worker that calls, as its token says, or else the option."""
        token = self.session_state.token
        client_id = claims_of(token.access_token).get("client_id") if token else None
        return str(client_id or self.connection.credential.client_id)

    def get(self, path: str, *, operation: str, late: Lateness = DEFAULT_LATENESS) -> Wire:
        """Return the object at a path below the API's address.

        operation: a gerund phrase for errors.
        late: for how long lateness is waited for.

        Raises NotFoundError and the other errors of C(_base.errors).
        """
        return self._call(self._request("GET", path, operation, late=late))

    def get_or_none(self, path: str, *, operation: str, late: Lateness = DEFAULT_LATENESS) -> Wire | None:
        """Return the object at a path, or None when there is none."""
        try:
            return self._call(self._request("GET", path, operation, late=late, may_be_missing=True))
        except NotFoundError:
            return None

    def get_once(self, path: str) -> Wire | None:
        """Return the object at a path if a single request gives it, else None."""
        with contextlib.suppress(PingOneError):
            return self.read_once(path)
        return None

    def read_once(self, path: str) -> Wire:
        """Return the object at a path by a single request, which is not repeated.

        Raises the error of a failure without what the service said of it: PermissionDeniedError and NotFoundError stay
        what they are, others may pass.
        """
        return self._read_once(self._request("GET", path, f"reading {path}"))

    def list_once(self, path: str, key: str) -> Wires:
        """Return all objects of a collection by a single request a page. Raises what C(read_once) does."""
        request = self._request("GET", path, f"listing {path}")
        return self._all_pages(request, key, self._read_once)

    def list(
        self,
        path: str,
        key: str,
        *,
        operation: str,
        params: t.Mapping[str, t.Any] | None = None,
        late: Lateness = DEFAULT_LATENESS,
    ) -> Wires:
        """Return all objects of a collection, whatever the number of its pages. key: its name in C(_embedded).

        An object that moves to a later page while they are read is given once, as it was read last.
        """
        return self._all_pages(self._request("GET", path, operation, params=params, late=late), key, self._call)

    def post(
        self,
        path: str,
        body: t.Any,
        *,
        operation: str,
        find_created: FindCreated | None = None,
        late: Lateness = DEFAULT_LATENESS,
    ) -> Wire:
        """Create something, once; it is sent anew when reading tells that it did not take place.

        find_created: reads whether a POST whose answer was lost took place: returns the object, or None. It is asked
            for 10 seconds, because a new object may show late.

        Raises OutcomeUnknownError when reading does not tell.
        """
        request = self._request("POST", path, operation, json=body, late=late)
        budget = self._budget(self.connection.retry_budget)
        repeated = False
        while True:
            try:
                return self._create(request, find_created)
            except _NotCreatedError as lost:
                if not budget.pause(backoff(0, self.clock.random()), f"Waiting to repeat {operation}: {lost}"):
                    repeated_for = budget.spent() if repeated else None
                    raise self._unknown(operation, str(lost), _NOT_FOUND + gave_up(repeated_for)) from None
            except ServiceError as error:
                found = find_created() if repeated and find_created and error.is_duplicate else None
                if found is None:
                    raise
                return found
            repeated = True

    def post_once(
        self, path: str, body: t.Any, *, operation: str, find_created: FindCreated, late: Lateness = DEFAULT_LATENESS
    ) -> Wire:
        """Do something that must not be done twice, and so is not sent anew even when it did not take place.

        The rest is as for C(post).
        """
        request = self._request("POST", path, operation, json=body, late=late)
        try:
            return self._create(request, find_created)
        except _NotCreatedError as lost:
            raise self._unknown(operation, str(lost), _NOT_FOUND) from None

    def put(self, path: str, body: t.Any, *, operation: str, late: Lateness = DEFAULT_LATENESS) -> Wire:
        """Replace an object and return the answer."""
        return self._call(self._request("PUT", path, operation, json=body, late=late))

    def delete(self, path: str, *, operation: str, late: Lateness = DEFAULT_LATENESS) -> None:
        """Delete an object. When a repetition does not find it, the lost first request was carried out."""
        self._call(self._request("DELETE", path, operation, late=late))

    def run_parallel(self, jobs: t.Sequence[Job]) -> Values:
        """Run functions side by side and return what each gives, in their order."""
        return run_parallel(jobs, self._sender.stop, self._concurrency)

    def _all_pages(self, request: Request, key: str, read: t.Callable[[Request], Wire]) -> Wires:
        """Return the objects of all pages of a list. request: for the first one. read: sends it."""
        operation, page = request.operation, read(request)
        objects: dict[str, Wire] = {}
        seen, barren = set(), 0
        while True:
            known = len(objects)
            objects.update((item["id"], item) for item in items_of(page, key, operation))
            barren = barren + 1 if len(objects) == known else 0
            following = next_of(page, key, operation)
            if following is None:
                return list(objects.values())
            self._check_next(operation, following)
            if following in seen:
                raise ForeignAnswerError(
                    f"{capital(operation)} failed: the pages of the list lead back to one that was read.", operation
                )
            if barren >= _MOST_BARREN_PAGES:
                raise ForeignAnswerError(
                    f"{capital(operation)} failed: {barren} pages of the list in a row brought nothing new.", operation
                )
            seen.add(following)
            if len(seen) >= MOST_PAGES:
                raise AnswerError(operation, f"a list of at most {MOST_PAGES} pages", "more")
            page = read(replace(request, url=following, params=None))

    def _budget(self, seconds: float) -> Budget:
        return Budget(self.clock, seconds, self.keeper.progress)

    def finishing(self) -> t.ContextManager[None]:
        """Return what a thread holds while it does what must not be left halfway when the task is ended."""
        return self._sender.stop.finishing()

    def wait_for_requests(self) -> None:
        """Wait for the requests that are under way though the thread that sent them was ended."""
        self.session_state.http.wait()

    def _request(self, method: str, path: str, operation: str, **more: t.Any) -> Request:
        return Request(method, self.connection.api_url + path, operation, path, **more)

    def _call(self, request: Request) -> Wire:
        """Send a request until its outcome is known, or the budget is spent.

        Raises _LostAnswerError for a POST, which is not repeated here once it may have taken place.
        """
        if self.check_mode and request.method != "GET":
            raise CheckModeWriteError(
                f"{capital(request.operation)} was stopped because it would write ({request.method} {request.path}) "
                "in check mode.",
                request.operation,
            )
        bearer = Bearer(self._tokens)
        try:
            ending = self._sender.send(request, bearer)
        except AnswerError:
            raise
        except TransportError as error:
            raise error.during(request.operation) from None
        if isinstance(ending.decision, Lost):
            raise _LostAnswerError(ending.decision.why)
        if isinstance(ending.outcome, BrokenConnectionError):
            raise self._gave_up(request, ending, str(ending.outcome))
        if isinstance(ending.decision, Refuse):
            raise self._refused(request, ending, ending.outcome)
        self._sender.has_written = self._sender.has_written or request.method != "GET"
        return self._object(request, ending.outcome)

    def _create(self, request: Request, find_created: FindCreated | None) -> Wire:
        """Send a POST. Raises _NotCreatedError when its answer was lost, and it is not found by reading."""
        try:
            return self._call(request)
        except _LostAnswerError as lost:
            self.session_state.forget_all()
            found = self._find_created(find_created, request.operation, str(lost))
            if found is None:
                raise _NotCreatedError(str(lost)) from None
            return found

    def _find_created(self, find_created: FindCreated | None, operation: str, lost: str) -> Wire | None:
        """Read, again and again, whether a lost POST took place; return the object, or None."""
        if find_created is None:
            raise self._unknown(operation, lost, "nothing can be read that would tell")
        budget = self._budget(LOST_WRITE_TIMEOUT)
        message = f"Waiting to see whether {operation} took place: {lost}"
        attempt = 0
        while True:
            try:
                found = find_created()
            except PingOneError as error:
                raise self._unknown(operation, lost, f"reading failed too: {error}") from None
            if found is not None:
                self._sender.has_written = True
                return found
            if not budget.pause(propagation_delay(attempt), message):
                return None
            attempt += 1

    def _check_next(self, operation: str, following: str) -> None:
        ours, theirs = urlsplit(self.connection.api_url), _parts(following, operation)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise ForeignAnswerError(
                f"{capital(operation)} failed: the next page of the list is said to be at {theirs.scheme}://"
                f"{theirs.hostname}, and a token is sent to {ours.scheme}://{ours.netloc} alone; check api_url.",
                operation,
            )

    def _object(self, request: Request, response: Response) -> Wire:
        if not response.ok:
            # What is to be deleted is gone.
            return {}
        if isinstance(response.body, dict):
            return response.body
        got = f"{kind_of(response.body)} in the answer to the {request.method}, HTTP {response.status}"
        raise AnswerError(request.operation, "a JSON object", got)

    def _refused(self, request: Request, ending: Ending, response: Response) -> ServiceError:
        if request.method != "GET" and response.status in AMBIGUOUS_STATUSES:
            self.session_state.forget_all()
        circumstances = Circumstances(
            path=request.path,
            client_id=self.caller,
            read=self._get_once,
            repeated_for=ending.repeated_for,
            retry_after=response.retry_after,
        )
        body, correlation_id = self._sender.redact(response.body), self._sender.redact(response.correlation_id)
        return service_error(request.operation, response.status, body, correlation_id, circumstances)

    def _get_once(self, path: str) -> Response | None:
        try:
            return self._sender.send_once(Request("GET", self.connection.api_url + path), Bearer(self._tokens))
        except PingOneError:
            return None

    def _read_once(self, request: Request) -> Wire:
        response = self._sender.send_once(request, Bearer(self._tokens))
        if not response.ok:
            raise service_error(request.operation, response.status, None, None)
        return self._object(request, response)

    def _gave_up(self, request: Request, ending: Ending, why: str) -> PingOneError:
        """Return the error for a connection that kept breaking."""
        retried = gave_up(ending.repeated_for)
        if request.method != "GET" and ending.ambiguous:
            self.session_state.forget_all()
            return self._unknown(request.operation, why, retried.removeprefix("; ") or "it was not repeated")
        return UnreachableError(f"{capital(request.operation)} failed: {why}{retried}.", request.operation)

    @staticmethod
    def _unknown(operation: str, lost: str, why: str) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"{capital(operation)} may or may not have taken place: {lost}, and {why.rstrip('.')}.",
            operation,
        )


def _parts(address: str, operation: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise AnswerError(operation, "a list whose next page has an address", "a text that is none") from None
