# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments: scopes, duplicates, who may assign, what is read only to whom."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import Answer, Caller, World

UNKNOWN = "11111111-2222-4333-8444-555555555555"
MUST_HAVE = "Must have role at the same or broader scope"
SCOPES = {
    "Organization Admin": {"ORGANIZATION"},
    "Environment Admin": {"ORGANIZATION", "ENVIRONMENT"},
    "Identity Data Admin": {"ENVIRONMENT", "POPULATION"},
    "Application Owner": {"ENVIRONMENT", "APPLICATION"},
    "Client Application Developer": {"ENVIRONMENT"},
    "DaVinci Admin": {"ORGANIZATION", "ENVIRONMENT"},
    "DaVinci Admin Read Only": {"ORGANIZATION", "ENVIRONMENT"},
}


@pytest.fixture
def scopes(world: World, bootstrap: Caller, home: str) -> dict[str, str]:
    """One scope of each type."""
    [population] = bootstrap.get(f"/environments/{home}/populations").items
    return {
        "ORGANIZATION": world.organization,
        "ENVIRONMENT": home,
        "POPULATION": population["id"],
        "APPLICATION": bootstrap.application(home, "scope")["id"],
    }


@pytest.fixture
def actors(bootstrap: Caller, home: str) -> dict[str, str]:
    """One actor of each kind."""
    return {
        "applications": bootstrap.application(home, "actor")["id"],
        "users": bootstrap.post(f"/environments/{home}/users", {"username": "u", "email": "u@example.com"}).must(201)[
            "id"
        ],
        "groups": bootstrap.post(f"/environments/{home}/groups", {"name": "g"}).must(201)["id"],
    }


KINDS = ("applications", "users", "groups")


def assign(
    caller: Caller, environment: str, actor: str, role: str, type_: str, scope: str, kind: str = KINDS[0]
) -> Answer:
    body = {"role": {"id": role}, "scope": {"type": type_, "id": scope}}
    return caller.post(f"/environments/{environment}/{kind}/{actor}/roleAssignments", body)


@pytest.mark.parametrize("kind", KINDS)
def test_an_assignment_from_start_to_end(bootstrap: Caller, home: str, actors: dict[str, str], kind: str) -> None:
    path = f"/environments/{home}/{kind}/{actors[kind]}/roleAssignments"
    assert bootstrap.get(path).items == []
    role = bootstrap.role("Environment Admin")

    answer = assign(bootstrap, home, actors[kind], role, "ENVIRONMENT", home, kind)
    created = answer.must(201)

    assert created["role"] == {"id": role}
    assert created["scope"] == {"id": home, "type": "ENVIRONMENT"}
    assert created["environment"] == {"id": home}
    assert created["readOnly"] is False
    assert created[kind[:-1]]["id"] == actors[kind]
    own = f"{path}/{created['id']}"
    assert answer.headers["Location"].endswith(own)
    assert bootstrap.get(own).must(200) == created
    assert bootstrap.get(path).items == [created]
    assert bootstrap.put(own, {"role": {"id": role}}).status == 403
    bootstrap.delete(own).must(204)
    bootstrap.get(own).error(404, "NOT_FOUND")
    bootstrap.delete(own).error(404, "NOT_FOUND")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SCOPES)
def test_which_role_goes_with_which_scope(
    bootstrap: Caller, home: str, actors: dict[str, str], scopes: dict[str, str], name: str, kind: str
) -> None:
    role = bootstrap.role(name)
    path = f"/environments/{home}/{kind}/{actors[kind]}/roleAssignments"
    for type_, scope in scopes.items():
        answer = assign(bootstrap, home, actors[kind], role, type_, scope, kind)
        if type_ in SCOPES[name]:
            bootstrap.delete(f"{path}/{answer.must(201)['id']}").must(204) if not answer.json["readOnly"] else None
            for one in bootstrap.get(path).items:
                del bootstrap.world.emulator.tenant.assignments[actors[kind]][one["id"]]
        else:
            answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "scope")


@pytest.mark.parametrize(("type_", "scope"), [("ENVIRONMENT", UNKNOWN), ("ORGANIZATION", UNKNOWN), ("PLANET", UNKNOWN)])
def test_a_scope_that_is_not_there(
    bootstrap: Caller, home: str, actors: dict[str, str], type_: str, scope: str
) -> None:
    assign(bootstrap, home, actors["applications"], bootstrap.role("Environment Admin"), type_, scope).must(400)


