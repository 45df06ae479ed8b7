# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints which packages of requirements files this Python lacks, and ends with 1 if there are any.

pip could tell, but a Python that has all packages need not have pip. It reads lines of the form C(name>=version).
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path


def lacking(requirements: str) -> list[str]:
    """Return the lines of a requirements file that this Python does not fulfil, with what it has."""
    found = []
    for line in requirements.splitlines():
        requirement = line.partition("#")[0].strip()
        if not requirement:
            continue
        name, floor = (requirement.split(">=") + ["0"])[:2]
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            found.append(requirement)
        else:
            if _numbers(installed) < _numbers(floor):
                found.append(f"{requirement} (installed: {installed})")
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def main() -> int:
    """Read the files that the arguments name."""
    missing = [text for path in sys.argv[1:] for text in lacking(Path(path).read_text(encoding="utf-8"))]
    print("\n".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
