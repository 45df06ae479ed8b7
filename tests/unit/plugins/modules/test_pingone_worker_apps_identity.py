# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which workers pingone_worker_apps finds, renames, creates, adopts and deletes."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import role, succeed, worker


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
