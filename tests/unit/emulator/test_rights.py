# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes to whom: roles by creating something, and what needs a permission of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator_world import DEFAULT, Caller, World
from pingone_emulator import tenant_file

UNKNOWN = "11111111-2222-4333-8444-555555555555"
DATA, DEVELOPER, ADMIN = "Identity Data Admin", "Client Application Developer", "Environment Admin"


def held(world: World, caller: Caller) -> list[tuple[str, str]]:
    """The names of the caller's roles, and the ids of their scopes."""
    names = {role.id: role.name for role in world.emulator.tenant.platform_roles.values()}
    return [(names[one.role.id], one.scope.id) for one in world.emulator.tenant.assignments_of(caller.client_id)]


# -- who creates an environment ---------------------------------------------------------------------------------------


def test_the_birthright_leaves_out_environment_admin_where_it_is_held_at_the_organization(
    world: World, bootstrap: Caller
) -> None:
    world.switch(birthright_always_all=False)
    before = held(world, bootstrap)
    home = bootstrap.environment("made")["id"]
    assert held(world, bootstrap) == [*before, (DATA, home), (DEVELOPER, home)]


def test_the_birthright_is_whole_for_who_does_not_hold_it(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(birthright_always_all=False)
    creator = bootstrap.worker(home, {"Organization Admin": ("ORGANIZATION", world.organization)})
    made = creator.environment("made")["id"]
    assert held(world, creator)[1:] == [(ADMIN, made), (DATA, made), (DEVELOPER, made)]


def test_a_switch_gives_all_three_always(world: World, bootstrap: Caller) -> None:
    world.switch(birthright_always_all=True)
    made = bootstrap.environment("made")["id"]
    assert held(world, bootstrap)[-3:] == [(ADMIN, made), (DATA, made), (DEVELOPER, made)]


# -- who creates a population -----------------------------------------------------------------------------------------


def create_population(caller: Caller, home: str, name: str = "people") -> str:
    return str(caller.post(f"/environments/{home}/populations", {"name": name}).must(201)["id"])


def test_who_creates_a_population_gets_identity_data_admin_on_it(world: World, bootstrap: Caller, home: str) -> None:
    creator = bootstrap.worker(home, {ADMIN: ("ENVIRONMENT", home)})
    population = create_population(creator, home)
    assert held(world, creator) == [(ADMIN, home), (DATA, population)]
    user = {"username": "u", "email": "u@example.com", "population": {"id": population}}
    creator.post(f"/environments/{home}/users", user).must(201)


def test_but_not_where_it_is_held_already(world: World, bootstrap: Caller, home: str) -> None:
    before = held(world, bootstrap)
    create_population(bootstrap, home)
    assert held(world, bootstrap) == before


def test_nor_where_a_switch_is_off(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(birthright_on_populations=False)
    creator = bootstrap.worker(home, {ADMIN: ("ENVIRONMENT", home)})
    create_population(creator, home)
    assert held(world, creator) == [(ADMIN, home)]


# -- permissions of their own -----------------------------------------------------------------------------------------


@pytest.fixture
def two_licenses(make_world: Callable[..., World]) -> World:
    """A tenant with another license for environments."""
    other = {"id": UNKNOWN, "name": "OTHER", "environments": {"max": 5, "allowProduction": True}}
    return make_world(document={**DEFAULT, "licenses": [*DEFAULT["licenses"], other]})


def holder(bootstrap: Caller, home: str, name: str, *permissions: str) -> Caller:
    """A worker with a custom role that holds the permissions."""
    body = {
        "name": name,
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": one} for one in permissions],
        "canBeAssignedBy": [{"id": bootstrap.role(ADMIN)}],
    }
    role = bootstrap.post(f"/environments/{home}/roles", body).must(201)["id"]
    return bootstrap.worker(home, {name: ("ENVIRONMENT", home)}, name, {name: role})


def test_another_license_needs_a_permission_of_its_own(two_licenses: World) -> None:
    bootstrap = two_licenses.bootstrap()
    created = bootstrap.environment("home", license={"id": two_licenses.license})
    home = created["id"]
    sent: dict[str, Any] = {"name": "renamed", "type": "SANDBOX", "region": "NA"}
    own = f"/environments/{home}"
    update, both = "orgmgt:update:environment", ("orgmgt:update:environment", "licensing:update:environmentLicense")
    without, with_it = holder(bootstrap, home, "without", update), holder(bootstrap, home, "with", *both)
    without.put(own, {**sent, "license": {"id": two_licenses.license}}).must(200)
    without.put(own, {**sent, "license": {"id": UNKNOWN}}).error(403, "ACCESS_FAILED")
    assert with_it.put(own, {**sent, "license": {"id": UNKNOWN}}).must(200)["license"]["id"] == UNKNOWN


def test_promotion_needs_a_permission_of_its_own(two_licenses: World) -> None:
    bootstrap = two_licenses.bootstrap()
    home = bootstrap.environment("home", license={"id": UNKNOWN})["id"]
    promoted = {"type": "PRODUCTION"}
    own = f"/environments/{home}/type"
    holder(bootstrap, home, "update", "orgmgt:update:environment").put(own, promoted).error(403, "ACCESS_FAILED")
    holder(bootstrap, home, "promote", "orgmgt:promote:environment").put(own, promoted).must(200)


def test_restoring_with_another_license_needs_its_permission(two_licenses: World) -> None:
    bootstrap = two_licenses.bootstrap()
    home = bootstrap.environment("home", license={"id": UNKNOWN}, type="PRODUCTION")["id"]
    workplace = bootstrap.environment("workplace", license={"id": UNKNOWN})["id"]
    body = {
        "name": "restorer",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "orgmgt:update:environment"}],
        "canBeAssignedBy": [{"id": bootstrap.role(ADMIN)}],
    }
    role = bootstrap.post(f"/environments/{workplace}/roles", body).must(201)["id"]
    restorer = bootstrap.worker(workplace, {"restorer": ("ENVIRONMENT", home)}, "restorer", {"restorer": role})
    status = f"/environments/{home}/status"
    restorer.put(status, {"status": "DELETE_PENDING"}).must(200)
    moved = {"status": "ACTIVE", "license": {"id": two_licenses.license}}
    restorer.put(status, moved).error(403, "ACCESS_FAILED")
    restorer.put(status, {"status": "ACTIVE", "license": {"id": UNKNOWN}}).must(200)


