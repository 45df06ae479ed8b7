# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command with several versions of ansible-core, each in a virtual environment of its own in .cache.

The command gets the path of that version's ansible-playbook as its last argument. A version whose Python is not found
is reported by name, and fails the whole.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("requests", "cryptography", "PyJWT")


@dataclass(frozen=True)
class Core:
    """A version of ansible-core, and the Pythons that its controller runs on, the preferred one first.

    Source: the support matrix in Ansible's documentation, and Requires-Python of the releases.
    """

    version: str
    pythons: tuple[str, ...]


CORES: t.Final = (
    Core("2.16", ("3.11", "3.12", "3.10")),
    Core("2.19", ("3.11", "3.12", "3.13")),
    Core("2.21", ("3.12", "3.13", "3.14")),
    Core("2.22", ("3.13", "3.14")),
)


class MissingPythonError(Exception):
    """No Python on this machine can run a version of ansible-core."""


def main() -> int:
    """Run the command with each version and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=[core.version for core in CORES], help="may be repeated")
    parser.add_argument("--ends", action="store_true", help="the oldest and the newest alone")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="gets ansible-playbook as its last argument")
    arguments = parser.parse_args()
    failed, ran = [], []
    for core in (CORES[0], CORES[-1]) if arguments.ends else CORES:
        if arguments.only and core.version not in arguments.only:
            continue
        try:
            playbook = ansible_playbook(core)
        except MissingPythonError as error:
            print(f"== {error}", flush=True)
            failed.append(core.version)
            continue
        name = version_of(playbook)
        print(f"== ansible-core {name}", flush=True)
        ran.append(name)
        if subprocess.run([*arguments.command, str(playbook)], cwd=ROOT, check=False).returncode:
            failed.append(core.version)
    print(f"ran with ansible-core {', '.join(ran) or '(none)'}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed or not ran else 0


def ansible_playbook(core: Core) -> Path:
    """Return ansible-playbook of a version, installed when it is not there yet. Raises MissingPythonError."""
    folder = ROOT / ".cache" / f"core-{core.version}"
    made = folder / ".made"
    wanted = "\n".join(PACKAGES)
    with locked(folder.with_suffix(f"{folder.suffix}.lock")):
        if not made.exists() or made.read_text() != wanted:
            make_environment(core, folder)
            made.write_text(wanted)
    return folder / "bin" / "ansible-playbook"


@contextlib.contextmanager
def locked(path: Path) -> t.Iterator[None]:
    """Keep other runs out, which may want the same environment at the same time."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_environment(core: Core, folder: Path) -> None:
    """Make a virtual environment with a version. Raises MissingPythonError."""
    python = find_python(core)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, f"ansible-core=={core.version}.*", *PACKAGES]
    # A release candidate where that is all there is.
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        subprocess.run([*command, "--pre"], check=True)


def version_of(playbook: Path) -> str:
    """Return the version of ansible-core that an ansible-playbook belongs to, and of its Python."""
    code = (
        "import sys, ansible.release as r; print(r.__version__, 'on Python', '.'.join(map(str, sys.version_info[:3])))"
    )
    return subprocess.run(
        [str(playbook.parent / "python"), "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def find_python(core: Core) -> str:
    """Return an interpreter for a version: from PATH, from a version manager, or from the system's packages."""
    for version in core.pythons:
        for candidate in candidates(version):
            if runs(candidate, version):
                return str(candidate)
    wanted = " or ".join(core.pythons)
    raise MissingPythonError(
        f"ansible-core {core.version} did not run: Python {wanted} is not in PATH, nor where pyenv, uv, asdf, mise or "
        f"Debian's package python{core.pythons[0]} would put it."
    )


def candidates(version: str) -> t.Iterator[Path]:
    """Yield the places where a Python of a version may be."""
    name = f"python{version}"
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), "/usr/bin", "/usr/local/bin"]:
        yield Path(folder) / name
    # HOME is the tests' own; version managers are in the user's.
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    for root, pattern in (
        (os.environ.get("PYENV_ROOT") or home / ".pyenv", f"versions/{version}.*"),
        (home / ".local/share/uv/python", f"cpython-{version}.*"),
        (home / ".asdf/installs/python", f"{version}.*"),
        (home / ".local/share/mise/installs/python", f"{version}.*"),
        (os.environ.get("RUNNER_TOOL_CACHE") or "/opt/hostedtoolcache", f"Python/{version}.*/*"),
    ):
        for folder in sorted(Path(root).glob(pattern), reverse=True):
            yield folder / "bin" / name


def runs(python: Path, version: str) -> bool:
    """Return whether an interpreter is there, is of the version, and can make virtual environments."""
    if not python.is_file():
        return False
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip() == version


if __name__ == "__main__":
    sys.exit(main())
