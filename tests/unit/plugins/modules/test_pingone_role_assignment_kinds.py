# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_assignment makes of gateways, of custom roles, and of what a dry run predicted."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._core import task as task_file
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.tests.unit.plugins.modules.role_service import (
    ADMIN,
    ADMINS,
    API,
    DATA,
    DEV,
    assignment,
    embedded,
    holds,
    run,
    worker_service,
)


@pytest.fixture
def service():
    with worker_service() as mock:
        yield mock


GATEWAY = {"id": "9f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "edge", "type": "PING_FEDERATE"}


@pytest.mark.parametrize("reference", ["edge", GATEWAY["id"]])
def test_a_gateway_takes_roles_by_its_name_or_id(service, reference):
    gateways = f"{API}/environments/{DEV}/gateways"
    assignments = f"{gateways}/{GATEWAY['id']}/roleAssignments"
    service.get(gateways, json=embedded("gateways", GATEWAY))
    service.get(f"{gateways}/{GATEWAY['id']}", json=GATEWAY)
    service.get(assignments, json=embedded("roleAssignments", assignment(1, DATA, "ENVIRONMENT", DEV)))
    service.post(assignments, json=assignment(2, ADMIN, "ENVIRONMENT", DEV), status=201)
    service.delete(f"{assignments}/{assignment(1, DATA, 'ENVIRONMENT', DEV)['id']}", status=204)
    result, _task = run(application=None, gateway=reference, exclusive=True)
    assert result.title == "roles of gateway dev/edge"
    assert [item["role"]["name"] for item in result.values["role_assignments"]] == ["Environment Admin"]
    assert [item["role"]["name"] for item in result.values["removed"]] == ["Identity Data Admin"]


def test_of_gateways_of_one_name_none_is_meant(service):
    gateways = [GATEWAY, {**GATEWAY, "id": "af9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"}]
    service.get(f"{API}/environments/{DEV}/gateways", json=embedded("gateways", *gateways))
    with pytest.raises(OptionError, match="gateway: 2 objects of kind gateway in environment 'dev' are named 'edge'"):
        run(application=None, gateway="edge")


def test_of_a_role_that_is_assumed_nobody_knows_who_may_assign_it(service):
    holds(service)
    service.get(f"{API}/environments/{DEV}/roles", json=embedded("roles", ADMIN))
    result, task = run(check_mode=True, roles=[{"role": "Careful Admin"}], assume_missing=True)
    assert result.changed
    assert [warning for warning in task.warnings if "may refuse" in warning] == []


@pytest.mark.parametrize(("assigned_by", "warns"), [([ADMIN], False), ([], True)])
def test_who_may_assign_a_custom_role_is_as_the_role_says(service, assigned_by, warns):
    holds(service)
    careful = {**DATA, "id": "5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "Careful Admin", "type": "CUSTOM"}
    careful.update(applicableTo=["ENVIRONMENT"], canBeAssignedBy=[{"id": role["id"]} for role in assigned_by])
    service.get(f"{API}/environments/{DEV}/roles", json=embedded("roles", careful, ADMIN))
    _result, task = run(check_mode=True, roles=[{"role": "Careful Admin"}])
    assert bool(task.warnings) == warns


def test_a_later_task_of_a_dry_run_goes_on_from_what_an_earlier_one_would_have_assigned(service, tmp_path, monkeypatch):
    holds(service, assignment(1, DATA, "ENVIRONMENT", DEV))
    tmp_path.chmod(0o700)
    known = Predictions(str(tmp_path / "run"))
    monkeypatch.setattr(task_file, "Predictions", lambda: known)
    first, _task = run(check_mode=True, exclusive=True)
    again, _task = run(check_mode=True, exclusive=True)
    assert (first.changed, again.changed) == (True, False)
    assert again.values["role_assignments"] == first.values["role_assignments"]
    assert [item["role"]["name"] for item in again.values["role_assignments"]] == ["Environment Admin"]
    back, _task = run(check_mode=True, state="absent")
    assert [item["role"]["name"] for item in back.values["removed"]] == ["Environment Admin"]
    assert back.values["role_assignments"] == []
    real, _task = run(roles=[{"role": "Identity Data Admin"}])
    assert not real.changed


def test_a_role_that_is_held_elsewhere_is_not_taken_for_one_that_a_dry_run_predicted(service, tmp_path, monkeypatch):
    holds(service, assignment(1, ADMIN, "ENVIRONMENT", ADMINS))
    tmp_path.chmod(0o700)
    known = Predictions(str(tmp_path / "run"))
    monkeypatch.setattr(task_file, "Predictions", lambda: known)
    for changed in (True, False):
        result, _task = run(check_mode=True)
        assert result.changed == changed
        assert len(result.values["role_assignments"]) == 2
