# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same task from two controllers at once: each has read what there is before either writes."""

from __future__ import annotations

import json
import tempfile
import typing as t
import urllib.request
from pathlib import Path

import pytest
from emulated import Ready, emulator, requests_of
from forked import Forked, Result, comes, connection_options
from standing import standing
from walks import WALKS, Step

# In milliseconds: how long the requests to write are held, so that both have come before either is carried out.
HELD = 2000


class Controllers:
    """Two controllers, of which neither knows what the other one does, and an emulator."""

    def __init__(self, ready: Ready, folder: Path) -> None:
        self._ready = ready
        self._folders = [tempfile.mkdtemp(dir=folder) for _controller in range(2)]

    def run(self, step: Step) -> Result:
        """Run a task on one of them."""
        return self._begin(step, self._folders[0]).result()

    def run_at_once(self, step: Step, method: str) -> list[Result]:
        """Run a task on both of them, whose requests of a method are held until both have come."""
        held = {"kind": "latency", "milliseconds": HELD, "method": method, "path": "^/v1/", "count": 2}
        self._inside("/faults", {"faults": [held]})
        seen = len(requests_of(self._ready))

        def have_come() -> bool:
            arrived = [one for one in requests_of(self._ready)[seen:] if one["path"].startswith("/v1/")]
            return sum(one["method"] == method and not one["status"] for one in arrived) == len(tasks)

        tasks = [self._begin(step, folder) for folder in self._folders]
        assert comes(have_come)
        return [task.result() for task in tasks]

    def standing(self) -> list[str]:
        """Return what there is."""
        return standing(self._inside("/state"))

    def _begin(self, step: Step, folder: str) -> Forked:
        return Forked(step.module, {**connection_options(self._ready), **step.options}, folder)

    def _inside(self, path: str, body: t.Any = None) -> t.Any:
        request = urllib.request.Request(self._ready["emulator_url"] + path)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, json.dumps(body).encode() if body else None, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture
def controllers(tmp_path: Path) -> t.Iterator[Controllers]:
    with emulator("--seed", "7") as ready:
        yield Controllers(ready, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(
    "walk", ["populations", "groups", "custom roles", "scopes of a worker", "attributes of a worker"]
)
def test_what_two_controllers_create_and_remove_at_once_is_there_once_and_gone(
    controllers: Controllers, walk: str
) -> None:
    steps, first = WALKS[walk].steps, WALKS[walk].first
    create = steps[first]
    remove = Step(create.module, {**create.options, "state": "absent"})
    for step in steps[:first]:
        controllers.run(step)
    before = controllers.standing()
    created = controllers.run_at_once(create, "POST")
    assert [result.get("msg") for result in created if result.get("failed")] == []
    assert any(result["changed"] for result in created)
    there = controllers.standing()
    assert there != before
    assert not controllers.run(create)["changed"]
    assert controllers.standing() == there
    removed = controllers.run_at_once(remove, "DELETE")
    assert [result.get("msg") for result in removed if result.get("failed")] == []
    assert controllers.standing() == before
