# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role bootstrap tells a pipeline, and what it does with workers that nobody lists any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sites import Site, sandbox

Tenant = dict[str, Any]
ENVIRONMENT_ADMIN = [{"role": "Environment Admin"}]
Start = Callable[..., Site]

RESULT = """
- hosts: localhost
  gather_facts: false
  roles:
    - idops.pingone.bootstrap
  tasks:
    - ansible.builtin.copy:
        content: "{{ bootstrap_result | to_json }}"
        dest: "{{ playbook_dir }}/result.json"
        mode: "0600"
      check_mode: false
"""


def result_of(site: Site, *environments: Tenant, arguments: tuple[str, ...] = (), **more: Any) -> tuple[Tenant, str]:
    """Bootstrap environments; give what a pipeline then reads, and what was printed."""
    playbook = site.home / "result.yml"
    playbook.write_text(RESULT)
    output = site.play(str(playbook), *arguments, bootstrap_environments=environments, **more)
    return json.loads((site.home / "result.json").read_text()), output


@pytest.mark.long
def test_a_worker_that_was_dropped_is_told_and_one_that_was_renamed_is_the_same(start: Start) -> None:
    site = start()
    files = {"bootstrap_credentials_dir": str(site.home / "credentials")}
    old = {"name": "old", "roles": ENVIRONMENT_ADMIN}
    first, _output = result_of(site, sandbox("r07", old), **files)
    assert first["drift"]
    (made,) = first["workers"]
    assert [item["name"] for item in first["environments"]] == ["r07"]
    assert first["files"] == [f"{files['bootstrap_credentials_dir']}/r07.old.yaml"]
    assert first["proofs"] == [{"token": True, "call": True, "obstacle": None}]
    assert [item["role"]["name"] for item in first["roles"][0]] == ["Environment Admin"]
    secret = yaml.safe_load(Path(first["files"][0]).read_text())["client_secret"]
    assert secret not in json.dumps(first)
    again, output = result_of(site, sandbox("r07", old), arguments=("--check",), **files)
    assert not again["drift"]
    assert "not in bootstrap_environments" not in output

    written = len(site.writes())
    new = {"name": "new", "roles": ENVIRONMENT_ADMIN}
    dropped, output = result_of(site, sandbox("r07", new), arguments=("--check",), **files)
    assert [(item["name"], item["action"]) for item in dropped["unlisted"]] == [("old", "kept")]
    assert f"Worker r07 / old ({made['id']}): not in bootstrap_environments; left as it is" in output
    renamed, output = result_of(site, sandbox("r07", {**new, "previous_names": ["old"]}), **files)
    assert [(item["name"], item["id"]) for item in renamed["workers"]] == [("new", made["id"])]
    assert renamed["unlisted"] == []
    back, _output = result_of(site, sandbox("r07", {**old, "id": made["id"], "credentials_file": "kept"}), **files)
    assert [(item["name"], item["id"]) for item in back["workers"]] == [("old", made["id"])]
    assert [Path(path).name for path in back["files"]] == ["kept"]
    assert [it.split("/")[0] for it in site.writes()[written:]] == ["PUT ", "PUT "]
    by_key = {**old, "id": made["id"], "credentials": "key"}
    keyed, _output = result_of(site, sandbox("r07", by_key), arguments=("--check",), **files)
    assert [Path(path).name for path in keyed["files"]] == ["r07.old.yaml"]


@pytest.mark.long
def test_unlisted_workers_that_match_are_disabled_or_removed_after_all_else(start: Start) -> None:
    site = start()
    ci, *others = ({"name": name, "roles": ENVIRONMENT_ADMIN} for name in ("ci", "old-a", "other"))
    wanted = {"bootstrap_unlisted_workers": "disable", "bootstrap_unlisted_match": "old-.*"}
    site.bootstrap(sandbox("dev", ci, *others))
    disabled, output = result_of(site, sandbox("dev", ci), **wanted)
    assert [(item["name"], item["action"]) for item in disabled["unlisted"]] == [("old-a", "disabled")]
    assert "not in bootstrap_environments; disabled" in output
    wanted["bootstrap_unlisted_workers"] = "remove"
    dry, output = result_of(site, sandbox("dev", ci), arguments=("--check",), **wanted)
    assert "not in bootstrap_environments; would be removed" in output
    real, output = result_of(site, sandbox("dev", ci), **wanted)
    assert dry == real
    assert "not in bootstrap_environments; removed" in output
    listed = {item["name"] for environment in site.state()["environments"] for item in environment["applications"]}
    assert listed >= {"ci", "other"}
    assert "old-a" not in listed
