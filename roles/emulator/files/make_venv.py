# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a virtual environment with the packages of requirements files, or completes one; two runs never at once.

It ends with 3 when the environment could not be made and with 4 when the packages could not be installed, and prints
"made" when it did anything. Any Python can run it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LACKING_PACKAGES = Path(__file__).with_name("lacking_packages.py")
NO_ENVIRONMENT, NO_PACKAGES = 3, 4


def main() -> int:
    """Read the arguments, and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of the virtual environment")
    parser.add_argument("--requirements", action="append", required=True, help="a file of them; may be repeated")
    parser.add_argument("--wheels", help="a folder that the packages come from, in place of an index")
    arguments = parser.parse_args()
    try:
        arguments.folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(arguments.folder.parent):
            return make(arguments.folder, arguments.requirements, arguments.wheels)
    except OSError as error:
        print(error)
        return NO_ENVIRONMENT


def make(folder: Path, requirements: list[str], wheels: str | None) -> int:
    """Make or complete an environment unless it has everything, and return an exit code."""
    python = str(folder / "bin" / "python")
    # The run that had the lock before may have made it.
    if _succeeds(python, str(LACKING_PACKAGES), *requirements, shows=subprocess.DEVNULL):
        return 0
    # One that is there keeps what it holds, and gets the pip that an interrupted run may not have come to.
    if not _succeeds(sys.executable, "-m", "venv", str(folder)):
        return NO_ENVIRONMENT
    install = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    files = [part for file in requirements for part in ("-r", file)]
    source = ["--no-index", "--find-links", wheels] if wheels else []
    if not _succeeds(*install, *files, *source):
        return NO_PACKAGES
    print("made")
    return 0


def _succeeds(*command: str, shows: int | None = None) -> bool:
    try:
        return subprocess.run(command, check=False, stdout=shows).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs out while this one works beneath a folder; the lock is the folder's own, so no file is left."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # A file system that cannot lock a folder is no reason to make no environment.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
