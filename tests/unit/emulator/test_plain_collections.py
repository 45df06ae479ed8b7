# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plain collections do beyond being created, read, listed, replaced and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator_world import Caller, World, worker

UNKNOWN = "11111111-2222-4333-8444-555555555555"
COLORS = ("bodyTextColor", "buttonColor", "buttonTextColor", "cardColor", "headingTextColor", "linkTextColor")
THEME = {
    "template": "split",
    "default": False,
    "configuration": {"backgroundType": "NONE", "logoType": "NONE", **dict.fromkeys(COLORS, "#000000")},
}
POLICY = {
    "name": "own",
    **dict.fromkeys(("excludesCommonlyUsed", "excludesProfileData", "notSimilarToCurrent"), True),
}
KEY = {
    "name": "own",
    "algorithm": "RSA",
    "keyLength": 2048,
    "signatureAlgorithm": "SHA256withRSA",
    "subjectDN": "CN=own",
    "usageType": "SIGNING",
    "validityPeriod": 365,
}
WEB = {
    "type": "WEB_APP",
    "grantTypes": ["AUTHORIZATION_CODE"],
    "responseTypes": ["CODE"],
    "redirectUris": ["https://shop.example.com"],
}
LISTS = ("resources", "passwordPolicies", "themes", "languages", "gateways", "keys", "keyRotationPolicies")


@pytest.fixture
def below(home: str) -> str:
    """The path of an environment."""
    return f"/environments/{home}"


def find(caller: Caller, path: str, **members: Any) -> Any:
    """The one item of a list that has the members."""
    [item] = [one for one in caller.get(path).items if members.items() <= one.items()]
    return item


def web_application(caller: Caller, home: str) -> str:
    """The path of a new web application."""
    return f"/environments/{home}/applications/{caller.application(home, 'shop', **WEB)['id']}"


# -- what a new environment holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_what_comes_with_an_environment_stays_the_same_and_is_its_own(bootstrap: Caller, below: str, name: str) -> None:
    first = bootstrap.get(f"{below}/{name}").items
    other = bootstrap.environment("other")["id"]
    assert bootstrap.get(f"{below}/{name}").items == first
    ids = {one["id"] for one in first}
    assert not ids & {one["id"] for one in bootstrap.get(f"/environments/{other}/{name}").items}
    assert len(ids) == len(first)
    for one in first:
        assert bootstrap.get(one["_links"]["self"]["href"]).must(200) == one


def test_a_seed_gives_them_the_same_ids_again(make_world: Callable[..., World]) -> None:
    seen = []
    for _run in range(2):
        caller = make_world(seed=7).bootstrap()
        home = caller.environment()["id"]
        seen.append([one["id"] for name in LISTS for one in caller.get(f"/environments/{home}/{name}").items])
    assert seen[0] == seen[1]


def test_reading_does_not_change_what_the_seed_gives_afterwards(make_world: Callable[..., World]) -> None:
    made = []
    for reads in (False, True):
        caller = make_world(seed=7).bootstrap()
        home = caller.environment()["id"]
        for name in LISTS if reads else ():
            caller.get(f"/environments/{home}/{name}").must(200)
        made.append(caller.application(home)["id"])
    assert made[0] == made[1]


def test_a_state_shows_them_without_secrets(world: World, bootstrap: Caller, home: str, below: str) -> None:
    gateway = {
        "name": "directory",
        "type": "LDAP",
        "enabled": True,
        "bindDN": "cn=admin",
        "bindPassword": "example-password",
        "vendor": "PingDirectory",
        "serversHostAndPort": ["ldap.example.com:636"],
        "kerberos": {
            "serviceAccountUserPrincipalName": "service@example.com",
            "serviceAccountPassword": "another-password",
        },
    }
    created = bootstrap.post(f"{below}/gateways", gateway).must(201)
    assert created["kerberos"] == {"serviceAccountUserPrincipalName": "service@example.com"}
    [state] = [one for one in world.state["environments"] if one["id"] == home]
    assert [one["name"] for one in state["gateways"]] == ["directory"]
    assert {one["name"] for one in state["resources/scopes"]} > {"openid", "p1:read:user"}
    assert "password" not in str(state["gateways"]).lower()


