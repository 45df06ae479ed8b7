# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every part of the tests, all of them even when one fails, and ends with the plain counts.

With --all it also runs what takes too long to be run for every change.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cores import CORES, version_of

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "logs"
# Each is a target of the Makefile; the longest first because few run at a time.
PARTS = (
    "playbooks",
    "unit",
    "targets-sample",
    "sanity-shipped",
    "molecule-sample",
    "lint-shipped",
    "canary-here",
    "conformance",
)
LONG_PARTS = (
    "cores",
    "targets",
    "faults",
    "rotation-faults",
    "changes",
    "canary",
    "long",
    "molecule",
    "sanity",
    "lint",
    "coverage",
    "ansible-test-units",
    "ansible-test-integration",
)
# Those in whose place a long one does more.
SHORT_PARTS = {"targets-sample", "sanity-shipped", "molecule-sample", "lint-shipped"}
# More than there are processors because each part waits for something now and then, and ends at a time of its own.
AT_A_TIME = 2 * (os.cpu_count() or 1)
COUNTS = re.compile(
    r"^.*\b(\d+ (passed|failed|results are the same|scenarios|targets|secrets|differences|cells|disturbed|doors)"
    r"|ansible-core \d|checked|left out|% of).*$",
    re.M,
)


def main() -> int:
    """Run the parts, a few at a time, and return an exit code."""
    everything = "--all" in sys.argv[1:]
    parts = LONG_PARTS + tuple(part for part in PARTS if part not in SHORT_PARTS) if everything else PARTS
    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        failed = [part for part, code in zip(parts, pool.map(run, parts), strict=True) if code]
    print(f"ran with ansible-core {version_of(ROOT / '.venv/bin/ansible-playbook')}, which .venv has")
    if not everything:
        print(f"make test-all runs {', '.join(core.version for core in CORES)} too, and {', '.join(LONG_PARTS[1:])}")
    for mark in ("noqa", "type: ignore"):
        print(f"{count(mark)} times '{mark}'")
    if not os.environ.get("PINGONE_OPENAPI"):
        print("The emulator was not checked against the vendor's contract: PINGONE_OPENAPI does not name it.")
    if not os.environ.get("PINGONE_RECORDED"):
        print("The emulator was not compared with recorded answers: PINGONE_RECORDED does not name their folder.")
    print(f"All of it took {time.monotonic() - started:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    print(f"{len(parts) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run(part: str) -> int:
    """Run one part, its output kept in a file; say what became of it and return its exit code."""
    log = LOGS / f"{part}.log"
    # All wait for the longest.
    yielding = () if part == PARTS[0] else ("nice",)
    since = time.monotonic()
    with log.open("wb") as output:
        code = subprocess.run(
            [*yielding, "make", "--no-print-directory", part],
            cwd=ROOT,
            # A user's own tenant is not what the tests are for.
            env={**os.environ, "TENANT": "emulator"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    # In one piece because another part may end at the same moment.
    head = f"== {part}: {'ok' if code == 0 else 'FAILED'} after {time.monotonic() - since:.0f} s"
    print("\n".join([head, *shown(log.read_text(errors="replace"), code)]), flush=True)
    return code


def shown(text: str, code: int) -> list[str]:
    """Return what to print of a part: its counts, or all that it said when it failed."""
    return [text] if code else ["   " + match.group(0).strip() for match in COUNTS.finditer(text)]


def count(mark: str) -> int:
    """Count the places where a check is told to look away, in the code that git tracks."""
    found = subprocess.run(
        ["git", "grep", "-hcE", f"# {mark}", "--", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return sum(int(line) for line in found.stdout.split())


if __name__ == "__main__":
    sys.exit(main())
