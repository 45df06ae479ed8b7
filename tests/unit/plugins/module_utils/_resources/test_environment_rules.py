# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be done to an environment, without the service."""

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
    check_name_is_free,
    check_not_callers_own,
    check_protect_option,
    check_protection,
    may_delete,
)

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
SHOP = {"id": "1", "name": "shop", "type": "PRODUCTION", "region": "NA", "createdAt": "2026-11-01T12:00:00.000Z"}


def test_type_and_region_are_kept():
    check_immutable(SHOP, "PRODUCTION", "NA")
    check_immutable(SHOP, None, None)
    check_immutable({**SHOP, "type": "SANDBOX"}, "PRODUCTION", "NA")
    with pytest.raises(OptionError, match="type: environment 'shop' is PRODUCTION"):
        check_immutable(SHOP, "SANDBOX", "NA")
    with pytest.raises(OptionError, match="region: environment 'shop' is in NA and cannot be moved to EU"):
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


@pytest.mark.parametrize("protect", [{}, {"type_is": None, "name_matches": None}])
def test_a_protection_that_protects_nothing_is_refused(protect):
    with pytest.raises(OptionError, match="at least one of"):
        check_protect_option(protect)


@pytest.mark.parametrize("key", ["type_is", "name_matches", "created_before"])
@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_a_guard_that_came_out_empty_is_refused_whatever_else_holds(key, empty):
    holding = {"type_is": "PRODUCTION", "name_matches": "shop", "created_before": "1d"}
    with pytest.raises(OptionError, match=f"^protect: {key} must not be empty; a guard that is named must hold"):
        check_protect_option({**holding, key: empty})


@pytest.mark.parametrize("type_", [None, "", "STAGING"])
def test_an_environment_of_an_unknown_type_is_handled_as_production(type_):
    unknown = {**SHOP, "type": type_}
    with pytest.raises(OptionError, match="which counts as PRODUCTION, and deleting it needs confirm_production"):
        check_confirmed(unknown, None, "deleting it")
    assert not may_delete(unknown, NOW)
    for type_is in ("PRODUCTION", "SANDBOX"):
        with pytest.raises(OptionError, match="is kept"):
            check_protection(unknown, {"type_is": type_is}, NOW)


@pytest.mark.parametrize(
    ("name", "own_id", "says"),
    [
        ("shop", "2", "already; give another name."),
        ("Shop", "2", "already, and PingOne takes 'Shop' for the same name; give another name."),
        (
            "Shop",
            None,
            "already, and PingOne takes 'Shop' for the same name; give another name, or exactly that one to manage it.",
        ),
    ],
)
def test_a_name_that_is_taken_is_told_with_what_to_do(name, own_id, says):
    with pytest.raises(OptionError) as caught:
        check_name_is_free(name, [{"id": "1", "name": "shop"}], own_id)
    assert str(caught.value) == f"name: there is an environment 'shop' (1) {says}"


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
