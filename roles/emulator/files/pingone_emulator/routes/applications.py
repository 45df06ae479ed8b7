# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications``."""

from __future__ import annotations

from typing import Any

from ..errors import duplicate, from_problems, invalid_data, not_found
from ..models.application import (
    PLATFORM_TYPES,
    AccessControl,
    AccessControlRole,
    AnyApplication,
    Application,
    ApplicationBody,
    OidcBody,
    OtherApplication,
)
from ..models.base import Reference
from ..models.secret import Secret
from ..rules import applications as rules
from ..seeding import copy_assignments
from ..tenant import EnvironmentState, Tenant
from .call import Answer, Call, Routes, checked

ROUTES = Routes()

_CREATE_ONLY = ("assignActorRoles", "clientId", "clientSecret")
_READ_ONLY = ("id", "environment", "createdAt", "updatedAt", "_links", "_embedded")


@ROUTES.on("GET", "/environments/{environment}/applications")
def list_applications(call: Call) -> Answer:
    """All applications, those of the platform included."""
    applications = call.visible(call.nested_environment().applications.values(), lambda one: one.id)
    return call.page("applications", applications, lambda one: _shown(call, one))


@ROUTES.on("POST", "/environments/{environment}/applications")
def create_application(call: Call) -> Answer:
    """A new application; it gets a copy of the caller's roles unless ``assignActorRoles`` is false."""
    state = call.environment()
    document = call.json()
    body = parse(document)
    if body.type in PLATFORM_TYPES:
        raise invalid_data("INVALID_VALUE", "Applications of the platform cannot be created.", "type")
    _check_import(call, body)
    _check_names(call, state, body, document, None)
    application = build(call.tenant, state, body, document)
    state.applications[application.id] = application
    if isinstance(application, Application):
        copy_assignments(call.tenant, call.caller, application)
    return Answer(201, _shown(call, application), call.url(f"{call.path}/{application.id}"))


@ROUTES.on("GET", "/environments/{environment}/applications/{application}")
def read_application(call: Call) -> Answer:
    """One application."""
    return Answer(200, _shown(call, find(call)))


@ROUTES.on("PUT", "/environments/{environment}/applications/{application}")
def replace_application(call: Call) -> Answer:
    """Replace; what is not sent is cleared or goes back to the default of the service."""
    current = find(call)
    state = call.tenant.environments[call.params["environment"]]
    document = {name: value for name, value in call.json().items() if name not in _CREATE_ONLY}
    if current.type in PLATFORM_TYPES:
        document = {key: value for key, value in document.items() if key not in _unset(document)}
    body = parse(document)
    for member in ("protocol", "type"):
        if getattr(body, member) != getattr(current, member):
            raise invalid_data(
                "INVALID_VALUE", f"{member} cannot be changed.", member, allowedValues=[getattr(current, member)]
            )
    _check_names(call, state, body, document, current.id)
    application = build(call.tenant, state, body, document, current)
    state.applications[current.id] = application
    return Answer(200, _shown(call, application))


@ROUTES.on("DELETE", "/environments/{environment}/applications/{application}")
def delete_application(call: Call) -> Answer:
    """Delete; its secret and its role assignments go with it."""
    application = find(call)
    if application.type in PLATFORM_TYPES:
        raise invalid_data("CONSTRAINT_VIOLATION", "Applications of the platform cannot be deleted.", "type")
    del call.tenant.environments[call.params["environment"]].applications[application.id]
    call.tenant.forget_actor(application.id)
    call.tenant.forget_scope(application.id)
    return Answer(204)


def find(call: Call) -> AnyApplication:
    """The application of the path. Raises 404 with the text of its own."""
    application_id = call.params["application"]
    application = call.environment(application_id).applications.get(application_id)
    if application is None:
        raise not_found(
            f"Unable to find Application with ID: '{application_id}' in Environment '{call.params['environment']}'"
        )
    return application


def _shown(call: Call, application: AnyApplication) -> dict[str, Any]:
    document = application.wire(call.api)
    if "attributes" in call.query.get("expand", "").split(","):
        document["_embedded"] = {"attributes": []}
    return document


def parse(document: dict[str, Any]) -> ApplicationBody:
    """The document as the model of its protocol. Raises 400."""
    return checked(OidcBody if document.get("protocol") == "OPENID_CONNECT" else ApplicationBody, document)


def build(
    tenant: Tenant,
    state: EnvironmentState,
    body: ApplicationBody,
    document: dict[str, Any],
    current: AnyApplication | None = None,
) -> AnyApplication:
    """The application to store: what was sent, what the service adds, and what stays of the current one."""
    now = tenant.clock.stamp()
    own: dict[str, Any] = {
        "id": current.id if current else (getattr(body, "client_id", None) or tenant.ids.object()),
        "environment": Reference(id=state.environment.id),
        "created_at": current.created_at if current else now,
        "updated_at": now,
    }
    sent = dict(body)
    given = {name: sent[name] for name in body.model_fields_set if sent[name] is not None}
    given.setdefault("enabled", False)
    given.setdefault("hidden_from_app_portal", False)
    if not isinstance(body, OidcBody):
        settings = {
            key: value
            for key, value in document.items()
            if key not in _READ_ONLY and key not in _BASE_MEMBERS and value is not None
        }
        other = OtherApplication.model_construct(**given, **own, settings=settings)
        _check({**other.shown(), **settings})
        return other
    oidc = current if isinstance(current, Application) else None
    _defaults(given, oidc)
    _check(OidcBody.model_construct(**given).shown())
    secret = oidc.secret if oidc else Secret(secret=given.get("client_secret") or tenant.ids.secret())
    for member in ("client_id", "client_secret"):
        given.pop(member, None)
    return Application.model_construct(**given, **own, secret=secret)


