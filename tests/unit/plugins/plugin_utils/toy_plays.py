# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of a small module that calls no service, example.toy.echo, and what comes of its tasks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

from ansible_collections.idops.pingone.plugins.module_utils._core import task

HERE = Path(__file__).parent
COLLECTIONS = f"{HERE / 'collections'}:{Path(task.__file__).parents[6]}"
CANARY = "canary-9f2c4e"


def completed(folder, book, *arguments, door=None, **environ):
    """Run a playbook; return its exit code and what it printed."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "PINGONE_", "PYTHON")) or name == "PYTHONPATH"
    }
    variables |= {
        "HOME": str(folder),
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
        "ANSIBLE_NOCOLOR": "1",
        "JUNIT_OUTPUT_DIR": str(folder / "junit"),
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "TOY_OUTER": "outer",
        **environ,
    }
    if door:
        arguments += ("-e", json.dumps({"pingone_in_process": door == "in-process"}))
    # Not by the command's path: ansible-test has the commands in another folder than the interpreter.
    command = [sys.executable, "-m", "ansible.cli.playbook", str(book), *arguments]
    return subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def play(folder, book, *arguments, door=None, **environ):
    """Run a playbook; return its exit code and everything that it printed or logged."""
    done = completed(folder, book, *arguments, door=door, **environ)
    return done.returncode, shown_by(folder, done)


def shown_by(folder, done):
    """Return everything that a playbook printed or logged."""
    log = folder / "ansible.log"
    shown = [done.stdout, done.stderr, log.read_text() if log.exists() else ""]
    shown += [file.read_text() for file in sorted((folder / "junit").rglob("*.xml"))]
    return "\n".join(shown)


def tasks_book(folder, tasks, hosts="localhost"):
    """Write a playbook of some tasks; return its path."""
    book = folder / "book.yml"
    play_of_tasks = [{"hosts": hosts, "connection": "local", "gather_facts": False, "tasks": tasks}]
    book.write_text(json.dumps(play_of_tasks))
    return book


class Outcomes(t.NamedTuple):
    """What came of echo tasks: their results by their names, all that was printed or logged, and stderr alone."""

    results: dict[str, dict[str, t.Any]]
    shown: str
    stderr: str


def outcomes(folder, plays, *arguments, **environ):
    """Run echo tasks one after the other, whatever becomes of each.

    plays: by host, its tasks by the names under which they are registered.
    """
    book, kept, written = folder / "book.yml", folder / "outcomes", []
    kept.mkdir()
    for host, tasks in plays.items():
        steps = [
            {"example.toy.echo": {}, "register": name, "ignore_errors": True, "ignore_unreachable": True, **given}
            for name, given in tasks.items()
        ]
        content = "{{ {" + ", ".join(f"'{name}': {name}" for name in tasks) + "} | to_json }}"
        steps.append({"example.toy.keep": {"content": content, "path": str(kept / host)}})
        written.append({"hosts": host, "connection": "local", "gather_facts": False, "tasks": steps})
    book.write_text(json.dumps(written))
    done = completed(folder, book, *arguments, **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    results = {}
    for host in plays:
        results |= json.loads((kept / host).read_text())
    return Outcomes(results, shown_by(folder, done), done.stderr)
