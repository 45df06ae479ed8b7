# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a resource: which option stands for which member of the service's object.

One table drives the argument spec, the request body, the comparison and the returned object, so that the four cannot
disagree. This module is private to the collection.
"""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire


class _Absent:
    """The value of a member that an object does not have."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: t.Final = _Absent()


@dataclass(frozen=True)
class Field:
    """One option of a module and the member of the wire object that it stands for.

    option: the name of the option and of the key in results.
    member: the path of the member, its parts joined by dots.
    type, elements, choices, required, no_log: as in an argument spec.
    options: the fields of a dictionary option; their members are relative to this one.
    ids: the option is a list of ids, the member a list of objects with an C(id). As the order means nothing, results
        show them sorted.
    keeps_empty: C([]) is sent as it is because the service wants the member; else it clears.
    default: what the service shows when the member was never sent; None when it shows nothing.
    may_show: what it shows then in newer states only, so that a new object is not predicted to have it.
    minimum, maximum: bounds of an integer, in the unit that C(unit) names.
    create_only: sent on creation, ignored by the service afterwards, and so never compared.
    read_only: owned by the service: never an option, never sent.
    write_only: never answered by the service, and so never compared nor returned.
    resettable: whether the service forgets the member when a replacement leaves it out.
    result_key: the key in results where that is another one, such as that of an id for an option that takes a name.
    """

    option: str
    member: str
    type: str = "str"
    elements: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    no_log: bool | None = None
    options: tuple[Field, ...] = ()
    ids: bool = False
    keeps_empty: bool = False
    default: t.Any = None
    may_show: t.Any = None
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    create_only: bool = False
    read_only: bool = False
    write_only: bool = False
    resettable: bool = True
    result_key: str = ""

    def argument(self) -> dict[str, t.Any]:
        """Return the option's entry of an argument spec."""
        spec: dict[str, t.Any] = {"type": self.type}
        if self.elements:
            spec["elements"] = self.elements
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.required:
            spec["required"] = True
        if self.no_log is not None:
            spec["no_log"] = self.no_log
        if self.options:
            spec["options"] = {field.option: field.argument() for field in self.options}
        return spec

    def to_wire(self, value: t.Any) -> t.Any:
        """Return the member's value for a given option; ABSENT for C(""), C([]) and C({}), where they clear."""
        if value in ("", [], {}) and not self.keeps_empty:
            return ABSENT
        if self.options:
            members: Wire = {}
            for field in self.options:
                if value.get(field.option) is not None:
                    put_member(members, field.member, field.to_wire(value[field.option]))
            return members
        if self.ids:
            return [{"id": item} for item in value]
        return value

    def to_option(self, value: t.Any) -> t.Any:
        """Return the option's value for a member's; None for ABSENT."""
        if value is ABSENT or value is None:
            return None
        if self.options:
            return {field.option: field.to_option(get_member(value, field.member)) for field in self.options}
        if self.ids:
            return sorted(item["id"] for item in value)
        return copy.deepcopy(value)

    def same(self, current: t.Any, wanted: t.Any) -> bool:
        """Tell whether two wire values mean the same: lists are sets, JSON texts are compared as JSON."""
        return bool(_comparable(self, current) == _comparable(self, wanted))

    def is_reset(self, current: t.Any) -> bool:
        """Tell whether a wire value is what the service shows when the member was never sent."""
        unset = ABSENT if self.default is None else self.default
        return self.same(current, unset) or (self.may_show is not None and self.same(current, self.may_show))

    def check(self, value: t.Any) -> None:
        """Raise OptionError when an integer is out of its bounds."""
        if self.minimum is None or self.maximum is None or self.minimum <= value <= self.maximum:
            return
        unit = f" {self.unit}" if self.unit else ""
        raise OptionError(
            self.option, f"{self.option} must be from {self.minimum} to {self.maximum}{unit}, not {value}."
        )


