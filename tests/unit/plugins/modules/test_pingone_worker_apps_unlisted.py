# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps does with workers that no entry names."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import CALLER, HOME, run, succeed, worker


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
