# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is decided about environments, their licenses and their services, without the service."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import to_result
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_plan import (
    predicted_active,
    predicted_pending,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import (
    check_confirmed,
    check_immutable,
    check_not_callers_own,
    check_protect_option,
    check_protection,
    may_delete,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import (
    check_license,
    find_license,
    incompatibilities,
    only_license,
    remaining_capacity,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import (
    SHORT_NAMES,
    api_names,
    new_bill,
    plan_bill,
    short_names,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
VENDORS = {"PING_ID", "PING_ONE_ID"}
ADDABLE = st.sampled_from(sorted(set(SHORT_NAMES) - VENDORS))


def product(type_):
    return st.fixed_dictionaries(
        {"type": st.just(type_), "id": st.just(f"id of {type_}")},
        optional={
            "deployment": st.just({"id": "deployment"}),
            "console": st.just({"href": "https://console.example.com"}),
            "notKnownHere": st.just(1),
        },
    )


TYPES = st.lists(st.sampled_from(sorted(SHORT_NAMES)), unique=True)
BILLS = TYPES.flatmap(lambda types: st.tuples(*map(product, types))).map(
    lambda products: {"_links": {}, "solutionType": "CUSTOMER", "products": list(products), "createdAt": "then"}
)
WANTED = st.lists(ADDABLE, unique=True)


# Services


@given(BILLS, WANTED, st.booleans())
def test_an_applied_bill_has_what_was_wanted_and_changes_no_more(bill, wanted, exclusive):
    change = plan_bill(bill, wanted, exclusive)
    after = {**bill, **(change.body or {})}
    types = {item["type"] for item in after["products"]}
    assert set(wanted) <= types
    assert change.after == short_names(after)
    assert plan_bill(after, wanted, exclusive).body is None


@given(BILLS, WANTED, st.booleans())
def test_products_that_stay_are_sent_as_they_were_read(bill, wanted, exclusive):
    change = plan_bill(bill, wanted, exclusive)
    if change.body is None:
        return
    kept = [item for item in bill["products"] if item in change.body["products"]]
    gone = [item for item in bill["products"] if item not in kept]
    assert exclusive or not gone
    assert all(item["type"] not in wanted and "deployment" not in item for item in gone)
    assert {item["type"] for item in change.body["products"]} == {item["type"] for item in kept} | set(wanted)
    assert change.body["solutionType"] == "CUSTOMER"
    assert not {"_links", "createdAt"} & set(change.body)


@given(BILLS, WANTED)
def test_exclusive_keeps_only_what_is_wanted_and_what_has_a_deployment(bill, wanted):
    change = plan_bill(bill, wanted, True)
    after = (change.body or bill)["products"]
    assert all(item["type"] in wanted or "deployment" in item for item in after)
    assert set(change.removed) == set(change.before) - set(change.after)
    assert set(change.added) == set(change.after) - set(change.before)


@given(BILLS, st.booleans())
def test_services_that_are_not_given_are_left_alone(bill, exclusive):
    change = plan_bill(bill, None, exclusive)
    assert change.body is None
    assert change.before == change.after == short_names(bill)


def test_services_have_short_and_api_names_in_any_case():
    assert api_names(["SSO", "ping_one_mfa", " authorize ", "PING_ONE_BASE", "PING_ID_SDK"]) == [
        "PING_ONE_BASE",
        "PING_ONE_MFA",
        "PING_ONE_AUTHORIZE",
        "PING_ID_SDK",
    ]


def test_an_unknown_service_is_named_with_the_choices():
    with pytest.raises(OptionError, match=r"services: there is no service 'SSOO'; choose from SSO, MFA, DaVinci"):
        api_names(["SSO", "SSOO"])


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_what_the_vendor_sets_up_is_never_added_but_may_be_named(name):
    with pytest.raises(OptionError, match="can't be added"):
        new_bill([name])
    with pytest.raises(OptionError, match="can't be added"):
        plan_bill({"products": []}, [name], False)
    assert plan_bill({"products": [{"type": name}]}, [name], True).body is None


def test_services_that_can_not_be_read_are_predicted_as_wanted():
    change = plan_bill(None, ["PING_ONE_MFA", "PING_ONE_BASE"], False)
    assert (change.before, change.after, change.body) == (None, ["MFA", "SSO"], None)


# Licenses


def license_(name="STANDARD", **members):
    allowed = {"max": 10, "regions": ["NORTH_AMERICA", "EU"], "allowProduction": True}
    environments = {**allowed, **members.pop("environments", {})}
    base = {"id": f"id of {name}", "name": name, "package": "STANDARD", "status": "ACTIVE"}
    return {**base, "assignedEnvironmentsCount": 3, "environments": environments, **members}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"status": "EXPIRED"}, "is EXPIRED, not ACTIVE"),
        ({"assignedEnvironmentsCount": 10}, "has no room (all of its 10 environments exist)"),
        ({"assignedEnvironmentsCount": 11}, "has no room (all of its 10 environments exist)"),
        ({"environments": {"regions": ["EU"]}}, "does not allow the region NA (but EU)"),
        ({"environments": {"allowProduction": False}}, "does not allow the type PRODUCTION"),
        ({"package": "TRIAL"}, "does not allow the type PRODUCTION"),
    ],
)
def test_a_license_is_refused_for_one_reason(members, reason):
    found = license_(**members)
    assert incompatibilities(found, "NA", "PRODUCTION", is_move=True) == [reason]
    with pytest.raises(OptionError) as refused:
        check_license([found, license_("OTHER")], found, "NA", "PRODUCTION", is_move=True)
    assert str(refused.value) == (
        f"license: 'STANDARD' does not fit: it {reason}. "
        f"Candidates: 'OTHER' (id of OTHER) fits; 'STANDARD' (id of STANDARD) {reason}."
    )


