# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app_grant says to the service, request by request."""

from __future__ import annotations

import json

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    ConflictError,
    OptionError,
    ReadOnlyError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_grant
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    asked,
    embedded,
    environment,
    run,
    serving,
    writes,
)

WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
HOME = f"{API}/environments/{DEV}"
GRANTS = f"{HOME}/applications/{WORKER}/grants"
OPENID = {"id": "6b0f6f0a-5c0e-4c7b-8a55-000000000001", "name": "openid", "type": "OPENID_CONNECT"}
OWN_API = {"id": "6b0f6f0a-5c0e-4c7b-8a55-000000000002", "name": "PingOne API", "type": "PINGONE_API"}
CUSTOM = {"id": "6b0f6f0a-5c0e-4c7b-8a55-000000000003", "name": "orders", "type": "CUSTOM"}
EMAIL, PHONE, SIGN_IN = (
    {"id": f"8b0f6f0a-5c0e-4c7b-8a55-{number:012d}", "name": name}
    for number, name in enumerate(["email", "phone", "openid"])
)
READ = {"id": "9b0f6f0a-5c0e-4c7b-8a55-000000000001", "name": "orders:read"}
ALSO_EMAIL = {"id": "9b0f6f0a-5c0e-4c7b-8a55-000000000002", "name": "email"}
DUPLICATE = {
    "code": "INVALID_DATA",
    "message": "Refused.",
    "details": [{"code": "INVALID_VALUE", "target": "resource", "message": "grant to given resource already exists"}],
}


def worker(**members):
    return {"id": WORKER, "name": "tool", "type": "WORKER", "grantTypes": ["IMPLICIT"], "createdAt": OLD, **members}


def grant(resource, *scopes, number=1):
    return {
        "id": f"2d4b1c52-3a60-4d7e-9b3f-{number:012d}",
        "application": {"id": WORKER},
        "resource": {"id": resource["id"]},
        "scopes": [{"id": scope["id"]} for scope in scopes],
        "createdAt": OLD,
        "updatedAt": OLD,
    }


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        mock.get(f"{HOME}/applications", json=embedded("applications", worker()))
        mock.get(f"{HOME}/resources", json=embedded("resources", OPENID, OWN_API, CUSTOM))
        for resource, scopes in [(OPENID, (EMAIL, PHONE, SIGN_IN)), (OWN_API, (READ,)), (CUSTOM, (READ, ALSO_EMAIL))]:
            mock.get(f"{HOME}/resources/{resource['id']}/scopes", json=embedded("scopes", *scopes))
        yield mock


def has(service, *grants):
    service.get(GRANTS, json=embedded("grants", *grants))


def ensure(check_mode=False, **options):
    params = {"environment": "dev", "application": "tool", "scopes": ["email"], **options}
    return run(pingone_worker_app_grant, check_mode, **params)


def named(scopes):
    return [scope["name"] for scope in scopes]


def test_the_first_scopes_are_a_new_grant(service):
    has(service)
    service.post(GRANTS, json=grant(OPENID, EMAIL, SIGN_IN), status=201)
    result, task = ensure(scopes=["openid", "email", EMAIL["id"]])
    (request,) = writes(service)
    assert json.loads(request.body) == {
        "resource": {"id": OPENID["id"]},
        "scopes": [{"id": SIGN_IN["id"]}, {"id": EMAIL["id"]}],
    }
    assert result.changed
    assert named(result.values["added"]) == ["email", "openid"]
    assert result.values["grant"] == {
        "id": grant(OPENID)["id"],
        "resource": OPENID,
        "scopes": [EMAIL, SIGN_IN],
        "created_at": OLD,
        "updated_at": OLD,
    }
    assert result.diff()["before_header"] == "scopes of openid for worker dev/tool"
    assert task.warnings == []


def test_further_scopes_are_added_to_the_grant(service):
    has(service, grant(OPENID, PHONE))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json=grant(OPENID, PHONE, EMAIL))
    result, _task = ensure()
    (request,) = writes(service)
    assert json.loads(request.body) == {
        "resource": {"id": OPENID["id"]},
        "scopes": [{"id": PHONE["id"]}, {"id": EMAIL["id"]}],
    }
    assert (result.before, result.after) == ({"scopes": ["phone"]}, {"scopes": ["email", "phone"]})
    assert named(result.values["added"]) == ["email"]


