# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/organizations`` and their licenses, read only."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import no_access, not_found
from ..models.organization import License, LicenseName
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/organizations")

_LICENSE_FILTER = {"beginsAt": ("lt",), "status": ("eq",)}


@router.get("")
async def list_organizations(call: CurrentCall) -> Response:
    """The caller's one organization."""
    call.organization()
    return call.page(
        "organizations", [call.tenant.organization], lambda one: one.wire(call.api), filterable={"name": ("sw",)}
    )


@router.get("/{organization}")
async def read_organization(call: CurrentCall) -> Response:
    """An organization; a foreign one is 403."""
    _own(call)
    return call.ok(call.tenant.organization.wire(call.api))


@router.get("/{organization}/licenses")
async def list_licenses(call: CurrentCall) -> Response:
    """All licenses of the organization."""
    _own(call)
    return call.page(
        "licenses", call.tenant.licenses.values(), lambda one: _shown(call, one), filterable=_LICENSE_FILTER
    )


@router.get("/{organization}/licenses/{license}")
async def read_license(call: CurrentCall) -> Response:
    """One license."""
    return call.ok(_shown(call, _license(call)))


@router.put("/{organization}/licenses/{license}/name")
async def rename_license(call: CurrentCall) -> Response:
    """Give a license another name, which is all of it that can be changed; it is answered whole (inferred)."""
    license_ = _license(call)
    license_.name = call.read(LicenseName).name
    return call.ok(_shown(call, license_))


def _license(call: Call) -> License:
    _own(call)
    license_ = call.tenant.licenses.get(call.params["license"])
    if license_ is None:
        raise not_found()
    return license_


def _own(call: Call) -> None:
    if call.params["organization"] != call.tenant.organization.id:
        raise no_access()
    call.organization()


def _shown(call: Call, license_: License) -> dict[str, Any]:
    return license_.wire(call.api, call.tenant.environments_on(license_.id))