# -- one default ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("themes", THEME),
        ("passwordPolicies", POLICY),
        ("languages", {"locale": "tlh", "enabled": True}),
    ],
)
def test_one_object_is_the_default_and_stays_it_until_another_becomes_it(
    bootstrap: Caller, below: str, name: str, body: dict[str, Any]
) -> None:
    path = f"{below}/{name}"
    first = find(bootstrap, path, default=True)
    there = {key: value for key, value in first.items() if key not in ("id", "_links", "environment")}
    kept = bootstrap.put(f"{path}/{first['id']}", {**there, "default": False}).must(200)
    assert kept["default"] is True
    second = bootstrap.post(path, {**body, "default": True}).must(201)
    assert [one["id"] for one in bootstrap.get(path).items if one["default"]] == [second["id"]]
    bootstrap.delete(f"{path}/{second['id']}").detail(400, "REQUEST_FAILED", "CONSTRAINT_VIOLATION")
    bootstrap.put(f"{path}/{first['id']}", {**there, "default": True}).must(200)
    bootstrap.delete(f"{path}/{second['id']}").must(204)


def test_populations_go_back_to_the_defaults_when_what_they_name_is_deleted(bootstrap: Caller, below: str) -> None:
    theme = bootstrap.post(f"{below}/themes", THEME).must(201)["id"]
    policy = bootstrap.post(f"{below}/passwordPolicies", POLICY).must(201)["id"]
    body = {"name": "people", "theme": {"id": theme}, "passwordPolicy": {"id": policy}}
    population = bootstrap.post(f"{below}/populations", body).must(201)["id"]
    bootstrap.delete(f"{below}/themes/{theme}").must(204)
    counts = {one["id"]: one["populationCount"] for one in bootstrap.get(f"{below}/passwordPolicies").items}
    assert {policy: counts.pop(policy)} == {policy: 1}
    assert set(counts.values()) == {0}
    bootstrap.delete(f"{below}/passwordPolicies/{policy}").must(204)
    left = bootstrap.get(f"{below}/populations/{population}").must(200)
    assert left["theme"] == {"id": find(bootstrap, f"{below}/themes", default=True)["id"]}
    assert "passwordPolicy" not in left


def test_a_new_population_has_the_defaults_of_now(bootstrap: Caller, below: str) -> None:
    theme = bootstrap.post(f"{below}/themes", {**THEME, "default": True}).must(201)["id"]
    language = {"locale": "tlh", "enabled": True, "default": True}
    bootstrap.post(f"{below}/languages", language).must(201)
    created = bootstrap.post(f"{below}/populations", {"name": "people"}).must(201)
    assert (created["theme"], created["preferredLanguage"]) == ({"id": theme}, "tlh")


# -- what belongs together --------------------------------------------------------------------------------------


def test_a_deleted_scope_leaves_the_grants_that_list_it(world: World, bootstrap: Caller, home: str, below: str) -> None:
    application = web_application(bootstrap, home)
    resource = bootstrap.post(f"{below}/resources", {"name": "orders"}).must(201)["id"]
    path = f"{below}/resources/{resource}/scopes"
    read, write = (bootstrap.post(path, {"name": name}).must(201)["id"] for name in ("read", "write"))
    body = {"resource": {"id": resource}, "scopes": [{"id": read}, {"id": write}]}
    grant = bootstrap.post(f"{application}/grants", body).must(201)["id"]
    bootstrap.delete(f"{path}/{write}").must(204)
    assert bootstrap.get(f"{application}/grants/{grant}").must(200)["scopes"] == [{"id": read}]
    bootstrap.delete(f"{below}/resources/{resource}").must(204)
    assert bootstrap.get(f"{application}/grants").items == []
    for child in ("scopes", "attributes"):
        bootstrap.get(f"{below}/resources/{resource}/{child}").error(404, "NOT_FOUND")
    assert resource not in world.emulator.tenant.environments[home].plain


def test_what_an_application_holds_goes_with_it(world: World, bootstrap: Caller, home: str) -> None:
    application = web_application(bootstrap, home)
    attribute = bootstrap.get(f"{application}/attributes").items[0]["id"]
    bootstrap.delete(application).must(204)
    for path in ("grants", "attributes", f"attributes/{attribute}"):
        message = bootstrap.get(f"{application}/{path}").error(404, "NOT_FOUND")["message"]
        assert message.startswith("Unable to find Application with ID")
    assert application.rpartition("/")[2] not in world.emulator.tenant.environments[home].plain


