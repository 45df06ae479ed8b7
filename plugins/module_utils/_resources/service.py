# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of an environment: their names, and what has to change in its bill of materials.

Source of the names: PingOne's data model of the bill of materials; the short ones are those of the vendor's Terraform
provider. This module is private to the collection.
"""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

SHORT_NAMES: t.Final = {
    "PING_ONE_BASE": "SSO",
    "PING_ONE_MFA": "MFA",
    "PING_ONE_DAVINCI": "DaVinci",
    "PING_ONE_RISK": "Risk",
    "PING_ONE_VERIFY": "Verify",
    "PING_ONE_CREDENTIALS": "Credentials",
    "PING_ONE_AUTHORIZE": "Authorize",
    "PING_INTELLIGENCE": "APIIntelligence",
    "PING_ID": "PingID",
    "PING_ONE_ID": "PingID-v2",
    "PING_FEDERATE": "PingFederate",
    "PING_ACCESS": "PingAccess",
    "PING_DIRECTORY": "PingDirectory",
    "PING_AUTHORIZE": "PingAuthorize",
    "PING_CENTRAL": "PingCentral",
    "PING_ONE_PROVISIONING": "Provisioning",
    "PING_ONE_ORCHESTRATE": "DaVinciLegacy",
    "PING_ONE_FRAUD": "Fraud",
}
# Services of old environments, which have no short name.
_LEGACY = (
    "PING_DATA_SYNC",
    "PING_DATA_GOVERNANCE",
    "PING_ONE_FOR_ENTERPRISE",
    "PING_ID_SDK",
    "PING_ONE_FOR_SAAS",
    "IDENTITY_CLOUD",
    "PING_ONE_LEGACY",
)
# These come with environments that the vendor sets up; the API neither adds nor removes them.
_SET_UP_BY_VENDOR = frozenset({"PING_ID", "PING_ONE_ID"})
# A bill of materials shows these beside what a replacement takes.
_SERVER_OWNED = frozenset({"_links", "_embedded", "environment", "createdAt", "updatedAt"})

_API_NAMES: t.Final = {
    **{name.lower(): name for name in (*SHORT_NAMES, *_LEGACY)},
    **{short.lower(): name for name, short in SHORT_NAMES.items()},
}


@dataclass(frozen=True)
class BillChange:
    """What has to change in a bill of materials.

    before, after: short names of the services on both sides, in order; None when they cannot be known.
    removed: short names of what goes.
    body: the new bill of materials, or None when nothing changes.
    """

    before: list[str] | None
    after: list[str] | None
    removed: tuple[str, ...] = ()
    body: Wire | None = None


def api_names(services: t.Sequence[str]) -> list[str]:
    """Return the API's names of services given by short or API names, in any case, each once.

    Raises OptionError for a name that no service has.
    """
    found = []
    for service in services:
        name = _API_NAMES.get(service.strip().lower())
        if name is None:
            raise OptionError(
                "services",
                f"services: there is no service '{service}'; choose from {', '.join(SHORT_NAMES.values())}, "
                f"or their API names such as PING_ONE_BASE.",
            )
        if name not in found:
            found.append(name)
    return found


def short_names(bill: Wire | None) -> list[str] | None:
    """Return the names of a bill's services as results show them, in order; None for a bill that was not read."""
    if bill is None:
        return None
    return sorted({SHORT_NAMES.get(product["type"], product["type"]) for product in bill.get("products") or []})


def new_bill(wanted: t.Sequence[str]) -> Wire:
    """Return the bill of materials of a new environment.

    wanted: API names of its services.

    Raises OptionError for a service that only the vendor sets up.
    """
    for name in wanted:
        if name in _SET_UP_BY_VENDOR:
            raise OptionError(
                "services",
                f"services: {SHORT_NAMES[name]} cannot be added by the API because it comes only with environments "
                "that Ping Identity sets up; leave it out.",
            )
    return {"products": [{"type": name} for name in wanted]}


def plan_bill(bill: Wire | None, wanted: t.Sequence[str] | None, exclusive: bool) -> BillChange:
    """Return what has to change in a bill of materials.

    bill: it as it was read; None in a dry run that cannot read it.
    wanted: API names of services that have to be there; None when none was asked for.
    exclusive: whether other services go, but for those with a deployment, which the vendor set up.

    Products that stay are kept as they were read. Raises OptionError for a service that only the vendor sets up.
    """
    before = short_names(bill)
    if wanted is None:
        return BillChange(before, before)
    if bill is None:
        return BillChange(None, short_names({"products": [{"type": name} for name in wanted]}))
    products = bill.get("products") or []
    present = {product["type"] for product in products}
    missing = [name for name in wanted if name not in present]
    additions = new_bill(missing)["products"]
    going = [product for product in products if exclusive and _may_go(product, wanted)]
    if not missing and not going:
        return BillChange(before, before)
    body = {member: copy.deepcopy(value) for member, value in bill.items() if member not in _SERVER_OWNED}
    body["products"] = [copy.deepcopy(product) for product in products if product not in going]
    body["products"] += additions
    removed = short_names({"products": going}) or ()
    return BillChange(before, short_names(body), tuple(removed), body)


def _may_go(product: Wire, wanted: t.Sequence[str]) -> bool:
    return product["type"] not in wanted and not product.get("deployment")
