# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What FastAPI gives each handler of the management API: a call by a caller who is known.

Every handler takes ``call: CurrentCall`` and is ``async``, though none waits for anything: FastAPI would run a plain
function in a thread, and the state in memory has no lock. The body is no parameter of a handler, because FastAPI would
check it before the caller is known; a handler asks for it with ``call.read``, after the caller's permission.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from .. import gateway
from ..emulator import Emulator
from ..errors import invalid_token
from ..models.application import Application
from ..rules import catalogue
from .call import Call

VERSION = "/v1"
VERBS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


async def current_call(request: Request) -> Call:
    """The request as a call. Raises 401 without a good token, and what the gateway says of a path of a later date."""
    emulator, media_type = emulator_of(request), content_type(request)
    path = request.scope["route"].path.removeprefix(VERSION)
    if not catalogue.is_there(path, emulator.tenant.api_date):
        raise gateway.unknown_route(request.headers.get("authorization"))
    return Call(
        tenant=emulator.tenant,
        late=emulator.faults.late,
        page_size=emulator.faults.page_size,
        api=emulator.api_url_for(request.scope["scheme"], request.headers.get("host")),
        caller=authenticate(request, emulator),
        permission=catalogue.needed(request.method, path, media_type),
        verb=request.method,
        params=request.path_params,
        query=dict(request.query_params),
        content_type=media_type,
        accepted=gateway.media_type(request.headers.get("accept")),
        raw=await request.body(),
        path=request.scope["path"].removeprefix(VERSION),
    )


CurrentCall = Annotated[Call, Depends(current_call)]


def emulator_of(request: Request) -> Emulator:
    """The emulator that serves the request, as the gate wrote it there."""
    emulator: Emulator = request.state.emulator
    return emulator


async def current_emulator(request: Request) -> Emulator:
    """The same for FastAPI, which would run a plain function in a thread."""
    return emulator_of(request)


CurrentEmulator = Annotated[Emulator, Depends(current_emulator)]


def content_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def authenticate(request: Request, emulator: Emulator) -> Application:
    """The worker behind the bearer token. Raises 401."""
    caller = _caller(emulator, request)
    if isinstance(caller, str):
        raise invalid_token(caller, emulator.tenant.switches.invalid_token)
    return caller


def _caller(emulator: Emulator, request: Request) -> Application | str:
    """The worker behind the bearer token, or why there is none."""
    header = request.headers.get("authorization", "")
    if header[:7].lower() != "bearer ":
        return "An access token is required."
    token = emulator.token_issuer.verify(header[7:].strip())
    if token is None:
        return "The access token is invalid."
    request.state.client_id = token.client_id
    if token.expires_at <= emulator.tenant.clock.seconds():
        return "The access token has expired."
    state = emulator.tenant.environments.get(token.environment_id)
    application = state.applications.get(token.client_id) if state else None
    if state is None or not isinstance(application, Application):
        return "The application of the access token does not exist."
    if state.is_pending_deletion:
        return "The environment of the application is pending deletion."
    if application.enabled is not True and not emulator.tenant.switches.disabled_application_tokens:
        return "The application of the access token is disabled."
    return application
