# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the secret of a worker, and whether a refusal of it will go away. This module is private to the collection.

PingOne shows the secret of a worker to nobody who could not remove each of its role assignments, or whose own roles
allow less than the worker's, and to no worker its own. Right after a change it refuses it for a while to others too.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import remaining_youth
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import (
    are_all_listed,
    is_caller,
    own_assignments,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    allows_more,
    is_out_of_reach,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def read_secret(task: Task, environment: Wire, worker: Wire) -> str:
    """Return the secret of a worker, which is known as one from then on.

    Raises PermissionDeniedError for one that PingOne does not show to the caller: at once where waiting would not help.
    """

    def is_final(response: Response) -> bool:
        return _is_old(task, worker, response) or (
            response.status == 403 and _stays_hidden(task, environment, worker, response)
        )

    return task.secret(task.api.secret(environment, worker, is_final)["secret"])


def _is_old(task: Task, worker: Wire, response: Response) -> bool:
    """Tell whether a worker is so old that only a change that settle tells of could be on its way to its secret."""
    young_for = remaining_youth(worker.get("createdAt"), response, task.client.clock.time())
    return not young_for and not task.connection.settle


def _stays_hidden(task: Task, environment: Wire, worker: Wire, response: Response) -> bool:
    """Tell whether a refused secret stays so; where that cannot be read, it may not."""
    if is_caller(task, environment, worker):
        return True
    assignments = task.api.role_assignments(environment, "application", worker)
    assigned, callers = assignments.list_once(), own_assignments(task)
    own = callers.list_once() if callers is not None and assigned else None
    if not assigned or own is None or not are_all_listed(task, own, environment, response):
        return False
    if is_out_of_reach(assigned, own, assignments.created_by_caller()):
        return True
    roles = task.api.roles().list_once()
    return roles is not None and allows_more(assigned, own, roles)
