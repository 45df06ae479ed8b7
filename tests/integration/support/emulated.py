# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator for one test, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import typing as t
import urllib.request

from warm import start_emulator

Ready = dict[str, t.Any]


@contextlib.contextmanager
def emulator(*arguments: str) -> t.Iterator[Ready]:
    """Start an emulator and yield its ready line, with C(emulator_url) added; stop it afterwards."""
    process, line = start_emulator(["--port", "0", *arguments])
    try:
        ready = json.loads(line)
        yield {**ready, "emulator_url": ready["auth_url"] + "/_emulator"}
    finally:
        process.terminate()
        process.join(10)


def admin(ready: Ready, method: str, path: str, body: t.Any = None) -> t.Any:
    """Ask an emulator for something that the service does not have, and return its answer.

    path: below C(emulator_url).
    """
    request = urllib.request.Request(ready["emulator_url"] + path, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, json.dumps(body).encode() if body else None, timeout=10) as answer:
        return json.load(answer)


def reset(ready: Ready) -> None:
    """Let an emulator begin anew: its tenant as at its start, and nothing that arrived."""
    admin(ready, "POST", "/reset")


def clear_faults(ready: Ready) -> None:
    """Let everything work again."""
    admin(ready, "DELETE", "/faults")


def state_of(ready: Ready) -> dict[str, t.Any]:
    """Return what an emulator holds now."""
    return dict(admin(ready, "GET", "/state"))


def requests_of(ready: Ready) -> list[dict[str, t.Any]]:
    """Return what arrived at an emulator."""
    return list(admin(ready, "GET", "/requests"))


def stats_of(ready: Ready) -> dict[str, t.Any]:
    """Return what an emulator counted so far."""
    return dict(admin(ready, "GET", "/stats"))
