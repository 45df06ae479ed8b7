# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One collection of objects of PingOne: listed, read, written, kept in memory. It is private to the collection.

Objects are plain dictionaries, as the service sends them; those of a listing are shared and must not be changed in
place.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    PingOneError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import capital, title
from ansible_collections.idops.pingone.plugins.module_utils._base.times import timestamp
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import check_object
from ansible_collections.idops.pingone.plugins.module_utils._client.client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Lateness, Response
from ansible_collections.idops.pingone.plugins.module_utils._client.lock import FileLock
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import Listing
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Overlay
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change

Same = t.Callable[[Wire], bool]
IsFinal = t.Callable[[Response], bool]

# PingOne lets several objects of these kinds have one name in an environment (custom roles: inferred); of all others it
# refuses the second.
_MAY_SHARE_NAMES: t.Final = ("application", "group", "role")

# By writing these, the calling worker's own roles may change: it gets some on what it creates.
_CHANGES_ROLES: t.Final = ("role assignment", "environment", "population")

# Under which name a list is embedded, where that is not the last part of its path.
_KEYS: t.Final = {"memberOfGroups": "groupMemberships"}


@dataclass(frozen=True)
class Within:
    """Where a collection is.

    holders: the environment that it belongs to, if any, and the object of it that it is a part of, if any. Their
        C(createdAt) says whether the collection may still be late.
    of: that object, as sentences say it: C( of application 'ci'); empty for none.
    at_first: the objects that a new collection there holds from the start, without their ids.
    patience: for how many seconds a refused listing is waited for; None for what the options and the ages say.
    """

    holders: tuple[Wire, ...] = ()
    of: str = ""
    at_first: t.Sequence[Wire] = ()
    patience: float | None = None


