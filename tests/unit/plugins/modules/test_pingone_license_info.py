# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_license_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_license_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    ORGANIZATION,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    token,
)

PREMIUM = {
    "_links": {"self": {"href": "https://api.example.com/v1/organizations/o/licenses/l"}},
    "advancedServices": {"pingId": {"included": True, "type": "FULL"}},
    "assignedEnvironmentsCount": 3,
    "beginsAt": OLD,
    "environments": {"allowProduction": True, "max": 10, "regions": ["NORTH_AMERICA", "EU"]},
    "expiresAt": "2027-11-02T09:30:00.000Z",
    "id": "9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e",
    "mfa": {"allowFido2Devices": True, "allowTotp": False},
    "name": "Example Premium",
    "organization": {"id": ORGANIZATION},
    "package": "PREMIUM",
    "replacesLicense": {"id": "8e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e"},
    "status": "ACTIVE",
}
TRIAL = {"id": "7e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e", "name": "Example", "package": "TRIAL", "status": "EXPIRED"}
LICENSES = f"/organizations/{ORGANIZATION}/licenses"


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}{LICENSES}", json=embedded("licenses", PREMIUM, TRIAL))
        yield mock


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["Example", "Example Premium"]),
        ({"name": "Example"}, ["Example"]),
        ({"name": "example"}, []),
        ({"id": PREMIUM["id"]}, ["Example Premium"]),
        ({"name_pattern": ".* Premium"}, ["Example Premium"]),
        ({"name_pattern": "Premium"}, []),
    ],
)
def test_licenses_are_read_with_one_request_and_none_is_no_error(service, options, found):
    result, _task = run(pingone_license_info, **options)
    assert [item["name"] for item in result.values["licenses"]] == found
    assert not result.changed
    assert asked(service) == [f"GET {LICENSES}"]


def test_a_license_tells_how_long_for_which_environments_and_what_else_it_allows(service):
    result, _task = run(pingone_license_info, name="Example Premium")
    assert result.values["licenses"] == [
        {
            "id": PREMIUM["id"],
            "organization_id": ORGANIZATION,
            "name": "Example Premium",
            "package": "PREMIUM",
            "status": "ACTIVE",
            "begins_at": OLD,
            "expires_at": "2027-11-02T09:30:00.000Z",
            "terminates_at": None,
            "replaces_license_id": "8e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e",
            "replaced_by_license_id": None,
            "assigned_environments": 3,
            "max_environments": 10,
            "remaining_environments": 7,
            "regions": ["EU", "NA"],
            "types": ["PRODUCTION", "SANDBOX"],
            "features": {
                "advanced_services": {"ping_id": {"included": True, "type": "FULL"}},
                "environments": {"allow_production": True, "max": 10, "regions": ["NORTH_AMERICA", "EU"]},
                "mfa": {"allow_fido2_devices": True, "allow_totp": False},
            },
        }
    ]


def test_what_a_license_does_not_tell_is_null(service):
    result, _task = run(pingone_license_info, name="Example")
    (shown,) = result.values["licenses"]
    assert [shown[key] for key in ("max_environments", "remaining_environments", "regions", "expires_at")] == [None] * 4
    assert shown["types"] == ["SANDBOX"]
    assert shown["features"] == {}


def test_a_license_that_forbids_it_takes_no_production_environment(service):
    forbids = {**PREMIUM, "environments": {"allowProduction": False}}
    service.replace("GET", f"{API}{LICENSES}", json=embedded("licenses", forbids))
    result, _task = run(pingone_license_info)
    assert result.values["licenses"][0]["types"] == ["SANDBOX"]


def test_all_pages_are_read(service):
    first = {**embedded("licenses", PREMIUM), "_links": {"next": {"href": f"{API}{LICENSES}?cursor=2"}}}
    service.replace("GET", f"{API}{LICENSES}", json=first)
    service.get(f"{API}{LICENSES}?cursor=2", json=embedded("licenses", TRIAL))
    result, _task = run(pingone_license_info)
    assert len(result.values["licenses"]) == 2


def test_the_organization_is_asked_for_when_the_token_does_not_name_it(service):
    service.get(f"{API}/organizations", json=embedded("organizations", {"id": ORGANIZATION}))
    result, _task = run(pingone_license_info, access_token=token(org=None))
    assert len(result.values["licenses"]) == 2
    assert asked(service) == ["GET /organizations", f"GET {LICENSES}"]


def test_a_dry_run_counts_the_environments_that_earlier_tasks_predicted(service):
    planned = environment(predicted_id("environment", None, "new"), "new", license={"id": PREMIUM["id"]})
    listed = embedded("environments", environment(DEV, "dev", license={"id": PREMIUM["id"]}), planned)
    service.get(f"{API}/environments", json=listed)
    result, _task = run(pingone_license_info, check_mode=True, name="Example Premium")
    assert result.values["licenses"][0]["assigned_environments"] == 4
    assert result.values["licenses"][0]["remaining_environments"] == 6


def test_what_an_item_of_a_loop_read_is_read_again_by_the_next(service):
    for count in (1, 2):
        run(pingone_license_info)
        assert asked(service) == [f"GET {LICENSES}"] * count


def test_who_may_not_see_the_licenses_is_told(service):
    service.replace("GET", f"{API}{LICENSES}", json=REFUSED, status=403)
    with pytest.raises(PermissionDeniedError, match="Listing the licenses failed"):
        run(pingone_license_info)


def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service):
    with pytest.raises(OptionError, match="name_pattern 'dev[(]' is not a valid regular expression"):
        run(pingone_license_info, name_pattern="dev(")
    assert len(service.calls) == 0
