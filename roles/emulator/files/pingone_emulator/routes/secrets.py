# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications/{application}/secret``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import access
from ..errors import invalid_data, no_access, not_found
from ..models.application import PLATFORM_TYPES, Application
from ..models.secret import Previous, RotateBody, Secret
from ..problem import refuse
from ..rules.secrets import expiry_problem, is_live
from ..times import instant
from .call import JSON, Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/applications/{application}/secret")

SECRET_IMPORT = "application/vnd.pingidentity.secret+json"
_SUPERSET = "Actor does not have permissions to access worker application client secrets"


@router.get("")
async def read_secret(call: CurrentCall) -> Response:
    """The secret, and the previous one while it counts."""
    application = _application(call)
    if call.is_late(call.late.secret, application.created_at):
        raise not_found()
    return call.ok(_shown(call, application))


@router.post("")
async def rotate_secret(call: CurrentCall) -> Response:
    """A new secret; the old one ends at once, or when ``previous.expiresAt`` says.

    Some clients send ``null`` for no body (that the service takes it is inferred).
    """
    imported = call.content_type == SECRET_IMPORT
    application = _application(call)
    body = call.read(RotateBody, JSON, SECRET_IMPORT) if call.raw.strip() not in (b"", b"null") else RotateBody()
    if imported and body.secret is None:
        raise invalid_data("REQUIRED_VALUE", "secret is required", "secret")
    secret = body.secret if imported and body.secret else call.tenant.ids.secret()
    previous = None
    if body.previous is not None:
        _check_expiry(call, body.previous.expires_at)
        previous = Previous(secret=application.secret.secret, expires_at=body.previous.expires_at)
    application.secret = Secret(secret=secret, previous=previous)
    return call.ok(_shown(call, application))


@router.delete("")
async def delete_previous_secret(call: CurrentCall) -> Response:
    """End the previous secret; the current one stays."""
    application = _application(call)
    application.secret = Secret(secret=application.secret.secret)
    return call.no_content()


def _application(call: Call) -> Application:
    """The application whose secret it is, if it has one and the caller may have it."""
    application_id = call.params["application"]
    application = call.environment(application_id).applications.get(application_id)
    if not isinstance(application, Application) or application.type in PLATFORM_TYPES:
        raise not_found()
    if application.type == "WORKER":
        _check_superset(call, application)
    return application


def _check_superset(call: Call, worker: Application) -> None:
    """A worker's secret is neither for itself nor for those who could not take its roles away, or have less of them."""
    held = call.tenant.assignments_of(worker.id)
    refused = worker.id == call.caller.id or any(
        access.read_only(call.tenant, call.late, call.caller, one) for one in held
    )
    if not refused and call.tenant.switches.secret_needs_superset:
        refused = not access.includes(call.tenant, call.late, call.caller, worker)
    if refused:
        raise no_access(_SUPERSET)


def _check_expiry(call: Call, text: str) -> None:
    try:
        expires_at = instant(text)
    except ValueError:
        expires_at = None
    refuse(expiry_problem(expires_at, call.tenant.clock.now()))


def _shown(call: Call, application: Application) -> dict[str, Any]:
    environment = call.url(f"/environments/{application.environment.id}")
    self_ = f"{environment}/applications/{application.id}"
    secret = application.secret
    if secret.previous is not None and not is_live(instant(secret.previous.expires_at), call.tenant.clock.now()):
        secret = Secret(secret=secret.secret)
    return {
        "_links": {
            "self": {"href": f"{self_}/secret"},
            "environment": {"href": environment},
            "application": {"href": self_},
        },
        "environment": {"id": application.environment.id},
        **secret.shown(),
    }
