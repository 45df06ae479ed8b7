# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All state of one run: the organization with everything below it, the clock, the ids, the switches."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from .api_date import DEFAULT, ApiDate
from .models.application import AnyApplication, Application
from .models.environment import Environment
from .models.group import Group
from .models.organization import License, Organization
from .models.plain import PlainObject
from .models.population import Population
from .models.role import CustomRole, PlatformRole
from .models.role_assignment import ActorKind, RoleAssignment
from .models.user import User
from .rules import catalogue
from .times import stamp

# A-Z, a-z, 0-9 and the marks that secrets of the service were seen to hold (that there are no others is inferred).
_SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-~_"
_SECRET_LENGTH = 64
_SECRET_BITS = 8 * _SECRET_LENGTH  # drawn at once; more than the characters need, so that all are as likely


class Switches(BaseModel):
    """Behaviours that are inferred, or on which the sources disagree."""

    model_config = ConfigDict(extra="forbid", strict=True)

    default_population: bool = True  # a new environment has a population named Default
    application_import: bool = True  # a new application may bring its clientId and clientSecret
    unique_application_names: bool = False  # a second application of the same name is refused
    unique_group_names: bool = True  # a second group of a name is refused, unless both are of different populations
    omitted_mobile_clears_ids: bool = True  # a PUT of a native application without mobile clears the ids of its app
    omitted_footer_is_cleared: bool = True  # a self-service application that is sent without a footer loses it
    delete_assigned_role: bool = True  # a custom role may be deleted while it is assigned
    platform_roles_anywhere: bool = False  # GET /roles needs its permission wherever, not at the organization
    birthright_always_all: bool = False  # who creates an environment gets Environment Admin on it, needed or not
    birthright_on_populations: bool = True  # who creates a population gets Identity Data Admin on it, where needed
    secret_needs_superset: bool = True  # a worker's secret is for those whose roles include what its roles allow
    configuration_read_only_secrets: bool = True  # Configuration Read Only reads the secrets of applications
    identity_data_admin_populations: bool = False  # Identity Data Admin writes populations
    disabled_application_tokens: bool = True  # tokens of a disabled application still count
    base_product_needed: bool = False  # applications, populations, users, groups and resources need PING_ONE_BASE
    strict_references: bool = True  # a reference to what the environment does not have is refused
    worker_grants_openid_only: bool = True  # a worker gets no grant of another resource than openid
    limits: bool = True  # the platform's limits, and the characters that a description may not have
    unassigned_worker: Literal["access_denied", "invalid_scope"] = "access_denied"
    unassigned_worker_status: Literal[400, 401, 403] = 400
    late_environment_status: Literal[401, 403, 404] = 403  # of calls in an environment of which news is late
    invalid_token: Literal["documented", "observed"] = "documented"  # the detail of a 401
    environment_deletion_seconds: Annotated[float, Field(ge=0)] = (
        0.2  # how long GET of a deleted environment is 403 before it is 404
    )
    hard_delete_seconds: Annotated[float, Field(ge=0)] = (
        30 * 86400.0
    )  # how long a PRODUCTION environment stays DELETE_PENDING
    token_seconds: Annotated[int, Field(ge=0)] = 3600  # lifetime of access tokens
    list_limit: Annotated[int, Field(ge=1)] = 1000  # the largest page of lists whose bound is not known


class Clock:
    """A clock that starts where it is told, and runs."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = start.timestamp() - time.time() if start else 0.0

    def now(self) -> datetime:
        """The time in the emulator's world."""
        return datetime.fromtimestamp(self.seconds(), timezone.utc)

    def seconds(self) -> float:
        """The same in seconds since the epoch."""
        return time.time() + self._offset

    def stamp(self) -> str:
        """The same as the API writes it: UTC, with milliseconds."""
        return stamp(self.now())


class Ids:
    """Identifiers and secrets; the same ones again for the same seed and order of creation."""

    def __init__(self, seed: int | None) -> None:
        self._objects = random.Random(seed) if seed is not None else random.SystemRandom()
        self._messages = random.Random()

    def object(self) -> str:
        """The id of a new object."""
        return str(uuid.UUID(int=self._objects.getrandbits(128), version=4))

    def message(self) -> str:
        """The id of an answer or a token; never from the seed, so that reading doesn't change what follows."""
        return str(uuid.UUID(int=self._messages.getrandbits(128), version=4))

    def secret(self) -> str:
        """The secret of an application, long enough for HS512."""
        number, secret = self._objects.getrandbits(_SECRET_BITS), ""
        for _character in range(_SECRET_LENGTH):
            number, index = divmod(number, len(_SECRET_ALPHABET))
            secret += _SECRET_ALPHABET[index]
        return secret


