# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments`` with ``/type``, ``/status``, ``/billOfMaterials`` and ``/capabilities``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import access
from ..errors import not_authorized, request_failed
from ..models.environment import BillOfMaterials, Environment, EnvironmentBody, Product, StatusBody, TypeBody
from ..models.organization import License
from ..problem import Refused, refuse
from ..rules import environments as rules
from ..rules import licenses, limits, products
from ..rules.uniqueness import check_name
from ..seeding import give_birthright, keep_contents, new_environment
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments")

# What another license needs beside orgmgt:update:environment; it was recorded as a permission of its own.
_CHANGE_LICENSE = "licensing:update:environmentLicense"
_FILTER = {
    "name": ("eq", "sw"),
    "id": ("eq",),
    "organization.id": ("eq",),
    "license.id": ("eq",),
    "status": ("eq",),
}
_DEFAULT_LIMIT, _MAXIMUM_LIMIT = 1000, 5000


@router.get("")
async def list_environments(call: CurrentCall) -> Response:
    """The environments that the caller may see."""
    visible = [
        one.environment
        for one in call.tenant.environments.values()
        if access.allows(call.tenant, call.late, call.caller, call.permission, one.environment.id)
    ]
    if not visible and not access.holds_anywhere(call.tenant, call.late, call.caller, call.permission):
        raise not_authorized()
    return call.page(
        "environments",
        visible,
        lambda one: _shown(call, one),
        filterable=_FILTER,
        alternatives=False,
        default=_DEFAULT_LIMIT,
        maximum=_MAXIMUM_LIMIT,
    )


@router.post("")
async def create_environment(call: CurrentCall) -> Response:
    """A new environment with its default population; the caller gets its birthright roles on it."""
    call.organization()
    body = call.read(EnvironmentBody)
    tenant = call.tenant
    refuse(rules.region_refused(body, tenant.organization.region))
    license_ = licenses.choose(tenant.licenses, body.license)
    refuse(licenses.refused(_limits(call, license_), body.region, body.type, is_new=True))
    check_name(_environments(call), body.name, None)
    if tenant.switches.limits:
        active = sum(one.status != "DELETE_PENDING" for one in _environments(call))
        limits.check_room("environments of an organization", limits.ENVIRONMENTS, active)
    bill = body.bill_of_materials or BillOfMaterials(products=[Product(type="PING_ONE_BASE")])
    _number(call, bill, [])
    environment = Environment.new(
        body,
        bill,
        id_=tenant.ids.object(),
        organization_id=tenant.organization.id,
        license_id=license_.id,
        now=tenant.clock.stamp(),
    )
    new_environment(tenant, environment)
    give_birthright(tenant, call.caller, environment)
    document = environment.wire(call.api, tenant.api_date, license_.package, bill=True)
    return call.created(document, f"{call.path}/{environment.id}")


@router.get("/{environment}")
async def read_environment(call: CurrentCall) -> Response:
    """One environment; a deleted one is 403 for a moment and then 404."""
    return call.ok(_shown(call, call.environment_itself().environment))


@router.put("/{environment}")
async def replace_environment(call: CurrentCall) -> Response:
    """Replace name, description, subtype, icon and license; region stays, type has its own endpoint."""
    state = call.environment_itself()
    body = call.read(EnvironmentBody)
    environment = state.environment
    refuse(rules.replacement_refused(environment, body))
    license_ = licenses.choose(call.tenant.licenses, body.license or environment.license)
    if license_.id != environment.license.id:
        call.require(_CHANGE_LICENSE)
        refuse(licenses.refused(_limits(call, license_), body.region, body.type, is_new=True))
    check_name(_environments(call), body.name, environment.id)
    keep_contents(call.tenant, state)
    state.environment = environment.replaced(body, license_.id, call.tenant.clock.stamp())
    return call.ok(_shown(call, state.environment))


