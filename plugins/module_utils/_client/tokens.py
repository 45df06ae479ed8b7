# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Getting, keeping and renewing the access token of one connection. This module is private to the collection.

The request is that of RFC 6749, section 4.4.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import replace
from urllib.parse import urlsplit

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    INVALID_CREDENTIALS,
    UNSUPPORTED_METHOD,
    AnswerError,
    PingOneError,
    SignIn,
    TokenError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.redact import SecretKeeper
from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital, hinted
from ansible_collections.idops.pingone.plugins.module_utils._client.auth import (
    Authenticate,
    ClientSecretJwt,
    PrivateKeyJwt,
    Token,
    TokenRequest,
    seconds_of,
)
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import Connection
from ansible_collections.idops.pingone.plugins.module_utils._client.http import BrokenConnectionError, Request, Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Done, Sender, gave_up
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import SessionState
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import TokenCache

# A token with fewer seconds left is replaced before it is used.
MARGIN: t.Final = 60
_GRANT: t.Final = {"grant_type": "client_credentials"}
_ASSERTION: t.Final = "client_assertion"
# Whether the token endpoint knows a client, by what it says to one that proves nothing.
_TELLS_CLIENT: t.Final = {UNSUPPORTED_METHOD: True, INVALID_CREDENTIALS: False}


