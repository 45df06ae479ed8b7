# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From wherever a hand-over was ended, the plan leads to the same end, and no role is without a holder in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import plan
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant, Role, Scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import Add, Remove
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import (
    Held,
    handed_over,
    is_retired,
    lacking,
    left,
    not_handed_over,
    plan_handover,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from hypothesis import given
from hypothesis import strategies as st

ORG = Scope("ORGANIZATION", "org")
DEV = Scope("ENVIRONMENT", "dev", "dev")
TEST = Scope("ENVIRONMENT", "test", "test")
PROD = Scope("ENVIRONMENT", "prod", "prod")
PEOPLE = Scope("POPULATION", "people", "dev")
SOMEWHERE = Scope("POPULATION", "somewhere")
APP = Scope("APPLICATION", "app", "test")
CHIEF = Role("1", "Organization Admin")
ADMIN = Role("2", "Environment Admin")
DATA = Role("3", "Identity Data Admin")
DEVELOPER = Role("4", "Client Application Developer")
CUSTOM = Role("5", "Deployer")
LISTED = (DEV, TEST)
CHANGE = plan(WORKER_APP, {"id": "w", "name": "first", "enabled": True}, {"enabled": False})

TWO = tuple(Grant(role, scope) for scope in LISTED for role in (DATA, DEVELOPER))
THREE = tuple(Grant(role, scope) for scope in LISTED for role in (ADMIN, DATA, DEVELOPER))
ABOVE = (Grant(CHIEF, ORG), Grant(ADMIN, ORG))

# Of these PingOne refuses a narrower one beside a broader one only when it comes later.
somewhere = st.builds(
    Grant,
    st.sampled_from([ADMIN, DATA, DEVELOPER, CUSTOM]),
    st.sampled_from([ORG, DEV, TEST, PROD, PEOPLE, APP]),
)
grants = st.lists(somewhere, max_size=8, unique=True).map(tuple)
modes = st.booleans()


def names(found):
    return sorted(f"{grant.role.name} at {grant.scope.id}" for grant in found)


def covered(held, grant):
    return any(other.covers(grant) for other in held)


def carry_out(held, step):
    """Do a step as PingOne would; fail where it would refuse."""
    if isinstance(step, Add):
        assert not covered(held.successor, step.grant)
        return replace(held, successor=(*held.successor, step.grant))
    assert covered(held.successor, step.grant)
    return replace(held, worker=tuple(grant for grant in held.worker if grant != step.grant))


def steps_of(plan):
    return (*plan.gains.steps, *plan.losses.steps)


def carried_out(held, steps):
    for step in steps:
        held = carry_out(held, step)
    return held


@given(grants, grants)
def test_all_that_lies_in_the_environments_moves_and_nothing_else(worker, successor):
    held = Held(worker, successor)
    after = carried_out(held, steps_of(plan_handover(held, LISTED)))
    stays = [grant for grant in worker if not any(place.covers(grant.scope) for place in LISTED)]
    assert names(after.worker) == names(stays)
    assert all(covered(after.successor, grant) for grant in worker if grant not in stays)
    assert set(after.successor) <= {*successor, *worker}


@given(grants, grants)
def test_after_a_hand_over_nothing_is_left_to_do(worker, successor):
    held = Held(worker, successor)
    after = carried_out(held, steps_of(plan_handover(held, LISTED)))
    assert steps_of(plan_handover(after, LISTED)) == ()


@given(grants, grants, st.integers(0, 20))
def test_from_every_state_of_a_hand_over_the_plan_leads_to_the_same_end(worker, successor, number):
    held = Held(worker, successor)
    steps = steps_of(plan_handover(held, LISTED))
    halfway = carried_out(held, steps[:number])
    again = plan_handover(halfway, LISTED)
    whole, rest = carried_out(held, steps), carried_out(halfway, steps_of(again))
    assert names(rest.worker) == names(whole.worker)
    assert names(rest.successor) == names(whole.successor)
    assert len(steps_of(again)) == max(len(steps) - number, 0)


@pytest.mark.parametrize("more", [(), (Grant(CUSTOM, PEOPLE), Grant(DATA, APP))])
@pytest.mark.parametrize("successor", [(), ABOVE])
@pytest.mark.parametrize("worker", [(*ABOVE, *TWO), (*ABOVE, *THREE), THREE])
def test_a_hand_over_is_recognised_and_completed_from_the_first_removal_on(worker, successor, more):
    held = Held((*worker, *more), successor)
    steps = steps_of(plan_handover(held, LISTED))
    end = carried_out(held, steps)
    for number in range(len(steps) + 1):
        halfway = carried_out(held, steps[:number])
        again = plan_handover(halfway, LISTED, only_if_begun=True)
        has_removed = any(isinstance(step, Remove) for step in steps[:number])
        assert again.begun is has_removed, number
        rest = carried_out(halfway, steps_of(again))
        assert names(rest.worker) == names(end.worker if has_removed else held.worker)


def test_the_successor_gets_all_before_the_first_removal():
    steps = steps_of(plan_handover(Held((*ABOVE, *TWO), ABOVE), LISTED))
    assert [type(step) for step in steps] == [Add] * 4 + [Remove] * 4


def test_an_environment_that_is_the_worker_s_alone_is_no_part_of_what_was_begun():
    theirs, ours = TWO[:2], TWO[2:]
    held = Held((*ABOVE, *ours), (*ABOVE, *theirs))
    plan = plan_handover(held, LISTED, only_if_begun=True, disabling=CHANGE)
    assert plan.begun
    assert plan.length == 0
    assert handed_over(plan, held) == (DEV,)
    assert not_handed_over(plan, held) == (TEST,)
    assert not is_retired(plan, held)


@pytest.mark.parametrize(
    "successor",
    [
        (Grant(CUSTOM, DEV), Grant(DATA, PEOPLE)),
        (Grant(ADMIN, DEV),),
        TWO,
    ],
    ids=["other roles", "what the worker holds above", "the same roles"],
)
def test_other_roles_of_the_successor_are_no_hand_over(successor):
    plan = plan_handover(Held((*ABOVE, *TWO), successor), LISTED, only_if_begun=True, disabling=CHANGE)
    assert not plan.begun
    assert plan.length == 0


def test_a_role_that_the_successor_holds_above_is_not_given():
    plan = plan_handover(Held((Grant(ADMIN, DEV),), (Grant(ADMIN, ORG),)), LISTED)
    assert steps_of(plan) == (Remove(Grant(ADMIN, DEV)),)


def test_of_a_role_at_two_scopes_the_successor_gets_the_broader():
    worker = (Grant(DATA, PEOPLE), Grant(DATA, DEV))
    plan = plan_handover(Held(worker), LISTED)
    assert plan.added == (Grant(DATA, DEV),)
    assert set(plan.removed) == set(worker)


@pytest.mark.parametrize(
    ("successor", "unplaced", "lacks"),
    [
        (ABOVE, (), []),
        (ABOVE[:1], (), ["Environment Admin at org"]),
        (ABOVE, (Grant(DATA, SOMEWHERE),), ["Identity Data Admin at somewhere"]),
        ((*ABOVE, Grant(DATA, SOMEWHERE)), (Grant(DATA, SOMEWHERE),), []),
    ],
)
def test_what_is_left_is_told_with_what_the_successor_lacks_of_it(successor, unplaced, lacks):
    held = Held((*ABOVE, *TWO), successor, unplaced)
    plan = plan_handover(held, LISTED)
    after = plan.end
    assert [grant for grant, _is_held in left(after)] == [*ABOVE, *unplaced]
    assert names(lacking(after)) == lacks
    assert is_retired(plan, after) is (not lacks)


def test_a_worker_of_which_nothing_was_handed_over_is_not_retired():
    held = Held(ABOVE, ABOVE)
    assert not is_retired(plan_handover(held, LISTED), held)


@pytest.mark.parametrize(
    ("only_if_begun", "are_all", "worker", "successor", "disables"),
    [
        (False, True, TWO, (), True),
        (False, True, (), TWO, True),
        (True, True, TWO, (), False),
        (True, True, TWO[1:], TWO, True),
        (True, True, (), TWO, True),
        (True, False, (), TWO, False),
        (True, True, TWO[2:], TWO[:2], False),
    ],
)
def test_the_worker_is_disabled_last_and_only_once_nothing_is_left(only_if_begun, are_all, worker, successor, disables):
    plan = plan_handover(
        Held(worker, successor), LISTED, only_if_begun=only_if_begun, are_all=are_all, disabling=CHANGE
    )
    assert (plan.disabling is not None) is disables
    assert plan.length == len(steps_of(plan)) + disables


@given(grants, grants, modes)
def test_without_a_change_of_the_application_nothing_is_disabled(worker, successor, only_if_begun):
    plan = plan_handover(Held(worker, successor), LISTED, only_if_begun=only_if_begun)
    assert plan.disabling is None


@given(grants, grants)
def test_what_both_hold_in_the_end_is_what_the_steps_lead_to(worker, successor):
    held = Held(worker, successor)
    plan = plan_handover(held, LISTED)
    after = carried_out(held, steps_of(plan))
    assert names(after.worker) == names(plan.end.worker)
    assert names(after.successor) == names(plan.end.successor)
    assert names(plan.gains.added) == names(plan.added)
    assert names(plan.losses.removed) == names(plan.removed)
