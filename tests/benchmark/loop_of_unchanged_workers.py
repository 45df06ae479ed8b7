# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a loop over 100 unchanged workers takes, against a loop of 100 debug tasks in the same run.

Measured from the start of a task to its end, without the start of the play; the median of seven. Run it with
C(make bench), or with the path of another ansible-playbook.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated import emulator, requests_of

HERE = Path(__file__).resolve().parent


WORKERS, TIMES = 100, 7


def main() -> int:
    """Measure and print; the exit code only tells whether the play ran."""
    ansible = sys.argv[1] if len(sys.argv) > 1 else "ansible-playbook"
    version = subprocess.run([ansible, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    with tempfile.TemporaryDirectory() as name, emulator("--seed", "7") as ready:
        folder = Path(name)
        recorded = folder / "times.jsonl"
        values = {
            "calling": {
                "region": "NA",
                **{name: ready[name] for name in ("api_url", "auth_url", "auth_environment_id", "client_id")},
                "client_secret": ready["client_secret"],
            },
            "workers": WORKERS,
            "times": TIMES,
        }
        (folder / "values.json").write_text(json.dumps(values))
        run = subprocess.run(
            [ansible, str(HERE / "loop_of_unchanged_workers.yml"), "-i", "localhost,", "-c", "local"]
            + ["-e", f"@{folder / 'values.json'}"],
            env={
                **os.environ,
                "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
                "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
                "ANSIBLE_NOCOLOR": "1",
                "STOPWATCH_FILE": str(recorded),
                "XDG_RUNTIME_DIR": name,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            print(run.stdout[-4000:] + run.stderr[-2000:])
            return 1
        times = [json.loads(line) for line in recorded.read_text().splitlines()]
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
