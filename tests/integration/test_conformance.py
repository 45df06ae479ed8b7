# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook conformance, run by its name from another folder, as a user's own tenant and without one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from emulated import requests_of
from sites import Site

PLAYBOOK = "idops.pingone.conformance"


@pytest.mark.long
def test_a_users_own_tenant_is_asked_and_leaves_a_transcript(tmp_path: Path, start: Callable[..., Site]) -> None:
    site = start("--api-date", "2026-04")
    folder = tmp_path / "a folder, it's mine"
    folder.mkdir()
    output = site.play(
        PLAYBOOK,
        environ={"TENANT": "real"},
        cwd=folder,
        emulator_python=os.path.relpath(sys.executable, folder),
        conformance_arguments=["--patience", "1", "--pause", "0"],
    )
    assert output.index("one SANDBOX environment") < output.index("exchanges, ")
    assert ", 0 differences" in output
    path = folder / "pingone-conformance.json"
    transcript = json.loads(path.read_text())
    assert (transcript["source"], transcript["region"]) == ("the service", "NA")
    assert site.ready["client_secret"] not in output
    deleted = [request["path"] for request in requests_of(site.ready) if request["method"] == "DELETE"]
    assert any(path.count("/") == 3 for path in deleted)

    # A difference fails the play.
    transcript["exchanges"][1]["response"]["body"]["license"]["package"] = "PREMIUM"
    path.write_text(json.dumps(transcript))
    options = ["--saved", str(path)]
    output = site.play(PLAYBOOK, rc=2, cwd=folder, emulator_python=sys.executable, conformance_arguments=options)
    assert "environment-create: license.package:" in output
    assert ", 1 differences" in output
    assert "There are differences." in output


@pytest.mark.long
def test_exactly_the_planted_differences_show(tmp_path: Path, start: Callable[..., Site]) -> None:
    output = start().play(PLAYBOOK, cwd=tmp_path, emulator_python=sys.executable, conformance_altered=True)
    assert "were planted, 0 were not, 0 of the planted are missing" in output


def test_a_conversation_that_cannot_be_held_fails_the_play(tmp_path: Path, start: Callable[..., Site]) -> None:
    wrong = {"TENANT": "real", "PINGONE_CLIENT_SECRET": "nonsense"}
    output = start().play(PLAYBOOK, rc=2, environ=wrong, cwd=tmp_path, emulator_python=sys.executable)
    assert "pingone_conformance: the token request was answered with 401" in output
    assert "TENANT is emulator or real" in start().play(PLAYBOOK, rc=2, environ={"TENANT": "mine"}, cwd=tmp_path)
