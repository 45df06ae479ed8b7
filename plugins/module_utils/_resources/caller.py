# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who calls, and what roles it holds. This module is private to the collection."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Resource
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task


def own_assignments(task: Task) -> Resource | None:
    """Return the role assignments of the calling worker; None when the token is not a worker's, or does not tell."""
    claims = task.client.claims()
    # A token of a person has a subject; a worker's has none.
    if not claims.get("client_id") or not claims.get("env") or claims.get("sub"):
        return None
    return task.api.role_assignments({"id": str(claims["env"])}, "application", {"id": str(claims["client_id"])})
