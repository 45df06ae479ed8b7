# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/organizations`` and their licenses, read only."""

from __future__ import annotations

from typing import Any

from ..errors import no_access, not_found
from ..models.organization import License
from .call import Answer, Call, Routes

ROUTES = Routes()

_LICENSE_FILTER = {
    "name": ("eq", "sw"),
    "package": ("eq", "sw"),
    "status": ("eq",),
    "beginsAt": ("lt", "le", "gt", "ge", "eq"),
    "expiresAt": ("lt", "le", "gt", "ge", "eq"),
}


@ROUTES.on("GET", "/organizations")
def list_organizations(call: Call) -> Answer:
    """The caller's one organization."""
    call.organization()
    return call.page(
        "organizations", [call.tenant.organization], lambda one: one.wire(call.api), filterable={"name": ("sw",)}
    )


@ROUTES.on("GET", "/organizations/{organization}")
def read_organization(call: Call) -> Answer:
    """An organization; a foreign one is 403."""
    _own(call)
    return Answer(200, call.tenant.organization.wire(call.api))


@ROUTES.on("GET", "/organizations/{organization}/licenses")
def list_licenses(call: Call) -> Answer:
    """All licenses of the organization."""
    _own(call)
    return call.page(
        "licenses", call.tenant.licenses.values(), lambda one: _shown(call, one), filterable=_LICENSE_FILTER
    )


@ROUTES.on("GET", "/organizations/{organization}/licenses/{license}")
def read_license(call: Call) -> Answer:
    """One license."""
    _own(call)
    license_ = call.tenant.licenses.get(call.params["license"])
    if license_ is None:
        raise not_found()
    return Answer(200, _shown(call, license_))


def _own(call: Call) -> None:
    if call.params["organization"] != call.tenant.organization.id:
        raise no_access()
    call.organization()


def _shown(call: Call, license_: License) -> dict[str, Any]:
    return license_.wire(call.api, call.tenant.environments_on(license_.id))
