# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_environment_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_environment, pingone_environment_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    ORGANIZATION,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)

LICENSE = {
    "id": "lic",
    "name": "Example Premium",
    "package": "PREMIUM",
    "status": "ACTIVE",
    "expiresAt": "2027-11-02T09:30:00.000Z",
    "environments": {"max": 10},
    "assignedEnvironmentsCount": 3,
}
OWN = f"/environments/{ADMINS}/applications/{CALLER}/roleAssignments"
ROLE = {"id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "name": "Environment Admin"}


def bill(*types):
    return {"products": [{"id": type, "type": type} for type in types]}


@pytest.fixture
def service():
    pending = environment(PROD, "prod", type="PRODUCTION", status="DELETE_PENDING")
    with serving(pending, environment(DEV, "dev"), environment(ADMINS, "Administrators")) as mock:
        mock.get(f"{API}/environments/{DEV}/billOfMaterials", json=bill("PING_ONE_BASE", "PING_ONE_MFA"))
        mock.get(f"{API}/organizations/{ORGANIZATION}/licenses", json=embedded("licenses", LICENSE))
        mock.get(f"{API}/roles", json=embedded("roles", ROLE))
        held = {"id": "a1", "role": {"id": ROLE["id"]}, "scope": {"id": DEV, "type": "ENVIRONMENT"}, "readOnly": True}
        mock.get(f"{API}{OWN}", json=embedded("roleAssignments", held))
        yield mock


def names(result):
    return [item["name"] for item in result.values["environments"]]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["Administrators", "dev", "prod"]),
        ({"name": "dev"}, ["dev"]),
        ({"id": PROD}, ["prod"]),
        ({"name_pattern": "dev|prod"}, ["dev", "prod"]),
        ({"name": "stage"}, []),
        ({"id": ADMINS.replace("1", "2")}, []),
        ({"name_pattern": "stage-.*"}, []),
    ],
)
def test_environments_are_read_with_one_request_and_none_is_no_error(service, options, found):
    result, _task = run(pingone_environment_info, **options)
    assert names(result) == found
    assert not result.changed
    assert asked(service) == ["GET /environments"]


def test_what_an_item_of_a_loop_read_is_read_again_by_the_next(service):
    for count in (1, 2):
        run(pingone_environment_info)
        assert asked(service) == ["GET /environments"] * count


def test_an_environment_has_the_shape_that_the_managing_module_gives_it(service):
    result, _task = run(pingone_environment_info, name="dev", include=["services"])
    managed, _task = run(pingone_environment, name="dev")
    assert result.values["environments"] == [managed.values["environment"]]
    assert result.values["environments"][0]["services"] == ["MFA", "SSO"]


def test_services_are_read_of_each_that_can_be_used_and_what_may_not_be_read_is_reported(service):
    service.get(f"{API}/environments/{ADMINS}/billOfMaterials", json=REFUSED, status=403)
    result, _task = run(pingone_environment_info, include=["services"])
    assert [item["services"] for item in result.values["environments"]] == [None, ["MFA", "SSO"], None]
    (entry,) = result.values["unreadable"]
    assert entry["environment"] == {"id": ADMINS, "name": "Administrators"}
    assert entry["error"]["kind"] == "permission"
    assert asked(service) == [
        "GET /environments",
        f"GET /environments/{ADMINS}/billOfMaterials",
        f"GET /environments/{DEV}/billOfMaterials",
    ]


def test_services_of_the_only_environment_that_is_asked_for_have_to_be_readable(service):
    service.get(f"{API}/environments/{ADMINS}/billOfMaterials", json=REFUSED, status=403)
    with pytest.raises(PermissionDeniedError):
        run(pingone_environment_info, name="Administrators", include=["services"])


def test_the_licenses_of_all_cost_one_request(service):
    result, _task = run(pingone_environment_info, include=["license"])
    assert [item["license"] for item in result.values["environments"]] == 3 * [
        {
            "id": "lic",
            "name": "Example Premium",
            "package": "PREMIUM",
            "status": "ACTIVE",
            "expires_at": "2027-11-02T09:30:00.000Z",
            "remaining_environments": 7,
        }
    ]
    assert asked(service) == ["GET /environments", f"GET /organizations/{ORGANIZATION}/licenses"]


def test_a_license_that_the_caller_does_not_see_is_null(service):
    other = environment(DEV, "dev", license={"id": "hidden"})
    service.replace("GET", f"{API}/environments", json=embedded("environments", other))
    result, _task = run(pingone_environment_info, include=["license"])
    assert result.values["environments"][0]["license"] is None


def test_the_roles_that_the_caller_holds_cost_two_requests_for_all(service):
    result, _task = run(pingone_environment_info, include=["birthright_assignments"])
    held = {item["name"]: item["birthright_assignments"] for item in result.values["environments"]}
    assert held["Administrators"] == held["prod"] == []
    assert [(item["role"]["name"], item["scope"]["name"], item["read_only"]) for item in held["dev"]] == [
        ("Environment Admin", "dev", True)
    ]
    assert asked(service) == ["GET /environments", f"GET {OWN}", "GET /roles"]


def test_without_environments_nothing_more_is_asked(service):
    include = ["birthright_assignments", "license", "services"]
    result, _task = run(pingone_environment_info, name="stage", include=include)
    assert result.values == {"environments": [], "unreadable": []}
    assert asked(service) == ["GET /environments"]


def test_check_mode_reads_the_same(service):
    real, _task = run(pingone_environment_info, name="dev", include=["services"])
    dry, _task = run(pingone_environment_info, check_mode=True, name="dev", include=["services"])
    assert dry.values == real.values


def test_nothing_is_asked_of_an_environment_that_a_dry_run_predicted(service):
    predicted = {"id": predicted_id("environment", None, "new"), "name": "new"}
    service.replace("GET", f"{API}/environments", json=embedded("environments", predicted))
    include = ["birthright_assignments", "license", "services"]
    result, _task = run(pingone_environment_info, check_mode=True, include=include)
    (shown,) = result.values["environments"]
    assert (shown["services"], shown["license"]) == (None, None)
    assert asked(service) == ["GET /environments", f"GET {OWN}", "GET /roles"]


def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service):
    with pytest.raises(OptionError, match="name_pattern 'dev[(]' is not a valid regular expression"):
        run(pingone_environment_info, name_pattern="dev(")
    assert len(service.calls) == 0
