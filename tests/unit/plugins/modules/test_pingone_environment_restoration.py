# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How pingone_environment restores an environment whose deletion is pending, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.tests.unit.plugins.modules.environment_service import (
    ID,
    LICENSE,
    ONE,
    POPULATIONS,
    bill,
    embedded,
    environment,
    listing,
    pending,
    run,
    written,
)


def test_what_is_pending_is_restored_before_it_is_changed(service):
    listing(service, pending())
    active = environment(type="PRODUCTION", status="ACTIVE")
    service.put(f"{ONE}/status", json=active)
    embedded(service, POPULATIONS, "populations")
    bill(service, "PING_ONE_BASE")
    service.put(ONE, json={**active, "description": "back"})
    result, _task = run(description="back")
    assert result.changed
    assert [path for _method, path, _body in written(service)] == [f"/environments/{ID}/status", f"/environments/{ID}"]
    assert written(service)[0][2] == {"status": "ACTIVE", "license": {"id": LICENSE}}
    assert result.diff()["before"]["status"] == "DELETE_PENDING"
    assert result.diff()["after"]["status"] == "ACTIVE"


def test_removing_services_while_restoring_is_confirmed_before_the_restoration(service):
    listing(service, pending())
    with pytest.raises(OptionError, match="removing services needs confirm_production"):
        run(services=["SSO"], exclusive_services=True)


def test_a_dry_run_restores_nothing_and_says_what_it_can_not_know(service):
    listing(service, pending())
    result, task = run(check_mode=True, services=["SSO"])
    assert result.changed
    assert result.values["environment"]["status"] == "ACTIVE"
    assert result.values["environment"]["hard_delete_allowed_at"] is None
    assert "cannot be read while its deletion is pending" in task.warnings[0]
