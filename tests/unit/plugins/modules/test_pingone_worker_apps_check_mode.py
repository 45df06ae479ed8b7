# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps predicts in check mode."""

from __future__ import annotations

from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import role, run, worker


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
