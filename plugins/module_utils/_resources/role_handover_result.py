# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How results show a hand-over. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    Grant,
    Scope,
    sort_grants,
    titles,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import Add, Remove
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover import Handover
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import (
    Disable,
    Step,
    handed_over,
    in_environment,
    is_retired,
    left,
    not_handed_over,
)


def to_results(handover: Handover) -> dict[str, t.Any]:
    """Return what the module returns."""
    plan = handover.plan
    end = plan.after(handover.done)
    over = handed_over(plan, end)
    entries = [(environment, _entry(handover, environment)) for environment in plan.environments]
    values: dict[str, t.Any] = {
        "handed_over": [
            entry for environment, entry in entries if environment in over or entry["added"] or entry["removed"]
        ],
        "not_handed_over": [_reference(environment) for environment in not_handed_over(plan, end)],
        "missing": list(handover.missing),
        "left": [{**to_result(grant), "held_by_successor": is_held} for grant, is_held in left(end)],
        "begun": plan.begun,
        "retired": is_retired(plan, end),
    }
    if handover.is_disabled is not None:
        values["disabled"] = handover.is_disabled
    return values


def diff_side(handover: Handover, done: t.Collection[Step]) -> dict[str, t.Any]:
    """Return one side of the diff. done: the steps that were carried out by then."""
    start, end = handover.plan.before, handover.plan.after(done)
    side: dict[str, t.Any] = {
        "worker": _titles(handover, end.worker, start.worker),
        "successor": _titles(handover, end.successor, (*start.successor, *handover.plan.added)),
    }
    if any(isinstance(step, Disable) for step in handover.done):
        side["worker_is_enabled"] = not any(isinstance(step, Disable) for step in done)
    return side


def _titles(handover: Handover, grants: t.Sequence[Grant], beside: t.Sequence[Grant]) -> list[str]:
    places = handover.plan.environments
    shown = {grant for environment in places for grant in in_environment(grants, environment)}
    others = {grant for environment in places for grant in in_environment(beside, environment)}
    return titles(shown, others)


def _entry(handover: Handover, environment: Scope) -> Wire:
    added = [step.grant for step in handover.done if isinstance(step, Add)]
    removed = [step.grant for step in handover.done if isinstance(step, Remove)]
    return {
        "environment": _reference(environment),
        "added": [to_result(grant) for grant in sort_grants(in_environment(added, environment))],
        "removed": [to_result(grant) for grant in sort_grants(in_environment(removed, environment))],
    }


def _reference(environment: Scope) -> Wire:
    return {"id": environment.id, "name": environment.name}
