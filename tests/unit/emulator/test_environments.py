# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments: creation, replacement, type, status, bill of materials, deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator_world import API, Caller, World
from pingone_emulator import tenant_file

UNKNOWN = "11111111-2222-4333-8444-555555555555"
GENERIC = "The request could not be completed. You do not have access to this resource."


def body(world: World, name: str = "home", **members: Any) -> dict[str, Any]:
    return {"name": name, "type": "SANDBOX", "region": "NA", "license": {"id": world.license}, **members}


def test_creation_answers_with_what_was_sent_and_the_bill_of_materials(world: World, bootstrap: Caller) -> None:
    products = [
        {"type": "PING_ONE_BASE", "console": {"href": "https://my-console-url"}},
        {"type": "PING_ONE_DAVINCI", "tags": ["DAVINCI_MINIMAL"], "bookmarks": [{"name": "a", "href": "https://b"}]},
    ]
    sent = body(
        world,
        description="The home",
        icon="https://example.com/icon.png",
        subtype="DEV",
        billOfMaterials={"solutionType": "CUSTOMER", "products": products},
    )

    answer = bootstrap.post("/environments", sent)
    created = answer.must(201)

    assert answer.headers["Location"] == f"{API}/environments/{created['id']}"
    for member in ("name", "type", "region", "description", "icon", "subtype"):
        assert created[member] == sent[member]
    assert created["license"]["id"] == world.license
    assert created["organization"]["id"] == world.organization
    bill = created["billOfMaterials"]
    assert bill["solutionType"] == "CUSTOMER"
    assert [
        {name: one[name] for name in sent} for one, sent in zip(bill["products"], products, strict=True)
    ] == products


def test_reading_gives_what_creation_gave_without_the_bill_of_materials(bootstrap: Caller) -> None:
    created = bootstrap.environment(description="The home")
    expected = {key: value for key, value in created.items() if key != "billOfMaterials"}
    assert bootstrap.get(f"/environments/{created['id']}").must(200) == expected
    listed = {one["id"]: one for one in bootstrap.get("/environments").items}
    assert listed[created["id"]] == expected


def test_nothing_is_made_up_that_was_not_sent(bootstrap: Caller) -> None:
    created = bootstrap.environment()
    for member in ("description", "icon", "subtype", "status", "softDeletedAt", "hardDeleteAllowedAt"):
        assert member not in created
    bill = bootstrap.get(f"/environments/{created['id']}/billOfMaterials").must(200)
    assert "solutionType" not in bill
    assert [{**one, "id": ""} for one in bill["products"]] == [
        {"id": "", "type": "PING_ONE_BASE", "description": "PingOne Base"}
    ]


def test_the_bill_of_materials_can_be_embedded(bootstrap: Caller, home: str) -> None:
    expanded = bootstrap.get(f"/environments/{home}?expand=billOfMaterials").must(200)
    assert expanded["_embedded"]["billOfMaterials"]["products"][0]["type"] == "PING_ONE_BASE"


def test_replacement_clears_what_is_not_sent(world: World, bootstrap: Caller) -> None:
    created = bootstrap.environment(description="The home", icon="https://example.com/icon.png", subtype="QA")
    path = f"/environments/{created['id']}"

    replaced = bootstrap.put(path, body(world, "renamed")).must(200)

    assert replaced["name"] == "renamed"
    assert not {"description", "icon", "subtype"} & set(replaced)
    assert replaced["createdAt"] == created["createdAt"]
    assert bootstrap.get(path).must(200) == replaced
    products = bootstrap.get(f"{path}/billOfMaterials").must(200)["products"]
    assert products == created["billOfMaterials"]["products"]


@pytest.mark.parametrize(("member", "value"), [("region", "EU"), ("type", "PRODUCTION")])
def test_replacement_cannot_change(world: World, bootstrap: Caller, home: str, member: str, value: str) -> None:
    answer = bootstrap.put(f"/environments/{home}", body(world, **{member: value}))
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", member)