@dataclass
class EnvironmentState:
    """An environment with everything that lives in it."""

    environment: Environment
    applications: dict[str, AnyApplication] = field(default_factory=dict)
    populations: dict[str, Population] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, CustomRole] = field(default_factory=dict)
    # The objects of plain collections that somebody asked for: by holder (the environment, or an object in it), by
    # the collection's name, by id. plain/store.py makes what comes with a holder.
    plain: dict[str, dict[str, dict[str, PlainObject]]] = field(default_factory=dict)

    @property
    def is_pending_deletion(self) -> bool:
        """Whether nothing in it works any more, though it can still be taken back."""
        return self.environment.status == "DELETE_PENDING"

    def actors(self, kind: ActorKind) -> Mapping[str, AnyApplication | Group | User | PlainObject]:
        """The objects that may hold roles, by kind."""
        kinds: dict[ActorKind, Mapping[str, AnyApplication | Group | User | PlainObject]] = {
            "applications": self.applications,
            "users": self.users,
            "groups": self.groups,
            "gateways": self.plain.get(self.environment.id, {}).get("gateways", {}),
        }
        return kinds[kind]


@cache
def _shown_roles(date: ApiDate, switches: frozenset[str]) -> dict[str, PlatformRole]:
    """The roles of the platform; the oldest answers of the service show less of them."""
    is_oldest = date == ApiDate.APRIL_2022
    shown = {}
    for role in catalogue.platform_roles(date, switches).values():
        members: dict[str, Any] = {
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "applicableTo": list(role.applicable_to),
            "permissions": [{**({} if is_oldest else {"id": one.id}), **one.sentence()} for one in role.permissions],
        }
        if role.can_assign:
            members["canAssign"] = [{"id": other} for other in role.can_assign]
        if not is_oldest:
            members["type"] = "PLATFORM"
        shown[role.id] = PlatformRole.of(members)
    return shown


@dataclass
class DeletedEnvironment:
    """An environment as it was when it was deleted, and when that was, in seconds since the epoch."""

    state: EnvironmentState
    deleted_at: float


@dataclass
class Tenant:
    """The state. Only the routes and the loader change it."""

    clock: Clock
    ids: Ids
    organization: Organization
    licenses: dict[str, License]
    switches: Switches = field(default_factory=Switches)
    api_date: ApiDate = DEFAULT
    environments: dict[str, EnvironmentState] = field(default_factory=dict)
    assignments: dict[str, dict[str, RoleAssignment]] = field(default_factory=dict)  # by the actor's id
    deleted: dict[str, DeletedEnvironment] = field(default_factory=dict)
    bootstrap: tuple[str, str] = ("", "")  # environment and id of the worker of the ready line

    @property
    def platform_roles(self) -> dict[str, PlatformRole]:
        """The roles that the platform brings, by id, as the API shows them at the date of the tenant."""
        return _shown_roles(self.api_date, self.role_switches)

    @property
    def role_switches(self) -> frozenset[str]:
        """The switches that are on, of those that decide what platform roles hold."""
        return frozenset(name for name in catalogue.switches() if getattr(self.switches, name))

    def assignments_of(self, actor_id: str) -> list[RoleAssignment]:
        """The roles that an actor holds itself, in the order in which they were given."""
        return list(self.assignments.get(actor_id, {}).values())

    def has_application(self, application_id: str) -> bool:
        """Whether an application has the id, in whichever environment."""
        return any(application_id in state.applications for state in self.environments.values())

    def environments_on(self, license_id: str) -> int:
        """How many environments a license carries."""
        return sum(one.environment.license.id == license_id for one in self.environments.values())

    def custom_role(self, role_id: str) -> CustomRole | None:
        """A custom role of whichever environment."""
        for state in self.environments.values():
            if role_id in state.roles:
                return state.roles[role_id]
        return None

    def bootstrap_application(self) -> Application:
        """The worker of the ready line."""
        environment_id, application_id = self.bootstrap
        application = self.environments[environment_id].applications[application_id]
        assert isinstance(application, Application)
        return application

    def forget_actor(self, actor_id: str) -> None:
        """An actor's assignments go with it."""
        self.assignments.pop(actor_id, None)

    def forget_scope(self, scope_id: str) -> None:
        """Assignments end with what they are scoped to (inferred)."""
        for held in self.assignments.values():
            for one in [one for one in held.values() if one.scope.id == scope_id]:
                del held[one.id]

    def remove_environment(self, environment_id: str) -> None:
        """Everything in an environment goes at once, though the news of it may be late."""
        state = self.environments.pop(environment_id)
        self.deleted[environment_id] = DeletedEnvironment(state, self.clock.seconds())
        for kind in get_args(ActorKind):
            for actor_id in state.actors(kind):
                self.forget_actor(actor_id)
        gone = {environment_id, *state.applications, *state.populations}
        for scope_id in gone:
            self.forget_scope(scope_id)

    def later(self, seconds: float) -> str:
        """A time ahead, as the API writes it."""
        return stamp(self.clock.now() + timedelta(seconds=seconds))
