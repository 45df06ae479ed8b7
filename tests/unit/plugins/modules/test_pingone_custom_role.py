# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pingone_custom_role says to the service, request by request."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError, OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.modules import pingone_custom_role
from ansible_collections.idops.pingone.tests.unit.plugins.modules import info_service
from ansible_collections.idops.pingone.tests.unit.plugins.modules.info_service import (
    ADMINS,
    API,
    DEV,
    REFUSED,
    asked,
    embedded,
    environment,
    sent,
    serving,
    writes,
)

ADMIN = {
    "id": "29ddce68-cd7f-4b2a-b6fc-f7a19553b496",
    "name": "Environment Admin",
    "applicableTo": ["ORGANIZATION", "ENVIRONMENT"],
    "permissions": [
        {"id": f"applications:{verb}:application", "classifier": "application", "description": f"{verb} application"}
        for verb in ("create", "delete", "read")
    ],
}
READER = {
    "id": "5d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48",
    "environment": {"id": DEV},
    "name": "reader",
    "type": "CUSTOM",
    "applicableTo": ["ENVIRONMENT"],
    "permissions": [{"id": "applications:read:application"}],
    "canBeAssignedBy": [{"id": ADMIN["id"]}],
    "canAssign": [],
    "later": "kept",
}
OTHER = {**READER, "id": "6d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "other", "canBeAssignedBy": []}
ROLES = f"{API}/environments/{DEV}/roles"
WANTED = {
    "name": "new",
    "applicable_to": ["ENVIRONMENT"],
    "permissions": ["applications:read:application"],
    "can_be_assigned_by": ["Environment Admin"],
}


def refer(*ids):
    return [{"id": id} for id in ids]


@pytest.fixture
def service():
    with serving(environment(DEV, "dev")) as mock:
        mock.get(f"{API}/roles", json=embedded("roles", ADMIN))
        yield mock


def lists(service, *roles):
    service.get(ROLES, json=embedded("roles", *roles, ADMIN))


def creates(service, **members):
    """Let the service create a role, and list it then."""
    created = {**READER, **members, "id": "7d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48"}
    service.post(ROLES, json=created, status=201)
    return created


def run(check_mode=False, **options):
    return info_service.run(pingone_custom_role, check_mode, environment="dev", **options)


def test_a_new_role_is_sent_with_the_ids_of_what_it_names(service):
    lists(service)
    created = creates(service, name="new")
    lists(service, created)
    result, task = run(**WANTED)
    assert sent(service, "POST") == [
        {
            "name": "new",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": refer("applications:read:application"),
            "canBeAssignedBy": refer(ADMIN["id"]),
        }
    ]
    assert result.changed
    assert result.values["custom_role"]["id"] == created["id"]
    assert result.title == "custom role dev/new"
    assert task.warnings == []


def test_a_new_role_that_nobody_can_assign_is_warned_about(service):
    lists(service)
    creates(service, canBeAssignedBy=[])
    _result, task = run(**{**WANTED, "can_be_assigned_by": None})
    assert sent(service, "POST")[0]["canBeAssignedBy"] == []
    assert task.warnings == [
        "Nobody can assign custom role 'new', Organization Admin included, because can_be_assigned_by is empty."
    ]


def test_the_prediction_of_a_new_role_has_the_keys_of_the_answer(service):
    lists(service)
    result, _task = run(check_mode=True, **WANTED)
    predicted = result.values["custom_role"]
    assert is_predicted(predicted["id"])
    assert predicted["id"] == predicted_id("role", DEV, "new")
    assert {**predicted, "id": None} == {
        "id": None,
        "environment_id": DEV,
        "name": "new",
        "description": None,
        "applicable_to": ["ENVIRONMENT"],
        "permissions": ["applications:read:application"],
        "can_be_assigned_by": [ADMIN["id"]],
        "can_assign": [],
        "type": "CUSTOM",
    }
    assert writes(service) == []


def test_a_role_that_can_assign_none_may_be_answered_without_that_member(service):
    lists(service, {member: value for member, value in READER.items() if member != "canAssign"})
    result, _task = run(name=READER["name"])
    assert (result.changed, result.values["custom_role"]["can_assign"]) == (False, [])


def test_what_is_as_it_should_be_is_left_alone_whatever_its_order_and_its_descriptions(service):
    permissions = [ADMIN["permissions"][2], ADMIN["permissions"][0]]
    lists(service, {**READER, "permissions": permissions})
    result, _task = run(
        name="reader",
        permissions=["applications:create:application", "applications:read:application"],
        applicable_to=["ENVIRONMENT"],
        can_be_assigned_by=["Environment Admin"],
    )
    assert not result.changed
    assert writes(service) == []
    assert result.values["custom_role"]["permissions"] == [
        "applications:create:application",
        "applications:read:application",
    ]


def test_an_update_sends_back_what_was_read_with_what_changes(service):
    lists(service, {**READER, "description": "old"})
    service.put(f"{ROLES}/{READER['id']}", json={**READER, "name": "writer", "canBeAssignedBy": []})
    result, _task = run(id=READER["id"], name="writer", can_be_assigned_by=[], reset=["description"])
    assert sent(service, "PUT") == [
        {
            "name": "writer",
            "applicableTo": ["ENVIRONMENT"],
            "permissions": refer("applications:read:application"),
            "canBeAssignedBy": [],
            "later": "kept",
        }
    ]
    assert result.changed
    assert result.values["custom_role"]["name"] == "writer"


def test_a_role_like_another_has_its_permissions_without_some_and_with_others(service):
    lists(service, {**OTHER, "permissions": refer("dir:read:user")})
    result, _task = run(
        check_mode=True,
        **{**WANTED, "permissions": ["dir:read:user"]},
        like="Environment Admin",
        without=["applications:delete:application"],
    )
    assert result.values["custom_role"]["permissions"] == [
        "applications:create:application",
        "applications:read:application",
        "dir:read:user",
    ]


@pytest.mark.parametrize(
    ("options", "option", "sentence"),
    [
        ({"permissions": ["applications:raed:application"]}, "permissions[0]", "first: applications:read:application,"),
        ({"like": "Environment Admin", "without": ["applications:read:secret"]}, "without[0]", "does not have the"),
        ({"without": ["applications:read:application"]}, "without", "without requires like"),
        ({"like": "bare"}, "like", "does not tell the ids of the permissions of 'bare'"),
        ({"can_be_assigned_by": [" "]}, "can_be_assigned_by", "must not have an empty entry"),
        ({"permissions": None}, "permissions", "a new role requires permissions, or like"),
        ({"permissions": []}, "permissions", "permissions must not be empty"),
        ({"applicable_to": None}, "applicable_to", "a new role requires applicable_to"),
        ({"name": "Environment Admin"}, "name", "is the name of a role of the platform"),
        ({"name": " new"}, "name", "must not begin or end with a blank"),
        ({"name": ""}, "name", "name must not be empty"),
        ({"name": "other", "like": "other"}, "like", "like must not be the role itself"),
        ({"name": "twice"}, "name", "2 custom roles in environment 'dev' are named 'twice'"),
        ({"id": ADMIN["id"]}, "id", "is one of the platform"),
        ({"id": "reader"}, "id", "is the name of role"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_cannot_be_wanted_is_refused_before_anything_is_written(service, check_mode, options, option, sentence):
    twice = [{**OTHER, "name": "twice", "id": f"{number}d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48"} for number in (8, 9)]
    bare = {**OTHER, "name": "bare", "id": "ad1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48", "permissions": []}
    lists(service, READER, OTHER, *twice, bare)
    with pytest.raises(OptionError, match=sentence) as refused:
        run(check_mode, **{**WANTED, **options})
    assert refused.value.option == option
    assert writes(service) == []


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"like": "nobody"}, "like"),
        ({"can_be_assigned_by": ["Environment Admin", "nobody"]}, "can_be_assigned_by[1]"),
        ({"id": predicted_id("role", DEV, "none")}, "id"),
    ],
)
def test_a_role_that_is_missing_is_assumed_only_where_a_dry_run_does_not_know_what_was_predicted(
    service, options, option
):
    lists(service)
    with pytest.raises(MissingObjectError) as refused:
        run(**{**WANTED, **options})
    assert refused.value.option == option
    result, _task = run(True, **{**WANTED, **options}, without=["any:thing:else"] if "like" in options else None)
    assert result.changed
    assert writes(service) == []


