# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How pingone_environment changes an environment, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.tests.unit.plugins.modules.environment_service import (
    API,
    ASSIGNMENTS,
    BILL,
    ID,
    LICENSE,
    LICENSES,
    ONE,
    bill,
    embedded,
    environment,
    license_,
    listing,
    run,
    spoken,
    written,
)


def test_an_environment_that_is_right_costs_two_reads(service):
    listing(service, environment())
    bill(service, "PING_ONE_BASE")
    result, _task = run(type="SANDBOX", license=LICENSE, services=["SSO"])
    assert not result.changed
    assert spoken(service) == [("GET", "/environments"), ("GET", f"/environments/{ID}/billOfMaterials")]
    assert result.diff()["before"] == result.diff()["after"]


def test_an_update_sends_back_what_it_does_not_know_and_nothing_of_the_service_s_own(service):
    listing(service, environment(description="old", billOfMaterials={"products": []}, status="ACTIVE"))
    bill(service, "PING_ONE_BASE")
    service.put(ONE, json=environment(description="new"))
    run(description="new")
    assert written(service) == [
        (
            "PUT",
            f"/environments/{ID}",
            {
                "name": "dev",
                "description": "new",
                "type": "SANDBOX",
                "region": "NA",
                "license": {"id": LICENSE},
                "notKnownHere": {"kept": True},
            },
        )
    ]


def test_license_type_and_services_change_in_this_order(service):
    other = license_(id="9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4f", name="PREMIUM", package="PREMIUM")
    listing(service, environment())
    embedded(service, LICENSES, "licenses", license_(package="TRIAL"), other)
    bill(service, "PING_ONE_BASE")
    moved = environment(license={"id": other["id"], "package": "PREMIUM"})
    service.put(ONE, json=moved)
    service.put(f"{ONE}/type", json={**moved, "type": "PRODUCTION"})
    service.put(BILL, json={})
    result, _task = run(license="PREMIUM", type="PRODUCTION", services=["MFA"])
    assert [(path, body.get("type"), body.get("license")) for _method, path, body in written(service)] == [
        (f"/environments/{ID}", "SANDBOX", {"id": other["id"]}),
        (f"/environments/{ID}/type", "PRODUCTION", None),
        (f"/environments/{ID}/billOfMaterials", None, None),
    ]
    assert written(service)[2][2] == {
        "solutionType": "CUSTOMER",
        "products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}],
    }
    assert result.values["environment"]["type"] == "PRODUCTION"
    assert result.values["environment"]["services"] == ["MFA", "SSO"]


def test_promotion_is_refused_when_the_license_does_not_allow_it(service):
    listing(service, environment())
    embedded(service, LICENSES, "licenses", license_(package="TRIAL"))
    bill(service)
    with pytest.raises(OptionError, match="'STANDARD' does not fit: it does not allow the type PRODUCTION"):
        run(type="PRODUCTION")


def test_promotion_by_a_worker_that_sees_no_licenses_is_left_to_the_service(service):
    listing(service, environment())
    service.get(LICENSES, json={"code": "ACCESS_FAILED", "message": "no"}, status=403)
    bill(service)
    service.put(f"{ONE}/type", json=environment(type="PRODUCTION"))
    result, _task = run(type="PRODUCTION")
    assert result.changed


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"type": "SANDBOX"}, "PingOne does not turn PRODUCTION into SANDBOX"),
        ({"region": "EU"}, "is in NA and cannot be moved to EU"),
        ({"services": [], "exclusive_services": True}, "removing MFA, SSO needs confirm_production"),
        ({"services": ["MFA"], "exclusive_services": True, "confirm_production": "Dev"}, "removing SSO needs"),
    ],
)
def test_what_must_not_happen_to_production_is_refused_before_any_write(service, options, sentence):
    service.assert_all_requests_are_fired = False
    listing(service, environment(type="PRODUCTION"))
    bill(service, "PING_ONE_BASE", "PING_ONE_MFA")
    with pytest.raises(OptionError, match=sentence):
        run(description="changed", **options)
    assert written(service) == []


def test_the_roles_of_the_caller_are_left_out_where_it_may_not_read_them(service):
    listing(service, environment())
    bill(service)
    embedded(service, f"{API}/roles", "roles")
    service.get(ASSIGNMENTS, json={"code": "ACCESS_FAILED", "message": "no"}, status=403)
    result, task = run(report_birthright=True)
    assert "birthright_assignments" not in result.values
    assert "the calling worker cannot read its own roles" in task.warnings[0]
