# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m pingone_conformance``."""

from __future__ import annotations

import sys

# Before anything else is imported: run from an installed collection, no byte code is written there.
sys.dont_write_bytecode = True


def main() -> int:
    """Hold the conversation and compare; the exit status is returned."""
    try:
        from .cli import run

        return run(sys.argv[1:])
    except ModuleNotFoundError as error:
        print(
            f"pingone_conformance: {sys.executable} lacks the package {error.name}; "
            "install those of the requirements.txt beside pingone_conformance.",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
