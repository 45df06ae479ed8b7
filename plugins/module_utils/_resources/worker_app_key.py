# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the public keys of one worker to what a task wants. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import check_not_locked_out
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_plan import plan_keys

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def ensure_worker_app_key(task: Task) -> Outcome[Change, Wire]:
    """Publish or retire the keys that the options name; return what became of the worker.

    Raises MissingObjectError when the worker or its environment is gone, OptionError for what cannot be wanted, before
    anything is written, and the client's errors.
    """
    home, found = existing_worker(task)
    applications = task.api.applications(home)
    with applications.locked():
        # As it is now: another controller may have published a key since it was listed.
        worker = applications.get(found["id"]) or found
        change = plan_keys(worker, task.params)
        if not task.params["allow_self"]:
            check_not_locked_out(home, change, caller_of(task))
        after = task.apply(change, applications)
    return Outcome(change, after or worker, f"worker {title(home)}/{title(worker)}")
