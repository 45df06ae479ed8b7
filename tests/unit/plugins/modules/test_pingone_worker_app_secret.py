# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app_secret says to the service, request by request, and what it returns."""

from __future__ import annotations

import json

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base import times
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    OptionError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReadOnlyError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_secret
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    OLD,
    embedded,
    environment,
    run,
    task_of,
)

CI = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
FIRST, SECOND, THIRD = (f"{name}-secret-of-the-worker-that-is-long-enough" for name in ("first", "second", "third"))
APPLICATION = f"{API}/environments/{DEV}/applications/{CI}"
SECRET = f"{APPLICATION}/secret"
TOKEN = f"https://auth.example.com/{DEV}/as/token"
# The time that the service shows: a clock of its own.
DATE = {"Date": "Mon, 02 Nov 2026 09:30:00 GMT"}
NOW, LATER = "2026-11-02T09:30:00Z", "2026-11-04T09:30:00Z"
ASSIGNED = {"id": "1", "role": {"id": "admin"}, "scope": {"type": "ENVIRONMENT", "id": DEV}, "readOnly": False}


def worker(**members):
    return {
        "id": CI,
        "name": "ci",
        "type": "WORKER",
        "enabled": True,
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "createdAt": OLD,
        "environment": {"id": DEV},
        **members,
    }


def held(secret=FIRST, previous=None, expires_at=LATER, **more):
    beside = {"previous": {"secret": previous, "expiresAt": expires_at, **more}} if previous else {}
    return {"secret": secret, **beside}