@pytest.mark.parametrize(
    ("held", "options"),
    [
        ((PHONE, EMAIL), {}),
        ((EMAIL, SIGN_IN), {"scopes": ["openid", "email"], "exclusive": True}),
        ((PHONE,), {"state": "absent"}),
        ((), {"scopes": [], "exclusive": True}),
    ],
)
@pytest.mark.parametrize("grant_types", [["IMPLICIT"], ["CLIENT_CREDENTIALS"]])
def test_what_is_so_already_is_not_written(service, held, options, grant_types):
    service.replace(
        responses.GET, f"{HOME}/applications", json=embedded("applications", worker(grantTypes=grant_types))
    )
    has(service, *([grant(OPENID, *held)] if held else []))
    result, _task = ensure(**options)
    assert not result.changed
    assert writes(service) == []


def test_a_task_reads_five_lists(service):
    has(service, grant(OPENID, EMAIL))
    ensure()
    assert len(asked(service)) == 5


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"exclusive": True}, [EMAIL]),
        ({"scopes": ["phone", "openid"], "state": "absent"}, [EMAIL]),
    ],
)
def test_scopes_are_taken_away_by_a_replacement(service, options, left):
    has(service, grant(OPENID, EMAIL, PHONE))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json=grant(OPENID, *left))
    result, _task = ensure(**options)
    (request,) = writes(service)
    assert json.loads(request.body)["scopes"] == [{"id": scope["id"]} for scope in left]
    assert named(result.values["removed"]) == ["phone"]


@pytest.mark.parametrize("options", [{"scopes": [], "exclusive": True}, {"state": "absent"}])
def test_the_last_scope_goes_with_the_grant(service, options):
    has(service, grant(OPENID, EMAIL), grant(CUSTOM, READ, number=2))
    service.delete(f"{GRANTS}/{grant(OPENID)['id']}", status=204)
    result, _task = ensure(**options)
    assert [request.method for request in writes(service)] == ["DELETE"]
    assert result.values["grant"] is None
    assert result.after == {"scopes": []}


@pytest.mark.parametrize(
    ("options", "option", "sentence"),
    [
        ({"scopes": []}, "scopes", "scopes must name at least one scope"),
        ({"exclusive": True, "state": "absent"}, "exclusive", "exclusive requires state: present"),
        ({"scopes": ["email", ""]}, "scopes[1]", "scopes[1] must not be empty; give a name or an id."),
        ({"application": " "}, "application", "application must not be empty"),
        ({"resource": ""}, "resource", "resource must not be empty"),
    ],
)
def test_what_cannot_be_right_is_refused_before_the_first_call(service, options, option, sentence):
    with pytest.raises(OptionError) as refused:
        ensure(**options)
    assert (refused.value.option, sentence in str(refused.value)) == (option, True)
    assert asked(service) == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("members", "options", "option", "sentence"),
    [
        (
            {"grantTypes": ["REFRESH_TOKEN", "CLIENT_CREDENTIALS"]},
            {},
            "application",
            "worker 'tool' has no grant type by which a user signs in (it has CLIENT_CREDENTIALS, REFRESH_TOKEN)",
        ),
        (
            {"grantTypes": []},
            {"exclusive": True},
            "application",
            "worker 'tool' has no grant type by which a user signs in (it has none)",
        ),
        ({}, {"resource": "PingOne API", "scopes": ["orders:read"]}, "resource", "no scopes of 'PingOne API'"),
        (
            {},
            {"resource": "orders", "scopes": ["orders:read", "email"]},
            "scopes[1]",
            "worker 'tool' has the scope 'email' of resource 'openid' already",
        ),
        ({"type": "WEB_APP"}, {}, "application", f"'tool' ({WORKER}) has the type WEB_APP, and this module manages"),
    ],
)
def test_what_pingone_would_refuse_is_refused_before_anything_is_written(
    service, members, options, option, sentence, check_mode
):
    service.replace(responses.GET, f"{HOME}/applications", json=embedded("applications", worker(**members)))
    held = grant(OPENID, EMAIL) if options.get("resource") == "orders" else grant(CUSTOM, READ)
    has(service, held)
    with pytest.raises(OptionError) as refused:
        ensure(check_mode, **options)
    assert refused.value.option == option
    assert str(refused.value).startswith(f"{option}: ")
    assert sentence in str(refused.value)
    assert writes(service) == []


