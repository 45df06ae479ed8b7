# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of one dry run predicted, so that later tasks of the same run find it as if it were there.

It is kept in a file of the run, a line a prediction, which is read and written in check mode alone. A line holds no
secret. This module is private to the collection.
"""

from __future__ import annotations

import json
import threading
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.run_file import Run, RunFile

# The variable by which the action plugin hands the file to a module that runs on the controller.
VARIABLE: t.Final = "IDOPS_PINGONE_DRY_RUN"


@dataclass(frozen=True)
class Prediction:
    """What a task would have made of one object.

    tenant: where the object is: two tenants may have environments of one name.
    collection: the path of the collection that it is in, which names its environment.
    id: its id; a predicted one for an object that would have been created.
    object: it as it would be afterwards, as the service sends it; None when it would be gone.
    same: of an object that would have been created, its name and what else tells whether a real one is that object.
    updated_at: of an object that exists, the C(updatedAt) of the version that the prediction is about.
    """

    tenant: str
    collection: str
    id: str
    object: Wire | None
    same: Wire | None = None
    updated_at: str | None = None


class _Objects:
    """The objects of one collection, to which predictions are applied in their order.

    A run may predict thousands of them, so what a prediction asks is answered without a look at each.
    """

    def __init__(self, listed: t.Iterable[Wire]) -> None:
        self.by_id: dict[str, Wire] = {}
        self._ids_by_name: dict[t.Any, set[str]] = {}
        for item in listed:
            self._put(item)

    def apply(self, predicted: Prediction) -> None:
        """Apply a prediction, unless a real change overtook it."""
        if self._is_overtaken(predicted):
            return
        if predicted.object is None:
            del self.by_id[predicted.id]
        else:
            self._put(predicted.object)

    def _put(self, item: Wire) -> None:
        self.by_id[item["id"]] = item
        if not is_predicted(item["id"]):
            self._ids_by_name.setdefault(item.get("name"), set()).add(item["id"])

    def _is_overtaken(self, predicted: Prediction) -> bool:
        same = predicted.same
        if same is None:
            found = self.by_id.get(predicted.id)
            return found is None or found.get("updatedAt") != predicted.updated_at
        # A real task may have created it since, in a play in which only some tasks are dry. What had the name once may
        # have another now.
        named = self._ids_by_name.get(same.get("name"), ())
        return any(_has(self.by_id[id], same) for id in named if id in self.by_id)


def _has(item: Wire, members: t.Mapping[str, t.Any]) -> bool:
    return all(item.get(member) == value for member, value in members.items())


def prediction(
    tenant: str, collection: str, before: Wire | None, after: Wire | None, identity: t.Sequence[str]
) -> Prediction | None:
    """Return what is to be remembered of one object; None when nothing would change.

    before, after: the object as it was read and as it would be, or None. They hold no secret.
    identity: the members that tell whether a real object is the one that would have been created.
    """
    if before == after:
        return None
    if before is None:
        created = after or {}
        same = {member: created.get(member) for member in identity}
        return Prediction(tenant, collection, created["id"], created, same=same)
    return Prediction(tenant, collection, before["id"], after, updated_at=before.get("updatedAt"))


class Predictions:
    """All that the tasks of a run predicted so far; several threads may ask at once.

    path: the file; None where there is none, as for a module on another host. Then a task knows its own alone.
    """

    def __init__(self, path: str | None = None, clock: Clock | None = None) -> None:
        self.path = path
        self._file = RunFile(path, clock)
        self._is_complete = path is not None
        self._mutex = threading.Lock()
        self._known: dict[tuple[str, str], list[Prediction]] = {}

    @classmethod
    def of_run(cls, run: Run | None) -> Predictions:
        """Return those of a run, and remove the files of runs that are over. run: None when it is not known."""
        return cls(RunFile.of_run(run, "predictions").path)

    def is_complete(self) -> bool:
        """Tell whether these are all: what is not among them was not predicted."""
        with self._mutex:
            self._read()
            return self._is_complete

    def overlay(self, tenant: str, collection: str, listed: t.Sequence[Wire]) -> Wires:
        """Return the objects of a collection as they would be. listed: as they are."""
        with self._mutex:
            self._read()
        objects = _Objects(listed)
        for predicted in self._known.get((tenant, collection), ()):
            objects.apply(predicted)
        return list(objects.by_id.values())

    def concern_collection(self, tenant: str, collection: str) -> bool:
        """Tell whether anything was predicted of the objects of a collection."""
        with self._mutex:
            self._read()
        return (tenant, collection) in self._known

    def concern(self, id: str) -> bool:
        """Tell whether an object of an id would have been changed or removed; ids are the same in no two places."""
        with self._mutex:
            self._read()
        return any(predicted.id == id for known in self._known.values() for predicted in known)

    def record(self, predicted: Prediction) -> bool:
        """Remember a prediction; return whether later tasks will know it."""
        if self._file.append(asdict(predicted)):
            return True
        with self._mutex:
            self._remember(predicted)
        return False

    def record_unknown(self) -> None:
        """Remember that something was predicted which nobody here knows, so that these are not all."""
        self._file.append({"unknown": True})
        self._is_complete = False

    def _remember(self, predicted: Prediction) -> None:
        self._known.setdefault((predicted.tenant, predicted.collection), []).append(predicted)
        if predicted.object is None:
            # What was predicted within it is gone too: one that is made anew, with the id of before, is empty.
            within = f"{predicted.collection}/{predicted.id}/"
            for key in [key for key in self._known if key[0] == predicted.tenant and key[1].startswith(within)]:
                del self._known[key]

    def _read(self) -> None:
        """Take in what was appended since the last time."""
        with self._file.opened() as file:
            if file is None:
                self._is_complete = False
                return
            lines = file.added()
        for line in lines:
            try:
                self._remember(_parsed(line))
            except (ValueError, TypeError):
                self._is_complete = False


@dataclass(frozen=True)
class Overlay:
    """What a dry run predicted of one collection, to be put over what is listed.

    tenant: gives what C(Prediction.tenant) says; only asked once that is needed, because it takes an access token.
    """

    predictions: Predictions
    tenant: t.Callable[[], str]
    collection: str

    def over(self, listed: t.Sequence[Wire]) -> Wires:
        """Return objects of the collection as they would be."""
        return self.predictions.overlay(self.tenant(), self.collection, listed)

    def is_empty(self) -> bool:
        """Tell whether nothing was predicted of the collection so far."""
        return not self.predictions.concern_collection(self.tenant(), self.collection)


def _parsed(line: bytes) -> Prediction:
    """Return the prediction of a line. Raises ValueError or TypeError for what is none."""
    found = Prediction(**json.loads(line))
    is_whole = isinstance(found.id, str) and isinstance(found.object, (dict, type(None)))
    if not is_whole or not isinstance(found.same, (dict, type(None))):
        raise ValueError(f"no prediction: {line!r}")
    return found
