# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments`` with ``/type``, ``/status``, ``/billOfMaterials`` and ``/capabilities``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import access
from ..errors import duplicate, from_problems, invalid_data, no_access, not_authorized, not_found, request_failed
from ..models.base import Reference
from ..models.environment import BillOfMaterials, Environment, EnvironmentBody, Product, StatusBody, TypeBody
from ..models.organization import License
from ..rules import licenses, products
from ..seeding import give_birthright, new_environment
from ..tenant import EnvironmentState, instant
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments")

_FILTER = {
    "name": ("eq", "sw"),
    "id": ("eq",),
    "organization.id": ("eq",),
    "license.id": ("eq",),
    "status": ("eq",),
    "type": ("eq",),
}
_DEFAULT_LIMIT, _MAXIMUM_LIMIT = 1000, 5000
_MAX_DELETE_PENDING = 100


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
        default=_DEFAULT_LIMIT,
        maximum=_MAXIMUM_LIMIT,
    )


@router.post("")
async def create_environment(call: CurrentCall) -> Response:
    """A new environment with its default population; the caller gets its birthright roles on it."""
    call.organization()
    body = call.read(EnvironmentBody)
    tenant = call.tenant
    if body.region != tenant.organization.region:
        raise invalid_data(
            "INVALID_VALUE",
            "The region is not available to the organization.",
            "region",
            allowedValues=[tenant.organization.region],
        )
    license_ = _license_for(call, body.license)
    _check_license(call, license_, body)
    _check_name(call, body.name, None)
    products = body.bill_of_materials or BillOfMaterials(products=[Product(type="PING_ONE_BASE")])
    _number(call, products, [])
    now = tenant.clock.stamp()
    environment = Environment(
        **{
            **body.model_dump(exclude_unset=True, exclude_none=True, exclude={"bill_of_materials", "license"}),
            "license": Reference(id=license_.id),
        },
        bill_of_materials=products,
        bill_created_at=now,
        bill_updated_at=now,
        id=tenant.ids.object(),
        organization=Reference(id=tenant.organization.id),
        created_at=now,
        updated_at=now,
    )
    new_environment(tenant, environment)
    give_birthright(tenant, call.caller, environment)
    return call.created(environment.wire(call.api, license_.package, bill=True), f"/environments/{environment.id}")


@router.get("/{environment}")
async def read_environment(call: CurrentCall) -> Response:
    """One environment; a deleted one is 403 for a moment and then 404."""
    return call.ok(_shown(call, environment_itself(call).environment))


@router.put("/{environment}")
async def replace_environment(call: CurrentCall) -> Response:
    """Replace name, description, subtype, icon and license; region stays, type has its own endpoint."""
    state = environment_itself(call)
    body = call.read(EnvironmentBody)
    environment = state.environment
    for member in ("region", "type"):
        if getattr(body, member) != getattr(environment, member):
            raise invalid_data(
                "INVALID_VALUE",
                f"{member} cannot be changed here.",
                member,
                allowedValues=[getattr(environment, member)],
            )
    license_ = _license_for(call, body.license or environment.license)
    if license_.id != environment.license.id:
        _check_license(call, license_, body)
    _check_name(call, body.name, environment.id)
    kept = environment.model_dump(
        exclude_unset=True, exclude={"name", "description", "subtype", "icon", "license", "bill_of_materials"}
    )
    sent = body.model_dump(exclude_unset=True, exclude_none=True, include={"name", "description", "subtype", "icon"})
    state.environment = Environment(
        **{**kept, **sent, "updated_at": call.tenant.clock.stamp()},
        license=Reference(id=license_.id),
        bill_of_materials=environment.bill_of_materials,
    )
    return call.ok(_shown(call, state.environment))


@router.delete("/{environment}")
async def delete_environment(call: CurrentCall) -> Response:
    """Delete; a PRODUCTION environment only after its time as ``DELETE_PENDING``."""
    environment = environment_itself(call).environment
    if environment.type == "PRODUCTION" and not _may_hard_delete(call, environment):
        raise request_failed(
            "A PRODUCTION environment is deleted only with status DELETE_PENDING and after hardDeleteAllowedAt."
        )
    call.tenant.remove_environment(environment.id)
    return call.no_content()


@router.put("/{environment}/type")
async def change_type(call: CurrentCall) -> Response:
    """Promote SANDBOX to PRODUCTION; there is no way back."""
    state = environment_itself(call)
    body = call.read(TypeBody)
    environment = state.environment
    if environment.type == "PRODUCTION" and body.type == "SANDBOX":
        raise invalid_data(
            "INVALID_VALUE",
            "A PRODUCTION environment cannot be changed to SANDBOX.",
            "type",
            allowedValues=["PRODUCTION"],
        )
    if body.type != environment.type:
        license_ = call.tenant.licenses[environment.license.id]
        problem = licenses.production_refused(_rules_of(call, license_), body.type)
        if problem is not None:
            raise from_problems([problem])
        environment.type = body.type
        environment.updated_at = call.tenant.clock.stamp()
    return call.ok(_shown(call, environment))


@router.put("/{environment}/status")
async def change_status(call: CurrentCall) -> Response:
    """Put a PRODUCTION environment on the way out, or take it back."""
    state = environment_itself(call)
    body = call.read(StatusBody)
    environment = state.environment
    if environment.type != "PRODUCTION":
        raise invalid_data("INVALID_VALUE", "Only a PRODUCTION environment has a status that can be set.", "status")
    if body.status == "DELETE_PENDING":
        _mark_deleted(call, environment)
    else:
        if body.license is None:
            raise invalid_data("REQUIRED_VALUE", "license is required to restore an environment", "license")
        license_ = _license_for(call, body.license)
        moves = license_.id != environment.license.id
        problem = licenses.refused(_rules_of(call, license_), environment.region, environment.type, is_new=moves)
        if problem is not None:
            raise from_problems([problem])
        environment.license = Reference(id=license_.id)
        environment.status = "ACTIVE"
        environment.soft_deleted_at = environment.hard_delete_allowed_at = None
    environment.updated_at = call.tenant.clock.stamp()
    return call.ok(_shown(call, environment))