def _check(members: dict[str, Any]) -> None:
    """What is stored has to be a combination that the service accepts. Raises 400."""
    if members["type"] in PLATFORM_TYPES:
        return
    problems = rules.problems(members)
    if problems:
        raise from_problems(problems)


_BASE_MEMBERS = {field.alias for field in ApplicationBody.model_fields.values()}
_OIDC_DEFAULTS = {
    "pkce_enforcement": "OPTIONAL",
    "par_requirement": "OPTIONAL",
    "device_polling_interval": 5,
    "par_timeout": 60,
    "device_timeout": 600,
}
_NO_SECRET_TYPES = ("NATIVE_APP", "SINGLE_PAGE_APP", "CUSTOM_APP")


def _defaults(given: dict[str, Any], current: Application | None) -> None:
    """What the service gives an OpenID Connect application that does not bring it, and what it takes away."""
    if given["type"] in PLATFORM_TYPES:
        for member in _OF_PLATFORM:
            kept = getattr(current, member, None)
            if kept is not None:
                given.setdefault(member, kept)
        return
    for member in (*_ELSEWHERE, *(() if given["type"] == "NATIVE_APP" else _NATIVE)):
        given.pop(member, None)
    for member, value in _OIDC_DEFAULTS.items():
        given.setdefault(member, value)
    given.setdefault(
        "token_endpoint_auth_method", "NONE" if given["type"] in _NO_SECRET_TYPES else "CLIENT_SECRET_BASIC"
    )
    if given["type"] == "WORKER":
        given.setdefault("grant_types", ["CLIENT_CREDENTIALS"])
        access = given.get("access_control")
        if access is None:
            given["access_control"] = AccessControl(role=AccessControlRole(type="ADMIN_USERS_ONLY"))
        elif access.role is None:
            access.role = AccessControlRole(type="ADMIN_USERS_ONLY")
    if given["type"] == "NATIVE_APP":
        given["mobile"] = _mobile(given.get("mobile", {}), current.mobile if current else None)
    if current is None:
        given.setdefault("assign_actor_roles", True)
        return
    if current.assign_actor_roles is not None:
        given["assign_actor_roles"] = current.assign_actor_roles
    for member in ("refresh_token_duration", "refresh_token_rolling_duration"):
        if getattr(current, member) is not None:
            given.setdefault(member, getattr(current, member))


_OF_PLATFORM = (
    "token_endpoint_auth_method",
    "pkce_enforcement",
    "apply_default_theme",
    "enable_default_theme_footer",
)
# What only applications of the platform and links have, and what only native applications have.
_ELSEWHERE = ("apply_default_theme", "enable_default_theme_footer", "external_id")
_NATIVE = ("mobile", "kerberos")
_MOBILE_FIXED = ("bundleId", "packageName", "huaweiAppId", "huaweiPackageName")
_MOBILE_DEFAULTS: dict[str, Any] = {
    "passcodeGracePeriod": 5,
    "passcodeRefreshDuration": {"duration": 30, "timeUnit": "SECONDS"},
    "integrityDetection": {"mode": "DISABLED"},
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


def _unset(document: dict[str, Any]) -> set[str]:
    """What a client sends back for a platform application that has none: it counts as not set."""
    empty = {"description": "", "icon": {"id": "", "href": ""}}
    return {member for member, value in empty.items() if document.get(member) == value}


def _check_import(call: Call, body: ApplicationBody) -> None:
    """An id that the client chooses: where that is allowed, and nobody has it (the texts are inferred)."""
    chosen = body.client_id if isinstance(body, OidcBody) else None
    if chosen is None:
        return
    if not call.tenant.switches.application_import:
        raise invalid_data("INVALID_VALUE", "The organization may not import applications.", "clientId")
    if call.tenant.has_application(chosen):
        raise duplicate("clientId", "A resource with the specified clientId already exists")


def _check_names(
    call: Call, state: EnvironmentState, body: ApplicationBody, document: dict[str, Any], own_id: str | None
) -> None:
    """Names may be taken twice unless the switch says otherwise (inferred); some other values may not."""
    path = body.device_path_id if isinstance(body, OidcBody) else None
    sp_entity_id = None if isinstance(body, OidcBody) else document.get("spEntityId")
    unique = call.tenant.switches.unique_application_names
    if path is None and sp_entity_id is None and not unique:
        return  # what nearly always holds must not cost a look at each of thousands of applications
    for one in state.applications.values():
        if one.id == own_id:
            continue
        if sp_entity_id is not None and getattr(one, "settings", {}).get("spEntityId") == sp_entity_id:
            raise duplicate("spEntityId", "A resource with the specified spEntityId already exists", one.id)
        if path is not None and isinstance(one, Application) and one.device_path_id == path:
            raise duplicate("devicePathId", "A resource with the specified devicePathId already exists", one.id)
        if unique and one.name == body.name:
            raise duplicate("name", "A resource with the specified name already exists", one.id)
