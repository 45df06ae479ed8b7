# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps says to the service, how often, and what it returns of many workers."""

from __future__ import annotations

import json
import signal
import threading

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import generate_private_key
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import FileLock
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import private_folder
from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
from ansible_collections.idops.pingone.plugins.module_utils._core.result import perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_apps
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    API,
    AUTH,
    CALLER,
    HOME,
    ORGANIZATION,
    Tenant,
    jwt,
    secret_of,
    serve,
)

TEN = [f"w-{number}" for number in range(10)]
HIDDEN = 403, {"code": "ACCESS_FAILED", "message": "Hidden."}


@pytest.fixture
def tenant():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = Tenant()
        serve(mock, made)
        yield made


@pytest.fixture
def dev(tenant):
    return tenant.add_environment("dev")


def role(name, **scope):
    places = dict.fromkeys(("organization", "environment", "population", "application"))
    return {"role": name, "scope": {**places, **scope} if scope else None}


def worker(name=None, **given):
    options = {option: entry.get("default") for option, entry in pingone_worker_apps.WORKER.items()}
    return {**options, "environment": None, "name": name, **given}


def run(check_mode=False, **options):
    """Run the module as a task of its own process would, and return the result."""
    session_state.reset()
    spec = pingone_worker_apps.ARGUMENT_SPEC
    params = {option: entry.get("default") for option, entry in spec.items()}
    params.update(api_url=API, auth_url=AUTH, access_token=jwt(client_id=CALLER, env=HOME, org=ORGANIZATION))
    params["retry_budget"] = 0
    task = Task({**params, **options}, check_mode=check_mode)
    result = perform(
        pingone_worker_apps.run, task, secret_returns=pingone_worker_apps.SECRET_RETURNS, no_log_values=[], diff=True
    )
    return {**result, "warnings": task.warnings}


def succeed(**options):
    result = run(**options)
    assert not result.get("failed"), result
    return result


# Requests


def many(count=100, environments=10, **given):
    """Return the option environments: so many workers in so many environments."""
    roles = [role("Environment Admin"), role("Identity Data Admin")]
    each = count // environments
    return [
        {
            "environment": f"env-{number}",
            "workers": [worker(f"w-{index}", roles=roles, **given) for index in range(each)],
        }
        for number in range(environments)
    ]


def test_requests_are_the_least_possible(tenant):
    for number in range(10):
        tenant.add_environment(f"env-{number}")
    result = succeed(environments=many(), exclusive_roles=True, return_secrets=True, prove=True)
    assert result["changed"]
    assert len(result["diff"]) == 200
    assert len(result["client_secrets"]) == 100
    assert tenant.counted() == {
        # One listing, and the call of each proof.
        "GET /environments": 1 + 100,
        "GET /roles": 1,
        # One, and one again because workers were created.
        "GET /environments/applications": 2 * 10,
        "POST /environments/applications": 100,
        "GET /environments/applications/secret": 100,
        # Those of the caller: a new worker has none.
        "GET /environments/applications/roleAssignments": 1,
        "POST /environments/applications/roleAssignments": 200,
        "POST /as/token": 100,
    }


def test_the_same_list_again_changes_nothing_and_writes_nothing(tenant):
    for number in range(10):
        tenant.add_environment(f"env-{number}")
    succeed(environments=many(), exclusive_roles=True)
    tenant.requests.clear()
    result = succeed(environments=many(), exclusive_roles=True)
    assert not result["changed"]
    assert result["diff"] == []
    assert tenant.counted() == {
        "GET /environments": 1,
        "GET /roles": 1,
        "GET /environments/applications": 10,
        "GET /environments/applications/roleAssignments": 100,
    }


@pytest.mark.parametrize("check_mode", [False, True])
def test_each_worker_tells_whether_it_was_created(tenant, check_mode):
    tenant.add_environment("dev")
    succeed(environment="dev", workers=[worker("old"), worker("same")])
    wanted = [worker("old", description="changed"), worker("same"), worker("new")]
    result = succeed(environment="dev", workers=wanted, check_mode=check_mode)
    assert [item["created"] for item in result["workers"]] == [False, False, True]


def test_what_is_updated_is_not_read_once_more(tenant):
    for number in range(10):
        environment = tenant.add_environment(f"env-{number}")
        for index in range(10):
            tenant.add_worker(environment, f"w-{index}", description="before")
    succeed(environments=many(description="after"))
    counted = tenant.counted()
    assert counted["PUT /environments/applications"] == 100
    assert counted["GET /environments/applications"] == 10


def test_a_listing_several_workers_want_is_made_once_though_they_want_it_at_once(tenant, dev):
    roles = [role("Environment Admin", organization=True)]
    succeed(environment="dev", workers=[worker(name, roles=roles) for name in TEN])
    assert tenant.counted()["GET /organizations"] == 1


@pytest.mark.parametrize(("options", "most"), [({}, 8), ({"concurrency": 3}, 3), ({"concurrency": 1}, 1)])
def test_no_more_requests_are_under_way_than_concurrency_says(tenant, dev, options, most):
    tenant.meeting = most
    succeed(environment="dev", workers=[worker(name) for name in TEN], prove=True, **options)
    assert tenant.most_under_way == most


