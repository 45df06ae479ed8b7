# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_population_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_population_info
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    OLD,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    serving,
)

DEFAULT = {
    "id": "d06accbc-1eaf-4b69-b02d-080a6beb9604",
    "environment": {"id": DEV},
    "name": "Default",
    "default": True,
    "userCount": 7,
    "preferredLanguage": "en",
    "createdAt": OLD,
}
PARTNERS = {**DEFAULT, "id": "c06accbc-1eaf-4b69-b02d-080a6beb9604", "name": "Partners", "default": False}
IN_PROD = {**DEFAULT, "id": "e06accbc-1eaf-4b69-b02d-080a6beb9604", "environment": {"id": PROD}}
POPULATIONS = f"{API}/environments/{{}}/populations"
BY_NAME = "?filter=name+eq+%22{}%22"


@pytest.fixture
def service():
    with serving(environment(PROD, "prod"), environment(DEV, "dev")) as mock:
        first = {
            **embedded("populations", PARTNERS),
            "_links": {"next": {"href": f"{POPULATIONS.format(DEV)}?cursor=2"}},
        }
        mock.get(POPULATIONS.format(DEV), json=first, match=[responses.matchers.query_param_matcher({})])
        second = embedded("populations", DEFAULT)
        mock.get(f"{POPULATIONS.format(DEV)}?cursor=2", json=second)
        yield mock


def named(result):
    return [(item["environment"]["name"], item["name"]) for item in result.values["populations"]]


def test_all_pages_of_all_environments_are_read(service):
    service.get(POPULATIONS.format(PROD), json=embedded("populations", IN_PROD))
    result, _task = run(pingone_population_info)
    assert named(result) == [("dev", "Default"), ("dev", "Partners"), ("prod", "Default")]
    assert not result.changed
    assert result.values["unreadable"] == []
    assert asked(service) == [
        "GET /environments",
        f"GET /environments/{DEV}/populations",
        f"GET /environments/{DEV}/populations?cursor=2",
        f"GET /environments/{PROD}/populations",
    ]


def test_the_service_is_asked_for_a_name_alone_and_the_case_counts(service):
    for name, found in (("Default", [("dev", "Default")]), ("default", [])):
        match = [responses.matchers.query_param_matcher({"filter": f'name eq "{name}"'})]
        service.get(POPULATIONS.format(DEV), json=embedded("populations", DEFAULT), match=match)
        result, _task = run(pingone_population_info, environments=["dev"], name=name)
        assert named(result) == found
    assert f"GET /environments/{DEV}/populations{BY_NAME.format('Default')}" in asked(service)
    assert f"GET /environments/{DEV}/populations" not in asked(service)


def test_one_is_read_by_its_id_wherever_it_is(service):
    service.get(f"{POPULATIONS.format(DEV)}/{IN_PROD['id']}", json=REFUSED, status=404)
    service.get(f"{POPULATIONS.format(PROD)}/{IN_PROD['id']}", json=IN_PROD)
    result, _task = run(pingone_population_info, id=IN_PROD["id"])
    assert named(result) == [("prod", "Default")]
    assert result.values["unreadable"] == []


def test_a_predicted_environment_has_its_default_population(service):
    predicted = predicted_id("environment", None, "new")
    result, _task = run(pingone_population_info, check_mode=True, environments=[predicted])
    assert [(item["name"], item["default"]) for item in result.values["populations"]] == [("Default", True)]