class Resource:
    """One collection of objects.

    kind: what an object is, for errors.
    path: below the API's address.
    within: where it is.
    overlay: in a dry run, puts what earlier tasks predicted over what is listed.
    """

    def __init__(
        self,
        client: PingOneClient,
        kind: str,
        path: str,
        *,
        within: Within = Within(),
        overlay: Overlay | None = None,
    ) -> None:
        self.kind = kind
        self.path = path
        last = path.rpartition("/")[2]
        self._key = _KEYS.get(last, last)
        self.environment = environment = within.holders[0] if within.holders else None
        self._client = client
        self.place = within.of + (f" in environment '{title(environment)}'" if environment else "")
        self._late = Lateness(newer(*within.holders))
        self._within = within
        self._predicted = any(is_predicted(holder["id"]) for holder in within.holders)
        self._overlay = overlay

    def list(self, filter: str | None = None) -> Wires:
        """Return the objects, all or those of a SCIM filter, from memory while that is fresh.

        In a dry run they are as they would be, and the filter is left out where something was predicted of them: the
        service does not know what they would be called.
        """
        if self._overlay is not None and not self._overlay.is_empty():
            filter = None
        if self._predicted:
            listed = [{"id": self.predicted_id(item["name"]), **item} for item in self._within.at_first]
        else:
            listed = self._listed(filter)
        return self.as_they_would_be(listed)

    def is_predicted(self, id: str) -> bool:
        """Tell whether an object is at the service, if at all, otherwise than a dry run predicted it so far."""

        def of(objects: Wires) -> Wire | None:
            return next((item for item in objects if item["id"] == id), None)

        return self._predicted or (self._overlay is not None and of(self._listed(None)) != of(self.list()))

    def _listed(self, filter: str | None) -> Wires:
        # Threads that want the same listing wait for the one that reads it.
        with self._client.session_state.reading(self.path, filter or ""):
            found = self._client.session_state.listing(self.path, filter or "", self._client.clock.monotonic())
            return list(found.objects if found else self.refresh(filter))

    def predicted_id(self, name: str) -> str:
        """Return the id that a dry run gives to an object of a name that does not exist yet."""
        return predicted_id(self.kind, "/".join(holder["id"] for holder in self._within.holders), name)

    def refresh(self, filter: str | None = None) -> Wires:
        """Return the objects as they are listed now, and keep them."""
        # Both before the request: what is written meanwhile may not be in the answer.
        generation, at = self._lock().generation(), self._client.clock.monotonic()
        objects = self._client.list(
            self.path,
            self._key,
            operation=f"listing the {_plural(self.kind)}{self.place}",
            params={"filter": filter} if filter else None,
            late=replace(self._late, patience=self._within.patience),
        )
        if filter is None:
            objects += self._not_listed_yet(objects)
        self._client.session_state.remember(self.path, filter or "", Listing(objects, at, generation))
        return objects

    def list_at_once(self) -> Wires:
        """Return the objects, from memory while that is fresh, or as a single request a page gives them.

        Raises the error of a failure, which is not waited for, as C(PingOneClient.read_once) does. In a dry run too
        they are as they are; C(as_they_would_be) tells more.
        """
        state = self._client.session_state
        with state.reading(self.path, ""):
            at = self._client.clock.monotonic()
            known = state.listing(self.path, "", at)
            if known:
                return list(known.objects)
            generation, objects = self._lock().generation(), self._client.list_once(self.path, self._key)
            objects += self._not_listed_yet(objects)
            state.remember(self.path, "", Listing(objects, at, generation))
            return list(objects)

    def as_they_would_be(self, listed: t.Sequence[Wire]) -> Wires:
        """Return objects that were listed as they would be after what a dry run predicted so far."""
        return self._overlay.over(listed) if self._overlay else list(listed)

    def remembered(self, id: str) -> Wire | None:
        """Return an object as it was listed or read some time ago, without a request; None when it was not."""
        listings = self._client.session_state.listings
        kept = [listings[key] for key in ((self.path, ""), (f"{self.path}/{id}", "")) if key in listings]
        return next((item for listing in kept for item in listing.objects if item["id"] == id), None)

    def list_once(self) -> Wires | None:
        """Return the objects as they are listed now, if a single request a page gives them, else None."""
        with contextlib.suppress(PingOneError):
            return self._client.list_once(self.path, self._key)
        return None

    def created_by_caller(self) -> frozenset[str]:
        """Return the ids of what the calling worker created a moment ago, from this controller."""
        return frozenset(self._lock().created(by=self._client.caller))

    def get(self, id: str, patience: float | None = None) -> Wire | None:
        """Return an object as it is now, or None; in a dry run as it would be.

        patience: for how many seconds lateness is waited for, whatever the options say.
        """
        if self._predicted or is_predicted(id):
            return next((item for item in self.list() if item["id"] == id), None) if self._overlay else None
        operation = f"reading {self.kind} {id}{self.place}"
        found = self._client.get_or_none(
            f"{self.path}/{id}", operation=operation, late=replace(self._late, patience=patience)
        )
        return None if found is None else self._as_it_would_be(self._checked(found, operation))

    def find(self, id: str) -> Wire | None:
        """Return an object by its id, or None: as it was listed or read while that is fresh, else as it is now.

        It is not listed for that, unless the calling worker may list the objects and not read one.
        """
        state, own = self._client.session_state, f"{self.path}/{id}"
        with state.reading(own, ""):
            now = self._client.clock.monotonic()
            if self._predicted or state.listing(self.path, "", now):
                return next((item for item in self.list() if item["id"] == id), None)
            known = state.listing(own, "", now)
            if known:
                return self._as_it_would_be(known.objects[0])
            try:
                found = self.get(id)
            except PermissionDeniedError:
                return next((item for item in self.list() if item["id"] == id), None)
            if found is not None:
                state.remember(own, "", Listing([found], now, 0))
            return found

    def _as_it_would_be(self, object: Wire) -> Wire | None:
        shown = self.as_they_would_be([object])
        return next((item for item in shown if item["id"] == object["id"]), None)

    def read_for_update(self, object: Wire) -> Wire:
        """Return an object as the base of a PUT: as it was listed while that is fresh, else as it is read now.

        Raises NotFoundError when it is gone.
        """
        if is_predicted(object["id"]):
            return object
        listing = self._client.session_state.listing(self.path, "", self._client.clock.monotonic())
        for listed in listing.objects if listing else []:
            if listed["id"] == object["id"]:
                return self._as_it_would_be(listed) or object
        operation = f"reading {self.kind} '{title(object)}'{self.place}"
        path = f"{self.path}/{object['id']}"
        found = self._checked(self._client.get(path, operation=operation, late=self._late), operation)
        return self._as_it_would_be(found) or object

    def create(self, body: Wire, same: Same, operation: str | None = None, is_final: IsFinal | None = None) -> Wire:
        """Create an object and return it.

        same: tells whether an object is the one of this body, by what identifies it. It settles a lost answer, and
            finds one that another controller made meanwhile: then the older of both stays and is returned.
        is_final: tells whether a refusal that looks like lateness will stay, and so is not waited for.
        """
        with self.locked():
            known = self.known_ids()
            created = self.create_unsettled(body, same, operation, is_final)
            if self.kind in _MAY_SHARE_NAMES:
                return self.resolve_concurrent_create(created, same, known, self.refresh())
            return created

    def create_unsettled(
        self, body: Wire, same: Same, operation: str | None = None, is_final: IsFinal | None = None
    ) -> Wire:
        """Create an object and return it, without a look for one that another controller made meanwhile.

        Whoever creates several looks for all of them at once, by C(resolve_concurrent_create).
        """
        operation = operation or f"creating {self.kind}{_named(body)}{self.place}"
        with self.locked():
            known = self.known_ids()

            def find_created() -> Wire | None:
                return next((item for item in self.refresh() if item["id"] not in known and same(item)), None)

            created = self._client.post(
                self.path,
                body,
                operation=operation,
                find_created=find_created,
                late=replace(self._late, is_final=is_final),
            )
            self._checked(created, operation)
            self._record_write(created["id"], created, created=created["id"], by=self._client.caller)
            return created

    def known_ids(self) -> set[str]:
        """Return the ids of the objects that were listed, while that listing is fresh."""
        listing = self._client.session_state.listing(self.path, "", self._client.clock.monotonic())
        return {item["id"] for item in listing.objects} if listing else set()

    def replace(self, id: str, body: Wire, operation: str | None = None) -> Wire:
        """Replace an object and return it."""
        operation = operation or f"updating {self.kind}{_named(body) or ' ' + id}{self.place}"
        with self.locked():
            after = self._client.put(f"{self.path}/{id}", body, operation=operation, late=self._late)
            self._checked(after, operation)
            self.record_write(id, after)
            return after

    def delete(self, id: str, operation: str | None = None) -> None:
        """Delete an object; one that is gone already is as good."""
        with self.locked():
            with contextlib.suppress(NotFoundError):
                self._client.delete(
                    f"{self.path}/{id}",
                    operation=operation or f"deleting {self.kind} {id}{self.place}",
                    late=self._late,
                )
            self._client.session_state.forget(f"{self.path}/{id}")
            self._record_write(id, None, deleted=id)

    def carry_out(self, change: Change) -> Wire | None:
        """Carry out a change; return the object afterwards as the service sends it, or None when it is gone."""
        if change.action == "create":
            return self.create(change.body or {}, change.matches_created)
        identifier = (change.current or {})["id"]
        if change.action == "replace":
            return self.replace(identifier, change.body or {})
        self.delete(identifier)
        return None

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Hold the lock of this collection, from the listing to the last write.

        A listing made before another process of this controller wrote is dropped. Without effect in check mode.
        """
        if self._client.check_mode or self._predicted:
            yield
            return
        lock = self._lock()
        with lock.held(f"the {_plural(self.kind)}{self.place}", self._client.keeper.progress):
            state = self._client.session_state
            # Not between the two counts of a write that another thread of ours makes.
            with state.mutex:
                listing = state.listings.get((self.path, ""))
                if listing is not None and listing.generation != lock.generation():
                    state.forget(self.path)
            yield

    def record_write(self, id: str, after: Wire) -> None:
        """Take a change of our own into account. after: the object as answered."""
        self._record_write(id, after)

    def generation(self) -> int:
        """Return how many writes the processes of this controller have made to this collection so far."""
        return self._lock().generation()

    def _record_write(self, id: str, after: Wire | None, **came_or_went: str) -> None:
        state = self._client.session_state
        with state.mutex:
            # Both at once: else a listing would miss the write that another thread counted in between.
            state.record_write(self.path, id, after, self._lock().record_write(**came_or_went))
        if self.kind in _CHANGES_ROLES:
            state.forget_role_assignments(self.path)

    def _lock(self) -> FileLock:
        state, client = self._client.session_state, self._client
        with state.mutex:
            if self.path not in state.locks:
                name = f"{client.connection.api_url}{self.path}"
                state.locks[self.path] = FileLock(client.folder, name, client.clock)
            return state.locks[self.path]

    def _checked(self, answer: Wire, operation: str) -> Wire:
        return check_object(answer, f"one {self.kind} with its id", operation)

    def _not_listed_yet(self, objects: Wires) -> Wires:
        """Return what this controller created a moment ago and a list that is behind does not show."""
        listed = {item["id"] for item in objects}
        missing = [id for id in self._lock().created() if id not in listed]
        # Each is asked for once, and may be hidden from this worker: the next task may be another one's.
        found = {id: self._client.get_once(f"{self.path}/{id}") for id in missing}
        return [item for id, item in found.items() if item is not None and item.get("id") == id]

    def resolve_concurrent_create(
        self, created: Wire, same: Same, known: t.Collection[str], listed: t.Sequence[Wire]
    ) -> Wire:
        """Return the older of our new object and one like it that another controller made meanwhile.

        known: the ids of what was there before.
        listed: the objects, as listed after ours was created.
        """
        known = {*known, created["id"]}
        others = [item for item in listed if item["id"] not in known and same(item)]
        oldest = min([created, *others], key=_age)
        if oldest is created:
            self.record_write(created["id"], created)
            return created
        try:
            self.delete(created["id"])
        except PingOneError as error:
            raise ConflictError(
                f"{capital(self.kind)}{_named(created)}{self.place} was made twice at the same time, from here with "
                f"the id {created['id']} and from elsewhere with the id {oldest['id']}, and ours could not be removed: "
                f"{describe(error)} Delete one of them, then run the task again."
            ) from None
        return oldest


def _age(wire: Wire) -> tuple[float, str]:
    return (timestamp(wire.get("createdAt")) or 0.0, str(wire["id"]))


def _named(body: Wire) -> str:
    name = body.get("name") or body.get("username")
    return f" '{name}'" if name else ""


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def newer(*holders: Wire) -> str | None:
    """Return the later of the times at which objects were created, as far as they say."""
    times = [str(holder["createdAt"]) for holder in holders if holder.get("createdAt")]
    return max(times, key=lambda time: timestamp(time) or 0.0, default=None)
