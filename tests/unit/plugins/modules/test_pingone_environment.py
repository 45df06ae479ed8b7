# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_environment says to the service, request by request."""

from __future__ import annotations

import base64
import json

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.module_utils._resources import environment as environment_resource
from ansible_collections.idops.pingone.plugins.modules import pingone_environment

API = "https://api.example.com/v1"
ID = "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
HOME = "6c1e2d3f-0a9b-4c8d-9e7f-5a4b3c2d1e0f"
WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
ORGANIZATION = "1c9d5a3e-7b2f-4e6a-9d80-5f3e2b1a0c99"
LICENSE = "9e2d4c6b-1f3a-4b5c-8d7e-6f0a1b2c3d4e"
ENVIRONMENTS = f"{API}/environments"
LICENSES = f"{API}/organizations/{ORGANIZATION}/licenses"
ONE = f"{ENVIRONMENTS}/{ID}"
BILL = f"{ONE}/billOfMaterials"
POPULATIONS = f"{ONE}/populations"
ASSIGNMENTS = f"{ENVIRONMENTS}/{HOME}/applications/{WORKER}/roleAssignments"


def token(**claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def environment(**members):
    return {
        "_links": {"self": {"href": ONE}},
        "id": ID,
        "name": "dev",
        "type": "SANDBOX",
        "region": "NA",
        "license": {"id": LICENSE, "package": "STANDARD"},
        "organization": {"id": ORGANIZATION},
        "createdAt": "2020-01-01T00:00:00.000Z",
        "updatedAt": "2020-01-01T00:00:00.000Z",
        "notKnownHere": {"kept": True},
        **members,
    }


def pending(**members):
    times = {"softDeletedAt": "2020-02-01T00:00:00.000Z", "hardDeleteAllowedAt": "2999-01-01T00:00:00.000Z"}
    return environment(type="PRODUCTION", status="DELETE_PENDING", **{**times, **members})


def license_(**members):
    allowed = {"max": 2, "regions": ["NORTH_AMERICA"], "allowProduction": True}
    shown = {"id": LICENSE, "name": "STANDARD", "package": "STANDARD", "status": "ACTIVE", "environments": allowed}
    return {**shown, "assignedEnvironmentsCount": 1, "organization": {"id": ORGANIZATION}, **members}


def run(check_mode=False, claims=None, **options):
    spec = pingone_environment.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    claims = {"client_id": WORKER, "env": HOME, "org": ORGANIZATION} if claims is None else claims
    connection = {
        "api_url": API,
        "auth_url": "https://auth.example.com",
        "region": "NA",
        "access_token": token(**claims),
    }
    if not options.get("id"):
        options.setdefault("name", "dev")
    task = Task({**params, **connection, "region": "NA", **options}, check_mode=check_mode)
    return pingone_environment.run(task), task


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(environment_resource, "_PAUSE", 0)


@pytest.fixture
def service():
    with responses.RequestsMock() as mock:
        yield mock


def embedded(service, url, key, *items, **more):
    service.get(url, json={"_embedded": {key: list(items)}}, **more)


def listing(service, *environments):
    embedded(service, ENVIRONMENTS, "environments", *environments)


def bill(service, *types):
    service.get(BILL, json={"_links": {}, "solutionType": "CUSTOMER", "products": [{"type": name} for name in types]})


def roles_of_the_caller(service, *scopes):
    embedded(service, f"{API}/roles", "roles", {"id": "role-1", "name": "Environment Admin"})
    items = [
        {"id": f"assignment-{scope}", "role": {"id": "role-1"}, "scope": {"id": scope, "type": "ENVIRONMENT"}}
        for scope in scopes
    ]
    embedded(service, ASSIGNMENTS, "roleAssignments", *items)


def spoken(service):
    return [(call.request.method, call.request.url.partition("?")[0].removeprefix(API)) for call in service.calls]


def written(service):
    calls = [(call.request.method, call.request.url.removeprefix(API), call.request.body) for call in service.calls]
    return [(method, path, json.loads(body) if body else None) for method, path, body in calls if method != "GET"]


# Creation


def test_a_new_environment_is_created_awaited_and_reported(service):
    listing(service)
    embedded(service, LICENSES, "licenses", license_())
    service.post(ENVIRONMENTS, json=environment(), status=201)
    embedded(service, POPULATIONS, "populations")
    roles_of_the_caller(service, ID, "another")
    result, _task = run(type="SANDBOX", description="For tests", services=["SSO", "MFA"])
    assert result.changed
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
    assert result.diff()["before"] == {}
    assert result.diff()["after_header"] == "environment dev"


TAKEN = {
    "id": "c",
    "code": "INVALID_DATA",
    "message": "The request could not be completed.",
    "details": [{"code": "UNIQUENESS_VIOLATION", "target": "name", "message": "Taken."}],
}


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


# Update


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


# Deletion


def test_a_sandbox_is_deleted_and_awaited_until_it_is_not_found_twice(service):
    listing(service, environment())
    bill(service, "PING_ONE_BASE")
    service.delete(ONE, status=204)
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    service.get(ONE, json=environment())
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    result, _task = run(state="absent", preflight="off")
    assert result.changed
    assert result.values["environment"] is None
    assert result.diff()["before_header"] == "environment dev"
    assert result.diff()["before"]["services"] == ["SSO"]
    assert spoken(service)[2:] == [("DELETE", f"/environments/{ID}")] + [("GET", f"/environments/{ID}")] * 4


def test_a_deletion_that_takes_longer_is_a_warning(service):
    listing(service, environment())
    bill(service)
    service.delete(ONE, status=204)
    service.get(ONE, json=environment())
    result, task = run(state="absent", wait_timeout=0)
    assert result.changed
    assert task.warnings == [
        "Environment 'dev' was deleted, but was not gone within 0 seconds; PingOne goes on deleting it."
    ]


def test_the_deletion_of_production_is_pending_first(service):
    listing(service, environment(type="PRODUCTION"))
    bill(service)
    service.put(f"{ONE}/status", json=pending())
    result, task = run(state="absent", confirm_production="dev")
    assert result.changed
    assert written(service) == [("PUT", f"/environments/{ID}/status", {"status": "DELETE_PENDING"})]
    assert result.values["environment"]["status"] == "DELETE_PENDING"
    assert "only after 2999-01-01T00:00:00.000Z" in task.warnings[0]


def test_until_its_time_has_come_pending_production_is_left_alone(service):
    listing(service, pending())
    result, task = run(state="absent", confirm_production="dev")
    assert not result.changed
    assert spoken(service) == [("GET", "/environments")]
    assert result.values["environment"]["hard_delete_allowed_at"] == "2999-01-01T00:00:00.000Z"
    assert "only after 2999-01-01T00:00:00.000Z" in task.warnings[0]


def test_once_its_time_has_come_pending_production_is_deleted(service):
    listing(service, pending(hardDeleteAllowedAt="2020-03-01T00:00:00.000Z"))
    service.delete(ONE, status=204)
    result, _task = run(state="absent", confirm_production="dev", wait=False)
    assert result.changed
    assert written(service) == [("DELETE", f"/environments/{ID}", None)]


def test_a_dry_run_does_not_delete_what_an_earlier_task_would_only_have_set_pending(service):
    listing(service, pending(softDeletedAt=None, hardDeleteAllowedAt=None))
    result, task = run(check_mode=True, state="absent", confirm_production="dev")
    assert not result.changed
    assert result.values["environment"]["status"] == "DELETE_PENDING"
    assert "only after a time that it sets; run this task again then" in task.warnings[0]


@pytest.mark.parametrize("state", ["absent", "deletion_pending"])
@pytest.mark.parametrize(
    ("found", "options", "sentence"),
    [
        ({}, {"confirm_production": None}, "confirm_production: environment 'dev' is PRODUCTION"),
        ({}, {"protect": {"type_is": "SANDBOX"}}, "protect: environment 'dev' is kept"),
        ({}, {"claims": {"env": ID}}, "hosts the calling worker"),
    ],
)
def test_a_guard_stops_a_deletion_before_any_write(service, state, found, options, sentence):
    listing(service, environment(type="PRODUCTION", **found))
    with pytest.raises(OptionError, match=sentence):
        run(**{"state": state, "confirm_production": "dev", **options})
    assert written(service) == []


def test_the_environment_of_the_caller_is_known_from_the_connection_when_the_token_does_not_tell(service):
    listing(service, environment())
    with pytest.raises(OptionError, match="hosts the calling worker"):
        run(state="absent", claims={}, auth_environment_id=ID)


def test_what_is_not_there_is_absent(service):
    listing(service)
    result, _task = run(state="absent")
    assert not result.changed
    assert result.values["environment"] is None


# Restoring


def test_what_is_pending_is_restored_before_it_is_changed(service):
    listing(service, pending())
    active = environment(type="PRODUCTION", status="ACTIVE")
    service.put(f"{ONE}/status", json=active)
    embedded(service, POPULATIONS, "populations")
    bill(service, "PING_ONE_BASE")
    service.put(ONE, json={**active, "description": "back"})
    result, _task = run(description="back")
    assert result.changed
    assert [path for _method, path, _body in written(service)] == [f"/environments/{ID}/status", f"/environments/{ID}"]
    assert written(service)[0][2] == {"status": "ACTIVE", "license": {"id": LICENSE}}
    assert result.diff()["before"]["status"] == "DELETE_PENDING"
    assert result.diff()["after"]["status"] == "ACTIVE"


def test_removing_services_while_restoring_is_confirmed_before_the_restoration(service):
    listing(service, pending())
    with pytest.raises(OptionError, match="removing services needs confirm_production"):
        run(services=["SSO"], exclusive_services=True)


def test_a_dry_run_restores_nothing_and_says_what_it_can_not_know(service):
    listing(service, pending())
    result, task = run(check_mode=True, services=["SSO"])
    assert result.changed
    assert result.values["environment"]["status"] == "ACTIVE"
    assert result.values["environment"]["hard_delete_allowed_at"] is None
    assert "cannot be read while its deletion is pending" in task.warnings[0]


@pytest.mark.parametrize(
    ("date", "kept"), [("Tue, 07 Jan 2020 23:59:00 GMT", True), ("Wed, 08 Jan 2020 00:01:00 GMT", False)]
)
def test_the_age_of_an_environment_is_counted_by_the_clock_of_the_service(service, date, kept):
    embedded(service, ENVIRONMENTS, "environments", environment(), headers={"Date": date})
    if kept:
        with pytest.raises(OptionError, match="less than 7d ago"):
            run(state="absent", protect={"created_before": "7d"})
        return
    bill(service)
    service.delete(ONE, status=204)
    assert run(state="absent", protect={"created_before": "7d"}, wait=False)[0].changed


@pytest.mark.parametrize("name", ["dev ", " ", HOME, "Mu\u0308nchen"])
@pytest.mark.parametrize("options", [{"type": "SANDBOX"}, {"id": ID}])
def test_a_misleading_name_is_given_neither_at_creation_nor_by_a_renaming(service, name, options):
    listing(service, environment(), environment(id=HOME, name="M\u00fcnchen"))
    with pytest.raises(OptionError, match="^name"):
        run(name=name, **options)
    assert written(service) == []
