# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disturbs every request of a walk in every way, and looks whether the next run puts everything right.

The matrix is in C(support/disturbed.py). Cells mostly wait, so some run at a time, each share of them with an emulator
of its own.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import random
import sys
import tempfile
from pathlib import Path

from disturbed import Cell, Place
from emulated import emulator

SEED = "7"
SHARES = 4


def main() -> int:
    """Run the whole matrix, or a sample of it, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="how many cells; all when left out")
    arguments = parser.parse_args()
    cells = chosen(arguments.sample)
    problems = matrix(cells)
    for cell, found in problems.items():
        print(f"{cell}: {'; '.join(found)}")
    for disturbance, count in collections.Counter(cell.disturbance for cell in cells).items():
        print(f"{count:4} cells {disturbance}")
    print(f"{len(cells) - len(problems)} disturbed tasks passed, {len(problems)} failed")
    return 1 if problems or not cells else 0


def chosen(sample: int | None = None) -> list[Cell]:
    """Return the cells of the matrix, or always the same sample of them."""
    with tempfile.TemporaryDirectory() as folder, emulator("--seed", SEED) as ready:
        cells = Place(ready, Path(folder)).cells()
    return random.Random(SEED).sample(cells, sample) if sample else cells


def matrix(cells: list[Cell]) -> dict[Cell, list[str]]:
    """Run cells; return what is wrong, by the cell."""
    shares = [share for number in range(SHARES) if (share := cells[number::SHARES])]
    with concurrent.futures.ProcessPoolExecutor(len(shares)) as pool:
        return {cell: problems for share in pool.map(_run_share, shares) for cell, problems in share.items()}


def _run_share(cells: list[Cell]) -> dict[Cell, list[str]]:
    with tempfile.TemporaryDirectory() as folder, emulator("--seed", SEED) as ready:
        place = Place(ready, Path(folder))
        expected = place.expected()
        found = {cell: place.problems(cell, expected[cell.step]) for cell in cells}
    return {cell: problems for cell, problems in found.items() if problems}


if __name__ == "__main__":
    sys.exit(main())
