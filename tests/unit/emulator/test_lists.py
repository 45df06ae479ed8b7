# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections: envelope, paging, order, filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator_world import API, Caller, World
from pingone_emulator import filters
from pingone_emulator.errors import ApiError


def filtered(path: str, text: str) -> str:
    """The address of a filtered list."""
    return f"{path}?filter={quote(text)}"


def names(answer: Any) -> list[str]:
    return [one["name"] for one in answer.items]


def test_the_envelope(bootstrap: Caller, home: str) -> None:
    document = bootstrap.get(f"/environments/{home}/groups").must(200)
    assert document == {
        "_links": {"self": {"href": f"{API}/environments/{home}/groups"}},
        "_embedded": {"groups": []},
        "count": 0,
        "size": 0,
    }


def test_pages_are_followed_by_their_links(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    wanted = [f"group {number}" for number in range(7)]
    for name in wanted:
        bootstrap.post(path, {"name": name}).must(201)

    found: list[str] = []
    address = f"{path}?limit=3"
    sizes = []
    while address:
        page = bootstrap.get(address)
        document = page.must(200)
        assert document["count"] == 7
        sizes.append(document["size"])
        found += names(page)
        address = document["_links"].get("next", {}).get("href")
        assert address is None or address.startswith(f"{API}{path}?")
    assert sizes == [3, 3, 1]
    assert found == wanted


def test_a_filter_survives_paging(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    for name in ("a", "b", "c"):
        bootstrap.post(path, {"name": name}).must(201)
    query = quote('(name eq "a") or (name eq "c")')
    first = bootstrap.get(f"{path}?limit=1&filter={query}")
    second = bootstrap.get(first.json["_links"]["next"]["href"])
    assert (names(first), names(second)) == (["a"], ["c"])
    assert "next" not in second.json["_links"]


@pytest.mark.parametrize(("limit", "status"), [("0", 400), ("-1", 400), ("x", 400), ("1", 200), ("100000", 200)])
def test_limits(bootstrap: Caller, home: str, limit: str, status: int) -> None:
    assert bootstrap.get(f"/environments/{home}/groups?limit={limit}").status == status


def test_a_cursor_of_ones_own_making(bootstrap: Caller, home: str) -> None:
    for cursor in ("x", "%FF", "b2Zmc2V0Oi0x", "b2Zmc2V0Ong"):
        bootstrap.get(f"/environments/{home}/groups?cursor={cursor}").must(400)


def test_short_pages_on_demand(world: World, bootstrap: Caller, home: str) -> None:
    world.script(page_size=2)
    document = bootstrap.get(f"/environments/{home}/applications").must(200)
    assert document["size"] == 2
    assert "next" in document["_links"]


def test_licenses_are_ordered_on_demand(world: World, bootstrap: Caller) -> None:
    path = f"/organizations/{world.organization}/licenses"
    ascending = names(bootstrap.get(f"{path}?order=name"))
    assert ascending == ["ADMIN", "INTERNAL"]
    assert names(bootstrap.get(f"{path}?order=-name")) == ascending[::-1]


# -- filters through the API ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('name sw "al"', ["alpha", "alphabet"]),
        ('(name sw "AL")', ["alpha", "alphabet"]),
        ('name eq "Alpha"', ["alpha"]),
        ('((name eq "ALPHA"))', ["alpha"]),
        ('(name sw "alpha") AND (license.id eq "LICENSE")', ["alpha", "alphabet"]),
        ('(organization.id eq "ORGANIZATION") and name sw "b"', ["beta"]),
        ('license.id eq "unknown"', []),
        ('organization.id eq "unknown"', []),
        ('name eq "nobody"', []),
    ],
)
def test_environments_are_filtered(world: World, bootstrap: Caller, text: str, found: list[str]) -> None:
    for name in ("alpha", "alphabet", "beta"):
        bootstrap.environment(name)
    text = text.replace("LICENSE", world.license).replace("ORGANIZATION", world.organization)
    assert names(bootstrap.get(filtered("/environments", text))) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name eq",
        'name eq "x',
        "name eq x",
        '(name eq "x"',
        'name eq "x")',
        'name co "x"',
        'name like "x"',
        'tea eq "x"',
        'name eq "x" and',
        'name eq "x" name eq "y"',
        'not name eq "x"',
        'name sw "x" or name sw "y"',
        'type eq "SANDBOX"',
        "(" * 500 + 'name eq "x"',
    ],
)
def test_other_filters_are_refused_with_what_there_is(bootstrap: Caller, text: str) -> None:
    answer = bootstrap.get(filtered("/environments", text))
    detail = answer.detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")
    assert "name" in detail["innerError"]["supportedAttributes"]
    assert "eq" in detail["innerError"]["supportedOperators"]


