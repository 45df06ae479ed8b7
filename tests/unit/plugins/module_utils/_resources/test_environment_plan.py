# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which steps lead an environment to what is wanted, in which order, and what is predicted of them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import to_result
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_plan import (
    Create,
    Delete,
    Replace,
    ReplaceBill,
    Restore,
    SetPending,
    SetServices,
    SetType,
    Snapshot,
    plan_creation,
    plan_environment,
    plan_pending,
    plan_removal,
    plan_update,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import new_bill
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)

# The environment's own object

TEXT = st.one_of(st.none(), st.text(max_size=3))
ENVIRONMENTS = st.fixed_dictionaries(
    {
        "id": st.just("3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"),
        "name": st.text(min_size=1, max_size=3),
        "type": st.sampled_from(["PRODUCTION", "SANDBOX"]),
        "region": st.just("NA"),
        "license": st.just({"id": "old", "package": "STANDARD"}),
        "organization": st.just({"id": "organization"}),
        "createdAt": st.just("then"),
        "updatedAt": st.just("then"),
    },
    optional={"description": st.text(min_size=1, max_size=3), "notKnownHere": st.just({"kept": True})},
)
OPTIONS = st.fixed_dictionaries({"name": st.one_of(st.none(), st.text(min_size=1, max_size=3)), "description": TEXT})
CHOSEN = st.sampled_from([None, {"id": "new", "package": "PREMIUM"}])


def applied(current, change):
    """Answer as the service does: what is sent replaces, what it owns stays, the license's package is looked up."""
    if change.body is None:
        return current
    owned = ("id", "organization", "createdAt", "updatedAt")
    package = {"old": "STANDARD", "new": "PREMIUM"}[change.body["license"]["id"]]
    shown = {**change.body, "license": {"id": change.body["license"]["id"], "package": package}}
    return {**shown, **{member: current[member] for member in owned}}


@given(ENVIRONMENTS, OPTIONS, CHOSEN)
def test_an_applied_plan_gives_what_was_wanted_and_changes_no_more(current, options, chosen):
    change = plan_environment(current, options, chosen, None, {})
    after = applied(current, change)
    assert change.predicted == after
    assert options["name"] in (None, after["name"])
    if options["description"] is not None:
        assert after.get("description", "") == options["description"]
    assert after["license"]["id"] == (chosen["id"] if chosen else "old")
    assert after.get("notKnownHere") == current.get("notKnownHere")
    assert (after["type"], after["region"]) == (current["type"], current["region"])
    assert not plan_environment(after, options, chosen, None, {}).changed


def test_a_new_environment_is_sent_whole_and_predicted_with_all_it_shows():
    options = {"name": "dev", "type": "SANDBOX", "description": None, "reset": None}
    chosen = {"id": "new", "name": "L", "package": "PREMIUM", "organization": {"id": "organization"}}
    change = plan_environment(None, options, chosen, "EU", new_bill(["PING_ONE_BASE"]))
    assert change.body == {
        "name": "dev",
        "type": "SANDBOX",
        "region": "EU",
        "license": {"id": "new"},
        "billOfMaterials": {"products": [{"type": "PING_ONE_BASE"}]},
    }
    shown = to_result(change.predicted, ["SSO"])
    assert (shown["organization_id"], shown["license_package"], shown["services"]) == (
        "organization",
        "PREMIUM",
        ["SSO"],
    )
    assert change.matches_created({"name": "dev", "id": "x"})
    assert not change.matches_created({"name": "Dev", "id": "x"})


# Steps

NOTHING = {"name": None, "description": None, "type": None, "services": None, "exclusive_services": False}
DEV = {"id": "1", "name": "dev", "type": "SANDBOX", "region": "NA", "license": {"id": "old", "package": "STANDARD"}}
SHOP = {**DEV, "name": "shop", "type": "PRODUCTION"}
GOING = {**SHOP, "status": "DELETE_PENDING", "softDeletedAt": "then", "hardDeleteAllowedAt": "2026-11-02T13:00:00Z"}
NEW = {"id": "new", "package": "PREMIUM"}
BILL = {"products": [{"type": "PING_ONE_BASE"}]}


def wanted(**options):
    return {**NOTHING, "confirm_production": None, "reset": None, **options}


def kinds(plan):
    return [type(step) for step in plan.steps]


