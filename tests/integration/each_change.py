# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes each change that users make to the list of the role bootstrap, and compares its dry run with the real one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from emulated import emulator
from sites import Site
from user_changes import CHANGES, REFUSED, dry_and_real, run, wanted


def main() -> int:
    """Make each change in a tenant that is as it was asked for at first, and return an exit code."""
    different = []
    for name in CHANGES:
        with tempfile.TemporaryDirectory() as folder, emulator("--seed", "7") as ready:
            site = Site(ready, Path(folder))
            run(site, wanted())
            dry, real = dry_and_real(site, wanted(), name)
        verdict = "refused" if name in REFUSED else "changed" if real.has_changed() else "as wanted"
        print(f"{name:15} {verdict:10} dry run {dry.seconds:5.1f} s, real run {real.seconds:5.1f} s")
        if dry.outcomes != real.outcomes:
            different.append(name)
            print(dry.output, real.output, sep="\n")
    print(f"{len(CHANGES) - len(different)} changes passed, {len(different)} failed")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
