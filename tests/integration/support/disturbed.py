# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that are disturbed at one of their requests, and whether the next run puts everything right.

A cell of the matrix is one task of a walk, one of the task's requests, and what happens there: a fault of the service,
or the end of the process. What is looked at is the tenant, not how the client got there.
"""

from __future__ import annotations

import json
import tempfile
import typing as t
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from emulated import Ready, requests_of
from forked import Forked, Result, comes, connection_options
from walks import WALKS, Step

# In milliseconds: how long a request is held whose caller is killed meanwhile.
_HELD = 200


@dataclass(frozen=True)
class Disturbance:
    """What happens at a request.

    faults: for the emulator, each on the same request.
    kills: whether the task's process is killed when the request has arrived.
    options: more options of the task.
    on_reads: whether it differs for a request that changes nothing.
    """

    faults: tuple[dict[str, t.Any], ...]
    kills: bool = False
    options: dict[str, t.Any] = field(default_factory=dict)
    on_reads: bool = True


DISTURBANCES: t.Final = {
    "dropped before": Disturbance(({"kind": "drop"},)),
    "dropped after": Disturbance(({"kind": "drop", "when": "after"},), on_reads=False),
    "503 before": Disturbance(({"kind": "status", "status": 503},)),
    "504 after": Disturbance(({"kind": "status", "status": 504, "when": "after"},), on_reads=False),
    "429": Disturbance(({"kind": "status", "status": 429, "retry_after": 0},)),
    "token expired": Disturbance(({"kind": "expired_token"},)),
    "503 from then on": Disturbance(({"kind": "status", "status": 503, "count": None},), options={"retry_budget": 1}),
    "504 after, from then on": Disturbance(
        ({"kind": "status", "status": 504, "when": "after", "count": None},), options={"retry_budget": 1}
    ),
    "killed before": Disturbance(
        ({"kind": "latency", "milliseconds": _HELD}, {"kind": "status", "status": 503}), kills=True
    ),
    "killed after": Disturbance(({"kind": "latency", "milliseconds": _HELD},), kills=True, on_reads=False),
}


@dataclass(frozen=True)
class Cell:
    """A walk by its name, a step of it by its number, one of its requests by its number, a disturbance by its name."""

    walk: str
    step: int
    request: int
    disturbance: str
    where: str

    def __str__(self) -> str:
        module = WALKS[self.walk].steps[self.step].module
        where = f"{module} (step {self.step}), {self.where} (request {self.request})"
        return f"{self.walk}: {where}, {self.disturbance}"


class Place:
    """An emulator that is set back for every cell of a walk, and a folder for what tasks keep.

    walk: the name of the walk, whose emulator it is.
    """

    def __init__(self, walk: str, ready: Ready, folder: Path) -> None:
        self._walk = walk
        self._steps = WALKS[walk].steps
        self._ready = ready
        self._folder = folder
        self._connection = connection_options(ready)

    def begin(self, step: int) -> None:
        """Set the emulator back, forget what tasks kept, and walk up to a step."""
        self._admin("DELETE", "/faults")
        self._admin("POST", "/reset")
        self._kept = tempfile.mkdtemp(dir=self._folder)
        for earlier in self._steps[:step]:
            result = self.run(earlier)
            assert not result.get("failed"), result

    def cells(self) -> list[Cell]:
        """Return every cell of the matrix, by the requests of a walk without disturbance."""
        first = WALKS[self._walk].first
        self.begin(first)
        cells = []
        for number, step in enumerate(self._steps[first:], first):
            seen = len(requests_of(self._ready))
            result = self.run(step)
            assert result.get("changed"), result
            for request, one in enumerate(requests_of(self._ready)[seen:]):
                read = one["method"] == "GET" or one["path"].endswith("/as/token")
                where = f"{one['method']} {one['path'].partition('?')[0].rpartition('/')[2]}"
                cells += [
                    Cell(self._walk, number, request, name, where)
                    for name, what in DISTURBANCES.items()
                    if what.on_reads or not read
                ]
        return cells

    def problems(self, cell: Cell, expected: list[str]) -> list[str]:
        """Run a cell, and say what is not as it should be afterwards.

        expected: the tenant after an undisturbed walk up to and with this step.
        """
        step = self._steps[cell.step]
        while (first := self._disturbed(step, cell)) is None:
            pass
        self._admin("DELETE", "/faults")
        again = self.run(step)
        found = []
        if first.get("error", {}).get("kind") == "defect":
            found.append(f"it was called a defect: {first['msg']}")
        if again.get("failed"):
            found.append(f"the next run failed: {again['msg']}")
        elif first and not first.get("failed") and again["changed"]:
            found.append("it said that all was done, but the next run changed something")
        elif self.run(step)["changed"]:
            found.append("a third run changed something")
        if self.tenant() != expected:
            found.append(f"the tenant is {self.tenant()} in place of {expected}")
        return found

    def expected(self) -> list[list[str]]:
        """Return the tenant after each step of a walk without disturbance."""
        self.begin(0)
        found = []
        for step in self._steps:
            self.run(step)
            found.append(self.tenant())
        return found

    def tenant(self) -> list[str]:
        """Return what there is, by names; what is there twice is in it twice."""
        state = self._admin("GET", "/state")
        environments = state["environments"]
        found, names = [], {}
        for one in environments:
            services = sorted(product["type"] for product in one["billOfMaterials"]["products"])
            found.append(f"environment {one['name']} {one.get('description')} {services}")
            names[one["id"]] = one["name"]
            for app in one["applications"]:
                names[app["id"]] = f"{one['name']}/{app['name']}"
                found.append(f"application {names[app['id']]} {app.get('description')} {app['enabled']}")
        for held in state["roleAssignments"]:
            actor, scope = (names.get(key, key) for key in (held["actorId"], held["scope"]["id"]))
            found.append(f"assignment {actor} {held['role']['id']} {scope}")
        return sorted(found)

    def run(self, step: Step, **options: t.Any) -> Result:
        """Run a task in a process of its own, as the door in the controller's process does, and return its result."""
        return self._start(step, options).result()

    def _disturbed(self, step: Step, cell: Cell) -> Result | None:
        """Run a task with a disturbance; return its result, which is empty when it was killed.

        None when it was killed so early that the emulator did not get the whole request.
        """
        self.begin(cell.step)
        disturbance = DISTURBANCES[cell.disturbance]
        faults = [{"count": 1, "skip": cell.request, **fault} for fault in disturbance.faults]
        self._admin("POST", "/faults", {"faults": faults})
        if not disturbance.kills:
            return self.run(step, **disturbance.options)
        seen = len(requests_of(self._ready))
        task = self._start(step, {})
        assert comes(lambda: len(requests_of(self._ready)) > seen + cell.request)
        task.kill()
        # What arrived whole is carried out even though nobody waits for the answer.
        return {} if comes(lambda: all(one["status"] for one in requests_of(self._ready))) else None

    def _start(self, step: Step, options: dict[str, t.Any]) -> Forked:
        given = {**self._connection, **step.options, **options}
        if "successor" in given:
            given["successor"] = {**given["successor"], "auth_environment_id": given["auth_environment_id"]}
        return Forked(step.module, given, self._kept)

    def _admin(self, method: str, path: str, body: t.Any = None) -> t.Any:
        """Ask the emulator for something that the service does not have."""
        request = urllib.request.Request(self._ready["emulator_url"] + path, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, json.dumps(body).encode() if body else None, timeout=10) as answer:
            return json.load(answer)
