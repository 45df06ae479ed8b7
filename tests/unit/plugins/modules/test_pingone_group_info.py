# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_group_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_group_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    PROD,
    asked,
    embedded,
    environment,
    run,
    serving,
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
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
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


def test_a_predicted_environment_has_no_groups(service):
    predicted = predicted_id("environment", None, "new")
    result, _task = run(pingone_group_info, check_mode=True, environments=[predicted])
    assert result.values == {"groups": [], "unreadable": []}
