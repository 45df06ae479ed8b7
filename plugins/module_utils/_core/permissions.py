# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permission a request of this collection needs. The service tells that nowhere, so it is written down here.

Sources, behind the lines:
  oas   C(x-permission) in the vendor's OpenAPI document
  doc   the vendor's documentation: "Application Secret", "Permissions by Identifier", "Permissions by Service"
  use   public code that names the permission to the live service, or reports what the live service wanted
  rec   what roles allowed in the year 2022, when they told it in words; the identifier follows from these (inferred)
This module is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Write

# By the method and the path; an id is C(*). A request that is not listed needs nothing that is known here.
NEEDED: t.Final[t.Mapping[str, str]] = {
    "POST /environments": "orgmgt:create:environment",  # oas
    "PUT /environments/*": "orgmgt:update:environment",  # oas
    "DELETE /environments/*": "orgmgt:delete:environment",  # oas
    "PUT /environments/*/type": "orgmgt:promote:environment",  # rec
    "PUT /environments/*/status": "orgmgt:update:environment",  # (inferred)
    "PUT /environments/*/billOfMaterials": "orgmgt:update:environment",  # oas
    # A member of the environment, and no endpoint of its own.
    "PUT /environments/*/license": "licensing:update:environmentLicense",  # use
    "POST /environments/*/applications": "applications:create:application",  # doc
    "PUT /environments/*/applications/*": "applications:update:application",  # doc
    "DELETE /environments/*/applications/*": "applications:delete:application",  # doc
    "POST /environments/*/applications/*/secret": "applications:update:secret",  # doc
    "DELETE /environments/*/applications/*/secret": "applications:delete:secret",  # doc
    "POST /environments/*/applications/*/grants": "applications:create:grant",  # use
    "PUT /environments/*/applications/*/grants/*": "applications:update:grant",  # use
    "DELETE /environments/*/applications/*/grants/*": "applications:delete:grant",  # use
    # Those of the attributes of resources: in 2022 one permission stood for both (rec), with this name now (inferred).
    "POST /environments/*/applications/*/attributes": "resources:create:attribute",
    "PUT /environments/*/applications/*/attributes/*": "resources:update:attribute",
    "DELETE /environments/*/applications/*/attributes/*": "resources:delete:attribute",
    # One permission for both (rec, use).
    "POST /environments/*/applications/*/roleAssignments": "permissions:update:applicationRoleAssignments",
    "DELETE /environments/*/applications/*/roleAssignments/*": "permissions:update:applicationRoleAssignments",
    "POST /environments/*/users/*/roleAssignments": "permissions:update:userRoleAssignments",  # rec, use
    "DELETE /environments/*/users/*/roleAssignments/*": "permissions:update:userRoleAssignments",  # rec, use
    "POST /environments/*/groups/*/roleAssignments": "permissions:create:groupRoleAssignments",  # use
    "DELETE /environments/*/groups/*/roleAssignments/*": "permissions:delete:groupRoleAssignments",  # use
    "POST /environments/*/gateways/*/roleAssignments": "permissions:update:gatewayRoleAssignments",  # rec
    "DELETE /environments/*/gateways/*/roleAssignments/*": "permissions:delete:gatewayRoleAssignments",  # rec
    "POST /environments/*/roles": "permissions:create:roles",  # use
    "PUT /environments/*/roles/*": "permissions:update:roles",  # use
    "DELETE /environments/*/roles/*": "permissions:delete:roles",  # use
    "POST /environments/*/populations": "dir:create:population",  # doc
    "PUT /environments/*/populations/*": "dir:update:population",  # doc
    "DELETE /environments/*/populations/*": "dir:delete:population",  # doc
    "POST /environments/*/groups": "dir:create:group",  # use
    "PUT /environments/*/groups/*": "dir:update:group",  # use
    "DELETE /environments/*/groups/*": "dir:delete:group",  # use
    # The permissions of a user's membership (inferred).
    "POST /environments/*/groups/*/memberOfGroups": "dir:create:groupMembership",
    "DELETE /environments/*/groups/*/memberOfGroups/*": "dir:delete:groupMembership",
}

_ID: t.Final = re.compile(r"(/[^/]+)/[^/]+")
_ENVIRONMENT: t.Final = re.compile(r"/environments/([^/]+)")


class Need(t.NamedTuple):
    """A permission that is needed.

    environment_id: where; None for the organization as a whole.
    """

    permission: str
    environment_id: str | None


def needs_of(path: str, writes: t.Iterable[Write]) -> list[Need]:
    """Return what requests need, each once, as far as it is known.

    path: of the collection that is written, below the API's address.
    """
    needs = [_need_of(write.method, path + write.below) for write in writes]
    return [need for need in dict.fromkeys(needs) if need is not None]


def _need_of(method: str, path: str) -> Need | None:
    endpoint = _ID.sub(r"\1/*", path)
    permission = NEEDED.get(f"{method} {endpoint}")
    if permission is None:
        return None
    environment = _ENVIRONMENT.match(path)
    return Need(permission, environment.group(1) if environment else None)
