# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, who is in them, and groups in groups."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from emulator_world import Answer, Caller, World
from pingone_emulator.rules.memberships import groups_of

UNKNOWN = "11111111-2222-4333-8444-555555555555"


def group(caller: Caller, home: str, name: str, **members: Any) -> str:
    """The id of a new group."""
    return str(caller.post(f"/environments/{home}/groups", {"name": name, **members}).must(201)["id"])


def user(caller: Caller, home: str, username: str, **members: Any) -> str:
    """The id of a new user."""
    sent = {"username": username, "email": f"{username}@example.com", **members}
    return str(caller.post(f"/environments/{home}/users", sent).must(201)["id"])


def population(caller: Caller, home: str, name: str) -> dict[str, str]:
    """A reference to a new population."""
    return {"id": caller.post(f"/environments/{home}/populations", {"name": name}).must(201)["id"]}


def put_into(caller: Caller, home: str, kind: str, member: str, group_id: str) -> Answer:
    """Put a user into a group, or nest a group in another."""
    return caller.post(f"/environments/{home}/{kind}/{member}/memberOfGroups", {"id": group_id})


def kinds(caller: Caller, home: str, kind: str, member: str, query: str = "") -> dict[str, str]:
    """The groups of a user or group, with the kind of each membership."""
    items = caller.get(f"/environments/{home}/{kind}/{member}/memberOfGroups{query}").items
    return {one["id"]: one["type"] for one in items}


# -- groups -----------------------------------------------------------------------------------------------------------


def test_a_group_echoes_what_was_sent_and_is_counted(bootstrap: Caller, home: str) -> None:
    [default] = bootstrap.get(f"/environments/{home}/populations").items
    path = f"/environments/{home}/groups"
    full = {
        "name": "admins",
        "description": "Those who may",
        "population": {"id": default["id"]},
        "userFilter": 'email ew "@example.com"',
        "externalId": "x",
        "customData": {"a": {"b": [1]}},
    }
    created = bootstrap.post(path, full).must(201)
    assert {key: created[key] for key in full} == full
    assert created["environment"] == {"id": home}
    assert created["directMemberCounts"] == {"users": 0, "groups": 0}
    assert created["createdAt"] == created["updatedAt"]
    assert created["checkSum"].isdigit()
    assert set(created["_links"]) == {"self"}
    replaced = bootstrap.put(f"{path}/{created['id']}", {"name": "others"}).must(200)
    assert not {"description", "userFilter", "externalId", "customData"} & set(replaced)
    assert bootstrap.get(f"{path}/{created['id']}").must(200) == replaced
    assert bootstrap.get(path).items == [replaced]
    bootstrap.delete(f"{path}/{created['id']}").must(204)
    bootstrap.get(f"{path}/{created['id']}").error(404, "NOT_FOUND")


def test_a_group_stays_in_its_population(bootstrap: Caller, home: str) -> None:
    first, second = population(bootstrap, home, "first"), population(bootstrap, home, "second")
    path = f"/environments/{home}/groups"
    inside, everywhere = group(bootstrap, home, "inside", population=first), group(bootstrap, home, "everywhere")
    for sent in ({}, {"population": second}):
        assert bootstrap.put(f"{path}/{inside}", {"name": "inside", **sent}).must(200)["population"] == first
        assert "population" not in bootstrap.put(f"{path}/{everywhere}", {"name": "everywhere", **sent}).must(200)


def test_names_of_groups_are_unique_unless_the_switch_is_off(world: World, bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    created = bootstrap.post(path, {"name": "g"}).must(201)
    bootstrap.put(created["_links"]["self"]["href"], {"name": "g"}).must(200)
    bootstrap.post(path, {"name": "G"}).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name")
    world.switch(unique_group_names=False)
    bootstrap.post(path, {"name": "g"}).must(201)


def test_a_name_may_be_used_again_in_another_population_only(bootstrap: Caller, home: str) -> None:
    first, second = population(bootstrap, home, "first"), population(bootstrap, home, "second")
    path = f"/environments/{home}/groups"
    group(bootstrap, home, "g", population=first)
    group(bootstrap, home, "g", population=second)
    for members in ({}, {"population": second}):
        bootstrap.post(path, {"name": "g", **members}).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name")
    group(bootstrap, home, "everywhere")
    answer = bootstrap.post(path, {"name": "everywhere", "population": first})
    answer.detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "name")