def test_permissions_are_not_checked_where_the_service_tells_no_ids(service):
    bare = {**ADMIN, "permissions": [{"classifier": "application", "description": "Read application"}]}
    service.replace("GET", f"{API}/roles", json=embedded("roles", bare))
    service.get(ROLES, json=embedded("roles", bare))
    result, _task = run(check_mode=True, **{**WANTED, "permissions": ["some:future:permission"]})
    assert result.values["custom_role"]["permissions"] == ["some:future:permission"]


@pytest.mark.parametrize("settle", [0, 30])
def test_where_the_roles_of_the_platform_may_not_be_listed_those_of_the_environment_are_read(service, settle):
    service.replace("GET", f"{API}/roles", json=REFUSED, status=403)
    lists(service, READER)
    result, _task = run(name="reader", can_be_assigned_by=["Environment Admin"], settle=settle)
    assert not result.changed
    # Two questions of one task; none is repeated, not even where a change may be on its way.
    assert asked(service).count("GET /roles") == 2


def test_in_an_environment_that_is_only_predicted_the_roles_of_the_callers_own_one_count(service):
    service.replace("GET", f"{API}/roles", json=REFUSED, status=403)
    service.get(f"{API}/environments/{ADMINS}/roles", json=embedded("roles", ADMIN))
    predicted = predicted_id("environment", None, "soon")
    result, _task = info_service.run(
        pingone_custom_role, True, environment=predicted, like="Environment Admin", **{**WANTED, "permissions": None}
    )
    assert len(result.values["custom_role"]["permissions"]) == 3
    with pytest.raises(OptionError, match="no role that this worker can see has the permission 'a:b:c'"):
        info_service.run(pingone_custom_role, True, environment=predicted, **{**WANTED, "permissions": ["a:b:c"]})


