# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_token asks PingOne for, and what it says of the answer."""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime, timedelta, timezone

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, TokenError
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import prediction
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules.pingone_token import ARGUMENT_SPEC, SECRET_RETURNS, run
from responses import matchers

API, AUTH = "https://api.example.com/v1", "https://auth.example.com"
HOME = "35bf992d-c9e9-4616-a12e-7696a6cecc1b"
OTHER_HOME = "9f0ac6a2-7d3c-4f58-8a53-6a0a8f0f1b11"
CLIENT, OTHER_CLIENT = "88534206-fc4a-447e-8498-72c67c081bb7", "0c5b7d1c-2f0e-4f14-9d55-0a4f6c1f4e21"
PREDICTED = "00000000-0000-0000-0000-0123456789ab"
WORKER = {"auth_environment_id": OTHER_HOME, "client_id": OTHER_CLIENT, "client_secret": "worker-secret"}
NOTHING_GIVEN = {option: entry.get("default") for option, entry in ARGUMENT_SPEC.items()}


def jwt(**claims):
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".c2lnbmF0dXJl"


@pytest.fixture
def service():
    with responses.RequestsMock() as service:
        yield service


def task(check_mode=False, **params):
    connection = {
        "api_url": API,
        "auth_url": AUTH,
        "auth_environment_id": HOME,
        "client_id": CLIENT,
        "client_secret": "connection-secret",
    }
    return Task({**NOTHING_GIVEN, **connection, **params}, check_mode=check_mode)


def gives(service, token, *, environment=HOME, client=CLIENT, secret="connection-secret", url=AUTH, expires_in=3600):
    """Let the token endpoint give a token, once, to the client that authenticates with HTTP Basic."""
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    service.post(
        f"{url}/{environment}/as/token",
        json={"access_token": token, "token_type": "Bearer", "expires_in": expires_in},
        match=[
            matchers.header_matcher({"Authorization": f"Basic {basic}"}),
            matchers.urlencoded_params_matcher({"grant_type": "client_credentials"}),
        ],
    )


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_connections_worker_gets_a_token(service, check_mode):
    token = jwt(client_id=CLIENT, env=HOME)
    gives(service, token)

    result = run(task(check_mode=check_mode))

    assert result.changed is False
    assert result.diff() is None
    assert result.values["access_token"] == token
    assert result.values["token_type"] == "Bearer"
    assert 3590 < result.values["expires_in"] <= 3600
    assert result.values["claims"] == {"client_id": CLIENT, "env": HOME}
    assert result.values["api_url"] == API


def test_the_end_of_a_token_is_told_as_rfc_3339_writes_it(service):
    gives(service, "opaque", expires_in=7200)
    text = run(task()).values["expires_at"]
    end = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(end - datetime.now(timezone.utc) - timedelta(hours=2)) < timedelta(seconds=10)


def test_another_worker_wins_over_the_connection_and_inherits_its_addresses(service):
    gives(service, "others", environment=OTHER_HOME, client=OTHER_CLIENT, secret="worker-secret")
    result = run(task(worker=WORKER, access_token="unused"))
    assert (result.values["access_token"], result.values["api_url"]) == ("others", API)


def test_another_worker_can_live_in_another_region(service):
    url = "https://auth.pingone.eu"
    gives(service, "others", environment=OTHER_HOME, client=OTHER_CLIENT, secret="worker-secret", url=url)
    elsewhere = task(worker={**WORKER, "region": "EU"}, region="NA", api_url=None, auth_url=None)
    assert run(elsewhere).values["api_url"] == "https://api.pingone.eu/v1"


def test_another_worker_needs_no_credentials_of_the_connection(service):
    gives(service, "others", environment=OTHER_HOME, client=OTHER_CLIENT, secret="worker-secret")
    params = {"worker": WORKER, "client_id": None, "client_secret": None, "auth_environment_id": None}
    assert run(task(**params)).values["access_token"] == "others"


@pytest.mark.parametrize("predicted", ["client_id", "auth_environment_id"])
def test_a_predicted_worker_has_an_empty_token_and_nothing_is_sent(service, predicted):
    dry_run = task(check_mode=True, worker={**WORKER, predicted: PREDICTED, "client_secret": ""})
    result = run(dry_run)
    assert result.values == {
        "access_token": "",
        "token_type": "",
        "expires_in": 0,
        "expires_at": "",
        "claims": {},
        "from_cache": False,
        "api_url": API,
    }
    assert dry_run.warnings == ["The worker does not exist yet, so its token is empty in this dry run."]