def test_a_group_in_a_population_that_is_not_there(bootstrap: Caller, home: str) -> None:
    answer = bootstrap.post(f"/environments/{home}/groups", {"name": "g", "population": {"id": UNKNOWN}})
    answer.detail(400, "INVALID_DATA", "INVALID_VALUE", "population.id")


# -- users in groups --------------------------------------------------------------------------------------------------


def test_members_of_groups(bootstrap: Caller, home: str) -> None:
    member, inside = user(bootstrap, home, "u"), group(bootstrap, home, "g")
    path = f"/environments/{home}/users/{member}/memberOfGroups"
    joined = put_into(bootstrap, home, "users", member, inside)
    document = joined.must(201)
    assert (document["id"], document["name"], document["type"]) == (inside, "g", "DIRECT")
    assert joined.headers["Location"] == document["_links"]["self"]["href"]
    assert bootstrap.get(f"{path}/{inside}").must(200) == document
    assert bootstrap.get(path).items == [document]
    assert bootstrap.get(f"/environments/{home}/groups/{inside}").must(200)["directMemberCounts"]["users"] == 1

    put_into(bootstrap, home, "users", member, inside).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "id")
    put_into(bootstrap, home, "users", member, UNKNOWN).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    bootstrap.get(f"{path}/{UNKNOWN}").error(404, "NOT_FOUND")

    bootstrap.delete(f"{path}/{inside}").must(204)
    assert bootstrap.get(path).items == []
    bootstrap.get(f"{path}/{inside}").error(404, "NOT_FOUND")
    bootstrap.delete(f"{path}/{inside}").error(404, "NOT_FOUND")


def test_a_membership_shows_its_group_when_asked(bootstrap: Caller, home: str) -> None:
    member, inside = user(bootstrap, home, "u"), group(bootstrap, home, "g", description="Those")
    put_into(bootstrap, home, "users", member, inside)
    path = f"/environments/{home}/users/{member}/memberOfGroups"
    shown = bootstrap.get(f"/environments/{home}/groups/{inside}").must(200)
    assert bootstrap.get(f"{path}/{inside}?expand=group").must(200)["_embedded"] == {"group": shown}
    [item] = bootstrap.get(f"{path}?expand=group").items
    assert item["_embedded"] == {"group": shown}
    assert "_embedded" not in bootstrap.get(f"{path}/{inside}?expand=tea").must(200)


def test_a_user_shows_its_groups_when_asked(bootstrap: Caller, home: str) -> None:
    member = user(bootstrap, home, "u")
    first, second = group(bootstrap, home, "first"), group(bootstrap, home, "second")
    put_into(bootstrap, home, "users", member, first)
    put_into(bootstrap, home, "groups", first, second)
    path = f"/environments/{home}/users"
    plain = bootstrap.get(f"{path}/{member}").must(200)
    ids, names = {"memberOfGroupIDs": [first, second]}, {"memberOfGroupNames": ["first", "second"]}
    assert bootstrap.get(f"{path}/{member}?include=memberOfGroupIDs").must(200) == {**plain, **ids}
    assert bootstrap.get(f"{path}/{member}?include=memberOfGroupNames").must(200) == {**plain, **names}
    both = bootstrap.get(f"{path}/{member}?include=memberOfGroupIDs,memberOfGroupNames").must(200)
    assert both == {**plain, **ids, **names}
    [item] = bootstrap.get(f"{path}?include=memberOfGroupIDs").items
    assert not {"memberOfGroupIDs", "memberOfGroupNames"} & (set(plain) | set(item))


