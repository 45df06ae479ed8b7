# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app says to the service, request by request."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app
from ansible_collections.idops.pingone.tests.unit.plugins.modules import info_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    embedded,
    environment,
)

ENVIRONMENT = DEV
WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
SECRET = "not-a-real-secret-" + "x" * 50
APPLICATIONS = f"{API}/environments/{ENVIRONMENT}/applications"
# What the vendor's page "Create Application (OIDC Protocol - Worker App)" shows.
SAMPLES = Path(__file__).parents[2] / "emulator/data"


def worker(**members):
    shown = {"id": WORKER, "name": "ci", "assignActorRoles": False, "updatedAt": OLD}
    return info_service.worker(**{**shown, **members})


def run(check_mode=False, **options):
    given = {"environment": "dev", "access_token": "a.b.c", "retry_budget": 60}
    return info_service.run(pingone_worker_app, check_mode, **{**given, **options})


@pytest.fixture
def service():
    with responses.RequestsMock() as mock:
        mock.get(f"{API}/environments", json=embedded("environments", environment(DEV, "dev")))
        yield mock


def listing(service, *applications):
    service.get(APPLICATIONS, json=embedded("applications", *applications))


def spoken(service):
    return [(call.request.method, call.request.url.partition("?")[0].removeprefix(API)) for call in service.calls]


def body(service, method):
    return next(json.loads(call.request.body) for call in service.calls if call.request.method == method)


def test_a_new_worker_inherits_no_role_and_can_sign_in(service):
    listing(service)
    service.post(APPLICATIONS, json=worker(), status=201)
    listing(service, worker())
    result, _task = run(name="ci")
    assert result.changed
    assert body(service, "POST") == {
        "protocol": "OPENID_CONNECT",
        "type": "WORKER",
        "name": "ci",
        "enabled": True,
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "assignActorRoles": False,
    }
    assert result.values["worker_app"]["id"] == WORKER
    assert "client_secret" not in result.values


def test_the_vendors_sample_is_sent_and_its_answer_returned(service):
    request = json.loads((SAMPLES / "create_worker_request.json").read_text())
    answer = json.loads((SAMPLES / "create_worker_answer.json").read_text())
    listing(service)
    service.post(APPLICATIONS, json=answer, status=201)
    listing(service, answer)

    result, _task = run(name=request["name"], description=request["description"])

    assert body(service, "POST") == request
    returned = {option: value for option, value in result.values["worker_app"].items() if value is not None}
    assert returned == {
        "id": answer["id"],
        "environment_id": answer["environment"]["id"],
        "name": answer["name"],
        "description": answer["description"],
        "enabled": True,
        "hidden_from_app_portal": False,
        "access_control_role_type": "ADMIN_USERS_ONLY",
        "assign_actor_roles": False,
        "grant_types": ["CLIENT_CREDENTIALS"],
        "token_endpoint_auth_method": "CLIENT_SECRET_BASIC",
        "pkce_enforcement": "OPTIONAL",
        "par_requirement": "OPTIONAL",
        "device_polling_interval": 5,
        "par_timeout": 60,
        "device_timeout": 600,
        "created_at": answer["createdAt"],
        "updated_at": answer["updatedAt"],
    }


def test_a_worker_that_is_right_costs_two_listings_and_no_write(service):
    listing(service, worker())
    result, _task = run(name="ci", enabled=True)
    assert not result.changed
    assert spoken(service) == [("GET", "/environments"), ("GET", f"/environments/{ENVIRONMENT}/applications")]


NEWEST = {
    "clientId": WORKER,
    "signing": {"keyRotationPolicy": {"id": "3f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"}},
    "metadata": {"a": "b"},
    "requestScopesForMultipleResourcesEnabled": False,
    "idpSignoff": False,
    "additionalRefreshTokenReplayProtectionEnabled": True,
}
UNSENT = [
    "request_scopes_for_multiple_resources_enabled",
    "idp_signoff",
    "additional_refresh_token_replay_protection_enabled",
]


def test_what_the_newest_service_shows_unsent_survives_an_update(service):
    listing(service, worker(**NEWEST))
    service.put(f"{APPLICATIONS}/{WORKER}", json=worker(**NEWEST, enabled=False))
    run(name="ci", enabled=False)
    sent = body(service, "PUT")
    assert {member: sent.get(member) for member in NEWEST} == {**NEWEST, "clientId": None}


@pytest.mark.parametrize("shown", [{}, NEWEST])
def test_what_the_newest_service_shows_unsent_is_no_change(service, shown):
    listing(service, worker(**shown))
    result, _task = run(name="ci", enabled=True, reset=UNSENT)
    assert not result.changed


def test_what_was_set_is_reset(service):
    listing(service, worker(**{**NEWEST, "idpSignoff": True}))
    service.put(f"{APPLICATIONS}/{WORKER}", json=worker(**NEWEST))
    result, _task = run(name="ci", reset=UNSENT)
    assert result.changed
    assert "idpSignoff" not in body(service, "PUT")


def test_an_update_sends_everything_back_but_what_the_service_owns(service):
    listing(service, worker())
    service.put(f"{APPLICATIONS}/{WORKER}", json=worker(enabled=False))
    result, _task = run(name="ci", enabled=False)
    assert result.changed
    assert body(service, "PUT") == {
        "name": "ci",
        "enabled": False,
        "type": "WORKER",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "notKnownHere": {"kept": True},
    }
    assert result.diff()["before"]["enabled"] is True
    assert result.diff()["after"]["enabled"] is False


