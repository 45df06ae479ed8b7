# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain collections in the state of an environment: what is there, what may come, what goes.

What a new environment holds is made when somebody first asks for it, with ids that follow from the environment's, so
that a new environment costs nothing, and that reading changes nothing of what ``--seed`` gives afterwards.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..hal import links
from ..models.base import Model
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, References, Within


def objects(collection: PlainCollection, within: Within) -> dict[str, PlainObject]:
    """The objects of the collection by id, in the order of their creation."""
    held = within.state.plain.setdefault(within.holder_id, {})
    if collection.name not in held:
        held[collection.name] = dict(_initial(collection, within))
    return held[collection.name]


def places(collection: PlainCollection, environment: Within) -> Iterator[Within]:
    """All places in an environment where the collection can have objects."""
    if collection.holder is None:
        yield environment
        return
    for holder in named(collection.holder, environment).values():
        if collection.held_by(holder):
            yield Within(environment.tenant, environment.state, holder)


def derived_id(*parts: str) -> str:
    """An id that follows from other ids and names."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _initial(collection: PlainCollection, within: Within) -> Iterator[tuple[str, PlainObject]]:
    holder = within.holder if within.holder is not None else within.state.environment
    for number, members in enumerate(collection.initial(within)):
        id_ = derived_id(within.holder_id, collection.name, str(number))
        yield (
            id_,
            PlainObject.model_construct(
                id=id_, members=dict(members), created_at=holder.created_at, updated_at=holder.created_at
            ),
        )


def default(collection: PlainCollection, within: Within) -> PlainObject:
    """The object that has ``default``."""
    return next(one for one in objects(collection, within).values() if one.members["default"])


# -- what may come --------------------------------------------------------------------------------------------------


def composed(collection: PlainCollection, within: Within, body: Model, current: PlainObject | None) -> Members:
    """The members to store: what was sent, what stays of the current object, what the service adds."""
    sent = body.shown()
    if current is not None:
        if collection.replacement is not None:
            sent = {**current.members, **sent}
        sent = {**{name: current.members[name] for name in collection.fixed if name in current.members}, **sent}
        if collection.one_default and current.members["default"]:
            sent["default"] = True
    if collection.one_default:
        sent.setdefault("default", False)
    return {**sent, **collection.added(sent, current, within)}


def problems(
    collection: PlainCollection, within: Within, members: Members, current: PlainObject | None
) -> Iterator[Problem]:
    """Everything that keeps the members from being stored."""
    for name in collection.fixed:
        if current is not None and members.get(name) != current.members.get(name):
            yield Problem("INVALID_VALUE", f"{name} cannot be changed.", name)
    yield from _taken(collection, within, members, current)
    yield from dangling(collection.references, within, members)
    yield from collection.check(members, current, within)


def _taken(
    collection: PlainCollection, within: Within, members: Members, current: PlainObject | None
) -> Iterator[Problem]:
    for name in collection.unique:
        value = _comparable(members.get(name))
        for one in objects(collection, within).values():
            if value is not None and one is not current and _comparable(one.members.get(name)) == value:
                text = f"A resource with the specified {name} already exists"
                yield Problem("UNIQUENESS_VIOLATION", text, name, {"existingId": one.id})


def _comparable(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def dangling(references: References, within: Within, members: Members) -> Iterator[Problem]:
    """References to what the environment does not have (that they are refused is inferred)."""
    for member, target in references.items() if within.tenant.switches.strict_references else ():
        for id_ in _values(members, member.split(".")):
            if id_ not in named(target, within):
                yield Problem("INVALID_VALUE", f"{member} names nothing that the environment has", member)


def named(target: PlainCollection | str, within: Within) -> Mapping[str, Any]:
    """The objects of one of the environment's collections by id, plain or not."""
    if isinstance(target, PlainCollection):
        return objects(target, Within(within.tenant, within.state))
    found: Mapping[str, Any] = getattr(within.state, target)
    return found


def _values(document: Any, path: list[str]) -> Iterator[Any]:
    """The values at the path, through lists as well."""
    if isinstance(document, list):
        for one in document:
            yield from _values(one, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from _values(document[path[0]], path[1:])


def put(
    collection: PlainCollection,
    within: Within,
    members: Members,
    current: PlainObject | None = None,
    id_: str | None = None,
) -> PlainObject:
    """Store the members as a new object, which may bring its id, or in the place of the current one."""
    now = within.tenant.clock.stamp()
    stored = PlainObject.model_construct(
        id=current.id if current else id_ or within.tenant.ids.object(),
        members=members,
        created_at=current.created_at if current else now,
        updated_at=now,
    )
    here = objects(collection, within)
    here[stored.id] = stored
    if collection.one_default and members["default"]:
        for other in here.values():
            other.members["default"] = other is stored
    return stored


# -- what goes ------------------------------------------------------------------------------------------------------


def removal_problems(collection: PlainCollection, within: Within, current: PlainObject) -> Iterator[Problem]:
    """Everything that keeps the object from being deleted."""
    if collection.one_default and current.members["default"]:
        yield Problem("CONSTRAINT_VIOLATION", "The default cannot be deleted.", "default")  # (inferred)
    yield from collection.check_removal(current, within)


def remove(collection: PlainCollection, within: Within, current: PlainObject) -> None:
    """Delete the object, with what it holds."""
    del objects(collection, within)[current.id]
    within.state.plain.pop(current.id, None)
    collection.removed(current, within)


# -- what is shown --------------------------------------------------------------------------------------------------


def wire(collection: PlainCollection, within: Within, one: PlainObject, api: str) -> Members:
    """The object as the API shows it, with links to itself and to what holds it."""
    environment = f"{api}/environments/{within.state.environment.id}"
    if within.holder is None:
        relations = links(self=f"{environment}/{collection.name}/{one.id}", environment=environment)
    else:
        holder = f"{environment}/{collection.holder_name}/{within.holder_id}"
        self_ = f"{holder}/{collection.name}/{one.id}"
        relations = links(self=self_, environment=environment, **{collection.holder_item: holder})
    return {"_links": relations, **shown(collection, within, one)}


def shown(collection: PlainCollection, within: Within, one: PlainObject) -> Members:
    """The object without its links: ids, what is stored, what is counted, times."""
    document: Members = {"id": one.id}
    if collection.names_environment:
        document["environment"] = {"id": within.state.environment.id}
    if within.holder is not None:
        document[collection.holder_item] = {"id": within.holder_id}
    document.update(_without(one.members, [name.split(".") for name in collection.hidden]))
    document.update(collection.counted(one, within))
    times = {"createdAt": one.created_at, "updatedAt": one.updated_at}
    document.update((name, times[name]) for name in collection.times)
    return document


def _without(document: Any, paths: Iterable[list[str]]) -> Any:
    if isinstance(document, list):
        return [_without(one, paths) for one in document]
    if not isinstance(document, dict):
        return document
    last = {path[0] for path in paths if len(path) == 1}
    return {
        key: _without(value, [path[1:] for path in paths if path[0] == key and len(path) > 1])
        for key, value in document.items()
        if key not in last
    }