# One worker


def test_results_are_in_the_order_of_the_list(tenant, dev):
    test = tenant.add_environment("test")
    entries = [worker("b"), worker("a", environment="test"), worker("c")]
    result = succeed(environment="dev", workers=entries)
    assert [(item["environment"], item["worker_app"]["name"]) for item in result["workers"]] == [
        ({"id": dev, "name": "dev"}, "b"),
        ({"id": test, "name": "test"}, "a"),
        ({"id": dev, "name": "dev"}, "c"),
    ]
    assert "client_secrets" not in result


@pytest.mark.parametrize("by", ["id", "previous_names"])
def test_a_renamed_worker_is_renamed_and_not_twinned(tenant, dev, by):
    old = tenant.add_worker(dev, "old")
    result = succeed(
        environment="dev",
        workers=[worker("new", **({"id": old} if by == "id" else {"previous_names": ["older", "old"]}))],
    )
    assert result["changed"]
    assert tenant.names(dev) == ["new"]
    assert result["workers"][0]["worker_app"]["id"] == old


def test_a_worker_of_the_wanted_name_is_taken_before_one_of_a_name_of_before(tenant, dev):
    tenant.add_worker(dev, "old")
    new = tenant.add_worker(dev, "new")
    result = succeed(environment="dev", workers=[worker("new", previous_names=["old"])], unlisted="report")
    assert not result["changed"]
    assert result["workers"][0]["worker_app"]["id"] == new
    assert result["unlisted"] == []
    assert any("'old'" in warning and "beside 'dev/new'" in warning for warning in result["warnings"])


@pytest.mark.parametrize("others", [["another"], []])
def test_a_worker_that_has_none_of_its_names_of_before_is_created_with_a_warning(tenant, dev, others):
    for name in others:
        tenant.add_worker(dev, name)
    result = succeed(environment="dev", workers=[worker("new", previous_names=["odl"])])
    warned = any("worker 'dev/new' is created anew" in warning for warning in result.get("warnings", []))
    # Where no worker is yet, nobody has renamed one.
    assert warned == bool(others)


def test_absent_workers_are_deleted_and_may_be_absent_already(tenant, dev):
    tenant.add_worker(dev, "old")
    entries = [worker("old", state="absent"), worker("older", state="absent")]
    result = succeed(workers=[*({**entry, "environment": "dev"} for entry in entries)])
    assert [item["changed"] for item in result["workers"]] == [True, False]
    assert tenant.names(dev) == []


def test_a_worker_of_a_missing_environment_is_absent(tenant):
    result = succeed(workers=[worker("w", environment="nowhere", state="absent")])
    assert not result["changed"]
    assert result["workers"][0]["environment"] == {"id": None, "name": "nowhere"}
    assert any("nowhere" in warning for warning in result["warnings"])


def test_the_elder_of_two_workers_made_at_the_same_time_is_taken(tenant, dev):
    elder = tenant.new_id()
    tenant.assign(elder, "Configuration Read Only", dev)

    def make_elder(method, path):
        if method == "POST" and path.endswith("/applications"):
            tenant.add_worker(dev, "ci", id=elder, createdAt="2019-01-01T00:00:00.000Z")

    tenant.on_request = make_elder
    result = succeed(environment="dev", workers=[worker("ci", roles=[role("Environment Admin")])], exclusive_roles=True)
    assert list(tenant.applications[dev]) == [elder]
    assert result["workers"][0]["worker_app"]["id"] == elder
    # Its own roles were read, so that the exchange is complete.
    assert tenant.roles_of(dev, "ci") == ["Environment Admin"]


# Roles


def test_roles_left_out_are_untouched(tenant, dev):
    held = tenant.add_worker(dev, "ci")
    tenant.assign(held, "Environment Admin", dev)
    result = succeed(environment="dev", workers=[worker("ci")], exclusive_roles=True)
    assert tenant.roles_of(dev, "ci") == ["Environment Admin"]
    assert result["workers"][0]["role_assignments"] is None


@pytest.mark.parametrize(
    ("of_all", "own", "left"),
    [
        (False, None, ["Configuration Read Only", "Environment Admin"]),
        (True, None, ["Environment Admin"]),
        (True, False, ["Configuration Read Only", "Environment Admin"]),
        (False, True, ["Environment Admin"]),
    ],
)
def test_the_exclusive_roles_of_an_entry_win(tenant, dev, of_all, own, left):
    tenant.assign(tenant.add_worker(dev, "ci"), "Configuration Read Only", dev)
    entry = worker("ci", roles=[role("Environment Admin")], exclusive_roles=own)
    result = succeed(environment="dev", workers=[entry], exclusive_roles=of_all)
    assert tenant.roles_of(dev, "ci") == left
    (shown,) = result["workers"]
    assert [item["role"]["name"] for item in shown["role_assignments"]] == left
    assert [item["role"]["name"] for item in shown["added"]] == ["Environment Admin"]
    assert len(shown["removed"]) == 2 - len(left)


