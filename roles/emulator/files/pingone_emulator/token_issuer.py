# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint: client authentication, access tokens, keys (RFC 6749, RFC 7523, PingOne's page on tokens).

The libraries for signing are imported when the first token is asked for, so that the emulator starts at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from .errors import TokenError
from .faults import Lateness
from .models.application import Application
from .rules.propagation import is_late
from .rules.secrets import is_live
from .tenant import Tenant
from .times import instant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECRET_ALGORITHMS = ["HS256", "HS384", "HS512"]
_KEY_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_LONGEST_ASSERTION = 3600
_SHORTEST_RSA = 2048  # bits of a key that signs an assertion
_UNSUPPORTED = "Request denied: Unsupported authentication method"
_NO_GRANT = "Request denied: Unsupported grant type"  # what stands before "Unsupported" is (inferred)
_NO_ROLES = "Request denied: Application does not have any role assignments"
_NO_SCOPE = "Request failed: At least one scope must be granted"
_OIDC_SCOPES = ("openid", "profile", "email", "address", "phone")  # OpenID Connect Core 1.0, section 5.4
_INVALID = "Request denied: Invalid client credentials"


@dataclass
class Credentials:
    """How a client parse_client_credentials itself: the method it used, and what it showed."""

    method: str
    client_id: str
    proof: str = ""
    key_set: str = ""  # what stands behind the application's jwksUrl, when the proof needs it


@dataclass
class VerifiedToken:
    """What an access token says, once its signature was found good."""

    environment_id: str
    client_id: str
    issued_at: float
    expires_at: float


@dataclass
class TokenIssuer:
    """The keys of the environments and the tokens that were issued."""

    auth_url: str
    _keys: dict[str, Any] = field(default_factory=dict)
    _verified: dict[str, VerifiedToken] = field(default_factory=dict)

    def issuer_url(self, environment_id: str) -> str:
        """The issuer of an environment's tokens."""
        return f"{self.auth_url}/{environment_id}/as"

    def key(self, environment_id: str) -> Any:
        """The signing key of an environment, made when it is first needed."""
        from joserfc.jwk import RSAKey

        if environment_id not in self._keys:
            self._keys[environment_id] = RSAKey.generate_key(
                2048, {"kid": environment_id, "use": "sig", "alg": "RS256"}
            )
        return self._keys[environment_id]

    def jwks(self, environment_id: str) -> dict[str, Any]:
        """The public keys of an environment (RFC 7517)."""
        return {"keys": [self.key(environment_id).as_dict(private=False)]}

    def issue(self, tenant: Tenant, application: Application, audience: str, scopes: list[str]) -> dict[str, Any]:
        """The success answer: a signed access token, with those of the scopes that were asked for and exist."""
        from joserfc import jws

        now = int(tenant.clock.seconds())
        environment_id, token_id = application.environment.id, tenant.ids.message()
        seconds = tenant.switches.token_seconds
        claims = {
            "client_id": application.id,
            "iss": self.issuer_url(environment_id),
            "iat": now,
            "exp": now + seconds,
            "aud": [audience],
            "env": environment_id,
            "org": tenant.organization.id,
            "jti": token_id,
            "p1.rid": token_id,
        }
        scope = {"scope": " ".join(scopes)} if scopes else {}
        claims |= scope
        key = self.key(environment_id)
        header = {"alg": "RS256", "kid": environment_id}
        if application.include_typ:
            header["typ"] = "at+jwt"
        token = jws.serialize_compact(header, json.dumps(claims), key, algorithms=["RS256"])
        return {"access_token": token, "token_type": "Bearer", **scope, "expires_in": seconds}

    def verify(self, token: str) -> VerifiedToken | None:
        """What the token says, or None when it is not one of ours. Expiry is the caller's question."""
        verified = self._verified.get(token)
        if verified is None:
            verified = self._decode(token)
            if verified is not None:
                self._verified[token] = verified
        return verified

    def _decode(self, token: str) -> VerifiedToken | None:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, lambda signed: self._keys[signed.headers()["kid"]], algorithms=["RS256"]).claims
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return VerifiedToken(claims["env"], claims["client_id"], float(claims["iat"]), float(claims["exp"]))


