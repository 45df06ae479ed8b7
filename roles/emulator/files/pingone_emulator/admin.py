# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/_emulator``: what arrived, what there is, faults, a fresh start. Not part of PingOne."""

from __future__ import annotations

import hmac
import ipaddress
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt

from .directory import show_groups
from .emulator import Emulator
from .faults import Fault, LateKind
from .plain import store
from .plain.collection import Within
from .plain.registry import COLLECTIONS
from .routes.dependencies import VERBS, CurrentEmulator
from .tenant import Tenant

PREFIX = "/_emulator"


class FaultScript(BaseModel):
    """The body of ``POST /_emulator/faults``; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    faults: list[Fault] | None = None
    late: dict[LateKind, NonNegativeFloat] | None = None
    latency_ms: NonNegativeInt | None = None
    requests_per_second: PositiveInt | None = None
    page_size: PositiveInt | None = None
    switches: dict[str, Any] | None = None


async def guard(request: Request) -> None:
    """Let those with the token pass, and clients of this machine that no foreign web page sent."""
    admin_token: str | None = request.state.admin_token
    offered = request.headers.get("authorization", "")
    if admin_token is not None and hmac.compare_digest(offered.encode(), f"Bearer {admin_token}".encode()):
        return
    if not _is_loopback(request.client.host if request.client else ""):
        raise HTTPException(403, "Only loopback clients, or those with the --admin-token, may look inside.")
    host = request.headers.get("host", "")
    if not _is_loopback(_name_of(host)):  # a name that somebody else resolves to this machine
        raise HTTPException(403, "The Host must be localhost or a loopback address.")
    if request.headers.get("origin") not in (None, f"{request.url.scheme}://{host}"):
        raise HTTPException(403, "A web page of another origin may not look inside.")


router = APIRouter(prefix=PREFIX, dependencies=[Depends(guard)])


@router.get("/ready")
async def ready(emulator: CurrentEmulator) -> dict[str, Any]:
    """What the ready line says."""
    return emulator.ready_line()


@router.get("/requests")
async def requests(emulator: CurrentEmulator) -> list[dict[str, Any]]:
    """What arrived."""
    return list(emulator.requests)


@router.get("/stats")
async def stats(emulator: CurrentEmulator) -> dict[str, Any]:
    """How much arrived, by method, status and client."""
    return _stats(emulator.requests)


@router.get("/state")
async def state(emulator: CurrentEmulator) -> dict[str, Any]:
    """Everything that there is."""
    return _state(emulator.tenant, emulator.api_url)


@router.post("/reset")
async def reset(emulator: CurrentEmulator) -> dict[str, Any]:
    """Start afresh."""
    emulator.reset()
    return emulator.ready_line()


@router.get("/faults")
async def faults(emulator: CurrentEmulator) -> dict[str, Any]:
    """The faults to come, and the switches."""
    return _faults(emulator)


@router.post("/faults")
async def script(emulator: CurrentEmulator, wanted: Annotated[FaultScript, Body()]) -> dict[str, Any]:
    """Script faults, and set switches."""
    _apply(emulator, wanted)
    return _faults(emulator)


@router.delete("/faults")
async def clear(emulator: CurrentEmulator) -> dict[str, Any]:
    """No faults any more."""
    emulator.clear_faults()
    return _faults(emulator)


@router.api_route("{rest:path}", methods=VERBS)
async def unknown() -> None:
    """What is not there, so that no route of the API is tried."""
    raise HTTPException(404, "There is nothing here; the emulator's README lists the endpoints.")


def _name_of(host: str) -> str:
    """The name or address in a ``Host`` header, without its port; empty when there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _faults(emulator: Emulator) -> dict[str, Any]:
    faults = emulator.faults
    return {
        "faults": [fault.model_dump() for fault in faults.scripted],
        "late": vars(faults.late),
        "latency_ms": faults.latency_ms,
        "requests_per_second": faults.requests_per_second,
        "page_size": faults.page_size,
        "switches": emulator.tenant.switches.model_dump(),
    }


def _apply(emulator: Emulator, wanted: FaultScript) -> None:
    faults = emulator.faults
    if wanted.switches is not None:
        try:
            emulator.set_switches(wanted.switches)
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
    if wanted.late is not None:
        faults.late.set(wanted.late)
    if wanted.faults is not None:
        faults.scripted.extend(wanted.faults)
    for name in ("latency_ms", "requests_per_second", "page_size"):
        if name in wanted.model_fields_set:
            setattr(faults, name, getattr(wanted, name) or (0 if name == "latency_ms" else None))


def _stats(requests: Collection[dict[str, Any]]) -> dict[str, Any]:
    return {
        "requests": len(requests),
        "by_method": dict(Counter(one["method"] for one in requests)),
        "by_status": dict(Counter(str(one["status"]) for one in requests)),
        "by_client": dict(Counter(one["client_id"] or "" for one in requests)),
        "writes": sum(
            one["method"] not in ("GET", "HEAD") and not one["path"].endswith("/as/token") for one in requests
        ),
        "tokens": sum(one["path"].endswith("/as/token") for one in requests),
    }


def _state(tenant: Tenant, api: str) -> dict[str, Any]:
    """Everything, as the API shows it, without secrets."""
    date = tenant.api_date
    return {
        "apiDate": str(date),
        "organization": tenant.organization.wire(api),
        "licenses": [one.wire(api, tenant.environments_on(one.id)) for one in tenant.licenses.values()],
        "environments": [
            {
                **state.environment.wire(api, date, tenant.licenses[state.environment.license.id].package, bill=True),
                "applications": [one.wire(api, date) for one in state.applications.values()],
                "populations": [one.shown() for one in state.populations.values()],
                "groups": list(map(show_groups(state, api), state.groups.values())),
                "users": [one.wire(api, tenant.clock.now()) for one in state.users.values()],
                "roles": [one.wire(api, []) for one in state.roles.values()],
                **_plain(Within(tenant, state)),
            }
            for state in tenant.environments.values()
        ],
        "roleAssignments": [one.shown() for held in tenant.assignments.values() for one in held.values()],
    }


def _plain(environment: Within) -> dict[str, Any]:
    """The objects of plain collections, by the collection; those that are held by others name them."""
    return {
        f"{collection.holder_name}/{collection.name}".removeprefix("/"): [
            store.shown(collection, within, one)
            for within in store.places(collection, environment)
            for one in store.objects(collection, within).values()
        ]
        for collection in COLLECTIONS
    }
