# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FastAPI application: the token endpoint, the management API and ``/_emulator``, behind one gate.

Handlers work on a state in memory and wait for nothing, so one event loop serves them one after the other and no lock
is needed.
"""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from . import admin, gateway
from .emulator import Emulator
from .errors import UNEXPECTED, ApiError, TokenError, from_problems
from .gateway import GatewayError
from .middleware import Gate
from .problem import Refused
from .routes import (
    applications,
    environments,
    groups,
    images,
    memberships,
    metadata,
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
from .routes.dependencies import VERSION
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
    metadata.router,
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
    return Gate(_routed(), emulator, admin_token, _cross_origin())


@cache
def _routed() -> FastAPI:
    """The routes, which are the same for every emulator of this process: a request knows whose it is."""
    app = FastAPI(title="PingOne emulator", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for verb, path in operations():
        catalogue.needed(verb, path)  # fails at the start, not at the call, where no permission is known
    for router in (*MANAGEMENT, token.router, admin.router):
        app.include_router(router)
    app.add_exception_handler(ApiError, _error)
    app.add_exception_handler(TokenError, _error)
    app.add_exception_handler(GatewayError, _error)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _defect)
    return app


@cache
def _cross_origin() -> dict[str, list[tuple[bytes, bytes]]]:
    """The headers for browsers by path of the management API."""
    verbs: dict[str, list[str]] = {}
    for verb, path in operations():
        verbs.setdefault(VERSION + path, []).append(verb)
    return {path: gateway.cross_origin(offered) for path, offered in verbs.items()}


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError | TokenError | GatewayError)
    body = error.body(request.state.correlation_id)
    return Response(body, error.status, error.headers, "application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return await _error(request, from_problems(error.problems))


async def _no_such_route(request: Request, error: Exception) -> Response:
    """What no route takes never reaches the service: the gateway answers."""
    assert isinstance(error, HTTPException)
    if request.scope["path"].startswith(admin.PREFIX):
        return await http_exception_handler(request, error)
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response()  # what a browser asks before a call of another origin (status and body are inferred)
    return await _error(request, gateway.unknown_route(request.headers.get("authorization")))


async def _defect(request: Request, _raised: Exception) -> Response:
    return await _error(request, ApiError(500, "UNEXPECTED_ERROR", UNEXPECTED))
