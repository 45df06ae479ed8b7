# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds a custom role, as far as the calling worker can see. This module is private to the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._resources.survey import Survey
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_info import workers

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

# Not users: each of thousands would cost a request.
_KINDS: t.Final = ("application", "group", "gateway")


@dataclass(frozen=True)
class Holders:
    """Who holds a role. titles: in words. unseen: of what the caller could not read whether it does."""

    titles: list[str]
    unseen: list[str]


def holders_of(task: Task, environment: Wire, role: Wire) -> Holders:
    """Return the workers, groups and gateways of an environment that hold a role, all read side by side."""
    survey = Survey(task, strict=False)

    def listed(kind: str) -> Wires:
        if kind == "application":
            return workers(task.api.applications(environment).list())
        return (task.api.groups(environment) if kind == "group" else task.api.gateways(environment)).list()

    def assigned(principal: tuple[str, Wire]) -> Wires:
        return task.api.role_assignments(environment, *principal).list()

    def called(principal: tuple[str, Wire]) -> str:
        return f"{principal[0]} '{title(principal[1])}'"

    pairs = survey.read(_KINDS, listed, lambda kind: {"what": f"{kind}s"})
    principals = [(kind, principal) for kind, found in pairs for principal in found]
    held = survey.read(principals, assigned, lambda principal: {"what": called(principal)})
    titles = [called(principal) for principal, items in held if _is_among(role, items)]
    return Holders(titles, [entry["what"] for entry in survey.unreadable])


def _is_among(role: Wire, assignments: Wires) -> bool:
    return any(referred_id(item, "role") == role["id"] for item in assignments)