def test_without_manage_roles_they_are_checked_and_left(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "old"), "Configuration Read Only", dev)
    entries = [worker(name, roles=[role("Environment Admin")], exclusive_roles=True) for name in ("old", "new")]
    result = succeed(environment="dev", workers=entries, manage_roles=False)
    assert tenant.roles_of(dev, "old") == ["Configuration Read Only"]
    assert tenant.roles_of(dev, "new") == []
    assert [item["added"] + item["removed"] for item in result["workers"]] == [[], []]
    assert [item["changed"] for item in result["workers"]] == [False, True]
    refused = run(environment="dev", workers=[worker("third", roles=[role("No Such Role")])], manage_roles=False)
    assert refused["error"]["option"] == "workers[0].roles[0].role"
    assert tenant.names(dev) == ["new", "old"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_role_may_apply_to_workers_that_the_same_list_creates_or_renames(tenant, dev, check_mode):
    tenant.add_worker(dev, "before")
    roles = [role("Environment Admin", application=name) for name in ("new", "now")]
    entries = [worker("ci", roles=roles), worker("new"), worker("now", previous_names=["before"])]
    result = run(check_mode=check_mode, environment="dev", workers=entries)
    assert not result.get("failed"), result
    added = {item["scope"]["name"]: item["scope"]["id"] for item in result["workers"][0]["added"]}
    assert added == {item["worker_app"]["name"]: item["worker_app"]["id"] for item in result["workers"][1:]}
    if not check_mode:
        scopes = [item["scope"]["id"] for item in tenant.assignments[tenant.worker(dev, "ci")["id"]].values()]
        assert sorted(scopes) == sorted(tenant.worker(dev, name)["id"] for name in ("new", "now"))
        tenant.requests.clear()
        assert not succeed(environment="dev", workers=entries)["changed"]
        assert tenant.writes() == []


def test_a_role_cannot_apply_to_a_worker_by_the_name_that_it_loses(tenant, dev):
    tenant.add_worker(dev, "before")
    roles = [role("Environment Admin", application="before")]
    entries = [worker("ci", roles=roles), worker("now", previous_names=["before"])]
    result = run(environment="dev", workers=entries)
    assert result["error"]["option"] == "workers[0].roles[0].scope.application"
    assert tenant.writes() == []


def test_roles_that_another_play_changed_meanwhile_are_read_again(tenant, dev):
    known = tenant.add_worker(dev, "ci", description="before")
    held = f"/environments/{dev}/applications/{known}/roleAssignments"

    def change_roles(method, _path):
        if method == "PUT":
            # As another process of this controller does it.
            tenant.assign(known, "Identity Data Admin", dev)
            lock = FileLock(private_folder(), f"{API}{held}", Clock())
            with lock.held("it", lambda message, waited: None):
                lock.record_write()

    tenant.on_request = change_roles
    entry = worker("ci", description="after", roles=[role("Environment Admin")])
    result = succeed(environment="dev", workers=[entry], exclusive_roles=True)
    assert tenant.roles_of(dev, "ci") == ["Environment Admin"]
    assert [item["role"]["name"] for item in result["workers"][0]["removed"]] == ["Identity Data Admin"]
    assert tenant.requests.count(("GET", held)) == 2


def test_a_worker_whose_listing_is_old_is_read_again_before_it_is_replaced(tenant, dev, monkeypatch):
    known = tenant.add_worker(dev, "ci", description="before")

    def rename_elsewhere(method, path):
        if method == "GET" and path.endswith(f"/applications/{known}"):
            tenant.applications[dev][known]["homePageUrl"] = "https://example.com"
        monkeypatch.setattr(session_state, "FRESH_FOR", 0.0 if path.endswith("/applications") else 30.0)

    tenant.on_request = rename_elsewhere
    result = succeed(environment="dev", workers=[worker("ci", description="after")], preflight="off")
    assert tenant.worker(dev, "ci")["homePageUrl"] == "https://example.com"
    assert result["workers"][0]["worker_app"]["home_page_url"] == "https://example.com"


def test_the_roles_that_a_new_worker_gets_of_its_creator_are_read(tenant, dev):
    def inherit(method, path):
        if method == "GET" and path.endswith("/roleAssignments") and CALLER not in path:
            tenant.assign(tenant.worker(dev, "ci")["id"], "Configuration Read Only", dev)

    tenant.on_request = inherit
    entry = worker("ci", assign_actor_roles=True, roles=[role("Environment Admin")])
    result = succeed(environment="dev", workers=[entry], exclusive_roles=True)
    assert tenant.roles_of(dev, "ci") == ["Environment Admin"]
    assert len(result["workers"][0]["removed"]) == 1
    assert any("every role of the creating worker" in warning for warning in result["warnings"])


class Ended(BaseException):
    """What ansible-core raises in the main thread of a task whose timeout is over."""


@pytest.mark.parametrize("count", [1, 10])
def test_an_exchange_of_roles_is_not_left_halfway_when_the_task_is_ended(tenant, dev, count):
    for name in TEN[:count]:
        tenant.assign(tenant.add_worker(dev, name), "Environment Admin", ORGANIZATION, "ORGANIZATION")
    begun, seen = [], threading.Event()

    def end_the_task(method, _path):
        if method == "DELETE":
            begun.append(method)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)
            assert seen.wait(10)

    def ended(_number, _frame):
        if not seen.is_set():
            seen.set()
            raise Ended

    tenant.on_request = end_the_task
    handler = signal.signal(signal.SIGALRM, ended)
    try:
        entries = [worker(name, roles=[role("Environment Admin")]) for name in TEN[:count]]
        with pytest.raises(Ended):
            run(environment="dev", workers=entries, exclusive_roles=True, concurrency=2)
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert [name for name in TEN[:count] if "Environment Admin" not in tenant.roles_of(dev, name)] == []
    # No other one was begun.
    assert len(begun) <= 2


