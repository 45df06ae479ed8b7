# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/users``, with ``/enabled`` and ``/memberOfGroups``."""

from __future__ import annotations

from typing import Any

from ..errors import duplicate, invalid_data, not_found
from ..models.base import Reference
from ..models.user import EnabledBody, MfaEnabledBody, User, UserBody
from ..tenant import EnvironmentState
from .call import JSON, Answer, Call, Routes, checked

ROUTES = Routes()

USER_IMPORT = "application/vnd.pingidentity.user.import+json"
_PATH = "/environments/{environment}/users"
_FILTER = {"username": ("eq", "sw"), "email": ("eq", "sw"), "id": ("eq",), "population.id": ("eq",)}
_DEFAULT_LIMIT, _MAXIMUM_LIMIT = 200, 1000


@ROUTES.on("GET", _PATH)
def list_users(call: Call) -> Answer:
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


@ROUTES.on("POST", _PATH)
def create_user(call: Call) -> Answer:
    """A new user, in the default population unless another is named."""
    state = call.nested_environment()
    call.allow(*call.named("population"))
    body = call.read(UserBody, JSON, USER_IMPORT)
    _check(state, body, None)
    now = call.tenant.clock.stamp()
    user = _stored(state, body, call.tenant.ids.object(), now, now)
    return Answer(201, user.wire(call.api), call.url(f"{call.path}/{user.id}"))


@ROUTES.on("GET", _PATH + "/{user}")
def read_user(call: Call) -> Answer:
    """One user."""
    return Answer(200, _find(call)[1].wire(call.api))


@ROUTES.on("PUT", _PATH + "/{user}")
def replace_user(call: Call) -> Answer:
    """Replace; what is not sent is cleared."""
    state, current = _find(call)
    call.allow(*call.named("population"))
    return _replaced(call, state, current, call.read(UserBody))


@ROUTES.on("PATCH", _PATH + "/{user}")
def change_user(call: Call) -> Answer:
    """Change what is sent, leave the rest."""
    state, current = _find(call)
    call.allow(*(call.named("population") or _population_of(current)))
    document = {**UserBody.model_construct(**_kept(current)).shown(), **call.json()}
    return _replaced(call, state, current, checked(UserBody, document))


@ROUTES.on("DELETE", _PATH + "/{user}")
def delete_user(call: Call) -> Answer:
    """Delete; the role assignments go with the user."""
    state, user = _find(call)
    del state.users[user.id]
    call.tenant.forget_actor(user.id)
    return Answer(204)


@ROUTES.on("GET", _PATH + "/{user}/enabled")
def read_enabled(call: Call) -> Answer:
    """Whether the user may sign in."""
    return Answer(200, {"enabled": _find(call)[1].enabled})


@ROUTES.on("PUT", _PATH + "/{user}/enabled")
def change_enabled(call: Call) -> Answer:
    """Let the user sign in, or not."""
    user = _find(call)[1]
    user.enabled = call.read(EnabledBody).enabled
    user.updated_at = call.tenant.clock.stamp()
    return Answer(200, {"enabled": user.enabled})


@ROUTES.on("GET", _PATH + "/{user}/mfaEnabled")
def read_mfa_enabled(call: Call) -> Answer:
    """Whether the user has multi-factor authentication."""
    return Answer(200, {"mfaEnabled": _find(call)[1].mfa_enabled})


@ROUTES.on("PUT", _PATH + "/{user}/mfaEnabled")
def change_mfa_enabled(call: Call) -> Answer:
    """Turn multi-factor authentication on or off."""
    user = _find(call)[1]
    user.mfa_enabled = call.read(MfaEnabledBody).mfa_enabled
    user.updated_at = call.tenant.clock.stamp()
    return Answer(200, {"mfaEnabled": user.mfa_enabled})


@ROUTES.on("GET", _PATH + "/{user}/memberOfGroups")
def list_memberships(call: Call) -> Answer:
    """The groups of the user."""
    state, user = _find(call)
    return call.page(
        "groupMemberships",
        [state.groups[id_] for id_ in user.member_of],
        lambda one: one.membership(call.api, user.id),
    )


@ROUTES.on("POST", _PATH + "/{user}/memberOfGroups")
def join_group(call: Call) -> Answer:
    """Add the user to a group."""
    state, user = _find(call)
    group = state.groups.get(call.read(Reference).id)
    if group is None:
        raise invalid_data("INVALID_VALUE", "The group does not exist.", "id")
    if group.id in user.member_of:
        raise duplicate("id", "The user is a member of the group already")
    user.member_of = [*user.member_of, group.id]
    return Answer(201, group.membership(call.api, user.id), call.url(f"{call.path}/{group.id}"))


@ROUTES.on("DELETE", _PATH + "/{user}/memberOfGroups/{group}")
def leave_group(call: Call) -> Answer:
    """Remove the user from a group."""
    user = _find(call)[1]
    if call.params["group"] not in user.member_of:
        raise not_found()
    user.member_of = [id_ for id_ in user.member_of if id_ != call.params["group"]]
    return Answer(204)


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


def _replaced(call: Call, state: EnvironmentState, current: User, body: UserBody) -> Answer:
    _check(state, body, current.id)
    user = _stored(state, body, current.id, current.created_at, call.tenant.clock.stamp())
    user.enabled, user.member_of = current.enabled, current.member_of
    if body.mfa_enabled is None:
        user.mfa_enabled = current.mfa_enabled
    return Answer(200, user.wire(call.api))


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
