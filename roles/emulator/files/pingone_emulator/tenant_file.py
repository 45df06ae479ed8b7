# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant from its YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from .api_date import DEFAULT, ApiDate, api_date
from .errors import ApiError, from_validation
from .models.application import Application
from .models.base import Model, Reference
from .models.environment import BillOfMaterials, Environment, EnvironmentBody
from .models.group import GroupBody
from .models.organization import LICENSE_REGIONS, License, LicenseEnvironments, Organization
from .models.other_application import body_model
from .models.role import CustomRole, CustomRoleBody
from .models.role_assignment import ActorKind, Scope
from .models.secret import Secret
from .models.user import ImportedUserBody
from .plain import store
from .plain.collection import Within
from .plain.gateways import GATEWAYS
from .problem import Refused
from .seeding import assign, new_environment, new_group, new_population, new_user, store_application
from .tenant import Clock, EnvironmentState, Ids, Switches, Tenant
from .times import stamp

DEFAULT_TENANT = Path(__file__).parent / "default_tenant.yml"
_AGE = timedelta(days=30)  # what a tenant starts with is old news to everyone
M = TypeVar("M", bound=Model)


class TenantError(Exception):
    """The tenant file cannot be used; the text names the place in it and what is wrong."""


def read(path: Path) -> dict[str, Any]:
    """The document of a tenant file. Raises TenantError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TenantError(f"The tenant file {path} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise TenantError(f"The tenant file {path} is not YAML: {' '.join(str(error).split())}") from None
    except UnicodeDecodeError:
        raise TenantError(f"The tenant file {path} is not UTF-8 text.") from None
    if not isinstance(document, dict):
        raise TenantError(f"The tenant file {path} must hold a mapping with organization, licenses and environments.")
    return document


def load(
    document: Mapping[str, Any], clock: Clock, ids: Ids, switches: Switches, date: ApiDate | None = None
) -> Tenant:
    """Build the tenant that the document describes; a date that is given wins over the document's.

    Raises TenantError.
    """
    loader = _Loader(Clock(clock.now() - _AGE), ids, switches, document)
    try:
        tenant = loader.tenant(date)
        tenant.clock = clock
        return tenant
    except Refused as error:
        raise TenantError(f"The tenant file is wrong at {loader.place}: {error}") from None
    except (ValidationError, ApiError) as error:
        raise TenantError(f"The tenant file is wrong at {loader.place}: {_reason(error)}") from None


def _reason(error: ValidationError | ApiError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return "; ".join(one["message"] for one in error.details) or error.message


class _Loader:
    """Two passes: all objects first, then the role assignments, which may point anywhere."""

    def __init__(self, clock: Clock, ids: Ids, switches: Switches, document: Mapping[str, Any]) -> None:
        self._clock, self._ids, self._switches, self._document = clock, ids, switches, document
        self._now = clock.stamp()
        self._assignments: list[tuple[EnvironmentState, ActorKind, str, str, Any]] = []
        self._tenant: Tenant | None = None
        self.place = "the top"

    def tenant(self, date: ApiDate | None) -> Tenant:
        self._known(self._document, ["api_date", "organization", "licenses", "environments"])
        organization = self._organization(self._part(self._document, "organization", dict))
        self._tenant = Tenant(
            self._clock,
            self._ids,
            organization,
            {},
            switches=self._switches,
            api_date=date or self._api_date(),
        )
        for entry in self._part(self._document, "licenses", list):
            self._license(entry)
        for entry in self._part(self._document, "environments", list):
            self._environment(entry)
        for state, kind, actor_id, place, entry in self._assignments:
            self.place = place
            self._assignment(state, kind, actor_id, entry)
        if not self._tenant.bootstrap[0]:
            raise TenantError("The tenant file has no application with 'bootstrap: true'; the ready line needs one.")
        return self._tenant

    def _api_date(self) -> ApiDate:
        try:
            return api_date(str(self._document.get("api_date", DEFAULT)))
        except ValueError as error:
            raise TenantError(f"The tenant file is wrong at {self.place}: api_date {error}.") from None

    def _part(self, document: Mapping[str, Any], key: str, kind: type) -> Any:
        value = document.get(key, kind())
        if not isinstance(value, kind):
            wanted = "a list" if kind is list else "a mapping"
            raise TenantError(f"The tenant file is wrong at {self.place}: {key} must be {wanted}.")
        return value

    def _known(self, entry: Any, own: list[str], model: type[Model] | None = None) -> None:
        """Refuse what is no mapping, and members that nothing reads."""
        if not isinstance(entry, Mapping):
            raise TenantError(f"The tenant file is wrong at {self.place}: it must be a mapping.")
        members = [str(one.alias) for one in model.model_fields.values()] if model else []
        for key in entry:
            if key not in own and key not in members:
                known = ", ".join(sorted({*own, *members}))
                raise TenantError(f"The tenant file is wrong at {self.place}: {key} is not one of {known}.")

    def _organization(self, entry: dict[str, Any]) -> Organization:
        self.place = "organization"
        self._known(entry, [], Organization)
        defaults = {
            "id": self._ids.object(),
            "name": "Example Organization",
            "description": "The organization of the emulator",
            "type": "INTERNAL",
            "region": "NA",
            "billingConnections": [{"id": "001000000000000AAA"}],
            "createdAt": self._now,
            "updatedAt": self._now,
        }
        return Organization.of({**defaults, **entry})

    def _license(self, entry: dict[str, Any]) -> None:
        tenant = self._of_tenant()
        self.place = _named("license", entry)
        self._known(entry, [], License)
        region = tenant.organization.region
        environments = {"regions": [LICENSE_REGIONS.get(region, region)], **entry.get("environments", {})}
        now = self._clock.now()
        defaults = {
            "id": self._ids.object(),
            "package": entry.get("name"),
            "beginsAt": stamp(now - timedelta(days=365)),
            "expiresAt": stamp(now + timedelta(days=365)),
            "organization": {"id": tenant.organization.id},
        }
        license_ = License.of(
            {**defaults, **entry, "environments": LicenseEnvironments.of(environments).model_dump(by_alias=True)}
        )
        tenant.licenses[license_.id] = license_

    def _environment(self, entry: dict[str, Any]) -> None:
        tenant = self._of_tenant()
        self.place = _named("environment", entry)
        inside = ["services", "solutionType", "populations", "roles", "groups", "users", "applications", "gateways"]
        self._known(entry, ["id", "createdAt", *inside], EnvironmentBody)
        license_ = self._one("license", tenant.licenses, entry.get("license"))
        services = [one if isinstance(one, dict) else {"type": one} for one in entry.get("services", ["PING_ONE_BASE"])]
        bill: dict[str, Any] = {"products": services}
        if "solutionType" in entry:
            bill["solutionType"] = entry["solutionType"]
        body = EnvironmentBody.of(
            {"type": "SANDBOX", "region": tenant.organization.region, **entry, "license": {"id": license_.id}}
        )
        created_at = _moment(entry.get("createdAt"), self._now)
        environment = Environment.new(
            body,
            BillOfMaterials.of(bill),
            id_=entry.get("id") or self._ids.object(),
            organization_id=tenant.organization.id,
            license_id=license_.id,
            now=created_at,
        )
        for product in environment.bill_of_materials.products:
            product.id = product.id or self._ids.object()
        populations = entry.get("populations", [])
        state = new_environment(tenant, environment, population=False if populations else None)
        self._fill(state, entry)

    def _fill(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        tenant, where = self._of_tenant(), self.place
        populations = self._part(entry, "populations", list)
        for number, one in enumerate(populations):
            self.place = f"{where}, {_named('population', one)}"
            self._known(one, ["id", "name", "description", "default"])
            if "name" not in one:
                raise TenantError(f"The tenant file is wrong at {self.place}: name is required.")
            default = one.get("default", number == 0 and not any(other.get("default") for other in populations))
            new_population(tenant, state, one["name"], one.get("description"), default=default, id_=one.get("id"))
        for one in self._part(entry, "roles", list):
            self.place = f"{where}, {_named('role', one)}"
            self._known(one, ["id"], CustomRoleBody)
            self._custom_role(state, one)
        for one in self._part(entry, "groups", list):
            self.place = f"{where}, {_named('group', one)}"
            self._known(one, ["id", "groups", "roleAssignments"], GroupBody)
            self._group(state, one)
        for group, one in zip(list(state.groups.values()), self._part(entry, "groups", list), strict=True):
            self.place = f"{where}, {_named('group', one)}"
            group.member_of = self._groups(state, one)
        for one in self._part(entry, "users", list):
            self.place = f"{where}, {_named('user', one, 'username')}"
            self._known(one, ["id", "groups", "roleAssignments"], ImportedUserBody)
            self._user(state, one)
        for one in self._part(entry, "applications", list):
            self.place = f"{where}, {_named('application', one)}"
            self._known(one, _OWN_OF_APPLICATION, body_model({**_APPLICATION_DEFAULTS, **_mapping(one)}))
            self._application(state, one)
        for one in self._part(entry, "gateways", list):
            self.place = f"{where}, {_named('gateway', one)}"
            self._known(one, _OWN_OF_GATEWAY, GATEWAYS.model(_mapping(one)))
            self._gateway(state, one)

    def _custom_role(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        tenant = self._of_tenant()
        known = {**tenant.platform_roles, **state.roles}
        assigners = [{"id": self._one("role", known, name).id} for name in entry.get("canBeAssignedBy", [])]
        permissions = [one if isinstance(one, dict) else {"id": one} for one in entry.get("permissions", [])]
        body = CustomRoleBody.of({**entry, "permissions": permissions, "canBeAssignedBy": assigners})
        role = CustomRole.model_construct(
            **_given(body),
            id=entry.get("id") or self._ids.object(),
            environment=Reference(id=state.environment.id),
            created_at=self._now,
            updated_at=self._now,
        )
        state.roles[role.id] = role

    def _group(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        body = GroupBody.of({**entry, "population": self._population(state, entry)})
        group = new_group(self._of_tenant(), state, body, entry.get("id"))
        self._remember(state, "groups", group.id, entry)

    def _user(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        population = self._population(state, entry)
        body = ImportedUserBody.of({"email": entry.get("username"), **entry, "population": population})
        user = new_user(self._of_tenant(), state, body, entry.get("id"))
        user.member_of = self._groups(state, entry)
        self._remember(state, "users", user.id, entry)

    def _population(self, state: EnvironmentState, entry: dict[str, Any]) -> dict[str, str] | None:
        """The reference to the population that an entry names by name or id."""
        if "population" not in entry:
            return None
        return {"id": self._one("population", state.populations, entry["population"]).id}

    def _groups(self, state: EnvironmentState, entry: dict[str, Any]) -> list[str]:
        """The ids of the groups that an entry names by name or id."""
        return [self._one("group", state.groups, name).id for name in entry.get("groups", [])]

    def _application(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        tenant = self._of_tenant()
        sent = {key: value for key, value in entry.items() if key not in _OWN_OF_APPLICATION}
        document = {**_APPLICATION_DEFAULTS, **sent}
        try:
            body = body_model(document).of(document)
        except ValidationError as error:
            raise from_validation(error) from None
        application = store_application(tenant, state, body, id_=entry.get("id"))
        if isinstance(application, Application) and "secret" in entry:
            application.secret = Secret(secret=entry["secret"])
        if entry.get("bootstrap"):
            tenant.bootstrap = (state.environment.id, application.id)
        self._remember(state, "applications", application.id, entry)

    def _gateway(self, state: EnvironmentState, entry: dict[str, Any]) -> None:
        within = Within(self._of_tenant(), state)
        sent = {"enabled": True, **{key: value for key, value in entry.items() if key not in _OWN_OF_GATEWAY}}
        members = store.composed(GATEWAYS, within, GATEWAYS.model(sent).of(sent), None)
        problems = list(store.problems(GATEWAYS, within, members, None))
        if problems:
            raise Refused(problems)
        gateway = store.put(GATEWAYS, within, members, id_=entry.get("id"))
        self._remember(state, "gateways", gateway.id, entry)

    def _remember(self, state: EnvironmentState, kind: ActorKind, actor_id: str, entry: dict[str, Any]) -> None:
        for number, one in enumerate(self._part(entry, "roleAssignments", list)):
            place = f"{self.place}, roleAssignments[{number}]"
            self._assignments.append((state, kind, actor_id, place, one))

    def _assignment(self, state: EnvironmentState, kind: ActorKind, actor_id: str, entry: dict[str, Any]) -> None:
        tenant = self._of_tenant()
        roles = {
            **tenant.platform_roles,
            **{id_: one for d in tenant.environments.values() for id_, one in d.roles.items()},
        }
        role = self._one("role", roles, entry.get("role"))
        scope = self._scope(state, entry.get("scope", {"type": "ENVIRONMENT"}))
        if scope.type not in role.applicable_to:
            raise TenantError(f"The tenant file is wrong at {self.place}: {role.name} cannot have scope {scope.type}.")
        assign(tenant, state.environment.id, kind, actor_id, role.id, scope, entry.get("id"))

    def _scope(self, state: EnvironmentState, entry: dict[str, Any]) -> Scope:
        """``{type, name or id, environment}``; the actor's own environment is meant when none is named."""
        tenant, type_ = self._of_tenant(), entry.get("type")
        if type_ == "ORGANIZATION":
            return Scope(id=tenant.organization.id, type="ORGANIZATION")
        environments = {id_: one.environment for id_, one in tenant.environments.items()}
        wanted = entry.get("id", entry.get("name"))
        if type_ == "ENVIRONMENT":
            own = state.environment.id
            return Scope(id=self._one("environment", environments, wanted or own).id, type="ENVIRONMENT")
        where = self._one("environment", environments, entry.get("environment", state.environment.id))
        inside = tenant.environments[where.id]
        if type_ == "POPULATION":
            return Scope(id=self._one("population", inside.populations, wanted).id, type="POPULATION")
        if type_ == "APPLICATION":
            return Scope(id=self._one("application", inside.applications, wanted).id, type="APPLICATION")
        raise TenantError(
            f"The tenant file is wrong at {self.place}: scope.type must be ORGANIZATION, ENVIRONMENT, POPULATION "
            "or APPLICATION."
        )

    def _one(self, kind: str, known: Mapping[str, Any], wanted: Any) -> Any:
        """The object with that id or name."""
        if wanted in known:
            return known[wanted]
        found = [one for one in known.values() if one.name == wanted]
        if len(found) != 1:
            count = "no" if not found else "more than one"
            raise TenantError(f"The tenant file is wrong at {self.place}: there is {count} {kind} named {wanted!r}.")
        return found[0]

    def _of_tenant(self) -> Tenant:
        assert self._tenant is not None
        return self._tenant


_APPLICATION_DEFAULTS = {"protocol": "OPENID_CONNECT", "type": "WORKER", "enabled": True, "assignActorRoles": False}
_OWN_OF_APPLICATION = ["id", "secret", "bootstrap", "roleAssignments"]
_OWN_OF_GATEWAY = ["id", "roleAssignments"]


def _mapping(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {}


def _named(kind: str, entry: Any, key: str = "name") -> str:
    return f"{kind} {entry.get(key) if isinstance(entry, Mapping) else entry!r}"


def _given(body: Model) -> dict[str, Any]:
    return {name: value for name, value in body if name in body.model_fields_set and value is not None}


def _moment(value: Any, default: str) -> str:
    return stamp(value) if isinstance(value, datetime) else str(value or default)
