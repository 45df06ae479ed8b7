# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would be refused of many workers is one failure, or one warning each, that names whom it concerns."""

from __future__ import annotations

import re

import pytest
import responses
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app, pingone_worker_apps
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    CALLER,
    DEV,
    PROD,
    asked,
    embedded,
    environment,
    run,
)

READER = {"id": "29ddce68-0000-4000-8000-000000000001", "name": "Reader", "permissions": [{"id": "a:read:b"}]}
DEVELOPER = {
    "id": "29ddce68-0000-4000-8000-000000000002",
    "name": "Developer",
    "permissions": [{"id": "applications:create:application"}, {"id": "applications:delete:application"}],
}
OLD = {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "old", "type": "WORKER", "protocol": "OPENID_CONNECT"}
CREATE_IN_DEV = (
    "PingOne may refuse what this task writes: the calling worker seems to lack the permission "
    "applications:create:application in environment 'dev', which these roles have: Developer."
)
WORKERS = [
    {"name": "one", "environment": "dev"},
    {"name": "two", "environment": "dev"},
    {"name": "three", "environment": "prod"},
]


@pytest.fixture
def service():
    """A service in which the caller may make workers in prod alone."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        places = [environment(DEV, "dev"), environment(PROD, "prod"), environment(ADMINS, "Administrators")]
        mock.get(f"{API}/environments", json=embedded("environments", *places))
        held = [
            {"id": "a1", "role": {"id": READER["id"]}, "scope": {"id": DEV, "type": "ENVIRONMENT"}},
            {"id": "a2", "role": {"id": DEVELOPER["id"]}, "scope": {"id": PROD, "type": "ENVIRONMENT"}},
        ]
        own = f"{API}/environments/{ADMINS}/applications/{CALLER}/roleAssignments"
        mock.get(own, json=embedded("roleAssignments", *held))
        mock.get(re.compile(r".*/roles$"), json=embedded("roles", READER, DEVELOPER))
        for place in (DEV, PROD):
            mock.get(f"{API}/environments/{place}/applications", json=embedded("applications", OLD))
        yield mock


def writes(service):
    return [request for request in asked(service) if not request.startswith("GET")]


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_several_workers_need_is_told_once_with_their_names(service, check_mode):
    result, task = run(pingone_worker_apps, check_mode, workers=WORKERS, preflight="fail")
    assert result.failure.message == (
        f"2 workers failed, of 3 in the list. {CREATE_IN_DEV} This concerns dev/one, dev/two. "
        "It was not tried because preflight is fail."
    )
    assert result.failure.error.facts() == {"kind": "permission"}
    assert result.values["failed_workers"] == ["dev/one", "dev/two"]
    one, two, three = result.values["workers"]
    assert one["error"]["msg"] == two["error"]["msg"] == f"{CREATE_IN_DEV} It was not tried because preflight is fail."
    assert three["skipped_by"] == "dev/one"
    assert task.warnings == []
    assert writes(service) == []


def test_the_whole_list_is_of_workers_and_unlisted_ones_alike(service):
    options = {"environment": "dev", "unlisted": "remove", "unlisted_match": "old", "preflight": "fail"}
    result, _task = run(pingone_worker_apps, workers=[{"name": "one"}], **options)
    message = result.failure.message
    assert "applications:create:application" in message
    assert "applications:delete:application in environment 'dev'" in message
    assert message.count("This concerns") == 2
    assert message.count("preflight is fail") == 1
    assert result.values["failed_workers"] == ["dev/one", "dev/old"]


def test_another_error_is_told_before_what_would_be_refused(service):
    wrong = {"name": "wrong", "environment": "dev", "id": "no id"}
    result, _task = run(pingone_worker_apps, workers=[*WORKERS, wrong], preflight="fail")
    message = result.failure.message
    assert message.startswith("3 workers failed, of 4 in the list. dev/wrong: workers[3].id")
    assert f"{CREATE_IN_DEV} This concerns dev/one, dev/two." in message
    assert result.failure.error.facts()["kind"] == "not_found"


def test_a_warning_names_the_workers_too_and_comes_once(service):
    _result, task = run(pingone_worker_apps, check_mode=True, workers=WORKERS)
    told = [warning for warning in task.warnings if "PingOne may refuse" in warning]
    assert told == [f"{CREATE_IN_DEV} This concerns dev/one, dev/two."]


def test_a_task_of_one_worker_names_nobody(service):
    _result, task = run(pingone_worker_app, check_mode=True, environment="dev", name="one")
    assert CREATE_IN_DEV in task.warnings
    assert not any("This concerns" in warning for warning in task.warnings)
