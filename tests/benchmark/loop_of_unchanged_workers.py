# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a loop over 100 unchanged workers takes, against a loop of 100 debug tasks in the same run.

Measured from the start of a task to its end, without the start of the play; the median of seven. Run it with
C(make bench), or with the path of another ansible-playbook.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated import emulator, requests_of
from timed_play import times_of_tasks

WORKERS, TIMES = 100, 7


def main() -> int:
    """Measure and print; the exit code only tells whether the play ran."""
    ansible = sys.argv[1] if len(sys.argv) > 1 else "ansible-playbook"
    version = subprocess.run([ansible, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    with tempfile.TemporaryDirectory() as name, emulator("--seed", "7") as ready:
        values = {
            "calling": {
                "region": "NA",
                **{key: ready[key] for key in ("api_url", "auth_url", "auth_environment_id", "client_id")},
                "client_secret": ready["client_secret"],
            },
            "workers": WORKERS,
            "times": TIMES,
        }
        times = times_of_tasks(ansible, "loop_of_unchanged_workers.yml", values, Path(name))
        reads = sum("/applications" in one["path"] and one["method"] == "GET" for one in requests_of(ready))
    medians = {
        task: statistics.median(one["seconds"] for one in times if one["task"] == task)
        for task in ("Unchanged workers", "Debug")
    }
    print(version)
    print(
        f"{WORKERS} unchanged workers: {medians['Unchanged workers']:.2f} s, {WORKERS} debug: {medians['Debug']:.2f} s"
    )
    print(f"ratio {medians['Unchanged workers'] / medians['Debug']:.2f}, the median of {TIMES} each; {reads} listings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
