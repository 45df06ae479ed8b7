# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says what share of mutmut's changes no test noticed."""

import json
import pathlib
import sys

stats = json.loads(pathlib.Path(sys.argv[1]).read_text())
unnoticed = {kind: stats[kind] for kind in ("survived", "no_tests", "suspicious", "timeout")}
share = 100 * sum(unnoticed.values()) / max(1, stats["total"])
counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in unnoticed.items())
print(f"{sum(unnoticed.values())} of {stats['total']} changes went unnoticed ({counts}): {share:.1f} %, at most 10 %")
sys.exit(share > 10)
