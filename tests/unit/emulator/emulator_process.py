# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator as a process of its own, started by its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
from warm import start_emulator

import pingone_emulator

PACKAGE = Path(pingone_emulator.__file__).parent.parent
COMMAND = [sys.executable, "-m", "pingone_emulator"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE)}
WAIT = 20.0


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [*COMMAND, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=WAIT, check=False)


class Process:
    """A running emulator, to be used with ``with``; ``ready`` is its ready line."""

    def __init__(self, *arguments: str) -> None:
        idle = () if "--exit-after-idle" in arguments else ("--exit-after-idle", "120")
        self._folder = tempfile.TemporaryDirectory()
        self._errors = Path(self._folder.name) / "errors"
        self._process, self.line = start_emulator([*arguments, *idle], self._errors)
        if not self.line:
            self._process.join(WAIT)
            raise AssertionError(f"not ready: {self._errors.read_text()}")
        self.ready: dict[str, Any] = json.loads(self.line)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = self.ready["ca_path"] or True

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()
        self.terminate()
        self.wait()
        complaints = self._errors.read_text()
        self._folder.cleanup()
        assert complaints == ""

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self) -> int | None:
        """Wait for the end; the exit status."""
        self._process.join(WAIT)
        return self._process.exitcode

    def token(self) -> str:
        """A token of the bootstrap worker."""
        ready = self.ready
        answer = self.session.post(
            f"{ready['auth_url']}/{ready['auth_environment_id']}/as/token",
            data={"grant_type": "client_credentials"},
            auth=(ready["client_id"], ready["client_secret"]),
            timeout=WAIT,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def sign_in(self) -> Process:
        """Use a token from now on."""
        self.session.headers["Authorization"] = f"Bearer {self.token()}"
        return self

    def get(self, path: str) -> requests.Response:
        """GET below ``/v1``."""
        return self.session.get(self.ready["api_url"] + path, timeout=WAIT)

    def post(self, path: str, body: Any) -> requests.Response:
        """POST below ``/v1``."""
        return self.session.post(self.ready["api_url"] + path, json=body, timeout=WAIT)

    def inside(self, path: str, body: Any = None) -> Any:
        """Look inside, or change something inside."""
        address = self.ready["auth_url"] + "/_emulator" + path
        answer = (
            self.session.get(address, timeout=WAIT)
            if body is None
            else self.session.post(address, json=body, timeout=WAIT)
        )
        answer.raise_for_status()
        return answer.json()
