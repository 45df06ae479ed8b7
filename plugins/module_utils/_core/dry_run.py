# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of one dry run predicted, so that later tasks of the same run find it as if it were there.

Each task runs in a process of its own, so it is kept in a file that belongs to the run and to this user alone: one line
of JSON a prediction, appended under a lock. It is read and written in check mode alone. A line holds no secret.
This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import stat
import threading
import time
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import try_flock
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import (
    is_ours,
    is_private,
    private_folder,
)

# The variable by which the action plugin hands the file to a module that runs on the controller.
VARIABLE: t.Final = "IDOPS_PINGONE_DRY_RUN"

_LOCK_WAIT: t.Final = 5.0
# In seconds; nothing is known of the processes of another place.
_OLDEST: t.Final = 86400.0
_NAME: t.Final = re.compile(r"(?P<place>[0-9a-f]{16})-(?P<pid>[0-9]+)-(?P<started>[0-9]+)\.predictions")


@dataclass(frozen=True)
class Run:
    """One run of Ansible: the process that all of its tasks come from.

    pid: of the process.
    started: when it was started, in a unit of the system's own; it tells two processes of one number apart.
    """

    pid: int
    started: str

    def file_name(self) -> str:
        """Return the name of its file; it tells where the process runs because others may share the folder."""
        return f"{_place()}-{self.pid}-{self.started}.predictions"

    def is_over(self) -> bool:
        """Tell whether its process has ended."""
        try:
            os.kill(self.pid, 0)
        except (OSError, OverflowError):
            # There is none of this number, or it is somebody else's now.
            return True
        return started_at(self.pid) not in (None, self.started)


def started_at(pid: int) -> str | None:
    """Return when a process was started, in clock ticks since the system's start; None where that is not told.

    Source: proc(5), C(/proc/pid/stat), field 22. The second field may hold blanks and brackets.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


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
        self._clock = clock or Clock()
        self._is_complete = path is not None
        self._offset = 0
        self._mutex = threading.Lock()
        self._known: dict[tuple[str, str], list[Prediction]] = {}

    @classmethod
    def of_run(cls, run: Run | None) -> Predictions:
        """Return those of a run, and remove the files of runs that are over. run: None when it is not known."""
        folder = private_folder() if run else None
        if run is None or folder is None:
            return cls()
        path = os.path.join(folder, run.file_name())
        if not os.path.exists(path):
            _remove_ended(folder)
        return cls(path)

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
        if self._append(asdict(predicted)):
            return True
        with self._mutex:
            self._remember(predicted)
        return False

    def record_unknown(self) -> None:
        """Remember that something was predicted which nobody here knows, so that these are not all."""
        self._append({"unknown": True})
        self._is_complete = False

    def _remember(self, predicted: Prediction) -> None:
        self._known.setdefault((predicted.tenant, predicted.collection), []).append(predicted)
        if predicted.object is None:
            # What was predicted within it is gone too: one that is made anew, with the id of before, is empty.
            within = f"{predicted.collection}/{predicted.id}/"
            for key in [key for key in self._known if key[0] == predicted.tenant and key[1].startswith(within)]:
                del self._known[key]

    def _append(self, members: t.Mapping[str, t.Any]) -> bool:
        # The line's end comes first: a task that was killed may have left half a line.
        line = b"\n" + json.dumps(members).encode()
        with self._opened() as descriptor, contextlib.suppress(OSError):
            return descriptor is not None and os.write(descriptor, line) == len(line)
        return False

    def _read(self) -> None:
        """Take in what was appended since the last time."""
        with self._opened() as descriptor:
            if descriptor is None:
                self._is_complete = False
                return
            with os.fdopen(os.dup(descriptor), "rb") as file:
                file.seek(self._offset)
                lines = file.read()
        self._offset += len(lines)
        for line in filter(None, lines.split(b"\n")):
            try:
                self._remember(_parsed(line))
            except (ValueError, TypeError):
                self._is_complete = False

    @contextlib.contextmanager
    def _opened(self) -> t.Iterator[int | None]:
        """Open the file, made when it is missing, and lock it. None where that cannot be, or it is not ours alone."""
        descriptor = self._open()
        if descriptor is None:
            yield None
            return
        try:
            is_safe = stat.S_ISREG(os.fstat(descriptor).st_mode) and is_ours(os.fstat(descriptor))
            yield descriptor if is_safe and try_flock(descriptor, self._clock, _LOCK_WAIT) else None
        finally:
            os.close(descriptor)

    def _open(self) -> int | None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            if self.path is None or not is_private(os.path.dirname(self.path)):
                return None
            return os.open(self.path, flags, 0o600)
        except OSError:
            return None


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


def _remove_ended(folder: str) -> None:
    """Remove the files of runs that are over; those of another place once nothing was added to them for a day."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None:
                continue
            if match["place"] == _place():
                is_over = Run(int(match["pid"]), match["started"]).is_over()
            else:
                is_over = time.time() - entry.stat(follow_symlinks=False).st_mtime > _OLDEST
            if is_over:
                os.unlink(entry.path)


def _place() -> str:
    """Return what tells this host from others that share the folder, and a container's processes from the host's."""
    try:
        processes = os.readlink("/proc/self/ns/pid")
    except OSError:
        processes = ""
    return hashlib.sha256(f"{socket.gethostname()} {processes}".encode()).hexdigest()[:16]