@pytest.mark.parametrize("region", ["NA", "EU", None])
def test_a_license_fits_by_either_spelling_of_a_region(region):
    assert incompatibilities(license_(), region, "PRODUCTION", is_move=True) == []


def test_a_license_that_does_not_tell_its_limits_fits():
    assert incompatibilities({"id": "x", "status": "ACTIVE"}, "NA", "PRODUCTION", is_move=True) == []
    assert remaining_capacity({"id": "x"}) is None


def test_a_full_license_keeps_its_environments():
    assert incompatibilities(license_(assignedEnvironmentsCount=10), "NA", "SANDBOX", is_move=False) == []


def test_a_sandbox_needs_no_leave_for_production():
    assert (
        incompatibilities(
            license_(package="TRIAL", environments={"allowProduction": False}), "NA", "SANDBOX", is_move=True
        )
        == []
    )


def test_the_only_license_that_fits_is_taken_and_never_the_administrators():
    admin, full = license_("ADMIN", package="ADMIN"), license_("FULL", assignedEnvironmentsCount=10)
    assert only_license([admin, full, license_()], "NA", "SANDBOX")["name"] == "STANDARD"
    with pytest.raises(OptionError) as refused:
        only_license([admin, full], "NA", "SANDBOX")
    assert str(refused.value) == (
        "license: no license fits. Candidates: 'ADMIN' (id of ADMIN) is meant for the administrators' environment; "
        "'FULL' (id of FULL) has no room (all of its 10 environments exist)."
    )


def test_several_licenses_that_fit_are_listed():
    with pytest.raises(
        OptionError, match=r"several licenses fit; give one of them\. Candidates: 'A' \(id of A\) fits; 'B'"
    ):
        only_license([license_("B"), license_("A")], "NA", "SANDBOX")


def test_a_license_is_found_by_name_or_id_and_nothing_else():
    twins = [license_("A", id="1"), license_("A", id="2"), license_("B")]
    assert find_license(twins, "2")["id"] == "2"
    assert find_license(twins, "B")["name"] == "B"
    with pytest.raises(OptionError, match="2 licenses are named 'A'; give the id of the one that is meant: 1, 2"):
        find_license(twins, "A")
    with pytest.raises(OptionError, match=r"there is no license 'b'\. There are: A \(1\), A \(2\), B \(id of B\)"):
        find_license(twins, "b")
    with pytest.raises(OptionError, match="shows no license"):
        find_license([], "A")


# Guards

SHOP = {"id": "1", "name": "shop", "type": "PRODUCTION", "region": "NA", "createdAt": "2026-11-01T12:00:00.000Z"}