def test_it_waits_until_the_roles_that_can_assign_it_show_so(service):
    lists(service, OTHER)
    created = creates(service, name="new", canBeAssignedBy=refer(OTHER["id"]))
    lists(service, OTHER, created)
    lists(service, OTHER, created)
    lists(service, {**OTHER, "canAssign": refer(created["id"])}, {**created, "canAssign": []})
    _result, task = run(**{**WANTED, "can_be_assigned_by": ["other"]}, retry_budget=5)
    assert asked(service).count(f"GET /environments/{DEV}/roles") == 4
    assert task.warnings == []


def test_what_it_can_assign_is_as_the_service_shows_it_in_the_end(service):
    named = {**OTHER, "canBeAssignedBy": refer(READER["id"])}
    lists(service, {**READER, "canAssign": refer(OTHER["id"])}, named)
    without = {member: value for member, value in READER.items() if member != "canAssign"}
    service.put(f"{ROLES}/{READER['id']}", json={**without, "description": "Reads"})
    lists(service, {**READER, "description": "Reads", "canAssign": refer(OTHER["id"])}, named)
    result, _task = run(name="reader", description="Reads")
    assert result.values["custom_role"]["can_assign"] == [OTHER["id"]]


def test_a_wait_that_was_in_vain_is_warned_about(service):
    lists(service, OTHER)
    created = creates(service, name="new", canBeAssignedBy=refer(OTHER["id"]))
    lists(service, OTHER, created)
    result, task = run(**{**WANTED, "can_be_assigned_by": ["other"]}, retry_budget=0)
    assert result.changed
    assert len(task.warnings) == 1
    assert task.warnings[0].startswith("PingOne does not show yet which roles can assign custom role 'new'")


