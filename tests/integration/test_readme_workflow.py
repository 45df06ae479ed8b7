# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of the README, run step by step as it stands, with the README's first playbook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml
from plays import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```ya?ml\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
# Both would download. What they are asked for is looked at, and is there already.
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$RUNNER_TEMP/installed"
"""


def workflow() -> dict[str, t.Any]:
    (block,) = [block for block in BLOCKS if "runs-on:" in block]
    return dict(yaml.safe_load(block))


def first_playbook() -> str:
    return next(block for block in BLOCKS if "hosts: localhost" in block)


def test_the_workflow_of_the_readme_runs_as_it_stands(tmp_path: Path) -> None:
    programs, temporary, checkout = (tmp_path / name for name in ("programs", "temporary", "checkout"))
    for folder in (programs, temporary, checkout):
        folder.mkdir()
    for name in ("pip", "ansible-galaxy"):
        (programs / name).write_text(STAND_IN)
        (programs / name).chmod(0o755)
    (checkout / "site.yml").write_text(first_playbook())
    environ = {
        "HOME": str(tmp_path),
        "RUNNER_TEMP": str(temporary),
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache"),
        "LANG": "C.UTF-8",
    }
    steps = [step["run"] for step in workflow()["jobs"]["rehearse"]["steps"] if "run" in step]
    assert len(steps) == 3
    try:
        for text in steps:
            # GitHub's own way to run a step without a shell of its own.
            run = subprocess.run(
                ["bash", "-e", "-c", text],
                cwd=checkout,
                env=environ,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert run.returncode == 0, run.stdout + run.stderr
    finally:
        stop = ["ansible-playbook", "idops.pingone.emulator", "-e", "emulator_state=stopped"]
        folder = ["-e", yaml.safe_dump({"emulator_folder": str(temporary)}, default_flow_style=True)]
        subprocess.run([*stop, *folder], env=environ, capture_output=True, check=True)
    installed = (temporary / "installed").read_text().splitlines()
    assert installed == ["pip install ansible-core requests", "ansible-galaxy collection install idops.pingone"]
    assert re.search(r"changed=[1-9]", run.stdout), "the first run made nothing"
