# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop over objects that are as wanted costs no request an item."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from emulated import emulator, requests_of
from plays import ansible_playbook, connection_of

ROOT = Path(__file__).resolve().parents[2]


WORKERS = 100
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Unchanged workers
      idops.pingone.pingone_worker_app:
        environment: many
        name: "worker-{{ item }}"
        enabled: true
      loop: "{{ range(count) | list }}"
"""


@pytest.fixture
def tenant(tmp_path: Path) -> Path:
    """A tenant with many workers in one environment."""
    default = ROOT / "roles/emulator/files/pingone_emulator/default_tenant.yml"
    document = yaml.safe_load(default.read_text())
    worker = {"type": "WORKER", "protocol": "OPENID_CONNECT", "enabled": True, "grantTypes": ["CLIENT_CREDENTIALS"]}
    worker |= {"tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC", "assignActorRoles": False}
    applications = [{"name": f"worker-{number}", **worker} for number in range(WORKERS)]
    license_name = document["licenses"][0]["name"]
    document["environments"].append({"name": "many", "license": license_name, "applications": applications})
    path = tmp_path / "tenant.yml"
    path.write_text(yaml.safe_dump(document))
    return path


def reads(tenant: Path, count: int) -> int:
    """Run the loop over so many workers, and return how often the emulator was asked for anything."""
    playbook = tenant.parent / "play.yml"
    playbook.write_text(PLAY)
    with emulator("--tenant", str(tenant)) as ready:
        given = json.dumps({"count": count})
        run = ansible_playbook(playbook, "-e", given, home=tenant.parent, environ=connection_of(ready))
        assert run.returncode == 0, run.stdout + run.stderr
        assert "changed=0" in run.stdout
        return sum(request["method"] == "GET" for request in requests_of(ready))


def test_a_loop_of_unchanged_workers_makes_no_request_an_item(tenant: Path) -> None:
    # The tenant is the same, so the listing costs the same, however many of its workers are asked for.
    assert reads(tenant, WORKERS) == reads(tenant, 1) <= 6
