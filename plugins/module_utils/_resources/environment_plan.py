# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that bring one environment to what is wanted: decided by what was read, without the service.

This module is private to the collection.
"""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import (
    Change,
    Sides,
    Write,
    plan,
    with_free_id,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import ENVIRONMENT, to_result
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import (
    check_confirmed,
    is_pending,
    may_delete,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import (
    api_names,
    new_bill,
    plan_bill,
    short_names,
)

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Create:
    """Create it, by a change that creates."""

    change: Change


@dataclass(frozen=True)
class Restore:
    """End its pending deletion, and wait until it can be used."""

    license_id: str | None


@dataclass(frozen=True)
class Replace:
    """Replace its own object."""

    body: Wire


@dataclass(frozen=True)
class SetType:
    """Set its type, which has an endpoint of its own."""

    type: str


@dataclass(frozen=True)
class ReplaceBill:
    """Replace its bill of materials."""

    body: Wire


@dataclass(frozen=True)
class SetServices:
    """Read its bill of materials, which could not be read before, and replace it when wanted services are missing.

    wanted: API names of services, or None when it is only read.
    exclusive: whether other services go.
    """

    wanted: tuple[str, ...] | None
    exclusive: bool


@dataclass(frozen=True)
class SetPending:
    """Set its deletion pending."""


@dataclass(frozen=True)
class Delete:
    """Delete it, and wait until it is gone."""


Step: t.TypeAlias = "Create | Restore | Replace | SetType | ReplaceBill | SetServices | SetPending | Delete"


# By what each step but the first kind is carried out, below the environment.
_WRITTEN: t.Final[dict[type, tuple[str, str]]] = {
    Restore: ("PUT", "/status"),
    Replace: ("PUT", ""),
    SetType: ("PUT", "/type"),
    ReplaceBill: ("PUT", "/billOfMaterials"),
    SetServices: ("PUT", "/billOfMaterials"),
    SetPending: ("PUT", "/status"),
    Delete: ("DELETE", ""),
}


@dataclass(frozen=True)
class Snapshot:
    """An environment at one time.

    environment: it as the service sends it; None when there is none.
    services: short names of its services; None when they are not known.
    """

    environment: Wire | None
    services: t.Sequence[str] | None = None

    def to_result(self) -> dict[str, t.Any] | None:
        """Return it as results show it."""
        return to_result(self.environment, self.services)


@dataclass(frozen=True)
class EnvironmentPlan:
    """What leads from one side to the other.

    steps: in the order in which they are carried out.
    before: the environment as it was read.
    predicted: it as it should be afterwards.
    notes: what only a dry run has to tell.
    refusals: why its license does not allow it; then it is not carried out.
    """

    steps: tuple[Step, ...]
    before: Snapshot
    predicted: Snapshot
    notes: tuple[str, ...] = ()
    refusals: tuple[OptionError, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return bool(self.steps)

    @property
    def sides(self) -> tuple[Sides, ...]:
        """The environment, for later tasks of a dry run."""
        return (Sides(self.before.environment, self.predicted.environment, ENVIRONMENT.identity),)

    @property
    def writes(self) -> tuple[Write, ...]:
        """The requests that carry it out."""
        if self.creation:
            return self.creation.writes
        place = f"/{(self.before.environment or {}).get('id', '*')}"
        found = [Write(*_WRITTEN[type(step)]) for step in self.steps]
        if any(isinstance(step, Replace) for step in self.steps) and self._moves:
            found.append(Write("PUT", "/license"))
        return tuple(Write(method, place + below) for method, below in found)

    @property
    def _moves(self) -> bool:
        """Whether it goes to another license."""
        sides = (self.before.environment, self.predicted.environment)
        before, after = (((side or {}).get("license") or {}).get("id") for side in sides)
        return before != after

    @property
    def bill(self) -> Wire | None:
        """The bill of materials that the environment is to get; None when it stays, or is not known."""
        if self.creation:
            return (self.creation.body or {}).get("billOfMaterials")
        return next((step.body for step in self.steps if isinstance(step, ReplaceBill)), None)

    @property
    def creation(self) -> Change | None:
        """The change that creates the environment; None when it exists."""
        return next((step.change for step in self.steps if isinstance(step, Create)), None)


NO_PLAN: t.Final = EnvironmentPlan((), Snapshot(None), Snapshot(None))


def plan_creation(
    options: Options, region: str, chosen: Wire, services: t.Sequence[str], listed: t.Sequence[Wire]
) -> EnvironmentPlan:
    """Return what creates an environment.

    options: the module's options.
    region: where it is to be.
    chosen: the license to be on.
    services: API names of its services.
    listed: the environments that there are.
    """
    bill = new_bill(services)
    change = with_free_id(plan_environment(None, options, chosen, region, bill), listed)
    return EnvironmentPlan((Create(change),), Snapshot(None), Snapshot(change.predicted, short_names(bill)))


def plan_update(current: Wire, options: Options, chosen: Wire | None, bill: Wire | None) -> EnvironmentPlan:
    """Return what restores, updates and promotes an environment and sets its services, as far as that is wanted.

    current: it as it was read.
    options: the module's options.
    chosen: the license to move to, or None to stay.
    bill: its bill of materials; None when it cannot be read.

    Raises OptionError for what was not confirmed, and for a service that cannot be added.
    """
    wanted = None if options["services"] is None else api_names(options["services"])
    if is_pending(current):
        return _plan_restoration(current, options, chosen, wanted)
    change = plan_bill(bill, wanted, options["exclusive_services"])
    if change.removed:
        check_confirmed(current, options["confirm_production"], f"removing {', '.join(change.removed)}")
    steps, predicted = _own_steps(current, options, chosen)
    if change.body is not None:
        steps = (*steps, ReplaceBill(change.body))
    notes = (_services_unknown(current),) if wanted is not None and bill is None else ()
    return EnvironmentPlan(steps, Snapshot(current, short_names(bill)), Snapshot(predicted, change.after), notes)


def _services_unknown(current: Wire) -> str:
    return (
        f"The services of environment '{title(current)}' are not known before it exists, so this dry run does not tell "
        "whether they would be changed."
    )


def plan_removal(current: Wire, services: t.Sequence[str] | None, now: datetime) -> EnvironmentPlan:
    """Return what removes an environment as far as PingOne allows it now.

    services: short names of its services; None when they cannot be read.
    now: the time, with its zone.
    """
    before = Snapshot(current, services)
    if may_delete(current, now):
        return EnvironmentPlan((Delete(),), before, Snapshot(None))
    return plan_pending(current, services)


def plan_pending(current: Wire, services: t.Sequence[str] | None) -> EnvironmentPlan:
    """Return what sets the deletion of an environment pending. services: as for C(plan_removal)."""
    before = Snapshot(current, services)
    if is_pending(current):
        return EnvironmentPlan((), before, before)
    return EnvironmentPlan((SetPending(),), before, Snapshot(predicted_pending(current)))


def _plan_restoration(
    current: Wire, options: Options, chosen: Wire | None, wanted: t.Sequence[str] | None
) -> EnvironmentPlan:
    if options["exclusive_services"]:
        # Which services would go shows only once it is restored, so this is asked for before.
        check_confirmed(current, options["confirm_production"], "removing services")
    own = (chosen or current.get("license") or {}).get("id")
    steps, predicted = _own_steps(predicted_active(current, chosen), options, chosen)
    services = SetServices(None if wanted is None else tuple(wanted), options["exclusive_services"])
    note = (
        f"The services of environment '{title(current)}' cannot be read while its deletion is pending, so this "
        "dry run cannot tell whether they would change."
    )
    return EnvironmentPlan(
        (Restore(own), *steps, services),
        Snapshot(current),
        Snapshot(predicted, plan_bill(None, wanted, options["exclusive_services"]).after),
        () if wanted is None else (note,),
    )


def _own_steps(current: Wire, options: Options, chosen: Wire | None) -> tuple[tuple[Step, ...], Wire]:
    """Return the steps that change the environment's object and its type, and what it should be afterwards."""
    change = plan_environment(current, options, chosen, None, {})
    predicted = change.predicted or current
    # The license first, because it may be what allows the type.
    steps: tuple[Step, ...] = (Replace(change.body),) if change.body is not None else ()
    if options["type"] and options["type"] != current.get("type"):
        return (*steps, SetType(options["type"])), {**predicted, "type": options["type"]}
    return steps, predicted


