# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps asks of the service for many workers, how often, and in which order."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import TEN, role, succeed, worker


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


def test_the_collections_of_all_environments_are_locked_in_one_order(tenant, monkeypatch):
    locked, lock = [], Resource.locked
    monkeypatch.setattr(Resource, "locked", lambda self: locked.append(self.path) or lock(self))
    identifiers = [tenant.add_environment(name) for name in ("c", "a", "b")]
    names = ["b", "c", "a"]
    succeed(environments=[{"environment": name, "workers": []} for name in names], unlisted="report")
    assert locked == [f"/environments/{identifier}/applications" for identifier in sorted(identifiers)]


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
