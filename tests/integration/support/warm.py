# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts playbooks and emulators as forks of a process that has imported what they need.

Nearly all that a start costs is imports, some 0.3 s of CPU for either, and the tests start hundreds. A fork has its own
arguments, variables, folder and streams, as a new process has. What it shares with the others is the configuration of
Ansible, which is read by the import.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import subprocess
import sys
import tempfile
import typing as t
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

_CONTEXT: t.Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["warmed"])


def fits(environ: t.Mapping[str, str], cwd: Path) -> bool:
    """Tell whether a play with these variables in this folder has the configuration with which Ansible is imported.

    That is the one of this process. A play that leaves out a variable of it is not told from one that has it.
    """
    configured = {name: value for name, value in environ.items() if name.startswith("ANSIBLE_")}
    return configured.items() <= os.environ.items() and not (cwd / "ansible.cfg").exists()


def run_playbook(
    arguments: t.Sequence[str], *, environ: t.Mapping[str, str], cwd: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run ansible-playbook and return what it printed and its code, as subprocess.run does.

    environ: all variables that it has.
    timeout: seconds after which it is killed. Raises subprocess.TimeoutExpired then.
    """
    command = ["ansible-playbook", *arguments]
    with tempfile.TemporaryDirectory() as folder:
        process = _CONTEXT.Process(target=_play, args=(command, dict(environ), str(cwd), folder))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, timeout)
        output, errors = (Path(folder, name).read_text() for name in ("output", "errors"))
        return subprocess.CompletedProcess(command, process.exitcode, output, errors)


def start_emulator(arguments: t.Sequence[str], errors: Path | None = None) -> tuple[BaseProcess, str]:
    """Start an emulator and return it with the line that it prints when it is ready; that is empty if it ended.

    errors: a file for what else it prints; where this process has that, if left out.
    """
    reader, writer = _CONTEXT.Pipe(duplex=False)
    with reader:
        with writer:
            given = (list(arguments), dict(os.environ), os.getcwd(), writer, errors)
            process = _CONTEXT.Process(target=_emulate, args=given)
            process.start()
        with os.fdopen(os.dup(reader.fileno())) as output:
            return process, output.readline()


def processes(count: int) -> concurrent.futures.ProcessPoolExecutor:
    """Return processes that can start emulators; a fork of this one could not, as it has no process to fork from."""
    return concurrent.futures.ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))


def _play(command: list[str], environ: dict[str, str], cwd: str, folder: str) -> None:
    """Be ansible-playbook. folder: gets what is printed, and Ansible's own temporary files."""
    with open(os.path.join(folder, "output"), "wb") as output, open(os.path.join(folder, "errors"), "wb") as errors:
        os.dup2(output.fileno(), 1)
        os.dup2(errors.fileno(), 2)
    _begin(command, environ, cwd)
    from ansible import constants
    from ansible.cli.playbook import main

    # The one that the import made belongs to all.
    constants.DEFAULT_LOCAL_TMP = folder
    main()


def _emulate(arguments: list[str], environ: dict[str, str], cwd: str, output: Connection, errors: Path | None) -> None:
    """Be an emulator that prints its line to a pipe."""
    with output:
        os.dup2(output.fileno(), 1)
    if errors is not None:
        with open(errors, "wb") as file:
            os.dup2(file.fileno(), 2)
    _begin(["pingone_emulator", *arguments], environ, cwd)
    from pingone_emulator.__main__ import main

    sys.exit(main())


def _begin(command: list[str], environ: dict[str, str], cwd: str) -> None:
    # An import that fails there is passed over without a word.
    assert "warmed" in sys.modules, "what is to be imported once was not; is the folder of warmed.py in PYTHONPATH?"
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.argv[:] = command
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
