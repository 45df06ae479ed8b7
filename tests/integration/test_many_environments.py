# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading in many environments costs the fewest requests, and none twice when the service limits the rate."""

from __future__ import annotations

from pathlib import Path

import pytest
from emulated import emulator, stats_of
from plays import ansible_playbook, connection_of
from tenants import fewest_requests, write_tenant

ENVIRONMENTS, WORKERS = 10, 3
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Read who may do what where
      idops.pingone.pingone_role_assignment_info:
      register: held
    - name: All of it is there
      ansible.builtin.assert:
        that:
          - held.role_assignments | length == 63
          - held.role_assignments | map(attribute='scope.name') | select('none') | length == 0
          - held.unreadable == []
"""


@pytest.mark.parametrize("limit", [(), ("--requests-per-second", "20")])
def test_the_roles_of_all_workers_cost_the_fewest_requests(tmp_path: Path, limit: tuple[str, ...]) -> None:
    tenant = write_tenant(tmp_path / "tenant.yml", ENVIRONMENTS, WORKERS)
    playbook = tmp_path / "play.yml"
    playbook.write_text(PLAY)
    with emulator("--tenant", str(tenant), *limit) as ready:
        run = ansible_playbook(playbook, home=tmp_path, environ=connection_of(ready))
        assert run.returncode == 0, run.stdout + run.stderr
        counted = stats_of(ready)
    refused = counted["by_status"].get("429", 0)
    assert counted["requests"] - refused == fewest_requests(ENVIRONMENTS, WORKERS)
    assert bool(refused) == bool(limit)
