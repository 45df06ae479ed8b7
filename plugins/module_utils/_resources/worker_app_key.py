# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the public keys of one worker to what a task wants. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import ConflictError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, certain
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import check_not_locked_out
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_plan import plan_keys

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# How often a change of keys is written before it is given up because others keep taking it away.
_WRITES: t.Final = 3


def ensure_worker_app_key(task: Task) -> Outcome[Change, Wire]:
    """Publish or retire the keys that the options name; return what became of the worker.

    Raises MissingObjectError when the worker or its environment is gone, OptionError for what cannot be wanted, before
    anything is written, and the client's errors.
    """
    home, found = existing_worker(task)
    applications = task.api.applications(home)
    keys = _Keys(task, home, applications)
    with applications.locked():
        worker = keys.read(found)
        change = keys.plan(worker)
        after = task.apply(change, keys)
    return Outcome(keys.done or change, after or worker, f"worker {title(home)}/{title(worker)}")


class _Keys:
    """Reads the keys of a worker, plans what is done with them, and carries that out.

    PingOne replaces them as a whole, and on no condition. So they are read right before they are written, and once more
    right after: another controller that read them before we wrote, and writes after us, takes our change away.

    done: the last change that was carried out; None before that.
    """

    def __init__(self, task: Task, home: Wire, applications: Resource) -> None:
        self._task = task
        self._home = home
        self._applications = applications
        self.path = applications.path
        self.done: Change | None = None

    def read(self, worker: Wire) -> Wire:
        """Return a worker as it is now: another controller may have published a key since it was read."""
        return self._applications.get(worker["id"]) or worker

    def plan(self, worker: Wire) -> Change:
        """Return what leads from a worker as it was read to what the options want. Raises OptionError."""
        change = plan_keys(worker, self._task.params)
        if not self._task.params["allow_self"]:
            check_not_locked_out(self._home, change, caller_of(self._task))
        return change

    def carry_out(self, change: Change) -> Wire:
        """Write, and return the worker. Raises ConflictError when others take the change away again and again."""
        worker = self.read(certain(change.current))
        for _attempt in range(_WRITES):
            self.done = self.plan(worker)
            if not self.done.changed:
                return worker
            written = certain(self._applications.carry_out(self.done))
            now = self.read(written)
            # As before our own write, it is not another's: what is read may be behind.
            if _settings(now) == _settings(worker) or not self.plan(now).changed:
                return written
            worker = now
        raise ConflictError(
            f"The keys of worker '{title(worker)}' were changed from elsewhere {_WRITES} times in a row, each time "
            "right after this task had changed them, and are not as it wants them. Run it again when nobody else "
            "changes them."
        )


def _settings(worker: Wire) -> tuple[t.Any, ...]:
    """Return what a change of keys changes of a worker."""
    return tuple(worker.get(member) for member in ("jwks", "jwksUrl", "tokenEndpointAuthMethod"))
