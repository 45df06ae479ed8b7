# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client: tokens, repeated requests, pages, and the sentences of what failed.

What is repeated, and when, is decided here and nowhere else. This module is private to the collection.
"""

from __future__ import annotations

import collections
import json
import queue
import random
import re
import threading
import time
import typing as t
import urllib.parse
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.idops.pingone.plugins.module_utils import _errors
from ansible_collections.idops.pingone.plugins.module_utils._auth import AccessToken, ClientSecret, Token
from ansible_collections.idops.pingone.plugins.module_utils._connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._errors import (
    CheckModeWriteError,
    NotFoundError,
    OutcomeUnknownError,
    PingOneError,
    TokenError,
    TransportError,
    service_error,
)
from ansible_collections.idops.pingone.plugins.module_utils._http import CONCURRENCY, Answer, exchange
from ansible_collections.idops.pingone.plugins.module_utils._token_cache import TokenCache

Wire = dict[str, t.Any]
# Named here, since inside the class the name list is a method.
Items = list[Wire]
Results = list[t.Any]

_PASSING = frozenset((408, 500, 502, 503, 504))
_REPEATABLE = frozenset(("GET", "PUT", "DELETE"))
# A token is renewed this many seconds before it ends, so that it does not end on its way.
_MARGIN = 30
# How long a new object may take to show in a list after the answer to its creation was lost.
_SHOWS_WITHIN = 10.0
# An object is young, and its rights may not have reached all of PingOne, for this many seconds.
_YOUNG = 60.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_RENEWALS = 2
_TRIES_TO_CONNECT = 3
_PROPAGATING = (
    _errors.NOT_AUTHORIZED,
    _errors.NO_ACCESS,
    _errors.MUST_HAVE_ROLE,
    _errors.READ_ONLY_ASSIGNMENT,
    _errors.SECRET_NOT_READABLE,
)
_UNKNOWN_METHOD = "unsupported authentication method"
_ENVIRONMENT = re.compile(r"/environments/([0-9a-f-]{36})/")


@dataclass(frozen=True)
class Call:
    """One request and what may be done when it fails.

    doing: what it is for, as a gerund phrase.
    created: C(createdAt) of the objects that it concerns, which are young for a minute.
    settle: reads whether a lost write took place, and returns the object or None.
    again: whether a lost write may be sent again once reading has not found it.
    late: whether a 404 may mean that the object does not show yet.
    """

    method: str
    path: str
    doing: str
    body: t.Any = None
    params: t.Mapping[str, t.Any] | None = None
    content_type: str = "application/json"
    created: tuple[str, ...] = ()
    settle: t.Callable[[], Wire | None] | None = None
    again: bool = True
    late: bool = False


class PingOneClient:
    """Speaks to one PingOne tenant as one caller.

    connection: where and as whom.
    check_mode: whether anything but reading is refused.
    door: C(module) or C(in-process), for the User-Agent; only the latter keeps tokens on disk.
    warn, on_secret: are called with each warning, and with each secret that the service sends.
    clock, sleep: time in seconds since the epoch, and waiting; tests bring their own.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        check_mode: bool = False,
        door: str = "module",
        warn: t.Callable[[str], None] | None = None,
        on_secret: t.Callable[[str], t.Any] | None = None,
        clock: t.Callable[[], float] = time.time,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self.check_mode = check_mode
        self.requests: collections.Counter[str] = collections.Counter()
        self._door = door
        self._warn = warn or (lambda message: None)
        self._on_secret = on_secret or (lambda secret: None)
        self._clock = clock
        self._sleep = sleep
        self._token: Token | None = None
        self._token_lock = threading.Lock()
        self._stopped = threading.Event()
        self._started = clock()
        self._last_write: float | None = None
        self._answered = False
        if not connection.validate_certs:
            self._warn("validate_certs is false: anybody between here and PingOne can read and change what is sent.")

    # Reading

    def get(
        self,
        path: str,
        *,
        doing: str,
        params: t.Mapping[str, t.Any] | None = None,
        created: tuple[str, ...] = (),
        late: bool = False,
    ) -> Wire:
        """Return an object. Raises ServiceError, TransportError or TokenError."""
        return self._object(self._call(Call("GET", path, doing, params=params, created=created, late=late)), doing)

    def get_or_none(self, path: str, *, doing: str, created: tuple[str, ...] = ()) -> Wire | None:
        """Return an object, or None when it is not there."""
        try:
            return self.get(path, doing=doing, created=created)
        except NotFoundError:
            return None

    def list(
        self,
        path: str,
        key: str,
        *,
        doing: str,
        params: t.Mapping[str, t.Any] | None = None,
        created: tuple[str, ...] = (),
    ) -> Items:
        """Return all items of a collection, from all its pages.

        key: the collection's name below C(_embedded).
        """
        items: Items = []
        seen: set[str] = set()
        page = self.get(path, doing=doing, params=params, created=created)
        while True:
            items += (page.get("_embedded") or {}).get(key) or []
            following = ((page.get("_links") or {}).get("next") or {}).get("href")
            if not following or following in seen:
                return items
            seen.add(following)
            page = self.get(self._below(following, doing), doing=doing, created=created)

    # Writing

    def post(
        self,
        path: str,
        body: t.Any,
        *,
        doing: str,
        settle: t.Callable[[], Wire | None] | None = None,
        again: bool = True,
        content_type: str = "application/json",
        created: tuple[str, ...] = (),
    ) -> Wire:
        """Create an object and return it.

        settle: when the answer is lost, reads whether the object is there, and returns it or None.
        again: whether it may be created anew when reading has not found it for ten seconds.

        Raises OutcomeUnknownError when the answer was lost and reading can't settle it, else as get.
        """
        call = Call("POST", path, doing, body, content_type=content_type, created=created, settle=settle, again=again)
        return self._object(self._call(call), doing)

    def put(self, path: str, body: t.Any, *, doing: str, created: tuple[str, ...] = ()) -> Wire:
        """Replace an object and return the new one. Raises as get."""
        return self._object(self._call(Call("PUT", path, doing, body, created=created)), doing)

    def delete(self, path: str, *, doing: str, created: tuple[str, ...] = ()) -> None:
        """Delete an object; one that is gone already is no error. Raises as get."""
        try:
            self._call(Call("DELETE", path, doing, created=created))
        except NotFoundError:
            pass

    # Tokens

    def token(self, min_ttl: float = 0) -> Token:
        """Return a token that is valid for at least min_ttl seconds, where the service gives such a one.

        Raises TokenError when the token endpoint refuses the caller.
        """
        credential = self.connection.credential
        if isinstance(credential, AccessToken):
            given = Token(credential.access_token)
            return Token(credential.access_token, expires_at=float(given.claims().get("exp") or 0))
        with self._token_lock:
            if self._token is None or self._token.expires_at - self._clock() <= max(min_ttl, _MARGIN):
                self._token = self._cached_token(t.cast(ClientSecret, credential), max(min_ttl, _MARGIN))
            self._on_secret(self._token.access_token)
            return self._token

    def claims(self) -> dict[str, t.Any]:
        """Return what the token in use says of the caller: C(client_id), C(env), C(org). It is not verified here."""
        return self.token().claims()

    def _cached_token(self, credential: ClientSecret, min_ttl: float) -> Token:
        cache = self._cache(credential)
        found = cache.load(self._clock(), min_ttl)
        if found:
            return found
        with cache.locked():
            found = cache.load(self._clock(), min_ttl)
            if found:
                return found
            token = self._new_token(credential)
            cache.store(token)
            return token

    def _cache(self, credential: ClientSecret) -> TokenCache:
        connection = self.connection
        identity = (connection.auth_url, connection.auth_environment_id or "", credential.client_id, credential.method)
        return TokenCache(identity, credential.client_secret, on_disk=self._door == "in-process")

    def _renew_token(self) -> bool:
        """Drop a token that the service refused; tell whether there is another one to be had."""
        credential = self.connection.credential
        if not isinstance(credential, ClientSecret):
            return False
        self._token = None
        self._cache(credential).forget()
        return True

    def _new_token(self, credential: ClientSecret) -> Token:
        headers, form = credential.request()
        url = f"{self.connection.auth_url}/{self.connection.auth_environment_id}/as/token"
        data = {"grant_type": "client_credentials", **form}
        deadline = self._clock() + self.connection.retry_budget
        attempt = 0
        while True:
            answer = self._exchange("POST", url, headers=headers, data=data)
            if answer.ok and isinstance(answer.body, dict) and answer.body.get("access_token"):
                lifetime = int(answer.body.get("expires_in") or 0)
                kind = str(answer.body.get("token_type") or "Bearer")
                return Token(str(answer.body["access_token"]), kind, self._clock() + lifetime, lifetime)
            attempt += 1
            pause = self._pause_for_token(answer, attempt, deadline)
            if pause is None:
                raise self._token_error(answer)
            self._sleep(pause)

    def _pause_for_token(self, answer: Answer, attempt: int, deadline: float) -> float | None:
        # Asking for a token changes nothing, so whatever passes may be asked again.
        if answer.broken and not self._answered and attempt >= _TRIES_TO_CONNECT:
            return None
        if answer.broken or answer.status == 429 or answer.status in _PASSING:
            return self._pause(answer, attempt, deadline)
        description = str(answer.body.get("error_description") if isinstance(answer.body, dict) else "").lower()
        if answer.status == 401 and _UNKNOWN_METHOD in description:
            # PingOne says so of a wrong method and of a wrong secret, but for a while of a new application as well.
            return self._pause_for_propagation(answer, (), attempt)
        return None

    def _token_error(self, answer: Answer) -> PingOneError:
        connection = self.connection
        place = f"{connection.auth_url} in environment {connection.auth_environment_id}"
        if answer.broken:
            return TransportError(f"Failed getting a token from {place}: {answer.broken}. Check region and auth_url.")
        body = answer.body if isinstance(answer.body, dict) else {}
        said = body.get("error") or body.get("code") or "no reason given"
        description = str(body.get("error_description") or body.get("message") or "").strip()
        credential = t.cast(ClientSecret, connection.credential)
        return TokenError(
            f"Failed getting a token from {place}: PingOne answered {answer.status} {said}"
            f"{': ' + description if description else ''}. The usual causes: client_id or client_secret is wrong; "
            "auth_environment_id is not the environment that hosts the worker; the region is another one; the worker "
            f"is disabled or has no role; its token endpoint authentication method is not {credential.method}.",
            answer.status,
            description,
        )

    # Many calls at once

    def run_parallel(self, calls: t.Sequence[t.Callable[[], t.Any]]) -> Results:
        """Make calls side by side and return their results in order.

        After the first that fails no further one begins; its error is raised when those under way have ended. The
        threads are daemons: when a task's timeout ends this thread, they send nothing more.
        """
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        ended: queue.SimpleQueue[tuple[int, t.Any, Exception | None]] = queue.SimpleQueue()
        failed = threading.Event()
        for index in range(len(calls)):
            waiting.put(index)

        def work() -> None:
            while not (failed.is_set() or self._stopped.is_set()):
                try:
                    index = waiting.get_nowait()
                except queue.Empty:
                    break
                try:
                    ended.put((index, calls[index](), None))
                except Exception as error:  # It is raised again in the thread that asked.
                    failed.set()
                    ended.put((index, None, error))
            ended.put((-1, None, None))

        workers = min(CONCURRENCY, len(calls))
        results: Results = [None] * len(calls)
        first: Exception | None = None
        try:
            for _worker in range(workers):
                threading.Thread(target=work, daemon=True).start()
            while workers:
                index, result, error = ended.get()
                if index < 0:
                    workers -= 1
                elif error is None:
                    results[index] = result
                else:
                    first = first or error
        except BaseException:
            self._stopped.set()
            raise
        if first is not None:
            raise first
        return results

    # One call, as often as it takes

    def _call(self, call: Call) -> Answer:
        if self.check_mode and call.method != "GET":
            raise CheckModeWriteError(
                f"A defect of this collection: it tried {call.doing} in check mode. Nothing was sent; please report it."
            )
        deadline = self._clock() + self.connection.retry_budget
        renewals = attempt = 0
        while True:
            answer = self._send(call)
            if answer.ok:
                if call.method != "GET":
                    self._last_write = self._clock()
                return answer
            if answer.status == 401 and renewals < _RENEWALS and self._renew_token():
                renewals += 1
                continue
            if call.method == "POST" and self._is_lost(answer):
                found = self._settled(call, answer)
                if found is not None:
                    return Answer(200, found)
            attempt += 1
            pause = self._pause_for(call, answer, attempt, deadline)
            if pause is None:
                raise self._failure(call, answer)
            self._sleep(pause)

    @staticmethod
    def _is_lost(answer: Answer) -> bool:
        """Tell whether a write may have taken place although it was not confirmed."""
        return answer.sent if answer.broken else answer.status in _PASSING

    def _pause_for(self, call: Call, answer: Answer, attempt: int, deadline: float) -> float | None:
        """Return the seconds to wait before the call is repeated; None when it must not be."""
        if answer.status == 429:
            return self._pause(answer, attempt, deadline)
        if answer.broken or answer.status in _PASSING:
            if answer.broken and not self._answered and attempt >= _TRIES_TO_CONNECT:
                return None
            if call.method in _REPEATABLE or not self._is_lost(answer) or (call.settle and call.again):
                return self._pause(answer, attempt, deadline)
            return None
        if self._may_pass(call, answer):
            return self._pause_for_propagation(answer, call.created, attempt)
        return None

    def _pause(self, answer: Answer, attempt: int, deadline: float) -> float | None:
        left = deadline - self._clock()
        if left <= 0:
            return None
        asked = answer.seconds_to_wait(self._clock())
        if asked is not None:
            return min(asked, left)
        backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
        return float(min(left, backoff * random.uniform(0.5, 1.0)))

    @staticmethod
    def _may_pass(call: Call, answer: Answer) -> bool:
        if answer.status == 404:
            return call.late
        if answer.status not in (400, 401, 403):
            return False
        error = service_error(call.doing, answer.status, answer.body)
        return any(error.says(sentence) for sentence in _PROPAGATING)

    def _pause_for_propagation(self, answer: Answer, created: tuple[str, ...], attempt: int) -> float | None:
        """Wait for rights on their way, but only while there is a reason to think that they are."""
        now = self._clock()
        until = self._started + self.connection.settle
        if self._last_write is not None:
            until = max(until, self._last_write + self.connection.retry_budget)
        date = answer.date()
        for text in created:
            age = None if date is None else date - _timestamp(text)
            if age is not None and age < _YOUNG:
                until = max(until, now + min(_YOUNG - age, self.connection.retry_budget))
        if until <= now:
            return None
        return min(until - now, 2.0, _FIRST_PAUSE * 1.5 ** (attempt - 1))

    def _settled(self, call: Call, answer: Answer) -> Wire | None:
        """Return the object of a lost POST, as soon as reading shows it; None when it may be created anew."""
        if call.settle is None:
            raise OutcomeUnknownError(
                f"Failed {call.doing}: {self._said(answer)}, and whether it took place is not known. "
                "Look at the object before you run the task again."
            )
        deadline = self._clock() + _SHOWS_WITHIN
        pause = _FIRST_PAUSE
        while True:
            found = call.settle()
            if found is not None:
                self._last_write = self._clock()
                return found
            if self._clock() >= deadline:
                break
            self._sleep(pause)
            pause = min(2.0, pause * 2)
        if not call.again:
            raise OutcomeUnknownError(
                f"Failed {call.doing}: {self._said(answer)}, and it does not seem to have taken place. "
                "It is not repeated by itself, since a second one could undo the first; run the task again."
            )
        return None

    def _failure(self, call: Call, answer: Answer) -> PingOneError:
        if answer.broken:
            return TransportError(
                f"Failed {call.doing}: {self._said(answer)}. Check region, api_url and the network, or raise "
                "retry_budget and timeout."
            )
        return service_error(call.doing, answer.status, answer.body, answer.correlation_id(), self._hint(call, answer))

    def _hint(self, call: Call, answer: Answer) -> str | None:
        """Return what is known to be the reason; None when the error speaks for itself."""
        if answer.status == 401 and isinstance(self.connection.credential, AccessToken):
            return "The given access_token was refused or has expired, and can't be renewed; get a new one."
        nested = _ENVIRONMENT.search(call.path)
        if answer.status not in (401, 403) or not nested:
            return None
        probe = self._send(Call("GET", f"/environments/{nested[1]}", "looking for the environment"))
        if probe.status == 404:
            return f"Environment {nested[1]} does not exist, or not any more."
        return None

    @staticmethod
    def _said(answer: Answer) -> str:
        return answer.broken or f"PingOne answered {answer.status}"

    # One exchange

    def _send(self, call: Call) -> Answer:
        headers = {"Authorization": f"Bearer {self.token().access_token}"}
        data = None
        if call.body is not None:
            headers["Content-Type"] = call.content_type
            data = json.dumps(call.body)
        return self._exchange(
            call.method, self.connection.api_url + call.path, headers=headers, data=data, params=call.params
        )

    def _exchange(self, method: str, url: str, **more: t.Any) -> Answer:
        if self._stopped.is_set():
            raise TransportError("The task has ended, so nothing more is sent.")
        self.requests[method] += 1
        answer = exchange(self.connection, self._door, method, url, **more)
        self._answered = self._answered or not answer.broken
        return answer

    def _below(self, url: str, doing: str) -> str:
        """Return a link's path below the API's address; a link elsewhere would lead the token astray."""
        base, link = urllib.parse.urlsplit(self.connection.api_url), urllib.parse.urlsplit(url)
        if (link.scheme, link.netloc) != (base.scheme, base.netloc) or not link.path.startswith(base.path + "/"):
            raise TransportError(
                f"Failed {doing}: the link to the next page leads to {link.scheme}://{link.netloc}, which is not the "
                "API's address. It was not followed, since it would be sent the access token."
            )
        return link.path[len(base.path) :] + (f"?{link.query}" if link.query else "")

    def _object(self, answer: Answer, doing: str) -> Wire:
        if isinstance(answer.body, dict):
            return answer.body
        raise TransportError(f"Failed {doing}: the answer is no JSON object. Check api_url, and proxies on the way.")


def _timestamp(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
