# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of all plain collections, made from their descriptions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import not_found, request_failed
from ..models.plain import PlainObject
from ..plain import store
from ..plain.collection import CREATE, DELETE, LIST, READ, REPLACE, PlainCollection, Within
from ..plain.registry import COLLECTIONS
from ..problem import Refused
from .applications import find as find_application
from .call import Call, checked
from .dependencies import CurrentCall


def plain_router(collection: PlainCollection) -> APIRouter:
    """The routes that the collection has."""
    item = collection.item
    router = APIRouter(prefix="/v1" + collection.path)

    async def list_objects(call: CurrentCall) -> Response:
        within = _within(collection, call)
        there = store.objects(collection, within).values()
        return call.page(collection.name, there, lambda one: store.wire(collection, within, one, call.api))

    async def create_object(call: CurrentCall) -> Response:
        within = _within(collection, call)
        stored = _put(collection, call, within, None)
        return call.created(store.wire(collection, within, stored, call.api), f"{call.path}/{stored.id}")

    async def read_object(call: CurrentCall) -> Response:
        within, current = _find(collection, call)
        return call.ok(store.wire(collection, within, current, call.api))

    async def replace_object(call: CurrentCall) -> Response:
        within, current = _find(collection, call)
        stored = _put(collection, call, within, current)
        return call.ok(store.wire(collection, within, stored, call.api))

    async def delete_object(call: CurrentCall) -> Response:
        within, current = _find(collection, call)
        for problem in store.removal_problems(collection, within, current):
            raise request_failed(problem.message, problem.code)
        store.remove(collection, within, current)
        return call.no_content()

    for operation, verb, path, handler in (
        (LIST, "GET", "", list_objects),
        (CREATE, "POST", "", create_object),
        (READ, "GET", f"/{{{item}}}", read_object),
        (REPLACE, "PUT", f"/{{{item}}}", replace_object),
        (DELETE, "DELETE", f"/{{{item}}}", delete_object),
    ):
        if operation in collection.operations:
            router.add_api_route(path, handler, methods=[verb])
    return router


routers = [plain_router(collection) for collection in COLLECTIONS]


def _within(collection: PlainCollection, call: Call) -> Within:
    """Where the objects live that the path names. Raises 403, and 404 when nothing there can hold them."""
    if collection.holder is None:
        return Within(call.tenant, call.environment())
    if collection.holder == "applications":
        holder: Any = find_application(call)
        state = call.tenant.environments[call.params["environment"]]
    else:
        state = call.environment()
        holders = store.named(collection.holder, Within(call.tenant, state))
        holder = holders.get(call.params[collection.holder_item])
    if holder is None or not collection.held_by(holder):
        raise not_found()
    if collection.is_late_in(holder) and call.is_late(call.late.grant, holder.created_at):
        raise not_found()  # that it is 404 is (inferred) from the secret
    return Within(call.tenant, state, holder)


def _find(collection: PlainCollection, call: Call) -> tuple[Within, PlainObject]:
    within = _within(collection, call)
    id_ = call.params[collection.item]
    found = store.objects(collection, within).get(id_)
    if found is None:
        text = collection.absent.format(id=id_, environment=within.state.environment.id)
        raise not_found(text) if text else not_found()
    return within, found


def _put(collection: PlainCollection, call: Call, within: Within, current: PlainObject | None) -> PlainObject:
    """Store what was sent. Raises 400."""
    document = call.json()
    model = collection.model(document)
    if current is not None and collection.replacement is not None:
        model = collection.replacement
    members = store.composed(collection, within, checked(model, document), current)
    problems = list(store.problems(collection, within, members, current))
    if problems:
        raise Refused(problems)
    return store.put(collection, within, members, current)