def test_an_application_shows_its_attributes_when_it_is_asked_to(bootstrap: Caller, home: str) -> None:
    application = web_application(bootstrap, home)
    bootstrap.post(f"{application}/attributes", {"name": "a", "value": "b", "required": False}).must(201)
    shown = bootstrap.get(f"{application}?expand=attributes").must(200)["_embedded"]["attributes"]
    assert shown == bootstrap.get(f"{application}/attributes").items
    assert [one["name"] for one in shown] == ["sub", "a"]


def test_a_saml_application_starts_with_its_subject(bootstrap: Caller, home: str, below: str) -> None:
    saml = {
        "name": "saml",
        "enabled": True,
        "type": "WEB_APP",
        "protocol": "SAML",
        "acsUrls": ["https://example.com/acs"],
        "assertionDuration": 60,
        "spEntityId": "sp",
    }
    application = bootstrap.post(f"{below}/applications", saml).must(201)["id"]
    path = f"{below}/applications/{application}/attributes"
    [subject] = bootstrap.get(path).items
    assert (subject["name"], subject["value"], subject["mappingType"]) == ("saml_subject", "${user.id}", "CORE")
    assert not {"idToken", "userInfo"} & set(subject)
    body = {"name": "mail", "value": "${user.email}", "required": False}
    created = bootstrap.post(path, {**body, "nameFormat": "urn:example:format"}).must(201)
    assert created["nameFormat"] == "urn:example:format"
    for member, value in (("idToken", True), ("oidcScopes", [UNKNOWN])):
        bootstrap.post(path, {**body, "name": "x", member: value}).detail(400, "INVALID_DATA", "INVALID_VALUE", member)


# -- grants -----------------------------------------------------------------------------------------------------


def openid_grant(caller: Caller, below: str, name: str = "profile") -> dict[str, Any]:
    """The body of a grant of one scope of openid."""
    openid = find(caller, f"{below}/resources", name="openid")["id"]
    scope = find(caller, f"{below}/resources/{openid}/scopes", name=name)["id"]
    return {"resource": {"id": openid}, "scopes": [{"id": scope}]}


@pytest.mark.parametrize("type_", ["PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE"])
def test_portal_and_self_service_have_grants(bootstrap: Caller, below: str, type_: str) -> None:
    application = find(bootstrap, f"{below}/applications", type=type_)["id"]
    path = f"{below}/applications/{application}/grants"
    grant = bootstrap.post(path, openid_grant(bootstrap, below)).must(201)
    changed = openid_grant(bootstrap, below, "email")
    assert bootstrap.put(f"{path}/{grant['id']}", changed).must(200)["scopes"] == changed["scopes"]
    bootstrap.delete(f"{path}/{grant['id']}").must(204)
    assert bootstrap.get(path).items == []


def test_the_console_of_administrators_has_no_grants(bootstrap: Caller, below: str) -> None:
    application = find(bootstrap, f"{below}/applications", type="PING_ONE_ADMIN_CONSOLE")["id"]
    path = f"{below}/applications/{application}/grants"
    bootstrap.get(path).error(404, "NOT_FOUND")
    bootstrap.post(path, openid_grant(bootstrap, below)).error(404, "NOT_FOUND")


def test_a_worker_has_grants_of_openid_only(world: World, bootstrap: Caller, home: str, below: str) -> None:
    application = bootstrap.application(home)["id"]
    path = f"{below}/applications/{application}/grants"
    resource = bootstrap.post(f"{below}/resources", {"name": "orders"}).must(201)["id"]
    scope = bootstrap.post(f"{below}/resources/{resource}/scopes", {"name": "read"}).must(201)["id"]
    body = {"resource": {"id": resource}, "scopes": [{"id": scope}]}
    bootstrap.post(path, openid_grant(bootstrap, below)).must(201)
    bootstrap.post(path, body).error(400, "REQUEST_FAILED")
    world.switch(worker_grants_openid_only=False)
    bootstrap.post(path, body).must(201)


