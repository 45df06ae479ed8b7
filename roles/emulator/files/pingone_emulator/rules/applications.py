# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which members of an application go together ("Applications OIDC settings data model", "Application operations").

``problems(body)`` takes the application as it would be stored, in the member names of the API, with the defaults of
the service filled in, after types, enums and ranges were checked; it gives every rule that is broken. All codes and
texts are inferred but for the one about wildcards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..problem import Problem

Body = Mapping[str, Any]

_SECRET_METHODS = ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT")
NEVER_SIGNED = ("SERVICE",)
# Which types of application there are for protocols other than OpenID Connect (inferred from what clients send).
_TYPES = {
    "SAML": ("WEB_APP", "CUSTOM_APP", "TEMPLATE_APP"),
    "WS_FED": ("WEB_APP", "CUSTOM_APP", "TEMPLATE_APP"),
    "EXTERNAL_LINK": ("PORTAL_LINK_APP",),
}
_LOCAL_HOSTS = ("localhost", "127.0.0.1")
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")


def problems(body: Body) -> list[Problem]:
    """Everything that is wrong with the combination; an empty list when the service accepts it."""
    rules = _RULES if body["protocol"] == "OPENID_CONNECT" else _RULES_OF_OTHERS
    return [problem for rule in rules for problem in rule(body)]


def _required(member: str, why: str = "") -> Problem:
    return Problem("REQUIRED_VALUE", f"{member} is required{why}", member)


def _protocol(body: Body) -> Iterator[Problem]:
    """Workers speak OpenID Connect, links speak nothing; for the others the type goes by the protocol."""
    protocol, type_ = body["protocol"], body["type"]
    needed = {"WORKER": "OPENID_CONNECT", "PORTAL_LINK_APP": "EXTERNAL_LINK"}.get(type_, protocol)
    if protocol != needed:
        message = f"An application of type {type_} needs protocol {needed}"
        yield Problem("INVALID_VALUE", message, "protocol", {"allowedValues": [needed]})
    elif protocol in _TYPES and type_ not in _TYPES[protocol]:
        message = f"An application of protocol {protocol} cannot have type {type_}"
        yield Problem("INVALID_VALUE", message, "type", {"allowedValues": list(_TYPES[protocol])})


def _virtual_servers(body: Body) -> Iterator[Problem]:
    settings = body.get("virtualServerIdSettings") or {}
    if settings.get("enabled") and not settings.get("virtualServerIds"):
        yield _required("virtualServerIdSettings.virtualServerIds", " when they are enabled")


def _client_authentication(body: Body) -> Iterator[Problem]:
    """CLIENT_CREDENTIALS needs a client that proves who it is; PRIVATE_KEY_JWT needs the public key."""
    method = body.get("tokenEndpointAuthMethod")
    if "CLIENT_CREDENTIALS" in _grants(body) and method == "NONE":
        message = "NONE is not supported with the CLIENT_CREDENTIALS grant"
        inner = {"allowedValues": list(_SECRET_METHODS)}
        yield Problem("INVALID_VALUE", message, "tokenEndpointAuthMethod", inner)
    if method == "PRIVATE_KEY_JWT" and not body.get("jwks") and not body.get("jwksUrl"):
        yield _required("jwks", " (or jwksUrl) with PRIVATE_KEY_JWT")
    if body.get("clientSecret") is not None and body.get("clientId") is None:
        yield _required("clientId", " with clientSecret")


def _grants_of_users(body: Body) -> Iterator[Problem]:
    """Grants in which a user signs in need a response type and an address to come back to."""
    grants, responses = _grants(body), set(body.get("responseTypes") or ())
    if "AUTHORIZATION_CODE" in grants and "CODE" not in responses:
        yield _required("responseTypes", " to contain CODE with AUTHORIZATION_CODE")
    if "CODE" in responses and "AUTHORIZATION_CODE" not in grants:
        yield Problem("INVALID_VALUE", "The response type CODE needs AUTHORIZATION_CODE", "responseTypes")
    if "IMPLICIT" in grants and not responses & {"TOKEN", "ID_TOKEN"}:
        yield _required("responseTypes", " to contain TOKEN or ID_TOKEN with IMPLICIT")
    if grants & {"AUTHORIZATION_CODE", "IMPLICIT"} and not body.get("redirectUris"):
        yield _required("redirectUris", " with AUTHORIZATION_CODE or IMPLICIT")
    if "REFRESH_TOKEN" in grants and not grants & {"AUTHORIZATION_CODE", "DEVICE_CODE"}:
        yield Problem("INVALID_VALUE", "REFRESH_TOKEN needs AUTHORIZATION_CODE or DEVICE_CODE", "grantTypes")


