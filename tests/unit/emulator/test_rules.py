# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules by themselves: plain values in, decisions out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from emulator_world import worker
from pingone_emulator.api_date import DEFAULT, ApiDate
from pingone_emulator.models.other_application import body_model
from pingone_emulator.rules import (
    application_defaults,
    applications,
    birthright,
    catalogue,
    licenses,
    permissions,
    propagation,
    scopes,
    secrets,
)
from pingone_emulator.rules.permissions import Held

RECORDED_ROLES = [
    "Organization Admin",
    "Environment Admin",
    "Identity Data Admin",
    "Client Application Developer",
    "Identity Data Read Only",
    "Configuration Read Only",
]
ORGANIZATION, HOME, OTHER = ("o",), ("o", "home"), ("o", "other")
POPULATION, APPLICATION = ("o", "home", "population"), ("o", "home", "application")
READ = "applications:read:application"


def held(scope: str, *granted: str, role: str = "role") -> Held:
    return Held(role, frozenset(granted or (READ,)), scope)


# -- scopes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ("o", {ORGANIZATION, HOME, OTHER, POPULATION, APPLICATION}),
        ("home", {HOME, POPULATION, APPLICATION}),
        ("other", {OTHER}),
        ("population", {POPULATION}),
        ("application", {APPLICATION}),
    ],
)
def test_a_scope_covers_what_is_below_it(scope: str, covered: set[scopes.Place]) -> None:
    places = {ORGANIZATION, HOME, OTHER, POPULATION, APPLICATION}
    assert {place for place in places if scopes.covers(scope, place)} == covered


def test_duplicates_are_of_the_same_role_at_the_same_or_a_broader_scope() -> None:
    assert scopes.is_duplicate([("r", "o")], "r", HOME)
    assert scopes.is_duplicate([("s", "o"), ("r", "home")], "r", HOME)
    assert not scopes.is_duplicate([("s", "o")], "r", HOME)
    assert not scopes.is_duplicate([("r", "home")], "r", ORGANIZATION)
    assert not scopes.is_duplicate([("r", "home")], "r", OTHER)
    assert not scopes.is_duplicate([], "r", HOME)


def test_which_scope_types_a_role_takes() -> None:
    assert scopes.compatible(("ENVIRONMENT",), "ENVIRONMENT")
    assert not scopes.compatible(("ENVIRONMENT",), "ORGANIZATION")


# -- permissions ------------------------------------------------------------------------------------------------------


def test_a_call_needs_the_permission_at_the_place() -> None:
    assert permissions.is_allowed([held("home")], READ, HOME)
    assert permissions.is_allowed([held("other"), held("o")], READ, HOME)
    assert not permissions.is_allowed([held("other")], READ, HOME)
    assert not permissions.is_allowed([held("home", "something:else")], READ, HOME)
    assert not permissions.is_allowed([held("home")], READ, ORGANIZATION)
    assert not permissions.is_allowed([], READ, HOME)


def test_permission_and_place_come_from_one_role() -> None:
    apart = [held("home", "something:else"), held("other", READ)]
    assert not permissions.is_allowed(apart, READ, HOME)


def test_to_hold_a_permission_anywhere() -> None:
    assert permissions.holds_anywhere([held("x", "a"), held("other")], READ)
    assert not permissions.holds_anywhere([held("other", "a")], READ)


def test_who_may_assign() -> None:
    assert permissions.may_assign([held("home", role="admin")], {"admin"}, HOME)
    assert permissions.may_assign([held("o", role="admin")], {"admin"}, POPULATION)
    assert not permissions.may_assign([held("home", role="admin")], {"admin"}, ORGANIZATION)
    assert not permissions.may_assign([held("home", role="reader")], {"admin"}, HOME)
    assert not permissions.may_assign([held("home", role="admin")], (), HOME)


def test_a_custom_role_is_assigned_by_those_it_names_and_its_holders() -> None:
    assert permissions.assigners_of_custom("custom", ["a", "b"]) == {"custom", "a", "b"}


