# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rotations that are disturbed, and two of one secret at once, from one controller and from two."""

from __future__ import annotations

import concurrent.futures
import json
import typing as t
from pathlib import Path

import pytest
import yaml
from forked import comes
from plays import ansible_playbook, connection_of
from rotation_faults import disturbed
from rotations import CI, FIRST, Rotations, rotations
from sites import Site, sandbox

# In milliseconds: how long the first rotation is held while the second one begins.
HELD = 1000
PLAY = f"""
- hosts: localhost
  gather_facts: false
  tasks:
    - idops.pingone.pingone_worker_app_secret:
        environment: dev
        application: {CI}
        state: rotated
        max_age: 30d
        published_secret: {FIRST}
        return_secret: true
      register: rotated
    - ansible.builtin.copy:
        content: "{{{{ rotated | to_json }}}}"
        dest: "{{{{ result }}}}"
        mode: "0600"
"""


@pytest.fixture
def place(tmp_path: Path) -> t.Iterator[Rotations]:
    with rotations(tmp_path) as started:
        started.begin()
        yield started


def test_a_disturbed_rotation_leaves_no_client_behind() -> None:
    found = disturbed(2)
    assert {scenario: len(runs) for scenario, runs in found.items()} == dict.fromkeys(found, 2)
    assert len(found) == 3
    assert [problem for runs in found.values() for problems in runs for problem in problems] == []


def test_from_one_controller_a_secret_is_rotated_once(place: Rotations) -> None:
    place.script({"kind": "latency", "milliseconds": HELD, "method": "POST", "path": "secret$"})
    first = place.start()
    assert comes(lambda: place.writes() == 1)
    before = place.reads()
    second = place.start()
    assert comes(lambda: place.reads() == before + 1)
    results = first.result(), second.result()

    assert place.writes() == 1
    assert [result["rotated"] for result in results] == [True, False]
    assert not results[1]["changed"]
    assert (results[1]["reason"], results[1]["publish_required"]) == ("rotated_meanwhile", True)
    assert results[0]["client_secret"] == results[1]["client_secret"] == place.secret()["secret"]
    assert place.secret()["previous"]["secret"] == FIRST


def test_two_plays_on_one_controller_rotate_a_secret_once(place: Rotations, tmp_path: Path) -> None:
    playbook = tmp_path / "rotate.yml"
    playbook.write_text(PLAY)
    # So that they overlap, whichever comes first, and however late the other one is.
    place.script({"kind": "latency", "milliseconds": 2 * HELD, "method": "POST", "path": "secret$"})
    paths = [tmp_path / "one.json", tmp_path / "two.json"]

    def play(path: Path) -> t.Any:
        run = ansible_playbook(playbook, "-e", f"result={path}", home=tmp_path, environ=connection_of(place.ready))
        assert run.returncode == 0, run.stdout + run.stderr
        return json.loads(path.read_text())

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(play, paths))

    assert place.writes() == 1
    assert sorted(result["changed"] for result in results) == [False, True]
    assert {result["client_secret"] for result in results} == {place.secret()["secret"]}
    assert all(result["publish_required"] for result in results)


def test_from_two_controllers_both_new_secrets_work_and_the_loser_says_so(place: Rotations) -> None:
    place.script({"kind": "latency", "milliseconds": HELD, "method": "POST", "path": "secret$"})
    slow = place.start()
    assert comes(lambda: place.writes() == 1)
    fast = place.start(place.new_controller()).result()
    lost = slow.result()

    assert place.writes() == 2
    assert [result["rotated"] for result in (fast, lost)] == [True, True]
    assert [result["previous_lost"] for result in (fast, lost)] == [False, True]
    assert fast["client_secret"] != lost["client_secret"]
    assert place.signs_in(fast["client_secret"])
    assert place.signs_in(lost["client_secret"])
    assert not place.signs_in(FIRST)
    assert place.secret()["previous"]["secret"] == fast["client_secret"]


@pytest.mark.long
def test_a_bootstrap_rotates_the_secret_whose_file_is_lost_once(start: t.Callable[..., Site]) -> None:
    site = start()
    files = site.home / "credentials"
    lost = {"bootstrap_credentials_dir": str(files), "bootstrap_credentials_missing": "rotate"}
    dev = sandbox(
        "dev",
        {"name": "ci", "roles": [{"role": "Environment Admin"}]},
        {"name": "policies", "roles": [{"role": "Authorize Gateway Policy Evaluator"}]},
    )

    def published() -> str:
        return str(yaml.safe_load((files / "dev.ci.yaml").read_text())["client_secret"])

    def rotations_so_far() -> int:
        return sum(write.startswith("POST") and write.endswith("/secret") for write in site.writes())

    site.bootstrap(dev, **lost)
    assert rotations_so_far() == 0
    first = published()
    for path in files.iterdir():
        path.unlink()

    # What the roles of a worker hide cannot be rotated either; what can be published is, before that is said.
    hidden = " ".join(site.bootstrap(dev, rc=2, **lost).split())
    assert "dev.policies.yaml is missing, so the secret of worker dev / policies is needed." in hidden
    assert rotations_so_far() == 1
    second = published()
    assert second != first

    (files / "dev.ci.yaml").unlink()
    report = site.bootstrap(sandbox("dev", dev["workers"][0]), **lost)
    assert rotations_so_far() == 1
    assert published() == second
    assert "credentials proven by a token and a call" in report
    assert second not in report