@router.get("/{environment}/billOfMaterials")
async def read_bill(call: CurrentCall) -> Response:
    """The products of the environment."""
    return call.ok(call.environment().environment.wire_bill(call.api))


@router.put("/{environment}/billOfMaterials")
async def replace_bill(call: CurrentCall) -> Response:
    """Replace the products as a whole; the solution type stays what it was."""
    environment = call.environment().environment
    body = call.read(BillOfMaterials)
    _number(call, body, environment.bill_of_materials.products)
    kept = environment.bill_of_materials.model_dump(exclude_unset=True, include={"solution_type"})
    environment.bill_of_materials = BillOfMaterials(**kept, products=body.products)
    environment.bill_updated_at = call.tenant.clock.stamp()
    return call.ok(environment.wire_bill(call.api))


@router.get("/{environment}/capabilities")
async def read_capabilities(call: CurrentCall) -> Response:
    """What the license lets the environment do."""
    environment = call.environment().environment
    products = {product.type for product in environment.bill_of_materials.products}
    self_ = call.url(f"/environments/{environment.id}")
    return call.ok(
        {
            "_links": {"self": {"href": f"{self_}/capabilities"}, "environment": {"href": self_}},
            "environmentId": environment.id,
            "canAddResources": True,
            "canCreateConnections": True,
            "canUseCustomDomain": True,
            "canUseCustomSchema": True,
            "canAssignUsersRoles": True,
            "canUseMfa": "PING_ONE_MFA" in products,
            "canUseAuthorize": "PING_ONE_AUTHORIZE" in products,
            "licenseQuantities": {},
        }
    )


def environment_itself(call: Call) -> EnvironmentState:
    """The environment itself: unlike what is below it, an unknown one is 404."""
    environment_id = call.params["environment"]
    state = call.tenant.environments.get(environment_id)
    if state is None:
        if call.tenant.deleted.get(environment_id, 0.0) > call.tenant.clock.seconds():
            raise no_access()
        raise not_found(f"Unable to find environment with ID: '{environment_id}'")
    if not access.allows(call.tenant, call.late, call.caller, call.permission, environment_id):
        raise not_authorized()
    return state


def _shown(call: Call, environment: Environment) -> dict[str, Any]:
    package = call.tenant.licenses[environment.license.id].package
    document = environment.wire(call.api, package)
    if "billOfMaterials" in call.query.get("expand", "").split(","):
        document["_embedded"] = {"billOfMaterials": environment.wire_bill(call.api)}
    return document


def _license_for(call: Call, reference: Reference | None) -> License:
    """The license that was named, or the only one that can be meant."""
    licenses = call.tenant.licenses
    if reference is not None:
        if reference.id not in licenses:
            raise invalid_data("INVALID_VALUE", "The license does not exist.", "license.id")
        return licenses[reference.id]
    active = [one for one in licenses.values() if one.status == "ACTIVE" and one.package != "ADMIN"]
    if len(active) != 1:
        raise invalid_data("REQUIRED_VALUE", "license is required: the organization has several", "license")
    return active[0]


def _check_license(call: Call, license_: License, body: EnvironmentBody) -> None:
    """The license takes another environment, of that region and type."""
    problem = licenses.refused(_rules_of(call, license_), body.region, body.type, is_new=True)
    if problem is not None:
        raise from_problems([problem])


def _rules_of(call: Call, license_: License) -> licenses.LicenseLimits:
    return licenses.LicenseLimits(
        status=license_.status,
        package=license_.package,
        max_environments=license_.environments.max,
        used=call.tenant.environments_on(license_.id),
        regions=license_.environments.regions,
        allow_production=license_.environments.allow_production,
    )


def _check_name(call: Call, name: str, own_id: str | None) -> None:
    for one in call.tenant.environments.values():
        if one.environment.name.lower() == name.lower() and one.environment.id != own_id:
            raise duplicate("name", "A resource with the specified name already exists", one.environment.id)


def _number(call: Call, bill: BillOfMaterials, before: list[Product]) -> None:
    """Products keep their id, and their deployment, as long as they stay. Raises 400 for what does not go together."""
    problems = products.problems(bill.products)
    if problems:
        raise from_problems(problems)
    known = {product.type: product for product in before}
    for product in bill.products:
        kept = known.get(product.type)
        product.id = kept.id if kept else call.tenant.ids.object()
        product.deployment = kept.deployment if kept else None


def _may_hard_delete(call: Call, environment: Environment) -> bool:
    return (
        environment.status == "DELETE_PENDING"
        and environment.hard_delete_allowed_at is not None
        and instant(environment.hard_delete_allowed_at) <= call.tenant.clock.now()
    )


def _mark_deleted(call: Call, environment: Environment) -> None:
    tenant = call.tenant
    pending = sum(one.environment.status == "DELETE_PENDING" for one in tenant.environments.values())
    if environment.status != "DELETE_PENDING" and pending >= _MAX_DELETE_PENDING:
        raise request_failed(f"At most {_MAX_DELETE_PENDING} PRODUCTION environments may be pending deletion.")
    environment.status = "DELETE_PENDING"
    environment.soft_deleted_at = tenant.clock.stamp()
    environment.hard_delete_allowed_at = tenant.later(tenant.switches.hard_delete_seconds)
