# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator for one test, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import typing as t
import urllib.request

Ready = dict[str, t.Any]


@contextlib.contextmanager
def emulator(*arguments: str) -> t.Iterator[Ready]:
    """Start an emulator and yield its ready line, with C(emulator_url) added; stop it afterwards."""
    command = [sys.executable, "-m", "pingone_emulator", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield {**ready, "emulator_url": ready["auth_url"] + "/_emulator"}
    finally:
        process.terminate()
        process.wait(timeout=10)


def reset(ready: Ready) -> None:
    """Let an emulator begin anew: its tenant as at its start, and nothing that arrived."""
    request = urllib.request.Request(ready["emulator_url"] + "/reset", method="POST")
    with urllib.request.urlopen(request, timeout=10):
        pass


def requests_of(ready: Ready) -> list[dict[str, t.Any]]:
    """Return what arrived at an emulator."""
    with urllib.request.urlopen(ready["emulator_url"] + "/requests", timeout=10) as answer:
        body = json.load(answer)
    return body if isinstance(body, list) else body["requests"]


def stats_of(ready: Ready) -> dict[str, t.Any]:
    """Return what an emulator counted so far."""
    with urllib.request.urlopen(ready["emulator_url"] + "/stats", timeout=10) as answer:
        counted: dict[str, t.Any] = json.load(answer)
    return counted