def _refresh_tokens(body: Body) -> Iterator[Problem]:
    duration, rolling = body.get("refreshTokenDuration"), body.get("refreshTokenRollingDuration")
    if duration is not None and rolling is not None and duration > rolling:
        message = "refreshTokenDuration must not exceed refreshTokenRollingDuration"
        yield Problem("OUT_OF_RANGE", message, "refreshTokenDuration", {"rangeMaximumValue": rolling})


def _signing(body: Body) -> Iterator[Problem]:
    if body.get("signing") is not None and body["type"] in NEVER_SIGNED:
        yield Problem("INVALID_VALUE", f"signing is not supported for {body['type']}", "signing")
    if body.get("requireSignedRequestObject") and body.get("supportUnsignedRequestObject"):
        message = "Unsigned request objects cannot be supported while signed ones are required"
        yield Problem("INVALID_VALUE", message, "supportUnsignedRequestObject")
    if body.get("jwks") is not None and not _is_json_object(body["jwks"]):
        yield Problem("INVALID_VALUE", "jwks must hold a JSON Web Key Set", "jwks")
    if body.get("jwksUrl") is not None and not body["jwksUrl"].startswith("https://"):
        yield Problem("INVALID_VALUE", "jwksUrl must start with https://", "jwksUrl")


def _wildcards(body: Body) -> Iterator[Problem]:
    if body.get("allowWildcardInRedirectUris"):
        return
    if any("*" in uri for uri in body.get("redirectUris") or ()):
        headline = "Wildcards are not allowed in redirect URIs."
        yield Problem("INVALID_VALUE", headline, "redirectUris", headline=headline)


def _cross_origin(body: Body) -> Iterator[Problem]:
    settings = body.get("corsSettings")
    if settings is None:
        return
    origins = settings.get("origins") or []
    if settings["behavior"] == "ALLOW_SPECIFIC_ORIGINS" and not origins:
        yield Problem("INVALID_VALUE", "ALLOW_SPECIFIC_ORIGINS needs origins", "corsSettings.origins")
    if settings["behavior"] == "ALLOW_NO_ORIGINS" and origins:
        yield Problem("INVALID_VALUE", "ALLOW_NO_ORIGINS goes without origins", "corsSettings.origins")
    for index, origin in enumerate(origins):
        if not _ORIGIN.fullmatch(origin):
            message = "An origin is http or https, a host and at most a port"
            yield Problem("INVALID_VALUE", message, f"corsSettings.origins[{index}]")


def _urls(body: Body) -> Iterator[Problem]:
    """https anywhere, http on this machine; private-use schemes where an app may be called back."""
    yield from _urls_of(body, ("loginPageUrl", "homePageUrl", "initiateLoginUri"), _is_web)
    yield from _urls_of(body, ("targetLinkUri",), _is_web_or_private)
    for member, accepts in (("redirectUris", _is_web_or_private), ("postLogoutRedirectUris", _is_any)):
        uris = body.get(member) or []
        if not isinstance(uris, list):
            yield _bad_url(member)
            continue
        for index, uri in enumerate(uris):
            if not isinstance(uri, str) or not accepts(uri):
                yield _bad_url(f"{member}[{index}]")


def _urls_of(body: Body, members: Iterable[str], accepts: Callable[[str], bool]) -> Iterator[Problem]:
    for member in members:
        url = body.get(member)
        if url is not None and not (isinstance(url, str) and accepts(url)):
            yield _bad_url(member)


def _bad_url(target: str) -> Problem:
    return Problem("INVALID_VALUE", "The URL is not valid: https, or http on localhost", target)


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or ""
    except ValueError:
        return "", ""


def _is_web(url: str) -> bool:
    scheme, host = _scheme_and_host(url)
    return (scheme == "https" and host != "") or (scheme == "http" and host in _LOCAL_HOSTS)


def _is_web_or_private(url: str) -> bool:
    return _is_web(url) or _scheme_and_host(url)[0] not in ("", "http", "https")


def _is_any(url: str) -> bool:
    return _is_web_or_private(url) or _scheme_and_host(url)[0] == "http"


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _grants(body: Body) -> set[str]:
    return set(body.get("grantTypes") or ())


Rule = Callable[[Body], Iterator[Problem]]
_RULES_OF_OTHERS: tuple[Rule, ...] = (_protocol, _cross_origin, _virtual_servers, _urls)
_RULES: tuple[Rule, ...] = (
    _protocol,
    _client_authentication,
    _grants_of_users,
    _refresh_tokens,
    _signing,
    _wildcards,
    _cross_origin,
    _urls,
)
