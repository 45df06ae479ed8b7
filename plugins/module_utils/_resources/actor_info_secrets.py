# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose secrets a caller may read, told without reading any. This module is private to the collection.

Source of the rules: PingOne's page on application secrets, and what it answers who does not hold all that the worker's
roles allow.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.rights import NO, YES, Rights
from ansible_collections.idops.pingone.plugins.module_utils._resources.caller import caller_of
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_rules import (
    allows_more,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import Survey, reference_to
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_info import workers

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

READ_SECRET: t.Final = "applications:read:secret"

_Worker = tuple[Wire, Wire]


class SecretReading:
    """Tells whose secrets a caller may read.

    survey: reads, and keeps account of what cannot be read.
    rights: what the caller holds.
    """

    def __init__(self, task: Task, survey: Survey, rights: Rights) -> None:
        self._task = task
        self._survey = survey
        self._rights = rights
        self._caller = caller_of(task)

    def of(self, environments: t.Sequence[Wire]) -> Wires:
        """Return the workers of environments as results show them, each with what is known of its secret.

        A listing costs a request for each environment, and the roles of each worker another one.
        """
        pairs = self._survey.read(
            environments,
            lambda environment: workers(self._task.api.applications(environment).list()),
            lambda environment: {"environment": reference_to(environment)},
        )
        found = [(environment, worker) for environment, listed in pairs for worker in listed]
        held = self._survey.read(found, self._assigned, _place)
        return [{**_place(worker), **self._verdict(worker, assigned)} for worker, assigned in held]

    def _assigned(self, worker: _Worker) -> Wires:
        environment, application = worker
        return self._task.api.role_assignments(environment, "application", application).list()

    def _verdict(self, worker: _Worker, assigned: Wires) -> Wire:
        environment, application = worker
        answer = self._rights.answer(READ_SECRET, environment["id"])
        if self._caller.is_application(environment, application):
            return {"readable": NO, "reason": "own_secret"}
        if answer == NO:
            return {"readable": NO, "reason": "permission"}
        own = self._rights.assigned or ()
        if any(item.get("readOnly") for item in assigned):
            return {"readable": NO, "reason": "read_only_role_assignments"}
        if allows_more(assigned, own, self._rights.roles):
            return {"readable": NO, "reason": "broader_roles"}
        return {"readable": answer, "reason": None if answer == YES else "permission"}


def _place(worker: _Worker) -> Wire:
    environment, application = worker
    principal = {"type": "application", **reference_to(application)}
    return {"environment": reference_to(environment), "principal": principal}
