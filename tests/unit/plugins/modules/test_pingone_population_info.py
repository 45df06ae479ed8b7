# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_population_info asks the service, and what it makes of the answers."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PermissionDeniedError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_population, pingone_population_info
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
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        listed = [environment(PROD, "prod"), environment(DEV, "dev")]
        mock.get(f"{API}/environments", json=embedded("environments", *listed))
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


def test_a_population_has_the_shape_that_the_managing_module_gives_it_and_its_environment(service):
    result, _task = run(pingone_population_info, environments=["dev"], name_pattern="Part.*")
    (shown,) = result.values["populations"]
    managed, _task = run(pingone_population, environment="dev", name="Partners")
    assert shown == {**managed.values["population"], "environment": {"id": DEV, "name": "dev"}}


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


def test_an_environment_that_cannot_be_read_is_reported_beside_the_others(service):
    service.get(POPULATIONS.format(PROD), json=REFUSED, status=403)
    result, _task = run(pingone_population_info)
    assert {name for name, _population in named(result)} == {"dev"}
    (entry,) = result.values["unreadable"]
    assert entry["environment"] == {"id": PROD, "name": "prod"}
    assert entry["error"]["operation"] == "listing the populations in environment 'prod'"
    with pytest.raises(PermissionDeniedError):
        run(pingone_population_info, environments=["prod"])


def test_a_predicted_environment_has_its_default_population(service):
    predicted = predicted_id("environment", None, "new")
    result, _task = run(pingone_population_info, check_mode=True, environments=[predicted])
    assert [(item["name"], item["default"]) for item in result.values["populations"]] == [("Default", True)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"environments": ["dev", " "]}, "environments must not have an empty entry"),
        ({"name_pattern": "["}, "name_pattern '\\[' is not a valid regular expression"),
        ({"id": ""}, "id must not be empty"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        run(pingone_population_info, **options)
    assert len(service.calls) == 0
