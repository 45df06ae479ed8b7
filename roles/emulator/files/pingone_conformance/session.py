# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One side of the conversation: a tenant, its client, and what is known of it so far."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from .client import Client, Response
from .exchange import Call, Exchange, TokenRequest, filled, found, is_secret_label
from .tenants import Tenant

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
# Far from the end of a token of the caller, which counts an hour.
_TOKEN_SECONDS = 1800.0


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to be sent, and how it is told in a transcript, which has no secrets in it."""

    method: str
    url: str
    headers: Mapping[str, str]
    data: bytes | None
    told: Mapping[str, Any] = field(default_factory=dict)


def new_key() -> ECKey:
    """Return a key pair for PRIVATE_KEY_JWT."""
    key: ECKey = ECKey.generate_key("P-256", {"kid": "conformance", "use": "sig", "alg": "ES256"})
    return key


class Session:
    """Sends exchanges to a tenant and keeps what their answers give."""

    def __init__(self, tenant: Tenant, client: Client, key: ECKey, run: str) -> None:
        self.tenant = tenant
        self.client = client
        self.name = f"conformance-{run}"
        public = json.dumps({"keys": [key.as_dict(private=False)]})
        now = datetime.now(timezone.utc)
        self.labels: dict[str, str] = {
            "name": self.name,
            "region": tenant.region,
            "home": tenant.environment_id,
            "caller": tenant.client_id,
            "caller_secret": tenant.client_secret,
            "absent": str(uuid.uuid4()),
            "in_a_day": _moment(now + timedelta(days=1)),
            "in_a_year": _moment(now + timedelta(days=365)),
            "key_jwks": public,
            "nonsense_token": "nonsense",
        }
        self._key = key
        self._signed_in = 0.0

    @property
    def secrets(self) -> dict[str, str]:
        """What nobody may see, by its label."""
        return {label: value for label, value in self.labels.items() if is_secret_label(label)}

    @property
    def ids(self) -> dict[str, str]:
        """The ids that are known, with their labels."""
        rest = {"name", "region", "in_a_day", "in_a_year"}
        return {
            value: label for label, value in self.labels.items() if not is_secret_label(label) and label not in rest
        }

    def sign_in(self) -> Response:
        """Get a token for the caller, unless its last one is young. Raises Unanswered."""
        request = TokenRequest(
            name="sign-in",
            client="$caller",
            secret="caller_secret",
            login="post" if self.tenant.login == "post" else "basic",
            environment="$home",
            keep={"caller_token": "access_token"},
        )
        response = self.send(self.prepare(request))
        self.keep(request, response)
        self._signed_in = time.monotonic()
        return response

    def renew(self) -> None:
        """Sign in again before the caller's token ends. Raises Unanswered."""
        if time.monotonic() - self._signed_in > _TOKEN_SECONDS:
            self.sign_in()

    def send(self, prepared: Prepared) -> Response:
        """Send a request. Raises Unanswered."""
        return self.client.send(prepared.method, prepared.url, prepared.headers, prepared.data)

    def call(self, method: str, path: str, body: Any = None) -> Response:
        """Call the API as the caller, outside the conversation. Raises Unanswered."""
        self.renew()
        return self.send(self.prepare(Call(name="", method=method, path=path.replace("$", "$$"), body=body)))

    def keep(self, exchange: Exchange, response: Response) -> None:
        """Keep what the exchange wants of an answer that is a success."""
        if response.status >= 300:
            return
        for label, where in exchange.keep.items():
            value = found(response.body, where)
            if isinstance(value, str):
                self.labels[label] = value

    def prepare(self, exchange: Exchange) -> Prepared:
        """Return the request of an exchange. Raises KeyError with a label that nothing gave."""
        if isinstance(exchange, TokenRequest):
            return self._token_request(exchange)
        assert isinstance(exchange, Call)
        return self._call(exchange)

    def _call(self, call: Call) -> Prepared:
        # Ids and names of this conversation need no escaping, but the filters around them do.
        path = quote(filled(call.path, self.labels), safe="/?&=:")
        url = self.tenant.api_url.removesuffix("/v1") + path if path.startswith("/v1") else self.tenant.api_url + path
        headers = {"Accept": call.accept}
        told: dict[str, Any] = {"method": call.method, "url": url, "accept": call.accept}
        told["authorization"] = "none" if call.caller is None else f"Bearer, {call.caller}"
        if call.caller is not None:
            headers["Authorization"] = f"Bearer {self.labels[f'{call.caller}_token']}"
        if call.body is None:
            return Prepared(call.method, url, headers, None, told)
        body = filled(call.body, self.labels)
        headers["Content-Type"] = call.content_type
        told["contentType"] = call.content_type
        told["body"] = body
        data = body if isinstance(body, str) else json.dumps(body)
        return Prepared(call.method, url, headers, data.encode(), told)

    def _token_request(self, request: TokenRequest) -> Prepared:
        url = f"{self.tenant.auth_url}/{filled(request.environment, self.labels)}/as/token"
        client = filled(request.client, self.labels)
        secret = self.labels[request.secret] if is_secret_label(request.secret) else request.secret
        form = filled(dict(request.form), self.labels)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        credentials = self._credentials(request, client, secret, url)
        if request.login == "basic":
            pair = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        known = "its own" if is_secret_label(request.secret) else f"'{request.secret}'"
        told = {
            "method": "POST",
            "url": url,
            "authorization": f"{request.login}, client {client}, secret {known}",
            "form": form,
        }
        return Prepared("POST", url, headers, urlencode({**form, **credentials}).encode(), told)

    def _credentials(self, request: TokenRequest, client: str, secret: str, url: str) -> dict[str, str]:
        """Return what stands in the form beside the grant."""
        if request.login == "post":
            return {"client_id": client, "client_secret": secret}
        if request.login == "none":
            return {"client_id": client}
        if request.login == "secret_jwt":
            return self._assertion({"alg": "HS256", "typ": "JWT"}, OctKey.import_key(secret), client, url)
        if request.login == "key_jwt":
            # With any other secret than the own key, a key that the service has never seen signs.
            key = self._key if request.secret == "key_jwks" else new_key()
            return self._assertion({"alg": "ES256", "typ": "JWT", "kid": self._key.kid}, key, client, url)
        return {}

    def _assertion(self, header: dict[str, Any], key: ECKey | OctKey, client: str, url: str) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": client, "sub": client, "aud": url, "iat": now, "exp": now + _ASSERTION_SECONDS}
        claims["jti"] = str(uuid.uuid4())
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": jwt.encode(header, claims, key)}


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
