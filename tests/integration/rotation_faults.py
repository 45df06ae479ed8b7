# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disturbs rotations of a secret, many times in each way, and looks whether a client is ever without a working one.

The ways are in C(support/rotations.py). What is drawn differs from run to run, and is the same in every call.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from rotations import SCENARIOS, rotations
from warm import processes

SEED = 7
TIMES = 50


def main() -> int:
    """Disturb rotations, print the counts, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help="how many rotations are disturbed in each way")
    found = disturbed(parser.parse_args().times)
    for scenario, runs in found.items():
        for number, problems in enumerate(runs):
            for problem in problems:
                print(f"{scenario}, run {number}: {problem}")
        whole = sum(not problems for problems in runs)
        print(
            f"{whole} of {len(runs)} rotated once, without a client left behind, repaired by the next run: {scenario}"
        )
    failed = sum(bool(problems) for runs in found.values() for problems in runs)
    passed = sum(len(runs) for runs in found.values()) - failed
    print(f"{passed} disturbed rotations passed, {failed} failed")
    return 1 if failed or not passed else 0


def disturbed(times: int) -> dict[str, list[list[str]]]:
    """Disturb so many rotations in each way, all ways at a time; return what is wrong with each."""
    with processes(len(SCENARIOS)) as pool:
        return dict(zip(SCENARIOS, pool.map(_disturbed, SCENARIOS, [times] * len(SCENARIOS)), strict=True))


def _disturbed(scenario: str, times: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as name, rotations(Path(name)) as place:
        return [place.problems(scenario, random.Random(f"{SEED} {scenario} {number}")) for number in range(times)]


if __name__ == "__main__":
    sys.exit(main())
