# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook with this Python's Ansible, in a home of its own and without anything of the caller's."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from pathlib import Path

from warm import fits, run_playbook

ROOT = Path(__file__).resolve().parents[3]
# Seconds.
_TIMEOUT = 300


def connection_of(ready: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Return the environment variables that lead to an emulator."""
    return {
        "PINGONE_API_URL": ready["api_url"],
        "PINGONE_AUTH_URL": ready["auth_url"],
        "PINGONE_CLIENT_ID": ready["client_id"],
        "PINGONE_CLIENT_SECRET": ready["client_secret"],
        "PINGONE_ENVIRONMENT_ID": ready["auth_environment_id"],
        "PINGONE_REGION_CODE": "NA",
    }


def ansible_playbook(
    playbook: Path | str, *arguments: str, home: Path, environ: t.Mapping[str, str], cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a playbook and return what it printed and its code.

    home: where it finds and leaves a user's files.
    environ: variables beyond the plain ones.
    cwd: where Ansible is started; at the top of the checkout, if left out.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PINGONE_", "ANSIBLE_"))}
    own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache")}
    return run_ansible([str(playbook), *arguments], environ={**plain, **own, **environ}, cwd=cwd)


def run_ansible(
    arguments: t.Sequence[str], *, environ: t.Mapping[str, str], cwd: Path = ROOT, command: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ansible-playbook with arguments, and return what it printed and its code.

    environ: all variables that it has.
    cwd: where it is started; at the top of the checkout, if left out.
    command: that of another Python, and so of another ansible-core.
    """
    if command is None and fits(environ, cwd):
        return run_playbook(arguments, environ=environ, cwd=cwd, timeout=_TIMEOUT)
    return subprocess.run(
        [str(command or Path(sys.executable).parent / "ansible-playbook"), *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
