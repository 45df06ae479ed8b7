# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of the service in a dry run: what earlier tasks predicted is shown as if it were there."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Sides
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    TOKEN_URL,
    jwt,
    token_answer,
)

ENVIRONMENT = {"id": "e", "name": "dev"}
APPS = "/environments/e/applications"
ONE = {"id": "1", "name": "one", "updatedAt": "2026-11-02T09:00:00Z"}
TWO = {"id": "2", "name": "two", "updatedAt": "2026-11-02T09:10:00Z"}
RENAMED = {**ONE, "name": "uno"}
NEW = {"id": predicted_id("application", "e", "new"), "name": "new"}
PREDICTED = {"id": predicted_id("environment", None, "dev"), "name": "dev"}


def listing(*items, key="applications"):
    return (200, {"_embedded": {key: list(items)}})


@pytest.fixture
def dry(make_client, service):
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    return Api(make_client(check_mode=True), Predictions())


def predict(api, before, after, path=APPS):
    api.predict(path, Sides(before, after, ("name",)))


def test_a_list_shows_what_was_created_renamed_and_removed(dry, service):
    service.answers("GET", APPS, listing(ONE, TWO))
    for before, after in [(None, NEW), (ONE, RENAMED), (TWO, None)]:
        predict(dry, before, after)
    assert dry.applications(ENVIRONMENT).list() == [RENAMED, NEW]


def test_what_was_renamed_is_found_though_the_service_filters_by_the_name_of_before(dry, service):
    path = "/environments/e/groups"
    service.answers("GET", path, *[listing(ONE, TWO, key="groups")] * 2)
    groups = dry.groups(ENVIRONMENT)
    groups.list('name eq "one"')
    assert "filter=" in service.calls()[-1]
    predict(dry, ONE, RENAMED, path)
    assert groups.list('name eq "uno"') == [RENAMED, TWO]
    assert "filter=" not in service.calls()[-1]


def test_so_does_reading_one(dry, service):
    predict(dry, ONE, RENAMED)
    predict(dry, TWO, None)
    predict(dry, None, NEW)
    service.answers("GET", APPS + "/1", (200, ONE))
    service.answers("GET", APPS + "/2", (200, TWO))
    service.answers("GET", APPS, listing(ONE, TWO))
    applications = dry.applications(ENVIRONMENT)
    assert applications.get("1") == RENAMED
    assert applications.get("2") is None
    assert applications.get(NEW["id"]) == NEW
    assert applications.get(predicted_id("application", "e", "other")) is None


def test_so_does_the_base_of_a_change(dry, service):
    predict(dry, ONE, RENAMED)
    service.answers("GET", APPS + "/1", (200, ONE))
    service.answers("GET", APPS, listing(ONE))
    applications = dry.applications(ENVIRONMENT)
    assert applications.read_for_update(ONE) == RENAMED
    applications.list()
    assert applications.read_for_update(ONE) == RENAMED
    assert applications.read_for_update(NEW) == NEW
    assert service.calls() == ["GET " + APPS + "/1", "GET " + APPS]


def test_two_tenants_are_not_mixed_up(make_client, service):
    predictions, environments = Predictions(), []
    for org in ("o1", "o2"):
        answer = {"access_token": jwt(client_id="worker", org=org), "token_type": "Bearer", "expires_in": 3600}
        service.answers("POST", "", (200, answer), url=TOKEN_URL)
        service.answers("GET", "/environments", listing(key="environments"))
        api = Api(make_client(options={"client_id": org}, check_mode=True), predictions)
        if org == "o1":
            predict(api, None, PREDICTED, "/environments")
        environments.append(api.environments().list())
    assert environments == [[PREDICTED], []]


def test_a_new_environment_holds_the_default_population_alone(dry, service):
    populations = dry.populations(PREDICTED)
    assert [item["name"] for item in populations.list('name eq "other"')] == ["Default"]
    assert populations.get(populations.list()[0]["id"])["name"] == "Default"
    assert dry.groups(PREDICTED).list() == []
    assert dry.applications(PREDICTED).list() == []
    assert service.calls() == []


def test_what_a_predicted_environment_would_hold_is_shown(dry, service):
    path = f"/environments/{PREDICTED['id']}/applications"
    predict(dry, None, NEW, path)
    assert dry.applications(PREDICTED).list() == [NEW]
    assert service.calls() == []


def test_an_environment_that_is_made_anew_is_empty(dry, service):
    service.answers("GET", "/environments", listing(key="environments"))
    apps = f"/environments/{PREDICTED['id']}/applications"
    predict(dry, None, PREDICTED, "/environments")
    predict(dry, None, NEW, apps)
    predict(dry, PREDICTED, None, "/environments")
    predict(dry, None, PREDICTED, "/environments")
    assert dry.environments().list() == [PREDICTED]
    assert dry.applications(PREDICTED).list() == []


def test_what_is_not_there_is_no_prediction(dry):
    assert dry.predict(APPS, Sides(ONE, ONE, ("name",))) is True
    assert dry.predict(APPS, Sides(None, NEW, ("name",))) is False
