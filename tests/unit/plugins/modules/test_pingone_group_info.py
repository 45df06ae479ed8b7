# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_group_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_group, pingone_group_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
)

ADMINS = {
    "id": "1d8ebe65-81b1-4884-9b91-1d0ec767004c",
    "environment": {"id": DEV},
    "name": "admins",
    "customData": {"owner": "example-team"},
    "directMemberCounts": {"users": 1, "groups": 0},
    "createdAt": OLD,
}
GUESTS = {**ADMINS, "id": "2d8ebe65-81b1-4884-9b91-1d0ec767004c", "name": "guests", "population": {"id": "p1"}}
TWINS = {**GUESTS, "id": "3d8ebe65-81b1-4884-9b91-1d0ec767004c", "population": {"id": "p2"}}
GROUPS = f"{API}/environments/{{}}/groups"


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        listed = [environment(PROD, "prod"), environment(DEV, "dev")]
        mock.get(f"{API}/environments", json=embedded("environments", *listed))
        mock.get(GROUPS.format(DEV), json=embedded("groups", TWINS, GUESTS, ADMINS))
        yield mock


def found(result):
    return [(item["environment"]["name"], item["name"], item["population_id"]) for item in result.values["groups"]]


def test_all_groups_of_all_environments_are_read_with_one_request_each(service):
    service.get(GROUPS.format(PROD), json=embedded("groups"))
    result, _task = run(pingone_group_info)
    assert found(result) == [("dev", "admins", None), ("dev", "guests", "p1"), ("dev", "guests", "p2")]
    assert not result.changed
    assert asked(service) == [
        "GET /environments",
        f"GET /environments/{DEV}/groups",
        f"GET /environments/{PROD}/groups",
    ]


def test_a_group_has_the_shape_that_the_managing_module_gives_it_and_its_environment(service):
    result, _task = run(pingone_group_info, environments=["dev"], name="admins")
    (shown,) = result.values["groups"]
    managed, _task = run(pingone_group, environment="dev", name="admins")
    assert shown == {**managed.values["group"], "environment": {"id": DEV, "name": "dev"}}
    assert shown["custom_data"] == {"owner": "example-team"}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"name": "guests"}, ["guests", "guests"]),
        ({"name": "Guests"}, []),
        ({"name_pattern": "a.*"}, ["admins"]),
        ({"id": "guests"}, []),
    ],
)
def test_groups_are_chosen_by_name_id_or_pattern_and_none_is_no_error(service, options, names):
    result, _task = run(pingone_group_info, environments=[DEV], **options)
    assert [item["name"] for item in result.values["groups"]] == names


def test_an_environment_that_cannot_be_read_is_reported_beside_the_others(service):
    service.get(GROUPS.format(PROD), json=REFUSED, status=403)
    result, _task = run(pingone_group_info)
    assert len(found(result)) == 3
    (entry,) = result.values["unreadable"]
    assert entry["environment"] == {"id": PROD, "name": "prod"}
    assert entry["error"]["kind"] == "permission"
    with pytest.raises(PermissionDeniedError):
        run(pingone_group_info, environments=["prod"])


def test_a_predicted_environment_has_no_groups(service):
    predicted = predicted_id("environment", None, "new")
    result, _task = run(pingone_group_info, check_mode=True, environments=[predicted])
    assert result.values == {"groups": [], "unreadable": []}


def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service):
    with pytest.raises(OptionError, match="environments_matching '[(]' is not a valid regular expression"):
        run(pingone_group_info, environments_matching="(")
    assert len(service.calls) == 0
