# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a worker proves who it is: one class a method. This module is private to the collection.

A class of a method says what a token request holds (RFC 6749, section 2.3.1; for assertions RFC 7523, section 2.2),
and what may be derived from its secret.
"""

from __future__ import annotations

import abc
import base64
import binascii
import hashlib
import json
import typing as t
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import jwk_of
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.private_key import PrivateKey, import_pyjwt

# The end of the year 9999, which is the last that Python knows.
_LAST_SECOND: t.Final = 253402300799
METHODS: t.Final = ("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt")
# By which a secret signs, and of how many bytes it must be at least (RFC 7518, section 3.2). The first is the default
# because PingOne documents it; that it takes the others is inferred from the length of its secrets.
SECRET_ALGORITHMS: t.Final = {"HS256": 32, "HS384": 48, "HS512": 64}
ASSERTION_SECONDS: t.Final = 60
_ASSERTION_TYPE: t.Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Token:
    """An access token.

    expires_at: when it ends, in seconds since the epoch; 0 when that is not known.
    expires_in: for how many seconds it was issued; 0 when that is not known.
    """

    access_token: str = field(repr=False)
    token_type: str
    expires_at: float
    expires_in: int


@dataclass(frozen=True)
class TokenRequest:
    """What one client authentication method adds to a token request: headers, and members of the form."""

    headers: dict[str, str] = field(repr=False, default_factory=dict)
    form: dict[str, str] = field(repr=False, default_factory=dict)


# Makes what proves the client in one attempt at a token request, for the address of the token endpoint and for the
# time, in seconds since the epoch by the service's clock as far as that is known.
Authenticate = t.Callable[[str, float], TokenRequest]
# Sends a token request and returns the token.
Fetch = t.Callable[[Authenticate], Token]


@dataclass(frozen=True)
class Credential(abc.ABC):
    """A credential: what every method offers."""

    client_id: str
    method: t.ClassVar[str] = ""
    # Whether a refused token can be replaced by a new one.
    renewable: t.ClassVar[bool] = True

    @abc.abstractmethod
    def token(self, fetch: Fetch) -> Token:
        """Return a new token. fetch sends the token request."""

    @abc.abstractmethod
    def secrets(self) -> set[str]:
        """Return what must not be shown."""

    def parts(self) -> dict[str, str]:
        """Return what is sent as it was given, by option: a blank at an end of it would be a part of it."""
        return {"client_id": self.client_id}

    def key_material(self) -> bytes | None:
        """Return the secret from which the key of the token cache is derived; None when no token may be stored."""
        return None

    def public_key(self) -> Wire | None:
        """Return the public half of the key that it signs by, as a JWK; None for a credential of another kind."""
        return None

    def digest(self) -> str:
        """Return a hash that differs between credentials, to tell them apart in memory."""
        parts = [self.method, self.client_id, *sorted(self.secrets())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class _Client(Credential):
    """What a client proves itself by."""

    def token(self, fetch: Fetch) -> Token:
        return fetch(self.authenticate)

    @abc.abstractmethod
    def authenticate(self, token_url: str, now: float) -> TokenRequest:
        """Return what proves the client in a token request, as C(Authenticate) has it."""


@dataclass(frozen=True)
class _ClientSecret(_Client):
    client_secret: str = field(repr=False)

    def secrets(self) -> set[str]:
        return {self.client_secret}

    def parts(self) -> dict[str, str]:
        return {**super().parts(), "client_secret": self.client_secret}

    def key_material(self) -> bytes | None:
        return self.client_secret.encode()


class ClientSecretBasic(_ClientSecret):
    """Client id and secret in the Authorization header, each form-encoded first."""

    method = "client_secret_basic"

    def authenticate(self, token_url: str, now: float) -> TokenRequest:
        return TokenRequest(headers={"Authorization": f"Basic {self._encoded()}"})

    def secrets(self) -> set[str]:
        return {self.client_secret, self._encoded()}

    def _encoded(self) -> str:
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return base64.b64encode(pair.encode()).decode()


class ClientSecretPost(_ClientSecret):
    """Client id and secret in the form."""

    method = "client_secret_post"

    def authenticate(self, token_url: str, now: float) -> TokenRequest:
        return TokenRequest(form={"client_id": self.client_id, "client_secret": self.client_secret})


@dataclass(frozen=True)
class ClientSecretJwt(_ClientSecret):
    """An assertion in the form, signed by the client secret. algorithm: one of SECRET_ALGORITHMS."""

    algorithm: str
    method = "client_secret_jwt"

    def authenticate(self, token_url: str, now: float) -> TokenRequest:
        claims = _assertion_claims(self.client_id, token_url, now)
        return _by_assertion(claims, self.client_secret, self.algorithm)


@dataclass(frozen=True)
class PrivateKeyJwt(_Client):
    """An assertion in the form, signed by a private key of which the application has the public half."""

    private_key: PrivateKey
    method = "private_key_jwt"

    def authenticate(self, token_url: str, now: float) -> TokenRequest:
        claims, key = _assertion_claims(self.client_id, token_url, now), self.private_key
        return _by_assertion(claims, key.key, key.algorithm, key.key_id)

    def secrets(self) -> set[str]:
        return {self.private_key.text}

    def public_key(self) -> Wire | None:
        return jwk_of(self.private_key.key.public_key())

    def parts(self) -> dict[str, str]:
        return {**super().parts(), "private_key_id": self.private_key.key_id or ""}

    def key_material(self) -> bytes | None:
        return self.private_key.material()


def _assertion_claims(client_id: str, token_url: str, now: float) -> dict[str, t.Any]:
    """Return what an assertion says, which is good for one request and a minute.

    Sources: RFC 7523, section 3, and the vendor's page "Create a private_key_jwt JWT". C(iat) and C(nbf) are left out
    because a clock that is ahead of PingOne's would make an assertion of the future of them.
    """
    return {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "exp": int(now) + ASSERTION_SECONDS,
        "jti": str(uuid.uuid4()),
    }


def _by_assertion(claims: dict[str, t.Any], key: t.Any, algorithm: str, key_id: str | None = None) -> TokenRequest:
    """Return what proves a client by an assertion. Raises UnavailableError when PyJWT is missing."""
    headers = {"kid": key_id} if key_id else None
    assertion = import_pyjwt().encode(claims, key, algorithm, headers)
    return TokenRequest(form={"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion})


@dataclass(frozen=True)
class ReadyToken(Credential):
    """An access token that somebody else got. It is never stored, and cannot be renewed."""

    client_id: str = ""
    access_token: str = field(repr=False, default="")
    method = "access_token"
    renewable = False

    def token(self, fetch: Fetch) -> Token:
        claims = claims_of(self.access_token)
        expires_at, issued_at = seconds_of(claims.get("exp")), seconds_of(claims.get("iat"))
        return Token(self.access_token, "Bearer", expires_at, expires_at - issued_at if issued_at else 0)

    def secrets(self) -> set[str]:
        return {self.access_token}


def claims_of(access_token: str) -> dict[str, t.Any]:
    """Return what a JWT (RFC 7519) says, without checking its signature; empty for a token that is none."""
    parts = access_token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def seconds_of(value: t.Any) -> int:
    """Return a number of seconds that a service names; 0, which stands for unknown, for what cannot be one."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and 0 < value < _LAST_SECOND else 0