@pytest.mark.parametrize(
    ("members", "options", "resource", "scope"),
    [
        ({"grantTypes": ["CLIENT_CREDENTIALS"]}, {"state": "absent"}, OPENID, EMAIL),
        ({"grantTypes": ["CLIENT_CREDENTIALS"]}, {"scopes": [], "exclusive": True}, OPENID, EMAIL),
        ({}, {"resource": "PingOne API", "scopes": ["orders:read"], "state": "absent"}, OWN_API, READ),
    ],
)
def test_what_should_not_be_there_can_be_taken_away(service, members, options, resource, scope):
    service.replace(responses.GET, f"{HOME}/applications", json=embedded("applications", worker(**members)))
    has(service, grant(resource, scope))
    service.delete(f"{GRANTS}/{grant(resource)['id']}", status=204)
    assert ensure(**options)[0].changed


def test_a_scope_of_the_same_name_that_the_worker_does_not_have_is_no_matter(service):
    has(service, grant(CUSTOM, READ, number=2))
    service.post(GRANTS, json=grant(OPENID, EMAIL), status=201)
    assert ensure()[0].changed


def test_of_a_custom_resource_pingone_decides(service):
    has(service)
    service.post(GRANTS, json=grant(CUSTOM, READ), status=201)
    result, task = ensure(resource="orders", scopes=["orders:read"])
    assert result.values["grant"]["resource"] == CUSTOM
    (warning,) = task.warnings
    assert warning.startswith("PingOne may refuse scopes of resource 'orders' to worker 'tool', because its docu")


@pytest.mark.parametrize("check_mode", [True, False])
def test_with_preflight_fail_what_pingone_may_refuse_is_not_tried(service, check_mode):
    has(service)
    with pytest.raises(ReadOnlyError, match="may refuse scopes of resource 'orders' .* because preflight is fail"):
        ensure(check_mode, resource="orders", scopes=["orders:read"], preflight="fail")
    assert writes(service) == []


def test_a_grant_that_another_controller_made_meanwhile_is_added_to(service):
    for _reading in ("to plan", "to write"):
        service.get(GRANTS, json=embedded("grants"))
    service.post(GRANTS, json=DUPLICATE, status=400)
    service.get(GRANTS, json=embedded("grants", grant(OPENID, PHONE)))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json=grant(OPENID, PHONE, EMAIL))
    result, _task = ensure()
    assert [request.method for request in writes(service)] == ["POST", "PUT"]
    assert (result.before, named(result.values["added"])) == ({"scopes": ["phone"]}, ["email"])


def test_scopes_that_another_controller_took_away_are_granted_again(service):
    address = f"{GRANTS}/{grant(OPENID)['id']}"
    for _reading in ("to plan", "to write"):
        service.get(GRANTS, json=embedded("grants", grant(OPENID, SIGN_IN)))
    service.put(address, json=grant(OPENID, SIGN_IN, EMAIL))
    # The other one had read the grant before ours was written.
    service.get(GRANTS, json=embedded("grants", grant(OPENID, SIGN_IN, PHONE)))
    service.put(address, json=grant(OPENID, SIGN_IN, PHONE, EMAIL))
    service.get(GRANTS, json=embedded("grants", grant(OPENID, SIGN_IN, PHONE, EMAIL)))
    result, _task = ensure()
    assert [len(json.loads(request.body)["scopes"]) for request in writes(service)] == [2, 3]
    assert named(result.values["added"]) == ["email"]
    assert named(result.values["grant"]["scopes"]) == ["email", "openid", "phone"]


