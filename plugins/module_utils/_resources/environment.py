# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one environment to what a task wants of it: reads, asks for a plan, applies.

This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
    ServiceError,
    UnavailableError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id, is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Lateness
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import Budget
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name, check_no_user
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Outcome
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_fields import ENVIRONMENT
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_object import check_identity
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_plan import (
    NO_PLAN,
    Create,
    Delete,
    EnvironmentPlan,
    Replace,
    ReplaceBill,
    Restore,
    SetPending,
    SetServices,
    SetType,
    Snapshot,
    plan_creation,
    plan_pending,
    plan_removal,
    plan_update,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import (
    check_confirmed,
    check_immutable,
    check_name_is_free,
    check_not_callers_own,
    check_protect_option,
    check_protection,
    hard_delete_allowed_at,
    is_pending,
    is_production,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import (
    check_license,
    only_license,
    remaining_capacity,
    with_predicted,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import api_names, plan_bill, short_names

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What a new environment has when nothing is said: the service that PingOne's own console starts with.
_FIRST_SERVICES: t.Final = ("SSO",)
_PAUSE: t.Final = 0.5
# A single 404 may come from one server of several.
_NOT_FOUND_IN_A_ROW: t.Final = 2
# How PingOne answers inside of an environment that is not known everywhere yet.
_NOT_USABLE_YET: t.Final = (401, 403, 404)


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_identity(params, "environment")
    if params["wait_timeout"] < 0:
        raise OptionError("wait_timeout", f"wait_timeout must be 0 or more seconds, not {params['wait_timeout']}.")
    ENVIRONMENT.given(params)
    check_no_user("icon", params["icon"])
    api_names(params["services"] or [])
    check_protect_option(params["protect"])


def ensure_environment(task: Task) -> Outcome[EnvironmentPlan, Snapshot]:
    """Bring one environment to what the task wants.

    Raises OptionError for what the task may not want, before anything is written, and the client's errors.
    """
    environments = task.api.environments()
    writer = _Writer(task, environments)
    with environments.locked():
        current = find(task, environments)
        plan = _plan(task, environments, current)
        try:
            after = _applied(task, plan, writer)
        except ServiceError as error:
            # Another controller may have made one of this name since they were listed.
            listed = environments.refresh() if plan.creation and error.is_duplicate else []
            made = next((item for item in listed if plan.creation and plan.creation.matches_created(item)), None)
            if made is None:
                raise
            _wait_until_usable(task, made, "created elsewhere")
            plan = _plan_update(task, environments, made)
            after = _applied(task, plan, writer)
    if task.params["state"] == "absent":
        _tell_what_is_pending(task, plan, after)
    found = plan.before.environment or after.environment
    return Outcome(plan, after, f"environment {title(found)}" if found else "")


def _applied(task: Task, plan: EnvironmentPlan, writer: _Writer) -> Snapshot:
    """Carry out a plan. Raises, for what its license does not allow, an error that tells what else would be refused."""
    task.preflight(plan, writer, certain=plan.refusals)
    after = task.apply(plan, writer)
    for note in plan.notes if task.check_mode else ():
        task.warn(note)
    # The services of an environment that only an earlier task predicted are not known here.
    is_unknown = plan.bill is None and task.params["services"] is not None and plan.before.services is None
    if task.check_mode and after.environment is not None and (plan.bill is not None or is_unknown):
        task.predict_bill(after.environment, plan.bill)
    return after


def find(task: Task, environments: Resource) -> Wire | None:
    """Return the environment that the options mean, or None when it has to be created or is gone."""
    identifier, name = task.params["id"], task.params["name"]
    if not identifier:
        return next((item for item in environments.list() if item.get("name") == name), None)
    if not is_id(identifier):
        raise OptionError("id", f"id: '{identifier}' is not an id of PingOne; a name belongs in the option name.")
    listed = next((item for item in environments.list() if item["id"] == identifier), None)
    # A role that was assigned just now may show in the list only later, while asking for one is refused and repeated.
    current = listed or environments.get(identifier)
    if current is None and task.params["state"] != "absent":
        if is_predicted(identifier) and task.lookup.assumes("environment", identifier):
            return _assumed(task, identifier)
        raise MissingObjectError(
            "id",
            f"id: there is no environment '{identifier}'; "
            "leave id out to create one by its name because PingOne chooses the id.",
        )
    return current


# Plans


def _plan(task: Task, environments: Resource, current: Wire | None) -> EnvironmentPlan:
    if task.params["state"] == "absent":
        return _plan_removal(task, environments, current)
    if task.params["state"] == "deletion_pending":
        return _plan_pending(task, environments, current)
    return _plan_creation(task, environments) if current is None else _plan_update(task, environments, current)


def _plan_creation(task: Task, environments: Resource) -> EnvironmentPlan:
    name, region, type_ = task.params["name"], task.connection.region, task.params["type"]
    for option, value, what in (
        ("type", type_, "type, PRODUCTION or SANDBOX"),
        ("region", region, "region, the region of the tenant"),
    ):
        if not value:
            raise OptionError(option, f"{option}: environment '{name}' does not exist, and creating it needs {what}.")
    check_new_name(name, environments.list())
    check_name_is_free(name, environments.list(), None)
    services = task.params["services"]
    wanted = api_names(_FIRST_SERVICES if services is None else services)
    licenses = _licenses_as_counted(task)
    refusals: tuple[OptionError, ...] = ()
    if task.params["license"]:
        chosen = _wanted_license(task, licenses)
        refusals = _refusals(lambda: check_license(licenses, chosen, region, type_, is_move=True))
    else:
        try:
            chosen = only_license(licenses, region, type_)
        except OptionError as error:
            # What is planned with none is not carried out.
            chosen, refusals = {"id": "none"}, (error,)
    listed = environments.list()
    plan = plan_creation(task.params, str(region), _as_environments_show_it(chosen, listed), wanted, listed)
    return replace(plan, notes=_room_left(chosen), refusals=refusals)


def _refusals(check: t.Callable[[], None]) -> tuple[OptionError, ...]:
    """Return what a check raises, to be told with all else that would be refused."""
    try:
        check()
    except OptionError as error:
        return (error,)
    return ()


def _as_environments_show_it(license_: Wire, environments: t.Sequence[Wire]) -> Wire:
    """Return a license without its package where no environment shows the package of its own."""
    shown = [environment["license"] for environment in environments if environment.get("license")]
    if not shown or any("package" in item for item in shown):
        return license_
    return {member: value for member, value in license_.items() if member != "package"}


def _plan_update(task: Task, environments: Resource, current: Wire) -> EnvironmentPlan:
    current = environments.read_for_update(current)
    check_immutable(current, task.params["type"], task.connection.region)
    if task.params["name"] != current.get("name"):
        if task.params["name"] is not None:
            check_new_name(task.params["name"], environments.list(), current["id"])
        check_name_is_free(task.params["name"], environments.list(), current["id"])
    chosen, refusals = _license_of_existing(task, current)
    plan = plan_update(current, task.params, chosen, _bill_of_materials(task, current))
    return replace(plan, refusals=refusals)


def _plan_removal(task: Task, environments: Resource, current: Wire | None) -> EnvironmentPlan:
    """Plan to delete an environment; one of type PRODUCTION only when its time has come, and pending until then."""
    if current is None:
        return NO_PLAN
    if not is_pending(current):
        current = environments.read_for_update(current)
    now = task.client.service_time()
    _check_deletion(task, current, now, "deleting it")
    if task.check_mode and is_pending(current) and hard_delete_allowed_at(current) is None:
        # It is an earlier task that would have set it pending, so the time that PingOne sets is yet to come.
        return plan_pending(current, None)
    return plan_removal(current, short_names(_bill_of_materials(task, current)), now)


def _plan_pending(task: Task, environments: Resource, current: Wire | None) -> EnvironmentPlan:
    """Plan to take a PRODUCTION environment out of use, so that it can still be restored."""
    if current is None:
        current = task.lookup.environment(task.params["name"], "name")
    if not any(item["id"] == current["id"] for item in environments.list()) and is_predicted(current["id"]):
        plan = plan_pending({**_assumed(task, current["id"]), "type": "PRODUCTION"}, None)
        return replace(plan, before=Snapshot(None))
    current = environments.read_for_update(current)
    if not is_production(current):
        raise OptionError(
            "state",
            f"state: environment '{title(current)}' is {current.get('type')}, and only a PRODUCTION environment can be "
            "pending deletion; use state: absent, which deletes it at once.",
        )
    _check_deletion(task, current, task.client.service_time(), "setting its deletion pending")
    return plan_pending(current, short_names(_bill_of_materials(task, current)))


def _bill_of_materials(task: Task, current: Wire) -> Wire | None:
    """Return the services of an environment; None where nothing can be read in it."""
    if is_pending(current) or is_predicted(current["id"]):
        return None
    bill = task.api.bill_of_materials(current)
    task.know_bill(current, bill)
    return bill


def _assumed(task: Task, identifier: str) -> Wire:
    """Return the environment that another task of the dry run would have created, as far as this one knows it."""
    members = {"region": task.connection.region, "type": task.params["type"]}
    named = {"id": identifier, "name": task.params["name"] or identifier}
    return {**named, **{member: value for member, value in members.items() if value}}


def _licenses(task: Task) -> Resource:
    return task.api.licenses(task.api.organization_id())


def _licenses_as_counted(task: Task) -> list[Wire]:
    """Return the licenses; in a dry run they count the environments that earlier tasks would have created."""
    return with_predicted(_licenses(task).list(), task.api.environments().list())


def _wanted_license(task: Task, listed: t.Sequence[Wire]) -> Wire:
    """Return the one of the licenses that the option names. Raises OptionError."""
    found = task.lookup.license(task.api.organization_id(), task.params["license"])
    return next(item for item in listed if item["id"] == found["id"])


def _license_of_existing(task: Task, current: Wire) -> tuple[Wire | None, tuple[OptionError, ...]]:
    """Return the license that an existing environment has to move to, or None when it stays on its own; and why not."""
    reference, own = task.params["license"], (current.get("license") or {}).get("id")
    promotes = bool(task.params["type"]) and task.params["type"] != current.get("type")
    type_ = str(task.params["type"] or current.get("type"))
    if reference and reference != own:
        listed = _licenses_as_counted(task)
        chosen = _wanted_license(task, listed)
        is_move = chosen["id"] != own
        if not is_move and not promotes:
            return None, ()
        region = current.get("region")
        refusals = _refusals(lambda: check_license(listed, chosen, region, type_, is_move=is_move))
        return chosen if is_move else None, refusals
    if promotes and own:
        return None, _refusals(lambda: _check_own_license(task, current, own, type_))
    return None, ()


def _check_own_license(task: Task, current: Wire, own: str, type_: str) -> None:
    try:
        listed = _licenses_as_counted(task)
    except PermissionDeniedError:
        # Who may promote need not be one who may see licenses; then the service decides.
        return
    for item in listed:
        if item["id"] == own:
            check_license(listed, item, current.get("region"), type_, is_move=False)


def _room_left(chosen: Wire) -> tuple[str, ...]:
    """Return a sentence where an environment takes the last room of a license, which others may take before."""
    if remaining_capacity(chosen) != 1:
        return ()
    return (
        f"License '{title(chosen)}' has room for 1 more environment, this one included, as far as this dry run knows.",
    )


def _check_deletion(task: Task, current: Wire, now: datetime, operation: str) -> None:
    own = task.client.claims().get("env") or task.connection.auth_environment_id
    check_not_callers_own(current, own)
    check_protection(current, task.params["protect"], now)
    check_confirmed(current, task.params["confirm_production"], operation)


def _tell_what_is_pending(task: Task, plan: EnvironmentPlan, after: Snapshot) -> None:
    """Warn when a removal has not come further than a pending deletion."""
    if after.environment is None:
        return
    name, time_ = title(after.environment), hard_delete_allowed_at(after.environment)
    if plan.changed:
        task.warn(
            f"Environment '{name}' is PRODUCTION, so its deletion is pending first; PingOne deletes it only "
            f"after {time_ or 'a time that it sets then'}. Run this task again then."
        )
    else:
        task.warn(
            f"Environment '{name}' is pending deletion, and PingOne deletes it only after "
            f"{time_ or 'a time that it sets'}; run this task again then."
        )


# Steps


class _Writer:
    """Carries out the steps of a plan."""

    def __init__(self, task: Task, environments: Resource) -> None:
        self._task = task
        self.path = environments.path
        self._environments = environments
        self._carry_out: dict[type, t.Callable[[t.Any, Wire], Wire | None]] = {
            Restore: self._restore,
            Replace: lambda step, environment: environments.replace(environment["id"], step.body),
            SetType: lambda step, environment: task.api.set_type(environment, step.type),
            ReplaceBill: self._replace_bill,
            SetPending: lambda step, environment: task.api.set_status(environment, {"status": "DELETE_PENDING"}),
            Delete: self._delete,
        }

    def carry_out(self, plan: EnvironmentPlan) -> Snapshot:
        """Carry out all steps, and return the environment afterwards."""
        environment, services = plan.before.environment, plan.predicted.services
        for step in plan.steps:
            if isinstance(step, Create):
                environment = self._create(step)
            elif isinstance(step, SetServices):
                services = self._set_services(step, environment or {})
            else:
                environment = self._carry_out[type(step)](step, environment or {})
        return Snapshot(environment, services)

    def _create(self, step: Create) -> Wire:
        environment = self._environments.carry_out(step.change) or {}
        # A license counts the environments on it, and so is not what was listed any more.
        self._task.client.session_state.forget(_licenses(self._task).path)
        self._task.know_bill(environment, environment.get("billOfMaterials"))
        _wait_until_usable(self._task, environment, "created")
        return environment

    def _restore(self, step: Restore, environment: Wire) -> Wire:
        body = {"status": "ACTIVE", "license": {"id": step.license_id}}
        restored = self._task.api.set_status(environment, body)
        _wait_until_usable(self._task, restored, "restored")
        return restored

    def _replace_bill(self, step: ReplaceBill, environment: Wire) -> Wire:
        self._task.api.put_bill_of_materials(environment, step.body)
        self._task.know_bill(environment, step.body)
        return environment

    def _set_services(self, step: SetServices, environment: Wire) -> t.Sequence[str] | None:
        change = plan_bill(self._task.api.bill_of_materials(environment), step.wanted, step.exclusive)
        if change.body is not None:
            self._task.api.put_bill_of_materials(environment, change.body)
            self._task.know_bill(environment, change.body)
        return change.after

    def _delete(self, step: Delete, environment: Wire) -> None:
        self._environments.delete(environment["id"], f"deleting environment '{title(environment)}'")
        _wait_until_gone(self._task, self._environments, environment)


def _wait_until_usable(task: Task, environment: Wire, done: str) -> None:
    """Wait until a cheap call inside of an environment answers."""
    if not task.params["wait"]:
        return
    inside, operation = task.api.populations(environment).path, f"looking into environment '{title(environment)}'"
    try:
        task.client.get(inside, operation=operation, late=Lateness(patience=task.params["wait_timeout"]))
    except ServiceError as error:
        if error.status not in _NOT_USABLE_YET:
            raise
        raise UnavailableError(
            f"Environment '{title(environment)}' ({environment['id']}) was {done}, but could not be used "
            f"within {error.circumstances.repeated_for or 0:.0f} seconds. Run the task again, or raise wait_timeout. "
            f"The last answer: {describe(error)}"
        ) from error


def _wait_until_gone(task: Task, environments: Resource, environment: Wire) -> None:
    """Wait until an environment is not found twice in a row."""
    if not task.params["wait"]:
        return
    budget = Budget(task.client.clock, task.params["wait_timeout"], task.progress)
    missed = 0
    while True:
        missed = missed + 1 if _is_gone(environments, environment) else 0
        if missed == _NOT_FOUND_IN_A_ROW:
            return
        if not budget.pause(_PAUSE, f"Waiting until environment '{title(environment)}' is gone"):
            task.warn(
                f"Environment '{title(environment)}' was deleted, but was not gone "
                f"within {task.params['wait_timeout']} seconds; PingOne goes on deleting it."
            )
            return


def _is_gone(environments: Resource, environment: Wire) -> bool:
    try:
        return environments.get(environment["id"], patience=0) is None
    except PermissionDeniedError:
        # So PingOne answers while it is deleting one.
        return False
