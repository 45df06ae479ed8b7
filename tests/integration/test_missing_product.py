# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a list is refused because the environment lacks a product, no worker of any environment is begun."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from emulated import emulator, requests_of
from plays import ansible_playbook, connection_of
from tenants import DEFAULT

WORKERS = [{"name": "one", "environment": "licensed"}, {"name": "two", "environment": "unlicensed"}]


def test_nothing_is_written_and_the_product_is_named(tmp_path: Path) -> None:
    document = yaml.safe_load(DEFAULT.read_text())
    license_name = document["licenses"][0]["name"]
    for name, service in {"licensed": "PING_ONE_BASE", "unlicensed": "PING_ONE_MFA"}.items():
        document["environments"].append({"name": name, "license": license_name, "services": [service]})
    tenant, playbook = tmp_path / "tenant.yml", tmp_path / "play.yml"
    tenant.write_text(yaml.safe_dump(document))
    task = {"name": "Make them", "idops.pingone.pingone_worker_apps": {"workers": WORKERS}}
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    with emulator("--tenant", str(tenant), "--switch", "base_product_needed=true") as ready:
        run = ansible_playbook(playbook, home=tmp_path, environ=connection_of(ready))
        written = [request["path"] for request in requests_of(ready) if request["method"] not in ("GET", "HEAD")]
    assert run.returncode == 2
    told = "Environment 'unlicensed' does not have the service SSO (PING_ONE_BASE) in its bill of materials"
    assert told in run.stdout
    assert "This concerns unlicensed/two." in run.stdout
    assert [path.rpartition("/")[2] for path in written] == ["token"]