def test_scopes_of_one_name_from_two_resources_do_not_go_together(bootstrap: Caller, home: str, below: str) -> None:
    path = web_application(bootstrap, home) + "/grants"
    bootstrap.post(path, openid_grant(bootstrap, below)).must(201)
    resource = bootstrap.post(f"{below}/resources", {"name": "orders"}).must(201)["id"]
    scopes = f"{below}/resources/{resource}/scopes"
    profile, read = (bootstrap.post(scopes, {"name": name}).must(201)["id"] for name in ("profile", "read"))
    text = "Multiple scopes with the same name cannot be added to the same grant"
    body = {"resource": {"id": resource}, "scopes": [{"id": profile}]}
    refused = bootstrap.post(path, body).detail(400, "INVALID_DATA", "INVALID_VALUE", "scopes[0].id")
    assert refused["message"] == text
    grant = bootstrap.post(path, {**body, "scopes": [{"id": read}]}).must(201)["id"]
    refused = bootstrap.put(f"{path}/{grant}", body).detail(400, "INVALID_DATA", "INVALID_VALUE", "scopes[0].id")
    assert refused["message"] == text


@pytest.mark.parametrize("name", ["acr", "at_hash", "client_id", "scope"])
def test_names_that_attributes_of_an_application_cannot_have(bootstrap: Caller, home: str, name: str) -> None:
    path = f"{web_application(bootstrap, home)}/attributes"
    sent = {"name": name, "value": "x", "required": False}
    bootstrap.post(path, sent).detail(400, "INVALID_DATA", "INVALID_VALUE", "name")
    bootstrap.post(path, {**sent, "name": f"{name}_of_mine"}).must(201)
    subject = find(bootstrap, path, name="sub")
    bootstrap.put(f"{path}/{subject['id']}", {**sent, "name": "sub"}).must(200)


@pytest.mark.parametrize("name", ["acr", "env", "p1.mine"])
def test_names_that_attributes_of_openid_cannot_have(bootstrap: Caller, below: str, name: str) -> None:
    openid = find(bootstrap, f"{below}/resources", name="openid")["id"]
    sent = {"name": name, "value": "x"}
    answer = bootstrap.post(f"{below}/resources/{openid}/attributes", sent)
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "name")
    # Of another resource they are told to be free.
    resource = bootstrap.post(f"{below}/resources", {"name": "shop"}).must(201)["id"]
    bootstrap.post(f"{below}/resources/{resource}/attributes", sent).must(201)


def test_attributes_name_scopes_that_are_granted(bootstrap: Caller, home: str, below: str) -> None:
    application = web_application(bootstrap, home)
    grant = openid_grant(bootstrap, below)
    scopes = [one["id"] for one in grant["scopes"]]
    body = {"name": "a", "value": "b", "required": False, "oidcScopes": scopes}
    path = f"{application}/attributes"
    bootstrap.post(path, body).detail(400, "INVALID_DATA", "INVALID_VALUE", "oidcScopes[0]")
    bootstrap.post(f"{application}/grants", grant).must(201)
    assert bootstrap.post(path, body).must(201)["oidcScopes"] == scopes


# -- keys and images --------------------------------------------------------------------------------------------


def test_kerberos_needs_a_key_that_issues(bootstrap: Caller, home: str, below: str) -> None:
    key = bootstrap.post(f"{below}/keys", KEY).must(201)["id"]
    body = worker("app", type="NATIVE_APP", kerberos={"key": {"id": key}})
    text = f"Key with ID '{key}' in Environment '{home}' is not for ISSUANCE. Usage type should be ISSUANCE."
    assert bootstrap.post(f"{below}/applications", body).error(400, "INVALID_DATA")["message"] == text
    plain = bootstrap.application(home, type="NATIVE_APP")["_links"]["self"]["href"]
    assert bootstrap.put(plain, body).error(400, "INVALID_DATA")["message"] == text
    bootstrap.put(f"{below}/keys/{key}", {"usageType": "ISSUANCE", "default": False}).must(200)
    created = bootstrap.post(f"{below}/applications", body).must(201)
    assert created["kerberos"] == {"key": {"id": key}}
    refused = bootstrap.delete(f"{below}/keys/{key}").error(400, "REQUEST_FAILED")
    assert "The Key must not be in use" in refused["message"]
    replaced = bootstrap.put(created["_links"]["self"]["href"], worker("app", type="NATIVE_APP")).must(200)
    assert "kerberos" not in replaced
    bootstrap.delete(f"{below}/keys/{key}").must(204)
    unknown = worker("app", type="NATIVE_APP", kerberos={"key": {"id": UNKNOWN}})
    bootstrap.post(f"{below}/applications", unknown).detail(400, "INVALID_DATA", "INVALID_VALUE", "kerberos.key.id")


