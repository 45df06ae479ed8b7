# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PingOne's resources as methods, without any policy. This module is private to the collection.

Source of the paths: PingOne's platform API reference.
"""

from __future__ import annotations

import contextlib
import hashlib
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils import _memo
from ansible_collections.idops.pingone.plugins.module_utils._client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._errors import (
    OutcomeUnknownError,
    PermissionDeniedError,
    ServiceError,
    TransportError,
)
from ansible_collections.idops.pingone.plugins.module_utils._reconcile import is_predicted

Wire = dict[str, t.Any]
# Named here, since inside the class the name list is a method.
Items = list[Wire]


class Resource:
    """One collection of objects.

    kind: what one object is called in sentences.
    path: its path below the API's address.
    key: its name below C(_embedded).
    environment: the environment it belongs to, or None.
    parents: the objects in its path; with a predicted one among them nothing is ever sent.
    names_are_unique: whether the service refuses a second object of one name.
    """

    def __init__(
        self,
        client: PingOneClient,
        kind: str,
        path: str,
        key: str,
        *,
        environment: Wire | None = None,
        parents: t.Sequence[Wire] = (),
        names_are_unique: bool = True,
    ) -> None:
        self.kind = kind
        self.path = path
        self.environment = environment
        self._client = client
        self._key = key
        self._parents = [parent for parent in (environment, *parents) if parent]
        self._names_are_unique = names_are_unique
        self._predicted = any(is_predicted(parent["id"]) for parent in self._parents)
        self._created = tuple(str(parent["createdAt"]) for parent in self._parents if parent.get("createdAt"))
        self._memo_key = (*_caller(client), path)
        self._lock = _memo.WriteLock(client.connection.api_url, (environment or {}).get("id", ""), kind)

    def list(self, filter: str | None = None) -> Items:
        """Return all objects, or those that a SCIM filter lets through (RFC 7644, section 3.4.2.2)."""
        if self._predicted:
            return []
        if filter is not None:
            return self._read(filter)
        known = _memo.recall(self._memo_key)
        if known is not None:
            return known.items
        return _memo.remember(self._memo_key, self._read(None), self._lock.generation).items

    def get(self, identifier: str) -> Wire | None:
        """Return one object, or None when it is not there."""
        if self._predicted or is_predicted(identifier):
            return None
        return self._client.get_or_none(
            f"{self.path}/{identifier}", doing=f"reading {self.kind} {identifier}", created=self._created
        )

    def fresh(self, wire: Wire) -> Wire:
        """Return an object as it has to be for a replacement: as it was listed just now, else read again."""
        known = _memo.recall(self._memo_key)
        if self._predicted or (known is not None and any(item is wire for item in known.items)):
            return wire
        return self.get(wire["id"]) or wire

    def create(self, body: Wire, same: t.Callable[[Wire], bool], doing: str | None = None) -> Wire:
        """Create an object and return it.

        same: tells whether an object is the one that the body creates. With it a creation whose answer was lost is
        found again; and where names need not be unique, one that was created elsewhere at the same time.
        """
        doing = doing or f"creating {self._title(body)}"
        before = {item["id"] for item in self.list() if same(item)}

        def settle() -> Wire | None:
            return next((item for item in self._read(None) if same(item) and item["id"] not in before), None)

        with self._unknown_forgets():
            made = self._client.post(self.path, body, doing=doing, settle=settle, created=self._created)
        self._remember(lambda items: [*items, made])
        return made if self._names_are_unique else self._first(made, same, before)

    def replace(self, identifier: str, body: Wire, doing: str | None = None) -> Wire:
        """Replace an object and return the new one."""
        doing = doing or f"updating {self._title(body)}"
        with self._unknown_forgets():
            made = self._client.put(f"{self.path}/{identifier}", body, doing=doing, created=self._created)
        self._remember(lambda items: [made if item["id"] == identifier else item for item in items])
        return made

    def delete(self, identifier: str, doing: str | None = None) -> None:
        """Delete an object."""
        doing = doing or f"deleting {self.kind} {identifier}{self._place()}"
        with self._unknown_forgets():
            self._client.delete(f"{self.path}/{identifier}", doing=doing, created=self._created)
        self._remember(lambda items: [item for item in items if item["id"] != identifier])

    def forget(self) -> None:
        """Forget what was listed; the next listing asks the service."""
        _memo.forget(self._memo_key)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other processes of this controller from changing this kind of object in this environment meanwhile."""
        if self._client.check_mode or self._predicted:
            yield
            return
        with self._lock.held() as held:
            if not held:
                raise TransportError(
                    f"Another task of this controller has been changing objects of kind {self.kind}{self._place()} "
                    "for a minute; run this one again when it has ended."
                )
            known = _memo.recall(self._memo_key)
            if known is not None and known.generation != self._lock.generation:
                self.forget()
            yield

    def _read(self, filter: str | None) -> Items:
        params = None if filter is None else {"filter": filter}
        doing = f"listing objects of kind {self.kind}{self._place()}"
        return self._client.list(self.path, self._key, doing=doing, params=params, created=self._created)

    def _remember(self, change: t.Callable[[Items], Items]) -> None:
        """Let what is remembered take part in a write of our own."""
        known = _memo.recall(self._memo_key)
        generation = self._lock.wrote()
        if known is not None:
            known.items = change(known.items)
            known.generation = generation

    @contextlib.contextmanager
    def _unknown_forgets(self) -> t.Iterator[None]:
        try:
            yield
        except (OutcomeUnknownError, TransportError, ServiceError):
            self.forget()
            raise

    def _first(self, made: Wire, same: t.Callable[[Wire], bool], before: set[str]) -> Wire:
        """Return the oldest of the objects that were created at the same time under one name; ours gives way.

        Only another controller can have made it, since this one holds a lock.
        """
        items = self._read(None)
        _memo.remember(self._memo_key, items, self._lock.generation)
        twins = [item for item in items if same(item) and item["id"] not in before]
        oldest = min(twins, key=lambda item: (str(item.get("createdAt")), item["id"]), default=made)
        if oldest["id"] == made["id"]:
            return made
        try:
            self.delete(made["id"])
        except PermissionDeniedError as error:
            raise OutcomeUnknownError(
                f"Somebody else created {self._title(made)} at the same time ({oldest['id']}), and the one of this "
                f"task ({made['id']}) could not be removed: {error} Remove one of the two."
            ) from error
        return oldest

    def _title(self, body: Wire) -> str:
        name = body.get("name") or body.get("username")
        return f"{self.kind} '{name}'{self._place()}" if name else f"{self.kind}{self._place()}"

    def _place(self) -> str:
        if not self.environment:
            return ""
        return f" in environment '{self.environment.get('name') or self.environment['id']}'"


