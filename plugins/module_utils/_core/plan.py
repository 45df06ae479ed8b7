# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change: a pure comparison of what is with what is wanted.

Check mode is a plan that is not applied, diff mode shows the plan's two sides, and the real run applies it: there is
one comparison for all of them. Nothing here talks to the service. This module is private to the collection.
"""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._base.ids import free_predicted_id, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import (
    ABSENT,
    Field,
    Table,
    get_member,
    put_member,
)

_Plan = t.TypeVar("_Plan")
_After = t.TypeVar("_After")


class Write(t.NamedTuple):
    """A request that a plan leads to.

    method: of HTTP.
    below: its path below that of the collection that is written; an id that is not known is C(*).
    """

    method: str
    below: str = ""


@dataclass(frozen=True)
class Sides:
    """An object before and after a plan, as the service sends it, and without any secret; None where there is none.

    identity: the members by which it is recognised once it was created.
    """

    before: Wire | None
    after: Wire | None
    identity: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One step of one object, and its two sides.

    action: C(none), C(create), C(replace) or C(delete).
    current: the object as it was read, or None.
    body: the body of the request, or None when there is none.
    predicted: the object as it should be afterwards, or None when it is gone.
    """

    table: Table
    action: str
    current: Wire | None
    body: Wire | None
    predicted: Wire | None

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "none"

    @property
    def writes(self) -> tuple[Write, ...]:
        """The request that carries it out."""
        if not self.changed:
            return ()
        if self.action == "create":
            return (Write("POST"),)
        return (Write("PUT" if self.action == "replace" else "DELETE", f"/{(self.current or {})['id']}"),)

    @property
    def before(self) -> dict[str, t.Any] | None:
        """The object before, as results show it."""
        return self.table.to_result(self.current)

    @property
    def after(self) -> dict[str, t.Any] | None:
        """The object afterwards, as results show it: predicted, or answered once it was applied."""
        return self.table.to_result(self.predicted)

    @property
    def sides(self) -> tuple[Sides, ...]:
        """The object, for later tasks of a dry run."""
        before, after = (self.table.without_write_only(side) for side in (self.current, self.predicted))
        return (Sides(before, after, self.table.identity),)

    def matches_created(self, wire: Wire) -> bool:
        """Whether an object is the one that this change creates, as far as its identity tells."""
        body = self.body or {}
        return all(wire.get(member) == body.get(member) for member in self.table.identity)

    def with_result(self, wire: Wire | None) -> Change:
        """Return the same change with the service's answer in the place of the prediction."""
        return replace(self, predicted=wire)


@dataclass(frozen=True)
class Outcome(t.Generic[_Plan, _After]):
    """What became of an object.

    plan: what was planned.
    after: what is there afterwards, as answered or predicted.
    title: what a diff calls the object.
    """

    plan: _Plan
    after: _After
    title: str = ""


def plan(
    table: Table,
    current: Wire | None,
    wanted: t.Mapping[str, t.Any],
    *,
    on_create: t.Mapping[str, t.Any] | None = None,
    environment_id: str | None = None,
) -> Change:
    """Return the change that leads from an object to what the user wants of it.

    table: the resource's fields.
    current: the object as it was read, or None when there is none.
    wanted: the module's options; an option that is None is left alone.
    on_create: options that a new object gets where the user gave none.
    environment_id: the environment of a new object, for its predicted id.

    Raises OptionError for a value that is out of bounds.
    """
    if current is None:
        return _creation(table, wanted, on_create or {}, environment_id)
    predicted = copy.deepcopy(current)
    for field, value in table.given(wanted):
        if field.create_only or field.write_only:
            continue
        found = get_member(current, field.member)
        if not (field.is_reset(found) if value is ABSENT else field.same(found, value)):
            put_member(predicted, field.member, _merged(field, found, value))
    if predicted == current:
        return Change(table, "none", current, None, current)
    sent = {member: value for member, value in predicted.items() if member not in table.server_owned}
    body = copy.deepcopy(sent)
    _fill_defaults(table, predicted)
    return Change(table, "replace", current, body, predicted)


def with_free_id(change: Change, listed: t.Iterable[Wire]) -> Change:
    """Return a change that creates with a predicted id that no other object has; every other change as it is.

    listed: the objects beside which the new one will stand, as they would be.
    """
    if change.action != "create" or change.predicted is None:
        return change
    taken = {item["id"] for item in listed}
    return change.with_result({**change.predicted, "id": free_predicted_id(change.predicted["id"], taken)})


def removal(table: Table, current: Wire | None) -> Change:
    """Return the change that removes an object, which is none when there is no object."""
    return Change(table, "none" if current is None else "delete", current, None, None)


def _creation(
    table: Table, wanted: t.Mapping[str, t.Any], on_create: t.Mapping[str, t.Any], environment_id: str | None
) -> Change:
    body: Wire = dict(table.fixed)
    given = {**on_create, **{option: value for option, value in wanted.items() if value is not None}}
    for field, value in table.given(given):
        if value is not ABSENT:
            put_member(body, field.member, value)
    predicted = copy.deepcopy(body)
    _fill_defaults(table, predicted)
    predicted["id"] = predicted_id(table.kind, environment_id, str(wanted.get("name") or ""))
    if environment_id:
        predicted["environment"] = {"id": environment_id}
    return Change(table, "create", None, body, predicted)


def _fill_defaults(table: Table, wire: Wire) -> None:
    """Add what the service shows by itself, so that a prediction has the members of the answer."""
    for field in table.fields:
        if field.default is not None and get_member(wire, field.member) is ABSENT:
            put_member(wire, field.member, copy.deepcopy(field.default))


def _merged(field: Field, found: t.Any, value: t.Any) -> t.Any:
    """Return a new value with the parts of the old one that this collection does not know."""
    if not field.options or found is ABSENT or value is ABSENT:
        return value
    known = {part.member.partition(".")[0] for part in field.options}
    return {**{member: part for member, part in found.items() if member not in known}, **value}
