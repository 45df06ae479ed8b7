# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the public keys of one worker to what a task wants. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, certain
from ansible_collections.idops.pingone.plugins.module_utils._core.agreement import write_until_it_stays
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import check_not_locked_out
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_plan import plan_keys

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


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

    def plan(self, worker: Wire | None) -> Change:
        """Return what leads from a worker as it was read to what the options want. Raises OptionError."""
        change = plan_keys(certain(worker), self._task.params)
        if not self._task.params["allow_self"]:
            check_not_locked_out(self._home, change, caller_of(self._task))
        return change

    def carry_out(self, change: Change) -> Wire | None:
        """Write until it stays, and return the worker. Raises ConflictError."""
        worker = certain(change.current)
        self.done, after = write_until_it_stays(
            lambda: self.read(worker), self.plan, self._applications.carry_out, f"The keys of worker '{title(worker)}'"
        )
        return after
