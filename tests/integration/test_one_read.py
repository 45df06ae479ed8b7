# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calling worker may do is read once a play, however many of its tasks write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from emulated import emulator, requests_of
from plays import ansible_playbook, connection_of
from tenants import write_tenant

TASKS = 10


def write(number: int) -> dict[str, object]:
    """Return a task that writes, through one of the two doors."""
    worker = {"environment": "environment-0", "name": f"worker-{number}"}
    door = {"pingone_in_process": number % 2 == 0}
    return {"name": f"Make worker {number}", "idops.pingone.pingone_worker_app": worker, "vars": door}


@pytest.mark.parametrize(("arguments", "bills"), [((), 0), (("--check",), 1)], ids=["real", "dry"])
def test_ten_tasks_that_write_read_it_once(tmp_path: Path, arguments: tuple[str, ...], bills: int) -> None:
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    playbook = tmp_path / "play.yml"
    playbook.write_text(json.dumps([{**play, "tasks": [write(number) for number in range(TASKS)]}]))
    with emulator("--tenant", str(write_tenant(tmp_path / "tenant.yml", 1, 0))) as ready:
        run = ansible_playbook(playbook, *arguments, home=tmp_path, environ=connection_of(ready))
        assert run.returncode == 0, run.stdout + run.stderr
        assert f"changed={TASKS}" in run.stdout
        paths = [request["path"].rpartition("/")[2] for request in requests_of(ready) if request["method"] == "GET"]
    assert [paths.count(read) for read in ("roles", "roleAssignments", "billOfMaterials")] == [1, 1, bills]
    assert list(tmp_path.glob("idops.pingone/*.readings"))