def test_check_mode_reads_only(service):
    listing(service)
    result, _task = run(check_mode=True, name="ci")
    assert result.changed
    assert {method for method, _path in spoken(service)} == {"GET"}
    assert set(result.values["worker_app"]) == set(pingone_worker_app.WORKER_APP.to_result(worker()))


def test_two_workers_of_one_name_are_not_guessed_between(service):
    listing(service, worker(), worker(id="8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"))
    with pytest.raises(OptionError, match=f"2 worker applications.*{WORKER}"):
        run(name="ci")


def test_an_application_of_another_type_is_not_taken_over(service):
    listing(service, worker(type="WEB_APP"))
    with pytest.raises(OptionError, match="has the type WEB_APP"):
        run(id=WORKER, name="ci")


def test_another_type_may_have_the_same_name(service):
    listing(service, worker(type="WEB_APP", id="8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"))
    service.post(APPLICATIONS, json=worker(), status=201)
    result, _task = run(name="ci")
    assert result.changed


def test_deletion(service):
    listing(service, worker())
    service.delete(f"{APPLICATIONS}/{WORKER}", status=204)
    result, _task = run(name="ci", state="absent")
    assert result.changed
    assert result.values == {"worker_app": None}
    assert result.diff()["before_header"] == "worker dev/ci"


def test_the_secret_is_read_only_when_asked_for_and_known_as_one(service):
    listing(service, worker())
    service.get(f"{APPLICATIONS}/{WORKER}/secret", json={"secret": SECRET, "environment": {"id": ENVIRONMENT}})
    result, task = run(name="ci", return_secret=True)
    assert not result.changed
    assert result.values["client_secret"] == SECRET
    assert SECRET in task.secrets


def test_the_roles_of_the_creator_are_given_with_a_warning_only(service):
    listing(service)
    _result, task = run(check_mode=True, name="ci", assign_actor_roles=True)
    assert any("every role of the creating worker" in warning for warning in task.warnings)


def test_a_bad_option_costs_no_request():
    with pytest.raises(OptionError, match="par_timeout"):
        run(name="ci", par_timeout=0)


def caller(**claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


KEYS = {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwks": '{"keys": [{"kty": "EC", "kid": "1"}]}'}
LOCKS_OUT = [
    ({"state": "absent"}, {}, "it would be deleted"),
    ({"enabled": False}, {}, "it would be disabled"),
    ({"grant_types": ["TOKEN_EXCHANGE"]}, {}, "its grant_types would lack CLIENT_CREDENTIALS"),
    (
        {"token_endpoint_auth_method": "CLIENT_SECRET_POST"},
        {},
        "its token_endpoint_auth_method would be CLIENT_SECRET_P",
    ),
    ({"jwks": '{"keys": [{"kty": "EC", "kid": "2"}]}'}, KEYS, "its keys would be others"),
]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("options", "members", "why"), LOCKS_OUT)
def test_the_calling_worker_does_not_lock_itself_out(service, options, members, why, check_mode):
    listing(service, worker(**members))
    with pytest.raises(OptionError, match=f"^allow_self: worker 'ci' .* is the one that calls, and {why}"):
        run(name="ci", access_token=caller(client_id=WORKER, env=ENVIRONMENT), check_mode=check_mode, **options)
    assert {method for method, _path in spoken(service)} == {"GET"}


@pytest.mark.parametrize(("options", "members", "why"), LOCKS_OUT)
@pytest.mark.parametrize(
    "who",
    [
        {"access_token": caller(client_id=WORKER, env=ENVIRONMENT), "allow_self": True},
        {"access_token": caller(client_id="another", env=ENVIRONMENT)},
        {"access_token": caller(client_id=WORKER, env="elsewhere")},
    ],
)
def test_another_worker_or_allow_self_may(service, options, members, why, who):
    listing(service, worker(**members))
    service.delete(f"{APPLICATIONS}/{WORKER}", status=204) if "state" in options else service.put(
        f"{APPLICATIONS}/{WORKER}", json=worker()
    )
    assert run(name="ci", **who, **options)[0].changed


def test_the_calling_worker_may_change_what_does_not_lock_it_out(service):
    listing(service, worker())
    service.put(f"{APPLICATIONS}/{WORKER}", json=worker(description="new"))
    assert run(name="ci", description="new", access_token=caller(client_id=WORKER, env=ENVIRONMENT))[0].changed


@pytest.mark.parametrize("name", ["ci-2 ", " ", WORKER, "Mu\u0308nchen"])
@pytest.mark.parametrize("identity", [{}, {"id": WORKER}])
def test_a_misleading_name_is_given_neither_at_creation_nor_by_a_renaming(service, name, identity):
    service.assert_all_requests_are_fired = False
    listing(service, worker(), worker(id="8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", name="M\u00fcnchen"))
    with pytest.raises(OptionError, match="^name"):
        run(name=name, **identity)
    assert {method for method, _path in spoken(service)} <= {"GET"}


def test_a_worker_that_has_a_misleading_name_keeps_it(service):
    listing(service, worker(name="ci "))
    assert not run(name="ci ", enabled=True)[0].changed
