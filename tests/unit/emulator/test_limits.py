# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the platform, which can be switched off."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import Caller, World, worker
from pingone_emulator.rules import limits


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the limits so small that a test reaches them."""
    monkeypatch.setattr(limits, "APPLICATIONS", 2)
    monkeypatch.setattr(limits, "ASSIGNMENTS", 1)


def _assign_two(bootstrap: Caller, home: str) -> Any:
    application = bootstrap.application(home)["id"]
    path = f"/environments/{home}/applications/{application}/roleAssignments"
    scope = {"id": home, "type": "ENVIRONMENT"}
    bootstrap.post(path, {"role": {"id": bootstrap.role("Environment Admin")}, "scope": scope}).must(201)
    return bootstrap.post(path, {"role": {"id": bootstrap.role("Configuration Read Only")}, "scope": scope})


@pytest.mark.usefixtures("small")
def test_an_environment_takes_a_number_of_applications(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/applications"
    first = bootstrap.application(home)
    bootstrap.application(home)
    body = worker("one more")

    refusal = bootstrap.post(path, body).detail(403, "ACCESS_FAILED", "LICENSE_EXCEEDED")
    assert refusal["innerError"] == {"quotaLimit": 2}

    bootstrap.delete(f"{path}/{first['id']}").must(204)
    bootstrap.post(path, body).must(201)
    world.switch(limits=False)
    bootstrap.post(path, body).must(201)


def test_what_else_has_a_limit(monkeypatch: pytest.MonkeyPatch, world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}"
    user = bootstrap.post(f"{path}/users", {"username": "u", "email": "u@example.com"}).must(201)["id"]
    groups = [bootstrap.post(f"{path}/groups", {"name": name}).must(201)["id"] for name in "abc"]
    bootstrap.post(f"{path}/users/{user}/memberOfGroups", {"id": groups[0]}).must(201)
    bootstrap.post(f"{path}/groups/{groups[0]}/memberOfGroups", {"id": groups[1]}).must(201)
    environment = {"name": "other", "type": "SANDBOX", "region": "NA", "license": {"id": world.license}}
    calls: list[tuple[str, int, str, Any]] = [
        ("ENVIRONMENTS", 2, "/environments", environment),
        ("POPULATIONS", 1, f"{path}/populations", {"name": "other"}),
        ("GROUPS", 3, f"{path}/groups", {"name": "other"}),
        ("MEMBERSHIPS", 1, f"{path}/users/{user}/memberOfGroups", {"id": groups[2]}),
        ("NESTED_GROUPS", 1, f"{path}/groups/{groups[2]}/memberOfGroups", {"id": groups[1]}),
    ]
    for name, limit, address, body in calls:
        with monkeypatch.context() as patched:
            patched.setattr(limits, name, limit)
            refusal = bootstrap.post(address, body).detail(403, "ACCESS_FAILED", "LICENSE_EXCEEDED")
            assert refusal["innerError"] == {"quotaLimit": limit}
        bootstrap.post(address, body).must(201)


@pytest.mark.usefixtures("small")
def test_an_actor_takes_a_number_of_assignments(world: World, bootstrap: Caller, home: str) -> None:
    _assign_two(bootstrap, home).detail(403, "ACCESS_FAILED", "LICENSE_EXCEEDED")
    world.switch(limits=False)
    _assign_two(bootstrap, home).must(201)


@pytest.mark.parametrize("mark", "$+<=>^`|~")
@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_a_description_lacks_nine_characters(world: World, bootstrap: Caller, home: str, mark: str, verb: str) -> None:
    application, population = (
        bootstrap.application(home),
        bootstrap.post(f"/environments/{home}/populations", {"name": "people"}).must(201),
    )
    for kind, body in (("applications", application), ("populations", population)):
        path = f"/environments/{home}/{kind}" + (f"/{body['id']}" if verb == "PUT" else "")
        changed = {**body, "name": "other", "description": f"50{mark} of them"}
        world.switch(limits=True)
        refusal = bootstrap.call(verb, path, changed).detail(400, "INVALID_DATA", "INVALID_VALUE", "description")
        assert "must contain only Unicode letters, marks, numbers, spaces, or punctuation except" in refusal["message"]
        world.switch(limits=False)
        assert bootstrap.call(verb, path, changed).json["description"] == f"50{mark} of them"


def test_a_description_may_have_everything_else(bootstrap: Caller, home: str) -> None:
    text = "Für Ärzte & Pfleger: 100 %, (siehe #1) – «ja»! ' \" / \\ * @ _ { } [ ] 漢字"
    assert bootstrap.application(home, description=text)["description"] == text


def test_headers_may_have_six_kilobytes(world: World, bootstrap: Caller) -> None:
    bootstrap.get("/environments", headers={"X-Padding": "a" * 4000}).must(200)
    answer = bootstrap.get("/environments", headers={"X-Padding": "a" * 6144})
    assert set(answer.must(431)) == {"message"}
    world.switch(limits=False)
    bootstrap.get("/environments", headers={"X-Padding": "a" * 6144}).must(200)