def test_an_adopted_worker_keeps_the_roles_that_were_not_looked_at(tenant, dev):
    elder = tenant.new_id()

    def make_elder(method, path):
        if method == "POST" and path.endswith("/applications"):
            tenant.add_worker(dev, "ci", id=elder, createdAt="2019-01-01T00:00:00.000Z")

    tenant.on_request = make_elder
    entry = worker("ci", roles=[role("Environment Admin")])
    result = succeed(environment="dev", workers=[entry], manage_roles=False)
    assert result["workers"][0]["worker_app"]["id"] == elder
    assert result["workers"][0]["role_assignments"] is None


def test_the_collections_of_all_environments_are_locked_in_one_order(tenant, monkeypatch):
    locked, lock = [], Resource.locked
    monkeypatch.setattr(Resource, "locked", lambda self: locked.append(self.path) or lock(self))
    identifiers = [tenant.add_environment(name) for name in ("c", "a", "b")]
    names = ["b", "c", "a"]
    succeed(environments=[{"environment": name, "workers": []} for name in names], unlisted="report")
    assert locked == [f"/environments/{identifier}/applications" for identifier in sorted(identifiers)]


# Refusals

REFUSED_BEFORE_ALL = [
    (worker(), "workers[1].name"),
    (worker("b", id=""), "workers[1].id"),
    (worker("b", par_timeout=0), "workers[1].par_timeout"),
    (worker("b", roles=[]), "workers[1].roles"),
    (worker("b", roles=[role("Environment Admin")], state="absent"), "workers[1].roles"),
    (worker("b", roles=[role("Environment Admin", organization=True, environment="dev")]), "workers[1].roles[0].scope"),
    (worker("b", environment=""), "workers[1].environment"),
]
REFUSED_BEFORE_WRITES = [
    (worker("b", environment="nowhere"), "workers[1].environment"),
    (worker("b", id="7f9b1c52-3a60-4d7e-9b3f-999999999999"), "workers[1].id"),
    (worker("b", roles=[role("No Such Role")]), "workers[1].roles[0].role"),
    (worker("a"), "workers[1].name"),
    (worker(" b"), "workers[1].name"),
    (worker("new", previous_names=["old", "older"]), "workers[1].previous_names"),
    (worker("read-only", roles=[role("Environment Admin")], exclusive_roles=True), None),
]


@pytest.mark.parametrize(("bad", "option"), REFUSED_BEFORE_ALL)
def test_bad_options_of_one_worker_cost_no_request(tenant, dev, bad, option):
    result = run(environment="dev", workers=[worker("a"), bad, worker("c")])
    assert (result["failed"], result["changed"], result["diff"]) == (True, False, [])
    assert result["error"] == {"kind": "option", "option": option}
    assert tenant.requests == []


@pytest.mark.parametrize(("bad", "option"), REFUSED_BEFORE_WRITES)
def test_what_can_be_refused_is_refused_before_the_first_write(tenant, dev, bad, option):
    tenant.add_worker(dev, "old")
    tenant.add_worker(dev, "older")
    tenant.assign(tenant.add_worker(dev, "read-only"), "Identity Data Admin", dev, read_only=True)
    result = run(environment="dev", workers=[worker("a"), bad, worker("c")], unlisted="remove", unlisted_match=".*")
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["error"].get("option") == option
    assert tenant.writes() == []
    assert [item["skipped_by"] is None for item in result["workers"]] == [False, True, False]
    assert [item["error"] is None for item in result["workers"]] == [True, False, True]
    assert [item["worker_app"] for item in result["workers"]][::2] == [None, None]
    assert {item["action"] for item in result["unlisted"]} == {"kept"}


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"prove": True, "manage_roles": False}, "prove"),
        ({"unlisted": "remove"}, "unlisted_match"),
        ({"unlisted": "disable", "unlisted_match": " "}, "unlisted_match"),
        ({"unlisted": "report", "unlisted_match": ""}, "unlisted_match"),
        ({"unlisted": "report", "unlisted_match": "("}, "unlisted_match"),
        ({"unlisted": "report", "unlisted_match": "a{99999999999}"}, "unlisted_match"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 9}, "concurrency"),
    ],
)
def test_options_of_the_task_that_contradict_each_other_cost_no_request(tenant, options, option):
    result = run(environment="dev", workers=[], **options)
    assert result["failed"]
    assert result["error"] == {"kind": "option", "option": option}
    assert tenant.requests == []


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"workers": [worker("a")]}, "workers[0].environment"),
        ({"workers": [worker("a")], "environment": " "}, "environment"),
        ({"workers": [], "environment": ""}, "environment"),
        ({"environments": [{"environment": "", "workers": []}]}, "environments[0].environment"),
    ],
)
def test_an_environment_that_is_missing_costs_no_request(tenant, options, option):
    assert run(**options)["error"] == {"kind": "option", "option": option}
    assert tenant.requests == []


