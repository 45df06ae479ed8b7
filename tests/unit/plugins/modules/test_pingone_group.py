# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_group says to the service, request by request."""

from __future__ import annotations

import re

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
    ReadOnlyError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.modules import pingone_group
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    DUPLICATE,
    OLD,
    REFUSED,
    asked,
    embedded,
    environment,
    run,
    sent,
    serving,
    task_of,
    there_are,
    writes,
)

ID = "1d8ebe65-81b1-4884-9b91-1d0ec767004c"
OTHER = "2d8ebe65-81b1-4884-9b91-1d0ec767004c"
PARTNERS = "c06accbc-1eaf-4b69-b02d-080a6beb9604"
GUESTS = "d06accbc-1eaf-4b69-b02d-080a6beb9604"
WITHIN = f"{API}/environments/{DEV}"
GROUPS = f"{WITHIN}/groups"
BY_NAME = f"GET /environments/{DEV}/groups?filter=name+eq+%22Developers%22"


def group(id=ID, name="Developers", **members):
    return {
        "_links": {"self": {"href": f"{GROUPS}/{id}"}},
        "id": id,
        "environment": {"id": DEV},
        "name": name,
        "directMemberCounts": {"users": 1, "groups": 0},
        "createdAt": OLD,
        "updatedAt": OLD,
        "checkSum": "10000000001",
        "notKnownHere": {"kept": True},
        **members,
    }


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        named = ({"id": PARTNERS, "name": "Partners"}, {"id": GUESTS, "name": "Guests"})
        mock.get(f"{WITHIN}/populations", json=embedded("populations", *named))
        yield mock


def act(**options):
    return run(pingone_group, **{"environment": "dev", **options})


def test_a_group_is_created_with_what_is_given_alone(service):
    there_are(service, GROUPS)
    service.post(GROUPS, json=group(population={"id": PARTNERS}), status=201)
    data = {"owner": "example-team", "levels": [1, 2]}
    result, _task = act(name="Developers", population="Partners", custom_data=data, user_filter='email ew "@a.example"')
    assert result.changed
    assert sent(service, "POST") == [
        {
            "name": "Developers",
            "population": {"id": PARTNERS},
            "customData": data,
            "userFilter": 'email ew "@a.example"',
        }
    ]
    assert result.values["group"] == {
        "id": ID,
        "environment_id": DEV,
        "name": "Developers",
        "description": None,
        "population_id": PARTNERS,
        "user_filter": None,
        "external_id": None,
        "custom_data": None,
        "display_name": None,
        "source_id": None,
        "source_type": None,
        "direct_member_counts": {"users": 1, "groups": 0},
        "created_at": OLD,
        "updated_at": OLD,
    }
    assert result.title == "group dev/Developers"


def test_a_group_that_is_right_costs_a_listing_of_its_name_and_no_write(service):
    there_are(service, GROUPS, group(externalId="4711"))
    result, _task = act(name="Developers", external_id="4711")
    assert not result.changed
    assert asked(service) == ["GET /environments", BY_NAME]


def test_an_update_sends_everything_back_but_what_the_service_owns(service):
    members = {"description": "old", "externalId": "4711", "customData": {"a": 1}}
    there_are(service, GROUPS, group(population={"id": PARTNERS}, **members))
    service.put(f"{GROUPS}/{ID}", json=group(description="new"))
    result, _task = act(name="Developers", description="new", custom_data={}, reset=["external_id"])
    assert result.changed
    assert sent(service, "PUT") == [
        {
            "name": "Developers",
            "description": "new",
            "population": {"id": PARTNERS},
            "notKnownHere": {"kept": True},
        }
    ]


@pytest.mark.parametrize(
    ("given", "changes"),
    [({"a": {"b": [1]}}, False), ({"a": {"b": [2]}}, True), ({"a": {}}, True), ({}, True), (None, False)],
)
def test_custom_data_is_compared_as_a_whole(service, given, changes):
    there_are(service, GROUPS, group(customData={"a": {"b": [1]}}))
    result, _task = act(name="Developers", custom_data=given, check_mode=True)
    assert result.changed is changes


def test_clearing_what_is_not_there_is_no_change(service):
    there_are(service, GROUPS, group())
    result, _task = act(name="Developers", custom_data={}, description="", reset=["user_filter"])
    assert not result.changed