def test_a_grant_that_another_controller_removes_meanwhile_is_made_anew(service):
    for _reading in ("to plan", "to write"):
        service.get(GRANTS, json=embedded("grants", grant(OPENID, SIGN_IN)))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json={"code": "NOT_FOUND", "message": "Gone."}, status=404)
    service.get(GRANTS, json=embedded("grants"))
    service.post(GRANTS, json=grant(OPENID, EMAIL, number=2), status=201)
    result, _task = ensure()
    assert [request.method for request in writes(service)] == ["PUT", "POST"]
    assert named(result.values["grant"]["scopes"]) == ["email"]


def test_scopes_that_others_take_away_again_and_again_are_a_conflict(service):
    for number in range(8):
        service.get(GRANTS, json=embedded("grants", {**grant(OPENID, SIGN_IN), "updatedAt": f"{number}"}))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json=grant(OPENID, SIGN_IN, EMAIL))
    with pytest.raises(ConflictError, match="The scopes of 'openid' for worker 'tool' were changed from elsewhere 3"):
        ensure()
    assert len(writes(service)) == 3


@pytest.mark.parametrize("answer", [DUPLICATE, {"code": "REQUEST_FAILED", "message": "Refused."}])
def test_another_refusal_is_told(service, answer):
    has(service)
    service.post(GRANTS, json=answer, status=400)
    with pytest.raises(ServiceError, match="Creating grant of application 'tool' in environment 'dev' failed"):
        ensure()


def test_a_grant_whose_answer_was_lost_is_found_by_its_resource(service):
    other = grant(CUSTOM, READ, number=2)
    for _reading in ("to plan", "to write"):
        service.get(GRANTS, json=embedded("grants", other))
    service.post(GRANTS, status=502)
    service.get(GRANTS, json=embedded("grants", other, grant(OPENID, EMAIL)))
    result, _task = ensure()
    assert len(writes(service)) == 1
    assert result.values["grant"]["id"] == grant(OPENID)["id"]


def test_a_refused_replacement_is_not_repeated(service):
    has(service, grant(OPENID, PHONE))
    service.put(f"{GRANTS}/{grant(OPENID)['id']}", json=DUPLICATE, status=400)
    with pytest.raises(ServiceError, match="Updating grant 2d4b1c52-3a60-4d7e-9b3f-000000000001 of application 'tool'"):
        ensure()
    assert len(writes(service)) == 1


def test_nothing_is_done_in_an_environment_whose_deletion_is_pending(service):
    pending = environment(DEV, "dev", status="DELETE_PENDING")
    service.replace(responses.GET, f"{API}/environments", json=embedded("environments", pending))
    with pytest.raises(OptionError, match="the deletion of environment 'dev' .* is pending"):
        ensure()


def test_a_scope_that_is_gone_is_shown_by_its_id(service):
    gone = {"id": "8b0f6f0a-5c0e-4c7b-8a55-00000000dead", "name": None}
    has(service, grant(OPENID, EMAIL, gone))
    result, _task = ensure()
    assert result.values["grant"]["scopes"] == [gone, EMAIL]
    assert result.before == {"scopes": [gone["id"], "email"]}


def test_a_worker_that_is_gone_has_no_scopes(service):
    result, task = ensure(application="nobody", state="absent")
    assert not result.changed
    assert result.values == {"grant": None, "added": [], "removed": []}
    assert "there is no application 'nobody'" in task.warnings[0]


def test_a_dry_run_predicts_the_grant(service):
    has(service)
    result, _task = ensure(check_mode=True)
    assert result.changed
    assert result.values["grant"]["id"] == predicted_id("grant", f"{DEV}/{WORKER}", OPENID["id"])
    assert result.values["added"] == [EMAIL]
    assert writes(service) == []


def test_a_dry_run_assumes_a_worker_and_its_environment(service):
    result, task = ensure(check_mode=True, environment="new", assume_missing=True)
    assert named(result.values["grant"]["scopes"]) == ["email"]
    assert result.values["grant"]["resource"]["type"] == "OPENID_CONNECT"
    assert len(task.warnings) == 2


def test_a_dry_run_assumes_a_resource_and_its_scopes(service):
    has(service)
    result, _task = ensure(check_mode=True, resource="shipping", scopes=["ship"], assume_missing=True)
    assert named(result.values["added"]) == ["ship"]