@pytest.mark.parametrize(
    ("member", "permission"),
    [("enabled", "dir:update:userEnabled"), ("mfaEnabled", "dir:update:userMfaEnabled")],
)
def test_what_enables_a_user_is_a_permission_of_its_own(
    bootstrap: Caller, home: str, member: str, permission: str
) -> None:
    user = bootstrap.post(f"/environments/{home}/users", {"username": "u", "email": "u@example.com"}).must(201)["id"]
    own = f"/environments/{home}/users/{user}/{member}"
    holder(bootstrap, home, "update", "dir:update:user").put(own, {member: True}).error(403, "ACCESS_FAILED")
    holder(bootstrap, home, "own", permission).put(own, {member: True}).must(200)


# -- the first worker -------------------------------------------------------------------------------------------------

WITHOUT_PEOPLE = Path(__file__).parents[1] / "data" / "first_worker_without_people.yml"


def test_the_first_worker_holds_identity_data_admin_where_administrators_live(world: World, bootstrap: Caller) -> None:
    assert held(world, bootstrap) == [
        ("Organization Admin", world.organization),
        (ADMIN, world.organization),
        (DATA, world.administrators),
    ]
    path = f"/environments/{world.administrators}/groups"
    [group] = bootstrap.get(path).items
    bootstrap.assign(world.administrators, group["id"], ADMIN, ("ORGANIZATION", world.organization), "groups")
    bootstrap.post(path, {"name": "others"}).must(201)


def test_a_first_worker_without_it_manages_nobody_there(make_world: Callable[..., World]) -> None:
    world = make_world(document=tenant_file.read(WITHOUT_PEOPLE))
    bootstrap = world.bootstrap()
    assert held(world, bootstrap) == [("Organization Admin", world.organization), (ADMIN, world.organization)]
    path = f"/environments/{world.administrators}/groups"
    assert [one["name"] for one in bootstrap.get(path).items] == ["Platform Admins"]
    bootstrap.post(path, {"name": "others"}).error(403, "ACCESS_FAILED")


# -- gateways of a tenant file ----------------------------------------------------------------------------------------


def with_gateway(**members: Any) -> dict[str, Any]:
    """The default tenant with a gateway in the environment of the administrators."""
    document = tenant_file.read(tenant_file.DEFAULT_TENANT)
    gateway = {"name": "directory", "type": "PING_FEDERATE", "roleAssignments": [{"role": DATA}], **members}
    document["environments"][0]["gateways"] = [gateway]
    return document


def test_a_gateway_of_a_tenant_file_holds_its_roles(make_world: Callable[..., World]) -> None:
    world = make_world(document=with_gateway(id=UNKNOWN))
    caller, home = world.bootstrap(), world.emulator.tenant.bootstrap[0]
    shown = caller.get(f"/environments/{home}/gateways/{UNKNOWN}").must(200)
    assert (shown["name"], shown["type"], shown["enabled"]) == ("directory", "PING_FEDERATE", True)
    held_there = caller.get(f"/environments/{home}/gateways/{UNKNOWN}/roleAssignments").items
    assert [one["scope"] for one in held_there] == [{"type": "ENVIRONMENT", "id": home}]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"type": "CARRIER_PIGEON"}, "gateway 'directory': type: "),
        ({"wings": 2}, "gateway 'directory': wings is not one of "),
        ({"roleAssignments": [{"role": "Nobody"}]}, "gateway 'directory', roleAssignments[0]: there is no role named"),
    ],
)
def test_a_wrong_gateway_of_a_tenant_file_is_told(
    make_world: Callable[..., World], members: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(tenant_file.TenantError) as caught:
        make_world(document=with_gateway(**members))
    assert sentence in str(caught.value)