def test_read_only_is_what_the_caller_may_not_assign_and_what_is_its_own() -> None:
    assert not permissions.read_only([held("home")], {"role"}, HOME, is_self=False)
    assert not permissions.read_only([held("o")], {"another", "role"}, HOME, is_self=False)
    assert permissions.read_only([held("home")], {"role"}, ORGANIZATION, is_self=False)
    assert permissions.read_only([held("other")], {"role"}, HOME, is_self=False)
    assert permissions.read_only([held("o")], {"another"}, HOME, is_self=False)
    assert permissions.read_only([held("o")], {"role"}, HOME, is_self=True)
    assert permissions.read_only([], {"role"}, HOME, is_self=False)


def test_roles_include_others_when_they_give_all_their_permissions_at_their_places() -> None:
    both = frozenset({"a", "b"})
    assert permissions.includes([held("home", "a", "b")], [(both, HOME)])
    assert permissions.includes([held("home", "a"), held("o", "b")], [(both, HOME)])
    assert permissions.includes([held("home", "a")], [(frozenset({"a"}), POPULATION), (frozenset({"a"}), APPLICATION)])
    assert permissions.includes([], [])
    assert not permissions.includes([held("home", "a")], [(both, HOME)])
    assert not permissions.includes([held("home", "a", "b")], [(both, ORGANIZATION)])
    assert not permissions.includes([held("home", "a", "b")], [(both, HOME), (both, OTHER)])
    assert not permissions.includes([], [(both, HOME)])


# -- the data file ----------------------------------------------------------------------------------------------------


def granted(name: str) -> set[str]:
    return {one.id for one in catalogue.role_named(name).permissions}


def assigns(name: str) -> set[str]:
    """The other roles that holders of the role assign."""
    id_ = catalogue.role_named(name).id
    return {role.name for role in catalogue.platform_roles().values() if id_ in role.assigned_by} - {name}


def test_what_the_vendor_says_of_who_may_assign() -> None:
    everybody = {role.name for role in catalogue.platform_roles().values()}
    assert len(everybody) == 19
    assert assigns("Organization Admin") == {"Environment Admin"}
    assert assigns("Environment Admin") == everybody - {"Organization Admin", "Environment Admin"}
    assert assigns("Identity Data Admin") == {"Identity Data Read Only", "Help Desk Admin"}
    assert assigns("DaVinci Admin") == {"DaVinci Admin Read Only"}
    cloud = "Advanced Identity Cloud {} Admin"
    assert assigns(cloud.format("Super")) == {cloud.format("Tenant")}
    speaking = {
        "Organization Admin",
        "Environment Admin",
        "Identity Data Admin",
        "DaVinci Admin",
        cloud.format("Super"),
    }
    assert all(not assigns(name) for name in everybody - speaking)
    assert all(role.id in role.assigned_by for role in catalogue.platform_roles().values())


def holders(permission: str, date: ApiDate = DEFAULT, *switches: str) -> set[str]:
    """The names of the roles that hold the permission."""
    roles = catalogue.platform_roles(date, frozenset(switches)).values()
    return {role.name for role in roles if permission in role.permission_ids}


def test_what_the_vendor_says_of_permissions() -> None:
    assert holders("orgmgt:create:environment") == {"Organization Admin"}
    assert holders("applications:create:application") == {"Environment Admin", "Client Application Developer"}
    assert holders("permissions:create:roles") == {"Organization Admin", "Custom Roles Admin"}
    assert holders("orgmgt:delete:environment") == {"Organization Admin"}
    assert holders("orgmgt:promote:environment") == {"Organization Admin", "Environment Admin"}
    assert holders("licensing:update:environmentLicense") == {"Organization Admin"}
    assert holders("orgmgt:read:environment") == {role.name for role in catalogue.platform_roles().values()}


