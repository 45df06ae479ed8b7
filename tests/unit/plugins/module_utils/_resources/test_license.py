# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which license an environment may be on."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import (
    check_license,
    incompatibilities,
    only_license,
    remaining_capacity,
    with_predicted,
)


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


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"assignedEnvironmentsCount": 10}, "limited"),
        ({"assignedEnvironmentsCount": 10, "status": "EXPIRED"}, "option"),
        ({"environments": {"regions": ["EU"]}}, "option"),
    ],
)
def test_only_a_license_that_lacks_nothing_but_room_is_used_up(members, kind):
    found = license_(**members)
    with pytest.raises(OptionError) as given:
        check_license([found, license_("OTHER")], found, "NA", "SANDBOX", is_move=True)
    with pytest.raises(OptionError) as left_out:
        only_license([found], "NA", "SANDBOX")
    assert [given.value.kind, left_out.value.kind] == [kind, kind]


def test_several_licenses_that_fit_are_listed():
    with pytest.raises(
        OptionError, match=r"several licenses fit; give one of them\. Candidates: 'A' \(id of A\) fits; 'B'"
    ):
        only_license([license_("B"), license_("A")], "NA", "SANDBOX")


def test_a_dry_run_counts_the_environments_that_it_predicts():
    full, other, untold = license_("FULL", assignedEnvironmentsCount=9), license_("OTHER"), {"id": "x"}
    environments = [
        {"id": predicted_id("environment", None, "a"), "license": {"id": full["id"]}},
        {"id": predicted_id("environment", None, "b"), "license": {"id": "x"}},
        {"id": predicted_id("environment", None, "c")},
        {"id": "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", "license": {"id": other["id"]}},
    ]
    counted = with_predicted([full, other, untold], environments)
    assert [remaining_capacity(item) for item in counted] == [0, 7, None]
    assert full["assignedEnvironmentsCount"] == 9
