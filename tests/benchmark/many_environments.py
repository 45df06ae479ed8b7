# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reading the roles of all workers of 200 environments costs: requests against the fewest that are possible, and
time against one request after another.

Both ways are measured in one run, at 50 milliseconds a request; and how many requests are refused where the service
takes only so many a second. Run it with C(make bench).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import typing as t
import urllib.request
from pathlib import Path
from unittest import mock

import yaml
from ansible_collections.idops.pingone.plugins.module_utils._client import parallel
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_role_assignment_info
from emulated import Ready, emulator

DEFAULT = Path(__file__).resolve().parents[2] / "roles/emulator/files/pingone_emulator/default_tenant.yml"
ENVIRONMENTS, WORKERS, LATENCY_MS = 200, 3, 50
RATES = (20, 50)


def main() -> int:
    """Measure and print; the exit code only tells whether it ran."""
    with tempfile.TemporaryDirectory() as folder:
        tenant = Path(folder) / "tenant.yml"
        tenant.write_text(yaml.safe_dump(tenant_of(ENVIRONMENTS, WORKERS)))
        with emulator("--seed", "7", "--tenant", str(tenant), "--latency-ms", str(LATENCY_MS)) as ready:
            together, seconds, assignments = read(ready)
            with mock.patch.object(parallel, "CONCURRENCY", 1):
                _requests, alone, _assignments = read(ready)
        print(f"{ENVIRONMENTS} environments with {WORKERS} workers each, {assignments} role assignments")
        # The token, the environments, the roles, the organization's name; the applications of each environment; the
        # roles of each worker, and of the one that reads.
        fewest = 4 + (ENVIRONMENTS + 1) + (ENVIRONMENTS * WORKERS + 1)
        print(f"{together['requests']} requests; the fewest possible are {fewest}")
        print(f"{seconds:.1f} s at {LATENCY_MS} ms; one after another {alone:.1f} s: {seconds / alone:.2f} of that")
        for rate in RATES:
            options = ("--requests-per-second", str(rate), "--latency-ms", str(LATENCY_MS))
            with emulator("--seed", "7", "--tenant", str(tenant), *options) as ready:
                limited, seconds, _assignments = read(ready)
            refused = limited["by_status"].get("429", 0)
            share = refused / limited["requests"]
            sent = limited["requests"]
            print(f"at {rate} requests a second: {refused} of {sent} refused ({share:.1%}), {seconds:.1f} s")
    return 0


def tenant_of(environments: int, workers: int) -> dict[str, t.Any]:
    """Return a tenant with so many environments, and in each so many workers with two roles."""
    document: dict[str, t.Any] = yaml.safe_load(DEFAULT.read_text())
    roles = [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]
    for number in range(environments):
        applications = [{"name": f"worker-{one}", "roleAssignments": roles} for one in range(workers)]
        license_name = document["licenses"][0]["name"]
        entry = {"name": f"environment-{number}", "license": license_name, "applications": applications}
        document["environments"].append(entry)
    return document


def read(ready: Ready) -> tuple[dict[str, t.Any], float, int]:
    """Read who may do what where; return what the emulator counted, the seconds, and the number of assignments."""
    reset()
    before = stats(ready)
    params = {option: entry.get("default") for option, entry in pingone_role_assignment_info.ARGUMENT_SPEC.items()}
    connection = {
        key: ready[key] for key in ("api_url", "auth_url", "auth_environment_id", "client_id", "client_secret")
    }
    started = time.monotonic()
    result = pingone_role_assignment_info.run(Task({**params, **connection, "region": "NA"}))
    seconds = time.monotonic() - started
    after = stats(ready)
    assert result.values["unreadable"] == []
    counted = {**after, "requests": after["requests"] - before["requests"]}
    return counted, seconds, len(result.values["role_assignments"])


def stats(ready: Ready) -> dict[str, t.Any]:
    """Return what an emulator counted so far."""
    with urllib.request.urlopen(ready["emulator_url"] + "/stats", timeout=10) as answer:
        counted: dict[str, t.Any] = json.load(answer)
    return counted


if __name__ == "__main__":
    sys.exit(main())
