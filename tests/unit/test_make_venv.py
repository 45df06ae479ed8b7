# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that want one virtual environment at the same time, with stand-ins for C(venv) and C(pip)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "roles/emulator/files/make_venv.py"
# It takes a while, as the real one does, so that without a lock both would be at it.
VENV = """
import os, pathlib, sys, time
with open(os.environ["CALLS"], "a") as calls:
    calls.write("venv\\n")
time.sleep(1)
folder = pathlib.Path(sys.argv[1], "bin")
folder.mkdir(parents=True)
(folder / "python").symlink_to(sys.executable)
"""
PIP = """
import os
with open(os.environ["CALLS"], "a") as calls:
    calls.write("pip\\n")
"""


def test_one_of_two_runs_makes_it_and_the_other_finds_it(tmp_path: Path) -> None:
    for name, text in (("venv.py", VENV), ("pip.py", PIP), ("requirements.txt", "")):
        (tmp_path / name).write_text(text)
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "CALLS": str(tmp_path / "calls")}
    command = [sys.executable, str(SCRIPT), str(tmp_path / "a" / "b"), "--requirements"]
    command.append(str(tmp_path / "requirements.txt"))
    both = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _number in range(2)]
    assert sorted(one.communicate(timeout=60)[0] for one in both) == ["", "made\n"]
    assert [one.returncode for one in both] == [0, 0]
    assert (tmp_path / "calls").read_text().split() == ["venv", "pip"]


def test_a_folder_that_cannot_be_made_ends_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, str(SCRIPT), str(tmp_path / "file" / "venv"), "--requirements", "none.txt"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (3, "")
    assert "Not a directory" in finished.stdout or "File exists" in finished.stdout
