# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The month as of which the API is emulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator_world import Caller, World
from pingone_emulator.api_date import ApiDate, api_date

WEB_APP = {
    "type": "WEB_APP",
    "grantTypes": ["AUTHORIZATION_CODE"],
    "responseTypes": ["CODE"],
    "redirectUris": ["https://app.example.com/callback"],
}


def test_dates_are_ordered_as_time_is_and_compare_with_texts() -> None:
    assert sorted(ApiDate, reverse=True) == [
        ApiDate.APRIL_2026,
        ApiDate.MARCH_2025,
        ApiDate.JULY_2023,
        ApiDate.APRIL_2022,
    ]
    assert ApiDate.JULY_2023 < "2023-10" < ApiDate.MARCH_2025


def test_an_unknown_date_is_refused_with_those_there_are() -> None:
    assert api_date("2026-04") is ApiDate.APRIL_2026
    with pytest.raises(ValueError, match="'2024' is not one of 2022-04, 2023-07, 2025-03, 2026-04"):
        api_date("2024")


def application(make_world: Callable[..., World], date: str, **members: Any) -> tuple[Caller, str, Any]:
    """Create an application in an emulator of the date."""
    caller = make_world(api_date=ApiDate(date)).bootstrap()
    home = caller.environment()["id"]
    return caller, home, caller.application(home, **members)


@pytest.mark.parametrize(
    ("date", "type_", "shown"),
    [
        ("2022-04", "WORKER", {}),
        ("2023-07", "WORKER", {"hiddenFromAppPortal": False, "assignActorRoles": False, "parTimeout": 60}),
        ("2025-03", "WORKER", {"hiddenFromAppPortal": False, "assignActorRoles": False, "parTimeout": 60}),
        ("2023-07", "SERVICE", {"hiddenFromAppPortal": False, "assignActorRoles": False, "parTimeout": 60}),
        (
            "2025-03",
            "SERVICE",
            {"idpSignoff": False, "additionalRefreshTokenReplayProtectionEnabled": True, "parTimeout": 60},
        ),
        (
            "2026-04",
            "WORKER",
            {
                "idpSignoff": False,
                "additionalRefreshTokenReplayProtectionEnabled": True,
                "requestScopesForMultipleResourcesEnabled": False,
                "clientId": "its id",
                "signing": "a policy",
            },
        ),
    ],
)
def test_members_that_nobody_sent(
    make_world: Callable[..., World], date: str, type_: str, shown: dict[str, Any]
) -> None:
    made_up = {
        "additionalRefreshTokenReplayProtectionEnabled",
        "assignActorRoles",
        "clientId",
        "hiddenFromAppPortal",
        "idpSignoff",
        "parTimeout",
        "requestScopesForMultipleResourcesEnabled",
        "signing",
    }
    caller, home, created = application(make_world, date, type=type_)

    found = {name: created[name] for name in made_up & set(created)}
    if "clientId" in found:
        assert (found["clientId"], list(found["signing"])) == (created["id"], ["keyRotationPolicy"])
        found.update(clientId="its id", signing="a policy")
    assert found.items() >= shown.items()
    assert bool(found) is bool(shown)
    assert ("idpSignoff" in found) is ("idpSignoff" in shown)
    assert caller.get(f"/environments/{home}/applications/{created['id']}").must(200) == created


@pytest.mark.parametrize("date", ["2025-03", "2026-04"])
def test_what_a_client_sets_wins_over_what_the_service_shows(make_world: Callable[..., World], date: str) -> None:
    sent = {
        **WEB_APP,
        "idpSignoff": True,
        "additionalRefreshTokenReplayProtectionEnabled": False,
        "requestScopesForMultipleResourcesEnabled": True,
    }
    created = application(make_world, date, **sent)[2]
    assert {name: created[name] for name in sent} == sent


def test_signing_comes_with_creation_and_goes_with_a_replacement_that_lacks_it(
    make_world: Callable[..., World],
) -> None:
    caller, home, created = application(make_world, "2026-04", **WEB_APP)
    other = caller.application(home, **WEB_APP)
    assert other["signing"] == created["signing"]
    policy = created["signing"]["keyRotationPolicy"]["id"]
    assert created["_links"]["keyRotationPolicy"]["href"].endswith(f"/environments/{home}/keyRotationPolicies/{policy}")
    path = f"/environments/{home}/applications/{created['id']}"

    kept = caller.put(path, {**created, "description": "kept"}).must(200)
    assert kept["signing"] == created["signing"]
    gone = caller.put(path, {name: value for name, value in created.items() if name != "signing"}).must(200)
    assert "signing" not in gone
    assert "keyRotationPolicy" not in gone["_links"]
    assert "signing" not in caller.application(home, type="SERVICE")


@pytest.mark.parametrize(
    ("date", "type_", "links"),
    [
        ("2022-04", "WORKER", "grants environment self attributes secret roleAssignments"),
        ("2025-03", "WORKER", "self environment attributes secret grants roleAssignments"),
        ("2025-03", "SERVICE", "self environment attributes secret grants"),
        ("2026-04", "SERVICE", "self environment metadata attributes secret grants"),
        (
            "2026-04",
            "WORKER",
            "self environment metadata attributes secret grants keyRotationPolicy roleAssignments",
        ),
    ],
)
def test_links_of_applications(make_world: Callable[..., World], date: str, type_: str, links: str) -> None:
    assert " ".join(application(make_world, date, type=type_)[2]["_links"]) == links


@pytest.mark.parametrize("date", list(ApiDate))
def test_groups_hold_roles_since_october_2023(make_world: Callable[..., World], date: ApiDate) -> None:
    caller = make_world(api_date=date).bootstrap()
    home = caller.environment()["id"]
    group = caller.post(f"/environments/{home}/groups", {"name": "people"}).must(201)["id"]
    path = f"/environments/{home}/groups/{group}/roleAssignments"
    if date >= "2023-10":
        assert caller.get(path).must(200)["count"] == 0
    else:
        assert set(caller.get(path).must(403)) == {"message"}  # the gateway does not know it
        assert set(caller.get(f"{path}/{group}").must(403)) == {"message"}
    held = {one["id"] for role in caller.get("/roles").items for one in role["permissions"] if "id" in one}
    assert ("permissions:read:groupRoleAssignments" in held) is (date >= "2023-10")


@pytest.mark.parametrize(("date", "has_package"), [("2023-07", False), ("2025-03", True)])
def test_the_package_of_the_license(make_world: Callable[..., World], date: str, has_package: bool) -> None:
    environment = make_world(api_date=ApiDate(date)).bootstrap().environment()
    assert ("package" in environment["license"]) is has_package