class Api:
    """The resources that one caller can reach."""

    def __init__(self, client: PingOneClient) -> None:
        self._client = client

    def organizations(self) -> Resource:
        """Return the organizations; a caller sees its own."""
        return Resource(self._client, "organization", "/organizations", "organizations")

    def licenses(self, organization_id: str) -> Resource:
        """Return the licences of an organization."""
        return Resource(self._client, "license", f"/organizations/{organization_id}/licenses", "licenses")

    def environments(self) -> Resource:
        """Return the environments that the caller can see."""
        return Resource(self._client, "environment", "/environments", "environments")

    def applications(self, environment: Wire) -> Resource:
        """Return the applications of an environment."""
        return self._nested("application", environment, "applications", names_are_unique=False)

    def populations(self, environment: Wire) -> Resource:
        """Return the populations of an environment."""
        return self._nested("population", environment, "populations")

    def groups(self, environment: Wire) -> Resource:
        """Return the groups of an environment."""
        return self._nested("group", environment, "groups")

    def users(self, environment: Wire) -> Resource:
        """Return the users of an environment."""
        return self._nested("user", environment, "users")

    def roles(self, environment: Wire | None = None) -> Resource:
        """Return the platform's roles, or the roles that an environment shows, its custom ones among them."""
        if environment is None:
            return Resource(self._client, "role", "/roles", "roles")
        return self._nested("role", environment, "roles")

    def role_assignments(self, environment: Wire, principal_kind: str, principal: Wire) -> Resource:
        """Return the role assignments of a principal.

        principal_kind: C(application), C(group) or C(user).
        """
        return Resource(
            self._client,
            "role assignment",
            f"{_path(environment)}/{principal_kind}s/{principal['id']}/roleAssignments",
            "roleAssignments",
            environment=environment,
            parents=[principal],
        )

    def bill_of_materials(self, environment: Wire) -> Wire:
        """Return the services of an environment."""
        doing = f"reading the services of environment '{_title(environment)}'"
        return self._client.get(f"{_path(environment)}/billOfMaterials", doing=doing, created=_created(environment))

    def put_bill_of_materials(self, environment: Wire, body: Wire) -> Wire:
        """Replace the services of an environment."""
        return self._put(environment, "billOfMaterials", body, "setting the services")

    def set_type(self, environment: Wire, type: str) -> Wire:
        """Set the type of an environment, which PingOne does in one direction only: to PRODUCTION."""
        return self._put(environment, "type", {"type": type}, "setting the type")

    def set_status(self, environment: Wire, body: Wire) -> Wire:
        """Set the status of an environment: DELETE_PENDING, or ACTIVE with a licence."""
        return self._put(environment, "status", body, "setting the status")

    def secret(self, environment: Wire, application: Wire) -> Wire:
        """Return the secret object of an application."""
        doing = f"reading the secret of application '{_title(application)}'"
        return self._client.get(
            f"{_path(environment)}/applications/{application['id']}/secret",
            doing=doing,
            created=_created(environment, application),
            late=True,
        )

    def rotate_secret(self, environment: Wire, application: Wire, previous_expires_at: str | None = None) -> Wire:
        """Make a new secret and return the secret object.

        previous_expires_at: until when the present secret stays valid (RFC 3339); at once invalid without it.

        A lost answer is settled by reading and comparing alone: a second rotation would drop the overlap.
        """
        path = f"{_path(environment)}/applications/{application['id']}/secret"
        before = self.secret(environment, application).get("secret")

        def settle() -> Wire | None:
            now = self.secret(environment, application)
            return now if now.get("secret") != before else None

        body = {"previous": {"expiresAt": previous_expires_at}} if previous_expires_at else {}
        doing = f"rotating the secret of application '{_title(application)}'"
        return self._client.post(
            path, body, doing=doing, settle=settle, again=False, created=_created(environment, application)
        )

    def _nested(self, kind: str, environment: Wire, name: str, names_are_unique: bool = True) -> Resource:
        return Resource(
            self._client,
            kind,
            f"{_path(environment)}/{name}",
            name,
            environment=environment,
            names_are_unique=names_are_unique,
        )

    def _put(self, environment: Wire, part: str, body: Wire, doing: str) -> Wire:
        doing = f"{doing} of environment '{_title(environment)}'"
        made = self._client.put(f"{_path(environment)}/{part}", body, doing=doing, created=_created(environment))
        # The environment's own object shows it too.
        self.environments().forget()
        return made


def _caller(client: PingOneClient) -> tuple[str, ...]:
    """Return what tells one caller's view from another's, without the credential itself."""
    connection = client.connection
    digest = hashlib.sha256("\0".join(sorted(connection.secrets())).encode()).hexdigest()
    return (connection.api_url, connection.auth_url, connection.auth_environment_id or "", digest)


def _path(environment: Wire) -> str:
    return f"/environments/{environment['id']}"


def _created(*objects: Wire) -> tuple[str, ...]:
    return tuple(str(item["createdAt"]) for item in objects if item.get("createdAt"))


def _title(wire: Wire) -> str:
    return str(wire.get("name") or wire["id"])
