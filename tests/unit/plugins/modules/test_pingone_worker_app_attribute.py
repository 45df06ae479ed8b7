# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_worker_app_attribute says to the service, request by request."""

from __future__ import annotations

import json
import re

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    ReadOnlyError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_attribute
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    API,
    DEV,
    DUPLICATE,
    OLD,
    asked,
    embedded,
    environment,
    run,
    serving,
    writes,
)

WORKER = "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48"
HOME = f"{API}/environments/{DEV}"
ATTRIBUTES = f"{HOME}/applications/{WORKER}/attributes"
OPENID = {"id": "6b0f6f0a-5c0e-4c7b-8a55-000000000001", "name": "openid", "type": "OPENID_CONNECT"}
CUSTOM = {"id": "6b0f6f0a-5c0e-4c7b-8a55-000000000002", "name": "orders", "type": "CUSTOM"}
EMAIL, PHONE = (
    {"id": f"8b0f6f0a-5c0e-4c7b-8a55-{number:012d}", "name": name} for number, name in enumerate(["email", "phone"])
)
SUBOPTIONS = ("value", "required", "id_token", "user_info", "scopes")


def attribute(name, number, **members):
    return {
        "_links": {"self": {"href": "https://api.example.com"}},
        "id": f"2d4b1c52-3a60-4d7e-9b3f-{number:012d}",
        "application": {"id": WORKER},
        "mappingType": "CUSTOM",
        "name": name,
        "value": f"${{user.{name}}}",
        "required": False,
        "idToken": True,
        "userInfo": True,
        "createdAt": OLD,
        "updatedAt": OLD,
        **members,
    }


SUB = attribute("sub", 1, value="${user.id}", required=True, mappingType="CORE")
MAIL = attribute("email", 2)
NICK = attribute("nick", 3, idToken=False)


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        worker = {"id": WORKER, "name": "tool", "type": "WORKER", "grantTypes": ["IMPLICIT"], "createdAt": OLD}
        mock.get(f"{HOME}/applications", json=embedded("applications", worker))
        mock.get(f"{HOME}/resources", json=embedded("resources", OPENID, CUSTOM))
        mock.get(f"{HOME}/resources/{OPENID['id']}/scopes", json=embedded("scopes", EMAIL, PHONE))
        grants = [
            {"id": "g1", "resource": {"id": OPENID["id"]}, "scopes": [{"id": EMAIL["id"]}]},
            {"id": "g2", "resource": {"id": CUSTOM["id"]}, "scopes": [{"id": PHONE["id"]}]},
        ]
        mock.get(f"{HOME}/applications/{WORKER}/grants", json=embedded("grants", *grants))
        # What is written is answered as the service shows it.
        mock.add_callback(responses.POST, ATTRIBUTES, lambda request: answered(request, 201, attribute("new", 9)))
        for item in (SUB, MAIL, NICK):
            mock.add_callback(responses.PUT, address(item), lambda request, old=item: answered(request, 200, old))
            mock.delete(address(item), status=204)
        yield mock


def answered(request, status, old):
    kept = {member: old[member] for member in ("id", "mappingType", "createdAt", "updatedAt")}
    return status, {}, json.dumps({"idToken": True, "userInfo": True, **json.loads(request.body), **kept})


def address(item):
    return f"{ATTRIBUTES}/{item['id']}"


def has(service, *attributes):
    service.get(ATTRIBUTES, json=embedded("attributes", *attributes))


def ensure(*attributes, check_mode=False, **options):
    entries = [{**dict.fromkeys(SUBOPTIONS), **entry} for entry in attributes]
    params = {"environment": "dev", "application": "tool", "attributes": entries, **options}
    return run(pingone_worker_app_attribute, check_mode, **params)


def bodies(service):
    return [(request.method, json.loads(request.body)) for request in writes(service)]


def named(attributes):
    return [item["name"] for item in attributes]


def test_a_new_attribute_is_created(service):
    has(service, SUB)
    result, task = ensure({"name": "email", "value": "${user.email}", "user_info": False})
    assert bodies(service) == [
        ("POST", {"name": "email", "value": "${user.email}", "required": False, "userInfo": False})
    ]
    assert result.changed
    assert result.values["added"] == [
        {
            "id": attribute("new", 9)["id"],
            "name": "email",
            "value": "${user.email}",
            "required": False,
            "id_token": True,
            "user_info": False,
            "scopes": None,
            "mapping_type": "CUSTOM",
            "created_at": OLD,
            "updated_at": OLD,
        }
    ]
    assert named(result.values["attributes"]) == ["email", "sub"]
    assert (result.values["updated"], result.values["removed"], task.warnings) == ([], [], [])
    assert result.diff()["before_header"] == "attributes of worker dev/tool"
    assert result.diff()["after"]["attributes"]["email"] == {
        "value": "${user.email}",
        "required": False,
        "id_token": True,
        "user_info": False,
    }