def test_of_groups_of_one_name_that_of_the_population_is_meant(service):
    there_are(service, GROUPS, group(population={"id": GUESTS}), group(OTHER, population={"id": PARTNERS}))
    result, _task = act(name="Developers", population="Partners")
    assert not result.changed
    assert result.values["group"]["id"] == OTHER


def test_which_of_several_is_meant_has_to_be_said(service):
    there_are(service, GROUPS, group(population={"id": GUESTS}), group(OTHER, population={"id": PARTNERS}))
    with pytest.raises(OptionError, match="name: 2 groups in environment 'dev' are named 'Developers'"):
        act(name="Developers")


def test_a_group_of_the_environment_keeps_its_name_for_itself(service):
    there_are(service, GROUPS, group())
    with pytest.raises(OptionError, match="name: there is a group 'Developers' .* of the whole environment"):
        act(name="Developers", population="Partners")
    assert sent(service, "POST") == []


def test_a_group_is_not_moved(service):
    there_are(service, GROUPS, group(population={"id": GUESTS}))
    with pytest.raises(OptionError, match="population: group 'Developers' .* is not in population 'Partners'"):
        act(id=ID, population="Partners")
    assert not act(id=ID, population="Guests")[0].changed


def test_a_group_is_found_by_its_id_without_a_listing(service):
    there_are(service, GROUPS, group())
    assert not act(id=ID, name="Developers")[0].changed
    assert asked(service) == ["GET /environments", f"GET /environments/{DEV}/groups/{ID}"]


def test_a_group_is_renamed_by_its_id(service):
    there_are(service, GROUPS, group())
    service.put(f"{GROUPS}/{ID}", json=group(name="Builders"))
    result, _task = act(id=ID, name="Builders")
    assert result.changed
    assert sent(service, "PUT")[0]["name"] == "Builders"


def test_the_older_of_two_that_are_made_at_the_same_time_stays(service):
    for _listing in ("of the name", "of all"):
        service.get(GROUPS, json=embedded("groups"))
    mine, older = group(createdAt="2020-01-01T00:00:01.000Z"), group(OTHER)
    unlike = group(
        "3d8ebe65-81b1-4884-9b91-1d0ec767004c", population={"id": PARTNERS}, createdAt="2019-01-01T00:00:00Z"
    )
    service.post(GROUPS, json=mine, status=201)
    there_are(service, GROUPS, mine, older, unlike)
    service.delete(f"{GROUPS}/{ID}", status=204)
    result, _task = act(name="Developers")
    assert result.values["group"]["id"] == OTHER
    assert [call.request.url for call in service.calls if call.request.method == "DELETE"] == [f"{GROUPS}/{ID}"]


def test_one_that_another_controller_makes_meanwhile_is_adopted(service):
    for _listing in ("of the name", "of all"):
        service.get(GROUPS, json=embedded("groups"))
    service.post(GROUPS, json=DUPLICATE, status=400)
    there_are(service, GROUPS, group())
    service.put(f"{GROUPS}/{ID}", json=group(description="ours"))
    result, _task = act(name="Developers", description="ours")
    assert result.changed
    assert result.values["group"]["description"] == "ours"


def test_a_refusal_that_no_other_group_explains_is_told(service):
    there_are(service, GROUPS)
    service.post(GROUPS, json=DUPLICATE, status=400)
    with pytest.raises(ServiceError, match="Creating group 'Developers' in environment 'dev' failed"):
        act(name="Developers")


def test_a_group_is_deleted_once(service):
    there_are(service, GROUPS, group())
    service.delete(f"{GROUPS}/{ID}", status=204)
    assert act(name="Developers", state="absent")[0].changed
    service.replace("GET", GROUPS, json=embedded("groups"))
    result, _task = act(name="Developers", state="absent")
    assert not result.changed
    assert result.values == {"group": None}


@pytest.mark.parametrize("place", [{"environment": "stage"}, {"population": "Nobody"}])
def test_a_group_is_as_absent_as_what_it_was_in(service, place):
    result, task = act(**place, name="Developers", state="absent")
    assert not result.changed
    assert len(task.warnings) == 1
    with pytest.raises(MissingObjectError):
        act(**place, name="Developers")


def test_check_mode_writes_nothing_and_tells_groups_of_one_name_apart(service):
    there_are(service, GROUPS)
    ids = {
        act(name="Developers", population=population, check_mode=True)[0].values["group"]["id"]
        for population in ("Partners", "Guests")
    }
    ids |= {act(name="Developers", check_mode=True)[0].values["group"]["id"]}
    assert len(ids) == 3
    assert predicted_id("group", DEV, "Developers") in ids
    assert {call.request.method for call in service.calls} == {"GET"}


