# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps by which one worker hands its roles in some environments over to another, without the service.

The other one, the successor, gets all of them before the first one loses any. So whatever a plan is made from, be it
what a run left that was ended halfway, it leads to the same end. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change
from ansible_collections.idops.pingone.plugins.module_utils._resources.birthright import BIRTHRIGHT_ROLES
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    ENVIRONMENT,
    ORGANIZATION,
    Grant,
    Scope,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import (
    Add,
    Remove,
    RoleSetPlan,
)

Grants = tuple[Grant, ...]


@dataclass(frozen=True)
class Held:
    """What a worker and its successor hold.

    worker, successor: their grants.
    unplaced: those of the worker of which nobody can tell in which environment they are.
    """

    worker: Grants = ()
    successor: Grants = ()
    unplaced: Grants = ()


@dataclass(frozen=True)
class HandoverPlan:
    """What hands over.

    environments: where, as scopes.
    before: what both hold now.
    added: what the successor gets.
    removed: what the worker loses afterwards, in this order.
    begun: whether the worker had lost a part already, by which a hand-over is recognised that was ended halfway.
    disabling: what disables the worker last, by the successor; None when nothing does.
    """

    environments: tuple[Scope, ...]
    before: Held
    added: Grants = ()
    removed: Grants = ()
    begun: bool = False
    disabling: Change | None = None

    @property
    def gains(self) -> RoleSetPlan:
        """What the caller carries out first."""
        held = self.before.successor
        return RoleSetPlan(tuple(map(Add, self.added)), held, (*held, *self.added))

    @property
    def losses(self) -> RoleSetPlan:
        """What the successor carries out then."""
        kept = tuple(grant for grant in self.before.worker if grant not in self.removed)
        return RoleSetPlan(tuple(map(Remove, self.removed)), self.before.worker, kept)

    @property
    def length(self) -> int:
        """How many requests carry out all of it; none when nothing has to be written."""
        return len(self.added) + len(self.removed) + (self.disabling is not None)

    @property
    def end(self) -> Held:
        """What both hold once all of it was carried out."""
        return replace(self.before, worker=self.losses.predicted, successor=self.gains.predicted)


def plan_handover(
    held: Held,
    environments: t.Sequence[Scope],
    *,
    only_if_begun: bool = False,
    are_all: bool = True,
    disabling: Change | None = None,
) -> HandoverPlan:
    """Return what hands over what a worker holds in environments, and in populations and applications of theirs.

    only_if_begun: whether nothing is done unless a part was handed over before. Then an environment of which the
        successor does not hold the roles was no part of that, because it gets all of them first.
    are_all: whether these are all of the environments that are to be handed over; others may not exist yet.
    disabling: what disables the worker once it holds nothing in them; None when it is to stay, or is disabled.
    """
    begun = any(_is_gone(held, environment) for environment in environments)
    taken = [environment for environment in environments if not only_if_begun or (begun and _shares(held, environment))]
    moved = [grant for grant in held.worker if _is_in(taken, grant)]
    missing = [grant for grant in moved if not _covers(held.successor, grant)]
    # PingOne refuses a role that a broader assignment covers.
    added = tuple(one for one in missing if not _covers([other for other in missing if other != one], one))
    # What shows that a hand-over was begun comes first, so that each one that was ended halfway is recognised.
    removed = tuple(sorted(moved, key=lambda grant: not _shows(held, grant)))
    plan = HandoverPlan(tuple(environments), held, added, removed, begun)
    is_whole = begun and are_all and not not_handed_over(plan, plan.end)
    if disabling is None or (only_if_begun and not is_whole):
        return plan
    return replace(plan, disabling=disabling)


def handed_over(plan: HandoverPlan, held: Held) -> tuple[Scope, ...]:
    """Return the environments where the successor holds roles and the worker none. held: what both hold then."""
    free = [environment for environment in plan.environments if not _any_in(held.worker, environment)]
    return tuple(environment for environment in free if _any_in(held.successor, environment))


def not_handed_over(plan: HandoverPlan, held: Held) -> tuple[Scope, ...]:
    """Return the environments where the worker holds roles. held: what both hold then."""
    return tuple(environment for environment in plan.environments if _any_in(held.worker, environment))


def left(held: Held) -> list[tuple[Grant, bool]]:
    """Return the grants of the worker that never move but count, each with whether the successor holds it, too.

    These are those at the organization, and those that may lie in the environments for all that can be told.
    """
    at_organization = [grant for grant in held.worker if grant.scope.type == ORGANIZATION]
    return [(grant, _covers(held.successor, grant)) for grant in (*at_organization, *held.unplaced)]


def lacking(held: Held) -> list[Grant]:
    """Return those of them that the successor does not hold."""
    return [grant for grant, is_held in left(held) if not is_held]


def is_retired(plan: HandoverPlan, held: Held) -> bool:
    """Tell whether nobody needs the worker any more. held: what both hold then."""
    return bool(handed_over(plan, held)) and not not_handed_over(plan, held) and not lacking(held)


def in_environment(grants: t.Iterable[Grant], environment: Scope) -> list[Grant]:
    """Return the grants at an environment, or at a population or application of it."""
    return [grant for grant in grants if environment.covers(grant.scope)]


def _any_in(grants: t.Iterable[Grant], environment: Scope) -> bool:
    return bool(in_environment(grants, environment))


def _is_in(environments: t.Sequence[Scope], grant: Grant) -> bool:
    return any(environment.covers(grant.scope) for environment in environments)


def _covers(grants: t.Iterable[Grant], grant: Grant) -> bool:
    return any(other.covers(grant) for other in grants)


def _birthright(grants: t.Iterable[Grant], environment: Scope) -> list[Grant]:
    """Return the grants that whoever creates an environment gets on it; others tell nothing of a hand-over."""
    return [grant for grant in grants if grant.scope == environment and grant.role.name in BIRTHRIGHT_ROLES]


def _shares(held: Held, environment: Scope) -> bool:
    """Tell whether an environment may have been a part of a hand-over that was begun."""
    if _birthright(held.successor, environment):
        return True
    moved = in_environment(held.worker, environment)
    return _any_in(held.successor, environment) and all(_covers(held.successor, grant) for grant in moved)


def _is_gone(held: Held, environment: Scope) -> bool:
    """Tell whether the worker lacks a role that the successor has in the place of the environment's creator."""
    return any(not _covers(held.worker, grant) for grant in _birthright(held.successor, environment))


def _shows(held: Held, grant: Grant) -> bool:
    """Tell whether the successor alone will hold a grant by which a hand-over is recognised once the worker lost it."""
    is_birthright = grant.scope.type == ENVIRONMENT and grant.role.name in BIRTHRIGHT_ROLES
    others = [other for other in (*held.worker, *held.successor) if other != grant]
    return is_birthright and not _covers(others, grant)
