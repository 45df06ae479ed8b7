# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of one run read of the service to tell what it would refuse, so that each list is read once a run.

It is kept in a file of the run, a line a list, for real runs as for dry ones: a line holds what the service answered,
never what a dry run predicted of it, and no secret. This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import json
import threading
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.run_file import OpenRunFile, Run, RunFile

# The variable by which the action plugin hands the file to a module that runs on the controller.
VARIABLE: t.Final = "IDOPS_PINGONE_READINGS"


class Source(t.NamedTuple):
    """What was read, and as whom.

    tenant: two tenants may have paths of one name.
    caller: two workers may be shown different things; the path of the role assignments of the calling one.
    path: of the list.
    """

    tenant: str
    caller: str
    path: str


class Readings:
    """The lists that the tasks of a run read so far; several threads may ask at once.

    path: of the file; None where there is none, as for a module on another host. Then a task reads for itself.
    """

    def __init__(self, path: str | None = None, clock: Clock | None = None) -> None:
        self.path = path
        self._file = RunFile(path, clock)
        self._mutex = threading.Lock()
        self._known: dict[Source, Wires | None] = {}

    @classmethod
    def of_run(cls, run: Run | None) -> Readings:
        """Return those of a run. run: None when it is not known."""
        return cls(RunFile.of_run(run, "readings").path)

    def get(self, source: Source, read: t.Callable[[], Wires | None], *, anew: bool = False) -> Wires | None:
        """Return a list as it is kept, else as it is read now, and keep it; other tasks wait until then.

        read: gives the objects, each with its C(id); None when the service does not show them, which is kept too. What
            it raises is raised, and what was kept stays.
        anew: it is read now, whatever is kept.
        """
        with self._mutex, self._file.opened() as file:
            self._take_in(file)
            if source in self._known and not anew:
                return self._known[source]
            found = read()
            is_news = source not in self._known or found != self._known[source]
            self._known[source] = found
            if file and is_news:
                file.append({**source._asdict(), "objects": found})
            return found

    def kept(self, source: Source) -> Wires | None:
        """Return a list as it is kept; None for one that is not, or that the service does not show."""
        with self._mutex, self._file.opened() as file:
            self._take_in(file)
            return self._known.get(source)

    def _take_in(self, file: OpenRunFile | None) -> None:
        for line in file.added() if file else ():
            # What cannot be read is no loss.
            with contextlib.suppress(ValueError, TypeError):
                self._known.update(_parsed(line))


def _parsed(line: bytes) -> dict[Source, Wires | None]:
    """Return what a line says. Raises ValueError or TypeError for what says nothing."""
    members = dict(json.loads(line))
    objects = members.pop("objects", ())
    source = Source(**members)
    is_whole = isinstance(objects, list) and all(isinstance(item, dict) and item.get("id") for item in objects)
    if not all(isinstance(part, str) for part in source) or not (objects is None or is_whole):
        raise ValueError(f"no reading: {line!r}")
    return {source: objects}
