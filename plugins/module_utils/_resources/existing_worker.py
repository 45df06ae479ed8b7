# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worker that a task is about which manages a part of it. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import home_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app import WORKER

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def existing_worker(task: Task) -> tuple[Wire, Wire]:
    """Return the worker that the options name, and before it its environment.

    Raises MissingObjectError when one of them is gone, OptionError for an application that is not a worker.
    """
    environment = home_of(task)
    worker = task.lookup.application(environment, task.params["application"], lists=False)
    # What another task of a dry run makes has no type here.
    if worker.get("type", WORKER) != WORKER:
        raise OptionError(
            "application",
            f"application: '{title(worker)}' ({worker['id']}) has the type {worker['type']}, and this module manages "
            "only the type WORKER.",
        )
    return environment, worker
