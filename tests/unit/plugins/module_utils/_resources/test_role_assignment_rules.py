# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which role assignment covers which, and that a plan leads where it should without leaving a gap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant, Role, Scope
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import (
    Add,
    Exchange,
    Remove,
    plan_absent,
    plan_present,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    incompatible,
    may_assign,
    redundant,
)
from hypothesis import assume, given
from hypothesis import strategies as st

ORG = Scope("ORGANIZATION", "org")
DEV = Scope("ENVIRONMENT", "dev", "dev")
TEST = Scope("ENVIRONMENT", "test", "test")
DEV_PEOPLE = Scope("POPULATION", "dev-people", "dev")
TEST_APP = Scope("APPLICATION", "test-app", "test")
SCOPES = [ORG, DEV, TEST, DEV_PEOPLE, TEST_APP]
ADMIN = Role("1", "Environment Admin", ("ORGANIZATION", "ENVIRONMENT"), can_assign=("2", "3"))
DATA = Role("2", "Identity Data Admin", ("ENVIRONMENT", "POPULATION"), can_assign=("3",))
READER = Role("3", "Identity Data Read Only", can_assign=())
CHIEF = Role("4", "Organization Admin", can_assign=("1",))
CUSTOM = Role("5", "Deployer", can_assign=(), assigned_by=("2",))
FOREIGN = Role("6", "6")

grants = st.builds(Grant, st.sampled_from([ADMIN, DATA]), st.sampled_from(SCOPES))


def possible(found: list[Grant]) -> bool:
    """Tell whether the service would let these stand side by side."""
    return redundant(found) is None


# A narrow grant may stand beside a broader one that came later, but nobody can want both.
held = st.lists(grants, max_size=5, unique=True)
wishes = held.filter(possible)


def after(plan):
    return list(plan.predicted)


def exchanges(plan):
    return [step for step in plan.steps if isinstance(step, Exchange)]


def reaches(found, grant):
    return any(other.covers(grant) for other in found)


@pytest.mark.parametrize(
    ("broad", "narrow"),
    [
        (ORG, DEV),
        (ORG, DEV_PEOPLE),
        (ORG, TEST_APP),
        (DEV, DEV_PEOPLE),
        (TEST, TEST_APP),
        *((scope, scope) for scope in SCOPES),
    ],
)
def test_a_scope_covers_what_lies_in_it(broad, narrow):
    assert broad.covers(narrow)


@pytest.mark.parametrize(("one", "other"), [(DEV, ORG), (DEV, TEST), (DEV, TEST_APP), (DEV_PEOPLE, DEV), (TEST, DEV)])
def test_a_scope_does_not_cover_what_lies_outside(one, other):
    assert not one.covers(other)


def test_a_role_covers_no_other_role():
    assert not Grant(ADMIN, ORG).covers(Grant(DATA, DEV))


@given(held, wishes)
def test_all_that_is_wanted_holds_afterwards(current, wanted):
    plan = plan_present(current, wanted, exclusive=False)
    assert all(reaches(after(plan), grant) for grant in wanted)
    assert not plan.removed


@given(held, wishes)
def test_exclusive_leads_to_exactly_what_is_wanted(current, wanted):
    plan = plan_present(current, wanted, exclusive=True)
    assert set(after(plan)) == set(wanted)
    assert set(plan.removed) == set(current) - set(wanted)


@given(held, wishes, st.booleans())
def test_a_second_run_changes_nothing(current, wanted, exclusive):
    plan = plan_present(after(plan_present(current, wanted, exclusive)), wanted, exclusive)
    assert not plan.added
    assert not plan.removed


@given(held, wishes)
def test_what_is_held_and_wanted_is_lost_only_in_an_exchange(current, wanted):
    plan = plan_present(current, wanted, exclusive=True)
    left = [grant for grant in current if grant not in plan.removed]
    exchanged = {grant for exchange in exchanges(plan) for grant in exchange.narrow}
    for grant in wanted:
        if reaches(current, grant) and grant not in exchanged:
            assert reaches(left, grant)