def test_a_group_of_a_population_takes_users_of_its_own(bootstrap: Caller, home: str) -> None:
    own, other = population(bootstrap, home, "own"), population(bootstrap, home, "other")
    inside = group(bootstrap, home, "g", population=own)
    stranger, member = user(bootstrap, home, "s", population=other), user(bootstrap, home, "m", population=own)
    put_into(bootstrap, home, "users", stranger, inside).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    put_into(bootstrap, home, "users", member, inside).must(201)


def test_a_user_is_in_one_group_of_a_name(world: World, bootstrap: Caller, home: str) -> None:
    world.switch(unique_group_names=False)
    member = user(bootstrap, home, "u")
    put_into(bootstrap, home, "users", member, group(bootstrap, home, "g")).must(201)
    answer = put_into(bootstrap, home, "users", member, group(bootstrap, home, "G"))
    answer.detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "id")


def test_who_moves_leaves_the_groups_of_the_former_population(bootstrap: Caller, home: str) -> None:
    own, other = population(bootstrap, home, "own"), population(bootstrap, home, "other")
    member = user(bootstrap, home, "u", population=own)
    inside, everywhere = group(bootstrap, home, "inside", population=own), group(bootstrap, home, "everywhere")
    for one in (inside, everywhere):
        put_into(bootstrap, home, "users", member, one).must(201)
    path = f"/environments/{home}/users/{member}/population"
    bootstrap.put(path, own).must(200)
    assert kinds(bootstrap, home, "users", member) == {inside: "DIRECT", everywhere: "DIRECT"}
    bootstrap.put(path, other).must(200)
    assert kinds(bootstrap, home, "users", member) == {everywhere: "DIRECT"}


# -- groups in groups -------------------------------------------------------------------------------------------------


def test_nesting_a_group(bootstrap: Caller, home: str) -> None:
    child, parent = group(bootstrap, home, "child"), group(bootstrap, home, "parent")
    path = f"/environments/{home}/groups/{child}/memberOfGroups"
    nested = put_into(bootstrap, home, "groups", child, parent)
    document = nested.must(201)
    assert set(document) == {"_links", "id", "type"}
    assert (document["id"], document["type"]) == (parent, "DIRECT")
    assert nested.headers["Location"] == document["_links"]["self"]["href"]
    assert bootstrap.get(f"{path}/{parent}").must(200) == document
    assert bootstrap.get(path).items == [document]
    counts = {one["id"]: one["directMemberCounts"] for one in bootstrap.get(f"/environments/{home}/groups").items}
    assert counts == {child: {"users": 0, "groups": 0}, parent: {"users": 0, "groups": 1}}
    [expanded] = bootstrap.get(f"{path}?expand=group").items
    assert expanded["_embedded"]["group"]["directMemberCounts"] == {"users": 0, "groups": 1}

    put_into(bootstrap, home, "groups", child, parent).detail(400, "INVALID_DATA", "UNIQUENESS_VIOLATION", "id")
    put_into(bootstrap, home, "groups", child, child).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    put_into(bootstrap, home, "groups", child, UNKNOWN).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")

    bootstrap.delete(f"{path}/{parent}").must(204)
    assert bootstrap.get(path).items == []
    bootstrap.delete(f"{path}/{parent}").error(404, "NOT_FOUND")


