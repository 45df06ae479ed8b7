# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command behind make quickstart, from a folder with a name that a shell would split, as a user's own tenant."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from emulated import requests_of
from plays import ROOT, connection_of
from sites import Site


def run(command: list[str], site: Site, **environ: str) -> str:
    """Run a command of a user whose home is the site's; give what it printed."""
    own = {"HOME": str(site.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    finished = subprocess.run(
        command, env={**own, **environ}, cwd="/", capture_output=True, text=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.mark.long
def test_a_users_own_tenant_keeps_its_credentials_until_the_printed_command_removes_them(
    tmp_path: Path, start: Callable[..., Site]
) -> None:
    checkout = tmp_path / "a checkout, it's mine"
    checkout.symlink_to(ROOT)
    site = start()
    connection = connection_of(site.ready)
    script = str(checkout / "scripts/quickstart.sh")
    output = run(["bash", script], site, TENANT="real", PROPAGATION="0", **connection)
    files = site.home / ".pingone" / "quickstart"
    assert sorted(path.name for path in files.iterdir()) == [
        "quickstart-authorize.quickstart-authorize-worker.yaml",
        "quickstart-dev.quickstart-ci.yaml",
    ]
    assert "The credentials of the workers are in ~/.pingone/quickstart." in output

    assert "To remove all of it: make quickstart-teardown" in output
    run(["make", "-C", str(checkout), "quickstart-teardown"], site, **connection)
    assert list(files.iterdir()) == []
    deleted = [request for request in requests_of(site.ready) if request["method"] == "DELETE"]
    assert len(deleted) == 2
