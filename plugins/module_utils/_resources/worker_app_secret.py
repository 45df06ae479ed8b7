# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading, rotating and proving the secret of a worker, and whether a refusal of it will go away.

PingOne shows the secret of a worker to nobody who could not remove each of its role assignments, or whose own roles
allow less than the worker's, and to no worker its own. Right after a change it refuses it for a while to others too.
This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, field

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    PingOneError,
    ReadOnlyError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires, certain
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import remaining_youth
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import (
    are_all_listed,
    is_caller,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.existing_worker import existing_worker
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    allows_more,
    is_out_of_reach,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_plan import (
    After,
    SecretPlan,
    Secrets,
    Wanted,
    after_rotation,
    plan_secret,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_rules import read_options
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_proof import (
    Proof,
    connection_of,
    obstacle_to_token,
    prove,
)

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


@dataclass
class SecretRun:
    """What became of the secret of a worker.

    home, worker: the environment and the application.
    plan, after: what was planned, and what is there now.
    proof: whether the secret that the clients need got a token; None where that was not to be tried.
    failure: why it got none.
    """

    home: Wire
    worker: Wire
    plan: SecretPlan
    after: After
    proof: Proof | None = None
    failure: PingOneError | None = field(default=None)

    @property
    def title(self) -> str:
        """What a diff calls the secret."""
        return f"secret of worker {title(self.home)}/{title(self.worker)}"


def ensure_worker_app_secret(task: Task) -> SecretRun:
    """Read the secret of a worker, rotate it or revoke the previous one, as the options want it.

    Raises OptionError for what cannot be wanted, and PermissionDeniedError or ReadOnlyError for what the caller may not
    do, before anything is written, and the client's errors.
    """
    wanted = read_options(task.params)
    home, worker = existing_worker(task)
    _check_not_caller(task, home, worker)
    keeper = _SecretWriter(task, home, worker, wanted)
    found = keeper.read()
    plan = keeper.plan(found)
    with keeper.lock.locked() if plan.changed else contextlib.nullcontext():
        if plan.changed and not task.check_mode:
            # Another play on this controller may have done it meanwhile.
            plan = keeper.plan(keeper.read(), found)
        proves = task.params["verify"] and plan.publish_required and wanted.state == "rotated"
        assigned = _assigned(task, home, worker) if proves and not task.check_mode else None
        after = task.apply(plan, keeper)
    run = SecretRun(home, worker, plan, after)
    if after.previous_lost:
        task.warn(
            f"The secret of worker '{title(worker)}' was rotated from elsewhere at the same time, so the one of before "
            "is not valid any more, as it should be: clients that still use it need the new one."
        )
    if assigned is not None:
        _verify(task, run, assigned)
    return run


def _check_not_caller(task: Task, home: Wire, worker: Wire) -> None:
    """Raise ReadOnlyError for the calling worker, which PingOne shows no secret of its own."""
    if is_caller(task, home, worker):
        raise ReadOnlyError(
            f"application: worker '{title(worker)}' ({worker['id']}) is the one that calls, and PingOne neither shows "
            "a worker its own secret nor lets it rotate it; let another worker do it. Nothing was changed."
        )


class _SecretWriter:
    """Reads the secret of a worker, plans what is done with it, and carries that out.

    lock: what two plays on this controller that rotate the same secret wait for.
    """

    def __init__(self, task: Task, home: Wire, worker: Wire, wanted: Wanted) -> None:
        self._task = task
        self._home = home
        self._worker = worker
        self._wanted = wanted
        self.lock = task.api.secrets(home, worker)
        self.path = self.lock.path

    def read(self) -> Secrets:
        """Return the secrets as they are now."""
        if is_predicted(self._worker["id"]):
            return Secrets(None)
        return self._from_api(_read(self._task, self._home, self._worker))

    def plan(self, found: Secrets, seen: Secrets | None = None) -> SecretPlan:
        """Return what leads from what was found to what is wanted. seen: what was read before the lock was held."""
        return plan_secret(self._wanted, found, self._task.client.service_time(), seen)

    def carry_out(self, plan: SecretPlan) -> After:
        """Rotate, or revoke the previous secret; return what is there afterwards."""
        if plan.action == "revoke":
            self._task.api.revoke_previous_secret(self._home, self._worker)
            return plan.predicted
        answer = self._task.api.rotate_secret(
            self._home, self._worker, certain(plan.found.current), plan.predicted.secrets.expires_at
        )
        return after_rotation(plan, self._read_back(plan, answer))

    def _read_back(self, plan: SecretPlan, answer: Wire) -> Secrets:
        """Return the secrets after a rotation, which may be those of another controller that rotated too."""
        rotated = self._from_api(answer)
        try:
            now = self._from_api(self._task.api.secret(self._home, self._worker))
        except PingOneError:
            # The answer says the same, unless somebody rotated since.
            return rotated
        return rotated if now.current == plan.found.current else now

    def _from_api(self, wire: Wire) -> Secrets:
        return Secrets.from_api(wire, self._task.client.service_time())


def _assigned(task: Task, home: Wire, worker: Wire) -> Wires:
    """Return the role assignments of a worker, without which PingOne gives it no token."""
    return task.api.role_assignments(home, "application", worker).list()


def _verify(task: Task, run: SecretRun, assigned: Wires) -> None:
    """Get a token as the worker by the secret that its clients need, past everything that is remembered."""
    secret = certain(run.after.secrets.current)
    run.proof = Proof(obstacle=obstacle_to_token(run.worker, {"client_secret": secret}, assigned))
    if run.proof.obstacle:
        task.warn(f"The secret of worker '{title(run.worker)}' was not verified because {run.proof.obstacle}.")
        return
    settle = task.params.get("settle") or 0
    if run.plan.changed:
        settle = max(settle, task.connection.retry_budget)
    connection = connection_of(task, run.home, run.worker, {"client_secret": secret}, settle)
    try:
        prove(task.client.of_other(connection), run.worker, run.proof)
    except PingOneError as error:
        run.failure = error


def read_secret(task: Task, environment: Wire, worker: Wire) -> str:
    """Return the secret of a worker, which is known as one from then on.

    Raises PermissionDeniedError for one that PingOne does not show to the caller: at once where waiting would not help.
    """
    return task.secret(_read(task, environment, worker)["secret"])


def _read(task: Task, environment: Wire, worker: Wire) -> Wire:
    """Return the secret of a worker as the service sends it, with the previous one.

    Raises PermissionDeniedError for one that PingOne does not show to the caller: at once where waiting would not help.
    """

    def is_final(response: Response) -> bool:
        return _is_old(task, worker, response) or (
            response.status == 403 and _stays_hidden(task, environment, worker, response)
        )

    return task.api.secret(environment, worker, is_final)


def _is_old(task: Task, worker: Wire, response: Response) -> bool:
    """Tell whether a worker is so old that only a change that settle tells of could be on its way to its secret."""
    young_for = remaining_youth(worker.get("createdAt"), response, task.client.clock.time())
    return not young_for and not task.connection.settle


def _stays_hidden(task: Task, environment: Wire, worker: Wire, response: Response) -> bool:
    """Tell whether a refused secret stays so; where that cannot be read, it may not."""
    if is_caller(task, environment, worker):
        return True
    assignments = task.api.role_assignments(environment, "application", worker)
    assigned, callers = assignments.list_once(), task.api.own_role_assignments()
    own = callers.list_once() if callers is not None and assigned else None
    if not assigned or own is None or not are_all_listed(task, own, environment, response):
        return False
    if is_out_of_reach(assigned, own, assignments.created_by_caller()):
        return True
    roles = task.api.roles().list_once()
    return roles is not None and allows_more(assigned, own, roles)
