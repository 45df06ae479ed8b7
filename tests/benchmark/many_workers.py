# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long 100 workers with two roles each over 10 environments take in one task, against loops over single modules.

Both in one run at 50 milliseconds a request, measured from the start of a task to its end: first where nothing is
there, then where all is as wanted. Run it with C(make bench), or with the path of another ansible-playbook.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from emulated import emulator
from timed_play import times_of_tasks

WORKERS, ENVIRONMENTS, LATENCY_MS = 100, 10, 50


def main() -> int:
    """Measure and print; the exit code only tells whether the play ran."""
    ansible = sys.argv[1] if len(sys.argv) > 1 else "ansible-playbook"
    with tempfile.TemporaryDirectory() as name, emulator("--seed", "7", "--latency-ms", str(LATENCY_MS)) as ready:
        calling = {key: ready[key] for key in ("api_url", "auth_url", "auth_environment_id", "client_id")}
        calling |= {"region": "NA", "client_secret": ready["client_secret"]}
        values = {"calling": calling, "workers": WORKERS, "environments": ENVIRONMENTS}
        lines = times_of_tasks(ansible, "many_workers.yml", values, Path(name))
    times = {line["task"]: line["seconds"] for line in lines}
    print(f"{WORKERS} workers with two roles each over {ENVIRONMENTS} environments, at {LATENCY_MS} ms a request")
    for when, suffix in (("made", ""), ("as wanted already", " again")):
        together = times[f"All in one task{suffix}"]
        loops = times[f"Loop over the workers{suffix}"] + times[f"Loop over their roles{suffix}"]
        print(f"{when}: {together:.1f} s in one task, {loops:.1f} s in two loops: {together / loops:.2f} of that")
    return 0


if __name__ == "__main__":
    sys.exit(main())