def test_who_gives_roles_to_applications_and_who_to_people() -> None:
    developers = {"Environment Admin", "Client Application Developer"}
    assert holders("permissions:update:applicationRoleAssignments") == developers
    assert holders("permissions:read:applicationRoleAssignments") == {*developers, "Configuration Read Only"}
    for kind, action in (("user", "update"), ("group", "create"), ("group", "delete")):
        assert holders(f"permissions:{action}:{kind}RoleAssignments") == {"Identity Data Admin"}
        assert holders(f"permissions:read:{kind}RoleAssignments") == {"Identity Data Admin", "Identity Data Read Only"}
    assert holders("dir:create:population") == {"Environment Admin"}


def test_a_newer_statement_replaces_the_recorded_one_from_its_month_on() -> None:
    recorded = {"Environment Admin", "Identity Data Admin"}
    assert holders("permissions:create:roles", ApiDate.APRIL_2022) == recorded
    assert holders("permissions:create:roles", ApiDate.JULY_2023) == {*recorded, "Custom Roles Admin"}
    assert holders("permissions:create:roles", ApiDate.APRIL_2026) == {"Organization Admin", "Custom Roles Admin"}


@pytest.mark.parametrize(
    ("switch", "permission", "role"),
    [
        ("configuration_read_only_secrets", "applications:read:secret", "Configuration Read Only"),
        ("identity_data_admin_populations", "dir:delete:population", "Identity Data Admin"),
    ],
)
def test_what_waits_for_a_question_with_a_switch(switch: str, permission: str, role: str) -> None:
    assert role in holders(permission, DEFAULT, switch)
    assert role not in holders(permission)


def test_the_oldest_date_has_the_recorded_roles_and_permissions_only() -> None:
    recorded = catalogue.platform_roles(ApiDate.APRIL_2022)
    assert [role.name for role in recorded.values()] == RECORDED_ROLES
    younger = catalogue.platform_roles(ApiDate.JULY_2023)
    assert [role.name for role in younger.values()][: len(RECORDED_ROLES)] == RECORDED_ROLES
    assert len(younger) == 18
    assert set(catalogue.platform_roles(ApiDate.MARCH_2025)) - set(younger) == {
        catalogue.role_named("Application Owner").id
    }
    assert not holders("applications:delete:secret", ApiDate.APRIL_2022)
    assert "Environment Admin" in holders("applications:delete:secret", ApiDate.JULY_2023)


def test_what_the_api_says_of_who_may_assign_was_less_at_first() -> None:
    def said(date: ApiDate) -> dict[str, int]:
        roles = catalogue.platform_roles(date).values()
        return {role.name: len(role.can_assign) for role in roles if role.can_assign}

    assert said(ApiDate.APRIL_2022) == {"Environment Admin": 1, "Identity Data Admin": 1}
    assert said(ApiDate.MARCH_2025) == {
        "Organization Admin": 1,
        "Environment Admin": 17,
        "Identity Data Admin": 2,
        "DaVinci Admin": 1,
        "Advanced Identity Cloud Super Admin": 1,
    }


def test_what_an_endpoint_needs() -> None:
    secret = "/environments/{environment}/applications/{application}/secret"
    assert catalogue.needed("POST", secret) == "applications:update:secret"
    assert catalogue.needed("POST", secret, "application/json") == "applications:update:secret"
    imported = "application/vnd.pingidentity.secret+json"
    assert catalogue.needed("POST", secret, imported) == "applications:set:secret"
    user = "/environments/{environment}/users/{user}"
    assert catalogue.needed("POST", user, "text/plain") == "dir:unlock:userAccount"
    assert catalogue.needed("GET", "/environments/{environment}/billOfMaterials") == "orgmgt:read:environment"
    with pytest.raises(KeyError):
        catalogue.needed("GET", "/tea")
    with pytest.raises(KeyError):
        catalogue.role_named("Tea Maker")