def test_a_role_that_is_not_there(bootstrap: Caller, home: str, actors: dict[str, str]) -> None:
    assign(bootstrap, home, actors["applications"], UNKNOWN, "ENVIRONMENT", home).must(400)


@pytest.mark.parametrize("kind", KINDS)
def test_an_actor_that_is_not_there(bootstrap: Caller, home: str, kind: str) -> None:
    answer = assign(bootstrap, home, UNKNOWN, bootstrap.role("Environment Admin"), "ENVIRONMENT", home, kind)
    answer.error(404, "NOT_FOUND")


def test_the_scope_may_be_elsewhere(world: World, bootstrap: Caller, home: str) -> None:
    [group] = bootstrap.get(f"/environments/{world.administrators}/groups").items
    created = assign(
        bootstrap,
        world.administrators,
        group["id"],
        bootstrap.role("Identity Data Admin"),
        "ENVIRONMENT",
        home,
        "groups",
    ).must(201)
    assert created["environment"] == {"id": world.administrators}
    assert created["scope"]["id"] == home


# -- duplicates -------------------------------------------------------------------------------------------------------


def test_the_same_role_twice(bootstrap: Caller, home: str, actors: dict[str, str]) -> None:
    role = bootstrap.role("Environment Admin")
    assign(bootstrap, home, actors["applications"], role, "ENVIRONMENT", home).must(201)
    detail = assign(bootstrap, home, actors["applications"], role, "ENVIRONMENT", home).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "role"
    )
    assert detail["message"] == "May not assign duplicate Role"


def test_a_broader_one_covers(world: World, bootstrap: Caller, home: str, scopes: dict[str, str]) -> None:
    actor = bootstrap.application(home, "covered")["id"]
    bootstrap.assign(home, actor, "Environment Admin", ("ORGANIZATION", world.organization))
    environment_admin = bootstrap.role("Environment Admin")
    assign(bootstrap, home, actor, environment_admin, "ENVIRONMENT", home).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "role"
    )
    for name, type_ in (("Identity Data Admin", "POPULATION"), ("Application Owner", "APPLICATION")):
        bootstrap.assign(home, actor, name, ("ENVIRONMENT", home))
        assign(bootstrap, home, actor, bootstrap.role(name), type_, scopes[type_]).detail(
            400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "role"
        )


def test_narrower_and_neighbouring_ones_do_not_cover(
    world: World, bootstrap: Caller, home: str, scopes: dict[str, str]
) -> None:
    actor = bootstrap.application(home, "narrow")["id"]
    other = bootstrap.environment("other")["id"]
    bootstrap.assign(home, actor, "Identity Data Admin", ("POPULATION", scopes["POPULATION"]))
    bootstrap.assign(home, actor, "Identity Data Admin", ("ENVIRONMENT", home))
    bootstrap.assign(home, actor, "Identity Data Admin", ("ENVIRONMENT", other))
    bootstrap.assign(home, actor, "Environment Admin", ("ENVIRONMENT", home))
    bootstrap.assign(home, actor, "Environment Admin", ("ORGANIZATION", world.organization))
    assert len(bootstrap.get(f"/environments/{home}/applications/{actor}/roleAssignments").items) == 5


# -- who may assign what ----------------------------------------------------------------------------------------------

# The caller's role and the one that it assigns: to an application or, where its role is for people, to a user.
MAY_ASSIGN = {
    ("Environment Admin", "Environment Admin"): True,
    ("Environment Admin", "Identity Data Admin"): True,
    ("Environment Admin", "DaVinci Admin"): True,
    ("Environment Admin", "Client Application Developer"): True,
    ("Identity Data Admin", "Identity Data Admin"): True,
    ("Identity Data Admin", "Identity Data Read Only"): True,
    ("Identity Data Admin", "Help Desk Admin"): True,
    ("Identity Data Admin", "Environment Admin"): False,
    ("Identity Data Admin", "Client Application Developer"): False,
    ("Client Application Developer", "Client Application Developer"): True,
    ("Client Application Developer", "Application Owner"): False,
}


@pytest.mark.parametrize("pair", MAY_ASSIGN)
def test_who_may_assign_what(bootstrap: Caller, home: str, actors: dict[str, str], pair: tuple[str, str]) -> None:
    holder, wanted = pair
    kind = "users" if holder == "Identity Data Admin" else "applications"
    actor = actors[kind]
    worker = bootstrap.worker(home, {holder: ("ENVIRONMENT", home)})
    answer = assign(worker, home, actor, bootstrap.role(wanted), "ENVIRONMENT", home, kind)
    if MAY_ASSIGN[pair]:
        answer.must(201)
        return
    assert answer.status in (400, 403)
    assert answer.json["details"][0]["message"].startswith(MUST_HAVE)
    assert bootstrap.get(f"/environments/{home}/{kind}/{actor}/roleAssignments").items == []


