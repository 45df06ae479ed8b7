# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change in a bill of materials, and what services are called."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import (
    SHORT_NAMES,
    api_names,
    new_bill,
    plan_bill,
    short_names,
)
from hypothesis import given
from hypothesis import strategies as st

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
    with pytest.raises(OptionError, match="cannot be added"):
        new_bill([name])
    with pytest.raises(OptionError, match="cannot be added"):
        plan_bill({"products": []}, [name], False)
    assert plan_bill({"products": [{"type": name}]}, [name], True).body is None


def test_services_that_can_not_be_read_are_predicted_as_wanted():
    change = plan_bill(None, ["PING_ONE_MFA", "PING_ONE_BASE"], False)
    assert (change.before, change.after, change.body) == (None, ["MFA", "SSO"], None)
