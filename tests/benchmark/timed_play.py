# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook and tells how long each of its tasks took, from the start of the task to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def times_of_tasks(ansible: str, playbook: str, values: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Return C(task) and C(seconds) of each task that ended well, in their order.

    ansible: the ansible-playbook that runs it. playbook: its name in this folder. values: its variables.
    folder: a folder for what is written meanwhile.

    Exits with what the play printed when it failed.
    """
    recorded = folder / "times.jsonl"
    (folder / "values.json").write_text(json.dumps(values))
    run = subprocess.run(
        [ansible, str(HERE / playbook), "-i", "localhost,", "-c", "local", "-e", f"@{folder / 'values.json'}"],
        env={
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
            "ANSIBLE_NOCOLOR": "1",
            "STOPWATCH_FILE": str(recorded),
            "XDG_RUNTIME_DIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stdout[-4000:] + run.stderr[-2000:])
    return [json.loads(line) for line in recorded.read_text().splitlines()]
