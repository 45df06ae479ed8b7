# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How pingone_environment creates an environment, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PingOneError
from ansible_collections.idops.pingone.tests.unit.plugins.modules.environment_service import (
    API,
    ASSIGNMENTS,
    ENVIRONMENTS,
    HOME,
    ID,
    LICENSE,
    LICENSES,
    ONE,
    ORGANIZATION,
    POPULATIONS,
    WORKER,
    bill,
    embedded,
    environment,
    license_,
    listing,
    roles_of_the_caller,
    run,
    spoken,
    written,
)

TAKEN = {
    "id": "c",
    "code": "INVALID_DATA",
    "message": "The request could not be completed.",
    "details": [{"code": "UNIQUENESS_VIOLATION", "target": "name", "message": "Taken."}],
}


def test_a_new_environment_is_created_awaited_and_reported(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=environment(), status=201)
    embedded(service, POPULATIONS, "populations")
    roles_of_the_caller(service, ID, "another")
    result, task = run(type="SANDBOX", description="For tests", services=["SSO", "MFA"])
    assert result.changed
    # The room on the license is told by a dry run alone.
    assert task.warnings == []
    assert written(service) == [
        (
            "POST",
            "/environments",
            {
                "name": "dev",
                "description": "For tests",
                "type": "SANDBOX",
                "region": "NA",
                "license": {"id": LICENSE},
                "billOfMaterials": {"products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}]},
            },
        )
    ]
    assert result.values["environment"]["services"] == ["MFA", "SSO"]
    assert result.values["birthright_assignments"] == [
        {
            "id": f"assignment-{ID}",
            "role": {"id": "role-1", "name": "Environment Admin"},
            "scope": {"id": ID, "name": "dev", "type": "ENVIRONMENT"},
            "read_only": False,
        }
    ]
    assert result.values["created"]
    assert result.diff()["before"] == {}
    assert result.diff()["after_header"] == "environment dev"


def test_an_environment_that_another_controller_made_meanwhile_is_brought_to_what_is_wanted(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=TAKEN, status=400)
    listing(service, environment(description="Theirs"))
    bill(service, "PING_ONE_BASE")
    service.put(ONE, json=environment(description="Ours"))
    embedded(service, POPULATIONS, "populations")
    result, _task = run(type="SANDBOX", description="Ours")
    assert [(method, path) for method, path, _body in written(service)] == [
        ("POST", "/environments"),
        ("PUT", f"/environments/{ID}"),
    ]
    assert result.changed
    assert not result.values["created"]
    assert result.values["environment"]["description"] == "Ours"


def test_a_name_that_is_taken_by_what_can_t_be_seen_is_told(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=TAKEN, status=400)
    listing(service)
    with pytest.raises(PingOneError, match="Creating environment 'dev' failed.*Taken"):
        run(type="SANDBOX")


@pytest.mark.parametrize("name", ["Dev", "DEV"])
def test_a_name_that_differs_in_case_alone_is_refused(service, name):
    listing(service, environment())
    with pytest.raises(OptionError, match=rf"^name: there is an environment 'dev' \({ID}\) already, .* '{name}'"):
        run(name=name, type="SANDBOX")
    assert written(service) == []


def test_one_of_two_environments_that_differ_in_case_can_be_managed(service):
    listing(service, environment(), environment(id="4c1f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a12", name="Dev"))
    bill(service, "PING_ONE_BASE")
    assert not run()[0].changed


def test_without_waiting_nothing_is_called_inside(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=environment(), status=201)
    roles_of_the_caller(service, ID)
    run(type="SANDBOX", wait=False)
    assert ("GET", f"/environments/{ID}/populations") not in spoken(service)


def test_an_environment_that_never_becomes_usable_is_an_error_that_says_so(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=environment(), status=201)
    service.get(POPULATIONS, json={"code": "NOT_FOUND", "message": "not there yet"}, status=404)
    with pytest.raises(PingOneError, match=r"was created, but could not be used within 0 seconds\. Run the task again"):
        run(type="SANDBOX", wait_timeout=0, retry_budget=0)


@pytest.mark.parametrize(
    ("scope", "more"),
    [({"id": ORGANIZATION, "type": "ORGANIZATION"}, []), ({"id": HOME, "type": "ENVIRONMENT"}, ["Environment Admin"])],
)
def test_a_dry_run_creates_nothing_and_predicts_all(service, scope, more):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    embedded(service, f"{API}/roles", "roles", {"id": "role-1", "name": "Environment Admin"})
    embedded(service, ASSIGNMENTS, "roleAssignments", {"id": "a", "role": {"id": "role-1"}, "scope": scope})
    result, task = run(check_mode=True, type="SANDBOX")
    assert result.changed
    assert written(service) == []
    assert result.values["environment"]["services"] == ["SSO"]
    # Environment Admin at the organization covers it in the environment.
    assert [item["role"]["name"] for item in result.values["birthright_assignments"]] == [
        "Client Application Developer",
        *more,
        "Identity Data Admin",
    ]
    assert task.warnings == [
        "License 'STANDARD' has room for 1 more environment, this one included, as far as this dry run knows."
    ]


def test_a_dry_run_tells_of_the_room_on_a_license_only_where_it_ends(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_(assignedEnvironmentsCount=0))
    roles_of_the_caller(service, ID)
    _result, task = run(check_mode=True, type="SANDBOX")
    assert task.warnings == []


def test_the_token_of_a_person_has_no_birthright_to_report(service):
    listing(service, environment())
    bill(service)
    result, task = run(report_birthright=True, claims={"client_id": WORKER, "env": HOME, "sub": "somebody"})
    assert "birthright_assignments" not in result.values
    assert len(task.warnings) == 1


def test_the_licenses_of_a_token_that_does_not_tell_its_organization_are_found(service):
    listing(service)
    embedded(service, f"{API}/organizations", "organizations", {"id": ORGANIZATION})
    embedded(service, LICENSES, "licenses", license_())
    result, task = run(check_mode=True, claims={}, type="SANDBOX")
    assert "birthright_assignments" not in result.values
    assert "birthright_assignments is left out because the access token is not a worker's." in task.warnings


def test_two_new_environments_of_one_loop_ask_twice_for_room(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=environment(), status=201)
    roles_of_the_caller(service, ID)
    embedded(service, LICENSES, "licenses", license_(assignedEnvironmentsCount=2))
    run(type="SANDBOX", wait=False)
    with pytest.raises(OptionError, match="has no room"):
        run(name="dev-2", type="SANDBOX", wait=False)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "type: environment 'dev' does not exist, and creating it needs type"),
        ({"type": "SANDBOX", "region": None}, "region: environment 'dev' does not exist, and creating it needs region"),
        ({"id": ID}, f"id: there is no environment '{ID}'; leave id out"),
        ({"id": "dev"}, "id: 'dev' is not an id of PingOne"),
    ],
)
def test_what_creation_lacks_is_said_before_anything_is_written(service, options, sentence):
    service.assert_all_requests_are_fired = False
    listing(service)
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    with pytest.raises(OptionError, match=sentence):
        run(**options)
    assert written(service) == []


def test_an_icon_with_a_password_is_refused_before_any_call(service):
    with pytest.raises(OptionError, match="^icon must hold neither a user nor a password"):
        run(type="SANDBOX", icon="https://user:pw@example.com/icon.png")
    assert spoken(service) == []


@pytest.mark.parametrize("name", ["dev ", " ", HOME, "Mu\u0308nchen"])
@pytest.mark.parametrize("options", [{"type": "SANDBOX"}, {"id": ID}])
def test_a_misleading_name_is_given_neither_at_creation_nor_by_a_renaming(service, name, options):
    listing(service, environment(), environment(id=HOME, name="M\u00fcnchen"))
    with pytest.raises(OptionError, match="^name"):
        run(name=name, **options)
    assert written(service) == []