@pytest.mark.parametrize(
    ("kind", "holder"),
    [("applications", "Identity Data Admin"), ("users", "Environment Admin"), ("groups", "Environment Admin")],
)
def test_the_roles_of_people_and_of_applications_are_given_by_different_roles(
    bootstrap: Caller, home: str, actors: dict[str, str], kind: str, holder: str
) -> None:
    worker = bootstrap.worker(home, {holder: ("ENVIRONMENT", home)})
    given = bootstrap.assign(home, actors[kind], holder, ("ENVIRONMENT", home), kind)
    path = f"/environments/{home}/{kind}/{actors[kind]}/roleAssignments"
    wanted = assign(worker, home, actors[kind], bootstrap.role("Identity Data Read Only"), "ENVIRONMENT", home, kind)
    for answer in (wanted, worker.get(path), worker.delete(f"{path}/{given['id']}")):
        assert answer.error(403, "ACCESS_FAILED")["message"] == (
            "The actor attempting to perform the request is not authorized."
        )


@pytest.mark.parametrize("name", ["Custom Roles Admin", "Help Desk Admin", "Configuration Read Only"])
def test_who_may_not_assign_at_all(bootstrap: Caller, home: str, name: str) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    worker = bootstrap.worker(home, {name: ("ENVIRONMENT", home)})
    answer = assign(worker, home, actor, bootstrap.role(name), "ENVIRONMENT", home)
    assert answer.error(403, "ACCESS_FAILED")["message"] == (
        "The actor attempting to perform the request is not authorized."
    )


def test_nobody_assigns_beyond_its_own_scope(world: World, bootstrap: Caller, home: str) -> None:
    other = bootstrap.environment("other")["id"]
    actor = bootstrap.application(home, "actor")["id"]
    worker = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)})
    role = bootstrap.role("Environment Admin")
    for type_, scope in (("ENVIRONMENT", other), ("ORGANIZATION", world.organization)):
        answer = assign(worker, home, actor, role, type_, scope)
        assert answer.json["details"][0]["message"].startswith(MUST_HAVE)


def test_an_organization_admin_lets_organization_admins_in(world: World, bootstrap: Caller, home: str) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    bootstrap.assign(home, actor, "Organization Admin", ("ORGANIZATION", world.organization))
    worker = bootstrap.worker(home, {"Environment Admin": ("ORGANIZATION", world.organization)})
    other = bootstrap.application(home, "other")["id"]
    answer = assign(worker, home, other, bootstrap.role("Organization Admin"), "ORGANIZATION", world.organization)
    assert answer.json["details"][0]["message"].startswith(MUST_HAVE)


def test_the_pair_is_checked_before_the_rights_and_the_rights_before_duplicates(
    world: World, bootstrap: Caller, home: str
) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    bootstrap.assign(home, actor, "Environment Admin", ("ENVIRONMENT", home))
    worker = bootstrap.worker(home, {"Client Application Developer": ("ENVIRONMENT", home)})
    assign(worker, home, actor, bootstrap.role("Organization Admin"), "ENVIRONMENT", home).detail(
        400, "INVALID_DATA", "INVALID_VALUE", "scope"
    )
    answer = assign(worker, home, actor, bootstrap.role("Environment Admin"), "ENVIRONMENT", home)
    assert answer.json["details"][0]["message"].startswith(MUST_HAVE)


def test_a_custom_role_is_assigned_by_whom_it_names(world: World, bootstrap: Caller, home: str) -> None:
    def custom(name: str, *assigners: str) -> str:
        body = {
            "name": name,
            "applicableTo": ["ENVIRONMENT"],
            "permissions": [{"id": "applications:read:application"}],
            "canBeAssignedBy": [{"id": bootstrap.role(one)} for one in assigners],
        }
        return str(bootstrap.post(f"/environments/{home}/roles", body).must(201)["id"])

    actor = bootstrap.application(home, "actor")["id"]
    unassignable, assignable = custom("none"), custom("some", "Client Application Developer")
    answer = assign(bootstrap, home, actor, unassignable, "ENVIRONMENT", home)
    assert answer.json["details"][0]["message"].startswith(MUST_HAVE)
    assign(bootstrap, home, actor, assignable, "ENVIRONMENT", home).must(201)


