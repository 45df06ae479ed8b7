# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How pingone_environment deletes an environment, and what guards one, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources import environment as environment_resource
from ansible_collections.idops.pingone.tests.unit.plugins.modules.environment_service import (
    ENVIRONMENTS,
    ID,
    ONE,
    bill,
    embedded,
    environment,
    listing,
    pending,
    run,
    spoken,
    written,
)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(environment_resource, "_PAUSE", 0)


def test_a_sandbox_is_deleted_and_awaited_until_it_is_not_found_twice(service):
    listing(service, environment())
    bill(service, "PING_ONE_BASE")
    service.delete(ONE, status=204)
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    service.get(ONE, json=environment())
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    service.get(ONE, json={"code": "NOT_FOUND"}, status=404)
    result, _task = run(state="absent", preflight="off")
    assert result.changed
    assert result.values["environment"] is None
    assert result.diff()["before_header"] == "environment dev"
    assert result.diff()["before"]["services"] == ["SSO"]
    assert spoken(service)[2:] == [("DELETE", f"/environments/{ID}")] + [("GET", f"/environments/{ID}")] * 4


def test_a_deletion_that_takes_longer_is_a_warning(service):
    listing(service, environment())
    bill(service)
    service.delete(ONE, status=204)
    service.get(ONE, json=environment())
    result, task = run(state="absent", wait_timeout=0)
    assert result.changed
    assert task.warnings == [
        "Environment 'dev' was deleted, but was not gone within 0 seconds; PingOne goes on deleting it."
    ]


def test_the_deletion_of_production_is_pending_first(service):
    listing(service, environment(type="PRODUCTION"))
    bill(service)
    service.put(f"{ONE}/status", json=pending())
    result, task = run(state="absent", confirm_production="dev")
    assert result.changed
    assert written(service) == [("PUT", f"/environments/{ID}/status", {"status": "DELETE_PENDING"})]
    assert result.values["environment"]["status"] == "DELETE_PENDING"
    assert "only after 2999-01-01T00:00:00.000Z" in task.warnings[0]


def test_until_its_time_has_come_pending_production_is_left_alone(service):
    listing(service, pending())
    result, task = run(state="absent", confirm_production="dev")
    assert not result.changed
    assert spoken(service) == [("GET", "/environments")]
    assert result.values["environment"]["hard_delete_allowed_at"] == "2999-01-01T00:00:00.000Z"
    assert "only after 2999-01-01T00:00:00.000Z" in task.warnings[0]


def test_once_its_time_has_come_pending_production_is_deleted(service):
    listing(service, pending(hardDeleteAllowedAt="2020-03-01T00:00:00.000Z"))
    service.delete(ONE, status=204)
    result, _task = run(state="absent", confirm_production="dev", wait=False)
    assert result.changed
    assert written(service) == [("DELETE", f"/environments/{ID}", None)]


def test_a_dry_run_does_not_delete_what_an_earlier_task_would_only_have_set_pending(service):
    listing(service, pending(softDeletedAt=None, hardDeleteAllowedAt=None))
    result, task = run(check_mode=True, state="absent", confirm_production="dev")
    assert not result.changed
    assert result.values["environment"]["status"] == "DELETE_PENDING"
    assert "only after a time that it sets; run this task again then" in task.warnings[0]


@pytest.mark.parametrize("state", ["absent", "deletion_pending"])
@pytest.mark.parametrize(
    ("found", "options", "sentence"),
    [
        ({}, {"confirm_production": None}, "confirm_production: environment 'dev' is PRODUCTION"),
        ({}, {"protect": {"type_is": "SANDBOX"}}, "protect: environment 'dev' is kept"),
        ({}, {"claims": {"env": ID}}, "hosts the calling worker"),
    ],
)
def test_a_guard_stops_a_deletion_before_any_write(service, state, found, options, sentence):
    listing(service, environment(type="PRODUCTION", **found))
    with pytest.raises(OptionError, match=sentence):
        run(**{"state": state, "confirm_production": "dev", **options})
    assert written(service) == []


def test_the_environment_of_the_caller_is_known_from_the_connection_when_the_token_does_not_tell(service):
    listing(service, environment())
    with pytest.raises(OptionError, match="hosts the calling worker"):
        run(state="absent", claims={}, auth_environment_id=ID)


def test_what_is_not_there_is_absent(service):
    listing(service)
    result, _task = run(state="absent")
    assert not result.changed
    assert result.values["environment"] is None


@pytest.mark.parametrize(
    ("date", "kept"), [("Tue, 07 Jan 2020 23:59:00 GMT", True), ("Wed, 08 Jan 2020 00:01:00 GMT", False)]
)
def test_the_age_of_an_environment_is_counted_by_the_clock_of_the_service(service, date, kept):
    embedded(service, ENVIRONMENTS, "environments", environment(), headers={"Date": date})
    if kept:
        with pytest.raises(OptionError, match="less than 7d ago"):
            run(state="absent", protect={"created_before": "7d"})
        return
    bill(service)
    service.delete(ONE, status=204)
    assert run(state="absent", protect={"created_before": "7d"}, wait=False)[0].changed
