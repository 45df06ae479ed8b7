# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every part of the tests, all of them even when one fails, and ends with the plain counts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "logs"
# Each is a target of the Makefile; the longest first, since two run at a time.
PARTS = (("integration", "lint"), ("molecule", "unit"), ("sanity", "canary-here"))
COUNTS = re.compile(r"^.*\b(\d+ (passed|failed|results are the same|scenarios|targets|secrets)|checked|% of).*$", re.M)


def main() -> int:
    """Run the parts two at a time and return an exit code."""
    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    failed: list[str] = []
    for pair in PARTS:
        running = [(part, time.monotonic(), start(part)) for part in pair]
        for part, since, process in running:
            code = process.wait()
            print(f"== {part}: {'ok' if code == 0 else 'FAILED'} after {time.monotonic() - since:.0f} s", flush=True)
            show(part, code)
            if code:
                failed.append(part)
    for mark in ("noqa", "type: ignore"):
        print(f"{count(mark)} times '{mark}'")
    if not os.environ.get("PINGONE_OPENAPI"):
        print("The emulator was not checked against the vendor's contract: PINGONE_OPENAPI does not name it.")
    print(f"All of it took {time.monotonic() - started:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    total = sum(len(pair) for pair in PARTS)
    print(f"{total - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def start(part: str) -> subprocess.Popen[bytes]:
    """Start one part, its output kept in a file."""
    log = (LOGS / f"{part}.log").open("wb")
    return subprocess.Popen(
        ["make", "--no-print-directory", part], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    )


def show(part: str, code: int) -> None:
    """Print what one part counted; all that it said when it failed."""
    text = (LOGS / f"{part}.log").read_text(errors="replace")
    if code:
        print(text)
    else:
        for match in COUNTS.finditer(text):
            print("   " + match.group(0).strip())


def count(mark: str) -> int:
    """Count the places where a check is told to look away, in the code that git tracks."""
    found = subprocess.run(
        ["git", "grep", "-hcE", f"# {mark}", "--", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return sum(int(line) for line in found.stdout.split())


if __name__ == "__main__":
    sys.exit(main())