Form = dict[str, str]


def token(
    issuer: TokenIssuer,
    tenant: Tenant,
    late: Lateness,
    environment_id: str,
    audience: str,
    credentials: Credentials,
    form: Form,
) -> dict[str, Any]:
    """Answer a token request. Raises TokenError.

    The service looks at the client first, then at its method, its proof, the grant, and what there is to grant; that
    the last three stand in this order, and a disabled application is as good as none, is inferred.
    """
    application = _client(tenant, environment_id, credentials.client_id)
    if application is None or application.enabled is not True:
        raise TokenError(401, "invalid_client", _INVALID)
    if is_late(instant(application.created_at), tenant.clock.now(), late.application):
        raise TokenError(401, "invalid_client", _UNSUPPORTED)
    if credentials.method != application.token_endpoint_auth_method:
        raise TokenError(401, "invalid_client", _UNSUPPORTED)
    if not _proven(issuer, tenant, application, credentials):
        raise TokenError(401, "invalid_client", _INVALID)
    scopes = _granted(tenant, application, form)
    return issuer.issue(tenant, application, audience, scopes)


def key_set_url(tenant: Tenant, environment_id: str, credentials: Credentials) -> str | None:
    """Where the keys are that prove the client, when they are not in the application itself."""
    application = _client(tenant, environment_id, credentials.client_id)
    if credentials.method != "PRIVATE_KEY_JWT" or application is None or application.jwks:
        return None
    return application.jwks_url


def _client(tenant: Tenant, environment_id: str, client_id: str) -> Application | None:
    """The application that asks, if the environment has it.

    That nobody signs in to an environment that is pending deletion is inferred from "non-operational"; that an unknown
    environment is as one without the client, from what is said of the client of another environment.
    """
    state = tenant.environments.get(environment_id)
    application = state.applications.get(client_id) if state is not None and not state.is_pending_deletion else None
    return application if isinstance(application, Application) else None


def parse_client_credentials(header: str | None, form: Form) -> Credentials:
    """Who asks, and by which of the five methods. Raises TokenError when it is none of them."""
    if header is not None and header[:6].lower() == "basic ":
        try:
            user, colon, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if not colon:
            raise TokenError(401, "invalid_client", _UNSUPPORTED)
        return Credentials("CLIENT_SECRET_BASIC", unquote_plus(user), unquote_plus(password))
    if form.get("client_assertion_type") == ASSERTION_TYPE and "client_assertion" in form:
        return _assertion(form["client_assertion"])
    if "client_secret" in form and "client_id" in form:
        return Credentials("CLIENT_SECRET_POST", form["client_id"], form["client_secret"])
    if "client_id" in form:
        return Credentials("NONE", form["client_id"])
    raise TokenError(401, "invalid_client", _UNSUPPORTED)


def _assertion(text: str) -> Credentials:
    """The two methods with an assertion differ by the algorithm in its header."""
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        assertion = jws.extract_compact(text.encode())
        algorithm, subject = str(assertion.headers()["alg"]), str(json.loads(assertion.payload)["sub"])
        subject.encode()  # half of a surrogate pair is no text, and could never be shown again
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        raise TokenError(401, "invalid_client", _UNSUPPORTED) from None
    method = "CLIENT_SECRET_JWT" if algorithm.startswith("HS") else "PRIVATE_KEY_JWT"
    return Credentials(method, subject, text)


def _proven(issuer: TokenIssuer, tenant: Tenant, application: Application, credentials: Credentials) -> bool:
    if credentials.method == "NONE":
        return True
    if credentials.method in ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"):
        for secret in _secrets(tenant, application):
            if hmac.compare_digest(secret.encode(), credentials.proof.encode()):
                _note_use(tenant, application, secret)
                return True
        return False
    return _assertion_holds(issuer, tenant, application, credentials)


