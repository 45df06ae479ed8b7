# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plain collection is: one description, which ``store`` and the routes of ``routes/plain.py`` serve.

A collection is plain when creating, reading, listing, replacing and deleting is all that its objects know, and when
what is sent is what is shown. What it does beyond that are the functions that its description names, in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..models.base import Model
from ..models.plain import Members, PlainObject
from ..problem import Problem
from ..tenant import EnvironmentState, Tenant

LIST, CREATE, READ, REPLACE, DELETE = "list", "create", "read", "replace", "delete"
ALL = frozenset({LIST, CREATE, READ, REPLACE, DELETE})


@dataclass(frozen=True)
class Within:
    """Where objects of a collection live: an environment, or an object in it such as an application."""

    tenant: Tenant
    state: EnvironmentState
    holder: Any = None

    @property
    def holder_id(self) -> str:
        """The id of the holder, which is the environment where there is no other."""
        return self.holder.id if self.holder is not None else self.state.environment.id


def nothing(*_: Any) -> tuple[()]:
    """The default of the functions of a description: nothing comes with an environment, nothing is wrong."""
    return ()


def no_members(*_: Any) -> Members:
    """No members beyond those that are stored."""
    return {}


@dataclass(frozen=True, eq=False)
class PlainCollection:
    """A description. Members are named as the API names them, with dots for those of members.

    Where a function takes the current object, there is none while an object is created.
    """

    name: str  # the last part of the path, and the key of the list
    item: str  # the name of an object's id in the path
    body: type[Model] = Model  # what may be sent
    variants: Mapping[str, type[Model]] = field(default_factory=dict)  # what may be sent instead, by ``type``
    replacement: type[Model] | None = None  # what a PUT may change, when the rest stays
    # The collection whose objects hold these, where it is not the environment; a name for one that is not plain.
    holder: PlainCollection | str | None = None
    held_by: Callable[[Any], bool] = lambda _holder: True  # which of those objects do hold them
    is_late_in: Callable[[Any], bool] = lambda _holder: False  # in which of them, while new, they may not be there yet
    operations: frozenset[str] = ALL
    absent: str = ""  # the text of a 404, with {id} and {environment}; the general one when there is none

    unique: tuple[str, ...] = ()  # members whose values differ, within the holder
    references: References = field(default_factory=dict)
    one_default: bool = False  # exactly one object has ``default``, and stays as long as it has it
    fixed: tuple[str, ...] = ()  # members that stay as they were created; a PUT may leave them out
    hidden: tuple[str, ...] = ()  # members that are never shown
    times: tuple[str, ...] = ("createdAt", "updatedAt")  # which of these are shown
    names_environment: bool = True  # whether an object shows its environment

    # The objects that a new environment (or a new holder) has.
    initial: Callable[[Within], Iterable[Members]] = nothing
    # What the service adds to what was sent: (sent, current, within) -> members.
    added: Callable[[Members, PlainObject | None, Within], Members] = no_members
    # What is wrong with an object as it would be stored: (members, current, within) -> problems.
    check: Callable[[Members, PlainObject | None, Within], Iterable[Problem]] = nothing
    # Why an object may not be deleted: (object, within) -> problems.
    check_removal: Callable[[PlainObject, Within], Iterable[Problem]] = nothing
    # What changes elsewhere when an object is deleted: (object, within).
    removed: Callable[[PlainObject, Within], object] = nothing
    # What is shown beside the stored members, and counted anew each time: (object, within) -> members.
    counted: Callable[[PlainObject, Within], Members] = no_members

    @property
    def holder_name(self) -> str:
        """The name of the holding collection; empty where the environment itself holds the objects."""
        return self.holder.name if isinstance(self.holder, PlainCollection) else self.holder or ""

    @property
    def holder_item(self) -> str:
        """The name of the holder's id in the path, and of its reference in an object."""
        return self.holder.item if isinstance(self.holder, PlainCollection) else (self.holder or "").removesuffix("s")

    @property
    def path(self) -> str:
        """The path of the list below ``/v1``."""
        held = f"/{self.holder_name}/{{{self.holder_item}}}" if self.holder else ""
        return f"/environments/{{environment}}{held}/{self.name}"

    def model(self, document: Mapping[str, Any]) -> type[Model]:
        """The model of a body, which its ``type`` may choose."""
        kind = document.get("type")
        return self.variants.get(kind, self.body) if isinstance(kind, str) else self.body


# Members that hold ids -> the collection of the ids; a name for a collection of the environment that is not plain.
References = Mapping[str, PlainCollection | str]