def test_a_quote_in_a_name(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/groups"
    name = 'the "great" \\ ones'
    bootstrap.post(path, {"name": name}).must(201)
    bootstrap.post(path, {"name": "the great ones"}).must(201)
    assert names(bootstrap.get(filtered(path, "name eq " + literal(name)))) == [name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('(status eq "active") and (beginsAt lt "2999-01-02T15:04:05")', ["INTERNAL", "ADMIN"]),
        ('beginsAt lt "2006-01-02T15:04:05Z"', []),
        ('beginsAt lt "2999-01-02T15:04:05+02:00"', ["INTERNAL", "ADMIN"]),
        ('status eq "EXPIRED"', []),
    ],
)
def test_licenses_are_filtered(world: World, bootstrap: Caller, text: str, found: list[str]) -> None:
    path = f"/organizations/{world.organization}/licenses"
    assert names(bootstrap.get(filtered(path, text))) == found


@pytest.mark.parametrize("text", ['name eq "INTERNAL"', 'package eq "ADMIN"', 'beginsAt gt "2006-01-02T15:04:05Z"'])
def test_licenses_know_no_other_filter(world: World, bootstrap: Caller, text: str) -> None:
    answer = bootstrap.get(filtered(f"/organizations/{world.organization}/licenses", text))
    answer.detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")


@pytest.mark.parametrize("kind", ["populations", "groups"])
def test_names_of_populations_and_groups(bootstrap: Caller, home: str, kind: str) -> None:
    path = f"/environments/{home}/{kind}"
    ids = {name: bootstrap.post(path, {"name": name}).must(201)["id"] for name in ("A", "B", "C")}

    def found(text: str) -> list[str]:
        return names(bootstrap.get(filtered(path, text)))

    assert found('((name eq "a"))') == ["A"]
    assert found('(name eq "A") OR (name eq "B")') == ["A", "B"]
    assert found('((name eq "A") OR (name eq "B") OR (name eq "C"))') == ["A", "B", "C"]
    assert found(f'((id eq "{ids["C"]}"))') == ["C"]


def test_roles_are_filtered_by_their_type_alone(bootstrap: Caller, home: str) -> None:
    answer = bootstrap.get(filtered(f"/environments/{home}/roles", 'name eq "Environment Admin"'))
    inner = answer.detail(400, "INVALID_DATA", "INVALID_FILTER", "filter")["innerError"]
    assert inner == {"supportedAttributes": ["type"], "supportedOperators": ["eq"]}