def test_every_role_can_do_something_and_is_said_to_be_something() -> None:
    for role in catalogue.platform_roles().values():
        assert role.permissions and role.applicable_to and role.description, role.name
        assert len({one.id for one in role.permissions}) == len(role.permissions)


# -- birthright -------------------------------------------------------------------------------------------------------


def test_birthright_leaves_out_what_the_creator_holds_already() -> None:
    everything = ["Environment Admin", "Identity Data Admin", "Client Application Developer"]
    held_already = {"Organization Admin", "Environment Admin"}
    assert birthright.of_environment(held_already, always_all=False) == everything[1:]
    assert birthright.of_environment({"Organization Admin"}, always_all=False) == everything
    assert birthright.of_environment(held_already, always_all=True) == everything
    assert birthright.of_population(held_already) == ["Identity Data Admin"]
    assert birthright.of_population({"Identity Data Admin"}) == []


def test_what_a_new_worker_inherits() -> None:
    assert birthright.inherited([1, 2], "WORKER", True) == [1, 2]
    assert birthright.inherited([1, 2], "WORKER", False) == []
    assert birthright.inherited([1, 2], "SERVICE", True) == []


# -- secrets, licenses, propagation -----------------------------------------------------------------------------------

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("delta", "code"),
    [
        (timedelta(seconds=59), "OUT_OF_RANGE"),
        (timedelta(minutes=1), None),
        (timedelta(days=30), None),
        (timedelta(days=30, seconds=1), "OUT_OF_RANGE"),
        (timedelta(days=-1), "OUT_OF_RANGE"),
    ],
)
def test_the_bounds_of_an_overlap(delta: timedelta, code: str | None) -> None:
    problem = secrets.expiry_problem(NOW + delta, NOW)
    assert (problem.code if problem else None) == code


def test_an_overlap_needs_a_time() -> None:
    problem = secrets.expiry_problem(None, NOW)
    assert problem is not None and (problem.code, problem.target) == ("INVALID_VALUE", "previous.expiresAt")


def test_a_previous_secret_ends_on_time() -> None:
    assert secrets.is_live(NOW + timedelta(seconds=1), NOW)
    assert not secrets.is_live(NOW, NOW)


def limits(**members: object) -> licenses.LicenseLimits:
    standard = {
        "status": "ACTIVE",
        "package": "STANDARD",
        "max_environments": 2,
        "used": 1,
        "regions": ["NORTH_AMERICA", "EU"],
        "allow_production": True,
    }
    return licenses.LicenseLimits(**{**standard, **members})


@pytest.mark.parametrize(
    ("members", "region", "type_", "is_new", "code"),
    [
        ({}, "NA", "PRODUCTION", True, None),
        ({}, "EU", "SANDBOX", True, None),
        ({"used": 2}, "NA", "SANDBOX", True, "LICENSE_EXCEEDED"),
        ({"used": 3}, "NA", "SANDBOX", True, "LICENSE_EXCEEDED"),
        ({"used": 2}, "NA", "SANDBOX", False, None),
        ({}, "AP", "SANDBOX", True, "LICENSE_EXCEEDED"),
        ({"status": "EXPIRED"}, "NA", "SANDBOX", True, "INVALID_VALUE"),
        ({"allow_production": False}, "NA", "PRODUCTION", True, "LICENSE_EXCEEDED"),
        ({"allow_production": False}, "NA", "SANDBOX", True, None),
        ({"package": "TRIAL"}, "NA", "PRODUCTION", True, "LICENSE_EXCEEDED"),
        ({"package": "TRIAL"}, "NA", "SANDBOX", True, None),
    ],
)
def test_what_a_license_allows(
    members: dict[str, object], region: str, type_: str, is_new: bool, code: str | None
) -> None:
    problem = licenses.refused(limits(**members), region, type_, is_new=is_new)
    assert (problem.code if problem else None) == code


