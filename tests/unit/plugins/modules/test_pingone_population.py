# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_population says to the service, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_population
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    DUPLICATE,
    OLD,
    PROD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    sent,
    serving,
    there_are,
)

PARTNERS = "c06accbc-1eaf-4b69-b02d-080a6beb9604"
DEFAULT = "d06accbc-1eaf-4b69-b02d-080a6beb9604"
POLICY = "2a7c5f0e-4b1d-4e8a-9c3f-7d6e5a4b3c21"
THEME = "67b2b008-f875-4b60-9637-d499aec8be64"
WITHIN = f"{API}/environments/{DEV}"
POPULATIONS = f"{WITHIN}/populations"


def population(id=PARTNERS, name="Partners", **members):
    return {
        "_links": {"self": {"href": f"{POPULATIONS}/{id}"}},
        "id": id,
        "environment": {"id": DEV},
        "name": name,
        "userCount": 0,
        "createdAt": OLD,
        "updatedAt": OLD,
        "default": False,
        "preferredLanguage": "en",
        "theme": {"id": THEME},
        "notKnownHere": {"kept": True},
        **members,
    }


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        policies = ({"id": POLICY, "name": "Passphrase"}, {"id": "other", "name": "Basic"})
        mock.get(f"{WITHIN}/passwordPolicies", json=embedded("passwordPolicies", *policies))
        themes = ({"id": THEME, "configuration": {"name": "Dark"}}, {"id": "other"})
        mock.get(f"{WITHIN}/themes", json=embedded("themes", *themes))
        yield mock


def act(**options):
    return run(pingone_population, **{"environment": "dev", **options})


def test_a_population_is_created_with_what_is_given_alone(service):
    there_are(service, POPULATIONS, population(DEFAULT, "Default", default=True))
    service.post(POPULATIONS, json=population(passwordPolicy={"id": POLICY}), status=201)
    result, _task = act(name="Partners", password_policy="Passphrase", theme="Dark", alternative_identifiers=["a"])
    assert result.changed
    assert sent(service, "POST") == [
        {
            "name": "Partners",
            "passwordPolicy": {"id": POLICY},
            "theme": {"id": THEME},
            "alternativeIdentifiers": ["a"],
        }
    ]
    assert result.values["population"] == {
        "id": PARTNERS,
        "environment_id": DEV,
        "name": "Partners",
        "description": None,
        "default": False,
        "password_policy_id": POLICY,
        "theme_id": THEME,
        "preferred_language": "en",
        "alternative_identifiers": None,
        "user_count": 0,
        "created_at": OLD,
        "updated_at": OLD,
    }
    assert result.title == "population dev/Partners"


def test_a_population_that_is_right_costs_two_listings_and_no_write(service):
    there_are(service, POPULATIONS, population())
    result, _task = act(name="Partners", preferred_language="en", default=False)
    assert not result.changed
    assert asked(service) == ["GET /environments", f"GET /environments/{DEV}/populations"]


def test_an_update_sends_everything_back_but_what_the_service_owns(service):
    there_are(service, POPULATIONS, population(description="old", passwordPolicy={"id": POLICY}))
    service.put(f"{POPULATIONS}/{PARTNERS}", json=population(description="new"))
    result, _task = act(name="Partners", description="new", reset=["password_policy"])
    assert result.changed
    assert sent(service, "PUT") == [
        {
            "name": "Partners",
            "description": "new",
            "default": False,
            "preferredLanguage": "en",
            "theme": {"id": THEME},
            "notKnownHere": {"kept": True},
        }
    ]


def test_an_update_is_made_of_what_is_there_now(service):
    service.get(POPULATIONS, json=embedded("populations", population(description="old")))
    service.get(f"{POPULATIONS}/{PARTNERS}", json=population(description="old", alternativeIdentifiers=["meanwhile"]))
    service.put(f"{POPULATIONS}/{PARTNERS}", json=population(description="new"))
    act(name="Partners", description="new")
    assert sent(service, "PUT")[0]["alternativeIdentifiers"] == ["meanwhile"]


def test_one_that_is_gone_when_it_is_to_be_updated_is_made_anew(service):
    service.get(POPULATIONS, json=embedded("populations", population(description="old")))
    service.get(f"{POPULATIONS}/{PARTNERS}", status=404, json=REFUSED)
    service.get(POPULATIONS, json=embedded("populations"))
    service.post(POPULATIONS, json=population(description="new"), status=201)
    result, _task = act(name="Partners", description="new")
    assert result.changed
    assert sent(service, "POST") == [{"name": "Partners", "description": "new"}]


def test_a_population_is_renamed_by_its_id(service):
    there_are(service, POPULATIONS, population())
    service.put(f"{POPULATIONS}/{PARTNERS}", json=population(name="Guests"))
    result, _task = act(id=PARTNERS, name="Guests")
    assert result.changed
    assert sent(service, "PUT")[0]["name"] == "Guests"
    assert result.title == "population dev/Partners"


@pytest.mark.parametrize("name", ["partners", "PARTNERS"])
def test_a_name_that_differs_by_its_case_alone_is_refused(service, name):
    there_are(service, POPULATIONS, population())
    with pytest.raises(OptionError, match=f"name: there is a population 'Partners' .*, and PingOne takes '{name}'"):
        act(name=name)
    assert sent(service, "POST") == []


def test_one_that_another_controller_makes_meanwhile_is_adopted(service):
    service.get(POPULATIONS, json=embedded("populations"))
    service.post(POPULATIONS, json=DUPLICATE, status=400)
    there_are(service, POPULATIONS, population())
    service.put(f"{POPULATIONS}/{PARTNERS}", json=population(description="ours"))
    result, _task = act(name="Partners", description="ours")
    assert result.changed
    assert sent(service, "PUT")[0]["description"] == "ours"
    assert result.values["population"]["description"] == "ours"


