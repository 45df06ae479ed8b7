# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator, and a home from which playbooks are run against it."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from emulated import Ready, requests_of, state_of
from plays import ROOT, ansible_playbook, connection_of

# A second run comes so soon that a refusal might still be a matter of time; it is not waited for here.
PLAY = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/idops.pingone.pingone:
      retry_budget: 2
  roles:
    - idops.pingone.bootstrap
"""


class Site:
    """An emulator, and a home from which playbooks are run against it."""

    def __init__(self, ready: Ready, home: Path) -> None:
        self.ready = ready
        self.home = home

    def play(
        self,
        playbook: str,
        *arguments: str,
        rc: int = 0,
        environ: t.Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        **variables: t.Any,
    ) -> str:
        """Run a playbook with variables; give what it printed.

        rc: what it has to end with.
        environ: what differs from the connection of the emulator's own worker.
        cwd: where Ansible is started.
        """
        given = json.dumps(variables)
        connection = {**connection_of(self.ready), **(environ or {})}
        run = ansible_playbook(playbook, "-e", given, *arguments, home=self.home, environ=connection, cwd=cwd)
        assert run.returncode == rc, run.stdout + run.stderr
        return run.stdout + run.stderr

    def bootstrap(
        self, *environments: t.Mapping[str, t.Any], arguments: tuple[str, ...] = (), rc: int = 0, **more: t.Any
    ) -> str:
        """Bootstrap environments; give what was printed."""
        playbook = self.home / "bootstrap.yml"
        playbook.write_text(PLAY)
        return self.play(str(playbook), *arguments, rc=rc, bootstrap_environments=environments, **more)

    def state(self) -> dict[str, t.Any]:
        """Give what the emulator holds now."""
        return state_of(self.ready)

    def writes(self) -> list[str]:
        """Give the requests that wrote, as far as they are not for a token."""
        requests = [request for request in requests_of(self.ready) if not request["path"].endswith("/as/token")]
        return [f"{request['method']} {request['path']}" for request in requests if request["method"] != "GET"]


def sandbox(name: str, *workers: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return what a bootstrap is told of an environment with workers."""
    return {"name": name, "type": "SANDBOX", "license": "INTERNAL", "workers": list(workers)}
