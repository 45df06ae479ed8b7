# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison with recorded answers finds what it is there to find."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator_recorded import Comparison, Exclusion, read
from pingone_emulator.api_date import ApiDate

ONE, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
RECORDED: dict[str, Any] = {
    "_links": {"self": {"href": f"https://api.pingone.eu/v1/environments/{ONE}/groups?limit=100"}},
    "_embedded": {
        "groups": [
            {"id": OTHER, "environment": {"id": ONE}, "createdAt": "2022-04-27T13:04:35.161Z", "checkSum": "1"},
        ]
    },
    "count": 1,
    "size": 1,
}


def differences(answered: Any, *exclusions: Exclusion) -> list[str]:
    comparison = Comparison(exclusions)
    comparison.compare("file", RECORDED, answered)
    return comparison.differences


def test_other_ids_times_and_hosts_are_no_difference() -> None:
    text = json.dumps(RECORDED)
    for old, new in (
        (ONE, OTHER.replace("2", "3")),
        ("https://api.pingone.eu", "http://127.0.0.1:1"),
        ("04-27", "05-01"),
    ):
        text = text.replace(old, new)
    assert differences(json.loads(text)) == []


def _without_count(answer: Any) -> None:
    del answer["count"]


def _with_a_member(answer: Any) -> None:
    answer["_embedded"]["groups"][0]["name"] = "more"


def _in_another_order(answer: Any) -> None:
    answer["_embedded"]["groups"][0] = dict(reversed(answer["_embedded"]["groups"][0].items()))


def _with_another_item(answer: Any) -> None:
    answer["_embedded"]["groups"] *= 2


def _with_another_size(answer: Any) -> None:
    answer["size"] = 2


def _with_an_id_of_something_else(answer: Any) -> None:
    answer["_embedded"]["groups"][0]["environment"]["id"] = OTHER


def _with_a_shorter_time(answer: Any) -> None:
    answer["_embedded"]["groups"][0]["createdAt"] = "2022-04-27T13:04:35Z"


def _with_another_link(answer: Any) -> None:
    answer["_links"]["self"]["href"] += "0"


@pytest.mark.parametrize(
    "change",
    [
        _without_count,
        _with_a_member,
        _in_another_order,
        _with_another_item,
        _with_another_size,
        _with_an_id_of_something_else,
        _with_a_shorter_time,
        _with_another_link,
    ],
)
def test_each_difference_is_found(change: Callable[[Any], None]) -> None:
    answer = copy.deepcopy(RECORDED)
    change(answer)
    assert len(differences(answer)) == 1


def test_an_exclusion_covers_its_place_and_no_other() -> None:
    answer = copy.deepcopy(RECORDED)
    group = answer["_embedded"]["groups"][0]
    group["checkSum"] = "2"
    there = Exclusion("f*", "$._embedded.groups[[]*].checkSum", "why")

    assert differences(answer, there) == []
    assert len(differences(answer, Exclusion("g*", there.place, "why"))) == 1
    del group["checkSum"]
    assert differences(answer, there) == []
    del group["createdAt"]
    assert len(differences(answer, there)) == 1


def test_a_list_without_an_order_is_compared_as_a_set() -> None:
    comparison = Comparison((Exclusion("file", "$.names.order", "why"),))
    comparison.compare("file", {"names": ["a", "b"]}, {"names": ["b", "a"]})
    assert comparison.differences == []
    comparison.compare("file", {"names": ["a", "b"]}, {"names": ["b", "c"]})
    comparison.compare("other", {"names": ["a", "b"]}, {"names": ["b", "a"]})
    assert len(comparison.differences) == 4


def test_ids_of_platform_roles_are_the_same_everywhere() -> None:
    comparison = Comparison(())
    comparison.compare("file", {"roles": [{"id": ONE}]}, {"roles": [{"id": OTHER}]})
    assert len(comparison.differences) == 1


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("rec2022-users-list", ApiDate.APRIL_2022),
        ("doc2024-application-secret-get", ApiDate.JULY_2023),
        ("test2025-token-wrong-method", ApiDate.MARCH_2025),
        ("live2026-application-patch-403", ApiDate.APRIL_2026),
    ],
)
def test_a_recording_is_of_the_newest_date_before_the_end_of_its_year(tmp_path: Path, name: str, date: ApiDate) -> None:
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps({"request": {}, "response": {"status": 200, "body": {}}}))
    assert read(path).api_date is date