def test_a_key_lasts_as_many_days_as_it_says(bootstrap: Caller, below: str) -> None:
    created = bootstrap.post(f"{below}/keys", {**KEY, "validityPeriod": 10**9}).must(201)
    assert created["expiresAt"] > created["startsAt"]
    wrong = {**KEY, "signatureAlgorithm": "SHA256withECDSA"}
    bootstrap.post(f"{below}/keys", wrong).detail(400, "INVALID_DATA", "INVALID_VALUE", "signatureAlgorithm")


def test_an_image_has_an_address_of_the_service(bootstrap: Caller, home: str, below: str) -> None:
    picture = b"GIF89a\x03\x00\x02\x00\x00\x00\x00;"
    image = bootstrap.post(f"{below}/images", raw=picture, headers={"Content-Type": "image/gif"}).must(201)
    original = image["targets"]["original"]
    folder = f"https://uploads.pingone.com/environments/{home}/images"
    assert original["href"] == f"{folder}/{image['id']}_{original['id']}_original.png"
    icon = {"id": image["id"], "href": original["href"]}
    assert bootstrap.application(home, icon=icon)["icon"] == icon


@pytest.mark.parametrize("raw", [b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, b"GIF89a\x03\x00"])
def test_a_file_that_is_not_a_picture_is_refused(bootstrap: Caller, below: str, raw: bytes) -> None:
    headers = {"Content-Type": "image/png"}
    answer = bootstrap.post(f"{below}/images", raw=raw, headers=headers)
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "file")


@pytest.mark.parametrize("strict", [True, False])
def test_a_theme_shows_images_that_were_uploaded(world: World, bootstrap: Caller, below: str, strict: bool) -> None:
    world.switch(strict_references=strict)
    logo = {"id": UNKNOWN, "href": "https://example.com/logo.png"}
    body = {**THEME, "configuration": {**THEME["configuration"], "logoType": "IMAGE", "logo": logo}}  # type: ignore[dict-item]
    answer = bootstrap.post(f"{below}/themes", body)
    if strict:
        answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "configuration.logo.id")
    else:
        assert answer.must(201)["configuration"]["logo"] == logo


# -- gateways ---------------------------------------------------------------------------------------------------


def test_a_gateway_holds_roles_until_it_is_deleted(world: World, bootstrap: Caller, home: str, below: str) -> None:
    gateway = bootstrap.post(f"{below}/gateways", {"name": "g", "type": "PING_FEDERATE", "enabled": True}).must(201)
    path = f"{below}/gateways/{gateway['id']}"
    assert bootstrap.get(f"{path}/roleAssignments").items == []
    scope = ("ENVIRONMENT", home)
    assigned = bootstrap.assign(home, gateway["id"], "Identity Data Admin", scope, "gateways")
    assert assigned["gateway"] == {"id": gateway["id"]}
    assert bootstrap.get(f"{path}/roleAssignments").items == [assigned]
    bootstrap.delete(path).must(204)
    assert gateway["id"] not in world.emulator.tenant.assignments


def test_a_gateway_finds_new_users_a_place_in_a_population_that_exists(bootstrap: Caller, below: str) -> None:
    population = bootstrap.get(f"{below}/populations").items[0]["id"]

    def body(*populations: str) -> dict[str, Any]:
        lookup = {"attributeMappings": [], "ldapFilterPattern": "(uid=${identifier})"}
        users = {
            "name": "people",
            "passwordAuthority": "LDAP",
            "searchBaseDn": "dc=example",
            "orderedCorrelationAttributes": ["uid"],
        }
        return {
            "name": "directory",
            "type": "LDAP",
            "enabled": True,
            "bindDN": "cn=admin",
            "bindPassword": "example-password",
            "vendor": "PingDirectory",
            "serversHostAndPort": ["ldap.example.com:636"],
            "userTypes": [{**users, "newUserLookup": {**lookup, "population": {"id": id_}}} for id_ in populations],
        }

    created = bootstrap.post(f"{below}/gateways", body(population, population)).must(201)
    first, second = (one["id"] for one in created["userTypes"])
    assert first != second
    answer = bootstrap.post(f"{below}/gateways", body(population, UNKNOWN))
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "userTypes.newUserLookup.population.id")


