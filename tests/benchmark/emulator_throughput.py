# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the emulator is: the time until it is ready, and authenticated POSTs a second by 8 clients.

Run it with the emulator on the path: ``PYTHONPATH=roles/emulator/files python tests/benchmark/emulator_throughput.py``.
The clients are written in plain sockets, so that it is the emulator that is measured.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from typing import Any

CLIENTS, PROCESSES, SECONDS, STARTS = 8, 2, 5.0, 5


def start() -> tuple[subprocess.Popen[str], dict[str, Any], float]:
    """Start an emulator; the process, its ready line, the seconds that it took."""
    started = time.perf_counter()
    # An environment takes far fewer applications than are made here, unless there are no limits.
    command = [sys.executable, "-m", "pingone_emulator", "--limits", "off"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    return process, ready, time.perf_counter() - started


def call(ready: dict[str, Any], address: str, body: bytes, authorization: str, content_type: str) -> dict[str, Any]:
    """One POST that must succeed."""
    headers = {"Authorization": authorization, "Content-Type": content_type}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
        document: dict[str, Any] = json.load(answer)
        return document


async def client(host: str, port: int, request: bytes, until: float) -> int:
    """Send the request again and again over one connection; how often it was answered with 201."""
    reader, writer = await asyncio.open_connection(host, port)
    answered = 0
    while time.time() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b" 201 " not in head[:20]:
            raise SystemExit(f"not created: {head.decode()}")
        answered += 1
    writer.close()
    return answered


def clients(arguments: tuple[str, int, bytes, float]) -> int:
    """Several clients in one process."""

    async def together() -> int:
        return sum(await asyncio.gather(*(client(*arguments) for number in range(CLIENTS // PROCESSES))))

    return asyncio.run(together())


def main() -> None:
    """Measure and print."""
    times = []
    for _number in range(STARTS):
        process, ready, seconds = start()
        times.append(seconds)
        process.terminate()
        process.wait()
    print(
        f"ready after {statistics.median(times):.2f} s (median of {STARTS}, from {min(times):.2f} to {max(times):.2f})"
    )

    process, ready, _seconds = start()
    try:
        pair = b64encode(f"{ready['client_id']}:{ready['client_secret']}".encode()).decode()
        token_address = f"{ready['auth_url']}/{ready['auth_environment_id']}/as/token"
        form = "application/x-www-form-urlencoded"
        token = call(ready, token_address, b"grant_type=client_credentials", f"Basic {pair}", form)["access_token"]
        environment = {"name": "b", "type": "SANDBOX", "region": "NA", "license": {"id": ready["license_id"]}}
        bearer = f"Bearer {token}"
        address = ready["api_url"] + "/environments"
        home = call(ready, address, json.dumps(environment).encode(), bearer, "application/json")["id"]
        host, port = ready["auth_url"].removeprefix("http://").split(":")
        body = json.dumps(
            {
                "name": "worker",
                "enabled": True,
                "type": "WORKER",
                "protocol": "OPENID_CONNECT",
                "grantTypes": ["CLIENT_CREDENTIALS"],
                "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
                "assignActorRoles": False,
            }
        ).encode()
        request = (
            f"POST /v1/environments/{home}/applications HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: {bearer}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        begin = time.time() + 0.5
        arguments = (host, int(port), request, begin + SECONDS)
        with multiprocessing.Pool(PROCESSES) as pool:
            started = time.time()
            answered = sum(pool.map(clients, [arguments] * PROCESSES))
            took = time.time() - started
        print(f"{answered / took:.0f} authenticated POSTs a second by {CLIENTS} clients ({answered} in {took:.1f} s)")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
