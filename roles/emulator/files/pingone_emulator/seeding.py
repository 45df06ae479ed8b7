# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes with something new: an environment's contents, its creator's roles, a worker's copied roles."""

from __future__ import annotations

from typing import Any

from .api_date import ApiDate
from .models.application import (
    PLATFORM_TYPES,
    AccessControl,
    AccessControlRole,
    AnyApplication,
    Application,
    ApplicationBody,
    Icon,
    OidcBody,
    Signing,
)
from .models.base import Reference
from .models.environment import Environment
from .models.group import Group, GroupBody
from .models.other_application import STORED
from .models.population import Population
from .models.role_assignment import ActorKind, RoleAssignment, Scope
from .models.secret import Secret
from .models.user import NewUserBody, User, UserBody
from .plain.collection import Within
from .plain.key_rotation_policies import KEY_ROTATION_POLICIES
from .plain.keys import KEYS
from .plain.languages import LANGUAGES
from .plain.sign_on_policies import SIGN_ON_POLICIES
from .plain.store import default, objects
from .plain.themes import THEMES
from .rules import birthright, catalogue
from .rules.application_defaults import complete, may_be_signed
from .rules.scopes import Place, covers
from .tenant import EnvironmentState, Tenant

_PLATFORM_ICON = "https://assets.pingone.com/ux/ui-library/4.18.0/images/logo-pingidentity.png"
_PLATFORM_NAMES = {
    "PING_ONE_PORTAL": (
        "PingOne Application Portal",
        "The application portal where users can view and access their applications.",
    ),
    "PING_ONE_SELF_SERVICE": (
        "PingOne Self-Service - MyAccount",
        "The self-service application where users can manage profile details, passwords, MFA devices, etc.",
    ),
    "PING_ONE_ADMIN_CONSOLE": (
        "PingOne Admin Console",
        "The admin console application which is used to manage this environment's configuration and identity data.",
    ),
}


def new_environment(tenant: Tenant, environment: Environment, *, population: bool | None = None) -> EnvironmentState:
    """Add an environment with what it contains from the start."""
    state = EnvironmentState(environment)
    tenant.environments[environment.id] = state
    icon = Icon(id=tenant.ids.object(), href=_PLATFORM_ICON)
    for type_ in PLATFORM_TYPES:
        application = _platform_application(tenant, environment, type_, icon)
        state.applications[application.id] = application
    if tenant.switches.default_population if population is None else population:
        new_population(tenant, state, "Default", "Automatically created population.", default=True)
    return state


def keep_contents(tenant: Tenant, state: EnvironmentState) -> None:
    """Before name or products of an environment change: make what follows from them, as it was from the start.

    Otherwise it would be made when somebody first looks at it, and differ by when that is.
    """
    for collection in (KEYS, SIGN_ON_POLICIES):
        objects(collection, Within(tenant, state))


def new_population(
    tenant: Tenant,
    state: EnvironmentState,
    name: str,
    description: str | None,
    *,
    default: bool,
    id_: str | None = None,
) -> Population:
    """Add a population with the language and theme of its environment."""
    now = tenant.clock.stamp()
    members: dict[str, Any] = {} if description is None else {"description": description}
    population = Population(
        **members,
        id=id_ or tenant.ids.object(),
        environment=Reference(id=state.environment.id),
        name=name,
        default=default,
        **environment_defaults(Within(tenant, state)),
        created_at=now,
        updated_at=now,
    )
    state.populations[population.id] = population
    return population


def environment_defaults(within: Within) -> dict[str, Any]:
    """What a population has when nothing is said: the language and the theme of its environment."""
    return {
        "preferred_language": default(LANGUAGES, within).members["locale"],
        "theme": Reference(id=default(THEMES, within).id),
    }


def _platform_application(tenant: Tenant, environment: Environment, type_: str, icon: Icon) -> Application:
    now = tenant.clock.stamp()
    name, description = _PLATFORM_NAMES[type_]
    members: dict[str, Any] = {
        "name": name,
        "description": description,
        "icon": icon,
        "enabled": True,
        "hidden_from_app_portal": False,
        "type": type_,
        "protocol": "OPENID_CONNECT",
        "token_endpoint_auth_method": "NONE",
        "pkce_enforcement": "OPTIONAL",
    }
    if type_ == "PING_ONE_ADMIN_CONSOLE":
        members["access_control"] = AccessControl(role=AccessControlRole(type="ADMIN_USERS_ONLY"))
    else:
        members["apply_default_theme"] = True
    if type_ == "PING_ONE_SELF_SERVICE":
        members["enable_default_theme_footer"] = True
    return Application.model_construct(
        **members,
        id=tenant.ids.object(),
        environment=Reference(id=environment.id),
        created_at=now,
        updated_at=now,
        secret=Secret(secret=tenant.ids.secret()),
    )


