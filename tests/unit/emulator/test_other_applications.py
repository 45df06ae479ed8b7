# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of other protocols and of the platform, and what all of them link to."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import API, Caller

SAML = {
    "name": "saml",
    "enabled": True,
    "protocol": "SAML",
    "type": "WEB_APP",
    "acsUrls": ["https://example.com/acs"],
    "assertionDuration": 60,
    "spEntityId": "sp",
    "assertionSigned": True,
}


def test_a_saml_application_has_no_secret(bootstrap: Caller, home: str) -> None:
    created = bootstrap.post(f"/environments/{home}/applications", SAML).must(201)
    assert {key: created[key] for key in SAML} == SAML
    assert "tokenEndpointAuthMethod" not in created
    message = bootstrap.get(f"/environments/{home}/applications/{created['id']}/secret").error(404, "NOT_FOUND")
    assert message["message"] == "The request could not be completed. The requested resource was not found."


def test_the_entity_id_of_saml_is_taken_once(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/applications"
    first = bootstrap.post(path, SAML).must(201)
    answer = bootstrap.post(path, {**SAML, "name": "other"})
    answer.detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "spEntityId")
    bootstrap.put(first["_links"]["self"]["href"], SAML).must(200)
    bootstrap.post(path, {**SAML, "spEntityId": "other"}).must(201)


@pytest.mark.parametrize("member", ["acsUrls", "assertionDuration", "spEntityId"])
def test_what_saml_needs(bootstrap: Caller, home: str, member: str) -> None:
    sent = {key: value for key, value in SAML.items() if key != member}
    bootstrap.post(f"/environments/{home}/applications", sent).detail(400, "INVALID_DATA", "REQUIRED_VALUE", member)


def test_a_link_needs_its_address(bootstrap: Caller, home: str) -> None:
    link = {"name": "link", "enabled": True, "protocol": "EXTERNAL_LINK", "type": "PORTAL_LINK_APP"}
    bootstrap.post(f"/environments/{home}/applications", link).detail(
        400, "INVALID_DATA", "REQUIRED_VALUE", "homePageUrl"
    )
    link["homePageUrl"] = "https://example.com"
    created = bootstrap.post(f"/environments/{home}/applications", link).must(201)
    path = f"/environments/{home}/applications/{created['id']}/roleAssignments"
    assert bootstrap.get(path).status == 404


def platform(bootstrap: Caller, home: str, type_: str) -> dict[str, Any]:
    [one] = [one for one in bootstrap.get(f"/environments/{home}/applications").items if one["type"] == type_]
    return dict(one)


@pytest.mark.parametrize("type_", ["PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE", "PING_ONE_ADMIN_CONSOLE"])
def test_platform_applications(bootstrap: Caller, home: str, type_: str) -> None:
    one = platform(bootstrap, home, type_)
    assert one["protocol"] == "OPENID_CONNECT"
    assert {"id", "name", "enabled", "environment", "tokenEndpointAuthMethod", "pkceEnforcement"} <= set(one)
    assert "grantTypes" not in one
    assert ("applyDefaultTheme" in one) is (type_ != "PING_ONE_ADMIN_CONSOLE")
    assert ("enableDefaultThemeFooter" in one) is (type_ == "PING_ONE_SELF_SERVICE")
    bootstrap.delete(one["_links"]["self"]["href"]).must(400)


@pytest.mark.parametrize("type_", ["PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE"])
def test_platform_applications_take_back_what_a_client_read(bootstrap: Caller, home: str, type_: str) -> None:
    one = platform(bootstrap, home, type_)
    sent = {
        "name": one["name"],
        "enabled": False,
        "protocol": one["protocol"],
        "type": type_,
        "tokenEndpointAuthMethod": "NONE",
        "applyDefaultTheme": False,
        "description": "",
        "icon": {"id": "", "href": ""},
        "hiddenFromAppPortal": False,
    }
    replaced = bootstrap.put(one["_links"]["self"]["href"], sent).must(200)
    assert (replaced["enabled"], replaced["applyDefaultTheme"]) == (False, False)
    assert not {"description", "icon", "grantTypes"} & set(replaced)
    # What was not sent is kept.
    assert replaced["pkceEnforcement"] == one["pkceEnforcement"]
    assert replaced.get("enableDefaultThemeFooter") == one.get("enableDefaultThemeFooter")


def test_what_comes_later_is_not_found(bootstrap: Caller, home: str) -> None:
    application = bootstrap.application(home)["id"]
    for path in (
        f"/applications/{application}/jwtTokens",
        "/certificates",
    ):
        bootstrap.get(f"/environments/{home}{path}").error(404, "NOT_FOUND")


def test_links_lead_to_this_emulator(bootstrap: Caller, home: str) -> None:
    created = bootstrap.application(home)
    assert created["_links"]["environment"]["href"] == f"{API}/environments/{home}"
    for relation in ("self", "environment", "secret", "roleAssignments"):
        bootstrap.get(created["_links"][relation]["href"]).must(200)
