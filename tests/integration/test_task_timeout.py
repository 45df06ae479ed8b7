# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that Ansible ends by its C(timeout) begins no further write, and the next run finishes its work."""

from __future__ import annotations

import json
from pathlib import Path

from emulated import Ready, emulator, requests_of
from plays import ansible_playbook, connection_of

ROLES = ("Client Application Developer", "Environment Admin", "Identity Data Admin", "Identity Data Read Only")
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: An environment
      idops.pingone.pingone_environment:
        name: home
        type: SANDBOX

    - name: A worker
      idops.pingone.pingone_worker_app:
        environment: home
        name: many-roles

    - name: Its roles
      idops.pingone.pingone_role_assignment:
        environment: home
        application: many-roles
        roles: "{{ wanted }}"
      timeout: "{{ seconds }}"
      register: assigned

    - name: All of them are there
      ansible.builtin.assert:
        that: assigned.role_assignments | map(attribute='role.name') | sort == wanted | map(attribute='role')
"""
# Each assignment takes a second, so that a task of two seconds is ended between the first and the last.
SLOW = {"kind": "latency", "method": "POST", "path": "/roleAssignments$", "milliseconds": 1000}


def assigned(ready: Ready) -> int:
    """Return how many role assignments were asked for."""
    arrived = requests_of(ready)
    return sum(one["method"] == "POST" and one["path"].endswith("/roleAssignments") for one in arrived)


def test_a_task_that_is_ended_begins_no_further_write(tmp_path: Path) -> None:
    playbook = tmp_path / "play.yml"
    playbook.write_text(PLAY)
    wanted = {"wanted": [{"role": role} for role in ROLES]}
    with emulator("--fault", json.dumps(SLOW)) as ready:

        def run(seconds: int) -> str:
            given = json.dumps({**wanted, "seconds": seconds})
            finished = ansible_playbook(playbook, "-e", given, home=tmp_path, environ=connection_of(ready))
            return f"{finished.returncode} {finished.stdout} {finished.stderr}"

        ended = run(2)
        asked = assigned(ready)
        assert "PLAY RECAP" in ended and ended[0] == "2" and "Timed out after 2 second" in ended, ended
        assert "Traceback" not in ended
        assert 0 < asked < len(ROLES)

        again = run(0)
        assert again[0] == "0", again
        # What was begun before the end took place: the second run asks for the rest alone.
        assert assigned(ready) == len(ROLES)