@dataclass(frozen=True)
class Table:
    """All fields of a resource.

    kind: what the resource is called in sentences and predicted ids.
    fields: its fields; the result of a module holds all of them but the write-only ones.
    fixed: members of every object of this kind that no option may choose.
    server_owned: members that a replacement must not send; everything else is sent back as it was read.
    identity: members by which a created object is recognised when the answer to its creation was lost.
    """

    kind: str
    fields: tuple[Field, ...]
    fixed: tuple[tuple[str, t.Any], ...] = ()
    server_owned: tuple[str, ...] = ("_links", "_embedded", "id", "environment", "createdAt", "updatedAt")
    identity: tuple[str, ...] = ("name",)

    def options(self) -> tuple[Field, ...]:
        """Return the fields that a user may give."""
        return tuple(field for field in self.fields if not field.read_only)

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the argument spec of all options, with C(reset) when any option may be reset."""
        spec = {field.option: field.argument() for field in self.options()}
        choices = [field.option for field in self.options() if self.may_reset(field)]
        if choices:
            spec["reset"] = {"type": "list", "elements": "str", "choices": choices}
        return spec

    @staticmethod
    def may_reset(field: Field) -> bool:
        """Tell whether an option can be put back to what the service does without it."""
        return field.resettable and not field.create_only and field.option != "name"

    def given(self, params: t.Mapping[str, t.Any]) -> list[tuple[Field, t.Any]]:
        """Return the fields that the user gave with their wire values; ABSENT for what is cleared or reset.

        Raises OptionError for a value out of bounds, for an option that is both given and reset, and for an empty one
        that PingOne cannot do without.
        """
        reset = set(params.get("reset") or ())
        values: list[tuple[Field, t.Any]] = []
        for field in self.options():
            value = params.get(field.option)
            if field.option in reset:
                if value is not None:
                    raise OptionError(
                        field.option, f"{field.option} is given and also listed in reset; keep one of the two."
                    )
                values.append((field, ABSENT))
            elif value is not None:
                field.check(value)
                wire = field.to_wire(value)
                if wire is ABSENT and not (self.may_reset(field) or field.create_only):
                    raise OptionError(
                        field.option, f"{field.option} must not be empty; leave it out to keep what is there."
                    )
                values.append((field, wire))
        return values

    def without_write_only(self, wire: Wire | None) -> Wire | None:
        """Return an object without what the service takes but never shows, such as a secret."""
        if wire is None:
            return None
        shown = copy.deepcopy(wire)
        for field in self.fields:
            if field.write_only:
                put_member(shown, field.member, ABSENT)
        return shown

    def to_result(self, wire: Wire | None) -> dict[str, t.Any] | None:
        """Return an object as results show it: every key, None for what the object does not have."""
        if wire is None:
            return None
        return {
            field.result_key or field.option: _shown(field, get_member(wire, field.member))
            for field in self.fields
            if not field.write_only
        }


def _shown(field: Field, value: t.Any) -> t.Any:
    # The service may leave out a list of its own that is empty, such as what a custom role can assign.
    return [] if value is ABSENT and field.ids and field.read_only else field.to_option(value)


def get_member(wire: t.Mapping[str, t.Any], path: str) -> t.Any:
    """Return the member at a dotted path, or ABSENT."""
    value: t.Any = wire
    for part in path.split("."):
        if not isinstance(value, t.Mapping) or part not in value:
            return ABSENT
        value = value[part]
    return value


def put_member(wire: Wire, path: str, value: t.Any) -> None:
    """Set the member at a dotted path; ABSENT removes it, and with it the objects that are then empty."""
    head, dot, rest = path.partition(".")
    if not dot:
        if value is ABSENT:
            wire.pop(head, None)
        else:
            wire[head] = value
        return
    inner = wire.setdefault(head, {})
    put_member(inner, rest, value)
    if not inner:
        del wire[head]


def _comparable(field: Field, value: t.Any) -> t.Any:
    if value is ABSENT or value is None:
        return None
    if field.options:
        return {part.option: _comparable(part, get_member(value, part.member)) for part in field.options}
    if field.ids:
        # Some answers describe what they refer to.
        return sorted({item["id"] for item in value}) or None
    if field.type == "list":
        # An order that the service does not promise must not make a difference.
        return sorted({json.dumps(item, sort_keys=True) for item in value}) or None
    if field.type == "json":
        return _parsed(value)
    return value if value != "" else None


def _parsed(text: t.Any) -> t.Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return text
