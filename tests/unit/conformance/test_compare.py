# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a difference, and what does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pingone_conformance.compare import differences

ID = "a0000000-0000-4000-8000-00000000000{}"


def transcript(*exchanges: dict[str, Any], ids: dict[str, str] | None = None, **roles: str) -> dict[str, Any]:
    """Make a transcript."""
    return {"ids": ids or {}, "roles": {key: label for label, key in roles.items()}, "exchanges": list(exchanges)}


def answer(body: Any = None, status: int = 200, name: str = "read", **headers: str) -> dict[str, Any]:
    """Make an exchange that was answered."""
    response: dict[str, Any] = {"status": status, "headers": headers}
    return {"name": name, "response": response if body is None else {**response, "body": body}}


def lines(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    """Compare two transcripts of one exchange each."""
    return [str(item) for item in differences(transcript(one), transcript(two))]


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["read: a: 1 | 2"]),
        ({"a": 1}, {"a": True}, ["read: a: 1 | true"]),
        ({"a": None}, {}, ["read: a: null | absent"]),
        ({"a": {"b": "x"}}, {"a": {}}, ['read: a.b: "x" | absent']),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}, ["read: a, order: b, c | c, b"]),
        ({"a": []}, {"a": {}}, ["read: a: [] | {}"]),
        ({"a": [1, 2]}, {"a": [1]}, ["read: a: 2 items | 1 items"]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, ["read: a, order: x, y | y, x"]),
        ({"a": ["x", "y"]}, {"a": ["y"]}, ["read: a[x]: there | absent"]),
        (
            {"a": [{"name": "x", "b": 1}]},
            {"a": [{"name": "y"}, {"name": "x", "b": 2}]},
            ["read: a[x].b: 1 | 2", "read: a[y]: absent | there"],
        ),
        (
            {"a": [{"name": "x", "b": 1}, {"name": "x", "b": 2}, {"name": "y"}]},
            {"a": [{"name": "x", "b": 1}, {"name": "y"}]},
            ["read: a[x (2)]: there | absent"],
        ),
        (
            {"a": [{"role": {"id": "r"}, "scope": {"id": "s"}, "readOnly": True}]},
            {"a": [{"role": {"id": "q"}, "scope": {"id": "s"}}, {"role": {"id": "r"}, "scope": {"id": "s"}}]},
            ["read: a[r at s].readOnly: true | absent", "read: a[q at s]: absent | there"],
        ),
        ({"a": {"id": ID.format(1)}}, {}, ['read: a: {"id": "<id>"} | absent']),
        ({"count": "<left out>"}, {"count": 2}, []),
        ({"checkSum": "1"}, {"checkSum": "2"}, []),
        ({"checkSum": "1"}, {}, ['read: checkSum: "1" | absent']),
        ({"at": "2026-01-02T03:04:05.678Z"}, {"at": "2027-11-12T13:14:15.999Z"}, []),
        (
            {"at": "2026-01-02T03:04:05.678Z"},
            {"at": "2026-01-02T03:04:05Z"},
            ['read: at: "0000-00-00T00:00:00.000Z" | "0000-00-00T00:00:00Z"'],
        ),
        ({"id": ID.format(1)}, {"id": ID.format(2)}, []),
        ({"id": ID.format(1)}, {"id": ID.format("a").upper()}, ['read: id: "<id>" | "<ID>"']),
    ],
)
def test_bodies(one: Any, two: Any, found: list[str]) -> None:
    assert lines(answer(one), answer(two)) == found


def test_known_ids_are_compared_by_what_they_are() -> None:
    one = transcript(answer({"a": ID.format(1)}), ids={ID.format(1): "worker"})
    same = transcript(answer({"a": ID.format(7)}), ids={ID.format(7): "worker"})
    other = transcript(answer({"a": ID.format(1)}), ids={ID.format(1): "environment"})
    assert differences(one, same) == []
    assert [str(item) for item in differences(one, other)] == ['read: a: "<worker>" | "<environment>"']


def test_an_id_of_a_platform_role_differs_once() -> None:
    sides = [
        transcript(answer({"role": key}), answer({"again": key}, name="more"), role_reader=key)
        for key in ("29ddce68-cd7f-4b2a-b6fc-f7a19553b496", "0bd9c966-7664-4ac1-b059-0ff9293908e2")
    ]
    assert [item.where for item in differences(*sides)] == ["id of role_reader"]


def test_a_status_is_told_with_the_errors_name_and_without_the_members_of_a_success() -> None:
    refusal = {"code": "INVALID_DATA", "message": "no", "details": [{"code": "UNIQUENESS_VIOLATION"}]}
    found = lines(answer({"id": 1, "b": 2}, 201, location="x"), answer(refusal, 400))
    assert found == ["read: status: 201 | 400 INVALID_DATA UNIQUENESS_VIOLATION"]


def test_texts_of_two_refusals_are_compared_whatever_their_status() -> None:
    found = lines(answer({"error": "a"}, 400), answer({"error": "b"}, 401))
    assert found == ["read: status: 400 a | 401 b", 'read: error: "a" | "b"']


def test_a_header_that_differs_everywhere_is_told_once() -> None:
    one = transcript(*(answer(name=name, vary="Origin", pragma="x") for name in ("a", "b", "c")))
    two = copy.deepcopy(one)
    for exchange in two["exchanges"]:
        del exchange["response"]["headers"]["vary"]
    two["exchanges"][1]["response"]["headers"]["pragma"] = "y"
    assert [str(item) for item in differences(one, two)] == [
        'a and 2 more: header vary: "Origin" | absent',
        'b: header pragma: "x" | "y"',
    ]


def test_the_length_of_an_answer_is_no_difference_of_its_own() -> None:
    assert lines(answer(**{"content-length": "1"}), answer(**{"content-length": "2"})) == []
    assert len(lines(answer(**{"content-length": "1"}), answer())) == 1


def test_what_follows_from_a_difference_is_none() -> None:
    made = [answer(status=201, name="make"), answer(status=204, name="remove"), answer(status=404, name="look")]
    refused = [
        answer({"code": "X"}, 400, name="make"),
        {"name": "remove", "notHeld": "nothing gave x", "needs": "make"},
        {"name": "look", "notHeld": "nothing gave y", "needs": "remove"},
    ]
    assert [str(item) for item in differences(transcript(*made), transcript(*refused))] == ["make: status: 201 | 400 X"]
    refused[1]["needs"] = "something else"
    assert [str(item) for item in differences(transcript(*made), transcript(*refused))] == [
        "make: status: 201 | 400 X",
        "remove: held: answered | nothing gave x",
    ]


def test_an_exchange_that_one_side_does_not_know() -> None:
    found = differences(transcript(answer(name="a")), transcript(answer(name="b")))
    assert [str(item) for item in found] == ["a: exchange: there | not there", "b: exchange: not there | there"]
