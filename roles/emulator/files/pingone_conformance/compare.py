# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two transcripts of the same conversation: pure, one difference a line.

Ids are compared by what they are known as, times by their form; everything else by its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .sanitize import LEFT_OUT

_ID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")
# What follows from members that are compared, or from ids and times.
_FORM_ONLY = {"checkSum", "content-length"}
_LENGTH = 160
_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """Where the two sides do not agree: in which exchange, at what of it, and what each has."""

    exchange: str
    where: str
    first: str
    second: str
    # In how many exchanges more the same header differs in the same way.
    more: int = 0

    def __str__(self) -> str:
        exchange = f"{self.exchange} and {self.more} more" if self.more else self.exchange
        return f"{exchange}: {self.where}: {self.first} | {self.second}"


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    """Return the differences of two transcripts, in the order of the conversation."""
    labels = ({**first["ids"], **first["roles"]}, {**second["ids"], **second["roles"]})
    others = {exchange["name"]: exchange for exchange in second["exchanges"]}
    found = list(_roles(first["roles"], second["roles"]))
    unlike: set[str] = set()
    for exchange in first["exchanges"]:
        name = exchange["name"]
        other = others.pop(name, None)
        if other is None:
            found.append(Difference(name, "exchange", "there", "not there"))
            continue
        for where, one, two in _exchange(exchange, other, labels, unlike):
            found.append(Difference(name, where, one, two))
            if where in ("status", "held"):
                unlike.add(name)
    found += [Difference(name, "exchange", "not there", "there") for name in others]
    return list(_fold(found))


def _roles(one: Mapping[str, str], two: Mapping[str, str]) -> Iterator[Difference]:
    """Compare the ids of the platform roles here, since elsewhere each is known by its label."""
    first, second = ({label: key for key, label in side.items()} for side in (one, two))
    for label in sorted(first.keys() & second.keys()):
        if first[label] != second[label]:
            yield Difference("roles", f"id of {label}", first[label], second[label])


def _fold(found: Sequence[Difference]) -> Iterator[Difference]:
    """Tell a header that differs everywhere once."""
    same: dict[tuple[str, str, str], int] = {}
    for item in found:
        same[(item.where, item.first, item.second)] = same.get((item.where, item.first, item.second), 0) + 1
    for item in found:
        if not item.where.startswith("header "):
            yield item
            continue
        count = same.pop((item.where, item.first, item.second), 0)
        if count:
            yield Difference(item.exchange, item.where, item.first, item.second, count - 1)


_Triple = tuple[str, str, str]
_Labels = tuple[Mapping[str, str], Mapping[str, str]]


def _exchange(one: Mapping[str, Any], two: Mapping[str, Any], labels: _Labels, unlike: set[str]) -> Iterator[_Triple]:
    if "response" not in one or "response" not in two:
        held = ["answered" if "response" in side else str(side.get("notHeld")) for side in (one, two)]
        # What is missing because an earlier exchange went another way is no difference of its own.
        follows = {side.get("needs") for side in (one, two)} & unlike
        if held[0] != held[1] and follows:
            unlike.add(one["name"])
        elif held[0] != held[1]:
            yield "held", held[0], held[1]
        return
    ours, theirs = one["response"], two["response"]
    if ours["status"] != theirs["status"]:
        yield "status", _status(ours), _status(theirs)
    # A refusal has not the members of a success: the status tells it all.
    if (ours["status"] < 300) == (theirs["status"] < 300):
        yield from _headers(ours["headers"], theirs["headers"], labels)
        yield from _values("text", ours.get("text", _ABSENT), theirs.get("text", _ABSENT), labels)
        yield from _values("", ours.get("body", _ABSENT), theirs.get("body", _ABSENT), labels)


def _status(response: Mapping[str, Any]) -> str:
    """Tell a status with the error's own name for it."""
    body = response.get("body")
    body = body if isinstance(body, Mapping) else {}
    details = body.get("details") or [{}]
    names = [body.get("error"), body.get("code"), details[0].get("code") if isinstance(details[0], Mapping) else None]
    return " ".join([str(response["status"]), *(str(name) for name in names if name)])


def _headers(one: Mapping[str, Any], two: Mapping[str, Any], labels: _Labels) -> Iterator[_Triple]:
    for name in dict.fromkeys([*one, *two]):
        yield from _values(f"header {name}", one.get(name, _ABSENT), two.get(name, _ABSENT), labels)


