# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disturbs every request of the walks in every way, and looks whether the next run puts everything right.

The walks are in C(support/walks.py), the matrix is in C(support/disturbed.py). Cells mostly wait, so some run at a
time, each share of them with an emulator of its own.
"""

from __future__ import annotations

import argparse
import collections
import functools
import itertools
import random
import sys
import tempfile
import typing as t
from pathlib import Path

from disturbed import Cell, Place
from emulated import emulator
from walks import WALKS
from warm import processes

SEED = "7"
SHARES = 4
# Each share walks undisturbed first, so a few cells are not worth a share of their own.
FEWEST_IN_A_SHARE = 8


def main() -> int:
    """Run the whole matrix, or a sample of it, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="how many cells; all when left out")
    parser.add_argument("--walk", choices=list(WALKS), help="one walk; all when left out")
    arguments = parser.parse_args()
    cells = chosen(arguments.sample, lambda cell: arguments.walk in (None, cell.walk))
    problems = matrix(cells)
    for cell, found in problems.items():
        print(f"{cell}: {'; '.join(found)}")
    for disturbance, count in collections.Counter(cell.disturbance for cell in cells).items():
        print(f"{count:4} cells {disturbance}")
    print(f"{len(cells) - len(problems)} disturbed tasks passed, {len(problems)} failed")
    return 1 if problems or not cells else 0


def chosen(sample: int | None = None, of: t.Callable[[Cell], bool] = lambda cell: True) -> list[Cell]:
    """Return the cells of the matrix, or always the same sample of them. of: tells which cells count."""
    cells = [cell for cell in every_cell() if of(cell)]
    return random.Random(SEED).sample(cells, sample) if sample else cells


@functools.cache
def every_cell() -> tuple[Cell, ...]:
    """Return the cells of all walks."""
    return tuple(cell for place in places(WALKS) for cell in place.cells())


def places(walks: t.Iterable[str]) -> t.Iterator[Place]:
    """Give a place for each walk, one after the other; those that want the same emulator share one."""
    ordered = sorted(walks, key=lambda walk: WALKS[walk].emulator)
    for arguments, alike in itertools.groupby(ordered, lambda walk: WALKS[walk].emulator):
        with tempfile.TemporaryDirectory() as folder, emulator("--seed", SEED, *arguments) as ready:
            for walk in alike:
                yield Place(walk, ready, Path(folder))


def matrix(cells: list[Cell]) -> dict[Cell, list[str]]:
    """Run cells; return what is wrong, by the cell."""
    count = max(1, min(SHARES, len(cells) // FEWEST_IN_A_SHARE))
    shares = [cells[number::count] for number in range(count)]
    with processes(len(shares)) as pool:
        return {cell: problems for share in pool.map(_run_share, shares) for cell, problems in share.items()}


def _run_share(cells: list[Cell]) -> dict[Cell, list[str]]:
    found: dict[Cell, list[str]] = {}
    for place in places({cell.walk for cell in cells}):
        found |= place.problems(cell for cell in cells if cell.walk == place.walk)
    return found


if __name__ == "__main__":
    sys.exit(main())
