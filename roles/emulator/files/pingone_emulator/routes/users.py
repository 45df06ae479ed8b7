# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/users``, with ``/enabled`` and ``/memberOfGroups``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import duplicate, invalid_data, not_found
from ..models.base import Reference
from ..models.user import EnabledBody, MfaEnabledBody, User, UserBody
from ..tenant import EnvironmentState
from .call import JSON, Call, checked
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/users")

USER_IMPORT = "application/vnd.pingidentity.user.import+json"
_FILTER = {"username": ("eq", "sw"), "email": ("eq", "sw"), "id": ("eq",), "population.id": ("eq",)}
_DEFAULT_LIMIT, _MAXIMUM_LIMIT = 200, 1000


@router.get("")
async def list_users(call: CurrentCall) -> Response:
    """All users."""
    state = call.nested_environment()
    return call.page(
        "users",
        call.visible(state.users.values(), lambda one: one.population.id if one.population else None),
        lambda one: one.wire(call.api),
        filterable=_FILTER,
        default=_DEFAULT_LIMIT,
        maximum=_MAXIMUM_LIMIT,
    )


@router.post("")
async def create_user(call: CurrentCall) -> Response:
    """A new user, in the default population unless another is named."""
    state = call.nested_environment()
    call.allow(*call.named("population"))
    body = call.read(UserBody, JSON, USER_IMPORT)
    _check(state, body, None)
    now = call.tenant.clock.stamp()
    user = _stored(state, body, call.tenant.ids.object(), now, now)
    return call.created(user.wire(call.api), f"{call.path}/{user.id}")


@router.get("/{user}")
async def read_user(call: CurrentCall) -> Response:
    """One user."""
    return call.ok(_find(call)[1].wire(call.api))


@router.put("/{user}")
async def replace_user(call: CurrentCall) -> Response:
    """Replace; what is not sent is cleared."""
    state, current = _find(call)
    call.allow(*call.named("population"))
    return _replaced(call, state, current, call.read(UserBody))


@router.patch("/{user}")
async def change_user(call: CurrentCall) -> Response:
    """Change what is sent, leave the rest."""
    state, current = _find(call)
    call.allow(*(call.named("population") or _population_of(current)))
    document = {**UserBody.model_construct(**_kept(current)).shown(), **call.json()}
    return _replaced(call, state, current, checked(UserBody, document))


@router.delete("/{user}")
async def delete_user(call: CurrentCall) -> Response:
    """Delete; the role assignments go with the user."""
    state, user = _find(call)
    del state.users[user.id]
    call.tenant.forget_actor(user.id)
    return call.no_content()


@router.get("/{user}/enabled")
async def read_enabled(call: CurrentCall) -> Response:
    """Whether the user may sign in."""
    return call.ok({"enabled": _find(call)[1].enabled})


@router.put("/{user}/enabled")
async def change_enabled(call: CurrentCall) -> Response:
    """Let the user sign in, or not."""
    user = _find(call)[1]
    user.enabled = call.read(EnabledBody).enabled
    user.updated_at = call.tenant.clock.stamp()
    return call.ok({"enabled": user.enabled})


@router.get("/{user}/mfaEnabled")
async def read_mfa_enabled(call: CurrentCall) -> Response:
    """Whether the user has multi-factor authentication."""
    return call.ok({"mfaEnabled": _find(call)[1].mfa_enabled})


@router.put("/{user}/mfaEnabled")
async def change_mfa_enabled(call: CurrentCall) -> Response:
    """Turn multi-factor authentication on or off."""
    user = _find(call)[1]
    user.mfa_enabled = call.read(MfaEnabledBody).mfa_enabled
    user.updated_at = call.tenant.clock.stamp()
    return call.ok({"mfaEnabled": user.mfa_enabled})


@router.get("/{user}/memberOfGroups")
async def list_memberships(call: CurrentCall) -> Response:
    """The groups of the user."""
    state, user = _find(call)
    return call.page(
        "groupMemberships",
        [state.groups[id_] for id_ in user.member_of],
        lambda one: one.membership(call.api, user.id),
    )


@router.post("/{user}/memberOfGroups")
async def join_group(call: CurrentCall) -> Response:
    """Add the user to a group."""
    state, user = _find(call)
    group = state.groups.get(call.read(Reference).id)
    if group is None:
        raise invalid_data("INVALID_VALUE", "The group does not exist.", "id")
    if group.id in user.member_of:
        raise duplicate("id", "The user is a member of the group already")
    user.member_of = [*user.member_of, group.id]
    return call.created(group.membership(call.api, user.id), f"{call.path}/{group.id}")


@router.delete("/{user}/memberOfGroups/{group}")
async def leave_group(call: CurrentCall) -> Response:
    """Remove the user from a group."""
    user = _find(call)[1]
    if call.params["group"] not in user.member_of:
        raise not_found()
    user.member_of = [id_ for id_ in user.member_of if id_ != call.params["group"]]
    return call.no_content()


def _find(call: Call) -> tuple[EnvironmentState, User]:
    state = call.nested_environment()
    user = state.users.get(call.params["user"])
    call.allow(*(_population_of(user) if user is not None else []))
    if user is None:
        raise not_found()
    return state, user


def _population_of(user: User) -> list[str]:
    return [user.population.id] if user.population is not None else []


def _kept(user: User) -> dict[str, Any]:
    return {name: value for name, value in user if name in UserBody.model_fields and name in user.model_fields_set}


def _replaced(call: Call, state: EnvironmentState, current: User, body: UserBody) -> Response:
    _check(state, body, current.id)
    user = _stored(state, body, current.id, current.created_at, call.tenant.clock.stamp())
    user.enabled, user.member_of = current.enabled, current.member_of
    if body.mfa_enabled is None:
        user.mfa_enabled = current.mfa_enabled
    return call.ok(user.wire(call.api))


def _stored(state: EnvironmentState, body: UserBody, id_: str, created_at: str, updated_at: str) -> User:
    given = {name: value for name, value in body if name in body.model_fields_set and value is not None}
    if "population" not in given:
        default = next((one.id for one in state.populations.values() if one.default), None)
        if default is not None:
            given["population"] = Reference(id=default)
    environment = Reference(id=state.environment.id)
    user = User.model_construct(**given, id=id_, environment=environment, created_at=created_at, updated_at=updated_at)
    state.users[id_] = user
    return user


def _check(state: EnvironmentState, body: UserBody, own_id: str | None) -> None:
    if body.population is not None and body.population.id not in state.populations:
        raise invalid_data("INVALID_VALUE", "The population does not exist.", "population.id")
    for one in state.users.values():
        if one.username.lower() == body.username.lower() and one.id != own_id:
            raise duplicate("username", "A user with the specified username already exists", one.id)
