# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service makes of an application that is sent: what it adds, what it takes away, what stays from before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models.application import (
    PLATFORM_TYPES,
    AccessControl,
    AccessControlRole,
    AnyApplication,
    Application,
    ApplicationBody,
    OidcBody,
)
from ..models.other_application import LinkBody, SamlBody, WsFedBody
from ..problem import Refused
from . import applications

_OIDC_DEFAULTS = {
    "pkce_enforcement": "OPTIONAL",
    "par_requirement": "OPTIONAL",
    "device_polling_interval": 5,
    "par_timeout": 60,
    "device_timeout": 600,
}
_OTHER_DEFAULTS: Mapping[type[ApplicationBody], Mapping[str, Any]] = {
    SamlBody: {"assertion_signed": True, "response_signed": False, "slo_binding": "HTTP_POST"},
    WsFedBody: {"assertion_duration": 300, "audience_restriction": "urn:federation:MicrosoftOnline"},
    LinkBody: {},
}
# Grants and response types of a client that names no grants ("Applications OIDC settings data model"). Of WORKER that
# page tells a response type, which its answers do not have; that SERVICE is as WORKER is (inferred).
_GRANTS_OF_TYPES: Mapping[str, tuple[list[str], list[str]]] = {
    "WEB_APP": (["AUTHORIZATION_CODE"], ["CODE"]),
    "NATIVE_APP": (["AUTHORIZATION_CODE", "IMPLICIT"], ["TOKEN", "ID_TOKEN", "CODE"]),
    "SINGLE_PAGE_APP": (["IMPLICIT"], ["TOKEN", "ID_TOKEN"]),
    "CUSTOM_APP": (["DEVICE_CODE", "REFRESH_TOKEN"], []),
    "SERVICE": (["CLIENT_CREDENTIALS"], []),
    "WORKER": (["CLIENT_CREDENTIALS"], []),
}
_NO_SECRET_TYPES = ("NATIVE_APP", "SINGLE_PAGE_APP", "CUSTOM_APP")


def complete(
    body: ApplicationBody,
    current: AnyApplication | None,
    *,
    omitted_mobile_clears_ids: bool,
    omitted_footer_is_cleared: bool,
) -> dict[str, Any]:
    """The members to store, by the names of the model, for an application that is new or replaces the current one.

    omitted_mobile_clears_ids: whether a native application loses the ids of its app when no ``mobile`` is sent.
    omitted_footer_is_cleared: whether the self-service application loses its footer when it is not sent.

    Raises Refused for a combination that the service does not accept.
    """
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    given = {name: value for name, value in sent.items() if value is not None}
    given.setdefault("enabled", False)
    given.setdefault("hidden_from_app_portal", False)
    if isinstance(body, OidcBody):
        kept = current if isinstance(current, Application) else None
        if given["type"] in PLATFORM_TYPES:
            _platform_defaults(given, kept, omitted_footer_is_cleared)
        else:
            _defaults(given, kept, omitted_mobile_clears_ids)
    else:
        _other_defaults(given, type(body))
    _check(type(body).named(given))
    return given


def may_be_signed(body: ApplicationBody) -> bool:
    """Whether a new application gets the key rotation policy of its environment; not seen for all types (inferred)."""
    return isinstance(body, OidcBody) and body.type not in applications.NEVER_SIGNED and body.type not in PLATFORM_TYPES


def without_unset(document: dict[str, Any]) -> dict[str, Any]:
    """What a client sends back for a platform application that has none counts as not set."""
    empty = {"description": "", "icon": {"id": "", "href": ""}}
    return {member: value for member, value in document.items() if member not in empty or value != empty[member]}


def _check(members: dict[str, Any]) -> None:
    if members["type"] in PLATFORM_TYPES:
        return
    problems = applications.problems(members)
    if problems:
        raise Refused(problems)