def test_an_update_keeps_what_the_options_leave_out(service):
    has(service, SUB, NICK)
    result, _task = ensure({"name": "nick", "value": "${user.nickname}"})
    assert bodies(service) == [
        (
            "PUT",
            {"name": "nick", "value": "${user.nickname}", "required": False, "idToken": False, "userInfo": True},
        )
    ]
    assert (named(result.values["updated"]), result.values["added"]) == (["nick"], [])
    assert result.before["attributes"]["nick"]["value"] == "${user.nick}"
    assert result.after["attributes"]["nick"]["value"] == "${user.nickname}"


def test_an_attribute_that_comes_with_the_worker_is_given_another_value(service):
    has(service, SUB)
    result, _task = ensure({"name": "sub", "value": "${user.username}"})
    assert [request.method for request in writes(service)] == ["PUT"]
    assert result.values["updated"][0]["mapping_type"] == "CORE"


@pytest.mark.parametrize(
    ("attributes", "options"),
    [
        ([{"name": "email", "value": "${user.email}", "required": False, "id_token": True}], {}),
        ([{"name": "email"}, {"name": "email"}], {"exclusive": True}),
        ([{"name": "email", "scopes": []}], {}),
        ([{"name": "nick", "value": ""}], {"state": "absent"}),
    ],
)
def test_what_is_so_already_is_not_written(service, attributes, options):
    has(service, SUB, MAIL)
    result, _task = ensure(*attributes, **options)
    assert not result.changed
    assert writes(service) == []


def test_an_exact_list_removes_all_others_but_what_comes_with_the_worker(service):
    has(service, SUB, MAIL, NICK)
    result, _task = ensure({"name": "email", "required": True}, exclusive=True)
    assert [(request.method, request.url) for request in writes(service)] == [
        ("PUT", address(MAIL)),
        ("DELETE", address(NICK)),
    ]
    assert named(result.values["attributes"]) == ["email", "sub"]
    assert named(result.values["removed"]) == ["nick"]


def test_an_empty_exact_list_leaves_what_comes_with_the_worker(service):
    has(service, SUB, MAIL)
    result, _task = ensure(exclusive=True)
    assert named(result.values["attributes"]) == ["sub"]


def test_attributes_are_removed_by_their_names(service):
    has(service, SUB, MAIL, NICK)
    result, _task = ensure({"name": "nick", "value": "no matter"}, {"name": "nick"}, {"name": "no"}, state="absent")
    assert [request.method for request in writes(service)] == ["DELETE"]
    assert named(result.values["removed"]) == ["nick"]
    assert list(result.after["attributes"]) == ["email", "sub"]


def test_an_attribute_is_limited_to_scopes_by_their_names(service):
    has(service, SUB, MAIL)
    result, _task = ensure({"name": "email", "scopes": ["email"]})
    assert bodies(service)[0][1]["oidcScopes"] == [EMAIL["id"]]
    assert result.values["updated"][0]["scopes"] == ["email"]
    assert result.diff()["after"]["attributes"]["email"]["scopes"] == ["email"]


def test_the_limit_is_ended_by_leaving_it_out(service):
    has(service, SUB, {**MAIL, "oidcScopes": [EMAIL["id"]]})
    result, _task = ensure({"name": "email", "scopes": []})
    assert "oidcScopes" not in bodies(service)[0][1]
    assert result.values["updated"][0]["scopes"] is None
    assert result.before["attributes"]["email"]["scopes"] == ["email"]


def test_what_is_limited_already_is_shown_by_names(service):
    has(service, {**MAIL, "oidcScopes": [PHONE["id"], EMAIL["id"], "gone"]})
    result, _task = ensure({"name": "email"})
    assert result.values["attributes"][0]["scopes"] == ["email", "gone", "phone"]


def test_scopes_are_read_only_where_they_matter(service):
    has(service, SUB, MAIL)
    ensure({"name": "email"})
    assert len(asked(service)) == 3
    ensure({"name": "email", "scopes": ["email"]}, preflight="off")
    assert {line.rpartition("/")[2] for line in asked(service) if line.startswith("GET")} == {
        "applications",
        "attributes",
        "environments",
        "grants",
        "resources",
        "scopes",
    }


