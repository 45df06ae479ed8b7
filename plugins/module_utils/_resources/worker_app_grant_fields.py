# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the grant of a worker is made of, and how results show it.

Source of members: PingOne's data model of application resource grants. This module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

GRANT: t.Final = Table(
    kind="grant",
    fields=(
        Field("resource", "resource.id"),
        Field("scopes", "scopes", "list", elements="str", ids=True),
    ),
    server_owned=("_links", "_embedded", "id", "environment", "application", "createdAt", "updatedAt"),
    identity=("resource",),
)


def granted_ids(grant: Wire | None) -> list[str]:
    """Return the ids of the scopes that a grant holds; none when there is no grant."""
    return [scope["id"] for scope in (grant or {}).get("scopes") or ()]


def scopes_to_result(ids: t.Collection[str], listed: t.Sequence[Wire]) -> Wires:
    """Return scopes as results show them, by their names; the name of one that is gone is None.

    listed: the scopes of the resource.
    """
    names = {scope["id"]: scope.get("name") for scope in listed}
    shown = [{"id": id, "name": names.get(id)} for id in set(ids)]
    return sorted(shown, key=lambda scope: (str(scope["name"] or ""), str(scope["id"])))


def grant_to_result(grant: Wire | None, resource: Wire, listed: t.Sequence[Wire]) -> Wire | None:
    """Return a grant as results show it; None when there is none. listed: the scopes of its resource."""
    if grant is None:
        return None
    return {
        "id": grant["id"],
        "resource": {"id": resource["id"], "name": resource.get("name"), "type": resource.get("type")},
        "scopes": scopes_to_result(granted_ids(grant), listed),
        "created_at": grant.get("createdAt"),
        "updated_at": grant.get("updatedAt"),
    }


def titles(scopes: t.Sequence[Wire]) -> list[str]:
    """Return scopes as diffs show them: by their names, and one that is gone by its id."""
    return [str(scope["name"] or scope["id"]) for scope in scopes]