@given(held, wishes)
def test_the_service_takes_every_step(current, wanted):
    there = list(current)

    def add(grant):
        assert not reaches(there, grant)
        there.append(grant)

    for step in plan_present(current, wanted, exclusive=True).steps:
        if isinstance(step, Add):
            add(step.grant)
        elif isinstance(step, Remove):
            there.remove(step.grant)
        else:
            for grant in step.broad:
                there.remove(grant)
            for grant in step.narrow:
                add(grant)
    assert set(there) == set(wanted)


@given(held, wishes)
def test_all_is_added_before_anything_is_simply_removed(current, wanted):
    order = [type(step) for step in plan_present(current, wanted, exclusive=True).steps]
    assert order == sorted(order, key=[Add, Exchange, Remove].index)


@given(held, wishes)
def test_broad_grants_can_be_put_back_in_their_order(current, wanted):
    for exchange in exchanges(plan_present(current, wanted, exclusive=True)):
        for index, grant in enumerate(exchange.broad):
            assert not reaches(exchange.broad[:index], grant)


def test_what_is_added_is_predicted_with_its_id():
    plan = plan_present([], [Grant(ADMIN, DEV)], False, lambda grant: replace(grant, id="predicted"))
    assert [grant.id for grant in plan.predicted] == ["predicted"]
    assert (plan.before, plan.kept, plan.added) == ((), (), (Grant(ADMIN, DEV),))


@given(held, held)
def test_removal_removes_what_is_named_and_nothing_else(current, unwanted):
    plan = plan_absent(current, unwanted)
    assert set(plan.removed) == set(current) & set(unwanted)
    assert set(plan.kept) == set(current) - set(unwanted)


@given(held, held)
def test_removal_tells_what_a_broader_grant_still_covers(current, unwanted):
    plan = plan_absent(current, unwanted)
    assert all(grant not in current and broad in plan.kept for grant, broad in plan.covered)
    assume(not plan.covered)
    assert not any(reaches(plan.kept, grant) and grant not in current for grant in unwanted)


def test_a_role_says_where_it_applies():
    assert "cannot be assigned at organization scope, but at: environment, population" in incompatible(Grant(DATA, ORG))
    assert incompatible(Grant(DATA, DEV)) is None
    assert incompatible(Grant(READER, ORG)) is None


@pytest.mark.parametrize(
    ("own", "wanted", "allowed"),
    [
        (Grant(ADMIN, ORG), Grant(DATA, DEV), True),
        (Grant(ADMIN, DEV), Grant(DATA, DEV_PEOPLE), True),
        (Grant(ADMIN, DEV), Grant(DATA, TEST), False),
        (Grant(ADMIN, DEV), Grant(ADMIN, ORG), False),
        (Grant(ADMIN, ORG), Grant(CHIEF, ORG), False),
        (Grant(CHIEF, ORG), Grant(CHIEF, ORG), True),
        (Grant(CHIEF, ORG), Grant(ADMIN, DEV), True),
        (Grant(CHIEF, ORG), Grant(DATA, DEV), False),
        (Grant(DATA, DEV), Grant(READER, DEV_PEOPLE), True),
        (Grant(READER, DEV), Grant(READER, DEV), True),
        (Grant(READER, DEV), Grant(DATA, DEV), False),
        (Grant(DATA, DEV), Grant(CUSTOM, DEV), True),
        (Grant(ADMIN, ORG), Grant(CUSTOM, DEV), False),
        (Grant(CUSTOM, DEV), Grant(CUSTOM, DEV), True),
        (Grant(FOREIGN, DEV), Grant(ADMIN, DEV), True),
        (Grant(FOREIGN, DEV), Grant(ADMIN, TEST), False),
    ],
)
def test_who_may_assign_what(own, wanted, allowed):
    assert may_assign([own], wanted) is allowed