def _values(where: str, one: Any, two: Any, labels: _Labels) -> Iterator[_Triple]:
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        yield from _members(where, one, two, labels)
    elif isinstance(one, list) and isinstance(two, list):
        yield from _items(where, one, two, labels)
    elif LEFT_OUT in (one, two) or (_is_form_only(where) and type(one) is type(two)):
        return
    elif _normal(one, labels[0]) != _normal(two, labels[1]):
        yield where or "body", _shown(one, labels[0]), _shown(two, labels[1])


def _is_form_only(where: str) -> bool:
    return where.split(".")[-1].removeprefix("header ") in _FORM_ONLY


def _members(where: str, one: Mapping[str, Any], two: Mapping[str, Any], labels: _Labels) -> Iterator[_Triple]:
    common = [name for name in one if name in two]
    if common != [name for name in two if name in one]:
        other = [name for name in two if name in one]
        yield f"{where or 'body'}, order", ", ".join(common), ", ".join(other)
    for name in dict.fromkeys([*one, *two]):
        inner = f"{where}.{name}" if where else name
        yield from _values(inner, one.get(name, _ABSENT), two.get(name, _ABSENT), labels)


def _items(where: str, one: list[Any], two: list[Any], labels: _Labels) -> Iterator[_Triple]:
    """Compare lists: by the items' own names where they have unique ones, else by their places."""
    keys = (_keys(one, labels[0]), _keys(two, labels[1]))
    if keys[0] is None or keys[1] is None:
        if len(one) != len(two):
            yield where, f"{len(one)} items", f"{len(two)} items"
        for place, (ours, theirs) in enumerate(zip(one, two, strict=False)):
            yield from _values(f"{where}.{place}", ours, theirs, labels)
        return
    first, second = dict(zip(keys[0], one, strict=True)), dict(zip(keys[1], two, strict=True))
    common = ([key for key in first if key in second], [key for key in second if key in first])
    if common[0] != common[1]:
        yield f"{where}, order", ", ".join(common[0]), ", ".join(common[1])
    for key in dict.fromkeys([*first, *second]):
        if key in first and key in second:
            yield from _values(f"{where}[{key}]", first[key], second[key], labels)
        else:
            yield f"{where}[{key}]", "there" if key in first else "absent", "there" if key in second else "absent"


def _keys(items: list[Any], labels: Mapping[str, str]) -> list[str] | None:
    """Return a name of each item, if there is one; those that share a name are numbered."""
    for make in (_plain_key, _name_key, _assignment_key, _permission_key, _type_key):
        keys = [str(_normal(make(item), labels)) for item in items]
        if all(keys):
            return [_numbered(key, keys[:place].count(key)) for place, key in enumerate(keys)]
    return None


def _numbered(key: str, earlier: int) -> str:
    return f"{key} ({earlier + 1})" if earlier else key


def _plain_key(item: Any) -> str:
    return item if isinstance(item, str) else ""


def _name_key(item: Any) -> str:
    name = item.get("name") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else ""


def _assignment_key(item: Any) -> str:
    role, scope = (item.get("role"), item.get("scope")) if isinstance(item, Mapping) else (None, None)
    if not isinstance(role, Mapping) or not isinstance(scope, Mapping):
        return ""
    return f"{role.get('id')} at {scope.get('id')}"


def _permission_key(item: Any) -> str:
    if not isinstance(item, Mapping) or "classifier" not in item:
        return ""
    return f"{item['classifier']}: {item.get('description')}"


def _type_key(item: Any) -> str:
    return str(item.get("type") or "") if isinstance(item, Mapping) else ""


def _normal(value: Any, labels: Mapping[str, str]) -> Any:
    """Return a value in which ids are their labels, and times have their form alone."""
    if isinstance(value, str):
        text = _ID.sub(lambda match: _known(match.group(0), labels), value)
        return _TIME.sub(lambda match: re.sub(r"\d", "0", match.group(0)), text)
    # A JSON true is no 1.
    return (type(value), value) if isinstance(value, (bool, int, float)) else value


def _known(text: str, labels: Mapping[str, str]) -> str:
    label = labels.get(text.lower(), "id")
    return f"<{label.upper() if text != text.lower() else label}>"


def _shown(value: Any, labels: Mapping[str, str]) -> str:
    """Tell a value in a line."""
    if value is _ABSENT:
        return "absent"
    text = str(_normal(json.dumps(value, ensure_ascii=False), labels))
    return text if len(text) <= _LENGTH else text[: _LENGTH - 3] + "..."