def test_a_custom_role_is_assigned_by_who_holds_it(bootstrap: Caller, home: str) -> None:
    body = {
        "name": "own",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "applications:read:application"}],
        "canBeAssignedBy": [{"id": bootstrap.role("Environment Admin")}],
    }
    own = str(bootstrap.post(f"/environments/{home}/roles", body).must(201)["id"])
    actor = bootstrap.application(home, "actor")["id"]
    roles = {"Client Application Developer": ("ENVIRONMENT", home)}
    holder, other = bootstrap.worker(home, roles, "holder"), bootstrap.worker(home, roles, "other")
    assign(bootstrap, home, holder.client_id, own, "ENVIRONMENT", home).must(201)

    assert assign(other, home, actor, own, "ENVIRONMENT", home).status in (400, 403)
    assign(holder, home, actor, own, "ENVIRONMENT", home).must(201)


# -- read only --------------------------------------------------------------------------------------------------------


def seen(caller: Caller, environment: str, actor: str) -> dict[str, bool]:
    path = f"/environments/{environment}/applications/{actor}/roleAssignments"
    return {one["scope"]["id"] + one["role"]["id"]: one["readOnly"] for one in caller.get(path).items}


def test_read_only_depends_on_the_caller(bootstrap: Caller, home: str) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    created = bootstrap.assign(home, actor, "Environment Admin", ("ENVIRONMENT", home))
    key = home + created["role"]["id"]
    assert seen(bootstrap, home, actor) == {key: False}

    developer = bootstrap.worker(home, {"Client Application Developer": ("ENVIRONMENT", home)}, "developer")
    assert seen(developer, home, actor) == {key: True}
    path = f"/environments/{home}/applications/{actor}/roleAssignments/{created['id']}"
    error = developer.delete(path)
    assert error.status in (400, 403)
    assert error.json["message"] == f"Role assignment {created['id']} cannot be deleted as it is read only"
    bootstrap.get(path).must(200)

    environment_admin = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)}, "admin")
    assert seen(environment_admin, home, actor) == {key: False}
    environment_admin.delete(path).must(204)


def test_who_may_assign_a_role_may_take_it_away_without_holding_it(bootstrap: Caller, home: str) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    admin = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)}, "admin")
    role = bootstrap.role("Identity Data Admin")
    created = assign(admin, home, actor, role, "ENVIRONMENT", home).must(201)
    assert created["readOnly"] is False
    admin.delete(f"/environments/{home}/applications/{actor}/roleAssignments/{created['id']}").must(204)


def test_who_made_an_application_takes_its_owner_away_again(bootstrap: Caller) -> None:
    home = bootstrap.environment("made")["id"]
    made, other = (bootstrap.application(home, name)["id"] for name in ("made", "other"))
    created = bootstrap.assign(home, other, "Application Owner", ("APPLICATION", made))
    assert created["readOnly"] is False
    bootstrap.delete(f"/environments/{home}/applications/{other}/roleAssignments/{created['id']}").must(204)


def test_an_assignment_at_a_broader_scope_than_the_callers_is_read_only(
    world: World, bootstrap: Caller, home: str
) -> None:
    actor = bootstrap.application(home, "actor")["id"]
    role = bootstrap.assign(home, actor, "Environment Admin", ("ORGANIZATION", world.organization))["role"]["id"]
    admin = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)}, "admin")
    assert seen(admin, home, actor) == {world.organization + role: True}
    assert seen(bootstrap, home, actor) == {world.organization + role: False}


def test_nobody_takes_its_own_roles(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{world.administrators}/applications/{bootstrap.client_id}/roleAssignments"
    for one in bootstrap.get(path).items:
        assert one["readOnly"] is True
        assert bootstrap.delete(f"{path}/{one['id']}").status in (400, 403)
    assert len(bootstrap.get(path).items) == 5


def test_a_saml_application_may_hold_roles(bootstrap: Caller, home: str) -> None:
    saml = {"name": "s", "enabled": True, "protocol": "SAML", "type": "WEB_APP", "acsUrls": ["https://example.com"]}
    sent: dict[str, Any] = {**saml, "assertionDuration": 60, "spEntityId": "sp"}
    created = bootstrap.post(f"/environments/{home}/applications", sent).must(201)["id"]
    bootstrap.assign(home, created, "Environment Admin", ("ENVIRONMENT", home))