def _other_defaults(given: dict[str, Any], model: type[ApplicationBody]) -> None:
    """What the service gives an application of another protocol, and what only links have."""
    for member, value in _OTHER_DEFAULTS[model].items():
        given.setdefault(member, value)
    if model is not LinkBody:
        given.pop("external_id", None)
    for settings, switch in (("sp_verification", "authn_request_signed"), ("virtual_server_id_settings", "enabled")):
        if settings in given and getattr(given[settings], switch) is None:
            setattr(given[settings], switch, False)


def _platform_defaults(given: dict[str, Any], current: Application | None, omitted_footer_is_cleared: bool) -> None:
    """What stays of an application of the platform when it is not sent."""
    for member in _OF_PLATFORM if omitted_footer_is_cleared else (*_OF_PLATFORM, _FOOTER):
        kept = getattr(current, member, None)
        if kept is not None:
            given.setdefault(member, kept)


def _defaults(given: dict[str, Any], current: Application | None, omitted_mobile_clears_ids: bool) -> None:
    """What the service gives an OpenID Connect application that does not bring it, and what it takes away."""
    for member in (*_ELSEWHERE, *(() if given["type"] == "NATIVE_APP" else _NATIVE)):
        given.pop(member, None)
    for member, value in _OIDC_DEFAULTS.items():
        given.setdefault(member, value)
    given.setdefault(
        "token_endpoint_auth_method", "NONE" if given["type"] in _NO_SECRET_TYPES else "CLIENT_SECRET_BASIC"
    )
    if "grant_types" not in given and given["type"] in _GRANTS_OF_TYPES:
        grants, responses = _GRANTS_OF_TYPES[given["type"]]
        given["grant_types"] = list(grants)
        if responses:
            given.setdefault("response_types", list(responses))
    if given["type"] == "WORKER":
        access = given.get("access_control")
        if access is None:
            given["access_control"] = AccessControl(role=AccessControlRole(type="ADMIN_USERS_ONLY"))
        elif access.role is None:
            access.role = AccessControlRole(type="ADMIN_USERS_ONLY")
    if given["type"] == "NATIVE_APP":
        is_cleared = omitted_mobile_clears_ids and "mobile" not in given
        given["mobile"] = _mobile(given.get("mobile", {}), current.mobile if current and not is_cleared else None)
    if current is None:
        given.setdefault("assign_actor_roles", given["type"] == "WORKER")
        return
    if current.assign_actor_roles is not None:
        given["assign_actor_roles"] = current.assign_actor_roles
    for member in ("refresh_token_duration", "refresh_token_rolling_duration"):
        if getattr(current, member) is not None:
            given.setdefault(member, getattr(current, member))


_OF_PLATFORM = ("token_endpoint_auth_method", "pkce_enforcement", "apply_default_theme")
_FOOTER = "enable_default_theme_footer"
# What only applications of the platform and links have, and what only native applications have.
_ELSEWHERE = ("apply_default_theme", _FOOTER, "external_id")
_NATIVE = ("mobile", "kerberos")
_MOBILE_FIXED = ("bundleId", "packageName", "huaweiAppId", "huaweiPackageName")
_MOBILE_DEFAULTS: dict[str, Any] = {
    "integrityDetection": {"mode": "DISABLED"},
    "passcodeRefreshDuration": {"duration": 30, "timeUnit": "SECONDS"},
    "passcodeGracePeriod": 5,
}


def _mobile(sent: dict[str, Any], current: dict[str, Any] | None) -> dict[str, Any]:
    """The settings of a native application: sent in parts, filled by the service, its identity fixed from the start."""
    settings = {name: value for name, value in sent.items() if value is not None}
    for name, value in _MOBILE_DEFAULTS.items():
        settings[name] = {**value, **settings.get(name, {})} if isinstance(value, dict) else settings.get(name, value)
    settings["passcodeRefreshDuration"]["timeUnit"] = "SECONDS"
    if not settings["integrityDetection"].get("excludedPlatforms"):
        settings["integrityDetection"].pop("excludedPlatforms", None)
    if current is not None:
        fixed = {name: current[name] for name in _MOBILE_FIXED if name in current}
        settings = {name: value for name, value in settings.items() if name not in _MOBILE_FIXED} | fixed
    return settings
