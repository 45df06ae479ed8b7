# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform roles and custom roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator_world import Caller, World
from pingone_emulator.api_date import ApiDate

UNKNOWN = "11111111-2222-4333-8444-555555555555"
NAMES = {
    "Application Owner",
    "Authorize Gateway Policy Evaluator",
    "Advanced Identity Cloud Super Admin",
    "Advanced Identity Cloud Tenant Admin",
    "Client Application Developer",
    "Configuration Read Only",
    "Custom Roles Admin",
    "DaVinci Admin",
    "DaVinci Admin Read Only",
    "Environment Admin",
    "Help Desk Admin",
    "Identity Data Admin",
    "Identity Data Read Only",
    "Organization Admin",
    "PingFederate Administrator",
    "PingFederate Auditor",
    "PingFederate Crypto Administrator",
    "PingFederate Expression Administrator",
    "PingFederate User Administrator",
}


def test_the_roles_of_the_platform(bootstrap: Caller) -> None:
    roles = bootstrap.get("/roles").items
    assert {one["name"] for one in roles} == NAMES
    assert len(roles) == len(NAMES)
    for one in roles:
        assert one["description"] and one["applicableTo"] and one["permissions"]
        assert one.get("type", "PLATFORM") == "PLATFORM"
        assert all(permission[key] for permission in one["permissions"] for key in ("id", "classifier", "description"))
        assert bootstrap.get(f"/roles/{one['id']}").must(200) == one


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Environment Admin", "29ddce68-cd7f-4b2a-b6fc-f7a19553b496"),
        ("Custom Roles Admin", "6f770b08-793f-4393-b2aa-b1d1587a0324"),
        ("Identity Data Admin", "0bd9c966-7664-4ac1-b059-0ff9293908e2"),
        ("Organization Admin", "1813bc13-8d13-4e88-a825-d40bfe82777b"),
        ("Client Application Developer", "b5057d0d-7281-47f6-9398-8a7e4cb71397"),
        ("Identity Data Read Only", "ce00e15f-f845-4df1-abf3-fdc4ff4e176c"),
        ("Configuration Read Only", "7aba580c-5ec7-4b26-987d-85f462767455"),
    ],
)
def test_known_ids(bootstrap: Caller, name: str, id_: str) -> None:
    assert bootstrap.role(name) == id_


def test_the_oldest_list_has_six_roles_without_ids_of_permissions(make_world: Callable[..., World]) -> None:
    listed = make_world(api_date=ApiDate.APRIL_2022).bootstrap().get("/roles").must(200)
    assert (listed["count"], listed["size"]) == (6, 6)
    members = ["_links", "id", "name", "description", "applicableTo", "permissions"]
    by_name = {one["name"]: one for one in listed["_embedded"]["roles"]}
    assigners = {"Environment Admin": "Configuration Read Only", "Identity Data Admin": "Identity Data Read Only"}
    for name, one in by_name.items():
        assert list(one) == [*members, *(["canAssign"] if name in assigners else [])]
        assert {*map(tuple, one["permissions"])} == {("classifier", "description")}
    for name, assigned in assigners.items():
        assert by_name[name]["canAssign"] == [{"id": by_name[assigned]["id"]}]


@pytest.mark.parametrize("date", [date for date in ApiDate if date != ApiDate.APRIL_2022])
def test_from_then_on_a_list_says_who_assigns_what(make_world: Callable[..., World], date: ApiDate) -> None:
    bootstrap = make_world(api_date=date).bootstrap()
    by_name = {one["name"]: one for one in bootstrap.get("/roles").items}
    # Application Owner came in June 2024.
    there = NAMES if date >= ApiDate.MARCH_2025 else NAMES - {"Application Owner"}
    assert set(by_name) == there
    names = {one["id"]: name for name, one in by_name.items()}
    assigned = {name: {names[other["id"]] for other in one.get("canAssign", [])} for name, one in by_name.items()}
    assert assigned["Environment Admin"] == there - {"Organization Admin", "Environment Admin"}
    assert assigned["Identity Data Admin"] == {"Identity Data Read Only", "Help Desk Admin"}
    assert "canAssign" not in by_name["Client Application Developer"]


def test_every_role_of_an_environment_says_who_may_assign_it(bootstrap: Caller, home: str) -> None:
    admin = bootstrap.role("Environment Admin")
    path = f"/environments/{home}/roles"
    created = bootstrap.post(path, custom(canBeAssignedBy=[{"id": admin}])).must(201)
    listed = {one["name"]: one for one in bootstrap.get(path).items}
    assert listed[created["name"]]["canBeAssignedBy"] == [{"id": admin}]
    assert {"id": created["id"]} in listed["Environment Admin"]["canAssign"]
    assert listed["Environment Admin"]["canBeAssignedBy"] == [{"id": bootstrap.role("Organization Admin")}]
    assert {one["id"] for one in listed["Help Desk Admin"]["canBeAssignedBy"]} == {
        admin,
        bootstrap.role("Identity Data Admin"),
    }
    assert listed["Organization Admin"]["canBeAssignedBy"] == []
    assert bootstrap.get(f"{path}/{admin}").must(200) == listed["Environment Admin"]
    assert {"id": created["id"]} not in bootstrap.get(f"/roles/{admin}").must(200)["canAssign"]
    assert "canAssign" not in listed["Configuration Read Only"]  # it is there on roles that assign others


def test_an_unknown_platform_role(bootstrap: Caller) -> None:
    message = bootstrap.get(f"/roles/{UNKNOWN}").error(404, "NOT_FOUND")["message"]
    assert message.startswith(f"Role not found for id: {UNKNOWN} and environmentId: ")


