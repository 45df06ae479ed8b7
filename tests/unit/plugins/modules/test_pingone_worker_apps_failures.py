# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the failure of one worker of pingone_worker_apps does to the others, and what is told of it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import TEN, role, run, secret_of, worker

# Each of ten workers is made to fail alone, at each of these steps.
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


def test_what_a_proof_reached_before_it_failed_is_told(tenant, dev):
    tenant.refuse("GET", STEPS["make a call"][1].format("w-1"))
    entries = [worker(name, roles=[role("Environment Admin")]) for name in TEN[:2]]
    result = run(environment="dev", workers=entries, prove=True)
    assert result["workers"][1]["proof"] == {"token": True, "call": False, "obstacle": None}
