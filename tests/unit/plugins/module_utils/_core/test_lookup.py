# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and ids: exact, ambiguous, missing, predicted and assumed."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import Lookup

DEV = {"id": "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", "name": "dev"}
TEST = {"id": "4c1f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a12", "name": "test"}
TWIN = {"id": "5d2f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a13", "name": "dev"}
ROLE = {"id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "name": "Environment Admin"}
REFUSED = PermissionDeniedError("listing", 403, {"code": "ACCESS_FAILED", "message": "no"}, "c")
CUSTOM = {"id": "6e3f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a14", "name": "Deployer"}


class FakeResource:
    def __init__(self, items, error=None, kind="environment", environment=None):
        self.items, self.error, self.filters = items, error, []
        self.kind, self.environment = kind, environment
        self.path = f"/{kind}s"
        self.place = f" in environment '{environment['name']}'" if environment else ""

    def list(self, filter=None):
        self.filters.append(filter)
        if self.error:
            raise self.error
        return [item for item in self.items if filter is None or f'"{item["name"]}"' in filter]

    def get(self, identifier):
        return next((item for item in self.items if item["id"] == identifier), None)

    def predicted_id(self, name):
        return predicted_id(self.kind, self.environment["id"] if self.environment else None, name)


class FakeClient:
    def __init__(self, **claims):
        self._claims = claims

    def claims(self):
        return self._claims


class FakeApi:
    def __init__(self, roles=(), custom_roles=(), roles_error=None, claims=None, **collections):
        self.client = FakeClient(**(claims or {}))
        self._roles = FakeResource(list(roles), roles_error, kind="role")
        self._custom_roles = FakeResource(list(custom_roles), kind="role")
        self.asked_for_roles = []
        nested = ("applications", "groups", "populations", "resources", "scopes", "users")
        self.collections = {
            name: FakeResource(
                list(collections.get(name, ())), kind=name[:-1], environment=DEV if name in nested else None
            )
            for name in ("environments", "licenses", *nested)
        }

    def environments(self):
        return self.collections["environments"]

    def licenses(self, organization_id):
        return self.collections["licenses"]

    def __getattr__(self, name):
        return lambda environment, *holders: self.collections[name]

    def roles(self, environment=None):
        self.asked_for_roles.append(environment)
        return self._roles if environment is None else self._custom_roles


class Known(Predictions):
    """What earlier tasks predicted: nothing, and that is all, or it is not known whether it is."""

    def __init__(self, is_complete):
        super().__init__()
        self._answer = is_complete

    def is_complete(self):
        return self._answer


def names(api, predictions=None, assume_missing=False):
    warnings = []
    return Lookup(api, warnings.append, predictions=predictions, assume_missing=assume_missing), warnings


@pytest.mark.parametrize("reference", ["dev", DEV["id"]])
def test_a_name_or_an_id_finds_the_object(reference):
    lookup, warnings = names(FakeApi(environments=[DEV, TEST]))
    assert lookup.environment(reference) == DEV
    assert not warnings


def test_an_imported_object_is_found_by_an_id_of_another_form():
    moved = {"id": "moved-from-elsewhere", "name": "moved"}
    lookup, _warnings = names(FakeApi(environments=[DEV, moved]))
    assert lookup.environment("moved-from-elsewhere") == moved


def test_names_match_exactly():
    lookup, _warnings = names(FakeApi(environments=[DEV]))
    with pytest.raises(MissingObjectError, match="there is no environment 'Dev'"):
        lookup.environment("Dev")


def test_several_of_one_name_are_told_apart():
    first = {**DEV, "type": "SANDBOX", "createdAt": "2026-11-01T00:00:00Z"}
    second = {**TWIN, "type": "PRODUCTION", "createdAt": "2026-11-02T00:00:00Z"}
    lookup, _warnings = names(FakeApi(environments=[second, first]))
    with pytest.raises(OptionError) as refused:
        lookup.environment("dev")
    assert str(refused.value) == (
        "environment: 2 objects of kind environment are named 'dev'; give the id of the one that is meant: "
        f"{DEV['id']} (SANDBOX, created 2026-11-01T00:00:00Z), {TWIN['id']} (PRODUCTION, created 2026-11-02T00:00:00Z)."
    )
    assert lookup.environment(TWIN["id"]) == second


REFERENCES = [
    ("environments", lambda lookup, name: lookup.environment(name), "environment: there is no environment 'develop'"),
    (
        "applications",
        lambda lookup, name: lookup.application(DEV, name),
        "application: there is no application 'develop' in environment 'dev'",
    ),
    ("groups", lambda lookup, name: lookup.group(DEV, name), "group: there is no group 'develop' in environment 'dev'"),
    (
        "populations",
        lambda lookup, name: lookup.population(DEV, name),
        "population: there is no population 'develop' in environment 'dev'",
    ),
    (
        "resources",
        lambda lookup, name: lookup.resource(DEV, name),
        "resource: there is no resource 'develop' in environment 'dev'",
    ),
    (
        "scopes",
        lambda lookup, name: lookup.scope(DEV, {"id": "r"}, name),
        "scope: there is no scope 'develop' in environment 'dev'",
    ),
    ("roles", lambda lookup, name: lookup.role(name, DEV), "role: there is no role 'develop'"),
    ("licenses", lambda lookup, name: lookup.license("o", name), "license: there is no license 'develop'"),
]


@pytest.mark.parametrize(("collection", "look_up", "sentence"), REFERENCES)
@pytest.mark.parametrize("predictions", [None, Known(True)])
def test_a_missing_name_is_told_with_the_nearest_ones_in_a_dry_run_as_in_a_real_one(
    collection, look_up, sentence, predictions
):
    others = [{"id": str(number), "name": name} for number, name in enumerate(["zzz", "prod", "developer", "dev", "x"])]
    lookup, warnings = names(FakeApi(**{collection: others}), predictions)
    with pytest.raises(MissingObjectError) as refused:
        look_up(lookup, "develop")
    seen = "; those that this worker can see, the nearest first: developer, dev, prod and 2 more."
    assert str(refused.value) == sentence + seen
    assert not warnings


def test_where_nothing_can_be_seen_it_is_said():
    lookup, _warnings = names(FakeApi())
    with pytest.raises(MissingObjectError, match="there is no environment 'dev'; this worker can see none"):
        lookup.environment("dev")


def test_an_id_in_upper_case_is_told_that_ids_are_in_lower_case():
    with pytest.raises(MissingObjectError, match=f"no environment '{DEV['id'].upper()}'; PingOne's ids are in lower"):
        Lookup(FakeApi(environments=[DEV]), print).environment(DEV["id"].upper())


def test_names_of_people_are_not_told():
    lookup, _warnings = names(FakeApi(users=[{"id": "1", "name": "", "username": "jane"}]))
    with pytest.raises(MissingObjectError) as refused:
        lookup.user(DEV, "john")
    assert str(refused.value) == "user: there is no user 'john' in environment 'dev'."


def test_a_list_that_is_refused_does_not_hide_that_the_object_is_missing():
    api = FakeApi()
    api.collections["groups"].list = lambda filter=None: [] if filter else raise_(REFUSED)
    lookup, _warnings = names(api)
    with pytest.raises(MissingObjectError, match="there is no group 'ops' in environment 'dev'[.]"):
        lookup.group(DEV, "ops")


def raise_(error):
    raise error


@pytest.mark.parametrize(("collection", "look_up", "_sentence"), REFERENCES)
def test_assume_missing_takes_it_for_what_another_task_makes(collection, look_up, _sentence):
    lookup, warnings = names(FakeApi(), Known(True), assume_missing=True)
    if collection == "licenses":
        with pytest.raises(MissingObjectError):
            look_up(lookup, "develop")
        return
    found = look_up(lookup, "develop")
    assert found["name"] == "develop"
    assert is_predicted(found["id"])
    assert len(warnings) == 1
    assert "another task makes it because assume_missing is set" in warnings[0]


def test_what_is_assumed_does_not_have_the_id_of_what_a_dry_run_renamed():
    renamed = {"id": predicted_id("environment", None, "dev"), "name": "prod"}
    lookup, _warnings = names(FakeApi(environments=[renamed]), Known(True), assume_missing=True)
    assumed = lookup.environment("dev")
    assert assumed["id"] != renamed["id"]
    assert lookup.environment("dev") == assumed


def test_assume_missing_has_no_effect_in_a_real_run():
    lookup, warnings = names(FakeApi(), None, assume_missing=True)
    with pytest.raises(MissingObjectError):
        lookup.environment("dev")
    assert not warnings


@pytest.mark.parametrize(("collection", "look_up", "_sentence"), REFERENCES)
def test_where_it_is_not_known_what_was_predicted_only_what_tasks_make_is_assumed(collection, look_up, _sentence):
    lookup, warnings = names(FakeApi(), Known(False))
    if collection not in ("environments", "applications", "populations", "groups", "roles"):
        with pytest.raises(MissingObjectError):
            look_up(lookup, "develop")
        return
    assert look_up(lookup, "develop")["name"] == "develop"
    assert "it cannot tell here what earlier tasks predicted" in warnings[0]


def test_a_predicted_id_is_taken_without_a_warning_where_it_is_not_known_what_was_predicted():
    identifier = predicted_id("environment", None, "dev")
    lookup, warnings = names(FakeApi(environments=[TEST]), Known(False))
    assert lookup.environment(identifier)["id"] == identifier
    assert not warnings


def test_a_predicted_id_that_no_task_predicted_is_missing():
    lookup, _warnings = names(FakeApi(environments=[TEST]), Known(True))
    with pytest.raises(MissingObjectError):
        lookup.environment(predicted_id("environment", None, "dev"))


@pytest.mark.parametrize("assume_missing", [False, True])
def test_a_real_id_is_never_assumed(assume_missing):
    lookup, _warnings = names(FakeApi(environments=[TEST]), Known(False), assume_missing)
    with pytest.raises(MissingObjectError) as refused:
        lookup.environment(DEV["id"])
    assert str(refused.value) == f"environment: there is no environment '{DEV['id']}'."


def test_a_population_is_asked_for_by_a_filter():
    api = FakeApi(populations=[{"id": "p", "name": "Default"}])
    lookup, _warnings = names(api)
    lookup.population(DEV, "Default")
    assert api.collections["populations"].filters == ['name eq "Default"']


@pytest.mark.parametrize("name", ['a"b', "a\\b"])
def test_a_name_that_a_filter_could_misread_is_never_put_into_one(name):
    api = FakeApi(populations=[{"id": "p", "name": name}])
    lookup, _warnings = names(api)
    assert lookup.population(DEV, name)["id"] == "p"
    assert api.collections["populations"].filters == [None]


def test_a_custom_role_is_found_in_its_environment():
    lookup, _warnings = names(FakeApi(roles=[ROLE], custom_roles=[ROLE, CUSTOM]))
    assert lookup.role("Deployer", DEV) == CUSTOM
    assert lookup.role("Environment Admin", DEV) == ROLE


def test_the_environment_s_roles_stand_in_where_the_platform_s_are_refused():
    lookup, _warnings = names(FakeApi(custom_roles=[ROLE], roles_error=REFUSED))
    assert lookup.role("Environment Admin", DEV) == ROLE
    with pytest.raises(PermissionDeniedError):
        lookup.role("Environment Admin")


def test_the_callers_environment_stands_in_for_one_that_is_only_predicted():
    api = FakeApi(custom_roles=[ROLE], roles_error=REFUSED, claims={"env": TEST["id"]})
    lookup, _warnings = names(api, Known(True))
    predicted = {"id": predicted_id("environment", None, "dev"), "name": "dev"}
    assert lookup.role("Environment Admin", predicted) == ROLE
    assert api.asked_for_roles[1] == {"id": TEST["id"]}