def plan_environment(
    current: Wire | None, options: t.Mapping[str, t.Any], chosen: Wire | None, region: str | None, bill: Wire
) -> Change:
    """Return the change of the environment's own object, without type and services of an existing one.

    current: it as it was read, or None.
    options: the module's options.
    chosen: the license to be on, or None to leave it.
    region, bill: of a new environment.
    """
    wanted = {**options, "region": region, "license_id": chosen["id"] if chosen else None}
    change = plan(ENVIRONMENT, current, wanted)
    if change.body is None or change.predicted is None:
        return change
    body, predicted = copy.deepcopy(change.body), copy.deepcopy(change.predicted)
    if body.get("license"):
        # The package is the license's, and shown for information only.
        body["license"] = {"id": body["license"]["id"]}
    if chosen:
        predicted["license"] = _shown_license(chosen, (current or {}).get("license"))
        predicted.setdefault("organization", chosen.get("organization"))
    if current is None:
        body["billOfMaterials"] = bill
    return Change(ENVIRONMENT, change.action, current, body, predicted)


def predicted_pending(current: Wire) -> Wire:
    """Return an environment as it will be once its deletion is pending; the times are the service's to choose."""
    return {**current, "status": "DELETE_PENDING"}


def predicted_active(current: Wire, chosen: Wire | None) -> Wire:
    """Return an environment as it will be once it was restored. chosen: the license to move to, or None."""
    times = ("softDeletedAt", "hardDeleteAllowedAt", "hardDeletedAllowedAt")
    kept = {member: value for member, value in current.items() if member not in times}
    return {
        **kept,
        **({"license": _shown_license(chosen, current.get("license"))} if chosen else {}),
        "status": "ACTIVE",
    }


def _shown_license(chosen: Wire, former: Wire | None) -> Wire:
    """Return a license as an environment shows it. former: the one that it shows now, or None.

    PingOne did not always name the package there, and then an environment on another license does not either.
    """
    shows_package = former is None or "package" in former
    return {"id": chosen["id"], **({"package": chosen["package"]} if chosen.get("package") and shows_package else {})}
