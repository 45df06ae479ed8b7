# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_role_handover predicts, and what later tasks of a dry run know of it."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_role_assignment,
    pingone_role_assignment_info,
    pingone_role_handover,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import (
    CALLER,
    HOME,
    ORGANIZATION,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.role_handover_service import (
    ADMIN,
    DATA,
    run,
    serving,
    task_of,
)


@pytest.fixture
def tenant():
    with serving() as found:
        yield found


def test_check_mode_predicts_and_writes_nothing(tenant):
    tenant.gets_birthright()
    dry, _task = run(tenant, check_mode=True, disable=True)
    assert tenant.wrote() == []
    real, _task = run(tenant, disable=True)
    assert dry.changed
    assert dry.diff() == real.diff()
    assert dry.values["disabled"] and real.values["disabled"]
    assert [list(map(len, entry.values())) for entry in dry.values["handed_over"]] == [[2, 1, 1]] * 2
    assert tenant.wrote()[-1] == ("PUT", tenant.second)
    assert not tenant.applications[HOME][CALLER]["enabled"]


def in_dry_run(tenant, predictions, module=pingone_role_handover, **options):
    """Run a task of a module in a dry run that knows what earlier ones predicted."""
    task = task_of(tenant, module=module, check_mode=True, **options)
    task.predictions = predictions
    return module.run(task)


def held_in_dry_run(tenant, predictions, name):
    options = {"environments": ["Administrators"], "name": name}
    result = in_dry_run(tenant, predictions, pingone_role_assignment_info, **options)
    return sorted((item["role"]["name"], item["scope"]["name"]) for item in result.values["role_assignments"])


def test_later_tasks_of_a_dry_run_know_what_was_handed_over(tenant):
    tenant.gets_birthright()
    predictions = Predictions()
    before = held_in_dry_run(tenant, predictions, "first")
    assert in_dry_run(tenant, predictions, disable=True).changed
    above = [(ADMIN, "Example")]
    assert held_in_dry_run(tenant, predictions, "first") == above
    assert held_in_dry_run(tenant, predictions, "second") == before
    for application, state in (("first", "absent"), ("second", "present")):
        roles = [{"role": DATA, "scope": {"environment": "dev"}}]
        options = {"environment": "Administrators", "application": application, "roles": roles, "state": state}
        assert not in_dry_run(tenant, predictions, pingone_role_assignment, **options).changed
    again = in_dry_run(tenant, predictions, disable=True)
    assert not again.changed
    assert again.values["begun"] and again.values["retired"] and again.values["disabled"]


def test_a_dry_run_knows_what_was_handed_over_of_an_environment_that_it_predicts(tenant):
    tenant.gets_birthright()
    predictions = Predictions()
    earlier = task_of(tenant, check_mode=True)
    earlier.predictions = predictions
    later = {"id": predicted_id("environment", None, "later"), "name": "later", "organization": {"id": ORGANIZATION}}
    assert not earlier.api.predict("/environments", Sides(None, later, ("name",)))
    options = {"environments": ["later"]}
    assert in_dry_run(tenant, predictions, **options).changed
    assert not in_dry_run(tenant, predictions, **options).changed
    assert (DATA, "later") in held_in_dry_run(tenant, predictions, "second")
    roles = [{"role": DATA, "scope": {"environment": "later"}}]
    options = {"environment": "Administrators", "application": "first", "roles": roles, "state": "absent"}
    assert not in_dry_run(tenant, predictions, pingone_role_assignment, **options).changed
