# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role emulator's look at what a Python lacks, in a process of its own as the role has it."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "roles/emulator/files/lacking_packages.py"
REQUIREMENTS = ("roles/emulator/files/requirements.txt", "meta/ee-requirements.txt")


@pytest.mark.parametrize(
    ("requirements", "lacking"),
    [
        (f"# one that is there\nrequests>={version('requests')}\n\nPyYAML>=6.0  # and another\n", []),
        ("requests>=2.31\n", []),
        ("requests>=999\n", [f"requests>=999 (installed: {version('requests')})"]),
        ("no-such-package>=1\nno-other\n", ["no-such-package>=1", "no-other"]),
    ],
)
def test_what_is_lacking_is_printed_with_its_floor(tmp_path: Path, requirements: str, lacking: list[str]) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "requirements.txt").write_text(requirements)
    command = [sys.executable, str(SCRIPT), str(tmp_path / "empty.txt"), str(tmp_path / "requirements.txt")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.stdout.split("\n")[:-1], run.returncode) == (lacking or [""], 1 if lacking else 0)


@pytest.mark.parametrize("path", REQUIREMENTS)
def test_requirements_have_the_form_that_is_read(path: str) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / path).read_text().splitlines()]
    assert [line for line in lines if line and not re.fullmatch(r"[\w-]+>=[\d.]+", line)] == []