def test_type_and_region_are_kept():
    check_immutable(SHOP, "PRODUCTION", "NA")
    check_immutable(SHOP, None, None)
    check_immutable({**SHOP, "type": "SANDBOX"}, "PRODUCTION", "NA")
    with pytest.raises(OptionError, match="type: environment 'shop' is PRODUCTION"):
        check_immutable(SHOP, "SANDBOX", "NA")
    with pytest.raises(OptionError, match="region: environment 'shop' is in NA and can't be moved to EU"):
        check_immutable(SHOP, None, "EU")


@pytest.mark.parametrize("confirmation", [None, "", "Shop", "shop "])
def test_production_is_confirmed_by_its_exact_name(confirmation):
    with pytest.raises(OptionError, match="confirm_production: environment 'shop' is PRODUCTION, and deleting it"):
        check_confirmed(SHOP, confirmation, "deleting it")
    check_confirmed(SHOP, "shop", "deleting it")
    check_confirmed({**SHOP, "type": "SANDBOX"}, confirmation, "deleting it")


@pytest.mark.parametrize(
    ("protect", "problem"),
    [
        ({"type_is": "SANDBOX"}, "its type is PRODUCTION, not SANDBOX"),
        ({"name_matches": "sho"}, "its whole name does not match 'sho'"),
        ({"name_matches": "hop"}, "its whole name does not match 'hop'"),
        ({"created_before": "1d"}, "less than 1d ago"),
        ({"type_is": "PRODUCTION", "name_matches": "shop", "created_before": "2d"}, "less than 2d ago"),
    ],
)
def test_one_condition_that_does_not_hold_keeps_the_environment(protect, problem):
    with pytest.raises(OptionError, match=problem):
        check_protection(SHOP, protect, NOW)


@pytest.mark.parametrize("created", ["2026-11-01T12:00:00Z", "2026-11-01T12:00:00.1Z", "2026-11-01T12:00:00"])
def test_an_environment_goes_when_all_conditions_hold(created):
    protect = {"type_is": "PRODUCTION", "name_matches": "s.*p", "created_before": "23h"}
    check_protection({**SHOP, "createdAt": created}, protect, NOW)
    check_protection(SHOP, None, NOW)


@pytest.mark.parametrize("created", [None, "yesterday"])
def test_an_environment_of_unknown_age_is_kept(created):
    with pytest.raises(OptionError, match="is kept"):
        check_protection({**SHOP, "createdAt": created}, {"created_before": "0s"}, NOW)


@pytest.mark.parametrize("text", ["7", "d", "7 days", "-7d", "7d ", "1.5d", "99999999999w"])
def test_an_invalid_duration_is_rejected(text):
    with pytest.raises(OptionError, match=f"created_before '{text}' is not a valid duration; give"):
        check_protect_option({"created_before": text})


@pytest.mark.parametrize("protect", [{}, {"type_is": None, "name_matches": ""}])
def test_a_protection_that_protects_nothing_is_refused(protect):
    with pytest.raises(OptionError, match="at least one of"):
        check_protect_option(protect)


def test_the_environment_of_the_caller_is_never_deleted():
    with pytest.raises(OptionError, match="hosts the calling worker"):
        check_not_callers_own(SHOP, "1")
    check_not_callers_own(SHOP, "2")
    check_not_callers_own(SHOP, None)


@pytest.mark.parametrize("member", ["hardDeleteAllowedAt", "hardDeletedAllowedAt"])
def test_production_is_deleted_once_its_time_has_come(member):
    pending = {**SHOP, "status": "DELETE_PENDING", member: "2026-11-02T12:00:00.000Z"}
    assert may_delete(pending, NOW)
    assert not may_delete(pending, NOW - timedelta(seconds=1))
    assert not may_delete({**pending, "status": "ACTIVE"}, NOW)
    assert not may_delete(SHOP, NOW)
    assert may_delete({**SHOP, "type": "SANDBOX"}, NOW)
    assert to_result(pending, None)["hard_delete_allowed_at"] == "2026-11-02T12:00:00.000Z"


def test_a_restored_environment_forgets_its_deletion():
    pending = {**predicted_pending(SHOP), "softDeletedAt": "x", "hardDeleteAllowedAt": "y"}
    assert predicted_active(pending, None) == {**SHOP, "status": "ACTIVE"}
