# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two workers of a hand-over hold, as whoever may read it tells, with the fewest requests.

This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    NotFoundError,
    PermissionDeniedError,
    TokenError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.client import LOST_WRITE_TIMEOUT
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Budget, propagation_delay
from ansible_collections.idops.pingone.plugins.module_utils._resources.birthright import predicted_birthright
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    APPLICATION,
    ENVIRONMENT,
    ORGANIZATION,
    POPULATION,
    Grant,
    Role,
    Scope,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import Held

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What sentences call the worker that takes over.
SUCCESSOR: t.Final = "the successor"

_Value = t.TypeVar("_Value")


@dataclass(frozen=True)
class Holder:
    """One of the two workers.

    environment: the one that it belongs to; application: the worker; of both as much as is known, at least the ids.
    """

    environment: Wire
    application: Wire

    @property
    def id(self) -> str:
        """The worker's id."""
        return str(self.application["id"])

    @property
    def title(self) -> str:
        """The worker's name where it is known, else its id."""
        return title(self.application)

    def is_same(self, other: Holder) -> bool:
        """Tell whether both are one worker."""
        return (self.environment["id"], self.id) == (other.environment["id"], other.id)

    def is_predicted(self) -> bool:
        """Tell whether the worker exists in a dry run alone."""
        return is_predicted(self.id) or is_predicted(self.environment["id"])

    def predicted(self, grant: Grant) -> Grant:
        """Return a grant with the id that a dry run gives to the worker's assignment."""
        key = f"{self.id} {grant.role.id} {grant.scope.id}"
        return replace(grant, id=predicted_id("role assignment", self.environment["id"], key), read_only=False)


def readers_of(task: Task, successor: Task | None) -> tuple[Task, ...]:
    """Return the task as each of those carries it out who may read: the successor, the caller, the successor again.

    Only the last one waits for a refusal that may be a matter of time, because most often another may read all the
    same. The successor may do so for longest: the caller loses roles, and may not even sign in any more.

    successor: the task as the successor carries it out; None where only a dry run knows one.
    """
    if successor is None:
        return (task,)
    # Before all else, and waited for like any sign-in.
    successor.client.token()
    return (without_patience(successor), without_patience(task), successor)


def without_patience(task: Task) -> Task:
    """Return a task as the same worker carries it out, without a wait for what may be on its way."""
    return task.acting_as(replace(task.connection, settle=0))


def by_any(readers: t.Sequence[Task], read: t.Callable[[Task], _Value]) -> _Value:
    """Return what the first of several workers gives that may read it. Raises what the last one raises."""
    *others, last = readers
    for reader in others:
        with contextlib.suppress(MissingObjectError, NotFoundError, PermissionDeniedError, TokenError):
            return read(reader)
    return read(last)


def _if_allowed(readers: t.Sequence[Task], read: t.Callable[[Task], Wires]) -> Wires | None:
    """Return what any of the workers may read; None when none of them may."""
    try:
        return by_any(readers, read)
    except (NotFoundError, PermissionDeniedError, TokenError):
        return None


