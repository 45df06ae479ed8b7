# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reading the roles of all workers of 200 environments costs: requests against the fewest that are possible, and
time against one request after another.

Both ways are measured in one run, at 50 milliseconds a request; and how many requests are refused where the service
takes only so many a second. Run it with C(make bench).
"""

from __future__ import annotations

import sys
import tempfile
import time
import typing as t
from pathlib import Path

from ansible_collections.idops.pingone.plugins.module_utils._client.http import CONCURRENCY
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_role_assignment_info
from emulated import Ready, emulator, stats_of
from tenants import fewest_requests, write_tenant

ENVIRONMENTS, WORKERS, LATENCY_MS = 200, 3, 50
RATES = (20, 50)


def main() -> int:
    """Measure and print; the exit code only tells whether it ran."""
    with tempfile.TemporaryDirectory() as folder:
        tenant = write_tenant(Path(folder) / "tenant.yml", ENVIRONMENTS, WORKERS)
        with emulator("--seed", "7", "--tenant", str(tenant), "--latency-ms", str(LATENCY_MS)) as ready:
            together, seconds, assignments = read(ready)
            _requests, alone, _assignments = read(ready, concurrency=1)
        print(f"{ENVIRONMENTS} environments with {WORKERS} workers each, {assignments} role assignments")
        print(f"{together['requests']} requests; the fewest possible are {fewest_requests(ENVIRONMENTS, WORKERS)}")
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


def read(ready: Ready, concurrency: int = CONCURRENCY) -> tuple[dict[str, t.Any], float, int]:
    """Read who may do what where; return what the emulator counted, the seconds, and the number of assignments.

    concurrency: how many requests are under way at once.
    """
    reset()
    before = stats_of(ready)
    params = {option: entry.get("default") for option, entry in pingone_role_assignment_info.ARGUMENT_SPEC.items()}
    connection = {
        key: ready[key] for key in ("api_url", "auth_url", "auth_environment_id", "client_id", "client_secret")
    }
    task = Task({**params, **connection, "region": "NA"})
    task.client.limit_concurrency(concurrency)
    started = time.monotonic()
    result = pingone_role_assignment_info.run(task)
    seconds = time.monotonic() - started
    after = stats_of(ready)
    assert result.values["unreadable"] == []
    counted = {**after, "requests": after["requests"] - before["requests"]}
    return counted, seconds, len(result.values["role_assignments"])


if __name__ == "__main__":
    sys.exit(main())
