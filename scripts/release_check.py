# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the artifact, and does with it what Galaxy does, and then what a user does who found it there.

Before that it lints the checkout as a user would.

Each step that fails ends the check with one sentence, after what the tool said. Packages come from a package index.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "release"
PROGRAMS = Path(sys.executable).parent
PATH_OF_PROGRAMS = {"PATH": f"{PROGRAMS}:/usr/bin:/bin"}
# What pip and a proxy need; nothing else of the caller's environment reaches the tools.
PASSED_ON = re.compile(r"^(PIP_\w+|LANG|\w+_PROXY|\w+_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|TMPDIR)$")
# Of the whole report of the quickstart, the lines that say that all went well.
REPORTED = ("0 of them a write: it changed nothing", "is the same, to the last member")


def main() -> None:
    """Run every step."""
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    (FOLDER / "run" / "home").mkdir(parents=True)
    lint_as_a_user_does()
    artifact = build()
    print_files(artifact)
    import_as_galaxy_does(artifact)
    programs = only_ansible_core()
    collections = install(artifact, programs)
    run_quickstart(collections, programs)
    print(f"{artifact.name} passed; it is in {artifact.parent.relative_to(ROOT)}")


def lint_as_a_user_does() -> None:
    """Run ansible-lint without an option, in a checkout of any name."""
    step("ansible-lint")
    # It splits paths at spaces, which that of this checkout may have.
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_to(Path(folder))
        checkout = copy.rename(Path(folder) / "checkout")
        print(run([str(PROGRAMS / "ansible-lint"), "--nocolor"], PATH_OF_PROGRAMS, checkout).splitlines()[-1])


def copy_to(folder: Path) -> Path:
    """Copy what git tracks, or would track, and return the path of the copy."""
    return Path(run(["bash", "scripts/copy_collection.sh", str(folder)]).splitlines()[-1])


def build() -> Path:
    """Build the artifact of what git tracks, and return its path."""
    step("Build")
    print(run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_artifact.py"]), end="")
    copy = copy_to(FOLDER / "run" / "copy")
    run([str(PROGRAMS / "ansible-galaxy"), "collection", "build", str(copy), "--force", "--output-path", str(FOLDER)])
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    return FOLDER / f"idops-pingone-{version}.tar.gz"


def print_files(artifact: Path) -> None:
    """Keep the list of the files beside the artifact, and print how many there are of each kind."""
    with tarfile.open(artifact) as archive:
        files = sorted(member.name for member in archive if not member.isdir())
    listed = artifact.parent / "files.txt"
    listed.write_text("".join(f"{name}\n" for name in files))
    kinds = Counter(name.split("/")[0] for name in files)
    print(f"{len(files)} files, listed in {listed.relative_to(ROOT)}; {artifact.stat().st_size / 1024:.0f} KiB")
    print("  " + ", ".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items()))


def import_as_galaxy_does(artifact: Path) -> None:
    """Run galaxy-importer, which may have nothing to say against the artifact."""
    step("galaxy-importer")
    # In an environment of its own: its requirements and those of the other tools exclude each other.
    programs = environment("importer", "galaxy-importer", "flake8")
    switches = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "GALAXY_IMPORTER_RUN_FLAKE8": "true"}
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    command = [str(programs / "python"), "-m", "galaxy_importer.main", str(artifact)]
    said = run(command, {**switches, **path}, FOLDER / "run")
    if "Linting module pingone_token via flake8" not in said:
        sys.exit(f"{said}\ngalaxy-importer did not look at the modules.")
    complaints = [line for line in said.splitlines() if re.match(r"(WARNING|ERROR)\b", line)]
    if complaints:
        sys.exit("\n".join([*complaints, "galaxy-importer complains."]))
    print("no error, no warning")


def only_ansible_core() -> Path:
    """Make an environment that has ansible-core and nothing else, and return the folder of its programs."""
    step("A virtual environment with only ansible-core")
    programs = environment("core", f"ansible-core{os.environ.get('CORE', '')}")
    listed = run([str(programs / "python"), "-m", "pip", "list", "--format", "freeze"])
    print(", ".join(listed.split()))
    if re.search(r"^(requests|fastapi|pydantic)==", listed, re.MULTILINE):
        sys.exit("It has more than ansible-core.")
    return programs


def install(artifact: Path, programs: Path) -> Path:
    """Install the artifact into an empty folder, and return that."""
    step("Install")
    collections = FOLDER / "run" / "collections"
    install_command = ["collection", "install", str(artifact), "--collections-path", str(collections)]
    print(run([str(programs / "ansible-galaxy"), *install_command]).splitlines()[-1])
    return collections


def run_quickstart(collections: Path, programs: Path) -> None:
    """Run the quickstart by its name, twice: the second time without a package index."""
    before = files_in(collections)
    for title, more in (("The quickstart", {}), ("The quickstart again, without an index", {"PIP_NO_INDEX": "1"})):
        step(title)
        variables = {"ANSIBLE_COLLECTIONS_PATH": str(collections), "PATH": f"{programs}:/usr/bin:/bin", **more}
        command = [str(programs / "ansible-playbook"), "idops.pingone.quickstart", "-v"]
        said = run(command, variables, FOLDER / "run" / "home")
        recap = re.findall(r"^localhost +: (.*)$", said, re.MULTILINE)
        if not all(line in said for line in REPORTED) or not recap:
            sys.exit(f"{said}\nThe quickstart did not report what it should.")
        print("\n".join([*(f"... {line}" for line in REPORTED), " ".join(recap[-1].split())]))
    verify = ["collection", "verify", "idops.pingone", "--offline", "--collections-path", str(collections)]
    run([str(programs / "ansible-galaxy"), *verify])
    if files_in(collections) != before:
        left = sorted(files_in(collections) ^ before)
        sys.exit("\n".join([*left, "The quickstart left these in the installed collection."]))
    print("the installed collection is as it was")


def files_in(folder: Path) -> set[str]:
    """Return the paths of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def environment(name: str, *packages: str) -> Path:
    """Make a virtual environment with packages, once, and return the folder of its programs."""
    folder = FOLDER / name
    made = folder / ".made"
    wanted = " ".join([sys.version, *packages])
    if not made.exists() or made.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *packages])
        made.write_text(wanted)
    return folder / "bin"


def run(command: list[str], variables: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str:
    """Run a command as a user who has nothing but a home; return all that it printed, or end with that."""
    passed_on = {name: value for name, value in os.environ.items() if PASSED_ON.match(name)}
    plain = {"HOME": str(FOLDER / "run" / "home"), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(
        command,
        cwd=cwd,
        env={**passed_on, **plain, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode:
        sys.exit(f"{finished.stdout}\n{' '.join(command)} ended with {finished.returncode}.")
    return finished.stdout


def step(title: str) -> None:
    """Head what follows."""
    print(f"== {title}", flush=True)


if __name__ == "__main__":
    main()
