# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/users``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..directory import memberships, searched
from ..errors import invalid_data, not_found
from ..models.user import ImportedUserBody, NewUserBody, User, UserBody
from ..rules.uniqueness import taken
from ..seeding import new_user, put_user
from ..tenant import EnvironmentState
from .call import Call, checked
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/users")

USER_IMPORT = "application/vnd.pingidentity.user.import+json"
_TEXT = ("eq", "sw", "ew", "co")
_FILTER = {
    "username": _TEXT,
    "email": _TEXT,
    "name.given": _TEXT,
    "name.family": _TEXT,
    "externalId": _TEXT,
    "enabled": ("eq",),
    "id": ("eq",),
    "population.id": ("eq",),
    "memberOfGroups[id]": ("eq",),
    "memberOfGroups[type]": ("eq",),
}
_LARGEST_PAGE = 200


@router.get("")
async def list_users(call: CurrentCall) -> Response:
    """All users."""
    state = call.nested_environment()
    now = call.tenant.clock.now()

    def show(one: User) -> dict[str, Any]:
        return one.wire(call.api, now, listed=True)

    return call.page(
        "users",
        call.visible(state.users.values(), lambda one: one.population.id if one.population else None),
        show,
        filterable=_FILTER,
        searched=lambda one: searched(state, one, show(one)),
        maximum=_LARGEST_PAGE,
    )


@router.post("")
async def create_user(call: CurrentCall) -> Response:
    """A new user, in the default population unless another is named."""
    state = call.nested_environment()
    call.allow(*call.named("population"))
    is_imported = call.content_type == USER_IMPORT
    body = call.read(ImportedUserBody, USER_IMPORT) if is_imported else call.read(NewUserBody)
    if body.population is not None:
        check_population(state, body.population.id, "population.id")
    _check_username(state, body, None)
    user = new_user(call.tenant, state, body)
    return call.created(shown_user(call, user), f"{call.path}/{user.id}")


@router.get("/{user}")
async def read_user(call: CurrentCall) -> Response:
    """One user, with its groups where they are asked for."""
    state, user = find_user(call)
    document = shown_user(call, user)
    included = call.included()
    if "memberOfGroupIDs" in included:
        document["memberOfGroupIDs"] = [one.group.id for one in memberships(state, user)]
    if "memberOfGroupNames" in included:
        document["memberOfGroupNames"] = [one.group.name for one in memberships(state, user)]
    return call.ok(document)


@router.put("/{user}")
async def replace_user(call: CurrentCall) -> Response:
    """Replace; what is not sent is cleared, but for what has an endpoint of its own."""
    state, current = find_user(call)
    return _replaced(call, state, current, call.read(UserBody))


@router.patch("/{user}")
async def change_user(call: CurrentCall) -> Response:
    """Change what is sent, leave the rest."""
    state, current = find_user(call)
    return _replaced(
        call, state, current, checked(UserBody, {**UserBody.named(current.given(UserBody)), **call.json()})
    )


@router.delete("/{user}")
async def delete_user(call: CurrentCall) -> Response:
    """Delete; the role assignments go with the user."""
    state, user = find_user(call)
    del state.users[user.id]
    call.tenant.forget_actor(user.id)
    return call.no_content()


def find_user(call: Call) -> tuple[EnvironmentState, User]:
    """The user of the path, with its environment. Raises 403 and 404."""
    state = call.nested_environment()
    user = state.users.get(call.params["user"])
    call.allow(*([user.population.id] if user is not None and user.population is not None else []))
    if user is None:
        raise not_found()
    return state, user


def shown_user(call: Call, user: User) -> dict[str, Any]:
    """A user as the API shows it now."""
    return user.wire(call.api, call.tenant.clock.now())


def check_population(state: EnvironmentState, population_id: str, target: str) -> None:
    """Raise 400 when there is no such population."""
    if population_id not in state.populations:
        raise invalid_data("INVALID_VALUE", "The population does not exist.", target)


def _replaced(call: Call, state: EnvironmentState, current: User, body: UserBody) -> Response:
    _check_username(state, body, current.id)
    now = call.tenant.clock.stamp()
    own = {**current.state(), "id": current.id, "created_at": current.created_at, "updated_at": now}
    return call.ok(shown_user(call, put_user(state, body, **own)))


def _check_username(state: EnvironmentState, body: UserBody, own_id: str | None) -> None:
    for one in state.users.values():
        if one.id != own_id and one.username.lower() == body.username.lower():
            raise taken("username", "A user with the specified username already exists", one.id)
