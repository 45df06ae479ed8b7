# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the role assignments of one principal to what a task wants. This module is private to the collection."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty, check_set
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import home_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import RoleSetPlan
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import check_scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

PRINCIPALS: t.Final = ("application", "user", "group", "gateway")


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "environment", *PRINCIPALS)
    check_set(params, "roles")
    for index, entry in enumerate(params["roles"]):
        check_scope(entry["scope"], f"roles[{index}]")


def ensure_role_assignments(task: Task) -> Outcome[RoleSetPlan, t.Sequence[Grant]]:
    """Assign and remove the roles of the principal that the options name.

    Raises MissingObjectError when the principal or its environment is gone, OptionError for what cannot be wanted,
    PingOneError for what the caller may not do, before anything is written, and the client's errors.
    """
    roles = _role_set(task)
    absent = task.params["state"] == "absent"
    with roles.resource.locked():
        # Before all else: a worker that may not see them can do nothing here, and is told which role it lacks.
        roles.resource.list()
        wanted = roles.wanted(task.params["roles"])
        plan = roles.plan(wanted, absent=absent, exclusive=task.params["exclusive"])
        after = task.apply(plan, roles)
    for grant, broad in plan.covered if absent else ():
        task.warn(f"{grant.title()} is not assigned by itself, but {broad.title()} covers it, and stays.")
    return Outcome(plan, after, roles.title)


def _role_set(task: Task) -> RoleSet:
    home = home_of(task)
    kind = next(kind for kind in PRINCIPALS if task.params[kind] is not None)
    look_ups: dict[str, t.Callable[[Wire, str], Wire]] = {
        "application": functools.partial(task.lookup.application, lists=False),
        "user": task.lookup.user,
        "group": task.lookup.group,
        "gateway": task.lookup.gateway,
    }
    principal = look_ups[kind](home, task.params[kind])
    return RoleSet(task, home, kind, principal)
