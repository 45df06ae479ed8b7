# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands the roles that one worker holds in some environments over to another.

No worker can remove its own roles, which PingOne shows to it as read-only. So the successor removes them, by a client
of its own. It reads as well, where it may, because the first worker may be disabled or without a role by now. This
module is private to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, PingOneError, ReadOnlyError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import worker_connection
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Change, plan
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Failure
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import (
    titles,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_plan import Add, RoleSetPlan
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import allows
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import (
    Disable,
    HandoverPlan,
    Held,
    Step,
    lacking,
    plan_handover,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_reading import (
    Holder,
    Reading,
    by_any,
    readers_of,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# What is needed where a worker lives, as the ends of the permissions' ids. That PingOne may come to tell assigning and
# removing apart, as it does for groups, is inferred.
_ASSIGNS: t.Final[tuple[str, ...]] = ("update:applicationRoleAssignments", "create:applicationRoleAssignments")
_REMOVES: t.Final[tuple[str, ...]] = ("update:applicationRoleAssignments", "delete:applicationRoleAssignments")
_UPDATES_WORKERS: t.Final[tuple[str, ...]] = ("update:application",)


@dataclass(frozen=True)
class Handover:
    """What became of a hand-over.

    worker, successor: the two.
    plan: what was planned.
    done: the steps that were carried out, as answered or predicted.
    missing: the environments that do not exist, as far as the two can see.
    is_disabled: whether the worker is disabled afterwards; None where that was not asked for.
    failure: why it is not complete; None when it is.
    """

    worker: Holder
    successor: Holder
    plan: HandoverPlan
    done: tuple[Step, ...] = ()
    missing: tuple[str, ...] = ()
    is_disabled: bool | None = None
    failure: Failure | None = None

    @property
    def title(self) -> str:
        """What a diff calls it."""
        return f"hand-over from worker {self.worker.title} to worker {self.successor.title}"


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise OptionError for options that cannot be right whatever exists, before the first call."""
    check_not_empty(params, "application", "environment")
    if any(not reference.strip() for reference in params["environments"]):
        raise OptionError("environments", "environments must not have an empty entry; give names or ids.")


def hand_over(task: Task) -> Handover:
    """Hand over what the options name.

    Raises MissingObjectError for what does not exist, OptionError and ReadOnlyError for what cannot be done, before
    anything is written, and the client's errors. One that comes later is the failure of what is returned.
    """
    other = _as_successor(task)
    readers = readers_of(task, other)
    worker, successor = _worker(task, readers), _successor(task)
    if worker.is_same(successor):
        return Handover(worker, successor, HandoverPlan((), Held()))
    writer = _Writer(task, other, worker, successor)
    with writer.locked():
        reading = Reading(task, readers, worker, successor)
        environments, missing = reading.environments(task.params["environments"], task.params["only_if_begun"])
        held = reading.held(environments)
        application = _application(task, readers, worker) if task.params["disable"] else None
        disabling = plan(WORKER_APP, application, {"enabled": False}) if application else None
        planned = plan_handover(
            held,
            [reading.scope(environment) for environment in environments],
            only_if_begun=task.params["only_if_begun"],
            are_all=not missing,
            disabling=disabling if disabling and disabling.changed else None,
        )
        planned = replace(planned, added=tuple(map(successor.predicted, planned.added)))
        _check(task, planned, worker, successor, reading.roles if other else None)
        done = task.apply(planned, writer)
    is_disabled = _is_disabled(disabling, done) if disabling else None
    return Handover(worker, successor, planned, done, tuple(missing), is_disabled, writer.failure)


def _as_successor(task: Task) -> Task | None:
    """Return the task as the successor carries it out; None for one that only a dry run has made."""
    given = task.params["successor"]
    if task.check_mode and (is_predicted(given["client_id"]) or is_predicted(given["auth_environment_id"])):
        task.warn(
            "The successor does not exist yet; this dry run takes it to hold what the worker holds at the "
            "organization, and nothing else."
        )
        return None
    return task.acting_as(worker_connection(task.params, given, option="successor"))


def _successor(task: Task) -> Holder:
    given = task.params["successor"]
    return Holder({"id": given["auth_environment_id"]}, {"id": given["client_id"]})


def _worker(task: Task, readers: t.Sequence[Task]) -> Holder:
    """Return the worker that hands over. A caller that is named by its credentials costs no request."""
    reference, place = task.params["application"], task.params["environment"]
    if reference is not None:
        home = by_any(readers, lambda reader: reader.lookup.environment(place))
        return Holder(home, by_any(readers, lambda reader: reader.lookup.application(home, reference)))
    connection = task.connection
    if connection.credential.renewable:
        return Holder({"id": connection.auth_environment_id}, {"id": connection.credential.client_id})
    claims = task.client.claims()
    if not claims.get("client_id") or not claims.get("env") or claims.get("sub"):
        raise OptionError(
            "application",
            "application is missing: the access token is not a worker's, so give the worker that hands over, and its "
            "environment.",
        )
    return Holder({"id": str(claims["env"])}, {"id": str(claims["client_id"])})


def _application(task: Task, readers: t.Sequence[Task], worker: Holder) -> Wire:
    def read(reader: Task) -> Wire | None:
        return reader.api.applications(worker.environment).get(worker.id)

    found = by_any(readers, read)
    if found is None:
        raise OptionError("disable", f"disable: there is no worker {worker.title} that could be disabled.")
    return found


def _is_disabled(disabling: Change, done: t.Sequence[Step]) -> bool:
    return not disabling.changed or any(isinstance(step, Disable) for step in done)


def _check(
    task: Task, planned: HandoverPlan, worker: Holder, successor: Holder, roles: t.Mapping[str, Wire] | None
) -> None:
    """Raise OptionError or ReadOnlyError for what cannot be carried out to its end, before anything is written.

    roles: those of the service, by id; None where nothing is known of the successor.
    """
    end = planned.after(planned.steps)
    lacks = lacking(end)
    if planned.disabling and lacks:
        raise OptionError(
            "disable",
            f"disable: nothing was changed, because the successor lacks what worker {worker.title} holds and what "
            f"does not move: {', '.join(titles(lacks))}. Assign it to {successor.title}, or remove it from the worker, "
            "or leave disable out.",
        )
    if roles is None:
        return
    needed = [(end.successor, successor, worker, _REMOVES)] if planned.removed else []
    needed += [(end.successor, successor, worker, _UPDATES_WORKERS)] if planned.disabling else []
    if task.params["application"] is None:
        needed += [(planned.before.worker, worker, successor, _ASSIGNS)] if planned.added else []
    for held, holder, other, operations in needed:
        place = (other.environment["id"], other.id)
        if not allows(held, roles, place, operations):
            raise _lacks_permission(holder, other, operations[0], "successor" if holder is successor else None)


def _lacks_permission(holder: Holder, other: Holder, operation: str, option: str | None) -> ReadOnlyError:
    error = ReadOnlyError(
        f"Nothing was changed, because worker {holder.title} could not do its part of the hand-over: it holds no role "
        f"that allows {operation}, such as Environment Admin, in environment {title(other.environment)}, to which "
        f"worker {other.title} belongs. Assign one to it."
    )
    error.option = option
    return error


class _Writer:
    """Carries out a hand-over: the caller gives, the successor removes and disables.

    other: the task as the successor carries it out; None in a dry run that only predicts it.

    failure is why it was not completed; None when it was.
    """

    def __init__(self, task: Task, other: Task | None, worker: Holder, successor: Holder) -> None:
        self.failure: Failure | None = None
        self._task = task
        self._other = remover = other or task
        self._is_caller = task.params["application"] is None
        self._gains = RoleSet(task, successor.environment, "application", successor.application)
        self._losses = RoleSet(remover, worker.environment, "application", worker.application)
        self._applications = remover.api.applications(worker.environment)
        # Of what a dry run predicts for later tasks.
        self.path = self._applications.path

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Hold the locks of the roles of both."""
        with self._gains.resource.locked(), self._losses.resource.locked():
            yield

    def carry_out(self, planned: HandoverPlan) -> tuple[Step, ...]:
        """Carry out the steps, and return those that were. An error after the first one ends it, and is the failure."""
        if self._is_caller:
            # It holds what it gives, so that a refusal is a matter of time.
            self._task.client.expect_propagation()
        # It holds what it removes, for a moment or from before, so that here too a refusal is a matter of time.
        self._other.client.expect_propagation()
        done: list[Step] = []
        for step in planned.steps:
            try:
                done.append(self._carried_out(step))
            except PingOneError as error:
                if not done:
                    raise
                self.failure = Failure(
                    f"{describe(error)} The hand-over is not complete: {len(done)} of {len(planned.steps)} steps are "
                    "done; run the task again, and it goes on from there.",
                    error,
                )
                break
        return tuple(done)

    def _carried_out(self, step: Step) -> Step:
        if isinstance(step, Disable):
            self._applications.carry_out(step.change)
            return step
        if isinstance(step, Add):
            return Add(self._gains.carry_out(RoleSetPlan((step,)))[0])
        self._losses.carry_out(RoleSetPlan((step,)))
        return step