class Reading:
    """Reads what both hold, each list once.

    readers: who may read, as C(readers_of) returns them.

    roles are those of the service that were looked at, by id.
    is_seen_by_successor tells whether the successor read what the worker holds, which was read last.
    """

    def __init__(self, task: Task, readers: t.Sequence[Task], worker: Holder, successor: Holder) -> None:
        self.is_seen_by_successor = False
        self.roles: dict[str, Wire] = {}
        self._task = task
        self._readers = readers
        # For what is only of help, such as names.
        self._at_once = readers[:2]
        self._worker = worker
        self._successor = successor

    def environments(self, references: t.Sequence[str], may_be_missing: bool) -> tuple[Wires, list[str]]:
        """Return the environments that names or ids mean, each once, and what neither of the two workers sees.

        Raises MissingObjectError for these unless they may be missing.
        """
        found, missing = {}, []
        for index, reference in enumerate(references):
            environment = self._seen(reference)
            if environment is None and may_be_missing:
                missing.append(reference)
                continue
            if environment is None:
                option = f"environments[{index}]"
                environment = self._task.lookup.environment(reference, option)
            found[environment["id"]] = environment
        return list(found.values()), missing

    def _seen(self, reference: str) -> Wire | None:
        for reader in self._readers:
            for environment in _if_allowed((reader,), lambda one: one.api.environments().list()) or ():
                if reference in (environment["id"], environment.get("name")):
                    return environment
        return None

    @staticmethod
    def scope(environment: Wire) -> Scope:
        """Return an environment as a scope."""
        return Scope(ENVIRONMENT, environment["id"], environment["id"], environment.get("name"))

    def held(self, environments: t.Sequence[Wire]) -> Held:
        """Return what the two hold."""
        of_successor = self._assignments(self._successor)
        # Where the successor holds roles, the worker may have handed over its own.
        awaited = self._created_just_now(environments) - {referred_id(item, "scope") for item in of_successor}
        of_worker = self._assignments(self._worker, awaited)
        self._read_roles(environments, [*of_worker, *of_successor])
        scopes = {environment["id"]: self.scope(environment) for environment in environments}
        inner, unreadable = self._inner_scopes(environments, of_worker)
        scopes.update(inner)
        if any(item["scope"]["type"] == ORGANIZATION for item in of_worker):
            scopes.update(self._organizations())
        worker = [self._grant(item, scopes) for item in of_worker]
        worker += self._predicted(worker, environments)
        successor = [self._grant(item, scopes) for item in of_successor]
        if self._successor.is_predicted():
            successor += [grant for grant in worker if grant.scope.type == ORGANIZATION]
        unplaced = [grant for grant in worker if grant.scope.type in unreadable and grant.scope.id not in inner]
        for grant in unplaced:
            self._task.warn(
                f"{grant.title()} does not move, because neither worker may tell in which environment that is."
            )
        return Held(tuple(grant for grant in worker if grant not in unplaced), tuple(successor), tuple(unplaced))

    def _assignments(self, holder: Holder, awaited: t.Collection[str] = ()) -> Wires:
        """Return the role assignments of a worker as they are now.

        awaited: environments on which it has roles that may not be listed yet.
        """

        def read(reader: Task) -> Wires:
            resource = reader.api.role_assignments(holder.environment, "application", holder.application)
            if not holder.is_predicted():
                # What is remembered may be older than a write by the other's client.
                resource.refresh()
            self.is_seen_by_successor = reader.who == SUCCESSOR
            # In a dry run, with what earlier tasks predicted.
            return resource.list()

        clock = self._task.client.clock
        budget = Budget(clock, LOST_WRITE_TIMEOUT if awaited else 0, self._task.progress)
        attempt = 0
        while True:
            listed = [item for item in by_any(self._readers, read) if item.get("role") and item.get("scope")]
            late = set(awaited) - {referred_id(item, "scope") for item in listed}
            message = f"Waiting until the roles of worker {holder.title} on a new environment are listed"
            if not late or not budget.pause(propagation_delay(attempt), message):
                return listed
            attempt += 1

    def _created_just_now(self, environments: t.Sequence[Wire]) -> set[str]:
        """Return the environments that the worker created a moment ago, from this controller."""
        if self._task.check_mode or not self._is_caller():
            return set()
        created = self._task.api.environments().created_by_caller()
        return {environment["id"] for environment in environments} & created

    def _is_caller(self) -> bool:
        return self._task.params["application"] is None

    def _read_roles(self, environments: t.Sequence[Wire], items: t.Sequence[Wire]) -> None:
        """Read the platform's roles, and custom ones only where one is assigned."""
        homes = [self._worker.environment, self._successor.environment]
        self.roles = {role["id"]: role for role in by_any(self._readers, self._platform_roles)}
        for environment in {one["id"]: one for one in (*homes, *environments)}.values():
            if all(item["role"]["id"] in self.roles for item in items):
                return
            self.roles.update({role["id"]: role for role in self._roles_of(environment)})

    def _roles_of(self, environment: Wire) -> Wires:
        return _if_allowed(self._at_once, lambda reader: reader.api.roles(environment).list()) or []

    @staticmethod
    def _platform_roles(reader: Task) -> Wires:
        try:
            return reader.api.roles().list()
        except PermissionDeniedError:
            # An environment lists the platform's roles too, to those who may not list them elsewhere.
            return reader.api.roles({"id": str(reader.client.claims().get("env"))}).list()

    def _inner_scopes(
        self, environments: t.Sequence[Wire], items: t.Sequence[Wire]
    ) -> tuple[dict[str, Scope], set[str]]:
        """Return the populations and applications of environments that assignments name, by id.

        An assignment does not tell in which environment its population or application is. The second is what of these
        two kinds could not be looked for everywhere.
        """
        found: dict[str, Scope] = {}
        unreadable = set()
        for kind in (POPULATION, APPLICATION):
            wanted = {item["scope"]["id"] for item in items if item["scope"]["type"] == kind}
            for environment in environments:
                if wanted <= set(found):
                    break
                listed = self._inside(kind, environment)
                if listed is None:
                    unreadable.add(kind)
                for one in listed or ():
                    found[one["id"]] = Scope(
                        kind, one["id"], environment["id"], one.get("name"), environment.get("name")
                    )
        return found, unreadable

    def _inside(self, kind: str, environment: Wire) -> Wires | None:
        def read(reader: Task) -> Wires:
            api = reader.api
            return (api.populations(environment) if kind == POPULATION else api.applications(environment)).list()

        return _if_allowed(self._readers, read)

    def _organizations(self) -> dict[str, Scope]:
        listed = _if_allowed(self._at_once, lambda reader: reader.api.organizations().list())
        return {one["id"]: Scope(ORGANIZATION, one["id"], name=one.get("name")) for one in listed or ()}

    def _grant(self, item: Wire, scopes: t.Mapping[str, Scope]) -> Grant:
        role, scope = item["role"]["id"], item["scope"]
        return Grant(
            Role.from_api(self.roles.get(role, {"id": role})),
            scopes.get(scope["id"], Scope(scope["type"], scope["id"])),
            id=item["id"],
            read_only=bool(item.get("readOnly")),
        )

    def _predicted(self, held: t.Sequence[Grant], environments: t.Sequence[Wire]) -> list[Grant]:
        """Return what the caller would get by the environments that earlier tasks of a dry run would have created."""
        if not self._is_caller():
            return []
        above = {grant.role.name for grant in held if grant.scope.type == ORGANIZATION}
        wires = {role.get("name"): role for role in self.roles.values()}
        roles = [Role.from_api(wires[name]) for name in predicted_birthright(above) if name in wires]
        grants = [
            self._worker.predicted(Grant(role, self.scope(environment)))
            for environment in environments
            if is_predicted(environment["id"])
            for role in roles
        ]
        # An earlier task of the dry run may have removed it.
        return [grant for grant in grants if not self._task.has_predicted(str(grant.id))]