def test_an_administrator_of_one_environment_finds_roles_there_only(bootstrap: Caller, home: str) -> None:
    worker = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)})
    worker.get("/roles").error(403, "ACCESS_FAILED")
    assert {one["name"] for one in worker.get(f"/environments/{home}/roles").items} == NAMES
    bootstrap.world.switch(platform_roles_anywhere=True)
    assert {one["name"] for one in worker.get("/roles").items} == NAMES
    developer = bootstrap.worker(home, {"DaVinci Admin": ("ENVIRONMENT", home)}, "developer")
    developer.get("/roles").error(403, "ACCESS_FAILED")


# -- custom roles -----------------------------------------------------------------------------------------------------


def custom(**members: Any) -> dict[str, Any]:
    return {
        "name": "Reader of applications",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "applications:read:application"}],
        "canBeAssignedBy": [],
        **members,
    }


def test_a_custom_role_comes_back_as_it_was_sent(bootstrap: Caller, home: str) -> None:
    sent = custom(description="Reads", canBeAssignedBy=[{"id": bootstrap.role("Environment Admin")}])
    path = f"/environments/{home}/roles"
    created = bootstrap.post(path, sent).must(201)
    assert {key: created[key] for key in sent} == sent
    assert created["type"] == "CUSTOM"
    assert created["environment"] == {"id": home}
    assert bootstrap.get(f"{path}/{created['id']}").must(200) == created
    order = ["_links", "id", "environment", "name", "description", "type", "applicableTo", "permissions"]
    assert list(created) == [*order, "canBeAssignedBy", "canAssign"]
    assert [one["id"] for one in bootstrap.get(f'{path}?filter=type eq "CUSTOM"').items] == [created["id"]]
    assert {one["name"] for one in bootstrap.get(f'{path}?filter=type eq "PLATFORM"').items} == NAMES


def test_replacing_and_deleting_a_custom_role(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/roles"
    created = bootstrap.post(path, custom(description="Reads")).must(201)
    own = f"{path}/{created['id']}"
    replaced = bootstrap.put(own, custom(name="Other")).must(200)
    assert replaced["name"] == "Other"
    assert "description" not in replaced
    assert replaced["canBeAssignedBy"] == []
    bootstrap.delete(own).must(204)
    assert bootstrap.get(own).error(404, "NOT_FOUND")["message"].startswith(f"There is no role with id {created['id']}")


def test_who_may_be_assigned_is_derived(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/roles"
    assigner = bootstrap.post(path, custom(name="Assigner")).must(201)["id"]
    assigned = bootstrap.post(path, custom(name="Assigned", canBeAssignedBy=[{"id": assigner}])).must(201)["id"]
    assert bootstrap.get(f"{path}/{assigner}").must(200)["canAssign"] == [{"id": assigned}]
    assert bootstrap.get(f"{path}/{assigned}").must(200).get("canAssign", []) == []


def test_a_role_that_names_nobody_is_for_nobody(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/roles"
    sent = custom()
    del sent["canBeAssignedBy"]
    role = bootstrap.post(path, sent).must(201)
    assert role["canBeAssignedBy"] == []
    assert bootstrap.get(f"{path}/{role['id']}").must(200) == role
    assignments = f"/environments/{home}/applications/{bootstrap.application(home)['id']}/roleAssignments"
    body = {"role": {"id": role["id"]}, "scope": {"type": "ENVIRONMENT", "id": home}}
    message = bootstrap.post(assignments, body).must(400)["details"][0]["message"]
    assert message == "Must have role at the same or broader scope"


@pytest.mark.parametrize(
    "members",
    [
        {"permissions": []},
        {"permissions": [{"id": "tea:make:cup"}]},
        {"applicableTo": []},
        {"applicableTo": ["PLANET"]},
        {"canBeAssignedBy": [{"id": UNKNOWN}]},
        {"name": ""},
    ],
)
def test_a_wrong_custom_role(bootstrap: Caller, home: str, members: dict[str, Any]) -> None:
    bootstrap.post(f"/environments/{home}/roles", custom(**members)).error(400, "INVALID_DATA")
    assert bootstrap.get(f'/environments/{home}/roles?filter=type eq "CUSTOM"').items == []


def test_a_custom_role_counts_for_what_it_names(bootstrap: Caller, home: str) -> None:
    assigner = [{"id": bootstrap.role("Environment Admin")}]
    role = bootstrap.post(f"/environments/{home}/roles", custom(canBeAssignedBy=assigner)).must(201)["id"]
    worker = bootstrap.worker(home, {"Help Desk Admin": ("ENVIRONMENT", home)})
    worker.get(f"/environments/{home}/applications").must(403)

    path = f"/environments/{home}/applications/{worker.client_id}/roleAssignments"
    scope = {"type": "ENVIRONMENT", "id": home}
    bootstrap.post(path, {"role": {"id": role}, "scope": scope}).must(201)

    worker.get(f"/environments/{home}/applications").must(200)
    worker.post(f"/environments/{home}/applications", {}).must(403)
    bootstrap.delete(f"/environments/{home}/roles/{role}").must(204)
    worker.get(f"/environments/{home}/applications").must(403)


def test_an_assigned_role_stays_with_the_switch(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(delete_assigned_role=False)
    assigner = [{"id": bootstrap.role("Environment Admin")}]
    role = bootstrap.post(f"/environments/{home}/roles", custom(canBeAssignedBy=assigner)).must(201)["id"]
    worker = bootstrap.application(home)["id"]
    body = {"role": {"id": role}, "scope": {"type": "ENVIRONMENT", "id": home}}
    bootstrap.post(f"/environments/{home}/applications/{worker}/roleAssignments", body).must(201)
    bootstrap.delete(f"/environments/{home}/roles/{role}").must(400)