def test_a_page_of_users_has_200_at_most(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    for number in range(201):
        bootstrap.post(path, {"username": f"u{number}", "email": "u@example.com"}).must(201)
    for address in (path, f"{path}?limit=1000"):
        page = bootstrap.get(address).must(200)
        assert (page["count"], page["size"]) == (201, 200)
        assert bootstrap.get(page["_links"]["next"]["href"]).must(200)["size"] == 1


def test_users_are_filtered(bootstrap: Caller, home: str) -> None:
    path = f"/environments/{home}/users"
    population = bootstrap.post(f"/environments/{home}/populations", {"name": "people"}).must(201)["id"]
    inside = {"username": "in", "email": "in@example.com", "population": {"id": population}}
    bootstrap.post(path, inside).must(201)
    bootstrap.post(path, {"username": "out", "email": "out@example.com"}).must(201)

    def found(text: str) -> list[str]:
        return [one["username"] for one in bootstrap.get(filtered(path, text)).items]

    assert found(f'population.id eq "{population}"') == ["in"]
    assert found('username eq "OUT"') == ["out"]
    assert found('email eq "in@example.com"') == ["in"]


def test_lists_without_filters_ignore_them(bootstrap: Caller, home: str) -> None:
    everything = bootstrap.get("/roles").items
    assert bootstrap.get(filtered("/roles", 'name eq "x"')).items == everything


def test_applications_are_told_apart_by_their_type(bootstrap: Caller, home: str) -> None:
    worker = bootstrap.application(home)
    assert bootstrap.get(filtered(f"/environments/{home}/applications", 'type eq "WORKER"')).items == [worker]
    assert bootstrap.get(filtered(f"/environments/{home}/applications", 'type eq "AI_AGENT"')).items == []


def test_envelopes_are_as_they_were_recorded(bootstrap: Caller, home: str) -> None:
    query = quote('name eq "x y[z]"', safe="")
    below = f"/environments/{home}"
    for path, self_, members in (
        ("/roles?limit=2", "/roles", {"count": 19, "size": 19}),
        (f"{below}/applications?limit=2", f"{below}/applications", {"size": 3}),
        (f"{below}/groups?limit=2&filter={query}", f"{below}/groups?filter={query}&limit=2", {"count": 0, "size": 0}),
    ):
        document = bootstrap.get(path).must(200)
        assert document.pop("_links") == {"self": {"href": API + self_}}
        assert list(document) == ["_embedded", *members]
        assert {name: document[name] for name in members} == members
    named = quote('username eq "x y"', safe="")
    users = f"{below}/users?limit=2&filter={named}"
    assert bootstrap.get(users).must(200)["_links"] == {"self": {"href": API + users}}


def test_applications_are_listed_by_name(bootstrap: Caller, home: str) -> None:
    for name in ("zebra", "Zebra", "able"):
        bootstrap.application(home, name)
    assert names(bootstrap.get(f"/environments/{home}/applications")) == [
        "PingOne Admin Console",
        "PingOne Application Portal",
        "PingOne Self-Service - MyAccount",
        "Zebra",
        "able",
        "zebra",
    ]


# -- the parser by itself ---------------------------------------------------------------------------------------------

SUPPORTED = {"name": ("eq", "sw"), "a.b": ("eq",)}
TEXTS = st.text(max_size=8)


def literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comparison(text: str) -> tuple[str, Callable[[str], bool]]:
    return f"name eq {literal(text)}", lambda name: name.lower() == text.lower()


def combined(children: Any) -> Any:
    def join(word: str, left: Any, right: Any) -> tuple[str, Callable[[str], bool]]:
        both = all if word.lower() == "and" else any
        return f"({left[0]}) {word} ( {right[0]} )", lambda name: both((left[1](name), right[1](name)))

    words = st.sampled_from(["and", "or", "AND", "OR", "aNd"])
    wrapped = children.map(lambda one: (f"(({one[0]}))", one[1]))
    return st.one_of(st.builds(join, words, children, children), wrapped)


EXPRESSIONS = st.recursive(st.builds(comparison, TEXTS), combined, max_leaves=8)


@given(EXPRESSIONS, TEXTS)
def test_expressions_mean_what_they_say(expression: tuple[str, Callable[[str], bool]], name: str) -> None:
    text, meaning = expression
    assert filters.parse(text, SUPPORTED)({"name": name}) is meaning(name)


@given(TEXTS, TEXTS)
def test_a_literal_is_taken_as_it_is(text: str, name: str) -> None:
    starts = filters.parse(f"name sw {literal(text)}", SUPPORTED)
    assert starts({"name": text + name})
    assert filters.parse(f"name eq {literal(text)}", SUPPORTED)({"name": text})
    assert filters.parse(f"a.b eq {literal(text)}", SUPPORTED)({"a": {"b": text}})
    assert not filters.parse(f"a.b eq {literal(text)}", SUPPORTED)({"a": text})


@given(st.text(alphabet='() "\\andoreqsw.x1', max_size=30))
def test_any_text_is_a_filter_or_an_error_of_the_service(text: str) -> None:
    try:
        filters.parse(text, SUPPORTED)({"name": "x"})
    except ApiError as error:
        assert (error.status, error.code, error.details[0]["code"]) == (400, "INVALID_DATA", "INVALID_FILTER")


def test_and_binds_closer_than_or() -> None:
    predicate = filters.parse('name eq "a" or name eq "b" and name eq "c"', SUPPORTED)
    assert predicate({"name": "a"})
    assert not predicate({"name": "b"})


# -- filters on the elements of a list -------------------------------------------------------------------------------

ELEMENTS = {"name": ("eq",), "in[id]": ("eq",), "in[type]": ("eq",)}
BOTH = {"name": "x", "in": [{"id": "a", "type": "DIRECT"}, {"id": "b", "type": "INDIRECT"}]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('in[id eq "a"]', True),
        ('in[id eq "c"]', False),
        ('in[id eq "a" and type eq "DIRECT"]', True),
        ('in[id eq "b" and type eq "DIRECT"]', False),
        ('in[id eq "c" or type eq "indirect"]', True),
        ('in [ (id eq "a") AND ((type eq "DIRECT")) ] and name eq "x"', True),
        ('(in[id eq "a"]) and in[id eq "c"]', False),
        ('name eq "y" or in[id eq "b"]', True),
    ],
)
def test_brackets_are_about_one_element(text: str, found: bool) -> None:
    assert filters.parse(text, ELEMENTS)(BOTH) is found
    assert filters.parse(text, ELEMENTS)({"name": "x"}) is False


@pytest.mark.parametrize(
    "text",
    [
        'in[id eq "a"',
        'in[id eq "a")',
        'in(id eq "a")',
        "in[]",
        'in[in[id eq "a"]]',
        'id eq "a"',
        'in[name eq "x"]',
        'name[id eq "a"]',
        'in.id eq "a"',
        'in[id eq "a"]]',
        "in[" * 200,
    ],
)
def test_other_brackets_are_refused(text: str) -> None:
    with pytest.raises(ApiError, match="validation errors"):
        filters.parse(text, ELEMENTS)
