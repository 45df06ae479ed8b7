# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read once a run to tell of a refusal before it is tried."""

from __future__ import annotations

import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_role_assignment,
    pingone_worker_app,
)
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.preflight_service import (
    ADMIN,
    CI,
    DEVELOPER,
    HELD,
    OWN,
    PASSING,
    READER,
    ROLES,
    held,
    role,
    serving_tenant,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    DEV,
    embedded,
    task_of,
    token,
)


@pytest.fixture
def service():
    with serving_tenant() as found:
        yield found


class Run:
    """The tasks of one run, each in a process of its own."""

    def __init__(self, folder, service):
        self.file = folder / "run.readings"
        self.service = service

    def create(self, **options):
        return self.run(pingone_worker_app, environment="dev", name="ci", **options)

    def assign(self, role):
        """Return how many warnings a task that assigns a role gives, and how often it reads what the caller holds."""
        roles = [{"role": role["name"], "scope": None}]
        warnings, looks = self.run(pingone_role_assignment, environment="dev", application="ci", roles=roles)
        # The roles are listed for their names.
        return warnings, looks.count("roleAssignments")

    def run(self, module, **options):
        """Return how many warnings a task gives, and how it asks what the caller may do."""
        reset()
        task = task_of(module, False, **options)
        task.readings = Readings(str(self.file))
        self.service.mock.calls.reset()
        module.run(task)
        return len(task.warnings), [look.rpartition("/")[2] for look in self.service.looks()]


@pytest.fixture
def one_run(service, tmp_path):
    tmp_path.chmod(0o700)
    return Run(tmp_path, service)


def test_the_tasks_of_a_run_read_once(service, one_run):
    service.caller_holds(held(1, DEVELOPER, DEV))
    assert one_run.create() == (0, ["roleAssignments", "roles"])
    for _task in range(3):
        assert one_run.create() == (0, [])


def test_what_is_kept_and_lacks_a_permission_is_read_again(service, one_run):
    service.caller_holds(held(1, READER, DEV))
    one_run.create()
    # The platform's roles stay what they are.
    assert one_run.create() == (1, ["roleAssignments"])
    service.caller_holds(held(1, READER, DEV), held(2, DEVELOPER, DEV))
    assert one_run.create() == (0, ["roleAssignments"])
    assert one_run.create() == (0, [])


@pytest.mark.parametrize("type", ["CUSTOM", "PLATFORM"])
def test_a_custom_role_may_allow_more_by_now(service, one_run, type):
    own = {**role(9, "Own", "applications:read:application"), "type": type}
    service.caller_holds(held(1, own, DEV))
    service.shows_roles(DEVELOPER, own)
    assert one_run.create()[0] == 1
    service.shows_roles(DEVELOPER, {**DEVELOPER, "id": own["id"], "name": "Own", "type": type})
    again = ["roles"] if type == "CUSTOM" else []
    assert one_run.create() == (int(not again), ["roleAssignments", *again])


def test_a_role_that_came_meanwhile_is_read(service, one_run):
    service.caller_holds(held(1, READER, DEV))
    one_run.create()
    new = {**DEVELOPER, "id": role(9, "New")["id"]}
    service.caller_holds(held(2, new, DEV))
    service.shows_roles(READER, DEVELOPER, new)
    assert one_run.create() == (0, ["roleAssignments", "roles"])


def test_what_is_not_shown_is_not_asked_again_in_a_run(service, one_run):
    service.refuses(OWN)
    assert one_run.create() == (0, ["roleAssignments"])
    assert one_run.create() == (0, [])


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize(("path", "looks"), [(OWN, ["roleAssignments"]), (ROLES[1], ["roleAssignments", "roles"])])
def test_what_could_not_be_read_for_now_is_asked_by_the_next_task(service, one_run, path, looks, failure):
    service.caller_holds(held(1, READER, DEV))
    service.mock.upsert("GET", f"{API}{path}", **failure)
    assert one_run.create() == (0, looks)
    service.caller_holds(held(1, READER, DEV))
    service.shows_roles(READER, DEVELOPER, ADMIN)
    assert one_run.create()[0] == 1


def test_tasks_that_assign_roles_read_with_the_others(service, one_run):
    service.lists(f"/environments/{DEV}/applications", CI)
    service.mock.get(re.compile(f"{API}/environments/{DEV}/roles.*"), json=embedded("roles", READER, ADMIN))
    service.lists(HELD)
    service.mock.post(f"{API}{HELD}", json=held(4, ADMIN, DEV), status=201)
    service.caller_holds(held(1, ADMIN, DEV))
    assert [one_run.assign(ADMIN) for _task in range(3)] == [(0, 1), (0, 0), (0, 0)]
    # What it seems not to be able to assign may have come since.
    assert one_run.assign(READER) == (1, 1)
    service.caller_holds(held(1, ADMIN, DEV), held(2, READER, DEV))
    assert [one_run.assign(READER) for _task in range(2)] == [(0, 1), (0, 0)]


def test_another_worker_reads_for_itself(service, one_run):
    service.caller_holds(held(1, DEVELOPER, DEV))
    one_run.create()
    other = "9a9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
    service.lists(f"/environments/{ADMINS}/applications/{other}/roleAssignments", held(1, READER, DEV))
    assert one_run.create(access_token=token(client_id=other)) == (1, ["roles"])


def test_what_a_dry_run_predicts_is_not_kept(service, one_run, tmp_path):
    service.caller_holds(held(1, READER, DEV))
    task = task_of(pingone_worker_app, True, environment="dev", name="ci", preflight="fail")
    task.predictions, task.readings = Predictions(str(tmp_path / "run")), Readings(str(one_run.file))
    grant = {**held(2, DEVELOPER, DEV), "id": predicted_id("role assignment", DEV, "developer")}
    task.api.predict(OWN, Sides(None, grant, ("role", "scope")))
    assert pingone_worker_app.run(task).changed
    assert one_run.create() == (1, ["roleAssignments"])


def test_what_is_kept_holds_no_more_than_is_needed(service, one_run):
    shown = {**DEVELOPER, "description": "long", "_links": {}}
    shown["permissions"] = [{**item, "description": "long"} for item in shown["permissions"]]
    service.shows_roles(shown, ADMIN)
    service.caller_holds(held(1, DEVELOPER, DEV, _links={}))
    one_run.create()
    assert "long" not in one_run.file.read_text()
    assert "_links" not in one_run.file.read_text()
