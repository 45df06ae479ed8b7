# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Populations and users; organization and licenses."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import Caller, World

UNKNOWN = "11111111-2222-4333-8444-555555555555"
COLORS = ("bodyTextColor", "buttonColor", "buttonTextColor", "cardColor", "headingTextColor", "linkTextColor")
CONFIGURATION = {"backgroundType": "NONE", "logoType": "NONE", **dict.fromkeys(COLORS, "#000000")}
GENERIC = "The request could not be completed. The requested resource was not found."
IMPORT = {"Content-Type": "application/vnd.pingidentity.user.import+json"}


# -- populations ------------------------------------------------------------------------------------------------------


def test_a_population_has_what_clients_look_for(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    created = bootstrap.post(path, {"name": "people"}).must(201)
    assert created["environment"] == {"id": home}
    assert (created["default"], created["userCount"], created["preferredLanguage"]) == (False, 0, "en")
    assert created["theme"]["id"]
    assert not {"description", "passwordPolicy", "alternativeIdentifiers"} & set(created)
    assert bootstrap.get(f"{path}/{created['id']}").must(200) == created
    assert created in bootstrap.get(path).items


def test_replacing_a_population_clears_and_defaults(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    language = next(one for one in bootstrap.get(f"/environments/{home}/languages").items if one["locale"] == "pl")
    bootstrap.put(language["_links"]["self"]["href"], {**language, "enabled": True}).must(200)
    theme = {"template": "split", "default": False, "configuration": CONFIGURATION}
    full = {
        "name": "people",
        "description": "All",
        "passwordPolicy": {"id": bootstrap.get(f"/environments/{home}/passwordPolicies").items[1]["id"]},
        "alternativeIdentifiers": ["nick"],
        "preferredLanguage": "pl",
        "theme": {"id": bootstrap.post(f"/environments/{home}/themes", theme).must(201)["id"]},
    }
    created = bootstrap.post(path, full).must(201)
    assert {key: created[key] for key in full} == full
    replaced = bootstrap.put(f"{path}/{created['id']}", {"name": "persons"}).must(200)
    assert not {"description", "passwordPolicy", "alternativeIdentifiers"} & set(replaced)
    assert replaced["preferredLanguage"] == "en"
    assert replaced["theme"]["id"] == bootstrap.get(f"/environments/{home}/themes").items[0]["id"]


@pytest.mark.parametrize("member", ["theme", "passwordPolicy", "preferredLanguage"])
def test_populations_point_to_what_the_environment_has(world: World, bootstrap: Caller, home: str, member: str) -> None:
    path = f"/environments/{home}/populations"
    id_ = bootstrap.get(path).items[0]["id"]
    pointer = "pl" if member == "preferredLanguage" else {"id": UNKNOWN}
    target = member if member == "preferredLanguage" else f"{member}.id"
    body = {"name": "people", member: pointer}
    bootstrap.post(path, body).detail(400, "INVALID_DATA", "INVALID_VALUE", target)
    bootstrap.put(f"{path}/{id_}", body).detail(400, "INVALID_DATA", "INVALID_VALUE", target)
    world.switch(strict_references=False)
    assert bootstrap.post(path, body).must(201)[member] == pointer


def test_names_of_populations_are_unique(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    bootstrap.post(path, {"name": "Default"}).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name")
    created = bootstrap.post(path, {"name": "people"}).must(201)
    bootstrap.put(f"{path}/{created['id']}", {"name": "Default"}).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name"
    )
    bootstrap.put(f"{path}/{created['id']}", {"name": "people"}).must(200)


def test_there_is_one_default(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    created = bootstrap.post(path, {"name": "people", "default": True}).must(201)
    assert [one["id"] for one in bootstrap.get(path).items if one["default"]] == [created["id"]]


def test_the_last_population_stays(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    [last] = bootstrap.get(path).items
    error = bootstrap.delete(f"{path}/{last['id']}").must(400)
    assert error["details"][0]["code"] == "CONSTRAINT_VIOLATION"
    assert "must contain at least one population" in error["details"][0]["message"]
    other = bootstrap.post(path, {"name": "people"}).must(201)["id"]
    bootstrap.delete(f"{path}/{other}").must(204)
    bootstrap.get(f"{path}/{other}").error(404, "NOT_FOUND")


def test_a_population_with_users_stays_for_their_sake(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    [last] = bootstrap.get(path).items
    bootstrap.post(f"/environments/{home}/users", {"username": "u", "email": "u@example.com"}).must(201)
    assert bootstrap.get(f"{path}/{last['id']}").must(200)["userCount"] == 1
    error = bootstrap.delete(f"{path}/{last['id']}").must(400)
    assert error["message"].startswith("The request could not be completed")
    assert "must contain at least one population" not in str(error)


def test_the_provider_that_signs_the_users_of_a_population_in(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/populations"
    created = bootstrap.post(path, {"name": "people"}).must(201)
    own = created["_links"]["self"]["href"]
    default = bootstrap.get(f"{own}/defaultIdentityProvider").must(200)
    assert (default["type"], set(default)) == ("PING_ONE", {"_links", "type"})
    changed = bootstrap.put(f"{own}/defaultIdentityProvider", {"id": UNKNOWN, "type": "SAML"}).must(200)
    assert changed["id"] == UNKNOWN
    bootstrap.put(own, {"name": "persons"}).must(200)
    assert bootstrap.get(f"{own}/defaultIdentityProvider").must(200) == changed
    assert "defaultIdentityProvider" not in bootstrap.get(own).must(200)
    for nothing in ({}, {"id": None}):
        bootstrap.put(f"{own}/defaultIdentityProvider", {"id": UNKNOWN}).must(200)
        assert bootstrap.put(f"{own}/defaultIdentityProvider", nothing).must(200) == default
    bootstrap.put(f"{own}/defaultIdentityProvider", {"id": 5}).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    bootstrap.get(f"{path}/{UNKNOWN}/defaultIdentityProvider").error(404, "NOT_FOUND")


# -- users ------------------------------------------------------------------------------------------------------------


def test_a_user_has_what_clients_look_for(bootstrap: Caller, home: str) -> None:
    [population] = bootstrap.get(f"/environments/{home}/populations").items
    path = f"/environments/{home}/users"
    sent = {"username": "u", "email": "u@example.com", "population": {"id": population["id"]}}
    created = bootstrap.post(path, sent, headers=IMPORT).must(201)
    assert {key: created[key] for key in sent} == sent
    assert created["environment"] == {"id": home}
    assert (created["enabled"], created["mfaEnabled"], created["verifyStatus"]) == (True, False, "NOT_INITIATED")
    assert created["account"] == {"canAuthenticate": True, "status": "OK"}
    assert created["lifecycle"] == {"status": "ACCOUNT_OK"}
    assert created["identityProvider"] == {"type": "PING_ONE"}
    assert not {"name", "locale", "preferredLanguage", "password"} & set(created)
    assert bootstrap.get(f"{path}/{created['id']}").must(200) == created


def test_a_password_never_comes_back(bootstrap: Caller, home: str) -> None:
    sent = {"username": "u", "email": "u@example.com", "password": {"value": "very-secret-word"}}
    answer = bootstrap.post(f"/environments/{home}/users", sent, headers=IMPORT)
    answer.must(201)
    assert b"very-secret-word" not in answer.raw
    assert b"very-secret-word" not in bootstrap.world.request("GET", "/_emulator/state").raw


@pytest.mark.parametrize("member", ["username", "email"])
def test_what_a_user_needs(bootstrap: Caller, home: str, member: str) -> None:
    sent = {"username": "u", "email": "u@example.com"}
    del sent[member]
    bootstrap.post(f"/environments/{home}/users", sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", member)


def test_usernames_are_unique_and_emails_are_not(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    bootstrap.post(path, {"username": "u", "email": "u@example.com"}).must(201)
    bootstrap.post(path, {"username": "u", "email": "v@example.com"}).detail(
        400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "username"
    )
    bootstrap.post(path, {"username": "v", "email": "u@example.com"}).must(201)


def test_replacing_and_changing_a_user(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    sent: dict[str, Any] = {"username": "u", "email": "u@example.com", "nickname": "uu", "title": "Dr"}
    own = f"{path}/{bootstrap.post(path, sent).must(201)['id']}"
    changed = bootstrap.call("PATCH", own, {"username": "u", "email": "u@example.com", "title": "Prof"}).must(200)
    assert (changed["nickname"], changed["title"]) == ("uu", "Prof")
    replaced = bootstrap.put(own, {"username": "u2", "email": "u@example.com"}).must(200)
    assert replaced["username"] == "u2"
    assert not {"nickname", "title"} & set(replaced)
    assert bootstrap.get(own).must(200) == replaced


def test_a_user_is_replaced_but_for_what_has_an_endpoint_of_its_own(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    other = bootstrap.post(f"/environments/{home}/populations", {"name": "other"}).must(201)["id"]
    user = {"username": "u", "email": "u@example.com"}
    created = bootstrap.post(path, {**user, "mfaEnabled": True}).must(201)
    own = created["_links"]["self"]["href"]
    bootstrap.put(f"{own}/enabled", {"enabled": False}).must(200)
    for method in ("PUT", "PATCH"):
        sent = {**user, "population": {"id": other}, "mfaEnabled": False, "enabled": True}
        changed = bootstrap.call(method, own, sent).must(200)
        assert (changed["enabled"], changed["mfaEnabled"]) == (False, True)
        assert changed["population"] == created["population"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"username": "x" * 129}, "SIZE_LIMIT_EXCEEDED"),
        ({"mobilePhone": "1" * 33}, "SIZE_LIMIT_EXCEEDED"),
        ({"externalId": ""}, "EMPTY_VALUE"),
    ],
)
def test_the_lengths_of_a_user_s_members(bootstrap: Caller, home: str, members: dict[str, Any], code: str) -> None:
    user = {"username": "someone", "email": "someone@example.com", **members}
    bootstrap.post(f"/environments/{home}/users", user).detail(400, "INVALID_DATA", code, next(iter(members)))


def test_a_user_may_come_with_its_second_factor(bootstrap: Caller, home: str) -> None:
    user = {"username": "someone", "email": "someone@example.com"}
    created = bootstrap.post(f"/environments/{home}/users", {**user, "mfaEnabled": True}).must(201)
    assert created["mfaEnabled"] is True
    assert bootstrap.put(created["_links"]["self"]["href"], user).must(200)["mfaEnabled"] is True


def test_switching_a_user_and_its_second_factor(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    own = f"{path}/{bootstrap.post(path, {'username': 'u', 'email': 'u@example.com'}).must(201)['id']}"
    for member, value in (("enabled", False), ("mfaEnabled", True)):
        assert bootstrap.put(f"{own}/{member}", {member: value}).must(200) == {member: value}
        assert bootstrap.get(f"{own}/{member}").must(200) == {member: value}
        assert bootstrap.get(own).must(200)[member] is value


def test_deleting_a_user(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    created = bootstrap.post(path, {"username": "u", "email": "u@example.com"}).must(201)["id"]
    bootstrap.assign(home, created, "Environment Admin", ("ENVIRONMENT", home), "users")
    bootstrap.delete(f"{path}/{created}").must(204)
    assert bootstrap.get(f"{path}/{created}").error(404, "NOT_FOUND")["message"] == GENERIC
    bootstrap.get(f"{path}/{created}/roleAssignments").error(404, "NOT_FOUND")
    assert created not in [one["actorId"] for one in bootstrap.world.state["roleAssignments"]]


# -- organization and licenses ----------------------------------------------------------------------------------------


def test_the_organization(world: World, bootstrap: Caller) -> None:
    [listed] = bootstrap.get("/organizations").items
    assert listed["id"] == world.organization
    assert listed["name"] and listed["description"] and listed["type"]
    [billing] = listed["billingConnections"]
    assert billing["id"].isalnum()
    assert bootstrap.get(f"/organizations/{world.organization}").must(200) == listed


@pytest.mark.parametrize("path", ["", "/licenses", f"/licenses/{UNKNOWN}"])
def test_a_foreign_organization(bootstrap: Caller, path: str) -> None:
    error = bootstrap.get(f"/organizations/{UNKNOWN}{path}").error(403, "ACCESS_FAILED")
    assert error["message"] == "The request could not be completed. You do not have access to this resource."


def test_the_licenses(world: World, bootstrap: Caller) -> None:
    path = f"/organizations/{world.organization}/licenses"
    licenses = {one["name"]: one for one in bootstrap.get(path).items}
    assert set(licenses) == {"INTERNAL", "ADMIN"}
    internal = licenses["INTERNAL"]
    assert list(internal) == sorted(internal)
    assert list(internal["_links"]) == ["organization", "self"]
    assert internal["id"] == world.license
    assert internal["organization"] == {"id": world.organization}
    assert (internal["package"], internal["status"]) == ("INTERNAL", "ACTIVE")
    groups = {
        "advancedServices": {"pingId"},
        "authorize": {"allowApiAccessManagement", "allowDynamicAuthorization"},
        "credentials": {"allowCredentials"},
        "environments": {
            "allowAddResources",
            "allowConnections",
            "allowCustomDomain",
            "allowCustomSchema",
            "allowProduction",
            "max",
            "regions",
        },
        "fraud": {"allowBotMaliciousDeviceDetection", "allowAccountProtection"},
        "gateways": {"allowLdapGateway", "allowKerberosGateway", "allowRadiusGateway"},
        "intelligence": {
            "allowGeoVelocity",
            "allowAnonymousNetworkDetection",
            "allowReputation",
            "allowDataConsent",
            "allowRisk",
            "allowAdvancedPredictors",
        },
        "mfa": {
            "allowPushNotification",
            "allowNotificationOutsideWhitelist",
            "allowFido2Devices",
            "allowVoiceOtp",
            "allowEmailOtp",
            "allowSmsOtp",
            "allowTotp",
        },
        "orchestrate": {"allowOrchestration"},
        "users": {
            "allowIdentityProviders",
            "allowMyAccount",
            "allowPasswordManagement",
            "allowPasswordManagementNotifications",
            "allowPasswordOnlyAuthentication",
            "allowPasswordPolicy",
            "allowProvisioning",
            "allowInboundProvisioning",
            "allowRoleAssignment",
            "allowVerificationFlow",
            "allowUpdateSelf",
            "entitledToSupport",
            "max",
            "hardLimitMax",
            "annualActiveIncluded",
        },
        "verify": {"allowPushNotifications", "allowDocumentMatch", "allowFaceMatch", "allowManualIdInspection"},
    }
    assert {name: set(internal[name]) for name in groups} == groups
    assert internal["environments"]["regions"] == ["NORTH_AMERICA"]
    assert not {"terminatesAt", "replacesLicense", "replacedByLicense"} & set(internal)
    assert bootstrap.get(f"{path}/{world.license}").must(200) == internal
    assert bootstrap.get(f"{path}/{UNKNOWN}").error(404, "NOT_FOUND")["message"] == GENERIC


def test_a_license_can_be_given_another_name(world: World, bootstrap: Caller) -> None:
    path = f"/organizations/{world.organization}/licenses/{world.license}"
    before = bootstrap.get(path).must(200)
    renamed = bootstrap.put(f"{path}/name", {"name": "other", "package": "TRIAL"}).must(200)
    assert renamed == bootstrap.get(path).must(200) == {**before, "name": "other"}
    for name, code in (("", "EMPTY_VALUE"), ("x" * 256, "SIZE_LIMIT_EXCEEDED"), (None, "REQUIRED_VALUE")):
        bootstrap.put(f"{path}/name", {"name": name} if name is not None else {}).detail(
            400, "INVALID_DATA", code, "name"
        )
    bootstrap.put(path.replace(world.license, UNKNOWN) + "/name", {"name": "other"}).error(404, "NOT_FOUND")


def test_environments_are_counted_on_their_license(world: World, bootstrap: Caller) -> None:
    path = f"/organizations/{world.organization}/licenses/{world.license}"
    before = bootstrap.get(path).must(200)["assignedEnvironmentsCount"]
    home = bootstrap.environment()["id"]
    assert bootstrap.get(path).must(200)["assignedEnvironmentsCount"] == before + 1
    bootstrap.delete(f"/environments/{home}").must(204)
    assert bootstrap.get(path).must(200)["assignedEnvironmentsCount"] == before
