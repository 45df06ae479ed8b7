# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which roles the workers of pingone_worker_apps have afterwards."""

from __future__ import annotations

import signal
import threading

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import FileLock
from ansible_collections.idops.pingone.plugins.module_utils._client.token_cache import private_folder
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    API,
    CALLER,
    ORGANIZATION,
    TEN,
    role,
    run,
    succeed,
    worker,
)


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