def _secrets(tenant: Tenant, application: Application) -> list[str]:
    """The secrets that count now."""
    previous = application.secret.previous
    if previous is None or not is_live(instant(previous.expires_at), tenant.clock.now()):
        return [application.secret.secret]
    return [application.secret.secret, previous.secret]


def _note_use(tenant: Tenant, application: Application, secret: str) -> None:
    """Keep when the previous secret was last used, which is what its owner waits to see the end of."""
    previous = application.secret.previous
    if previous is not None and secret == previous.secret != application.secret.secret:
        previous.last_used = tenant.clock.stamp()


def _assertion_holds(issuer: TokenIssuer, tenant: Tenant, application: Application, credentials: Credentials) -> bool:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet, OctKey

    keys: dict[str, Any]
    if credentials.method == "CLIENT_SECRET_JWT":
        keys = {one: OctKey.import_key(one) for one in _secrets(tenant, application)}
        algorithms = _SECRET_ALGORITHMS
    else:
        document = application.jwks or credentials.key_set
        try:
            known = KeySet.import_key_set(json.loads(document))
            keys, algorithms = {"": KeySet([one for one in known.keys if _is_long_enough(one)])}, _KEY_ALGORITHMS
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return False
    for secret, key in keys.items():
        try:
            claims = jwt.decode(credentials.proof, key, algorithms=algorithms).claims
        except (JoseError, ValueError):
            continue
        _note_use(tenant, application, secret)
        return _claims_hold(issuer, tenant, application, claims)
    return False


def _is_long_enough(key: Any) -> bool:
    """Whether a key may prove who a client is; of elliptic curves the algorithms say which."""
    return bool(key.key_type != "RSA" or key.public_key.key_size >= _SHORTEST_RSA)


def _claims_hold(issuer: TokenIssuer, tenant: Tenant, application: Application, claims: dict[str, Any]) -> bool:
    """Whether an assertion says what PingOne asks for; of C(iat) and C(jti) nothing is said, so any will do."""
    from joserfc.errors import JoseError
    from joserfc.jwt import JWTClaimsRegistry

    issuer_url = issuer.issuer_url(application.environment.id)
    now = tenant.clock.seconds()
    registry = JWTClaimsRegistry(
        now=int(now),
        iss={"essential": True, "value": application.id},
        sub={"essential": True, "value": application.id},
        aud={"essential": True, "values": [issuer_url, f"{issuer_url}/token"]},
        exp={"essential": True},
    )
    try:
        registry.validate({name: value for name, value in claims.items() if name != "iat"})
    except JoseError:
        return False
    return bool(claims["exp"] <= now + _LONGEST_ASSERTION)


def _granted(tenant: Tenant, application: Application, form: Form) -> list[str]:
    """The scopes that the token carries; what a worker may do comes from its roles alone. Raises TokenError."""
    grant = form.get("grant_type")
    if not grant:
        raise TokenError(400, "invalid_request", "Missing parameter: grant_type")
    if grant != "client_credentials":
        raise TokenError(400, "unsupported_grant_type", f"{_NO_GRANT}: {grant}")
    if "CLIENT_CREDENTIALS" not in (application.grant_types or []):
        raise TokenError(400, "unauthorized_client", f"{_NO_GRANT}: {grant}")
    asked = form.get("scope", "").split()
    scopes = [scope for scope in _OIDC_SCOPES if scope in asked]
    if application.type != "WORKER" or (asked and not scopes):
        raise TokenError(400, "invalid_scope", _NO_SCOPE)
    if not tenant.assignments_of(application.id):
        if tenant.switches.unassigned_worker == "invalid_scope":
            raise TokenError(400, "invalid_scope", _NO_SCOPE)
        raise TokenError(tenant.switches.unassigned_worker_status, "access_denied", _NO_ROLES)
    return scopes