def test_members_of_a_nested_group_are_members_of_the_outer_one(bootstrap: Caller, home: str) -> None:
    child, parent, top = (group(bootstrap, home, name) for name in ("child", "parent", "top"))
    for inner, outer in ((child, parent), (parent, top)):
        put_into(bootstrap, home, "groups", inner, outer).must(201)
    put_into(bootstrap, home, "users", user(bootstrap, home, "a"), top).must(201)
    member = user(bootstrap, home, "b")
    put_into(bootstrap, home, "users", member, child).must(201)

    assert kinds(bootstrap, home, "users", member) == {child: "DIRECT", parent: "INDIRECT", top: "INDIRECT"}
    assert kinds(bootstrap, home, "groups", child) == {parent: "DIRECT", top: "INDIRECT"}
    path = f"/environments/{home}/users/{member}/memberOfGroups/{top}"
    assert bootstrap.get(path).must(200)["type"] == "INDIRECT"
    bootstrap.delete(path).error(404, "NOT_FOUND")

    path = f"/environments/{home}/groups/{top}"
    document = bootstrap.get(f"{path}?include=totalMemberCounts").must(200)
    assert document["totalMemberCounts"] == {"users": 2}
    assert document["directMemberCounts"] == {"users": 1, "groups": 1}
    assert "totalMemberCounts" not in bootstrap.get(path).must(200)
    [item, *_more] = bootstrap.get(f"/environments/{home}/groups?include=totalMemberCounts").items
    assert "totalMemberCounts" not in item

    put_into(bootstrap, home, "users", member, top).must(201)
    assert kinds(bootstrap, home, "users", member)[top] == "DIRECT"
    assert bootstrap.get(f"{path}?include=totalMemberCounts").must(200)["totalMemberCounts"] == {"users": 2}


def test_groups_in_a_circle_have_the_same_members(bootstrap: Caller, home: str) -> None:
    ring = [group(bootstrap, home, name) for name in ("a", "b", "c")]
    for inner, outer in zip(ring, [*ring[1:], ring[0]], strict=True):
        put_into(bootstrap, home, "groups", inner, outer).must(201)
    member = user(bootstrap, home, "u")
    put_into(bootstrap, home, "users", member, ring[0]).must(201)
    assert set(kinds(bootstrap, home, "users", member)) == set(ring)
    assert kinds(bootstrap, home, "groups", ring[0]) == {ring[1]: "DIRECT", ring[2]: "INDIRECT"}
    for one in ring:
        shown = bootstrap.get(f"/environments/{home}/groups/{one}?include=totalMemberCounts").must(200)
        assert shown["totalMemberCounts"] == {"users": 1}


def test_what_a_group_of_a_population_takes(bootstrap: Caller, home: str) -> None:
    own, other = population(bootstrap, home, "own"), population(bootstrap, home, "other")
    inside, everywhere = group(bootstrap, home, "inside", population=own), group(bootstrap, home, "everywhere")
    beside = group(bootstrap, home, "beside", population=other)
    sibling = group(bootstrap, home, "sibling", population=own)
    for child in (everywhere, beside):
        put_into(bootstrap, home, "groups", child, inside).detail(400, "INVALID_DATA", "INVALID_VALUE", "id")
    put_into(bootstrap, home, "groups", sibling, inside).must(201)
    put_into(bootstrap, home, "groups", inside, everywhere).must(201)


def test_a_deleted_group_holds_nobody(bootstrap: Caller, home: str) -> None:
    child, parent, top = (group(bootstrap, home, name) for name in ("child", "parent", "top"))
    for inner, outer in ((child, parent), (parent, top)):
        put_into(bootstrap, home, "groups", inner, outer).must(201)
    member = user(bootstrap, home, "u")
    put_into(bootstrap, home, "users", member, child).must(201)
    bootstrap.delete(f"/environments/{home}/groups/{parent}").must(204)
    assert kinds(bootstrap, home, "users", member) == {child: "DIRECT"}
    assert kinds(bootstrap, home, "groups", child) == {}
    bootstrap.delete(f"/environments/{home}/groups/{child}").must(204)
    assert kinds(bootstrap, home, "users", member) == {}