def test_a_creation_is_one_step():
    plan = plan_creation(wanted(name="dev", type="SANDBOX"), "NA", NEW, ["PING_ONE_BASE"], [])
    assert kinds(plan) == [Create]
    assert plan.creation.body["billOfMaterials"] == BILL
    assert (plan.before, plan.predicted.services) == (Snapshot(None), ["SSO"])


def test_what_is_right_needs_no_step():
    plan = plan_update(DEV, wanted(name="dev", type="SANDBOX", services=["SSO"]), None, BILL)
    assert (plan.steps, plan.changed, plan.creation) == ((), False, None)
    assert plan.before == plan.predicted == Snapshot(DEV, ["SSO"])


def test_an_update_changes_object_type_and_services_in_this_order():
    plan = plan_update(DEV, wanted(description="x", type="PRODUCTION", services=["MFA"]), NEW, BILL)
    assert kinds(plan) == [Replace, SetType, ReplaceBill]
    assert plan.steps[0].body["license"] == {"id": "new"}
    assert plan.steps[1] == SetType("PRODUCTION")
    shown = plan.predicted.to_result()
    assert (shown["type"], shown["license_id"], shown["services"]) == ("PRODUCTION", "new", ["MFA", "SSO"])


def test_what_is_pending_is_restored_first_and_its_services_are_read_then():
    plan = plan_update(GOING, wanted(description="back", services=["SSO"]), None, None)
    assert kinds(plan) == [Restore, Replace, SetServices]
    assert (plan.steps[0], plan.steps[2]) == (Restore("old"), SetServices(("PING_ONE_BASE",), False))
    shown = plan.predicted.to_result()
    assert (shown["status"], shown["soft_deleted_at"], shown["hard_delete_allowed_at"]) == ("ACTIVE", None, None)
    assert "cannot be read while its deletion is pending" in plan.notes[0]


@pytest.mark.parametrize(("services", "bill", "notes"), [(["SSO"], None, 1), (None, None, 0), (["SSO"], BILL, 0)])
def test_that_services_are_not_known_before_there_is_an_environment_is_told(services, bill, notes):
    plan = plan_update(DEV, wanted(services=services), None, bill)
    assert not plan.changed
    assert len(plan.notes) == notes
    assert all("are not known before it exists" in note for note in plan.notes)


def test_a_restoration_moves_to_another_license_by_itself():
    plan = plan_update(GOING, wanted(), NEW, None)
    assert plan.steps == (Restore("new"), SetServices(None, False))
    assert plan.predicted.to_result()["license_package"] == "PREMIUM"


@pytest.mark.parametrize(
    ("shown", "package"), [({"id": "old", "package": "STANDARD"}, "PREMIUM"), ({"id": "old"}, None)]
)
def test_a_license_package_is_predicted_where_environments_show_it(shown, package):
    plan = plan_update({**DEV, "license": shown}, wanted(), NEW, BILL)
    assert plan.predicted.to_result()["license_package"] == package
    assert plan.notes == ()


@pytest.mark.parametrize("current", [SHOP, GOING])
def test_services_of_production_are_removed_only_when_confirmed(current):
    bill = BILL if current is SHOP else None
    options = wanted(services=[], exclusive_services=True)
    with pytest.raises(OptionError, match="confirm_production"):
        plan_update(current, options, None, bill)
    assert plan_update(current, {**options, "confirm_production": "shop"}, None, bill).changed


@pytest.mark.parametrize(
    ("current", "steps", "status"),
    [
        (DEV, (Delete(),), None),
        (SHOP, (SetPending(),), "DELETE_PENDING"),
        (GOING, (), "DELETE_PENDING"),
        ({**GOING, "hardDeleteAllowedAt": "2026-11-02T12:00:00Z"}, (Delete(),), None),
    ],
)
def test_a_removal_goes_as_far_as_is_allowed_now(current, steps, status):
    plan = plan_removal(current, ["SSO"], NOW)
    assert plan.steps == steps
    assert plan.before == Snapshot(current, ["SSO"])
    assert (plan.predicted.to_result() or {}).get("status") == status


def test_a_deletion_is_set_pending_once():
    assert plan_pending(SHOP, None).steps == (SetPending(),)
    assert plan_pending(GOING, None).steps == ()
