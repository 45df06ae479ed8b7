# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plan() promises, for every table and every object: properties, and the cases that users meet."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import (
    predicted_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import plan, removal, with_free_id
from hypothesis import given
from hypothesis import strategies as st

THING = Table(
    kind="thing",
    fields=(
        Field("id", "id", read_only=True),
        Field("name", "name"),
        Field("description", "description"),
        Field("enabled", "enabled", "bool", default=False),
        Field("timeout", "timeout", "int", minimum=1, maximum=600, unit="seconds", default=60),
        Field("uris", "redirectUris", "list", elements="str"),
        Field("role_type", "accessControl.role.type", default="ADMIN"),
        Field("groups", "accessControl.group.groups", "list", elements="str", ids=True),
        Field("keys", "jwks", "json"),
        Field(
            "cors",
            "corsSettings",
            "dict",
            options=(Field("behavior", "behavior", required=True), Field("origins", "origins", "list")),
        ),
        Field("inherit", "assignActorRoles", "bool", create_only=True),
        Field("imported", "clientSecret", no_log=True, create_only=True, write_only=True),
        Field("notes", "notes"),
    ),
    fixed=(("type", "THING"),),
)

texts = st.text(alphabet="abc", max_size=3)
lists = st.lists(st.sampled_from(["x", "y", "z"]), max_size=4)
wishes = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b"])},
    optional={
        "description": texts,
        "enabled": st.booleans(),
        "timeout": st.integers(1, 600),
        "uris": lists,
        "groups": lists,
        "cors": st.fixed_dictionaries({"behavior": texts}, optional={"origins": lists}),
        "keys": st.sampled_from(['{"keys": []}', '{ "keys":[] }', '{"keys": [1]}']),
        "reset": st.lists(st.sampled_from(["role_type"]), max_size=1),
    },
)


def served(change):
    """Return the object as the service would answer: what was sent, its defaults, and members of its own."""
    return {**change.predicted, "id": "1", "createdAt": "then", "unknown": {"kept": True}}


def test_the_service_s_members_are_no_difference():
    current = {"id": "1", "name": "a", "createdAt": "then", "_links": {}, "enabled": True, "other": 1}
    assert not plan(THING, current, {"name": "a"}).changed


@given(wishes)
def test_a_second_run_changes_nothing(wanted):
    current = served(plan(THING, None, wanted))
    assert plan(THING, current, wanted).action == "none"


@given(wishes, wishes)
def test_an_update_leads_to_what_is_wanted_and_stays(first, second):
    current = served(plan(THING, None, first))
    change = plan(THING, current, second)
    after = change.predicted
    assert plan(THING, after, second).action == "none"
    for option in {"description", "enabled", "timeout"} & set(second):
        assert change.after[option] == (None if second[option] == "" else second[option])


@given(wishes, wishes)
def test_what_the_user_did_not_give_is_left_alone(first, second):
    current = served(plan(THING, None, first))
    change = plan(THING, current, second)
    touched = set(second) | {"reset"} | set(second.get("reset", ()))
    before, after = change.before, change.after
    for option in set(before) - touched:
        assert before[option] == after[option]


@given(wishes, wishes)
def test_an_update_sends_back_what_it_does_not_know(first, second):
    change = plan(THING, served(plan(THING, None, first)), second)
    if change.action == "replace":
        assert change.body["unknown"] == {"kept": True}
        assert not {"id", "createdAt", "_links"} & set(change.body)


@given(wishes)
def test_a_plan_leaves_its_input_alone(wanted):
    current = served(plan(THING, None, {"name": "a"}))
    copy = {**current}
    plan(THING, current, wanted)
    assert current == copy


def test_a_new_object_gets_the_defaults_of_creation_and_the_fixed_members():
    change = plan(THING, None, {"name": "a", "enabled": None}, on_create={"enabled": True, "inherit": False})
    assert change.body == {"type": "THING", "name": "a", "enabled": True, "assignActorRoles": False}
    assert (change.action, change.current) == ("create", None)


def test_the_user_s_choice_wins_over_the_default_of_creation():
    assert plan(THING, None, {"name": "a", "enabled": False}, on_create={"enabled": True}).body["enabled"] is False


def test_a_prediction_has_the_service_s_defaults_and_a_stable_id():
    change = plan(THING, None, {"name": "a"}, environment_id="e")
    assert change.after["timeout"] == 60
    assert change.after["role_type"] == "ADMIN"
    assert change.after["id"] == predicted_id("thing", "e", "a")
    assert change.predicted["environment"] == {"id": "e"}


def test_a_prediction_outside_of_environments_names_none():
    assert "environment" not in plan(THING, None, {"name": "a"}).predicted


def test_what_is_predicted_is_not_sent():
    groups = {"group": {"groups": [{"id": "g"}]}}
    created = plan(THING, None, {"name": "a", "groups": ["g"]})
    replaced = plan(THING, {"name": "a", "accessControl": groups}, {"name": "b"})
    assert created.body["accessControl"] == replaced.body["accessControl"] == groups
    shown = {**groups, "role": {"type": "ADMIN"}}
    assert created.predicted["accessControl"] == replaced.predicted["accessControl"] == shown