def test_a_user_has_the_roles_of_outer_groups(bootstrap: Caller, home: str) -> None:
    child, parent = group(bootstrap, home, "child"), group(bootstrap, home, "parent")
    put_into(bootstrap, home, "groups", child, parent).must(201)
    member = user(bootstrap, home, "u")
    put_into(bootstrap, home, "users", member, child).must(201)
    given = bootstrap.assign(home, parent, "Identity Data Read Only", ("ENVIRONMENT", home), "groups")
    items = bootstrap.get(f"/environments/{home}/users/{member}/roleAssignments").items
    assert [one["id"] for one in items] == [given["id"]]


def test_direct_comes_first_and_a_nearer_group_before_a_farther_one() -> None:
    parents = {"a": ["b"], "b": ["c", "a"], "c": ["a"], "d": ["b"]}
    found = groups_of(["d", "a"], lambda id_: parents.get(id_, []))
    assert list(found.items()) == [("d", "DIRECT"), ("a", "DIRECT"), ("b", "INDIRECT"), ("c", "INDIRECT")]


# -- filters ----------------------------------------------------------------------------------------------------------


def test_members_are_found_by_their_group(bootstrap: Caller, home: str) -> None:
    child, parent = group(bootstrap, home, "child"), group(bootstrap, home, "parent")
    put_into(bootstrap, home, "groups", child, parent).must(201)
    below, above = user(bootstrap, home, "below"), user(bootstrap, home, "above")
    user(bootstrap, home, "outside")
    put_into(bootstrap, home, "users", below, child).must(201)
    put_into(bootstrap, home, "users", above, parent).must(201)

    def found(kind: str, text: str) -> list[str]:
        return [one["id"] for one in bootstrap.get(f"/environments/{home}/{kind}?filter={quote(text)}").items]

    assert found("users", f'memberOfGroups[id eq "{parent}" and type eq "DIRECT"]') == [above]
    assert found("users", f'memberOfGroups[id eq "{parent}"]') == [below, above]
    assert found("users", f'memberOfGroups[id eq "{UNKNOWN}"]') == []
    assert found("users", f'memberOfGroups[id eq "{parent}"] and username sw "b"') == [below]
    assert found("groups", f'memberOfGroups[id eq "{parent}" and type eq "DIRECT"]') == [child]
    assert found("groups", f'memberOfGroups[id eq "{child}"]') == []

    direct = "?filter=" + quote('type eq "DIRECT"')
    assert kinds(bootstrap, home, "users", below, direct) == {child: "DIRECT"}
    [item] = bootstrap.get(f"/environments/{home}/users/{below}/memberOfGroups{direct}&expand=group").items
    assert item["_embedded"]["group"]["name"] == "child"


def test_groups_are_found_by_what_others_call_them(bootstrap: Caller, home: str) -> None:
    ours = group(bootstrap, home, "ours", externalId="Sync-1")
    group(bootstrap, home, "others", externalId="Other-1")
    group(bootstrap, home, "unknown")
    for text in ('externalId eq "sync-1"', 'externalId sw "Sync"'):
        items = bootstrap.get(f"/environments/{home}/groups?filter={quote(text)}").items
        assert [one["id"] for one in items] == [ours]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('name.given eq "ada"', ["a"]),
        ('name.family sw "Ex"', ["a", "b"]),
        ('name.family eq "Example" and name.given sw "G"', ["b"]),
        ('externalId eq "x-1"', ["a"]),
        ('externalId ew "2" or email co "c@"', ["b", "c"]),
        ("enabled eq true", ["a", "c"]),
        ('enabled eq "false"', ["b"]),
    ],
)
def test_users_are_found(bootstrap: Caller, home: str, text: str, names: list[str]) -> None:
    user(bootstrap, home, "a", name={"given": "Ada", "family": "Example"}, externalId="x-1")
    disabled = user(bootstrap, home, "b", name={"given": "Grace", "family": "Example"}, externalId="x-2")
    user(bootstrap, home, "c")
    bootstrap.put(f"/environments/{home}/users/{disabled}/enabled", {"enabled": False}).must(200)
    items = bootstrap.get(f"/environments/{home}/users?filter={quote(text)}").items
    assert [one["username"] for one in items] == names