def test_an_option_within_environments_is_named_by_its_path(tenant, dev):
    environments = [{"environment": "dev", "workers": [worker("a"), worker("b", par_timeout=0)]}]
    assert run(environments=environments)["error"]["option"] == "environments[0].workers[1].par_timeout"
    environments = [{"environment": "nowhere", "workers": [worker("a")]}]
    assert run(environments=environments)["error"]["option"] == "environments[0].environment"


# Failures: each of ten made to fail alone, at each of its steps.

STEPS = {
    "read roles": ("GET", r"/roleAssignments {}\b"),
    "create": ("POST", r"/applications  {}\b"),
    "update": ("PUT", r"/applications/.* {}\b"),
    "read the secret": ("GET", r"/secret {}\b"),
    "add a role": ("POST", r"/roleAssignments {}\b"),
    "remove a role": ("DELETE", r"/roleAssignments/.* {}\b"),
    "get a token": ("POST", r"/as/token .*\b{}\b"),
    "make a call": ("GET", r"^/environments/[^/]+   {}$"),
}
BEFORE_ROLES = ("create", "update", "read the secret")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failing", TEN)
def test_the_error_of_one_worker_does_not_stop_the_others(tenant, dev, step, failing):
    if step != "create":
        for name in TEN:
            tenant.assign(tenant.add_worker(dev, name, description="before"), "Configuration Read Only", dev)
    method, path = STEPS[step]
    tenant.refuse(method, path.format(failing))
    entries = [worker(name, description="after", roles=[role("Environment Admin")]) for name in TEN]
    result = run(environment="dev", workers=entries, exclusive_roles=True, return_secrets=True, prove=True)
    assert result["failed"]
    assert result["failed_workers"] == [f"dev/{failing}"]
    assert "client_secrets" not in result
    assert result["changed"]
    told = result["workers"][TEN.index(failing)]["error"]
    assert told.pop("msg") in result["msg"]
    assert told == result["error"]
    assert failing in result["msg"]
    for name, shown in zip(TEN, result["workers"], strict=True):
        if name == failing:
            continue
        held = tenant.worker(dev, name)
        assert held["description"] == "after"
        assert (shown["error"], shown["worker_app"]["id"]) == (None, held["id"])
        waits = step in BEFORE_ROLES
        assert shown["skipped_by"] == (f"dev/{failing}" if waits else None)
        assert tenant.roles_of(dev, name) == (
            ["Environment Admin"] if not waits else [] if step == "create" else ["Configuration Read Only"]
        )
        assert (shown["proof"] is None) == waits
        assert waits or shown["proof"] == {"token": True, "call": True, "obstacle": None}
    # No secret of a worker is in what a failed task shows.
    text = json.dumps(result)
    assert not any(secret_of(identifier) in text for identifier in tenant.applications[dev])
    # What was not reached is not claimed.
    assert (
        len(result["diff"])
        == {
            "create": 9,
            "update": 9,
            "read the secret": 10,
            "read roles": 19,
            "add a role": 19,
            "remove a role": 20,
            "get a token": 20,
            "make a call": 20,
        }[step]
    )


def test_what_a_proof_reached_before_it_failed_is_told(tenant, dev):
    tenant.refuse("GET", STEPS["make a call"][1].format("w-1"))
    entries = [worker(name, roles=[role("Environment Admin")]) for name in TEN[:2]]
    result = run(environment="dev", workers=entries, prove=True)
    assert result["workers"][1]["proof"] == {"token": True, "call": False, "obstacle": None}


def test_an_environment_that_cannot_be_listed_fails_its_workers_alone(tenant, dev):
    test = tenant.add_environment("test")
    tenant.refuse("GET", f"^/environments/{test}/applications ")
    tenant.add_worker(dev, "old")
    tenant.add_worker(test, "old")
    result = run(
        environments=[{"environment": name, "workers": [worker("w")]} for name in ("dev", "test")],
        unlisted="remove",
        unlisted_match="old",
    )
    assert result["failed_workers"] == ["test/w"]
    assert (tenant.names(dev), tenant.names(test)) == (["w"], ["old"])


def test_of_two_errors_of_one_worker_the_first_is_told(tenant, dev):
    tenant.add_worker(dev, "ci", description="before")
    tenant.refuse("GET", "/roleAssignments ci")
    tenant.refuse("PUT", "ci")
    entry = worker("ci", description="after", roles=[role("Environment Admin")])
    result = run(environment="dev", workers=[entry])
    assert result["error"]["operation"].startswith("updating application 'ci'")


