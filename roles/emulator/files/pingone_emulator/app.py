# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FastAPI application: the token endpoint, the management API and ``/_emulator``, behind one gate.

The gate records each request, applies the faults, and gives every answer the headers of the service. Handlers are
plain functions on a state in memory, so one event loop serves them one after the other and no lock is needed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import token_issuer
from .admin import admin_router
from .emulator import Emulator
from .errors import ApiError, detail, from_problems, invalid_request, invalid_token, not_found
from .faults import Fault, longest, retry_after
from .models.application import Application
from .problem import Refused
from .routes import (
    applications,
    environments,
    groups,
    organizations,
    populations,
    role_assignments,
    roles,
    secrets,
    users,
)
from .routes.call import Call, Handler
from .rules import catalogue
from .token_issuer import TokenError

_RESOURCES = (organizations, environments, applications, secrets, role_assignments, roles, populations, groups, users)
_LOGGER = logging.getLogger(__name__)
_UNEXPECTED = "There was an unexpected error with the service"
_HEADERS = [
    (b"cache-control", b"no-cache, no-store, max-age=0, must-revalidate"),
    (b"expires", b"0"),
    (b"pragma", b"no-cache"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"vary", b"Origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-xss-protection", b"1; mode=block"),
]


def make_app(emulator: Emulator, admin_token: str | None = None) -> ASGIApp:
    """All routes behind the gate."""
    app = FastAPI(title="PingOne emulator", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(admin_router(emulator, admin_token))

    def add(path: str, endpoint: Endpoint) -> None:
        app.add_route(path, _answering(endpoint), methods=_ALL_VERBS)

    for path, verbs in _operations().items():
        add("/v1" + path, _endpoint(emulator, path, verbs))
    add("/{environment}/as/token", _token(emulator))
    add("/{environment}/as/jwks", _jwks(emulator))
    add("/{environment}/as/.well-known/openid-configuration", _discovery(emulator))
    add("/{rest:path}", _unknown(emulator))
    return Gate(app, emulator)


_ALL_VERBS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


def _operations() -> dict[str, dict[str, Handler]]:
    operations: dict[str, dict[str, Handler]] = {}
    for resource in _RESOURCES:
        for path, verbs in resource.ROUTES.operations.items():
            operations.setdefault(path, {}).update(verbs)
    return operations


Endpoint = Callable[[Request], Awaitable[Response]]


def _answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint with its errors as answers."""

    async def answering(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ApiError, TokenError, Refused) as raised:
            error = from_problems(raised.problems) if isinstance(raised, Refused) else raised
            body = error.body(request.state.correlation_id)
            return Response(body, error.status, error.headers, "application/json")
        except Exception:
            _LOGGER.exception("%s %s failed; this is a defect of the emulator", request.method, request.url.path)
            defect = ApiError(500, "UNEXPECTED_ERROR", _UNEXPECTED)
            return Response(defect.body(request.state.correlation_id), 500, None, "application/json")

    return answering


# -- the management API -----------------------------------------------------------------------------------------


def _endpoint(emulator: Emulator, path: str, verbs: dict[str, Handler]) -> Endpoint:
    for verb in verbs:
        catalogue.needed(verb, path)  # fails at the start, not at the call, where the file has no such endpoint

    async def endpoint(request: Request) -> Response:
        caller = authenticate(emulator, request)
        verb = request.method
        if verb not in verbs:
            raise _no_such_verb()
        content_type = _content_type(request)
        call = Call(
            tenant=emulator.tenant,
            late=emulator.faults.late,
            page_size=emulator.faults.page_size,
            api=emulator.api_url_for(request.url.scheme, request.headers.get("host")),
            caller=caller,
            permission=catalogue.needed(verb, path, content_type),
            params=request.path_params,
            query=dict(request.query_params),
            content_type=content_type,
            raw=await request.body(),
            path=request.url.path[len("/v1") :],
        )
        answer = verbs[verb](call)
        response_headers = {"location": answer.location} if answer.location else None
        if answer.document is None:
            return Response(status_code=answer.status, headers=response_headers)
        return Response(json.dumps(answer.document), answer.status, response_headers, "application/json")

    return endpoint


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unknown(emulator: Emulator) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        authenticate(emulator, request)
        raise not_found()

    return endpoint


def authenticate(emulator: Emulator, request: Request) -> Application:
    """The worker behind the bearer token. Raises 401."""
    header = request.headers.get("authorization", "")
    if header[:7].lower() != "bearer ":
        raise invalid_token("An access token is required.")
    token = emulator.token_issuer.verify(header[7:].strip())
    if token is None:
        raise invalid_token("The access token is invalid.")
    request.state.client_id = token.client_id
    if token.expires_at <= emulator.tenant.clock.seconds():
        raise invalid_token("The access token has expired.")
    state = emulator.tenant.environments.get(token.environment_id)
    application = state.applications.get(token.client_id) if state else None
    if state is None or not isinstance(application, Application):
        raise invalid_token("The application of the access token does not exist.")
    if state.is_pending_deletion:
        raise invalid_token("The environment of the application is pending deletion.")
    if application.enabled is not True and not emulator.tenant.switches.disabled_application_tokens:
        raise invalid_token("The application of the access token is disabled.")
    return application


def _no_such_verb() -> ApiError:
    return invalid_request("The request method is not supported for the resource.", status=405)


# -- the authorization server -----------------------------------------------------------------------------------


def _token(emulator: Emulator) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        environment_id = _known_environment(emulator, request)
        if request.method != "POST":
            raise TokenError(405, "invalid_request", "The request method must be POST")
        if _content_type(request) != token_issuer.FORM_TYPE:
            raise TokenError(400, "invalid_request", f"The content type must be {token_issuer.FORM_TYPE}")
        form = token_issuer.form_of(await request.body())
        audience = emulator.api_url.removesuffix("/v1")
        credentials = token_issuer.parse_client_credentials(request.headers.get("authorization"), form)
        request.state.client_id = credentials.client_id
        url = token_issuer.key_set_url(emulator.tenant, environment_id, credentials)
        if url is not None:
            credentials.key_set = await asyncio.to_thread(token_issuer.fetch_key_set, url)
        document = token_issuer.token(
            emulator.token_issuer, emulator.tenant, emulator.faults.late, environment_id, audience, credentials, form
        )
        headers = {"cache-control": "no-store", "pragma": "no-cache"}
        return Response(json.dumps(document), 200, headers, "application/json")

    return endpoint


def _jwks(emulator: Emulator) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        _only_read(request)
        document = emulator.token_issuer.jwks(_known_environment(emulator, request))
        return Response(json.dumps(document), media_type="application/json")

    return endpoint


def _discovery(emulator: Emulator) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        _only_read(request)
        issuer = emulator.token_issuer.issuer_url(_known_environment(emulator, request))
        document = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "client_secret_jwt",
                "private_key_jwt",
            ],
        }
        return Response(json.dumps(document), media_type="application/json")

    return endpoint


def _only_read(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise _no_such_verb()


def _known_environment(emulator: Emulator, request: Request) -> str:
    environment_id = str(request.path_params["environment"])
    if environment_id not in emulator.tenant.environments:
        raise not_found(f"Unable to find environment with ID: '{environment_id}'")
    return environment_id


# -- the gate ---------------------------------------------------------------------------------------------------


class Gate:
    """What every request passes: recording, faults, error bodies, headers."""

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_emulator"):
            self._emulator.last_request = time.monotonic()
            await self._app(scope, receive, send)
            return
        await _Passage(self._app, self._emulator, scope, receive, send).run()


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, app: ASGIApp, emulator: Emulator, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._emulator, self._scope, self._receive, self._send = app, emulator, scope, receive, send
        self._correlation_id = emulator.tenant.ids.message()
        self._status = 0

    async def run(self) -> None:
        emulator, scope = self._emulator, self._scope
        emulator.last_request = time.monotonic()
        scope.setdefault("state", {})["correlation_id"] = self._correlation_id
        record = self._record()
        faults = emulator.faults.take(scope["method"], scope["path"])
        if not await self._arrived():
            return
        delay = emulator.faults.latency_ms / 1000.0 + longest(faults)
        if delay:
            await asyncio.sleep(delay)
        await self._answer(next((fault for fault in faults if fault.kind != "latency"), None))
        record["status"] = self._status
        record["client_id"] = scope["state"].get("client_id")

    def _record(self) -> dict[str, Any]:
        scope = self._scope
        agent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
        query = scope["query_string"].decode("latin-1")
        record = {
            "method": scope["method"],
            "path": scope["path"] + (f"?{query}" if query else ""),
            "status": 0,
            "client_id": None,
            "user_agent": agent.decode("latin-1"),
            "time": self._emulator.tenant.clock.stamp(),
            "correlation_id": self._correlation_id,
        }
        self._emulator.requests.append(record)
        return record

    async def _arrived(self) -> bool:
        """Take in the whole request, which is then carried out even if the caller does not wait for the answer.

        False when the caller hung up before it was complete.
        """
        body, more = b"", True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                return False
            body += message.get("body", b"")
            more = message.get("more_body", False)
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        later = self._receive

        async def receive() -> Message:
            return whole.pop() if whole else await later()

        self._receive = receive
        return True

    async def _answer(self, fault: Fault | None) -> None:
        if self._emulator.faults.over_limit(time.monotonic()):
            await self._refuse(_limited(None))
        elif self._scope["method"] not in _ALL_VERBS:
            await self._refuse(_no_such_verb())
        elif fault is None:
            await self._app(self._scope, self._receive, self._pass_on)
        else:
            if fault.when == "after":
                await self._app(self._scope, self._receive, _swallow)
            await self._fail(fault)

    async def _fail(self, fault: Fault) -> None:
        if fault.kind == "drop":
            self._drop()
        elif fault.kind == "expired_token":
            await self._refuse(invalid_token("The access token has expired."))
        else:
            await self._refuse(self._scripted(fault))

    def _scripted(self, fault: Fault) -> ApiError:
        header = None
        if fault.retry_after is not None:
            header = retry_after(fault.retry_after, fault.retry_after_form, self._emulator.tenant.clock.now())
        if fault.status == 429:
            return _limited(header)
        headers = {"Retry-After": header} if header else {}
        return ApiError(fault.status, "UNEXPECTED_ERROR", _UNEXPECTED, [], headers)

    def _drop(self) -> None:
        """Break the connection: uvicorn's answer cycle, to which ``send`` belongs, knows the transport."""
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()

    async def _refuse(self, error: ApiError) -> None:
        answer = Response(error.body(self._correlation_id), error.status, error.headers, "application/json")
        await answer(self._scope, self._receive, self._pass_on)

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = self._with_common(message["headers"])
        await self._send(message)

    def _with_common(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        own = {name for name, _value in headers}
        date = format_datetime(self._emulator.tenant.clock.now(), usegmt=True).encode()
        common = [*_HEADERS, (b"correlation-id", self._correlation_id.encode()), (b"date", date)]
        return [*headers, *(pair for pair in common if pair[0] not in own)]


def _limited(header: str | None) -> ApiError:
    return ApiError(
        429,
        "REQUEST_LIMITED",
        "The request could not be completed. The request limit was exceeded.",
        [detail("LIMIT_EXCEEDED", "The limit of requests was exceeded.")],
        {"Retry-After": header or "1"},
    )


async def _swallow(message: Message) -> None:
    """The answer that a client never gets."""
