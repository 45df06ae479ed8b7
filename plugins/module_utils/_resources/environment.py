# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one environment to what a task wants of it, step by step. This module is private to the collection."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
    ServiceError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id, is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._resources.environment_rules import (
    check_confirmed,
    check_immutable,
    check_name_is_free,
    check_not_callers_own,
    check_protection,
    hard_delete_allowed_at,
    is_pending,
    is_production,
    may_delete,
    plan_environment,
    predicted_active,
    predicted_pending,
    to_result,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.license import (
    check_license,
    find_license,
    only_license,
    remaining_capacity,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.service import (
    api_names,
    new_bill,
    plan_bill,
    short_names,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What a new environment has when nothing is said: the service that PingOne's own console starts with.
_FIRST_SERVICES: t.Final = ("SSO",)
_PAUSE: t.Final = 0.5
# A single 404 may come from one server of several.
_NOT_FOUND_IN_A_ROW: t.Final = 2


@dataclass(frozen=True)
class Outcome:
    """What became of an environment.

    before, after: it on both sides as results show it; None where it does not exist.
    environment: it as it is now, or as it would be; None when it is gone.
    created: whether it is new.
    """

    before: dict[str, t.Any] | None
    after: dict[str, t.Any] | None
    environment: Wire | None
    changed: bool
    created: bool = False


def find(task: Task, environments: Resource) -> Wire | None:
    """Return the environment that the options mean, or None when it has to be created or is gone."""
    identifier, name = task.params["id"], task.params["name"]
    if not identifier:
        return next((item for item in environments.list() if item.get("name") == name), None)
    if is_predicted(identifier):
        return _predicted(task, identifier)
    if not is_id(identifier):
        raise OptionError(f"id: '{identifier}' is not an id of PingOne; an environment's name belongs into name.")
    listed = next((item for item in environments.list() if item["id"] == identifier), None)
    # A role that was assigned just now may show in the list only later, while asking for one is refused and repeated.
    current = listed or environments.get(identifier)
    if current is None and task.params["state"] != "absent":
        raise OptionError(
            f"id: there is no environment '{identifier}'; "
            "leave id out to create one by its name, since PingOne chooses the id."
        )
    return current


def create(task: Task, environments: Resource) -> Outcome:
    """Create the environment, and wait until it can be used."""
    region, type_ = task.connection.region, task.params["type"]
    if not type_:
        raise OptionError(
            f"type: environment '{task.params['name']}' does not exist, and creating it needs type, "
            "PRODUCTION or SANDBOX."
        )
    if not region:
        raise OptionError(
            f"region: environment '{task.params['name']}' does not exist, and creating it needs region, "
            "the region of the tenant."
        )
    check_name_is_free(task.params["name"], environments.list(), None)
    services = task.params["services"]
    bill = new_bill(api_names(_FIRST_SERVICES if services is None else services))
    licenses = _licenses(task)
    listed = licenses.list()
    if task.params["license"]:
        chosen = find_license(listed, task.params["license"])
        check_license(listed, chosen, region, type_, is_move=True)
    else:
        chosen = only_license(listed, region, type_)
    if task.check_mode:
        _tell_room(task, chosen)
    change = plan_environment(None, task.params, chosen, region, bill)
    try:
        environment = t.cast(Wire, task.apply(change, environments))
    except ServiceError as error:
        # Another controller may have made one of this name since they were listed.
        listed = environments.refresh() if error.is_duplicate else []
        made = next((item for item in listed if change.matches_created(item)), None)
        if made is None:
            raise
        _wait_until_usable(task, made, "created elsewhere")
        return update(task, environments, made)
    # A license counts the environments on it, and so is not what was listed any more.
    task.client.session_state.forget(licenses.path)
    _wait_until_usable(task, environment, "created")
    return Outcome(None, to_result(environment, short_names(bill)), environment, changed=True, created=True)


def update(task: Task, environments: Resource, current: Wire) -> Outcome:
    """Restore, update and promote an existing environment, and set its services, as far as that is wanted."""
    params = task.params
    wanted = None if params["services"] is None else api_names(params["services"])
    if not is_predicted(current["id"]):
        current = environments.read_for_update(current)
    pending = is_pending(current)
    check_immutable(current, params["type"], task.connection.region)
    if params["name"] != current.get("name"):
        check_name_is_free(params["name"], environments.list(), current["id"])
    chosen = _license_of_existing(task, current)
    if pending and params["exclusive_services"]:
        # Which services would go shows only once it is restored, so this is asked for before.
        check_confirmed(current, params["confirm_production"], "removing services")
    bill = None if pending or is_predicted(current["id"]) else task.api.bill_of_materials(current)
    before = to_result(current, short_names(bill))

    if pending:
        current = _restored(task, current, chosen)
        bill = None if task.check_mode else task.api.bill_of_materials(current)
    change = plan_environment(current, params, chosen, None, {})
    bill_change = plan_bill(bill, wanted, params["exclusive_services"])
    if bill_change.removed:
        check_confirmed(current, params["confirm_production"], f"removing {', '.join(bill_change.removed)}")

    # The license first, since it may be what allows the type.
    environment = t.cast(Wire, task.apply(change, environments))
    promotes = bool(params["type"]) and params["type"] != current.get("type")
    if promotes:
        environment = _promoted(task, environment, params["type"])
    if bill_change.body is not None and not task.check_mode:
        task.api.put_bill_of_materials(environment, bill_change.body)
    changed = pending or change.changed or promotes or bill_change.body is not None
    return Outcome(before, to_result(environment, bill_change.after), environment, changed)


def remove(task: Task, environments: Resource, current: Wire | None, now: datetime) -> Outcome:
    """Delete an environment; one of type PRODUCTION only when its time has come, and set it pending until then."""
    if current is None or is_predicted(current["id"]):
        return Outcome(None, None, None, changed=False)
    if not is_pending(current):
        current = environments.read_for_update(current)
    _check_deletion(task, current, now, "deleting it")
    if not may_delete(current, now):
        if not is_pending(current):
            return _set_pending(task, current, _before(task, current))
        shown = to_result(current, None)
        task.warn(
            f"Environment '{title(current)}' is pending deletion, and PingOne deletes it only after "
            f"{hard_delete_allowed_at(current)}; run this task again then."
        )
        return Outcome(shown, shown, current, changed=False)
    before = _before(task, current)
    if not task.check_mode:
        environments.delete(current["id"], f"deleting environment '{title(current)}'")
        _wait_until_gone(task, environments, current)
    return Outcome(before, None, None, changed=True)


def set_deletion_pending(task: Task, environments: Resource, current: Wire | None, now: datetime) -> Outcome:
    """Take a PRODUCTION environment out of use, so that it can still be restored."""
    if current is None:
        # A dry run assumes that an earlier task creates it; a real run fails.
        current = task.lookup.environment(task.params["name"], "name")
    if is_predicted(current["id"]):
        predicted = predicted_pending({**_predicted(task, current["id"]), "type": "PRODUCTION"})
        return Outcome(None, to_result(predicted, None), predicted, changed=True)
    current = environments.read_for_update(current)
    if not is_production(current):
        raise OptionError(
            f"state: environment '{title(current)}' is {current.get('type')}, and only a PRODUCTION environment can be "
            "pending deletion; use state: absent, which deletes it at once."
        )
    _check_deletion(task, current, now, "setting its deletion pending")
    if is_pending(current):
        shown = to_result(current, None)
        return Outcome(shown, shown, current, changed=False)
    return _set_pending(task, current, _before(task, current))


def _predicted(task: Task, identifier: str) -> Wire:
    """Return the environment that an earlier task of the dry run would have created, as far as this one knows it."""
    members = {"region": task.connection.region, "type": task.params["type"]}
    named = {"id": identifier, "name": task.params["name"] or identifier}
    return {**named, **{member: value for member, value in members.items() if value}}


def _licenses(task: Task) -> Resource:
    organization = task.client.claims().get("org") or task.api.organizations().list()[0]["id"]
    return task.api.licenses(str(organization))


def _license_of_existing(task: Task, current: Wire) -> Wire | None:
    """Return the license that an existing environment has to move to, or None when it stays on its own."""
    reference, own = task.params["license"], (current.get("license") or {}).get("id")
    promotes = bool(task.params["type"]) and task.params["type"] != current.get("type")
    type_ = str(task.params["type"] or current.get("type"))
    if reference and reference != own:
        listed = _licenses(task).list()
        chosen = find_license(listed, reference)
        is_move = chosen["id"] != own
        if is_move or promotes:
            check_license(listed, chosen, current.get("region"), type_, is_move=is_move)
        return chosen if is_move else None
    if promotes and own:
        _check_own_license(task, current, own, type_)
    return None


def _check_own_license(task: Task, current: Wire, own: str, type_: str) -> None:
    try:
        listed = _licenses(task).list()
    except PermissionDeniedError:
        # Who may promote need not be one who may see licenses; then the service decides.
        return
    for item in listed:
        if item["id"] == own:
            check_license(listed, item, current.get("region"), type_, is_move=False)


def _tell_room(task: Task, chosen: Wire) -> None:
    left = remaining_capacity(chosen)
    if left is not None:
        task.warn(
            f"License '{chosen.get('name') or chosen['id']}' has room for {left} more "
            f"{'environment' if left == 1 else 'environments'}, of which this dry run counts only the one of this task."
        )


def _restored(task: Task, current: Wire, chosen: Wire | None) -> Wire:
    if task.check_mode:
        if task.params["services"] is not None:
            task.warn(
                f"The services of environment '{title(current)}' can't be read while its deletion is pending, so this "
                "dry run can't tell whether they would change."
            )
        return predicted_active(current)
    license_ = chosen or current.get("license") or {}
    body = {"status": "ACTIVE", "license": {"id": license_.get("id")}}
    environment = task.api.set_status(current, body)
    _wait_until_usable(task, environment, "restored")
    return environment


def _promoted(task: Task, environment: Wire, type_: str) -> Wire:
    if task.check_mode or is_predicted(environment["id"]):
        return {**environment, "type": type_}
    return task.api.set_type(environment, type_)


def _check_deletion(task: Task, current: Wire, now: datetime, operation: str) -> None:
    own = task.client.claims().get("env") or task.connection.auth_environment_id
    check_not_callers_own(current, own)
    check_protection(current, task.params["protect"], now)
    check_confirmed(current, task.params["confirm_production"], operation)


def _set_pending(task: Task, current: Wire, before: dict[str, t.Any] | None) -> Outcome:
    environment = predicted_pending(current)
    if not task.check_mode:
        environment = task.api.set_status(current, {"status": "DELETE_PENDING"})
    if task.params["state"] == "absent":
        task.warn(
            f"Environment '{title(current)}' is PRODUCTION, so its deletion is pending first; PingOne deletes it only "
            f"after {hard_delete_allowed_at(environment) or 'a time that it sets then'}. Run this task again then."
        )
    return Outcome(before, to_result(environment, None), environment, changed=True)


def _before(task: Task, current: Wire) -> dict[str, t.Any] | None:
    """Return an environment that is about to go, with its services for the diff where they can be read."""
    services = None if is_pending(current) else short_names(task.api.bill_of_materials(current))
    return to_result(current, services)


def _wait_until_usable(task: Task, environment: Wire, done: str) -> None:
    """Wait until a cheap call inside of an environment answers."""
    if task.check_mode or not task.params["wait"]:
        return
    task.progress(f"Waiting until environment '{title(environment)}' can be used")
    deadline = time.monotonic() + task.params["wait_timeout"]
    while True:
        try:
            task.api.populations(environment).list()
            return
        except (NotFoundError, PermissionDeniedError) as error:
            if time.monotonic() >= deadline:
                raise PingOneError(
                    f"Environment '{title(environment)}' ({environment['id']}) was {done}, but could not be used "
                    f"within {task.params['wait_timeout']} seconds. Run the task again, or raise wait_timeout. "
                    f"The last answer: {error}"
                ) from error
        time.sleep(_PAUSE)


def _wait_until_gone(task: Task, environments: Resource, environment: Wire) -> None:
    """Wait until an environment is not found twice in a row."""
    if not task.params["wait"]:
        return
    task.progress(f"Waiting until environment '{title(environment)}' is gone")
    deadline = time.monotonic() + task.params["wait_timeout"]
    missed = 0
    while True:
        missed = missed + 1 if _is_gone(environments, environment) else 0
        if missed == _NOT_FOUND_IN_A_ROW:
            return
        if time.monotonic() >= deadline:
            task.warn(
                f"Environment '{title(environment)}' was deleted, but was not gone "
                f"within {task.params['wait_timeout']} seconds; PingOne goes on deleting it."
            )
            return
        time.sleep(_PAUSE)


def _is_gone(environments: Resource, environment: Wire) -> bool:
    try:
        return environments.get(environment["id"]) is None
    except PermissionDeniedError:
        # So PingOne answers while it is deleting one.
        return False
