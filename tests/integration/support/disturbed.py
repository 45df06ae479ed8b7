# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that are disturbed at one of their requests, and whether the next run puts everything right.

A cell of the matrix is one task of a walk, one of the task's requests, and what happens there: a fault of the service,
or the end of the process. What is looked at is the tenant, not how the client got there. When it is as it should be,
the next task of the walk goes on from there with a cell of its own, so that one round takes a cell of each task.
"""

from __future__ import annotations

import re
import tempfile
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from emulated import Ready, admin, clear_faults, requests_of, reset, state_of
from forked import Forked, Result, comes, connection_options, module_of
from standing import differences, standing
from walks import WALKS, Step

# In milliseconds: how long a request is held whose caller is killed meanwhile.
_HELD = 200
_ID: t.Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Disturbance:
    """What happens at a request.

    faults: for the emulator, each on the same request.
    kills: whether the task's process is killed when the request has arrived.
    options: more options of the task.
    on_reads: whether it differs for a request that changes nothing.
    lasts: whether it happens to all later requests of the task too.
    """

    faults: tuple[dict[str, t.Any], ...]
    kills: bool = False
    options: dict[str, t.Any] = field(default_factory=dict)
    on_reads: bool = True
    lasts: bool = False


DISTURBANCES: t.Final = {
    "dropped before": Disturbance(({"kind": "drop"},)),
    "dropped after": Disturbance(({"kind": "drop", "when": "after"},), on_reads=False),
    "503 before": Disturbance(({"kind": "status", "status": 503},)),
    "504 after": Disturbance(({"kind": "status", "status": 504, "when": "after"},), on_reads=False),
    "429": Disturbance(({"kind": "status", "status": 429, "retry_after": 0},)),
    "token expired": Disturbance(({"kind": "expired_token"},)),
    "503 from then on": Disturbance(({"kind": "status", "status": 503},), options={"retry_budget": 1}, lasts=True),
    "504 after, from then on": Disturbance(
        ({"kind": "status", "status": 504, "when": "after"},), options={"retry_budget": 1}, lasts=True
    ),
    "killed before": Disturbance(
        ({"kind": "latency", "milliseconds": _HELD}, {"kind": "status", "status": 503}), kills=True
    ),
    "killed after": Disturbance(({"kind": "latency", "milliseconds": _HELD},), kills=True, on_reads=False),
}


@dataclass(frozen=True)
class Cell:
    """A task of a walk, one of its requests, and what happens there.

    walk, step: the walk by its name, the task by its number.
    request: how many requests of the task come before it.
    where: its method and path, without ids.
    skip: how many requests of the task that look the same come before it.
    disturbance: what happens, by its name.
    """

    walk: str
    step: int
    request: int
    where: str
    skip: int
    disturbance: str

    def __str__(self) -> str:
        module = WALKS[self.walk].steps[self.step].module
        where = f"{module} (step {self.step}), {self.where} (request {self.request})"
        return f"{self.walk}: {where}, {self.disturbance}"

    @property
    def faults(self) -> list[dict[str, t.Any]]:
        """What the emulator has to do."""
        method, path = self.where.split(" ", 1)
        # One is met wherever it comes: reads may be side by side, or more than before.
        one = {"method": method, "path": f"{path.replace('*', _ID)}$", "skip": self.skip, "count": 1}
        what = DISTURBANCES[self.disturbance]
        return [{**({"skip": self.request, "count": None} if what.lasts else one), **fault} for fault in what.faults]

    def has_come(self, arrived: t.Sequence[str]) -> bool:
        """Tell whether what is disturbed has arrived. arrived: where the requests of the task went so far."""
        if DISTURBANCES[self.disturbance].lasts:
            return len(arrived) > self.request
        return arrived.count(self.where) > self.skip


class Place:
    """An emulator on which a walk is walked, and a folder for what tasks keep.

    walk: the name of the walk.
    ready: an emulator that was started as the walk wants it.
    """

    def __init__(self, walk: str, ready: Ready, folder: Path) -> None:
        self.walk = walk
        self._steps = WALKS[walk].steps
        self._ready = ready
        self._folder = folder
        self._connection = connection_options(ready)
        for step in self._steps:
            # Here, so that the processes of the tasks need not do it, each of them anew.
            module_of(step.module)

    def begin(self, step: int = 0) -> None:
        """Set the emulator back, forget what tasks kept, and walk up to a step."""
        clear_faults(self._ready)
        reset(self._ready)
        self._kept = tempfile.mkdtemp(dir=self._folder)
        for earlier in self._steps[:step]:
            self._undisturbed(earlier)

    def cells(self) -> list[Cell]:
        """Return every cell of the matrix, by the requests of a walk without disturbance."""
        first = WALKS[self.walk].first
        self.begin(first)
        cells = []
        for number, step in enumerate(self._steps[first:], first):
            seen = len(requests_of(self._ready))
            assert self._undisturbed(step).get("changed"), step
            arrived = requests_of(self._ready)[seen:]
            places = [_where(one) for one in arrived]
            for request, where in enumerate(places):
                cells += [
                    Cell(self.walk, number, request, where, places[:request].count(where), name)
                    for name, what in DISTURBANCES.items()
                    if what.on_reads or not where.startswith(("GET", "POST as/token"))
                ]
        return cells

    def problems(self, cells: t.Iterable[Cell]) -> dict[Cell, list[str]]:
        """Run cells of the walk, one of each step a round, and say what is wrong, by the cell."""
        left: list[list[Cell]] = [[] for _step in self._steps]
        for cell in cells:
            left[cell.step].append(cell)
        expected, found = self._expected(), {}
        while any(left):
            self.begin()
            for number, step in enumerate(self._steps):
                if not any(left[number:]):
                    break
                if not left[number]:
                    self._undisturbed(step)
                    continue
                cell = left[number].pop()
                found[cell] = self._problems(cell, expected[number])
                if found[cell]:
                    # The tenant may not be as the next step needs it.
                    break
        return {cell: problems for cell, problems in found.items() if problems}

    def _problems(self, cell: Cell, expected: list[str]) -> list[str]:
        """Run a cell, and say what is not as it should be afterwards.

        expected: the tenant after an undisturbed walk up to and with this step.
        """
        step = self._steps[cell.step]
        while (first := self._disturbed(step, cell)) is None:
            self.begin(cell.step)
        clear_faults(self._ready)
        again = self._run(step)
        found = []
        if first.get("error", {}).get("kind") == "defect":
            found.append(f"it was called a defect: {first['msg']}")
        if again.get("failed"):
            found.append(f"the next run failed: {again['msg']}")
        elif first and not first.get("failed") and again["changed"]:
            found.append("it said that all was done, but the next run changed something")
        elif self._run(step)["changed"]:
            found.append("a third run changed something")
        return found + differences(self._standing(), expected)

    def _expected(self) -> list[list[str]]:
        """Return the tenant after each step of a walk without disturbance."""
        self.begin()
        found = []
        for step in self._steps:
            self._undisturbed(step)
            found.append(self._standing())
        return found

    def _standing(self) -> list[str]:
        return standing(state_of(self._ready))

    def _undisturbed(self, step: Step) -> Result:
        result = self._run(step)
        assert not result.get("failed"), result
        # What comes with an environment may be made only when somebody looks, from what the environment is then.
        self._standing()
        return result

    def _run(self, step: Step, **options: t.Any) -> Result:
        """Run a task in a process of its own, as the door in the controller's process does, and return its result."""
        return self._start(step, options).result()

    def _disturbed(self, step: Step, cell: Cell) -> Result | None:
        """Run a task with a disturbance; return its result, which is empty when it was killed.

        None when it was killed so early that the emulator did not get the whole request.
        """
        disturbance = DISTURBANCES[cell.disturbance]
        admin(self._ready, "POST", "/faults", {"faults": cell.faults})
        seen = len(requests_of(self._ready))

        def has_come() -> bool:
            return cell.has_come([_where(one) for one in requests_of(self._ready)[seen:]])

        if not disturbance.kills:
            result = self._run(step, **disturbance.options)
            assert has_come(), cell
            return result
        task = self._start(step, {})
        assert comes(has_come), cell
        task.kill()
        # What arrived whole is carried out even though nobody waits for the answer.
        return {} if comes(lambda: all(one["status"] for one in requests_of(self._ready))) else None

    def _start(self, step: Step, options: dict[str, t.Any]) -> Forked:
        given = {**self._connection, **step.options, **options}
        if "successor" in given:
            given["successor"] = {**given["successor"], "auth_environment_id": given["auth_environment_id"]}
        return Forked(step.module, given, self._kept, waits=step.waits)


def _where(arrived: t.Mapping[str, t.Any]) -> str:
    """Return what a request was about, with C(*) in the place of ids."""
    path = re.sub(_ID, "*", arrived["path"].partition("?")[0])
    return f"{arrived['method']} {'/'.join(path.split('/')[-2:])}"