class Tokens:
    """The token of one connection.

    sender: sends the token requests.
    keeper: is told each token.
    """

    def __init__(
        self,
        connection: Connection,
        session_state: SessionState,
        cache: TokenCache | None,
        *,
        sender: Sender,
        keeper: SecretKeeper,
    ) -> None:
        self._connection = connection
        self._session_state = session_state
        self._cache = cache
        self._sender = sender
        self._keeper = keeper
        self._newest: Token | None = None
        # By how many seconds the clock was corrected for the last proof of the client.
        self._assumed_offset = 0.0

    def get(self, min_ttl: int = 0, *, fresh: bool = False) -> Token:
        """Return a token that is valid for so many seconds, if the service gives one.

        fresh: whether the service is asked although a token is at hand.

        Raises TokenError.
        """
        with self._session_state.mutex:
            token = self._session_state.token
            if fresh or token is None or not self._lasts(token, min_ttl):
                token = self._session_state.token = self._stored_or_new(min_ttl, fresh)
            self._keeper.secret(token.access_token)
            return token

    def is_from_cache(self, token: Token) -> bool:
        """Tell whether a token was given to an earlier task, so that it says nothing of the credentials as of now."""
        return self._connection.credential.renewable and token is not self._newest

    def renew(self, refused: Token) -> Token:
        """Return another token than one that the service refused. Raises TokenError."""
        with self._session_state.mutex:
            token = self._session_state.token
            if token is None or token.access_token == refused.access_token:
                if self._cache is not None:
                    # Before another is asked for, which the service may not give.
                    self._cache.remove()
                token = self._new()
                if self._cache is not None:
                    self._cache.store(token)
                self._session_state.token = token
            self._keeper.secret(token.access_token)
            return token

    def _lasts(self, token: Token, min_ttl: int) -> bool:
        if not self._connection.credential.renewable:
            return True
        return token.expires_at - self._sender.clock.time() >= max(min_ttl, MARGIN)

    def _stored_or_new(self, min_ttl: int, fresh: bool) -> Token:
        if self._cache is None:
            return self._new()
        with contextlib.ExitStack() as stack:
            if not stack.enter_context(self._cache.locked(self._keeper.progress)):
                return self._new()
            token = None if fresh else self._cache.load()
            if token is None or not self._lasts(token, min_ttl):
                token = self._new()
                self._cache.store(token)
            return token

    def _new(self) -> Token:
        self._newest = self._connection.credential.token(self._fetch)
        return self._newest

    def _fetch(self, authenticate: Authenticate) -> Token:
        """Send a token request until it is answered; that changes nothing, so it may be repeated."""

        def proof() -> TokenRequest:
            self._assumed_offset = self._session_state.http.clock_offset
            proven = authenticate(self._url(), self._sender.clock.time() + self._assumed_offset)
            if _ASSERTION in proven.form:
                # Until it expires, it is as good as the credential.
                self._keeper.secret(proven.form[_ASSERTION])
            return proven

        request = Request("POST", self._url(), self._operation(), form=_GRANT, proof=proof)
        ending = self._sender.send(request)
        if isinstance(ending.outcome, BrokenConnectionError):
            why = f"{ending.outcome}{gave_up(ending.repeated_for)}"
            raise TokenError(f"{capital(request.operation)} failed: {why}.", operation=request.operation)
        if isinstance(ending.decision, Done):
            return self._token(ending.outcome, ending.started)
        refused = self._refused(ending.outcome, ending.repeated_for)
        refused.sign_in = self._sign_in()
        raise refused

    def _url(self, endpoint: str = "token") -> str:
        return f"{self._connection.auth_url}/{self._connection.auth_environment_id}/as/{endpoint}"

    def _sign_in(self) -> SignIn:
        """Return how a token was asked for, to tell why it was refused."""
        credential = self._connection.credential
        by_assertion = credential.method in (ClientSecretJwt.method, PrivateKeyJwt.method)
        return SignIn(
            method=credential.method,
            by_key=credential.method == PrivateKeyJwt.method,
            with_blanks=tuple(option for option, text in credential.parts().items() if text != text.strip()),
            clock_error=self._session_state.http.clock_offset - self._assumed_offset if by_assertion else 0.0,
            environment_exists=self._environment_exists,
            client_is_known=self._client_is_known,
        )

    def _environment_exists(self) -> bool | None:
        """Ask for what everybody may read of an environment (that there is none without it is inferred)."""
        response = self._once(Request("GET", self._url(".well-known/openid-configuration")))
        if response is None or not (response.ok or response.status == 404):
            return None
        return response.ok

    def _client_is_known(self) -> bool | None:
        """Ask for a token by the client id alone, which no worker gets.

        PingOne looks at the client first, and only then at the method, so it refuses the method to a client that it
        knows; that a disabled one counts as unknown is inferred.
        """
        form = {**_GRANT, "client_id": self._connection.credential.client_id}
        response = self._once(Request("POST", self._url(), form=form))
        said = _member(response, "error_description") if response is not None else ""
        return next((known for words, known in _TELLS_CLIENT.items() if words in said), None)

    def _once(self, request: Request) -> Response | None:
        try:
            return self._sender.send_once(request)
        except PingOneError:
            return None

    def _token(self, response: Response, started: float) -> Token:
        access_token = _member(response, "access_token")
        if not access_token:
            raise AnswerError(self._operation(), "an access token", "an answer without one")
        if not access_token.isascii() or not access_token.isprintable() or " " in access_token:
            raise AnswerError(self._operation(), "an access token", "a text with blanks or line ends")
        seconds = seconds_of(response.body.get("expires_in"))
        return Token(access_token, _member(response, "token_type") or "Bearer", started + seconds, seconds)

    def _refused(self, answered: Response, repeated_for: float | None) -> TokenError:
        response = replace(answered, body=self._sender.redact(answered.body))
        error = _member(response, "error") or _member(response, "code")
        description = _member(response, "error_description") or _member(response, "message")
        said = ": ".join(part for part in (error, description) if part).rstrip(".")
        correlation_id = response.correlation_id
        named = f" Correlation id: {correlation_id}." if correlation_id and correlation_id not in said else ""
        failed = f"{capital(self._operation())} failed with HTTP {response.status}"
        return TokenError(
            f"{failed}{': ' + said if said else ''}{gave_up(repeated_for)}.{named}",
            response.status,
            code=error,
            correlation_id=correlation_id,
            operation=self._operation(),
        )

    def _operation(self) -> str:
        connection = self._connection
        return (
            f"getting an access token for client {_shown(connection.credential.client_id)} of environment "
            f"{connection.auth_environment_id} at {urlsplit(connection.auth_url).netloc} "
            f"by {connection.credential.method}"
        )


def _shown(client_id: str) -> str:
    """Return a client id; of one that has not the form of PingOne's, and so may be a secret, only how it begins."""
    return client_id if is_id(client_id) else f"({hinted(client_id)})"


def _member(response: Response, name: str) -> str:
    value = response.body.get(name) if isinstance(response.body, dict) else None
    return value if isinstance(value, str) else ""


class Bearer:
    """Authorizes requests by the token of a connection, or by another one once that was refused."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._token = tokens.get()

    def headers(self) -> dict[str, str]:
        """Return the header that authorizes a request (RFC 6750, section 2.1)."""
        return {"Authorization": f"{self._token.token_type} {self._token.access_token}"}

    def renew(self) -> None:
        """Get another token in the place of one that was refused. Raises TokenError."""
        self._token = self._tokens.renew(self._token)
