# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of PingOne's management API: one call, repeated when that is safe and refused with an explanation.

This module is private to the collection.
"""

from __future__ import annotations

import threading
import typing as t
from urllib.parse import urlsplit

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    CheckModeWriteError,
    NotFoundError,
    OutcomeUnknownError,
    PingOneError,
    ServiceError,
    TransportError,
    service_error,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token, claims_of
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import (
    BrokenConnectionError,
    RequestCounter,
    Response,
    user_agent,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.parallel import Job, run_parallel
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import (
    AMBIGUOUS_STATUSES,
    TOO_MANY_REQUESTS,
    Budget,
    backoff,
    is_propagation_error,
    propagation_delay,
    retry_after,
    was_created_recently,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import session_state_for
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import open_cache, private_folder
from ansible_collections.idops.pingone.plugins.module_utils._client.tokens import Tokens

Values = list[t.Any]
FindCreated = t.Callable[[], "Wire | None"]
# Reads a path once, without repetition; None when that did not work.
GetOnce = t.Callable[[str], "Response | None"]
Explain = t.Callable[[ServiceError, str, GetOnce, str], "str | None"]

# For how many seconds a lost write is looked for before it counts as not having taken place.
LOST_WRITE_TIMEOUT: t.Final = 10.0


class _LostAnswerError(Exception):
    """A POST may or may not have taken place."""


class PingOneClient:
    """Calls PingOne for one task.

    connection: where and who.
    check_mode: whether anything but a read raises CheckModeWriteError.
    door: C(in-process) or C(module). Tokens are kept in files in process only, which is in the controller.
    warn: is called with a sentence for the user.
    on_secret: is called with each secret that the service sends.
    explain: returns what to do about a refusal of a path, or None; it is given the error, the path, a function that
        reads a path once, and who called.
    clock: time; a test's own.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        check_mode: bool = False,
        door: str = "module",
        warn: t.Callable[[str], t.Any] = lambda message: None,
        on_secret: t.Callable[[str], t.Any] = lambda secret: None,
        explain: Explain = lambda error, path, get_once, client_id: None,
        clock: Clock | None = None,
    ) -> None:
        self.connection = connection
        self.check_mode = check_mode
        self.on_secret = on_secret
        self._explain = explain
        self.clock = clock or Clock()
        self.folder = private_folder()
        self.session_state = session_state_for(connection)
        self._headers = {"Accept": "application/json", "User-Agent": user_agent(door)}
        self._counter = RequestCounter()
        self._stop = threading.Event()
        self._has_written = False
        self._tokens = Tokens(
            connection,
            self.session_state,
            open_cache(self.folder, connection, self.clock) if door == "in-process" else None,
            clock=self.clock,
            headers=self._headers,
            counter=self._counter,
            may_be_late=lambda: self._late_seconds(self._has_written),
            on_secret=on_secret,
        )
        if not connection.validate_certs:
            warn("validate_certs is false: whoever is between here and PingOne can read and change all that is sent.")

    @property
    def requests(self) -> t.Mapping[str, int]:
        """How many requests were sent, by method; those for a token as C(TOKEN)."""
        return self._counter.by_method

    def token(self, min_ttl: int = 0) -> Token:
        """Return a token that is valid for so many seconds, if the service gives one. Raises TokenError."""
        return self._tokens.get(min_ttl)

    def claims(self) -> Wire:
        """Return what the token in use says, unverified; empty when it is no JWT."""
        return claims_of(self.token().access_token)

    def get(
        self, path: str, *, operation: str, params: t.Mapping[str, t.Any] | None = None, created_at: t.Any = None
    ) -> Wire:
        """Return the object at a path below the API's address.

        operation: a gerund phrase for errors.
        created_at: when what the path lies below was created, so that its lateness is waited for.

        Raises NotFoundError and the other errors of _errors.
        """
        return self._call("GET", path, operation, params=params, created_at=created_at)

    def get_or_none(self, path: str, *, operation: str) -> Wire | None:
        """Return the object at a path, or None when there is none."""
        try:
            return self._call("GET", path, operation, may_be_missing=True)
        except NotFoundError:
            return None

    def get_once(self, path: str) -> Wire | None:
        """Return the object at a path if a single request gives it, else None."""
        response = self._peek(path)
        return response.body if response is not None and response.ok and isinstance(response.body, dict) else None

    def list(
        self,
        path: str,
        key: str,
        *,
        operation: str,
        params: t.Mapping[str, t.Any] | None = None,
        created_at: t.Any = None,
    ) -> Wires:
        """Return all objects of a collection, whatever the number of its pages. key: its name in C(_embedded)."""
        page = self.get(path, operation=operation, params=params, created_at=created_at)
        items: Wires = []
        seen = set()
        while True:
            items += (page.get("_embedded") or {}).get(key) or []
            following = ((page.get("_links") or {}).get("next") or {}).get("href")
            if not following:
                return items
            self._check_next(operation, following)
            if following in seen:
                raise TransportError(
                    f"{capital(operation)} failed: the pages of the list lead back to one that was read."
                )
            seen.add(following)
            page = self._call("GET", path, operation, url=following, created_at=created_at)

    def post(
        self,
        path: str,
        body: t.Any,
        *,
        operation: str,
        find_created: FindCreated | None = None,
        content_type: str | None = None,
        repeat: bool = True,
        created_at: t.Any = None,
    ) -> Wire:
        """Create something, once.

        find_created: reads whether a POST whose answer was lost took place: returns the object, or None. It is asked
            for 10 seconds, because a new object may show late.
        content_type: when it is not C(application/json).
        repeat: whether the POST is sent anew when it did not take place.

        Raises OutcomeUnknownError when a lost answer can't be settled.
        """
        budget = Budget(self.clock, self.connection.retry_budget)
        again = False
        while True:
            try:
                return self._call("POST", path, operation, body=body, content_type=content_type, created_at=created_at)
            except _LostAnswerError as lost:
                self.session_state.forget_all()
                found = self._find_created(find_created, operation, str(lost))
                if found is not None:
                    return found
                if not repeat or not budget.pause(backoff(0, self.clock)):
                    raise self._unknown(operation, str(lost), "it was not found by reading either") from None
            except ServiceError as error:
                found = find_created() if again and find_created and error.is_duplicate else None
                if found is None:
                    raise
                return found
            again = True

    def put(self, path: str, body: t.Any, *, operation: str, created_at: t.Any = None) -> Wire:
        """Replace an object and return the answer."""
        return self._call("PUT", path, operation, body=body, created_at=created_at)

    def delete(self, path: str, *, operation: str, created_at: t.Any = None) -> None:
        """Delete an object. When a repetition does not find it, the lost first request was carried out."""
        self._call("DELETE", path, operation, created_at=created_at)

    def run_parallel(self, jobs: t.Sequence[Job]) -> Values:
        """Run functions side by side and return what each gives, in their order."""
        return run_parallel(jobs, self._stop)

    def _call(
        self,
        method: str,
        path: str,
        operation: str,
        *,
        url: str | None = None,
        params: t.Mapping[str, t.Any] | None = None,
        body: t.Any = None,
        content_type: str | None = None,
        created_at: t.Any = None,
        may_be_missing: bool = False,
    ) -> Wire:
        """Send a request until its outcome is known, or the budget is spent.

        Raises _LostAnswerError for a POST, which is not repeated here once it may have taken place.
        """
        if self.check_mode and method != "GET":
            raise CheckModeWriteError(
                f"{capital(operation)} was stopped, since it would write ({method} {path}) in check mode. "
                "This is a defect of the collection; please report it."
            )
        budget = Budget(self.clock, self.connection.retry_budget)
        patience: Budget | None = None
        renewed = broken = False
        attempt = 0
        token = self._tokens.get()
        while True:
            self._check_stop(method, operation)
            try:
                response = self._send(method, url or self.connection.api_url + path, token, params, body, content_type)
            except BrokenConnectionError as error:
                self._raise_if_lost(method, str(error), error.sent)
                broken = broken or error.sent
                if not budget.pause(backoff(attempt, self.clock)):
                    raise self._gave_up(method, operation, str(error), budget, broken) from None
                attempt += 1
                continue
            except TransportError as error:
                raise TransportError(f"{capital(operation)} failed: {error}") from None
            if response.ok:
                self._has_written = self._has_written or method != "GET"
                return self._object(response, method, operation)
            if response.status == 404 and method == "DELETE" and broken:
                return {}
            if response.status == 404 and may_be_missing:
                raise service_error(operation, response.status, response.body, response.correlation_id)
            if response.status == 401 and not renewed and self.connection.credential.renewable:
                renewed, token = True, self._tokens.renew(token)
                continue
            if response.status in AMBIGUOUS_STATUSES:
                self._raise_if_lost(method, f"PingOne answered HTTP {response.status}", True)
                broken = True
            if response.status == TOO_MANY_REQUESTS or response.status in AMBIGUOUS_STATUSES:
                asked = retry_after(response, self.clock)
                again = budget.pause(asked or backoff(attempt, self.clock))
            else:
                again = False
                if is_propagation_error(method, response):
                    reason = self._has_written or was_created_recently(created_at, response, self.clock)
                    patience = patience or Budget(self.clock, self._late_seconds(reason))
                    again = patience.pause(propagation_delay(attempt))
            if not again:
                raise self._refused(method, path, operation, response, budget)
            attempt += 1

    def _send(
        self,
        method: str,
        url: str,
        token: Token,
        params: t.Mapping[str, t.Any] | None,
        body: t.Any,
        content_type: str | None,
    ) -> Response:
        headers = {**self._headers, "Authorization": f"{token.token_type} {token.access_token}"}
        if content_type:
            headers["Content-Type"] = content_type
        return self.session_state.http.send(
            method, url, headers=headers, params=params, json=body, counter=self._counter
        )

    def _late_seconds(self, reason: bool) -> float:
        """Return for how long something late is waited for. reason: whether something was just changed or created."""
        return max(self.connection.settle, self.connection.retry_budget if reason else 0)

    def _find_created(self, find_created: FindCreated | None, operation: str, lost: str) -> Wire | None:
        """Read, again and again, whether a lost POST took place; return the object, or None."""
        if find_created is None:
            raise self._unknown(operation, lost, "nothing can be read that would tell")
        budget = Budget(self.clock, LOST_WRITE_TIMEOUT)
        attempt = 0
        while True:
            try:
                found = find_created()
            except PingOneError as error:
                raise self._unknown(operation, lost, f"reading failed too: {error}") from None
            if found is not None:
                self._has_written = True
                return found
            if not budget.pause(propagation_delay(attempt)):
                return None
            attempt += 1

    @staticmethod
    def _raise_if_lost(method: str, why: str, sent: bool) -> None:
        if method == "POST" and sent:
            raise _LostAnswerError(why)

    def _check_stop(self, method: str, operation: str) -> None:
        if method != "GET" and self._stop.is_set():
            raise PingOneError(f"{capital(operation)} was not begun, since the task was ended.")

    def _check_next(self, operation: str, following: str) -> None:
        ours, theirs = urlsplit(self.connection.api_url), urlsplit(following)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise TransportError(
                f"{capital(operation)} failed: the next page of the list is said to be at {theirs.scheme}://"
                f"{theirs.hostname}, and a token is sent to {ours.scheme}://{ours.netloc} alone; check api_url."
            )

    def _object(self, response: Response, method: str, operation: str) -> Wire:
        if isinstance(response.body, dict):
            return response.body
        raise TransportError(
            f"{capital(operation)} failed: the answer to the {method}, HTTP {response.status}, is no JSON object; "
            "check that api_url is PingOne's, and that no proxy answers in its place."
        )

    def _refused(self, method: str, path: str, operation: str, response: Response, budget: Budget) -> ServiceError:
        error = service_error(operation, response.status, response.body, response.correlation_id)
        if response.status == TOO_MANY_REQUESTS or response.status in AMBIGUOUS_STATUSES:
            asked = response.headers.get("Retry-After")
            said = f" (it asked to wait: Retry-After {asked})" if asked else ""
            if method != "GET" and response.status != TOO_MANY_REQUESTS:
                self.session_state.forget_all()
            return error.with_hint(
                f"It was repeated for {budget.spent():.0f} seconds{said}; try again later, or raise retry_budget."
            )
        hint = self._explain(error, path, self._peek, self._caller())
        return error.with_hint(hint) if hint else error

    def _caller(self) -> str:
        token = self.session_state.token
        client_id = claims_of(token.access_token).get("client_id") if token else None
        return str(client_id or self.connection.credential.client_id)

    def _peek(self, path: str) -> Response | None:
        try:
            return self._send("GET", self.connection.api_url + path, self._tokens.get(), None, None, None)
        except PingOneError:
            return None

    def _gave_up(self, method: str, operation: str, why: str, budget: Budget, broken: bool) -> PingOneError:
        """Return the error for a connection that kept breaking."""
        if method != "GET" and broken:
            self.session_state.forget_all()
            return self._unknown(operation, why, f"it was repeated for {budget.spent():.0f} seconds")
        return TransportError(
            f"{capital(operation)} failed: {why}; it was repeated for {budget.spent():.0f} seconds. "
            "Check the network, the proxy, and that api_url or region is right."
        )

    @staticmethod
    def _unknown(operation: str, lost: str, why: str) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"{capital(operation)} may or may not have taken place: {lost.rstrip('.')}, and {why.rstrip('.')}. "
            "Run the task again: it reads first what is there."
        )