@pytest.mark.parametrize("member", ["name", "type", "region"])
def test_a_required_member_is_missed(world: World, bootstrap: Caller, member: str) -> None:
    sent = body(world)
    del sent[member]
    bootstrap.post("/environments", sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", member)


def test_a_wrong_region_is_told_with_the_right_one(world: World, bootstrap: Caller) -> None:
    detail = bootstrap.post("/environments", body(world, region="EU")).detail(
        400, "INVALID_DATA", "INVALID_VALUE", "region"
    )
    assert detail["innerError"]["allowedValues"] == ["NA"]


@pytest.mark.parametrize("name", ["home", "HOME"])
def test_a_name_is_taken_only_once(world: World, bootstrap: Caller, home: str, name: str) -> None:
    detail = bootstrap.post("/environments", body(world, name)).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name"
    )
    assert detail["message"] == "A resource with the specified name already exists"
    other = bootstrap.environment("other")["id"]
    bootstrap.put(f"/environments/{other}", body(world, name)).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name"
    )


def test_unknown_environments(bootstrap: Caller) -> None:
    error = bootstrap.get(f"/environments/{UNKNOWN}").error(404, "NOT_FOUND")
    assert error["message"] == f"Unable to find environment with ID: '{UNKNOWN}'"
    nested = bootstrap.get(f"/environments/{UNKNOWN}/applications").error(403, "ACCESS_FAILED")
    assert nested["message"] == GENERIC


def test_a_new_environment_holds_what_the_platform_puts_there(bootstrap: Caller, home: str) -> None:
    types = [one["type"] for one in bootstrap.get(f"/environments/{home}/applications").items]
    assert sorted(types) == ["PING_ONE_ADMIN_CONSOLE", "PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE"]
    [population] = bootstrap.get(f"/environments/{home}/populations").items
    assert (population["name"], population["default"]) == ("Default", True)
    assert population["description"] == "Automatically created population."


def test_without_the_switch_there_is_no_population(world: World, bootstrap: Caller) -> None:
    world.switch(default_population=False)
    home = bootstrap.environment()["id"]
    assert bootstrap.get(f"/environments/{home}/populations").items == []


def test_the_creator_gets_its_birthright(bootstrap: Caller, world: World, home: str) -> None:
    names = {one["id"]: one["name"] for one in bootstrap.get("/roles").items}
    path = f"/environments/{world.administrators}/applications/{bootstrap.client_id}/roleAssignments"
    held = {(names[one["role"]["id"]], one["scope"]["type"], one["scope"]["id"]) for one in bootstrap.get(path).items}
    assert held == {
        ("Organization Admin", "ORGANIZATION", world.organization),
        ("Environment Admin", "ORGANIZATION", world.organization),
        ("Identity Data Admin", "ENVIRONMENT", world.administrators),
        ("Identity Data Admin", "ENVIRONMENT", home),
        ("Client Application Developer", "ENVIRONMENT", home),
    }


def test_only_visible_environments_are_listed(bootstrap: Caller, home: str) -> None:
    bootstrap.environment("other")
    worker = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)})
    assert [one["id"] for one in worker.get("/environments").items] == [home]


# -- type, status, deletion -------------------------------------------------------------------------------------------


def test_promotion_is_one_way(bootstrap: Caller, home: str) -> None:
    assert bootstrap.put(f"/environments/{home}/type", {"type": "PRODUCTION"}).must(200)["type"] == "PRODUCTION"
    assert bootstrap.get(f"/environments/{home}").must(200)["type"] == "PRODUCTION"
    bootstrap.put(f"/environments/{home}/type", {"type": "SANDBOX"}).detail(
        400, "INVALID_DATA", "INVALID_VALUE", "type"
    )


def test_a_sandbox_is_deleted_at_once_and_its_name_is_free(bootstrap: Caller, home: str, world: World) -> None:
    world.switch(environment_deletion_seconds=0)
    application = bootstrap.application(home)["id"]
    bootstrap.delete(f"/environments/{home}").must(204)

    bootstrap.get(f"/environments/{home}").error(404, "NOT_FOUND")
    bootstrap.get(f"/environments/{home}/applications/{application}").error(403, "ACCESS_FAILED")
    assert home not in [one["id"] for one in bootstrap.get("/environments").items]
    assert bootstrap.environment("home")["id"] != home