def test_the_message_counts_those_that_failed_and_tells_the_first(tenant, dev):
    for name in ("w-1", "w-3"):
        tenant.refuse("POST", rf"/applications  {name}\b")
    result = run(environment="dev", workers=[worker(name) for name in TEN])
    assert result["msg"].startswith("2 workers failed, of 10 in the list. dev/w-1: Creating application 'w-1'")
    assert result["error"]["kind"] == "option"
    assert result["error"]["status"] == 400


# Secrets and proof


def test_secrets_are_returned_by_client_id_when_asked_for(tenant, dev):
    known = tenant.add_worker(dev, "known")
    result = succeed(environment="dev", workers=[worker("known"), worker("gone", state="absent")], return_secrets=True)
    assert result["client_secrets"] == {known: secret_of(known)}
    assert secret_of(known) not in json.dumps(result["workers"])


def test_an_imported_secret_is_not_returned(tenant, dev):
    entry = worker("ci", imported_client_id="moved-from-elsewhere", imported_client_secret="longer than eight")
    result = run(environment="dev", workers=[entry], return_secrets=True)
    assert result["error"] == {"kind": "option", "option": "workers[0].imported_client_secret"}
    assert tenant.requests == []


def test_a_secret_that_is_hidden_is_an_obstacle_to_a_proof_and_no_error(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    tenant.refuse("GET", "/secret ", HIDDEN)
    result = succeed(environment="dev", workers=[worker("ci")], prove=True)
    assert result["workers"][0]["proof"] == {"token": False, "call": False, "obstacle": "its secret could not be read"}
    asked = run(environment="dev", workers=[worker("ci")], prove=True, return_secrets=True)
    assert asked["workers"][0]["error"]["kind"] == "permission"


def test_a_secret_that_is_hidden_can_be_left_out(tenant, dev):
    tenant.refuse("GET", r"/secret.* w-1\b", HIDDEN)
    options = {"environment": "dev", "workers": [worker(name) for name in TEN], "return_secrets": True}
    failed = run(**options)
    assert (failed["failed_workers"], failed["error"]["kind"]) == (["dev/w-1"], "permission")
    assert "client_secrets" not in failed
    result = succeed(**options, hidden_secrets="skip")
    hidden = {item["worker_app"]["name"]: item["hidden_secret"] for item in result["workers"] if item["hidden_secret"]}
    assert {name: why["kind"] for name, why in hidden.items()} == {"w-1": "permission"}
    assert hidden["w-1"]["msg"] == failed["workers"][1]["error"]["msg"]
    ids = {item["worker_app"]["id"] for item in result["workers"]}
    assert ids - set(result["client_secrets"]) == {tenant.worker(dev, "w-1")["id"]}


def test_a_secret_that_cannot_be_read_for_another_reason_is_an_error(tenant, dev):
    tenant.refuse("GET", r"/secret.* w-1\b")
    entries = [worker(name) for name in TEN]
    result = run(environment="dev", workers=entries, return_secrets=True, hidden_secrets="skip")
    assert result["failed_workers"] == ["dev/w-1"]


PRIVATE = generate_private_key("P-256")


@pytest.mark.parametrize("by_path", [False, True])
def test_a_worker_with_a_private_key_is_proven_by_it_and_its_secret_is_never_read(tenant, dev, tmp_path, by_path):
    (tmp_path / "ci.pem").write_text(PRIVATE)
    key = {"private_key_path": str(tmp_path / "ci.pem")} if by_path else {"private_key": PRIVATE}
    ci = tenant.add_worker(dev, "ci", tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    tenant.assign(ci, "Environment Admin", dev)
    other = tenant.add_worker(dev, "other")
    entries = [worker("ci", **key), worker("other")]
    result = succeed(environment="dev", workers=entries, prove=True, return_secrets=True)
    assert result["workers"][0]["proof"] == {"token": True, "call": True, "obstacle": None}
    assert result["client_secrets"] == {other: secret_of(other)}
    assert f"/environments/{dev}/applications/{ci}/secret" not in [path for _method, path in tenant.requests]
    assert "PRIVATE KEY" not in json.dumps(result)


def test_a_private_key_proves_no_worker_that_signs_in_by_its_secret(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    result = succeed(environment="dev", workers=[worker("ci", private_key=PRIVATE)], prove=True)
    assert result["workers"][0]["proof"]["obstacle"] == "it authenticates by CLIENT_SECRET_BASIC"


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"private_key_id": "one"}, "private_key_id"),
        ({"private_key": PRIVATE, "private_key_path": "/x.pem"}, "private_key"),
        ({"private_key_path": "/no-such-folder/x.pem"}, "private_key_path"),
        ({"private_key": "no key"}, "private_key"),
        ({"private_key": PRIVATE, "client_assertion_algorithm": "RS256"}, "client_assertion_algorithm"),
    ],
)
def test_a_private_key_that_cannot_be_used_is_found_before_anything_is_written(tenant, dev, given, option):
    keys = json.dumps({"keys": [{"kty": "EC", "kid": "one"}]})
    tenant.add_worker(dev, "ci", tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwks=keys)
    entries = [worker("ci", description="new", **given)]
    result = run(environment="dev", workers=entries, prove=True)
    assert result["error"] == {"kind": "option", "option": f"workers[0].{option}"}
    assert f"workers[0].{option}" in result["msg"]
    assert tenant.writes() == []