class Service:
    """Answers each request in the order in which the answers were given."""

    def __init__(self, mock):
        self.mock = mock
        self.add("GET", f"{API}/environments/{DEV}", environment(DEV, "dev"))
        self.add("GET", APPLICATION, worker())

    def add(self, method, url, body, status=200):
        self.mock.add(method, url, json=body, status=status, headers=DATE)

    def reads(self, *secrets):
        for secret in secrets:
            self.add("GET", SECRET, secret)

    def rotates(self, secret):
        self.add("POST", SECRET, secret)

    def verifies(self, *assignments, status=200):
        self.add("GET", f"{APPLICATION}/roleAssignments", embedded("roleAssignments", *(assignments or (ASSIGNED,))))
        if assignments == ():
            body = {"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 3600}
            self.add("POST", TOKEN, body if status == 200 else {"error": "invalid_client"}, status)

    def writes(self):
        return [call.request for call in self.mock.calls if call.request.method != "GET" and call.request.url != TOKEN]

    def sent(self):
        return [json.loads(request.body) for request in self.writes()]


@pytest.fixture
def service():
    with responses.RequestsMock(registry=responses.registries.FirstMatchRegistry) as mock:
        yield Service(mock)


@pytest.fixture(autouse=True)
def no_wait(monkeypatch):
    passed = []
    monkeypatch.setattr(times.Clock, "sleep", lambda self, seconds: passed.append(seconds))
    monkeypatch.setattr(times.Clock, "monotonic", lambda self: sum(passed))


def secret(check_mode=False, **options):
    return run(pingone_worker_app_secret, check_mode, **{"environment": DEV, "application": CI, **options})


def rotated(**options):
    return secret(**{"state": "rotated", "verify": False, **options})


def test_reading_returns_no_secret(service):
    service.reads(held(previous=SECOND, lastUsed=NOW))
    result, _task = secret()
    assert not result.changed
    assert result.values == {
        "environment_id": DEV,
        "client_id": CI,
        "rotated": False,
        "revoked": False,
        "reason": None,
        "publish_required": False,
        "rotated_at": None,
        "previous": {"expires_at": LATER, "last_used": NOW},
        "previous_lost": False,
        "verified": False,
    }
    assert service.writes() == []


def test_it_is_returned_when_it_is_asked_for(service):
    service.reads(held())
    assert secret(return_secret=True)[0].values["client_secret"] == FIRST


def test_a_dry_run_returns_none_even_then(service):
    service.reads(held())
    assert secret(check_mode=True, return_secret=True)[0].values["client_secret"] == ""


def test_the_value_that_the_user_gave_is_not_given_back(service):
    service.reads(held())
    result, _task = secret(return_secret=True, published_secret=FIRST)
    assert "client_secret" not in result.values
    assert not result.values["publish_required"]


def test_a_rotation_keeps_the_secret_of_before_and_reads_back(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    result, task = rotated(return_secret=True)
    assert service.sent() == [{"previous": {"expiresAt": LATER}}]
    assert result.changed
    assert result.values["rotated"]
    assert result.values["client_secret"] == SECOND
    assert result.values["rotated_at"] == NOW
    assert result.values["previous"] == {"expires_at": LATER, "last_used": None}
    assert task.warnings == []


def test_the_diff_says_that_it_was_rotated_and_shows_no_secret(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    diff = rotated(return_secret=True)[0].diff()
    assert diff["before"] == {"secret": "(secret)"}
    assert diff["after"] == {"secret": "(secret rotated)", "previous": {"expires_at": LATER}}
    assert diff["before_header"] == "secret of worker dev/ci"


def test_what_is_asked_to_end_at_once_does(service):
    service.reads(held(), held(), held(SECOND))
    service.rotates(held(SECOND))
    result, _task = rotated(keep_previous_for="0", revoke_immediately=True)
    assert service.sent() == [{}]
    assert result.values["previous"] is None
    assert not result.values["previous_lost"]


@pytest.mark.parametrize("found", [held(SECOND, FIRST), held(SECOND)])
def test_under_the_lock_a_secret_of_another_play_is_taken_for_the_new_one(service, found):
    service.reads(held(), found)
    result, _task = rotated(return_secret=True)
    assert not result.changed
    assert service.writes() == []
    assert (result.values["reason"], result.values["publish_required"]) == ("rotated_meanwhile", True)
    assert result.values["client_secret"] == SECOND


@pytest.mark.parametrize(
    ("answer", "read_back"),
    [
        # The other controller was first, and what it made is the previous secret now.
        (held(SECOND, THIRD), held(SECOND, THIRD)),
        # It came second: its secret is the present one, and ours the previous one.
        (held(SECOND, FIRST), held(THIRD, SECOND)),
    ],
)
def test_of_two_controllers_who_reads_back_another_secret_tells_that_the_one_of_before_is_lost(
    service, answer, read_back
):
    service.reads(held(), held(), read_back)
    service.rotates(answer)
    result, task = rotated(return_secret=True)
    assert result.values["previous_lost"]
    assert result.values["client_secret"] == read_back["secret"]
    assert "clients that still use it need the new one" in task.warnings[0]


@pytest.mark.parametrize("late", [(404, {}), (200, held())])
def test_what_shows_late_does_not_hide_what_the_rotation_answered(service, late):
    service.reads(held(), held())
    service.rotates(held(SECOND, FIRST))
    status, body = late
    service.add("GET", SECRET, body, status)
    result, _task = rotated(return_secret=True)
    assert result.values["client_secret"] == SECOND
    assert not result.values["previous_lost"]


def test_a_lost_answer_is_settled_by_reading(service):
    service.reads(held(), held(), held(), held(SECOND, FIRST), held(SECOND, FIRST))
    service.add("POST", SECRET, {}, 503)
    result, _task = rotated(return_secret=True)
    assert result.values["client_secret"] == SECOND
    assert len(service.writes()) == 1


def test_what_did_not_take_place_is_not_sent_again(service):
    service.reads(held())
    service.add("POST", SECRET, {}, 503)
    with pytest.raises(OutcomeUnknownError, match="not found by reading"):
        rotated()
    assert len(service.writes()) == 1


def test_what_was_not_published_is_published_and_not_rotated(service):
    service.reads(held(SECOND, FIRST))
    old = "2026-09-01T00:00:00Z"
    result, _task = rotated(published_secret=FIRST, max_age="30d", rotated_at=old, return_secret=True)
    assert not result.changed
    assert (result.values["reason"], result.values["publish_required"]) == ("not_published", True)
    assert (result.values["client_secret"], result.values["rotated_at"]) == (SECOND, NOW)


def test_the_age_is_that_by_the_clock_of_the_service(service):
    service.reads(held())
    result, _task = rotated(max_age="30d", rotated_at="2026-10-03T09:30:01Z")
    assert result.values["reason"] == "not_due"
    assert result.values["rotated_at"] == "2026-10-03T09:30:01Z"


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_previous_secret_that_is_valid_is_not_ended(service, check_mode):
    service.reads(held(SECOND, FIRST))
    with pytest.raises(OptionError, match="on_live_previous: the previous secret is valid until"):
        rotated(check_mode=check_mode)
    assert service.writes() == []


@pytest.mark.parametrize(("rotated_at", "expected"), [("2026-10-01T00:00:00Z", True), ("2026-11-01T00:00:00Z", False)])
def test_a_dry_run_tells_whether_it_would_rotate(service, rotated_at, expected):
    service.reads(held())
    result, _task = rotated(check_mode=True, max_age="30d", rotated_at=rotated_at, return_secret=True, verify=True)
    assert (result.changed, result.values["rotated"]) == (expected, expected)
    assert result.values["client_secret"] == ""
    assert service.writes() == []


def test_a_leak_of_the_present_secret_keeps_nothing(service):
    service.reads(held(SECOND, FIRST), held(SECOND, FIRST), held(THIRD))
    service.rotates(held(THIRD))
    result, _task = rotated(compromised_secret=SECOND)
    assert service.sent() == [{}]
    assert result.values["reason"] == "compromised"


def test_a_leak_of_the_previous_one_revokes_it(service):
    service.reads(held(SECOND, FIRST))
    service.mock.delete(SECRET, status=204, headers=DATE)
    result, _task = rotated(compromised_secret=FIRST)
    assert [request.method for request in service.writes()] == ["DELETE"]
    assert (result.values["revoked"], result.values["rotated"], result.values["previous"]) == (True, False, None)


def test_a_leak_of_neither_changes_nothing(service):
    service.reads(held(SECOND, FIRST))
    assert not rotated(compromised_secret=THIRD)[0].changed


def test_a_previous_secret_in_use_stays(service):
    service.reads(held(SECOND, FIRST, lastUsed="2026-11-02T09:00:00Z"))
    result, _task = secret(state="previous_revoked", only_if_unused_for="1h")
    assert (result.changed, result.values["reason"]) == (False, "in_use")


def test_an_unused_one_is_revoked(service):
    service.reads(held(SECOND, FIRST, lastUsed="2026-11-02T08:00:00Z"))
    service.mock.delete(SECRET, status=204, headers=DATE)
    result, _task = secret(state="previous_revoked", only_if_unused_for="1h")
    assert (result.changed, result.values["revoked"], result.values["reason"]) == (True, True, "unused")


def test_the_new_secret_is_proven_by_a_token(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    service.verifies()
    result, task = rotated(verify=True)
    assert result.values["verified"]
    assert task.warnings == []
    asked = next(call.request for call in service.mock.calls if call.request.url == TOKEN)
    assert asked.headers["Authorization"].startswith("Basic ")


def test_a_secret_that_is_new_may_not_be_known_at_once(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    late = {"error": "invalid_client", "error_description": "Request denied: Invalid client credentials"}
    service.add("POST", TOKEN, late, 401)
    service.verifies()
    assert rotated(verify=True, retry_budget=5)[0].values["verified"]


def test_one_that_is_not_is_waited_for_as_long_as_settle_says(service):
    service.reads(held())
    late = {"error": "invalid_client", "error_description": "Request denied: Invalid client credentials"}
    service.add("POST", TOKEN, late, 401)
    service.verifies()
    assert rotated(verify=True, published_secret=SECOND, settle=5)[0].values["verified"]


def test_one_that_gets_no_token_fails_the_task_and_leaves_what_is_published(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    service.verifies(status=401)
    result, _task = rotated(verify=True, return_secret=True)
    assert result.failure.error.kind == "authentication"
    assert result.failure.message.startswith("The secret of worker 'ci' was rotated, but it got no token:")
    assert f"The one of before is valid until {LATER}" in result.failure.message
    assert result.values["rotated"]


@pytest.mark.parametrize(
    ("members", "why"),
    [({"enabled": False}, "it is disabled"), ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, "by PRIVATE_KEY_JWT")],
)
def test_what_gets_no_token_by_a_secret_is_not_asked_for_one(service, members, why):
    service.mock.replace("GET", APPLICATION, json=worker(**members), headers=DATE)
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    service.verifies(ASSIGNED)
    result, task = rotated(verify=True)
    assert not result.values["verified"]
    assert why in task.warnings[0]


def test_who_may_not_read_it_is_told_which_assignments_are_in_the_way(service):
    message = "Actor does not have permissions to access worker application client secrets"
    service.add("GET", SECRET, {"code": "ACCESS_FAILED", "message": message}, 403)
    kept = {**ASSIGNED, "readOnly": True}
    service.add("GET", f"{APPLICATION}/roleAssignments", embedded("roleAssignments", kept))
    service.add("GET", f"{API}/roles", embedded("roles", {"id": "admin", "name": "Environment Admin"}))
    with pytest.raises(PermissionDeniedError) as caught:
        rotated()
    assert f"Environment Admin at ENVIRONMENT {DEV}" in describe(caught.value)
    assert service.writes() == []


@pytest.mark.parametrize("state", ["present", "rotated", "previous_revoked"])
def test_no_worker_rotates_its_own(state):
    with responses.RequestsMock() as mock:
        mock.get(f"{API}/environments/{ADMINS}", json=environment(ADMINS, "Administrators"))
        own = worker(id=CALLER, environment={"id": ADMINS})
        mock.get(f"{API}/environments/{ADMINS}/applications/{CALLER}", json=own)
        with pytest.raises(ReadOnlyError, match="is the one that calls"):
            secret(environment=ADMINS, application=CALLER, state=state)
        assert len(mock.calls) == 2


def test_an_environment_that_is_about_to_be_deleted_is_refused(service):
    pending = {**environment(DEV, "dev"), "status": "DELETE_PENDING"}
    service.mock.reset()
    service.add("GET", f"{API}/environments/{DEV}", pending)
    with pytest.raises(OptionError, match="the deletion of environment 'dev'"):
        rotated()


def test_what_is_not_due_is_read_once(service):
    service.reads(held())
    rotated(max_age="30d", rotated_at=NOW)
    assert [call.request.url for call in service.mock.calls].count(SECRET) == 1


def test_another_type_of_application_is_refused(service):
    service.mock.replace("GET", APPLICATION, json=worker(type="WEB_APP"), headers=DATE)
    with pytest.raises(OptionError, match="has the type WEB_APP"):
        rotated()


def test_a_worker_that_is_only_predicted_would_be_rotated(service):
    service.mock.reset()
    service.add("GET", f"{API}/environments/{DEV}", environment(DEV, "dev"))
    service.add("GET", f"{API}/environments/{DEV}/applications", embedded("applications"))
    result, _task = rotated(check_mode=True, application="new", assume_missing=True, verify=True)
    assert result.values["rotated"]
    assert result.values["client_id"] == predicted_id("application", DEV, "new")


def test_nothing_that_leaves_holds_a_secret_but_the_one_that_was_asked_for(service):
    service.reads(held(), held(), held(SECOND, FIRST))
    service.rotates(held(SECOND, FIRST))
    task = task_of(pingone_worker_app_secret, environment=DEV, application=CI, state="rotated", return_secret=True)
    task.params["verify"] = False
    left = perform(pingone_worker_app_secret.run, task, secret_returns=("client_secret",), no_log_values=[], diff=True)
    assert left.pop("client_secret") == SECOND
    assert not any(one in json.dumps(left) for one in (FIRST, SECOND))