def test_a_deleted_environment_is_first_out_of_reach_then_gone(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(environment_deletion_seconds=5)
    bootstrap.delete(f"/environments/{home}").must(204)
    assert bootstrap.get(f"/environments/{home}").error(403, "ACCESS_FAILED")["message"] == GENERIC
    world.advance(6)
    bootstrap.get(f"/environments/{home}").error(404, "NOT_FOUND")


def test_roles_on_a_deleted_environment_are_gone(world: World, bootstrap: Caller, home: str) -> None:
    bootstrap.delete(f"/environments/{home}").must(204)
    path = f"/environments/{world.administrators}/applications/{bootstrap.client_id}/roleAssignments"
    scopes = {one["scope"]["id"] for one in bootstrap.get(path).items}
    assert scopes == {world.organization, world.administrators}


def test_production_is_guarded(world: World, bootstrap: Caller) -> None:
    home = bootstrap.environment(type="PRODUCTION")["id"]
    path = f"/environments/{home}"
    bootstrap.delete(path).must(400)

    pending = bootstrap.put(f"{path}/status", {"status": "DELETE_PENDING"}).must(200)
    assert pending["status"] == "DELETE_PENDING"
    assert pending["softDeletedAt"] < pending["hardDeleteAllowedAt"]
    bootstrap.delete(path).must(400)

    world.advance(31 * 86400)
    bootstrap = world.bootstrap()
    bootstrap.delete(path).must(204)


def test_the_end_of_a_pending_deletion_does_not_move(world: World, bootstrap: Caller) -> None:
    path = f"/environments/{bootstrap.environment(type='PRODUCTION')['id']}/status"
    first = bootstrap.put(path, {"status": "DELETE_PENDING"}).must(200)
    world.advance(60)
    again = bootstrap.put(path, {"status": "DELETE_PENDING"}).must(200)
    assert again["hardDeleteAllowedAt"] == first["hardDeleteAllowedAt"]


def test_nobody_deletes_the_own_environment(bootstrap: Caller, home: str) -> None:
    worker = bootstrap.worker(home, {"Organization Admin": ("ORGANIZATION", bootstrap.world.organization)})
    worker.delete(f"/environments/{home}").detail(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION")
    bootstrap.delete(f"/environments/{home}").must(204)


def test_a_pending_deletion_is_taken_back(world: World, bootstrap: Caller) -> None:
    home = bootstrap.environment(type="PRODUCTION")["id"]
    path = f"/environments/{home}/status"
    bootstrap.put(path, {"status": "DELETE_PENDING"}).must(200)
    bootstrap.put(path, {"status": "ACTIVE"}).detail(400, "INVALID_DATA", "REQUIRED_VALUE", "license")

    restored = bootstrap.put(path, {"status": "ACTIVE", "license": {"id": world.license}}).must(200)

    assert restored["status"] == "ACTIVE"
    assert not {"softDeletedAt", "hardDeleteAllowedAt"} & set(restored)
    world.advance(31 * 86400)
    world.bootstrap().delete(f"/environments/{home}").must(400)


def test_what_is_pending_deletion_does_not_work(world: World, bootstrap: Caller) -> None:
    home = bootstrap.environment(type="PRODUCTION")["id"]
    bootstrap.put(f"/environments/{home}/status", {"status": "DELETE_PENDING"}).must(200)
    bootstrap.get(f"/environments/{home}").must(200)
    bootstrap.get(f"/environments/{home}/applications").must(403)
    bootstrap.post(f"/environments/{home}/populations", {"name": "people"}).must(403)


def test_workers_of_what_is_pending_deletion_do_not_sign_in(world: World, bootstrap: Caller) -> None:
    home = bootstrap.environment(type="PRODUCTION")["id"]
    worker = bootstrap.worker(home, {"Environment Admin": ("ENVIRONMENT", home)})
    secret = bootstrap.secret(home, worker.client_id)
    status = f"/environments/{home}/status"
    bootstrap.put(status, {"status": "DELETE_PENDING"}).must(200)

    assert world.token(home, worker.client_id, secret).must(401)["error"] == "invalid_client"
    worker.get(f"/environments/{home}").detail(401, "ACCESS_FAILED", "INVALID_TOKEN", "Authentication")

    bootstrap.put(status, {"status": "ACTIVE", "license": {"id": world.license}}).must(200)
    world.token(home, worker.client_id, secret).must(200)
    worker.get(f"/environments/{home}").must(200)


def test_only_production_has_a_status(bootstrap: Caller, home: str) -> None:
    bootstrap.put(f"/environments/{home}/status", {"status": "DELETE_PENDING"}).must(400)


# -- bill of materials ------------------------------------------------------------------------------------------------


def test_the_bill_of_materials_is_replaced_as_a_whole(bootstrap: Caller) -> None:
    created = bootstrap.environment(billOfMaterials={"solutionType": "CUSTOMER", "products": [{"type": "PING_ID"}]})
    path = f"/environments/{created['id']}/billOfMaterials"
    wanted = [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_AUTHORIZE"}]

    replaced = bootstrap.put(path, {"products": wanted}).must(200)

    assert [{"type": one["type"]} for one in replaced["products"]] == wanted
    assert replaced["solutionType"] == "CUSTOMER"
    assert bootstrap.get(path).must(200) == replaced


def test_products_keep_their_id_while_they_stay(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/billOfMaterials"
    [before] = bootstrap.get(path).must(200)["products"]
    after = bootstrap.put(path, {"products": [{"type": "PING_ONE_MFA"}, {"type": "PING_ONE_BASE"}]}).must(200)
    assert {one["type"]: one["id"] for one in after["products"]}["PING_ONE_BASE"] == before["id"]


def test_an_unknown_product_is_refused_with_the_known_ones(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/billOfMaterials"
    detail = bootstrap.put(path, {"products": [{"type": "PING_TEA"}]}).detail(
        400, "INVALID_DATA", "INVALID_VALUE", "products[0].type"
    )
    assert "PING_ONE_BASE" in detail["innerError"]["allowedValues"]


def test_at_most_five_bookmarks(bootstrap: Caller, home: str) -> None:
    bookmarks = [{"name": str(number), "href": "https://example.com"} for number in range(6)]
    path = f"/environments/{home}/billOfMaterials"
    bootstrap.put(path, {"products": [{"type": "PING_ONE_BASE", "bookmarks": bookmarks}]}).must(400)


def test_capabilities_name_the_environment(bootstrap: Caller, home: str) -> None:
    answer = bootstrap.get(f"/environments/{home}/capabilities").must(200)
    assert answer["environmentId"] == home
    assert {type(value) for key, value in answer.items() if key.startswith("can")} == {bool}


def test_by_a_switch_what_a_missing_product_refuses(world: World, bootstrap: Caller) -> None:
    home = bootstrap.environment(billOfMaterials={"products": [{"type": "PING_ONE_MFA"}]})["id"]
    path = f"/environments/{home}"
    outside = bootstrap.worker(world.administrators, {"Organization Admin": ("ORGANIZATION", world.organization)})
    bootstrap.get(f"{path}/applications").must(200)
    outside.get(f"{path}/applications").error(403, "ACCESS_FAILED")

    world.switch(base_product_needed=True)
    for name in ("applications", "populations", "users", "groups", "resources"):
        for caller in (bootstrap, outside):
            refused = caller.get(f"{path}/{name}").error(403, "ACCESS_FAILED")
            assert refused["message"] == "You do not have permissions or are not licensed to make this request"
            assert "details" not in refused
    for name in ("", "/billOfMaterials", "/capabilities", "/gateways"):
        bootstrap.get(path + name).must(200)
    bootstrap.put(f"{path}/billOfMaterials", {"products": [{"type": "PING_ONE_BASE"}]}).must(200)
    bootstrap.get(f"{path}/applications").must(200)


# -- license ----------------------------------------------------------------------------------------------------------


def tenant_with_licenses(*licenses: dict[str, Any]) -> dict[str, Any]:
    document = tenant_file.read(tenant_file.DEFAULT_TENANT)
    return {**document, "licenses": [*document["licenses"], *licenses]}


def test_a_license_without_room_is_exceeded(make_world: Callable[..., World]) -> None:
    document = tenant_with_licenses({"id": UNKNOWN, "name": "SMALL", "environments": {"max": 1}})
    bootstrap = make_world(document=document).bootstrap()
    bootstrap.environment("first", license={"id": UNKNOWN})

    answer = bootstrap.post("/environments", body(bootstrap.world, "second", license={"id": UNKNOWN}))

    detail = answer.error(403, "ACCESS_FAILED")["details"][0]
    assert detail["code"] == "LICENSE_EXCEEDED"
    assert detail["innerError"]["quotaLimit"] == 1
    other = bootstrap.environment("other")["id"]
    bootstrap.put(f"/environments/{other}", body(bootstrap.world, "other", license={"id": UNKNOWN})).must(403)


@pytest.mark.parametrize(
    ("license_", "status"),
    [
        ({"environments": {"allowProduction": False}}, 403),
        ({"package": "TRIAL"}, 403),
        ({"environments": {"regions": ["EU"]}}, 403),
        ({"status": "EXPIRED"}, 400),
        ({}, 201),
    ],
)
def test_what_a_license_refuses(make_world: Callable[..., World], license_: dict[str, Any], status: int) -> None:
    world = make_world(document=tenant_with_licenses({"id": UNKNOWN, "name": "OTHER", **license_}))
    sent = body(world, license={"id": UNKNOWN}, type="PRODUCTION")
    assert world.bootstrap().post("/environments", sent).status == status


def test_promotion_needs_a_license_that_allows_it(make_world: Callable[..., World]) -> None:
    document = tenant_with_licenses({"id": UNKNOWN, "name": "OTHER", "environments": {"allowProduction": False}})
    bootstrap = make_world(document=document).bootstrap()
    home = bootstrap.environment(license={"id": UNKNOWN})["id"]
    answer = bootstrap.put(f"/environments/{home}/type", {"type": "PRODUCTION"})
    assert answer.error(403, "ACCESS_FAILED")["details"][0]["code"] == "LICENSE_EXCEEDED"
    assert bootstrap.get(f"/environments/{home}").must(200)["type"] == "SANDBOX"


def test_the_license_is_named_where_there_are_several(make_world: Callable[..., World]) -> None:
    several = make_world().bootstrap()
    assert [one["status"] for one in several.get(f"/organizations/{several.world.organization}/licenses").items] == [
        "ACTIVE",
        "ACTIVE",
    ]
    sent = body(several.world)
    del sent["license"]
    several.post("/environments", sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", "license")

    document = tenant_with_licenses()
    [administrators] = document["environments"]
    only = {**document, "licenses": [document["licenses"][0]]}
    only["environments"] = [{**administrators, "license": only["licenses"][0]["name"]}]
    alone = make_world(document=only).bootstrap()
    alone.world.contract = None  # it wants a license always
    assert alone.post("/environments", sent).must(201)["license"]["id"] == alone.world.license


def test_a_license_that_does_not_exist(world: World, bootstrap: Caller) -> None:
    bootstrap.post("/environments", body(world, license={"id": UNKNOWN})).must(400)


@pytest.mark.parametrize(
    ("license_", "status"),
    [
        ({"environments": {"allowProduction": False}}, 403),
        ({"environments": {"max": 0}}, 403),
        ({"package": "TRIAL"}, 403),
        ({"status": "EXPIRED"}, 400),
        ({}, 200),
    ],
)
def test_what_a_license_refuses_to_take_back(
    make_world: Callable[..., World], license_: dict[str, Any], status: int
) -> None:
    world = make_world(document=tenant_with_licenses({"id": UNKNOWN, "name": "OTHER", **license_}))
    bootstrap = world.bootstrap()
    path = f"/environments/{bootstrap.environment(type='PRODUCTION')['id']}/status"
    pending = bootstrap.put(path, {"status": "DELETE_PENDING"}).must(200)

    answer = bootstrap.put(path, {"status": "ACTIVE", "license": {"id": UNKNOWN}})

    assert answer.status == status
    assert bootstrap.get(path.removesuffix("/status")).json["status"] == (
        "ACTIVE" if status == 200 else "DELETE_PENDING"
    )
    assert pending["license"]["id"] == world.license
    if status == 403:
        assert "quotaLimit" in answer.json["details"][0]["innerError"]


@pytest.mark.parametrize(
    ("products", "code", "target"),
    [
        ([{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_BASE"}], "UNIQUENESS_VIOLATION", "products[0].type"),
        ([{"type": "PING_ONE_BASE", "tags": ["DAVINCI_MINIMAL"]}], "INVALID_VALUE", "products[0].tags"),
        (
            [
                {
                    "type": "PING_ONE_BASE",
                    "bookmarks": [{"name": "a", "href": href} for href in ("https://b", "https://c")],
                }
            ],
            "UNIQUENESS_VIOLATION",
            "products[0].bookmarks",
        ),
    ],
)
def test_products_that_do_not_go_together(
    world: World, bootstrap: Caller, home: str, products: list[dict[str, Any]], code: str, target: str
) -> None:
    answer = bootstrap.put(f"/environments/{home}/billOfMaterials", {"products": products})
    answer.detail(400, "INVALID_DATA", code, target)
    bill = {"billOfMaterials": {"products": products}}
    bootstrap.post("/environments", body(world, "other", **bill)).detail(400, "INVALID_DATA", code, target)


def test_a_deployment_is_the_vendor_s_alone(bootstrap: Caller, home: str) -> None:
    products = [{"type": "PING_ONE_BASE", "deployment": {"id": UNKNOWN}}]
    replaced = bootstrap.put(f"/environments/{home}/billOfMaterials", {"products": products}).must(200)
    assert "deployment" not in replaced["products"][0]
