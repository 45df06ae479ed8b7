# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bootstrap in check mode: from an empty tenant it runs whole, writes nothing, and foretells the real run."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from test_playbooks import play

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration" / "support"))

from emulated import emulator, requests_of  # noqa: E402

PLAY = """
- name: Bootstrap, and keep what each task returned
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Bootstrap
      ansible.builtin.include_role:
        name: idops.pingone.bootstrap

    - name: Keep what each task returned
      ansible.builtin.copy:
        content: "{{ dict(names | zip(query('ansible.builtin.vars', *names))) | to_json }}"
        dest: "{{ kept }}"
        mode: "0600"
      vars:
        names: [bootstrap_caller, bootstrap_environment_results, bootstrap_worker_results, bootstrap_role_results,
                bootstrap_file_results, bootstrap_token_results, bootstrap_call_results, bootstrap_group_results]
      check_mode: false
      no_log: true
"""
WANTED = {
    "bootstrap_environments": [
        {
            "name": "dev",
            "type": "SANDBOX",
            "services": ["SSO", "MFA"],
            "workers": [{"name": "ci", "roles": [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]}],
        }
    ],
    "bootstrap_admin_groups": [{"group": "Platform Admins", "role": "Identity Data Admin"}],
}
# What a dry run cannot know: ids, times, secrets, tokens, and what is said about these.
UNKNOWN = re.compile(
    r"(?:^|[._])(?:id|environment_id|client_id|client_secret|access_token|token_type|expires_in|expires_at|claims"
    r"|created_at|updated_at|warnings)(?:[._]|$)"
)
# The call as the new worker asks for an environment that is only predicted: what the service alone knows is empty.
EMPTY = re.compile(r"\.bootstrap_call_results\..*\.(?:license_package|type|services)$")


def run(tmp_path: Path, *arguments: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run the role against a new emulator; give what its tasks returned, and the requests that arrived."""
    book, wanted, kept = tmp_path / "play.yml", tmp_path / "wanted.json", tmp_path / "kept.json"
    book.write_text(PLAY)
    wanted.write_text(
        json.dumps({**WANTED, "kept": str(kept), "bootstrap_credentials_dir": str(tmp_path / "published")})
    )
    with emulator("--seed", "7") as ready:
        connection = {
            "PINGONE_API_URL": ready["api_url"],
            "PINGONE_AUTH_URL": ready["auth_url"],
            "PINGONE_REGION_CODE": "NA",
            "PINGONE_ENVIRONMENT_ID": ready["auth_environment_id"],
            "PINGONE_CLIENT_ID": ready["client_id"],
            "PINGONE_CLIENT_SECRET": ready["client_secret"],
        }
        finished = play(str(book), "-e", f"@{wanted}", *arguments, home=tmp_path, **connection)
        arrived = list(requests_of(ready))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    # Each run has an emulator and a folder of its own.
    text = kept.read_text().replace(ready["auth_url"], "AUTH").replace(str(tmp_path), "FOLDER")
    return json.loads(text), arrived


def differences(real: Any, dry: Any, where: str) -> list[str]:
    """Give the places where a dry run returned something else than the real one, but for what it cannot know."""
    if UNKNOWN.search(where) or (EMPTY.search(where) and dry is None):
        return []
    if isinstance(real, dict) and isinstance(dry, dict):
        own = [f"{where}: {name} is there only once" for name in sorted((set(real) ^ set(dry)) - {"warnings"})]
        return own + [
            it for name in set(real) & set(dry) for it in differences(real[name], dry[name], f"{where}.{name}")
        ]
    if isinstance(real, list) and isinstance(dry, list) and len(real) == len(dry):
        return [
            it
            for number, pair in enumerate(zip(real, dry, strict=True))
            for it in differences(*pair, f"{where}.{number}")
        ]
    return [] if real == dry else [f"{where}: {real!r}, but {dry!r} in the dry run"]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("real", "dry"):
        (tmp_path / name).mkdir(mode=0o700)
    return tmp_path / "real", tmp_path / "dry"


def test_a_dry_run_writes_nothing_and_foretells_the_real_one(folders: tuple[Path, Path]) -> None:
    real, made = run(folders[0], "--diff")
    dry, asked = run(folders[1], "--check", "--diff")
    assert [it["path"] for it in asked if it["method"] != "GET" and not it["path"].endswith("/as/token")] == []
    assert any(it["method"] == "POST" and it["path"].endswith("/applications") for it in made)
    assert os.path.exists(folders[0] / "published" / "dev.ci.yaml")
    assert not os.path.exists(folders[1] / "published")
    found = differences(real, dry, "")
    assert found == [], "\n".join(found)