def test_news_arrives_after_its_time() -> None:
    assert propagation.is_late(NOW, NOW + timedelta(seconds=1), 2)
    assert not propagation.is_late(NOW, NOW + timedelta(seconds=2), 2)
    assert not propagation.is_late(NOW, NOW, 0)


# -- applications -----------------------------------------------------------------------------------------------------


def test_a_plain_worker_has_no_problems() -> None:
    assert applications.problems(worker()) == []


def test_all_problems_are_told_at_once() -> None:
    body = worker(
        tokenEndpointAuthMethod="NONE", jwksUrl="http://x", loginPageUrl="http://example.com", homePageUrl="x"
    )
    targets = [problem.target for problem in applications.problems(body)]
    assert targets == ["tokenEndpointAuthMethod", "jwksUrl", "loginPageUrl", "homePageUrl"]


@pytest.mark.parametrize(
    ("member", "url", "fine"),
    [
        ("loginPageUrl", "https://example.com:1/x?y#z", True),
        ("loginPageUrl", "http://127.0.0.1:80", True),
        ("loginPageUrl", "https://", False),
        ("loginPageUrl", "http://127.0.0.1.example.com", False),
        ("loginPageUrl", "https://[", False),
        ("initiateLoginUri", "http://example.com", False),
        ("targetLinkUri", "myapp:/x", True),
        ("targetLinkUri", "http://example.com", False),
        ("targetLinkUri", "nothing", False),
    ],
)
def test_urls(member: str, url: str, fine: bool) -> None:
    assert ([one.target for one in applications.problems(worker(**{member: url}))] == []) is fine


@pytest.mark.parametrize(("uri", "fine"), [("http://example.com", True), ("a:/b", True), ("x", False)])
def test_where_a_signed_out_user_may_go(uri: str, fine: bool) -> None:
    assert (applications.problems(worker(postLogoutRedirectUris=[uri])) == []) is fine


_OTHER_ACTIONS = {
    (verb, f"/environments/{{environment}}/{path}", permission)
    for verb, path, permission in (
        ("PUT", "type", "orgmgt:promote:environment"),
        ("POST", "applications/{application}/secret", "applications:update:secret"),
        (
            "POST",
            "applications/{application}/roleAssignments",
            "permissions:update:applicationRoleAssignments",
        ),
        (
            "DELETE",
            "applications/{application}/roleAssignments/{roleAssignment}",
            "permissions:update:applicationRoleAssignments",
        ),
        ("POST", "users/{user}/roleAssignments", "permissions:update:userRoleAssignments"),
        ("DELETE", "users/{user}/roleAssignments/{roleAssignment}", "permissions:update:userRoleAssignments"),
        ("POST", "gateways/{gateway}/roleAssignments", "permissions:update:gatewayRoleAssignments"),
        ("POST", "groups/{group}/memberOfGroups", "dir:update:group"),
        ("DELETE", "groups/{group}/memberOfGroups/{parent}", "dir:update:group"),
    )
}


def test_the_action_of_a_permission_is_that_of_the_verb() -> None:
    """But for what the vendor names otherwise: a rotation updates, and users' roles know no create and delete."""
    actions = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
    for (verb, path, content_type), permission in catalogue.endpoints().items():
        if (verb, path, permission) in _OTHER_ACTIONS or content_type:
            continue
        _service, action, _resource = permission.split(":")
        assert action == actions[verb], f"{verb} {path}: {permission}"


def test_only_links_have_an_external_id() -> None:
    for protocol, kept in (("SAML", False), ("WS_FED", False), ("EXTERNAL_LINK", True)):
        model = body_model({"protocol": protocol})
        type_ = "PORTAL_LINK_APP" if kept else "WEB_APP"
        members = {"name": "n", "type": type_, "protocol": protocol, "external_id": "e", "home_page_url": None}
        body = model.model_construct(**members)
        stored = application_defaults.complete(
            body, None, omitted_mobile_clears_ids=True, omitted_footer_is_cleared=True
        )
        assert ("external_id" in stored) is kept