def store_application(
    tenant: Tenant,
    state: EnvironmentState,
    body: ApplicationBody,
    current: AnyApplication | None = None,
    id_: str | None = None,
) -> AnyApplication:
    """Add an application, or replace the current one. Raises Refused."""
    members = complete(
        body,
        current,
        omitted_mobile_clears_ids=tenant.switches.omitted_mobile_clears_ids,
        omitted_footer_is_cleared=tenant.switches.omitted_footer_is_cleared,
    )
    if current is None and tenant.api_date >= ApiDate.APRIL_2026 and may_be_signed(body):
        for policy in objects(KEY_ROTATION_POLICIES, Within(tenant, state)):
            members.setdefault("signing", Signing(key_rotation_policy=Reference(id=policy)))
    now = tenant.clock.stamp()
    own: dict[str, Any] = {
        "id": current.id if current else id_ or members.get("client_id") or tenant.ids.object(),
        "environment": Reference(id=state.environment.id),
        "created_at": current.created_at if current else now,
        "updated_at": now,
    }
    if isinstance(body, OidcBody):
        chosen = members.pop("client_secret", None)
        if isinstance(current, Application):
            own |= {"secret": current.secret, "imported": current.imported, "metadata": current.metadata}
        else:
            own |= {"secret": Secret(secret=chosen or tenant.ids.secret()), "imported": "client_id" in members}
        members.pop("client_id", None)
        application: AnyApplication = Application.stored(**members, **own)
    else:
        application = STORED[type(body)].stored(**members, **own)
    state.applications[application.id] = application
    return application


def new_group(tenant: Tenant, state: EnvironmentState, body: GroupBody, id_: str | None = None) -> Group:
    """Add a group."""
    now = tenant.clock.stamp()
    return put_group(state, body, id=id_ or tenant.ids.object(), created_at=now, updated_at=now)


def put_group(state: EnvironmentState, body: GroupBody, **own: Any) -> Group:
    """Store a group, with what it has beside its body, by the names of the model."""
    group = Group.stored(**body.given(), **own, environment=Reference(id=state.environment.id))
    state.groups[group.id] = group
    return group


def new_user(tenant: Tenant, state: EnvironmentState, body: NewUserBody, id_: str | None = None) -> User:
    """Add a user, to the default population unless another is named."""
    now = tenant.clock.stamp()
    default = next((Reference(id=one.id) for one in state.populations.values() if one.default), None)
    own = {"population": default, **body.state(now), "created_at": now, "updated_at": now}
    return put_user(state, body, id=id_ or tenant.ids.object(), **own)


def put_user(state: EnvironmentState, body: UserBody, **own: Any) -> User:
    """Store a user, with what it has beside its body, by the names of the model."""
    user = User.stored(**body.given(UserBody), **own, environment=Reference(id=state.environment.id))
    state.users[user.id] = user
    return user


def assign(
    tenant: Tenant,
    environment_id: str,
    kind: ActorKind,
    actor_id: str,
    role_id: str,
    scope: Scope,
    assignment_id: str | None = None,
) -> RoleAssignment:
    """Give an actor a role."""
    assignment = RoleAssignment(
        id=assignment_id or tenant.ids.object(),
        environment=Reference(id=environment_id),
        actor_kind=kind,
        actor_id=actor_id,
        role=Reference(id=role_id),
        scope=scope,
        created_at=tenant.clock.stamp(),
    )
    tenant.assignments.setdefault(actor_id, {})[assignment.id] = assignment
    return assignment


def give_birthright(tenant: Tenant, creator: Application, environment: Environment) -> None:
    """The worker that creates an environment gets roles on it."""
    covered = _held_at(tenant, creator, (tenant.organization.id, environment.id))
    names = birthright.of_environment(covered, always_all=tenant.switches.birthright_always_all)
    _give(tenant, creator, names, Scope(id=environment.id, type="ENVIRONMENT"))


def give_population_birthright(tenant: Tenant, creator: Application, population: Population) -> None:
    """The worker that creates a population gets the roles on it that it does not hold there already."""
    if tenant.switches.birthright_on_populations:
        place = (tenant.organization.id, population.environment.id, population.id)
        names = birthright.of_population(_held_at(tenant, creator, place))
        _give(tenant, creator, names, Scope(id=population.id, type="POPULATION"))


def _held_at(tenant: Tenant, actor: Application, place: Place) -> set[str]:
    """The names of the platform roles that an actor holds at the place, or at a broader scope."""
    held = {one.role.id for one in tenant.assignments_of(actor.id) if covers(one.scope.id, place)}
    return {role.name for role in tenant.platform_roles.values() if role.id in held}


def _give(tenant: Tenant, actor: Application, names: list[str], scope: Scope) -> None:
    for name in names:
        assign(tenant, actor.environment.id, "applications", actor.id, catalogue.role_named(name).id, scope)


def copy_assignments(tenant: Tenant, creator: Application, application: Application) -> None:
    """A worker that is created with ``assignActorRoles`` holds what its creator holds."""
    wanted = birthright.inherited(
        tenant.assignments_of(creator.id), application.type, application.assign_actor_roles is True
    )
    for held in wanted:
        assign(tenant, application.environment.id, "applications", application.id, held.role.id, held.scope)
