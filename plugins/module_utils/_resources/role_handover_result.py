# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How results show a hand-over. This module is private to the collection."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    Grant,
    Scope,
    sort_grants,
    titles,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover import Handover
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import (
    Held,
    handed_over,
    in_environment,
    is_retired,
    left,
    not_handed_over,
)


def to_results(handover: Handover) -> dict[str, t.Any]:
    """Return what the module returns."""
    plan, end = handover.plan, handover.end
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


def diff_sides(handover: Handover) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Return both sides of the diff."""
    before, after = (_diff_side(handover, held) for held in (handover.plan.before, handover.end))
    if handover.has_disabled:
        before["worker_is_enabled"], after["worker_is_enabled"] = True, False
    return before, after


def _diff_side(handover: Handover, held: Held) -> dict[str, t.Any]:
    start = handover.plan.before
    return {
        "worker": _titles(handover, held.worker, start.worker),
        "successor": _titles(handover, held.successor, (*start.successor, *handover.plan.added)),
    }


def _titles(handover: Handover, grants: t.Sequence[Grant], beside: t.Sequence[Grant]) -> list[str]:
    places = handover.plan.environments
    shown = {grant for environment in places for grant in in_environment(grants, environment)}
    others = {grant for environment in places for grant in in_environment(beside, environment)}
    return titles(shown, others)


def _entry(handover: Handover, environment: Scope) -> Wire:
    return {
        "environment": _reference(environment),
        "added": _shown(handover.added, environment),
        "removed": _shown(handover.removed, environment),
    }


def _shown(grants: t.Iterable[Grant], environment: Scope) -> Wires:
    return [to_result(grant) for grant in sort_grants(in_environment(grants, environment))]


def _reference(environment: Scope) -> Wire:
    return {"id": environment.id, "name": environment.name}