def test_one_that_another_task_makes_is_taken_by_the_id_that_it_would_have(service):
    there_are(service, GROUPS)
    id = predicted_id("group", DEV, "Guests")
    options = {"id": id, "name": "Renamed", "population": "Partners"}
    result, _task = act(**options, assume_missing=True, check_mode=True)
    assert (result.values["group"]["id"], result.values["group"]["name"]) == (id, "Renamed")
    service.get(f"{GROUPS}/{id}", json=REFUSED, status=404)
    with pytest.raises(MissingObjectError, match="id: there is no group"):
        act(**options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": ""}, "name must not be empty; give the group's name, or its id"),
        ({"name": "Developers", "population": ""}, "population must not be empty; give a name or an id"),
        ({"name": "Developers", "environment": " "}, "environment must not be empty"),
        ({"name": "Developers", "custom_data": {"a": 1}, "reset": ["custom_data"]}, "custom_data is given and also"),
    ],
)
def test_options_that_cannot_be_right_are_refused_before_the_first_call(service, options, sentence):
    with pytest.raises(OptionError, match=sentence):
        act(**options)
    assert len(service.calls) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": " Developers"}, "name must not begin or end with a blank"),
        ({"id": "Developers"}, "id: 'Developers' is the name of group"),
        ({"id": ID.upper()}, "id: .* must be in lower case"),
        ({"name": "Builders", "population": "Partner"}, "population: there is no population 'Partner'.*: Partners, "),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_first_write(service, options, sentence):
    there_are(service, GROUPS, group())
    with pytest.raises(OptionError, match=sentence):
        act(**options)
    assert {call.request.method for call in service.calls} == {"GET"}


# Nesting

OUTER = group("4d8ebe65-81b1-4884-9b91-1d0ec767004c", "Outer")
LEFT = group("5d8ebe65-81b1-4884-9b91-1d0ec767004c", "Left")
MEMBERSHIPS = f"{GROUPS}/{ID}/memberOfGroups"


def nested_in(service, *groups, type="DIRECT"):
    service.get(MEMBERSHIPS, json=embedded("groupMemberships", *({"id": item["id"], "type": type} for item in groups)))


def written(service):
    return [f"{request.method} {request.url.removeprefix(GROUPS)}" for request in writes(service)]


def test_a_group_is_nested_in_others_and_stays_where_it_was(service):
    there_are(service, GROUPS, group(), OUTER, LEFT)
    nested_in(service, LEFT)
    service.post(MEMBERSHIPS, json={"id": OUTER["id"], "type": "DIRECT"}, status=201)
    result, _task = act(name="Developers", member_of=["Outer", OUTER["id"]])
    assert result.changed
    assert sent(service, "POST") == [{"id": OUTER["id"]}]
    assert written(service) == [f"POST /{ID}/memberOfGroups"]
    assert [item["name"] for item in result.values["member_of"]] == ["Left", "Outer"]
    assert result.diff()["before"]["member_of"] == [{"id": LEFT["id"], "name": "Left"}]


def test_a_group_is_taken_out_of_what_is_not_named_on_demand(service):
    there_are(service, GROUPS, group(), OUTER, LEFT)
    nested_in(service, OUTER, LEFT)
    service.delete(f"{MEMBERSHIPS}/{LEFT['id']}", status=204)
    result, _task = act(name="Developers", member_of=["Outer"], exclusive_member_of=True)
    assert result.changed
    assert written(service) == [f"DELETE /{ID}/memberOfGroups/{LEFT['id']}"]
    assert result.values["member_of"] == [{"id": OUTER["id"], "name": "Outer"}]


def test_what_follows_from_another_nesting_is_none_of_its_own(service):
    there_are(service, GROUPS, group(), OUTER)
    nested_in(service, OUTER, type="INDIRECT")
    assert not act(name="Developers", member_of=[], exclusive_member_of=True)[0].changed
    result, _task = act(name="Developers", member_of=["Outer"], check_mode=True)
    assert result.changed
    assert written(service) == []


def test_nesting_is_read_only_when_it_is_asked_for(service):
    there_are(service, GROUPS, group())
    result, _task = act(name="Developers")
    assert "member_of" not in result.values
    assert asked(service) == ["GET /environments", BY_NAME]


