# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who calls, and what roles it holds. This module is private to the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._client.answers import referred_id
from ansible_collections.idops.pingone.plugins.module_utils._client.http import Response
from ansible_collections.idops.pingone.plugins.module_utils._client.retry import remaining_youth

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


@dataclass(frozen=True)
class Caller:
    """Who calls: by the token, or else by the options of the connection.

    client_id, environment_id: None where neither tells.
    method: how it signs in, as C(client_auth_method) names it, or C(access_token).
    key: the public half of the key that it signs in by, as a JWK; None where that is not known.
    """

    client_id: str | None
    environment_id: str | None
    method: str
    key: Wire | None = None

    def is_application(self, environment: Wire, application: Wire) -> bool:
        """Tell whether an application is the calling worker."""
        return bool(self.client_id == application["id"] and self.environment_id == environment["id"])


def caller_of(task: Task) -> Caller:
    """Return who calls."""
    claims, connection = task.client.claims(), task.connection
    return Caller(
        claims.get("client_id") or connection.credential.client_id,
        claims.get("env") or connection.auth_environment_id,
        connection.credential.method,
        connection.credential.public_key(),
    )


def is_caller(task: Task, environment: Wire, application: Wire) -> bool:
    """Tell whether an application is the calling worker, by its token, or else by the options of the connection."""
    return caller_of(task).is_application(environment, application)


def are_all_listed(task: Task, own: Wires, environment: Wire, response: Response) -> bool:
    """Tell whether the roles of the calling worker are all there: who creates an environment may see its own late.

    own: the role assignments as they were listed.
    environment: where something was refused.
    response: the refusal, which tells the time.
    """
    if not remaining_youth(environment.get("createdAt"), response, task.client.clock.time()):
        return True
    return any(referred_id(item, "scope") == environment["id"] for item in own)
