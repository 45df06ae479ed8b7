# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dry run that renames an object and gives the name that this frees to another one knows both."""

from __future__ import annotations

import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import (
    pingone_custom_role,
    pingone_environment,
    pingone_group,
    pingone_population,
    pingone_worker_app,
)
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    embedded,
    environment,
    serving,
    token,
)

ROLE = {
    "id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
    "name": "Environment Admin",
    "applicableTo": ["ENVIRONMENT"],
    "permissions": [{"id": "orgmgt:read:environment"}],
}
LICENSE = {
    "id": "lic",
    "name": "L",
    "package": "INTERNAL",
    "status": "ACTIVE",
    "environments": {"max": 9, "regions": ["EU"]},
}
KINDS = {
    "environment": (pingone_environment, {"type": "SANDBOX", "region": "EU"}),
    "worker": (pingone_worker_app, {"environment": "dev"}),
    "population": (pingone_population, {"environment": "dev"}),
    "group": (pingone_group, {"environment": "dev"}),
    "group of a population": (pingone_group, {"environment": "dev", "population": "people"}),
    "custom role": (
        pingone_custom_role,
        {"environment": "dev", "applicable_to": ["ENVIRONMENT"], "permissions": ["orgmgt:read:environment"]},
    ),
}


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        mock.get(f"{API}/organizations", json=embedded("organizations"))
        mock.get(re.compile(r".*/licenses"), json=embedded("licenses", LICENSE))
        mock.get(re.compile(r".*/roleAssignments"), json=embedded("roleAssignments"))
        mock.get(f"{API}/roles", json=embedded("roles", ROLE))
        mock.get(f"{API}/environments/{DEV}/roles", json=embedded("roles", ROLE))
        people = {"id": "9b0f6f0a-5c0e-4c7b-8a55-000000000001", "name": "people"}
        mock.get(f"{API}/environments/{DEV}/populations", json=embedded("populations", people))
        for name in ("applications", "groups"):
            mock.get(f"{API}/environments/{DEV}/{name}", json=embedded(name))
        yield mock


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_a_renaming_frees_is_given_to_another_object(service, kind):
    module, options = KINDS[kind]
    predictions = Predictions()

    def planned(**identity):
        params = {option: entry.get("default") for option, entry in module.ARGUMENT_SPEC.items()}
        params.update(api_url=API, auth_url="https://auth.example.com", access_token=token(), retry_budget=0)
        task = Task({**params, **options, **identity}, check_mode=True)
        task.predictions = predictions
        result = module.run(task)
        (found,) = [value for value in result.values.values() if isinstance(value, dict) and "name" in value]
        # The services of an environment that does not exist yet are told by its creation alone.
        found.pop("services", None)
        return result.changed, found

    _changed, first = planned(name="n")
    _changed, renamed = planned(id=first["id"], name="m")
    changed, second = planned(name="n")
    assert (renamed["id"], renamed["name"]) == (first["id"], "m")
    assert changed
    assert second["id"] != first["id"]
    assert second["id"].startswith("00000000-0000-0000-0000-")
    assert planned(name="m") == (False, renamed)
    assert planned(name="n") == (False, second)
    _changed, third = planned(id=second["id"], name="o")
    assert third["id"] == second["id"]
    _changed, fourth = planned(name="n")
    assert fourth["id"] not in (first["id"], second["id"])