@pytest.mark.parametrize(
    ("attributes", "options", "option", "sentence"),
    [
        ([], {}, "attributes", "attributes must name at least one attribute; to remove every attribute, set exclusive"),
        ([], {"state": "absent"}, "attributes", "set exclusive: true in the place of state: absent."),
        ([{"name": "x"}], {"exclusive": True, "state": "absent"}, "exclusive", "exclusive requires state: present"),
        ([{"name": "x"}], {"application": ""}, "application", "application must not be empty"),
        ([{"name": " "}], {}, "attributes[0].name", "attributes[0].name must not be empty."),
        (
            [{"name": "x"}, {"name": "y"}, {"name": "x", "value": "b"}],
            {},
            "attributes[2].name",
            "attributes[2].name: 'x' is listed twice, with different settings.",
        ),
        ([{"name": "x", "value": ""}], {}, "attributes[0].value", "attributes[0].value must not be empty; leave"),
        ([{"name": "x", "scopes": ["a", ""]}], {}, "attributes[0].scopes[1]", "attributes[0].scopes[1] must not be em"),
    ],
)
def test_what_cannot_be_right_is_refused_before_the_first_call(service, attributes, options, option, sentence):
    with pytest.raises(OptionError) as refused:
        ensure(*attributes, **options)
    assert (refused.value.option, sentence in str(refused.value)) == (option, True), str(refused.value)
    assert asked(service) == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("entry", "options", "option", "sentence"),
    [
        ({"name": "aud", "value": "x"}, {}, "name", "name must not be 'aud', which PingOne reserves"),
        ({"name": " x", "value": "x"}, {}, "name", "name must not begin or end with a blank"),
        ({"name": "x"}, {}, "value", "value is required because the worker has no attribute 'x' yet."),
        (
            {"name": "x", "value": "x", "id_token": False, "user_info": False},
            {},
            "id_token",
            "id_token and user_info must not both be false, which PingOne refuses",
        ),
        ({"name": "nick", "user_info": False}, {}, "id_token", "id_token and user_info must not both be false"),
        ({"name": "sub"}, {"state": "absent"}, "name", "'sub' is an attribute of the type CORE, which PingOne lets n"),
    ],
)
def test_what_pingone_would_refuse_is_refused_before_anything_is_written(
    service, entry, options, option, sentence, check_mode
):
    has(service, SUB, MAIL, NICK, attribute("right", 4))
    with pytest.raises(OptionError) as refused:
        ensure({"name": "right", "required": True}, entry, check_mode=check_mode, **options)
    assert refused.value.option == f"attributes[1].{option}"
    assert str(refused.value).startswith(f"attributes[1].{option}")
    assert sentence in str(refused.value)
    assert writes(service) == []


def test_the_first_of_two_entries_of_one_name_is_the_one_that_is_told_of(service):
    has(service, SUB)
    with pytest.raises(OptionError) as refused:
        ensure({"name": "sub"}, {"name": "sub"}, state="absent")
    assert refused.value.option == "attributes[0].name"


def test_a_scope_that_the_worker_does_not_have_is_refused_before_anything_is_written(service):
    has(service, SUB, MAIL)
    with pytest.raises(OptionError) as refused:
        ensure({"name": "sub", "value": "x"}, {"name": "email", "scopes": ["email", "phone"]})
    assert refused.value.option == "attributes[1].scopes[1]"
    assert "worker 'tool' does not have the scope 'phone' of openid, and PingOne" in str(refused.value)
    assert writes(service) == []


def test_a_dry_run_that_does_not_know_earlier_tasks_assumes_that_one_grants_it(service):
    has(service, SUB, MAIL)
    result, task = ensure({"name": "email", "scopes": ["phone"]}, check_mode=True)
    assert result.values["updated"][0]["scopes"] == ["phone"]
    assert len(task.warnings) == 1


def test_a_scope_that_there_is_not_is_told_with_the_nearest_ones(service):
    has(service, SUB, MAIL)
    with pytest.raises(MissingObjectError) as refused:
        ensure({"name": "email", "scopes": ["emial"]})
    assert refused.value.option == "attributes[0].scopes[0]"
    assert "there is no scope 'emial' of resource 'openid' in environment 'dev'" in str(refused.value)
    assert "the nearest first: email, phone" in str(refused.value)