def test_a_refusal_that_no_other_population_explains_is_told(service):
    there_are(service, POPULATIONS)
    service.post(POPULATIONS, json=DUPLICATE, status=400)
    with pytest.raises(ServiceError, match="Creating population 'Partners' in environment 'dev' failed"):
        act(name="Partners")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"userCount": 3}, "state: population 'Partners' .* has 3 users, and PingOne deletes no population"),
        ({"userCount": 3, "default": True}, "has 3 users"),
        ({"default": True}, "state: population 'Partners' .* is the default one of its environment"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_the_service_would_not_delete_is_told_before(service, members, sentence, check_mode):
    there_are(service, POPULATIONS, population(**members))
    with pytest.raises(OptionError, match=sentence) as refused:
        act(name="Partners", state="absent", check_mode=check_mode)
    assert refused.value.facts() == {"kind": "option", "option": "state"}


def test_the_users_are_counted_as_they_are_when_it_is_to_be_deleted(service):
    service.get(POPULATIONS, json=embedded("populations", population()))
    service.get(f"{POPULATIONS}/{PARTNERS}", json=population(userCount=1))
    with pytest.raises(OptionError, match="has 1 user, and"):
        act(name="Partners", state="absent")


def test_a_population_is_deleted_once(service):
    there_are(service, POPULATIONS, population())
    service.delete(f"{POPULATIONS}/{PARTNERS}", status=204)
    assert act(name="Partners", state="absent")[0].changed
    result, _task = act(name="Partners", state="absent")
    assert not result.changed
    assert result.values == {"population": None}


def test_the_former_default_can_be_deleted_by_the_next_task(service):
    former = population(DEFAULT, "Default", default=True)
    there_are(service, POPULATIONS, former, population())
    service.put(f"{POPULATIONS}/{PARTNERS}", json=population(default=True))
    assert act(name="Partners", default=True)[0].changed
    now = {**former, "default": False}
    service.replace("GET", POPULATIONS, json=embedded("populations", now, population(default=True)))
    service.replace("GET", f"{POPULATIONS}/{DEFAULT}", json=now)
    service.delete(f"{POPULATIONS}/{DEFAULT}", status=204)
    assert act(name="Default", state="absent")[0].changed


def test_the_default_population_cannot_just_stop_being_it(service):
    there_are(service, POPULATIONS, population(default=True))
    with pytest.raises(OptionError, match="default: population 'Partners' is the default one"):
        act(name="Partners", default=False)


def test_check_mode_writes_nothing_and_predicts(service):
    there_are(service, POPULATIONS, population())
    result, _task = act(name="Partners", description="new", check_mode=True)
    assert result.changed
    assert result.values["population"]["description"] == "new"
    new, _task = act(name="Guests", check_mode=True)
    assert new.values["population"]["id"] == predicted_id("population", DEV, "Guests")
    assert new.values["population"]["user_count"] == 0
    assert {call.request.method for call in service.calls} == {"GET"}


def test_one_that_another_task_makes_is_taken_by_the_id_that_it_would_have(service):
    there_are(service, POPULATIONS)
    id = predicted_id("population", DEV, "Guests")
    result, _task = act(id=id, name="Renamed", assume_missing=True, check_mode=True)
    assert (result.values["population"]["id"], result.values["population"]["name"]) == (id, "Renamed")
    with pytest.raises(MissingObjectError, match="id: there is no population"):
        act(id=id, name="Renamed")


def test_a_population_is_as_absent_as_its_environment(service):
    result, task = act(environment="stage", name="Partners", state="absent")
    assert not result.changed
    assert task.warnings[0].startswith("environment: there is no environment 'stage'")
    with pytest.raises(MissingObjectError):
        act(environment="stage", name="Partners")


def test_who_may_not_list_populations_is_told(service):
    service.get(POPULATIONS, json=REFUSED, status=403)
    with pytest.raises(PermissionDeniedError, match="Listing the populations in environment 'dev'"):
        act(name="Partners")


def test_an_environment_whose_deletion_is_pending_is_refused(service):
    gone = environment(PROD, "prod", status="DELETE_PENDING")
    service.replace("GET", f"{API}/environments", json=embedded("environments", gone))
    with pytest.raises(OptionError, match="environment: the deletion of environment 'prod'"):
        act(environment="prod", name="Partners")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": ""}, "name must not be empty; give the population's name, or its id"),
        ({"name": "", "id": PARTNERS}, "name must not be empty; leave it out to keep the name"),
        ({"name": "Partners", "id": " "}, "id must not be empty"),
        ({"name": "Partners", "theme": ""}, "theme must not be empty"),
        ({"name": "Partners", "preferred_language": ""}, "preferred_language must not be empty"),
        ({"name": "Partners", "description": "a < b"}, "description must not contain <: .* of a population"),
        ({"name": "Partners", "description": "a", "reset": ["description"]}, "description is given and also listed"),
    ],
)
def test_options_that_cannot_be_right_are_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        act(**options)
    assert len(service.calls) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "Partners", "password_policy": "Basics"}, "password_policy: there is no password policy 'Basics'"),
        ({"name": "Partners", "theme": "Light"}, "theme: there is no theme 'Light' in environment 'dev'"),
        ({"name": "Partners "}, "name must not begin or end with a blank"),
        ({"id": "Default"}, "id: 'Default' is the name of population"),
        ({"id": PARTNERS.replace("c", "e")}, "id: there is no population"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_first_write(service, options, sentence):
    there_are(service, POPULATIONS, population(DEFAULT, "Default", default=True))
    with pytest.raises(OptionError, match=sentence):
        act(**options)
    assert {call.request.method for call in service.calls} == {"GET"}