def test_the_answer_takes_the_place_of_the_prediction():
    change = plan(THING, {"id": "1", "name": "a"}, {"name": "b"})
    done = change.with_result({"id": "1", "name": "b", "timeout": 7})
    assert (done.action, done.before["name"]) == ("replace", "a")
    assert (done.after["name"], done.after["timeout"]) == ("b", 7)


def test_lists_are_sets():
    current = {"name": "a", "redirectUris": ["x", "y"]}
    assert not plan(THING, current, {"uris": ["y", "x", "x"]}).changed
    assert plan(THING, current, {"uris": ["x"]}).body["redirectUris"] == ["x"]


@pytest.mark.parametrize(
    ("option", "empty", "member"), [("uris", [], "redirectUris"), ("description", "", "description")]
)
def test_an_empty_value_clears(option, empty, member):
    current = {"name": "a", "redirectUris": ["x"], "description": "d"}
    change = plan(THING, current, {option: empty})
    assert member not in change.body
    assert change.after[option] is None
    assert not plan(THING, {"name": "a"}, {option: empty}).changed


def test_reset_forgets_a_member_and_is_satisfied_by_the_service_s_default():
    assert "timeout" not in plan(THING, {"name": "a", "timeout": 5}, {"reset": ["timeout"]}).body
    assert plan(THING, {"name": "a", "timeout": 5}, {"reset": ["timeout"]}).after["timeout"] == 60
    assert not plan(THING, {"name": "a", "timeout": 60}, {"reset": ["timeout"]}).changed


def test_reset_of_an_option_that_is_given_is_refused():
    with pytest.raises(OptionError, match="timeout is given and also listed in reset"):
        plan(THING, {"name": "a"}, {"timeout": 5, "reset": ["timeout"]})


def test_clearing_a_nested_member_removes_the_objects_that_are_then_empty():
    current = {"name": "a", "accessControl": {"group": {"groups": [{"id": "g"}]}}}
    assert "accessControl" not in plan(THING, current, {"groups": []}).body


def test_parts_of_an_object_that_are_not_known_are_kept():
    current = {"name": "a", "corsSettings": {"behavior": "SOME", "origins": ["x"], "maxAge": 5}}
    body = plan(THING, current, {"cors": {"behavior": "NONE", "origins": None}}).body
    assert body["corsSettings"] == {"behavior": "NONE", "maxAge": 5}


def test_what_comes_after_a_create_only_option_is_compared():
    assert plan(THING, {"name": "a"}, {"inherit": True, "notes": "n"}).body == {"name": "a", "notes": "n"}


def test_create_only_options_are_never_compared():
    assert not plan(THING, {"name": "a", "assignActorRoles": False}, {"inherit": True, "imported": "new"}).changed


def test_a_secret_is_not_a_part_of_results():
    assert "imported" not in plan(THING, None, {"name": "a", "imported": "secret"}).after


def test_json_is_compared_as_json_and_sent_as_given():
    text = '{ "keys" :  [] }'
    assert not plan(THING, {"name": "a", "jwks": '{"keys":[]}'}, {"keys": text}).changed
    assert plan(THING, {"name": "a"}, {"keys": text}).body["jwks"] == text


def test_a_value_out_of_bounds_is_refused_in_one_sentence():
    with pytest.raises(OptionError, match=r"^timeout must be from 1 to 600 seconds, not 601\.$"):
        plan(THING, None, {"name": "a", "timeout": 601})


def test_removal_of_nothing_is_no_change():
    assert removal(THING, None).action == "none"
    gone = removal(THING, {"id": "1", "name": "a"})
    assert (gone.action, gone.before["name"], gone.after) == ("delete", "a", None)


def test_a_created_object_is_recognised_by_its_identity():
    change = plan(THING, None, {"name": "a"})
    assert change.matches_created({"name": "a", "id": "9"})
    assert not change.matches_created({"name": "b"})


def test_two_objects_that_get_one_name_in_a_dry_run_have_ids_of_their_own():
    first = plan(THING, None, {"name": "a"})
    second = with_free_id(plan(THING, None, {"name": "a"}), [first.predicted])
    third = with_free_id(plan(THING, None, {"name": "a"}), [first.predicted, second.predicted])
    assert len({change.predicted["id"] for change in (first, second, third)}) == 3
    assert [{**change.predicted, "id": ""} for change in (second, third)] == [{**first.predicted, "id": ""}] * 2
    assert with_free_id(first, []).predicted == first.predicted


@pytest.mark.parametrize("wanted", [{"name": "a"}, {"name": "b"}])
def test_what_exists_keeps_its_id(wanted):
    current = {"id": "1", "name": "a", "type": "THING"}
    assert with_free_id(plan(THING, current, wanted), [current]).predicted["id"] == "1"


def test_what_is_removed_stays_removed():
    current = {"id": "1", "name": "a", "type": "THING"}
    assert with_free_id(removal(THING, current), [current]) == removal(THING, current)
