# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run of the whole bootstrap from an empty tenant tells what the real run then does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from comparison import difference
from emulated import emulator, requests_of
from plays import ansible_playbook, connection_of

HERE = Path(__file__).resolve().parent


UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# What a dry run cannot know, each with its reason.
UNKNOWN = {
    "created_at": "the service sets it when it creates",
    "updated_at": "the service sets it when it writes",
    "client_secret": "the service makes it",
    "client_secrets": "the service makes them",
    "access_token": "a predicted worker gets none",
    "token_type": "it belongs to the token",
    "expires_in": "it belongs to the token",
    "expires_at": "it belongs to the token",
    "claims": "it belongs to the token",
    "from_cache": "the second run finds the token of the first",
    "warnings": "a dry run warns of what it predicts",
    "discovered_interpreter_python": "it is a fact of this machine",
}
# The tasks whose results may differ otherwise, each with its reason.
OTHERWISE = {
    "Report what was made": "it says what would be changed instead of what was",
}

PLAY: list[dict[str, Any]] = [
    {
        "name": "Bootstrap",
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            "bootstrap_environments": [
                {
                    "name": "dry-dev",
                    "type": "SANDBOX",
                    "services": ["SSO", "MFA"],
                    "workers": [
                        {
                            "name": "ci",
                            "description": "Deploys",
                            "roles": [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}],
                        }
                    ],
                },
                {
                    "name": "dry-authorize",
                    "type": "SANDBOX",
                    "services": ["Authorize"],
                    "workers": [
                        {
                            "name": "authorize",
                            "token_endpoint_auth_method": "CLIENT_SECRET_POST",
                            "roles": [{"role": "Environment Admin"}],
                        }
                    ],
                },
            ],
            "bootstrap_admin_groups": [
                {
                    "group": "Platform Admins",
                    "group_environment": "Administrators",
                    "role": "Environment Admin",
                }
            ],
            "bootstrap_credentials_dir": "{{ playbook_dir }}/credentials",
            "bootstrap_credentials_vault": "never",
        },
        "roles": ["idops.pingone.bootstrap"],
    }
]


def run(folder: Path, ready: dict[str, Any], *arguments: str) -> list[dict[str, Any]]:
    """Run the bootstrap and return what each task returned."""
    play = folder / "play.yml"
    play.write_text(json.dumps(PLAY))
    recorded = folder / f"recorded{len(arguments)}.jsonl"
    recorder = {
        "ANSIBLE_CALLBACKS_ENABLED": "recorder",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "support" / "callback_plugins"),
        "RECORDER_FILE": str(recorded),
    }
    inventory = ("-i", "localhost,", "-c", "local")
    finished = ansible_playbook(play, *inventory, *arguments, home=folder, environ={**connection_of(ready), **recorder})
    assert finished.returncode == 0, finished.stdout[-5000:] + finished.stderr[-2000:]
    return [json.loads(line) for line in recorded.read_text().splitlines()]


def comparable(value: Any) -> Any:
    """Return a value with a placeholder for what a dry run cannot know, and for what is derived from it."""
    if isinstance(value, dict):
        return {
            UUID.sub("<id>", name): "<unknown>" if name in UNKNOWN else comparable(item) for name, item in value.items()
        }
    if isinstance(value, list):
        # Ids decide the order of what is otherwise alike.
        return sorted((comparable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str):
        return TIME.sub("<time>", UUID.sub("<id>", value))
    return value


def without_warnings(result: dict[str, Any]) -> dict[str, Any]:
    """Drop the one key that only a dry run has."""
    cleaned = {key: value for key, value in result.items() if key != "warnings"}
    if isinstance(cleaned.get("results"), list):
        cleaned["results"] = [without_warnings(item) for item in cleaned["results"]]
    return cleaned


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A dry run from an empty tenant, what arrived meanwhile, and the real run after it."""
    folder = tmp_path_factory.mktemp("bootstrap")
    with emulator("--seed", "7") as ready:
        dry = run(folder, ready, "--check", "--diff")
        arrived = requests_of(ready)
        real = run(folder, ready, "--diff")
    return {"dry": dry, "real": real, "arrived": arrived}


def test_a_dry_run_sends_nothing_but_reads_and_token_requests(runs: dict[str, Any]) -> None:
    writes = [
        request
        for request in runs["arrived"]
        if request["method"] != "GET" and not request["path"].endswith("/as/token")
    ]
    assert runs["arrived"]
    assert writes == []


def test_a_dry_run_goes_through_the_same_tasks(runs: dict[str, Any]) -> None:
    assert [line["task"] for line in runs["dry"]] == [line["task"] for line in runs["real"]]


def test_every_result_of_a_dry_run_is_the_real_one_as_far_as_it_can_know(runs: dict[str, Any]) -> None:
    different = []
    for dry, real in zip(runs["dry"], runs["real"], strict=True):
        ours, theirs = without_warnings(dry["result"]), without_warnings(real["result"])
        if dry["task"].rpartition(" : ")[2] in OTHERWISE:
            ours, theirs = shape(ours), shape(theirs)
        if comparable(ours) != comparable(theirs):
            different.append(f"{dry['task']}: {difference(comparable(ours), comparable(theirs))}")
    assert not different, "\n".join(different)
    print(f"{len(runs['dry'])} results of a dry run compared with the real run's")


def shape(value: Any) -> Any:
    """Return a value's keys alone, however deep; but not those of a diff, which leaves out what is not set."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items() if name != "diff"}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [shape(item) for item in value]
    return None