def test_a_radius_gateway_hides_its_secrets(bootstrap: Caller, below: str) -> None:
    body = {
        "name": "radius",
        "type": "RADIUS",
        "enabled": True,
        "davinci": {"policy": {"id": UNKNOWN}},
        "defaultSharedSecret": "example-secret",
        "radiusClients": [{"ip": "192.0.2.1", "sharedSecret": "another-secret"}, {"ip": "192.0.2.2"}],
    }
    created = bootstrap.post(f"{below}/gateways", body).must(201)
    assert created["radiusClients"] == [{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}]
    assert "defaultSharedSecret" not in created


def test_a_custom_role_may_read_the_roles_of_gateways(bootstrap: Caller, below: str) -> None:
    role = {
        "name": "reader",
        "applicableTo": ["ENVIRONMENT"],
        "permissions": [{"id": "permissions:read:gatewayRoleAssignments"}],
        "canBeAssignedBy": [],
    }
    bootstrap.post(f"{below}/roles", role).must(201)


# -- resources --------------------------------------------------------------------------------------------------


def test_resources_of_the_service_keep_their_names(bootstrap: Caller, below: str) -> None:
    openid = find(bootstrap, f"{below}/resources", name="openid")
    path = f"{below}/resources/{openid['id']}"
    bootstrap.put(path, {"name": "other"}).detail(400, "INVALID_DATA", "CONSTRAINT_VIOLATION", "name")
    changed = bootstrap.put(path, {"name": "openid", "description": "Signing in"}).must(200)
    assert changed["description"] == "Signing in"
    assert not {"audience", "accessTokenValiditySeconds", "introspectEndpointAuthMethod"} & set(changed)
    scope = find(bootstrap, f"{path}/scopes", name="email")
    answer = bootstrap.put(f"{path}/scopes/{scope['id']}", {"name": "other"})
    answer.detail(400, "INVALID_DATA", "CONSTRAINT_VIOLATION", "name")


@pytest.mark.parametrize(
    ("resource", "body", "target"),
    [
        ("PingOne API", {"name": "p1:read:user:x", "mappedClaims": [UNKNOWN]}, "mappedClaims"),
        ("PingOne API", {"name": "p1:read:user:x", "schemaAttributes": ["*", "email"]}, "schemaAttributes"),
        ("openid", {"name": "x", "mappedClaims": [UNKNOWN]}, "mappedClaims[0]"),
    ],
)
def test_what_a_scope_may_hold_depends_on_its_resource(
    bootstrap: Caller, below: str, resource: str, body: dict[str, Any], target: str
) -> None:
    id_ = find(bootstrap, f"{below}/resources", name=resource)["id"]
    answer = bootstrap.post(f"{below}/resources/{id_}/scopes", body)
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", target)


def test_only_openid_says_where_an_attribute_is_shown(bootstrap: Caller, below: str) -> None:
    resource = bootstrap.post(f"{below}/resources", {"name": "orders"}).must(201)["id"]
    path = f"{below}/resources/{resource}/attributes"
    body = {"name": "a", "value": "b"}
    bootstrap.post(path, {**body, "idToken": True}).detail(400, "INVALID_DATA", "INVALID_VALUE", "idToken")
    sub = find(bootstrap, path, name="sub")["id"]
    bootstrap.put(f"{path}/{sub}", {"name": "x", "value": "b"}).detail(400, "INVALID_DATA", "INVALID_VALUE", "name")
    assert bootstrap.put(f"{path}/{sub}", {"name": "sub", "value": "b"}).must(200)["type"] == "CORE"
    openid = find(bootstrap, f"{below}/resources", name="openid")["id"]
    nowhere = {**body, "idToken": False, "userInfo": False}
    answer = bootstrap.post(f"{below}/resources/{openid}/attributes", nowhere)
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "idToken")
