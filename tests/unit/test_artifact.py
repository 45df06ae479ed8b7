# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifact holds what an installed collection needs, and nothing that tools leave in a checkout."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What ansible-galaxy writes itself, then the folders and files of the collection.
AT_THE_TOP = {"MANIFEST.json", "FILES.json"} | {
    "CHANGELOG.md",
    "LICENSE",
    "LICENSES",
    "README.md",
    "REUSE.toml",
    "changelogs",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
LEFT_BY_TOOLS = [
    ".ansible/.lock",
    ".coverage",
    ".env",
    ".github/workflows/other.yml",
    ".idea/modules.xml",
    ".nox/lint/pyvenv.cfg",
    ".pre-commit-config.yaml",
    ".tox/py/pyvenv.cfg",
    ".venv/pyvenv.cfg",
    ".vscode/settings.json",
    "env/pyvenv.cfg",
    "htmlcov/index.html",
    "idops-pingone-0.0.1.tar.gz",
    "mutants/mutmut-stats.json",
    "plugins/modules/.pytest_cache/README.md",
    "plugins/modules/__pycache__/pingone_token.cpython-311.pyc",
    "plugins/modules/pingone_token.py.orig",
    "roles/emulator/.mypy_cache/CACHEDIR.TAG",
    "roles/emulator/files/README.md~",
    "roles/emulator/tasks/.main.yml.swp",
    "tests/output/junit.xml",
    "venv/pyvenv.cfg",
]


def copy_of_the_checkout(folder: Path) -> Path:
    """Copy what git tracks or would track; return the folder of the collection."""
    script = ["bash", str(ROOT / "scripts/copy_collection.sh"), str(folder)]
    return Path(subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip())


def built(collection: Path, folder: Path) -> list[str]:
    """Build the artifact; return the names in it."""
    program = str(Path(sys.executable).parent / "ansible-galaxy")
    command = [program, "collection", "build", str(collection), "--output-path", str(folder)]
    subprocess.run(command, capture_output=True, text=True, check=True)
    (artifact,) = folder.glob("*.tar.gz")
    with tarfile.open(artifact) as archive:
        return sorted(member.name for member in archive.getmembers())


def plant(collection: Path) -> None:
    """Leave what tools leave."""
    for name in LEFT_BY_TOOLS:
        path = collection / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copy_of_the_checkout(tmp_path / "copy")


def test_the_artifact_holds_what_the_collection_needs_and_nothing_that_was_left(checkout: Path, tmp_path: Path) -> None:
    clean = built(checkout, tmp_path / "clean")
    plant(checkout)
    planted = built(checkout, tmp_path / "planted")

    assert sorted(set(planted) - set(clean)) == []
    assert {name.split("/")[0] for name in clean} == AT_THE_TOP
    assert [name for name in clean if name.split("/")[-1].startswith(".")] == []
    assert [name for name in clean if name.startswith("changelogs/")] == ["changelogs/changelog.yaml"]
    sources = ["plugins/modules/pingone_token.py", "roles/emulator/files/requirements.txt", "meta/ee-requirements.txt"]
    assert [name for name in sources if name not in clean] == []


def test_git_tracks_nothing_that_tools_leave(checkout: Path) -> None:
    plant(checkout)
    command = ["git", "ls-files", "-o", "--exclude-standard", "--", *LEFT_BY_TOOLS]
    seen = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout.split()
    # The folder of workflows is the project's own.
    assert seen == [".github/workflows/other.yml"]