@router.delete("/{environment}")
async def delete_environment(call: CurrentCall) -> Response:
    """Delete; a PRODUCTION environment only after its time as ``DELETE_PENDING``, nobody's own one."""
    environment = call.environment_itself().environment
    reason = rules.deletion_refused(environment, call.caller.environment.id, call.tenant.clock.now())
    if reason is not None:
        raise request_failed(reason)
    call.tenant.remove_environment(environment.id)
    return call.no_content()


@router.put("/{environment}/type")
async def change_type(call: CurrentCall) -> Response:
    """Promote SANDBOX to PRODUCTION; there is no way back."""
    environment = call.environment_itself().environment
    body = call.read(TypeBody)
    refuse(rules.type_refused(environment, body.type))
    if body.type != environment.type:
        allowed = _limits(call, call.tenant.licenses[environment.license.id])
        refuse(licenses.production_refused(allowed, body.type))
        environment.type = body.type
        environment.updated_at = call.tenant.clock.stamp()
    return call.ok(_shown(call, environment))


@router.put("/{environment}/status")
async def change_status(call: CurrentCall) -> Response:
    """Put a PRODUCTION environment on the way out, or take it back."""
    environment = call.environment_itself().environment
    body = call.read(StatusBody)
    refuse(rules.status_refused(environment, body))
    if body.status == "DELETE_PENDING":
        _put_out(call, environment)
    else:
        _take_back(call, environment, licenses.choose(call.tenant.licenses, body.license))
    environment.updated_at = call.tenant.clock.stamp()
    return call.ok(_shown(call, environment))


@router.get("/{environment}/billOfMaterials")
async def read_bill(call: CurrentCall) -> Response:
    """The products of the environment."""
    return call.ok(call.environment().environment.wire_bill(call.api))


@router.put("/{environment}/billOfMaterials")
async def replace_bill(call: CurrentCall) -> Response:
    """Replace the products as a whole; the solution type stays what it was."""
    state = call.environment()
    environment = state.environment
    body = call.read(BillOfMaterials)
    _number(call, body, environment.bill_of_materials.products)
    keep_contents(call.tenant, state)
    kept = environment.bill_of_materials.model_dump(exclude_unset=True, include={"solution_type"})
    environment.bill_of_materials = BillOfMaterials(**kept, products=body.products)
    environment.bill_updated_at = call.tenant.clock.stamp()
    return call.ok(environment.wire_bill(call.api))


@router.get("/{environment}/capabilities")
async def read_capabilities(call: CurrentCall) -> Response:
    """What the license lets the environment do."""
    return call.ok(call.environment().environment.wire_capabilities(call.api))


def _shown(call: Call, environment: Environment) -> dict[str, Any]:
    package = call.tenant.licenses[environment.license.id].package
    document = environment.wire(call.api, call.tenant.api_date, package)
    if "billOfMaterials" in call.query.get("expand", "").split(","):
        document["_embedded"] = {"billOfMaterials": environment.wire_bill(call.api)}
    return document


def _environments(call: Call) -> list[Environment]:
    return [state.environment for state in call.tenant.environments.values()]


def _limits(call: Call, license_: License) -> licenses.LicenseLimits:
    return licenses.limits_of(license_, call.tenant.environments_on(license_.id))


def _number(call: Call, bill: BillOfMaterials, before: list[Product]) -> None:
    problems = products.problems(bill.products)
    if problems:
        raise Refused(problems)
    products.number(bill.products, before, call.tenant.ids.object)


def _put_out(call: Call, environment: Environment) -> None:
    if environment.status == "DELETE_PENDING":
        return  # it goes when it was said to go
    tenant = call.tenant
    pending = sum(one.status == "DELETE_PENDING" for one in _environments(call))
    reason = rules.pending_refused(environment, pending)
    if reason is not None:
        raise request_failed(reason)
    environment.put_out(tenant.clock.stamp(), tenant.later(tenant.switches.hard_delete_seconds))


def _take_back(call: Call, environment: Environment, license_: License) -> None:
    is_new = license_.id != environment.license.id
    if is_new:
        call.require(_CHANGE_LICENSE)
    refuse(licenses.refused(_limits(call, license_), environment.region, environment.type, is_new=is_new))
    environment.take_back(license_.id)
