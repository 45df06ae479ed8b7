# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FastAPI application: the token endpoint, the management API and ``/_emulator``, behind one gate.

Handlers work on a state in memory and wait for nothing, so one event loop serves them one after the other and no lock
is needed.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from . import admin
from .emulator import Emulator
from .errors import UNEXPECTED, ApiError, TokenError, from_problems, method_not_allowed, not_found
from .middleware import Gate
from .problem import Refused
from .routes import (
    applications,
    environments,
    groups,
    images,
    memberships,
    metrics,
    organizations,
    plain,
    populations,
    role_assignments,
    roles,
    secrets,
    token,
    user_state,
    users,
)
from .routes.dependencies import VERSION, authenticate
from .rules import catalogue

# Looked through in this order for each request, so the most used stand first.
MANAGEMENT = (
    applications.router,
    secrets.router,
    role_assignments.router,
    environments.router,
    users.router,
    user_state.router,
    memberships.router,
    groups.router,
    populations.router,
    roles.router,
    organizations.router,
    *plain.routers,
    images.router,
    metrics.router,
)


def operations() -> list[tuple[str, str]]:
    """Verb and path below ``/v1`` of all that the management API offers."""
    return [
        (verb, route.path.removeprefix(VERSION))
        for router in MANAGEMENT
        for route in router.routes
        if isinstance(route, APIRoute)
        for verb in route.methods or ()
    ]


def make_app(emulator: Emulator, admin_token: str | None = None) -> ASGIApp:
    """All routes behind the gate."""
    app = FastAPI(title="PingOne emulator", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.emulator = emulator
    for verb, path in operations():
        catalogue.needed(verb, path)  # fails at the start, not at the call, where no permission is known
    for router in (*MANAGEMENT, token.router, admin.admin_router(emulator, admin_token)):
        app.include_router(router)
    app.add_exception_handler(ApiError, _error)
    app.add_exception_handler(TokenError, _error)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _defect)
    return Gate(app, emulator)


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError | TokenError)
    body = error.body(request.state.correlation_id)
    return Response(body, error.status, error.headers, "application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return await _error(request, from_problems(error.problems))


async def _no_such_route(request: Request, error: Exception) -> Response:
    """Which paths and verbs the service has is told to known callers alone."""
    assert isinstance(error, HTTPException)
    if request.scope["path"].startswith(admin.PREFIX):
        return await http_exception_handler(request, error)
    try:
        authenticate(request)
    except ApiError as refused:
        return await _error(request, refused)
    return await _error(request, method_not_allowed() if error.status_code == 405 else not_found())


async def _defect(request: Request, _raised: Exception) -> Response:
    return await _error(request, ApiError(500, "UNEXPECTED_ERROR", UNEXPECTED))
