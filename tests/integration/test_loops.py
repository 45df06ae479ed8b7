# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop over objects that are as wanted costs no request an item."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent / "support"))

from emulated import emulator, requests_of  # noqa: E402

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
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PINGONE_", "ANSIBLE_"))}
    with emulator("--tenant", str(tenant)) as ready:
        run = subprocess.run(
            [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook), "-e", json.dumps({"count": count})],
            env={
                **plain,
                "HOME": str(tenant.parent),
                "XDG_RUNTIME_DIR": str(tenant.parent),
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache"),
                "PINGONE_REGION_CODE": "NA",
                "PINGONE_API_URL": ready["api_url"],
                "PINGONE_AUTH_URL": ready["auth_url"],
                "PINGONE_ENVIRONMENT_ID": ready["auth_environment_id"],
                "PINGONE_CLIENT_ID": ready["client_id"],
                "PINGONE_CLIENT_SECRET": ready["client_secret"],
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert "changed=0" in run.stdout
        return sum(request["method"] == "GET" for request in requests_of(ready))


def test_a_loop_of_unchanged_workers_makes_no_request_an_item(tenant: Path) -> None:
    # The tenant is the same, so the listing costs the same, however many of its workers are asked for.
    assert reads(tenant, WORKERS) == reads(tenant, 1) <= 6
