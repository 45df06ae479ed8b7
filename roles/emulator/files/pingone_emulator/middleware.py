# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate before every route: it records each request, applies the faults, and adds the headers of the service.

It stands outside of FastAPI's own middleware, because a fault may break the connection, and only the server's own
``send`` knows it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import admin, gateway
from .emulator import Emulator
from .errors import UNEXPECTED, ApiError, detail, invalid_token
from .faults import Fault, longest, retry_after
from .gateway import GatewayError
from .routes.dependencies import VERBS, VERSION

Headers = list[tuple[bytes, bytes]]

_LOGGER = logging.getLogger(__name__)
_HEADERS = [
    (b"cache-control", b"no-cache, no-store, max-age=0, must-revalidate"),
    (b"expires", b"0"),
    (b"pragma", b"no-cache"),
]


class Gate:
    """What every request passes: recording, faults, error bodies, headers."""

    def __init__(
        self, app: ASGIApp, emulator: Emulator, admin_token: str | None, cross_origin: Mapping[str, Headers]
    ) -> None:
        self.app = app
        self.emulator = emulator
        self.admin_token = admin_token
        self.cross_origin = cross_origin  # the headers for browsers, by path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {}).update(emulator=self.emulator, admin_token=self.admin_token)
        if scope["type"] != "http" or scope["path"].startswith(admin.PREFIX):
            self.emulator.last_request = time.monotonic()
            await self.app(scope, receive, send)
            return
        await _Exchange(self, scope, receive, send).run()


class _Exchange:
    """One request on its way through the gate, and its answer on the way back."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._emulator, self._cross_origin = gate.app, gate.emulator, gate.cross_origin
        self._scope, self._receive, self._send = scope, receive, send
        self._correlation_id = gate.emulator.tenant.ids.message()
        self._status = 0

    async def run(self) -> None:
        emulator, scope = self._emulator, self._scope
        emulator.last_request = time.monotonic()
        scope["state"]["correlation_id"] = self._correlation_id
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
        elif self._emulator.tenant.switches.limits and gateway.too_large(self._scope["headers"]):
            await self._refuse(gateway.headers_too_large())
        elif self._scope["method"] not in VERBS:
            await self._refuse(gateway.unknown_route(self._authorization()))
        elif fault is None:
            await self._serve(self._pass_on)
        else:
            if fault.when == "after":
                await self._serve(_swallow)
            await self._fail(fault)

    async def _serve(self, send: Send) -> None:
        try:
            await self._app(self._scope, self._receive, send)
        except Exception:  # raised again after the handler of the application has answered
            _LOGGER.exception(
                "%s %s failed; this is a defect of the emulator", self._scope["method"], self._scope["path"]
            )

    async def _fail(self, fault: Fault) -> None:
        if fault.kind == "drop":
            self._drop()
        elif fault.kind == "expired_token":
            wording = self._emulator.tenant.switches.invalid_token
            await self._refuse(invalid_token("The access token has expired.", wording))
        else:
            await self._refuse(self._scripted(fault))

    def _scripted(self, fault: Fault) -> ApiError:
        header = None
        if fault.retry_after is not None:
            header = retry_after(fault.retry_after, fault.retry_after_form, self._emulator.tenant.clock.now())
        if fault.status == 429:
            return _limited(header)
        headers = {"Retry-After": header} if header else {}
        return ApiError(fault.status, "UNEXPECTED_ERROR", UNEXPECTED, [], headers)

    def _drop(self) -> None:
        """Break the connection: uvicorn's answer cycle, to which ``send`` belongs, knows the transport."""
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()

    def _authorization(self) -> str | None:
        for name, value in self._scope["headers"]:
            if name == b"authorization":
                return str(value.decode("latin-1"))
        return None

    async def _refuse(self, error: ApiError | GatewayError) -> None:
        answer = Response(error.body(self._correlation_id), error.status, error.headers, "application/json")
        await answer(self._scope, self._receive, self._pass_on)

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = self._with_common(message["headers"])
        await self._send(message)

    def _with_common(self, headers: Headers) -> Headers:
        own = {name for name, _value in headers}
        date = format_datetime(self._emulator.tenant.clock.now(), usegmt=True).encode()
        request_id = self._correlation_id.encode()
        common = [*_HEADERS, (b"correlation-id", request_id), (b"date", date)]
        if self._scope["path"].startswith(VERSION):
            common.append((b"x-amzn-requestid", request_id))
            route = self._scope.get("route")
            common.extend(self._cross_origin.get(route.path, ()) if route else ())
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
