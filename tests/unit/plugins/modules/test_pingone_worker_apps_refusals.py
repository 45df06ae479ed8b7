# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_apps refuses before it asks, and before it writes."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import role, run, worker

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