def test_a_nesting_that_is_right_is_no_change(service):
    there_are(service, GROUPS, group(), OUTER)
    nested_in(service, OUTER)
    result, _task = act(name="Developers", member_of=["Outer"], exclusive_member_of=True)
    assert not result.changed
    assert result.diff()["before"] == result.diff()["after"]


def test_a_group_that_is_only_predicted_is_nested_in_nothing(service):
    there_are(service, GROUPS, OUTER)
    result, _task = act(name="Developers", member_of=["Outer"], check_mode=True)
    assert result.values["member_of"] == [{"id": OUTER["id"], "name": "Outer"}]
    assert written(service) == []


@pytest.mark.parametrize("kind", ["DIRECT", "INDIRECT"])
def test_a_later_task_of_a_dry_run_goes_on_from_the_nestings_that_an_earlier_one_would_have_made(service, kind):
    there_are(service, GROUPS, group(), OUTER, LEFT)
    nested_in(service, LEFT, type=kind)
    predictions = Predictions()

    def planned(**options):
        task = task_of(pingone_group, environment="dev", name="Developers", check_mode=True, **options)
        task.predictions = predictions
        return pingone_group.run(task)

    for changed in (True, False):
        result = planned(member_of=["Outer", "Left"])
        assert result.changed is changed
        assert [item["name"] for item in result.values["member_of"]] == ["Left", "Outer"]
    for changed in (True, False):
        result = planned(member_of=["Outer"], exclusive_member_of=True)
        assert result.changed is changed
        assert [item["name"] for item in result.values["member_of"]] == ["Outer"]
    assert written(service) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"member_of": ["Outer", "Otter"]}, "member_of.1.: there is no group 'Otter'"),
        ({"member_of": ["Developers"]}, "member_of: group 'Developers' cannot be nested in itself"),
        ({"exclusive_member_of": True}, "exclusive_member_of requires member_of"),
    ],
)
def test_a_nesting_that_cannot_be_meant_is_refused_before_the_first_write(service, options, sentence):
    there_are(service, GROUPS, group(), OUTER)
    with pytest.raises(OptionError, match=sentence):
        act(name="Developers", description="new", **options)
    assert written(service) == []


@pytest.mark.parametrize("there", [[group()], []], ids=["existing", "new"])
def test_what_a_nesting_needs_is_told_before_the_group_is_written(service, there):
    there_are(service, GROUPS, *there, OUTER)
    nested_in(service)
    held = {"id": "a1", "role": {"id": "r1"}, "scope": {"id": DEV, "type": "ENVIRONMENT"}}
    maker = [{"id": "dir:create:group"}, {"id": "dir:update:group"}]
    roles = [
        {"id": "r1", "name": "Maker", "permissions": maker},
        {"id": "r2", "name": "Nester", "permissions": [{"id": "dir:create:groupMembership"}]},
    ]
    service.get(re.compile(".*/roles$"), json=embedded("roles", *roles))
    service.get(re.compile(".*/roleAssignments$"), json=embedded("roleAssignments", held))
    service.get(re.compile(".*/billOfMaterials$"), json={"products": [{"type": "PING_ONE_BASE"}]})
    with pytest.raises(ReadOnlyError, match="lack the permission dir:create:groupMembership in environment 'dev'"):
        act(name="Developers", description="new", member_of=["Outer"], preflight="fail")
    assert written(service) == []


def test_a_nesting_that_is_refused_is_told(service):
    there_are(service, GROUPS, group(), OUTER)
    nested_in(service)
    service.post(MEMBERSHIPS, json=REFUSED, status=403)
    with pytest.raises(
        PermissionDeniedError, match="^Nesting group 'Developers' in group 'Outer' in environment 'dev'"
    ):
        act(name="Developers", member_of=["Outer"])


def test_a_nesting_that_another_controller_makes_meanwhile_is_as_good(service):
    there_are(service, GROUPS, group(), OUTER)
    nested_in(service)
    service.post(MEMBERSHIPS, json=DUPLICATE, status=400)
    nested_in(service, OUTER)
    result, _task = act(name="Developers", member_of=["Outer"])
    assert [item["name"] for item in result.values["member_of"]] == ["Outer"]


def test_a_nesting_that_is_refused_as_a_second_one_and_is_not_there_is_told(service):
    there_are(service, GROUPS, group(), OUTER)
    nested_in(service)
    service.post(MEMBERSHIPS, json=DUPLICATE, status=400)
    with pytest.raises(ServiceError, match="^Nesting group 'Developers' in group 'Outer'"):
        act(name="Developers", member_of=["Outer"])
