# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Getting, keeping and renewing the access token of one connection. This module is private to the collection.

The request is that of RFC 6749, section 4.4.
"""

from __future__ import annotations

import contextlib
import typing as t
from urllib.parse import urlsplit

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import TokenError
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import Token, TokenRequest
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import (
    Answer,
    BrokenConnectionError,
    Clock,
    Requests,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import (
    LIMITED,
    UNSETTLED,
    Budget,
    backoff,
    late_pause,
    retry_after,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import Shared
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import TokenCache

# A token with fewer seconds left is replaced before it is used.
MARGIN: t.Final = 60

_LATE: t.Final = "Unsupported authentication method"
_CAUSES: t.Final = (
    "Usual causes: the secret is not (or no longer) the worker's; the region, or auth_url, is not the tenant's; "
    "auth_environment_id is not the environment that the worker belongs to; the worker is disabled, or has no role; "
    "the worker's token_endpoint_auth_method differs from client_auth_method. "
    "After a change of the worker, the option settle waits for it to take effect."
)


class Tokens:
    """The token of one connection.

    may_be_late: tells whether a worker that is not known yet may become so by itself.
    on_secret: is called with each token.
    """

    def __init__(
        self,
        connection: Connection,
        shared: Shared,
        cache: TokenCache | None,
        *,
        clock: Clock,
        headers: t.Mapping[str, str],
        counter: Requests,
        may_be_late: t.Callable[[], float],
        on_secret: t.Callable[[str], t.Any],
    ) -> None:
        self._connection = connection
        self._shared = shared
        self._cache = cache
        self._clock = clock
        self._headers = headers
        self._counter = counter
        self._may_be_late = may_be_late
        self._on_secret = on_secret

    def get(self, min_ttl: int = 0) -> Token:
        """Return a token that is valid for so many seconds, if the service gives one. Raises TokenError."""
        with self._shared.mutex:
            token = self._shared.token
            if token is None or not self._lasts(token, min_ttl):
                token = self._shared.token = self._stored_or_new(min_ttl)
            self._on_secret(token.access_token)
            return token

    def renew(self, refused: Token) -> Token:
        """Return another token than one that the service refused. Raises TokenError."""
        with self._shared.mutex:
            token = self._shared.token
            if token is None or token.access_token == refused.access_token:
                token = self._new()
                if self._cache is not None:
                    self._cache.store(token)
                self._shared.token = token
            self._on_secret(token.access_token)
            return token

    def _lasts(self, token: Token, min_ttl: int) -> bool:
        if not self._connection.credential.renewable:
            return True
        return token.expires_at - self._clock.time() >= max(min_ttl, MARGIN)

    def _stored_or_new(self, min_ttl: int) -> Token:
        if self._cache is None:
            return self._new()
        with contextlib.ExitStack() as stack:
            if not stack.enter_context(self._cache.locked()):
                return self._new()
            token = self._cache.load()
            if token is None or not self._lasts(token, min_ttl):
                token = self._new()
                self._cache.store(token)
            return token

    def _new(self) -> Token:
        return self._connection.credential.token(self._fetch)

    def _fetch(self, request: TokenRequest) -> Token:
        """Send a token request until it is answered; that changes nothing, so it may be repeated."""
        budget = Budget(self._clock, self._connection.retry_budget)
        late = Budget(self._clock, self._may_be_late())
        attempt = 0
        while True:
            started = self._clock.time()
            try:
                answer = self._send(request)
            except BrokenConnectionError as error:
                if not budget.pause(backoff(attempt, self._clock)):
                    raise TokenError(f"{self._subject()} failed: {error}.") from None
            else:
                if answer.ok:
                    return self._token(answer, started)
                if not self._waited(answer, attempt, budget, late):
                    raise self._refused(answer)
            attempt += 1

    def _send(self, request: TokenRequest) -> Answer:
        url = f"{self._connection.auth_url}/{self._connection.auth_environment_id}/as/token"
        return self._shared.http.send(
            "POST",
            url,
            headers={**self._headers, **request.headers},
            form={"grant_type": "client_credentials", **request.form},
            counter=self._counter,
        )

    def _waited(self, answer: Answer, attempt: int, budget: Budget, late: Budget) -> bool:
        """Wait if the request is worth repeating; return whether it is."""
        if answer.status == LIMITED or answer.status in UNSETTLED:
            asked = retry_after(answer, self._clock)
            return budget.pause(asked or backoff(attempt, self._clock))
        if _LATE in _member(answer, "error_description"):
            return late.pause(late_pause(attempt))
        return False

    def _token(self, answer: Answer, started: float) -> Token:
        access_token = _member(answer, "access_token")
        if not access_token:
            raise TokenError(
                f"{self._subject()} failed: the answer holds no access token; check that auth_url is PingOne's."
            )
        expires_in = answer.body.get("expires_in")
        seconds = int(expires_in) if isinstance(expires_in, (int, float)) else 0
        return Token(access_token, _member(answer, "token_type") or "Bearer", started + seconds, seconds)

    def _refused(self, answer: Answer) -> TokenError:
        error = _member(answer, "error") or _member(answer, "code")
        description = _member(answer, "error_description") or _member(answer, "message")
        said = ": ".join(part for part in (error, description) if part).rstrip(".")
        correlation_id = answer.correlation_id
        named = f" Correlation id: {correlation_id}." if correlation_id and correlation_id not in said else ""
        what_next = (
            "The service has a problem, or its rate limit is used up; try again later, or raise retry_budget."
            if answer.status == LIMITED or answer.status in UNSETTLED
            else _CAUSES
        )
        return TokenError(
            f"{self._subject()} failed with HTTP {answer.status}{': ' + said if said else ''}.{named} {what_next}"
        )

    def _subject(self) -> str:
        connection = self._connection
        return (
            f"Getting an access token for client {connection.credential.client_id} of environment "
            f"{connection.auth_environment_id} at {urlsplit(connection.auth_url).netloc} "
            f"by {connection.credential.method}"
        )


def _member(answer: Answer, name: str) -> str:
    value = answer.body.get(name) if isinstance(answer.body, dict) else None
    return value if isinstance(value, str) else ""
