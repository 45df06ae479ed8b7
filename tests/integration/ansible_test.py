# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every integration target by C(ansible-test integration), once through each door.

All targets of a run share one emulator, which each sets back before it begins. ansible-test passes on no C(PINGONE_*)
variable; where the emulator is and which door is meant stands in C(integration_config.yml), made from its template.
"""

from __future__ import annotations

import json
import os
import string
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated import emulator, requests_of
from run import SEED, START, variables

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).with_name("integration_config.yml.template")


def main() -> int:
    """Run the targets through both doors, with ansible-test's arguments, and return an exit code."""
    passed = [run(door, sys.argv[1:]) for door in ("in-process", "module")]
    print(f"ansible-test integration: {passed.count(True)} doors passed, {passed.count(False)} failed")
    return 0 if all(passed) else 1


def run(door: str, arguments: list[str]) -> bool:
    """Run ansible-test against an emulator of its own; return whether it passed, through that door."""
    with tempfile.TemporaryDirectory() as folder, emulator("--seed", SEED, "--now", START) as ready:
        values = {name: json.dumps(value) for name, value in variables(ready, door == "in-process").items()}
        config = Path(folder) / "integration_config.yml"
        config.write_text(string.Template(TEMPLATE.read_text()).substitute(values))
        options = ["--requirements", "--continue-on-error", *arguments]
        command = ["bash", str(ROOT / "scripts" / "ansible_test.sh"), "integration", *options]
        finished = subprocess.run(command, env={**os.environ, "INTEGRATION_CONFIG": str(config)}, check=False)
        came = sum(f"({door}" in str(request.get("user_agent")) for request in requests_of(ready))
    print(f"ansible-test integration: {came} requests of the last target came through the door '{door}'", flush=True)
    return finished.returncode == 0 and came > 0


if __name__ == "__main__":
    sys.exit(main())
