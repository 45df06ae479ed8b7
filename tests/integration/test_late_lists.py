# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that show what was created only later: what this controller created is known to it all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sites import Site, sandbox

LATE = ("--late", "list=5")
FROM_MANY_HOSTS = """
- hosts: all
  gather_facts: false
  tasks:
    - name: The same worker from each host
      idops.pingone.pingone_worker_app:
        environment: Administrators
        name: ci
    - name: Its roles, by its name
      idops.pingone.pingone_role_assignment:
        environment: Administrators
        application: ci
        roles:
          - role: Environment Admin
"""


@pytest.mark.long
def test_a_bootstrap_goes_through_and_its_second_run_changes_nothing(start: Callable[..., Site]) -> None:
    site = start(*LATE)
    dev = sandbox("dev", {"name": "ci", "roles": [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]})
    first = site.bootstrap(dev)
    assert "dev: Client Application Developer, Identity Data Admin" in first
    written = len(site.writes())
    assert "changed=0" in site.bootstrap(dev)
    assert len(site.writes()) == written


def test_hosts_that_ask_for_one_worker_at_the_same_time_make_one(start: Callable[..., Site]) -> None:
    def may_create(tenant: dict) -> None:
        worker = tenant["environments"][0]["applications"][0]
        scope = {"type": "ENVIRONMENT", "name": "Administrators"}
        worker["roleAssignments"].append({"role": "Client Application Developer", "scope": scope})

    site = start(*LATE, tenant=may_create)
    playbook = site.home / "hosts.yml"
    playbook.write_text(FROM_MANY_HOSTS)
    hosts = ",".join(f"host{number}" for number in range(6))
    site.play(str(playbook), "-i", hosts, "-c", "local", "--forks", "6")
    assert sum(write.startswith("POST") for write in site.writes()) == 2