@pytest.fixture
def dry_run(tmp_path, monkeypatch):
    """A dry run, one of whose earlier tasks would have enabled the other worker."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    later = task(check_mode=True, worker=WORKER, retry_budget=0)
    disabled = {"id": OTHER_CLIENT, "enabled": False}
    changed = prediction("tenant", "/applications", disabled, {**disabled, "enabled": True}, ())
    later.predictions.record(changed)
    return later


def test_what_a_worker_is_refused_before_a_dry_run_would_have_changed_it_is_a_warning(service, dry_run):
    service.post(f"{AUTH}/{OTHER_HOME}/as/token", status=401, json={"error": "invalid_client"})
    result = run(dry_run)
    assert (result.values["access_token"], result.values["api_url"]) == ("", API)
    (warning,) = dry_run.warnings
    assert "invalid_client" in warning
    assert warning.endswith("An earlier task would have changed the worker, so its token is empty in this dry run.")


def test_a_dry_run_hides_no_other_reason_why_a_worker_has_no_token(service, dry_run):
    service.post(f"{AUTH}/{OTHER_HOME}/as/token", status=503)
    with pytest.raises(TokenError):
        run(dry_run)
    service.post(f"{AUTH}/{OTHER_HOME}/as/token", status=401, json={"error": "invalid_client"})
    with pytest.raises(TokenError):
        run(task(check_mode=True, worker=WORKER))


def test_outside_of_check_mode_a_predicted_worker_is_a_wrong_one():
    with pytest.raises(OptionError, match="worker: client_secret must not be empty"):
        run(task(worker={**WORKER, "client_id": PREDICTED, "client_secret": ""}))


@pytest.mark.parametrize("fresh", [False, True])
def test_a_token_of_an_earlier_task_is_told_and_a_fresh_one_is_asked_for(service, fresh):
    gives(service, "first")
    first = run(task())
    if fresh:
        gives(service, "second")
    second = run(task(fresh=fresh))
    assert (first.values["access_token"], first.values["from_cache"]) == ("first", False)
    assert (second.values["access_token"], second.values["from_cache"]) == (
        ("second", False) if fresh else ("first", True)
    )
    again = run(task())
    assert (again.values["access_token"], again.values["from_cache"]) == (second.values["access_token"], True)


def test_a_fresh_token_proves_that_a_worker_is_refused_now(service):
    gives(service, "first")
    run(task())
    service.post(f"{AUTH}/{HOME}/as/token", status=401, json={"error": "invalid_client"})
    with pytest.raises(TokenError, match="invalid_client"):
        run(task(fresh=True))


def test_a_ready_token_is_not_of_the_cache_and_never_fresh():
    given = ready("opaque")
    assert [run(given).values["from_cache"] for _time in range(2)] == [False, False]
    given.params["fresh"] = True
    with pytest.raises(OptionError, match="fresh cannot be used with an access_token"):
        run(given)


def test_a_token_that_does_not_last_is_an_error(service):
    gives(service, "short", expires_in=300)
    with pytest.raises(OptionError, match=r"valid for \d+ seconds, but min_ttl asks for 600\. Lower min_ttl\.$"):
        run(task(min_ttl=600))


def test_a_ready_token_that_does_not_last_can_be_replaced_by_credentials():
    given = ready("opaque")
    given.params["min_ttl"] = 600
    with pytest.raises(OptionError, match=r"Lower min_ttl, or give credentials in place of a ready access_token\.$"):
        run(given)


def test_min_ttl_counts_from_zero():
    with pytest.raises(OptionError, match="min_ttl must be 0 or more seconds, not -1"):
        run(task(min_ttl=-1))


def ready(token):
    return task(client_id=None, client_secret=None, access_token=token)


def test_a_ready_token_is_told_with_what_it_says_of_itself():
    token = jwt(exp=int(time.time()) + 100)
    values = run(ready(token)).values
    assert values["access_token"] == token
    assert 90 < values["expires_in"] <= 100


def test_a_ready_token_that_says_nothing_has_no_end():
    values = run(ready("opaque")).values
    assert (values["expires_in"], values["expires_at"], values["claims"]) == (None, None, {})


def test_a_ready_token_that_says_nothing_does_not_last():
    unknown = ready("opaque")
    unknown.params["min_ttl"] = 1
    with pytest.raises(OptionError, match="an unknown number of seconds"):
        run(unknown)


def test_a_token_that_the_task_was_given_is_not_given_back():
    result = perform(run, ready("opaque"), secret_returns=SECRET_RETURNS, no_log_values=["opaque"], diff=False)
    assert result["failed"] is True
    assert result["msg"].startswith("access_token cannot be returned")


def test_the_token_is_known_as_secret(service):
    gives(service, "received-token")
    asked = task()
    run(asked)
    assert {"received-token", "connection-secret"} <= asked.secrets


def test_the_workers_options_are_those_of_the_connection():
    worker = ARGUMENT_SPEC["worker"]["options"]
    assert worker["client_id"] == {"type": "str", "required": True}
    assert worker["client_secret"] == worker["private_key"] == {"type": "str", "no_log": True}
    assert not [option for option, entry in worker.items() if "default" in entry]