LATE = (401, {"error": "invalid_client", "error_description": "Unsupported authentication method"})


def test_a_proof_waits_for_what_was_changed_just_now(tenant, dev, monkeypatch):
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: None)
    tenant.refuse("POST", "/as/token", LATE, times=2)
    entry = worker("ci", roles=[role("Environment Admin")])
    result = succeed(environment="dev", workers=[entry], prove=True, retry_budget=30)
    assert result["workers"][0]["proof"]["token"]


def test_a_proof_does_not_wait_where_nothing_was_changed(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "ci"), "Environment Admin", dev)
    tenant.refuse("POST", "/as/token", LATE, times=1)
    result = run(environment="dev", workers=[worker("ci")], prove=True, retry_budget=30)
    assert result["error"]["kind"] == "authentication"


def test_a_token_of_a_proof_is_not_one_of_a_cache(tenant, dev):
    entries = [worker("ci", roles=[role("Environment Admin")])]
    for _time in range(2):
        succeed(environment="dev", workers=entries, prove=True)
    assert tenant.counted()["POST /as/token"] == 2


# Unlisted


@pytest.mark.parametrize(
    ("options", "action", "left"),
    [
        ({"unlisted": "ignore"}, None, ["kept-b", "old-a", "w"]),
        ({"unlisted": "report"}, "kept", ["kept-b", "old-a", "w"]),
        ({"unlisted": "disable", "unlisted_match": "old-."}, "disabled", ["kept-b", "old-a", "w"]),
        ({"unlisted": "remove", "unlisted_match": "old-."}, "removed", ["kept-b", "w"]),
        ({"unlisted": "remove", "unlisted_match": "old"}, None, ["kept-b", "old-a", "w"]),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_unlisted_workers(tenant, dev, options, action, left, check_mode):
    tenant.add_worker(dev, "w")
    old = tenant.add_worker(dev, "old-a")
    tenant.add_worker(dev, "kept-b")
    result = succeed(environment="dev", workers=[worker("w")], check_mode=check_mode, **options)
    found = [item for item in result["unlisted"] if item["name"] == "old-a"]
    assert [item["action"] for item in found] == ([action] if action else [])
    assert result["changed"] == (action in ("disabled", "removed"))
    assert len(result["diff"]) == int(result["changed"])
    if found:
        assert found == [
            {"id": old, "name": "old-a", "environment": {"id": dev, "name": "dev"}, "action": action, "error": None}
        ]
    if check_mode:
        assert tenant.writes() == []
        return
    assert tenant.names(dev) == left
    assert [item["enabled"] for item in tenant.applications[dev].values() if item["id"] == old] in (
        [action != "disabled"],
        [],
    )


def test_an_environment_that_is_only_looked_at_has_to_be_readable(tenant, dev):
    test = tenant.add_environment("test")
    tenant.refuse("GET", f"^/environments/{test}/applications ")
    environments = [{"environment": "dev", "workers": [worker("w")]}, {"environment": "test", "workers": []}]
    result = run(environments=environments, unlisted="report")
    assert result["error"]["operation"] == "listing the applications in environment 'test'"
    assert tenant.writes() == []


def test_an_unlisted_worker_whose_listing_is_old_is_read_again_before_it_is_disabled(tenant, dev, monkeypatch):
    old = tenant.add_worker(dev, "old")

    def change_elsewhere(method, path):
        if method == "GET" and path.endswith(f"/applications/{old}"):
            tenant.applications[dev][old]["homePageUrl"] = "https://example.com"
        monkeypatch.setattr(session_state, "FRESH_FOR", 0.0 if path.endswith("/applications") else 30.0)

    tenant.on_request = change_elsewhere
    result = succeed(environment="dev", workers=[], unlisted="disable", unlisted_match="old", preflight="off")
    assert [item["action"] for item in result["unlisted"]] == ["disabled"]
    assert tenant.worker(dev, "old")["homePageUrl"] == "https://example.com"
    assert tenant.worker(dev, "old")["enabled"] is False


def test_what_somebody_else_did_meanwhile_is_no_change(tenant, dev, monkeypatch):
    ids = [tenant.add_worker(dev, "old"), tenant.add_worker(dev, "ci", description="before")]
    # Every listing is old at once.
    monkeypatch.setattr(session_state, "FRESH_FOR", 0.0)

    def change_elsewhere(method, path):
        if method == "GET" and path.rpartition("/")[2] in ids:
            tenant.applications[dev][path.rpartition("/")[2]].update(enabled=False, description="after")

    tenant.on_request = change_elsewhere
    entry = worker("ci", description="after")
    result = succeed(environment="dev", workers=[entry], unlisted="disable", unlisted_match="old")
    assert tenant.writes() == []
    assert not result["changed"]
    assert [item["action"] for item in result["unlisted"]] == ["kept"]
    assert result["workers"][0]["worker_app"]["description"] == "after"


def test_what_is_disabled_already_is_kept(tenant, dev):
    tenant.add_worker(dev, "old", enabled=False)
    result = succeed(environment="dev", workers=[], unlisted="disable", unlisted_match="old")
    assert not result["changed"]
    assert [item["action"] for item in result["unlisted"]] == ["kept"]


def test_a_worker_that_an_entry_names_is_listed_though_the_entry_was_refused(tenant, dev):
    known = [tenant.add_worker(dev, name) for name in ("by-id", "by-name")]
    # What the whole worker would be is known only once it is found.
    entries = [worker(" bad ", id=known[0]), worker("by-name", grant_types=["AUTHORIZATION_CODE"])]
    result = run(environment="dev", workers=entries, unlisted="report")
    assert result["unlisted"] == []


def test_an_environment_with_an_empty_list_is_looked_at(tenant, dev):
    tenant.add_worker(dev, "old")
    result = succeed(environments=[{"environment": "dev", "workers": []}], unlisted="report")
    assert [item["name"] for item in result["unlisted"]] == ["old"]
    assert not result["changed"]


def test_never_touched(tenant):
    tenant.add_worker(HOME, "console", type="PING_ONE_ADMIN_CONSOLE")
    tenant.add_worker(HOME, "caller", id=CALLER)
    tenant.add_worker(HOME, "before")
    tenant.add_worker(HOME, "now")
    result = succeed(
        environment="Administrators",
        workers=[worker("now", previous_names=["before"])],
        unlisted="remove",
        unlisted_match=".*",
    )
    assert result["unlisted"] == []
    assert tenant.names(HOME) == ["before", "caller", "console", "now"]


def test_nothing_is_touched_in_an_environment_where_a_worker_failed(tenant, dev):
    test = tenant.add_environment("test")
    for environment in (dev, test):
        tenant.add_worker(environment, "old")
    tenant.refuse("POST", f"^/environments/{dev}/applications ")
    result = run(
        environments=[{"environment": name, "workers": [worker("w")]} for name in ("dev", "test")],
        unlisted="remove",
        unlisted_match="old",
    )
    assert (tenant.names(dev), tenant.names(test)) == (["old"], ["w"])
    assert [(item["environment"]["name"], item["action"]) for item in result["unlisted"]] == [
        ("dev", "kept"),
        ("test", "removed"),
    ]


def test_an_unlisted_worker_that_cannot_be_removed_fails_the_task_and_stops_nothing(tenant, dev):
    for name in ("old-a", "old-b"):
        tenant.add_worker(dev, name)
    tenant.refuse("DELETE", r"old-a\b")
    result = run(environment="dev", workers=[worker("w")], unlisted="remove", unlisted_match="old-.")
    assert result["failed_workers"] == ["dev/old-a"]
    assert [item["action"] for item in result["unlisted"]] == ["kept", "removed"]
    assert tenant.names(dev) == ["old-a", "w"]


# Check mode


def without_ids(value):
    if isinstance(value, dict):
        return {key: without_ids(item) for key, item in value.items() if key not in ("id", "created_at", "updated_at")}
    return [without_ids(item) for item in value] if isinstance(value, list) else value


def shortened(diffs):
    """Return diffs with what a test's service tells of a worker."""
    told = ("name", "description", "enabled", "role_assignments")
    return [
        {
            side: {key: value for key, value in shown.items() if key in told} if isinstance(shown, dict) else shown
            for side, shown in diff.items()
        }
        for diff in diffs
    ]


def test_check_mode_predicts_all_of_it_and_writes_nothing(tenant, dev):
    tenant.assign(tenant.add_worker(dev, "there"), "Configuration Read Only", dev)
    tenant.add_worker(dev, "before")
    tenant.add_worker(dev, "gone")
    tenant.add_worker(dev, "old")
    options = {
        "environment": "dev",
        "workers": [
            worker("there", roles=[role("Environment Admin")]),
            worker("new", roles=[role("Environment Admin"), role("Identity Data Admin")]),
            worker("now", previous_names=["before"]),
            worker("gone", state="absent"),
        ],
        "exclusive_roles": True,
        "prove": True,
        "unlisted": "remove",
        "unlisted_match": "old",
    }
    predicted = run(check_mode=True, **options)
    assert tenant.writes() == []
    # What would be changed cannot be tried.
    assert tenant.counted()["POST /as/token"] == 0
    done = run(**options)
    assert shortened(predicted["diff"]) == shortened(done["diff"])
    for member in ("changed", "unlisted", "warnings"):
        assert without_ids(predicted[member]) == without_ids(done[member])
    for dry, real in zip(predicted["workers"], done["workers"], strict=True):
        for shown in (dry, real):
            # What the service shows of a new worker by itself is a matter of the table of fields.
            shown["worker_app"] = shown["worker_app"] and shown["worker_app"]["name"]
        assert without_ids(dry) == without_ids(real)


def test_secrets_of_predicted_workers_are_empty(tenant, dev):
    result = succeed(check_mode=True, environment="dev", workers=[worker("new")], return_secrets=True)
    assert list(result["client_secrets"].values()) == [""]
    assert any("client_secrets" in warning for warning in result["warnings"])
