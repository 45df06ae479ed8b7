# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m pingone_emulator``."""

from __future__ import annotations

import gc
import sys

# Before anything else is imported: run from an installed collection, no byte code is written there. Who names another
# place for byte code (PYTHONPYCACHEPREFIX) has it there, which saves a tenth of the start.
if sys.pycache_prefix is None:
    sys.dont_write_bytecode = True


def main() -> int:
    """Start, stop or serve; the exit status is returned."""
    # What is imported now stays, and to search it for garbage would take an eighth of the start. process.serve begins.
    gc.disable()
    try:
        from .cli import run

        return run(sys.argv[1:])
    except ModuleNotFoundError as error:
        print(
            f"pingone_emulator: {sys.executable} lacks the package {error.name}; "
            "install those of the requirements.txt beside pingone_emulator.",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
