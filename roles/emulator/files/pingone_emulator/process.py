# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process: its socket, its pid file, serving, stopping, and asking one that runs already."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import json
import os
import signal
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .emulator import Emulator
    from .tls import Certificate

_STOP_SECONDS = 10.0
_READY_SECONDS = 10.0


class ProcessError(Exception):
    """The emulator cannot be started or stopped; the text says why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ProcessError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # asyncio turns delayed sending off for sockets that say TCP; without it an answer takes 40 ms more
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        raise ProcessError(f"cannot listen on {host} port {port}: {error}") from None
    return listener


def address(listener: socket.socket) -> str:
    """Host and port of the socket as a URL has them; a wildcard address becomes the loopback one."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextlib.contextmanager
def pid_file(path: Path | None) -> Iterator[None]:
    """Hold the file, locked, with our process id while we serve. Raises ProcessError when another one holds it.

    The lock, not the number in the file, says whether an emulator runs: a number may be used again by a stranger.
    """
    if path is None:
        yield
        return
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ProcessError(f"the pid file {path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "r+") as file:
        if not _lock(file.fileno()):
            raise ProcessError(f"an emulator with the pid file {path} is running already; stop it with --stop")
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink()


def write_address(path: Path | None, base: str, ca_path: str | None) -> None:
    """Put below the process id of the pid file where the emulator is reached, and the CA that its certificate needs."""
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{base}\n{ca_path or ''}\n")


def running_ready_line(path: Path, admin_token: str | None) -> str | None:
    """What the emulator that holds the pid file says a client needs to know; None when no emulator holds it.

    Raises ProcessError for one that runs but does not tell.
    """
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with path.open("r", encoding="utf-8") as file:
                if _lock(file.fileno()):
                    return None
                _pid, *address = file.read().split("\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ProcessError(f"the pid file {path} cannot be read: {error.strerror}") from None
        if len(address) > 2:  # another process may be starting it just now
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                return _ask_ready_line(address[0], address[1] or None, admin_token)
        if time.monotonic() > deadline:
            raise ProcessError(f"the emulator with the pid file {path} does not answer; stop it with --stop")
        time.sleep(0.02)


def _ask_ready_line(base: str, ca_path: str | None, admin_token: str | None) -> str:
    request = urllib.request.Request(f"{base}/_emulator/ready")
    if admin_token is not None:
        request.add_header("Authorization", f"Bearer {admin_token}")
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if ca_path is not None:
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_path)))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_READY_SECONDS) as response:
            return json.dumps(json.load(response))
    except urllib.error.HTTPError as error:
        raise ProcessError(f"the running emulator at {base} answers {error.code} to GET /_emulator/ready") from None


def stop(path: Path) -> None:
    """End the emulator that holds the pid file; nothing to do when there is none. Raises ProcessError."""
    try:
        file = path.open("r+", encoding="utf-8")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ProcessError(f"the pid file {path} cannot be read: {error.strerror}") from None
    with file:
        if _lock(file.fileno()):
            path.unlink(missing_ok=True)
            return
        text = file.readline().strip()
        if not text.isdecimal():
            raise ProcessError(f"the pid file {path} holds no process id")
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(text), signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while not _lock(file.fileno()):
            if time.monotonic() > deadline:
                raise ProcessError(f"the emulator with process id {text} did not end within {_STOP_SECONDS:.0f} s")
            time.sleep(0.02)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def serve(
    app: Any, listener: socket.socket, certificate: Certificate | None, emulator: Emulator, idle: int | None
) -> None:
    """Serve until SIGTERM, SIGINT, or a time without requests; print the ready line when connections are taken."""
    import uvicorn

    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=str(certificate.chain_path) if certificate else None,
        ssl_keyfile=str(certificate.key_path) if certificate else None,
    )
    server = uvicorn.Server(config)
    gc.freeze()  # what is there from the start is not searched again
    gc.enable()
    asyncio.run(_serve(server, listener, emulator, idle))


async def _serve(server: Any, listener: socket.socket, emulator: Emulator, idle: int | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    # uvicorn would take the signals itself and, once done, end the process by them: status 143 for a plain stop
    server.capture_signals = contextlib.nullcontext
    if idle is not None:
        watch = asyncio.create_task(_watch(server, emulator, idle))
        watch.add_done_callback(lambda task: task.cancelled() or task.exception())
    print(json.dumps(emulator.ready_line()), flush=True)
    await server.serve(sockets=[listener])


async def _watch(server: Any, emulator: Emulator, idle: int) -> None:
    while not server.should_exit:
        rest = emulator.last_request + idle - time.monotonic()
        if rest <= 0:
            server.should_exit = True
            return
        await asyncio.sleep(rest)
