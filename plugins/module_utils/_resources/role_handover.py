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

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    NotFoundError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
    TokenError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import worker_connection
from ansible_collections.idops.pingone.plugins.module_utils._core.hints import describe
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import plan
from ansible_collections.idops.pingone.plugins.module_utils._core.preflight import OFF
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Failure
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import Rights
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import Grant, titles
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_plan import (
    HandoverPlan,
    Held,
    lacking,
    plan_handover,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_handover_reading import (
    SUCCESSOR,
    Holder,
    Reading,
    by_any,
    readers_of,
    without_patience,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_set import RoleSet
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# Why a token is refused to a client that is not known, not proven, or disabled (RFC 6749, section 5.2).
_INVALID_CLIENT: t.Final = "invalid_client"


@dataclass(frozen=True)
class Handover:
    """What became of a hand-over.

    worker, successor: the two.
    plan: what was planned.
    end: what both hold afterwards, as answered or predicted.
    has_disabled: whether the worker was disabled by it.
    missing: the environments that do not exist, as far as the two can see.
    is_disabled: whether the worker is disabled afterwards; None where that was not asked for.
    failure: why it is not complete; None when it is.
    """

    worker: Holder
    successor: Holder
    plan: HandoverPlan
    end: Held
    has_disabled: bool = False
    missing: tuple[str, ...] = ()
    is_disabled: bool | None = None
    failure: Failure | None = None

    @property
    def added(self) -> list[Grant]:
        """What the successor got."""
        return [grant for grant in self.end.successor if grant not in self.plan.before.successor]

    @property
    def removed(self) -> list[Grant]:
        """What the worker lost."""
        return [grant for grant in self.plan.before.worker if grant not in self.end.worker]

    @property
    def steps(self) -> int:
        """How many steps were carried out, of those that the plan has."""
        return len(self.added) + len(self.removed) + self.has_disabled

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

    Raises MissingObjectError for what does not exist, OptionError, ReadOnlyError and TokenError for what cannot be
    done, before anything is written, and the client's errors. One that comes later is the failure of what is returned.
    """
    other = _as_successor(task)
    readers = readers_of(task, other)
    worker, successor = _worker(task, readers), _successor(task)
    if worker.is_same(successor):
        return Handover(worker, successor, HandoverPlan((), Held()), Held())
    # Of a successor that only a dry run has made, nobody can tell what it may do.
    actors = _Actors(task, other or task.acting_as(task.connection, preflight=OFF), worker, successor)
    with actors.locked():
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
        _check_disabling(planned, worker, successor)
        if other is not None:
            _check_credentials(task, other, planned)
        actors.preflight(planned, reading)
        handover = replace(actors.apply(planned), missing=tuple(missing))
    if disabling is None:
        return handover
    return replace(handover, is_disabled=not disabling.changed or handover.has_disabled)


def _as_successor(task: Task) -> Task | None:
    """Return the task as the successor carries it out; None for one that only a dry run has made."""
    given = task.params["successor"]
    if task.check_mode and (is_predicted(given["client_id"]) or is_predicted(given["auth_environment_id"])):
        task.warn(
            "The successor does not exist yet; this dry run takes it to hold what the worker holds at the "
            "organization, and nothing else."
        )
        return None
    return task.acting_as(worker_connection(task.params, given, option="successor"), SUCCESSOR)


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


def _check_disabling(planned: HandoverPlan, worker: Holder, successor: Holder) -> None:
    """Raise OptionError for a worker that would be disabled though it holds what the successor lacks."""
    lacks = lacking(planned.end)
    if planned.disabling and lacks:
        raise OptionError(
            "disable",
            f"disable: nothing was changed, because the successor lacks what worker {worker.title} holds and what "
            f"does not move: {', '.join(titles(lacks))}. Assign it to {successor.title}, or remove it from the worker, "
            "or leave disable out.",
        )


def _check_credentials(task: Task, other: Task, planned: HandoverPlan) -> None:
    """Raise TokenError for a calling worker that is refused although it is enabled: nobody proved to be that worker.

    What it began is completed without it, so that one that is disabled, or has no role any more, is no obstacle. Where
    it gives roles it signs in anyway, and where nothing is written, nobody needs it.

    other: the task as the successor carries it out, which reads whether the worker is enabled.
    """
    connection = task.connection
    if planned.added or not planned.length or not connection.credential.renewable:
        return
    try:
        without_patience(task).client.token()
    except TokenError as error:
        home, client_id = {"id": connection.auth_environment_id}, connection.credential.client_id
        if error.code == _INVALID_CLIENT and _is_enabled(without_patience(other), home, client_id):
            raise error.with_note(
                "The successor sees that the worker is enabled, so these are not its credentials; nothing was changed."
            ) from None


def _is_enabled(task: Task, home: Wire, client_id: str) -> bool:
    """Tell whether a worker is enabled, as far as the task may read it."""
    try:
        found = task.api.applications(home).get(client_id)
    except (NotFoundError, PermissionDeniedError):
        return False
    return found is not None and found.get("enabled") is True


class _Actors:
    """Both who carry out a hand-over: the calling worker gives, and the successor removes and disables.

    remover: the task as the successor carries it out.
    """

    def __init__(self, task: Task, remover: Task, worker: Holder, successor: Holder) -> None:
        self._task = task
        self._remover = remover
        self._worker, self._successor = worker, successor
        self._gains = RoleSet(task, successor.environment, "application", successor.application)
        self._losses = RoleSet(remover, worker.environment, "application", worker.application)
        self._applications = remover.api.applications(worker.environment)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Hold the locks of the roles of both."""
        with self._gains.resource.locked(), self._losses.resource.locked():
            yield

    def preflight(self, planned: HandoverPlan, reading: Reading) -> None:
        """Tell what the service would refuse to either of the two. Raises ReadOnlyError, once, with all of it.

        What they hold was read, so that nobody reads it again, and neither needs to be able to.
        """
        roles = list(reading.roles.values())
        # What it gets may be what lets it remove the others.
        self._remover.know_rights(Rights([grant.to_api() for grant in planned.end.successor], roles))
        outlooks = [self._remover.outlook(planned.losses, self._losses, certain=self._irremovable(planned, reading))]
        if planned.disabling:
            outlooks.append(self._remover.outlook(planned.disabling, self._applications))
        if self._is_caller():
            # Who hands over holds what it gives.
            self._task.know_rights(Rights([grant.to_api() for grant in planned.before.worker], roles))
            outlooks.append(self._task.outlook(planned.gains, self._gains))
        else:
            outlooks.append(self._gains.outlook(planned.gains))
        self._task.conclude([("", outlook) for outlook in outlooks])

    def _is_caller(self) -> bool:
        return self._task.params["application"] is None

    def _irremovable(self, planned: HandoverPlan, reading: Reading) -> list[str]:
        """Return why the successor cannot remove what the service shows to it as read-only.

        A role is so until the successor holds it, too, and for a moment after that. So it counts where the successor
        holds a broader one, which no run of this hand-over that was ended can have given to it a moment ago.
        """
        late = self._gains.resource.created_by_caller()
        broader = [held for held in planned.before.successor if held not in planned.removed and held.id not in late]
        kept = [grant for grant in planned.removed if grant.read_only and any(held.covers(grant) for held in broader)]
        if not kept or not reading.is_seen_by_successor or self._task.params.get("settle"):
            return []
        return [
            f"Nothing was changed, because PingOne shows to successor {self._successor.title} as read-only what it "
            f"would remove from worker {self._worker.title}, although it holds the same: {', '.join(titles(kept))}. "
            "Where it got its roles a moment ago, the option settle waits for that to take effect."
        ]

    def apply(self, planned: HandoverPlan) -> Handover:
        """Carry out a plan; in check mode, only predict. An error after the first step is the failure of the result."""
        if self._is_caller():
            # It holds what it gives, so that a refusal is a matter of time.
            self._task.client.expect_propagation()
        # It holds what it removes, for a moment or from before, so that here too a refusal is a matter of time.
        self._remover.client.expect_propagation()
        handover = Handover(self._worker, self._successor, planned, planned.end, planned.disabling is not None)
        try:
            self._task.apply(planned.gains, self._gains)
            self._remover.apply(planned.losses, self._losses)
            if planned.disabling:
                self._remover.apply(planned.disabling, self._applications)
        except PingOneError as error:
            return self._ended(handover, error)
        return replace(handover, end=self._end(planned.end))

    def _ended(self, whole: Handover, error: PingOneError) -> Handover:
        """Return what became of a hand-over that an error ended. Raises that where nothing was changed before it."""
        done = replace(whole, end=self._end(whole.plan.before), has_disabled=False)
        if not done.steps:
            raise error
        failure = Failure(
            f"{describe(error)} The hand-over is not complete: {done.steps} of {whole.plan.length} steps are done; "
            "run the task again, and it goes on from there.",
            error,
        )
        return replace(done, failure=failure)

    def _end(self, otherwise: Held) -> Held:
        """Return what both hold now, as answered. otherwise: what one holds to whom nothing was written."""
        worker = tuple(self._losses.held) if self._losses.has_written else otherwise.worker
        successor = tuple(self._gains.held) if self._gains.has_written else otherwise.successor
        return replace(otherwise, worker=worker, successor=successor)
