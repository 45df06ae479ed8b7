# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and ids, exact, ambiguous, missing and predicted."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import Lookup

DEV = {"id": "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", "name": "dev"}
TEST = {"id": "4c1f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a12", "name": "test"}
TWIN = {"id": "5d2f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a13", "name": "dev"}
ROLE = {"id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "name": "Environment Admin"}
CUSTOM = {"id": "6e3f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a14", "name": "Deployer"}


class FakeResource:
    def __init__(self, items, error=None, kind="environment", environment=None):
        self.items, self.error, self.filters = items, error, []
        self.kind, self.environment, self.place = kind, environment, f" in {environment}" if environment else ""

    def list(self, filter=None):
        self.filters.append(filter)
        if self.error:
            raise self.error
        return self.items

    def get(self, identifier):
        return next((item for item in self.items if item["id"] == identifier), None)


class FakeApi:
    def __init__(self, environments=(), populations=(), roles=(), custom_roles=(), roles_error=None):
        self._environments = FakeResource(list(environments))
        self.population_resource = FakeResource(list(populations), kind="population", environment=DEV)
        self._roles = FakeResource(list(roles), roles_error, kind="role")
        self._custom_roles = FakeResource(list(custom_roles), kind="role")

    def environments(self):
        return self._environments

    def populations(self, environment):
        return self.population_resource

    def roles(self, environment=None):
        return self._roles if environment is None else self._custom_roles


def names(api, check_mode=False):
    warnings = []
    return Lookup(api, check_mode, warnings.append), warnings


@pytest.mark.parametrize("reference", ["dev", DEV["id"]])
def test_a_name_or_an_id_finds_the_object(reference):
    lookup, warnings = names(FakeApi([DEV, TEST]))
    assert lookup.environment(reference) == DEV
    assert not warnings


def test_an_imported_object_is_found_by_an_id_of_another_form():
    moved = {"id": "moved-from-elsewhere", "name": "moved"}
    lookup, _warnings = names(FakeApi([DEV, moved]))
    assert lookup.environment("moved-from-elsewhere") == moved


def test_names_match_exactly():
    lookup, _warnings = names(FakeApi([DEV]))
    with pytest.raises(MissingObjectError, match="there is no environment 'Dev'.*can see: dev"):
        lookup.environment("Dev")


def test_several_of_one_name_are_listed_by_id():
    lookup, _warnings = names(FakeApi([DEV, TWIN]))
    with pytest.raises(OptionError, match=f"2 objects.*{DEV['id']}, {TWIN['id']}"):
        lookup.environment("dev")
    assert lookup.environment(TWIN["id"]) == TWIN


def test_a_dry_run_predicts_a_missing_name_with_a_warning():
    lookup, warnings = names(FakeApi([TEST]), check_mode=True)
    assert lookup.environment("dev") == {"id": predicted_id("environment", None, "dev"), "name": "dev"}
    assert "There is no environment 'dev' yet" in warnings[0]


def test_a_dry_run_takes_the_id_that_an_earlier_task_predicted_without_a_warning():
    lookup, warnings = names(FakeApi([TEST]), check_mode=True)
    identifier = predicted_id("environment", None, "dev")
    assert lookup.environment(identifier)["id"] == identifier
    assert not warnings


def test_a_dry_run_does_not_predict_a_real_id():
    lookup, _warnings = names(FakeApi([TEST]), check_mode=True)
    with pytest.raises(MissingObjectError):
        lookup.environment(DEV["id"])


def test_a_population_is_asked_for_by_a_filter():
    api = FakeApi(populations=[{"id": "p", "name": "Default"}])
    lookup, _warnings = names(api)
    lookup.population(DEV, "Default")
    assert api.population_resource.filters == ['name eq "Default"']


@pytest.mark.parametrize("name", ['a"b', "a\\b"])
def test_a_name_that_a_filter_could_misread_is_never_put_into_one(name):
    api = FakeApi(populations=[{"id": "p", "name": name}])
    lookup, _warnings = names(api)
    assert lookup.population(DEV, name)["id"] == "p"
    assert api.population_resource.filters == [None]


def test_a_custom_role_is_found_in_its_environment():
    lookup, _warnings = names(FakeApi(roles=[ROLE], custom_roles=[ROLE, CUSTOM]))
    assert lookup.role("Deployer", DEV) == CUSTOM
    assert lookup.role("Environment Admin", DEV) == ROLE


def test_the_environment_s_roles_stand_in_where_the_platform_s_are_refused():
    refused = PermissionDeniedError("listing roles", 403, {"code": "ACCESS_FAILED", "message": "no"}, "c")
    lookup, _warnings = names(FakeApi(custom_roles=[ROLE], roles_error=refused))
    assert lookup.role("Environment Admin", DEV) == ROLE
    with pytest.raises(PermissionDeniedError):
        lookup.role("Environment Admin")


def test_a_role_is_never_predicted():
    lookup, _warnings = names(FakeApi(roles=[ROLE]), check_mode=True)
    with pytest.raises(MissingObjectError, match="role: there is no role 'Environmnt Admin'"):
        lookup.role("Environmnt Admin")