def test_all_that_the_caller_may_not_do_to_attributes_is_told_before_the_first_is_written(service):
    has(service, SUB, MAIL, NICK)
    roles = [
        {"id": "r1", "name": "Maker", "permissions": [{"id": "resources:create:attribute"}]},
        {"id": "r2", "name": "Remover", "permissions": [{"id": "resources:delete:attribute"}]},
        {"id": "r3", "name": "Changer", "permissions": [{"id": "resources:update:attribute"}]},
    ]
    held = {"id": "a1", "role": {"id": "r1"}, "scope": {"id": DEV, "type": "ENVIRONMENT"}}
    # The roles of the platform, or those that the caller's environment lists.
    service.get(re.compile(".*/roles$"), json=embedded("roles", *roles))
    service.get(re.compile(".*/roleAssignments"), json=embedded("roleAssignments", held))
    with pytest.raises(ReadOnlyError) as raised:
        ensure({"name": "email", "required": True}, {"name": "new", "value": "x"}, exclusive=True, preflight="fail")
    for verb in ("update", "delete"):
        assert str(raised.value).count(f"lack the permission resources:{verb}:attribute in environment 'dev'") == 1
    assert "resources:create:attribute" not in str(raised.value)
    assert writes(service) == []


def test_an_attribute_whose_answer_was_lost_is_found_by_its_name(service):
    service.get(ATTRIBUTES, json=embedded("attributes", SUB, NICK))
    service.replace(responses.POST, ATTRIBUTES, status=502)
    service.get(ATTRIBUTES, json=embedded("attributes", SUB, NICK, MAIL))
    result, _task = ensure({"name": "email", "value": "${user.email}"})
    assert len(writes(service)) == 1
    assert [item["id"] for item in result.values["added"]] == [MAIL["id"]]


@pytest.mark.parametrize(("wanted", "updated"), [({}, []), ({"required": True}, ["email"])])
def test_an_attribute_that_another_controller_makes_meanwhile_is_adopted(service, wanted, updated):
    has(service, SUB)
    service.replace(responses.POST, ATTRIBUTES, json=DUPLICATE, status=400)
    has(service, SUB, MAIL)
    result, _task = ensure({"name": "email", "value": "${user.email}", **wanted})
    assert [method for method, _body in bodies(service)] == ["POST", *("PUT" for _name in updated)]
    assert (named(result.values["added"]), named(result.values["updated"])) == ([], updated)
    assert (result.changed, named(result.values["attributes"])) == (bool(updated), ["email", "sub"])


def test_a_refusal_that_no_other_attribute_explains_is_told(service):
    has(service, SUB)
    service.replace(responses.POST, ATTRIBUTES, json=DUPLICATE, status=400)
    with pytest.raises(ServiceError, match="Creating attribute 'email' of application 'tool'"):
        ensure({"name": "email", "value": "${user.email}"})


def test_a_worker_that_is_gone_has_no_attributes(service):
    result, task = ensure({"name": "email"}, application="nobody", state="absent")
    assert not result.changed
    assert result.values == {"attributes": [], "added": [], "updated": [], "removed": []}
    assert "there is no application 'nobody'" in task.warnings[0]


def test_a_dry_run_predicts_and_writes_nothing(service):
    has(service, SUB, MAIL, NICK)
    new = {"name": "phone", "value": "${user.primaryPhone}"}
    result, _task = ensure(new, {"name": "email", "required": True}, exclusive=True, check_mode=True)
    assert writes(service) == []
    assert named(result.values["attributes"]) == ["email", "phone", "sub"]
    (added,) = result.values["added"]
    assert added == {
        "id": predicted_id("attribute", f"{DEV}/{WORKER}", "phone"),
        **new,
        "required": False,
        "id_token": True,
        "user_info": True,
        "scopes": None,
        "mapping_type": "CUSTOM",
        "created_at": None,
        "updated_at": None,
    }
    assert named(result.values["removed"]) == ["nick"]


def test_a_dry_run_assumes_a_worker_with_what_comes_with_it_and_its_scopes(service):
    result, task = ensure(
        {"name": "sub", "value": "${user.username}"},
        {"name": "email", "value": "${user.email}", "scopes": ["email"]},
        check_mode=True,
        environment="new",
        assume_missing=True,
    )
    assert (named(result.values["updated"]), named(result.values["added"])) == (["sub"], ["email"])
    assert result.values["added"][0]["scopes"] == ["email"]
    assert task.warnings[-1] == (
        "Worker 'tool' does not have the scope 'email' of openid yet; this dry run assumes that another task grants it."
    )
