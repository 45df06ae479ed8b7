# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a worker authenticates at the token endpoint: one class a method.

Source of the methods: RFC 6749, section 2.3.1, and OpenID Connect Core, section 9. This module is private to the
collection.
"""

from __future__ import annotations

import base64
import json
import typing as t
import urllib.parse
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """An access token.

    expires_at: seconds since the epoch; 0 when the token does not tell.
    expires_in: seconds that it had when it was issued.
    """

    access_token: str
    token_type: str = "Bearer"
    expires_at: float = 0
    expires_in: int = 0

    def claims(self) -> dict[str, t.Any]:
        """Return the claims of the token, which are not verified here; none when it is no JWT (RFC 7519)."""
        parts = self.access_token.split(".")
        if len(parts) != 3:
            return {}
        try:
            payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        except ValueError:
            return {}
        return payload if isinstance(payload, dict) else {}


class Credential(t.Protocol):
    """What a caller has to show."""

    def secrets(self) -> set[str]:
        """Return what must never be shown."""


@dataclass(frozen=True)
class AccessToken:
    """A ready token, which can't be renewed."""

    access_token: str

    def secrets(self) -> set[str]:
        """Return the token."""
        return {self.access_token}


@dataclass(frozen=True)
class ClientSecret:
    """A client id and its secret; a subclass says how they are sent."""

    client_id: str
    client_secret: str

    method: t.ClassVar[str]

    def secrets(self) -> set[str]:
        """Return the secret and the header that holds it."""
        return {self.client_secret, self.basic()}

    def basic(self) -> str:
        """Return the credentials as HTTP Basic sends them: both form-encoded first (RFC 6749, section 2.3.1)."""
        pair = f"{urllib.parse.quote_plus(self.client_id)}:{urllib.parse.quote_plus(self.client_secret)}"
        return base64.b64encode(pair.encode()).decode()

    def request(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and form members of a token request."""
        raise NotImplementedError


class ClientSecretBasic(ClientSecret):
    """The credentials in the Authorization header."""

    method = "client_secret_basic"

    def request(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and form members of a token request."""
        return {"Authorization": f"Basic {self.basic()}"}, {}


class ClientSecretPost(ClientSecret):
    """The credentials in the form."""

    method = "client_secret_post"

    def request(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and form members of a token request."""
        return {}, {"client_id": self.client_id, "client_secret": self.client_secret}


METHODS: t.Final[dict[str, type[ClientSecret]]] = {
    method.method: method for method in (ClientSecretBasic, ClientSecretPost)
}