HOLDERS = {
    "applications": {"id": "7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "ci", "type": "WORKER"},
    "groups": {"id": "8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "admins"},
    "gateways": {"id": "9f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48", "name": "edge"},
}


def holds(service, kind, role, status=200):
    principal = HOLDERS[kind]
    assigned = {"id": "1", "role": {"id": role["id"]}, "scope": {"id": DEV, "type": "ENVIRONMENT"}}
    service.get(f"{API}/environments/{DEV}/{kind}", json=embedded(kind, principal))
    body = embedded("roleAssignments", assigned) if status == 200 else REFUSED
    service.get(f"{API}/environments/{DEV}/{kind}/{principal['id']}/roleAssignments", json=body, status=status)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("kind", "holder"), [("applications", "application 'ci'"), ("groups", "group 'admins'"), ("gateways", "gateway 'e")]
)
def test_a_role_that_is_assigned_is_not_deleted(service, kind, holder, check_mode):
    lists(service, READER)
    for each in HOLDERS:
        holds(service, each, READER if each == kind else ADMIN)
    with pytest.raises(OptionError, match=f"custom role 'reader' is assigned to {holder}") as refused:
        run(check_mode, name="reader", state="absent")
    assert refused.value.option == "force"
    assert "users and other environments were not looked at" in str(refused.value)
    assert writes(service) == []


def test_with_force_nobody_looks_for_who_holds_it(service):
    lists(service, READER)
    service.delete(f"{ROLES}/{READER['id']}", status=204)
    result, _task = run(name="reader", state="absent", force=True, preflight="off")
    assert result.changed
    assert result.values["custom_role"] is None
    assert len(service.calls) == 3


def test_who_holds_it_may_be_hidden_from_the_caller_which_is_told(service):
    lists(service, READER)
    holds(service, "applications", ADMIN)
    service.get(f"{API}/environments/{DEV}/groups", json=REFUSED, status=403)
    holds(service, "gateways", ADMIN, status=403)
    service.delete(f"{ROLES}/{READER['id']}", status=204)
    result, task = run(name="reader", state="absent")
    assert result.changed
    assert task.warnings == [
        "Whether custom role 'reader' is assigned could not be told for: groups, gateway 'edge'. "
        "The calling worker may not read that."
    ]


def test_a_role_that_others_name_is_warned_about(service):
    lists(service, READER, {**OTHER, "canBeAssignedBy": refer(READER["id"])})
    _result, task = run(True, name="reader", state="absent", force=True)
    assert task.warnings == [
        "PingOne may refuse to delete custom role 'reader' because others name it in can_be_assigned_by: other."
    ]


def test_what_is_gone_is_absent(service):
    lists(service)
    for options in ({"name": "reader"}, {"id": READER["id"]}):
        result, _task = run(**options, state="absent")
        assert not result.changed


def test_a_role_is_as_absent_as_its_environment(service):
    options = {"environment": "nowhere", "name": "reader"}
    result, task = info_service.run(pingone_custom_role, state="absent", **options)
    assert not result.changed
    assert "there is no environment 'nowhere'" in task.warnings[0]
    with pytest.raises(MissingObjectError):
        info_service.run(pingone_custom_role, **options)


def test_nothing_is_done_in_an_environment_whose_deletion_is_pending(service):
    pending = environment(DEV, "dev", status="DELETE_PENDING")
    service.replace("GET", f"{API}/environments", json=embedded("environments", pending))
    with pytest.raises(OptionError, match="is pending"):
        run(**WANTED)


def test_a_role_that_another_task_of_a_dry_run_makes_may_be_assumed(service):
    lists(service)
    identifier = predicted_id("role", DEV, "new")
    result, _task = run(True, id=identifier, description="Reads", assume_missing=True)
    assert result.values["custom_role"]["id"] == identifier


def test_of_two_that_are_made_at_once_one_is_kept(service):
    lists(service)
    created = creates(service, name="new")
    other = {**created, "id": "1d1c7a52-3a60-4d7e-9b3f-2d1c0a6e5f48"}
    lists(service, other, created)
    service.delete(f"{ROLES}/{created['id']}", status=204)
    result, _task = run(**WANTED)
    assert [request.method for request in writes(service)] == ["POST", "DELETE"]
    assert result.values["custom_role"]["id"] == other["id"]
