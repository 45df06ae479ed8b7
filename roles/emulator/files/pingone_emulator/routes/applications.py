# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import invalid_data, not_found
from ..hal import Envelope
from ..models.application import PLATFORM_TYPES, AnyApplication, Application, ApplicationBody, OidcBody
from ..models.other_application import body_model
from ..plain import store
from ..plain.application_attributes import APPLICATION_ATTRIBUTES
from ..plain.collection import Within
from ..plain.keys import issuance_problems
from ..problem import Refused
from ..rules import limits
from ..rules.application_defaults import without_unset
from ..rules.uniqueness import check_application, check_client_id
from ..seeding import copy_assignments, store_application
from ..tenant import EnvironmentState
from .call import Call, checked
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/applications")

_FILTER = {"type": ("eq",)}
_ENVELOPE = Envelope(has_count=False, self_query="none", has_limit=False)
_CREATE_ONLY = ("assignActorRoles", "clientId", "clientSecret")


@router.get("")
async def list_applications(call: CurrentCall) -> Response:
    """All applications, those of the platform included, in the order of their names."""
    applications = call.visible(call.nested_environment().applications.values(), lambda one: one.id)
    applications.sort(key=lambda one: one.name)
    return call.page(
        "applications", applications, lambda one: _shown(call, one), filterable=_FILTER, envelope=_ENVELOPE
    )


@router.post("")
async def create_application(call: CurrentCall) -> Response:
    """A new application; it gets a copy of the caller's roles unless ``assignActorRoles`` is false."""
    state = call.environment()
    document = call.json()
    body = checked(body_model(document), document)
    if body.type in PLATFORM_TYPES:
        raise invalid_data("INVALID_VALUE", "Applications of the platform cannot be created.", "type")
    if call.tenant.switches.limits:
        limits.check_room("applications", limits.APPLICATIONS, len(state.applications) - len(PLATFORM_TYPES))
    _check(call, state, body, None)
    _check_key(call, state, body)
    application = store_application(call.tenant, state, body)
    if isinstance(application, Application):
        copy_assignments(call.tenant, call.caller, application)
    return call.created(_shown(call, application), f"{call.path}/{application.id}")


@router.get("/{application}")
async def read_application(call: CurrentCall) -> Response:
    """One application."""
    return call.ok(_shown(call, find(call)))


@router.put("/{application}")
async def replace_application(call: CurrentCall) -> Response:
    """Replace; what is not sent is cleared or goes back to the default of the service."""
    current = find(call)
    state = call.tenant.environments[call.params["environment"]]
    document = {name: value for name, value in call.json().items() if name not in _CREATE_ONLY}
    if current.type in PLATFORM_TYPES:
        document = without_unset(document)
    body = checked(body_model(document), document)
    for member in ("protocol", "type"):
        if getattr(body, member) != getattr(current, member):
            raise invalid_data(
                "INVALID_VALUE", f"{member} cannot be changed.", member, allowedValues=[getattr(current, member)]
            )
    _check(call, state, body, current.id)
    _check_key(call, state, body)
    application = store_application(call.tenant, state, body, current)
    return call.ok(_shown(call, application))


@router.delete("/{application}")
async def delete_application(call: CurrentCall) -> Response:
    """Delete; its secret and its role assignments go with it."""
    application = find(call)
    if application.type in PLATFORM_TYPES:
        raise invalid_data("CONSTRAINT_VIOLATION", "Applications of the platform cannot be deleted.", "type")
    state = call.tenant.environments[call.params["environment"]]
    del state.applications[application.id]
    state.plain.pop(application.id, None)
    call.tenant.forget_actor(application.id)
    call.tenant.forget_scope(application.id)
    return call.no_content()


def find(call: Call) -> AnyApplication:
    """The application of the path. Raises 404 with the text of its own."""
    application_id = call.params["application"]
    application = call.environment(application_id).applications.get(application_id)
    if application is None:
        raise not_found(
            f"Unable to find Application with ID: '{application_id}' in Environment '{call.params['environment']}'"
        )
    return application


def _check(call: Call, state: EnvironmentState, body: ApplicationBody, own_id: str | None) -> None:
    switches = call.tenant.switches
    if switches.limits:
        limits.check_description(body.description)
    if own_id is None:
        may_import = switches.application_import
        check_client_id(body, may_import=may_import, is_taken=call.tenant.has_application)
    applications = state.applications.values()
    check_application(applications, body, own_id, unique_names=switches.unique_application_names)


def _check_key(call: Call, state: EnvironmentState, body: ApplicationBody) -> None:
    """The key of a native application has to be one that issues."""
    if isinstance(body, OidcBody) and body.type == "NATIVE_APP" and body.kerberos is not None:
        problems = list(issuance_problems(body.kerberos.key.id, Within(call.tenant, state)))
        if problems:
            raise Refused(problems)


def _shown(call: Call, application: AnyApplication) -> dict[str, Any]:
    document = application.wire(call.api, call.tenant.api_date)
    if "attributes" in call.query.get("expand", "").split(","):
        document["_embedded"] = {"attributes": _attributes(call, application)}
    return document


def _attributes(call: Call, application: AnyApplication) -> list[dict[str, Any]]:
    if not APPLICATION_ATTRIBUTES.held_by(application):
        return []
    within = Within(call.tenant, call.tenant.environments[application.environment.id], application)
    there = store.objects(APPLICATION_ATTRIBUTES, within).values()
    return [store.wire(APPLICATION_ATTRIBUTES, within, one, call.api) for one in there]
