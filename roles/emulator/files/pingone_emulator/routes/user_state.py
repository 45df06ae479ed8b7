# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user has that has endpoints of its own: ``/enabled``, ``/mfaEnabled``, ``/population``, account, password."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..directory import move
from ..errors import invalid_data
from ..hal import links
from ..models.base import Reference
from ..models.user import User
from ..models.user_state import Account, EnabledBody, LockBody, MfaEnabledBody
from ..plain.collection import Within
from ..plain.password_policies import PASSWORD_POLICIES
from ..plain.store import default
from ..times import instant, stamp
from .call import Call, checked
from .dependencies import CurrentCall
from .users import check_population, find_user, shown_user

router = APIRouter(prefix="/v1/environments/{environment}/users/{user}")

LOCK = "application/vnd.pingidentity.account.lock+json"
UNLOCK = "application/vnd.pingidentity.account.unlock+json"


@router.get("/enabled")
async def read_enabled(call: CurrentCall) -> Response:
    """Whether the user may sign in."""
    return call.ok({"enabled": find_user(call)[1].enabled})


@router.put("/enabled")
async def change_enabled(call: CurrentCall) -> Response:
    """Let the user sign in, or not."""
    user = find_user(call)[1]
    user.enabled = call.read(EnabledBody).enabled
    _touch(call, user)
    return call.ok({"enabled": user.enabled})


@router.get("/mfaEnabled")
async def read_mfa_enabled(call: CurrentCall) -> Response:
    """Whether the user has multi-factor authentication."""
    return call.ok({"mfaEnabled": find_user(call)[1].mfa_enabled})


@router.put("/mfaEnabled")
async def change_mfa_enabled(call: CurrentCall) -> Response:
    """Turn multi-factor authentication on or off."""
    user = find_user(call)[1]
    user.mfa_enabled = call.read(MfaEnabledBody).mfa_enabled
    _touch(call, user)
    return call.ok({"mfaEnabled": user.mfa_enabled})


@router.get("/population")
async def read_population_of_user(call: CurrentCall) -> Response:
    """The population of the user."""
    return call.ok(_shown_population(call, find_user(call)[1]))


@router.put("/population")
async def move_user(call: CurrentCall) -> Response:
    """Move the user to another population, where the caller may change users too."""
    state, user = find_user(call)
    wanted = call.read(Reference).id
    call.allow(wanted)
    check_population(state, wanted, "id")
    move(state, user, wanted)
    _touch(call, user)
    return call.ok(_shown_population(call, user))


@router.post("")
async def change_account(call: CurrentCall) -> Response:
    """Lock or unlock the account, as the content type says; the body may be left out."""
    user = find_user(call)[1]
    document = call.json(LOCK, UNLOCK) if call.raw.strip() or call.content_type not in (LOCK, UNLOCK) else {}
    user.account = _locked(call, checked(LockBody, document)) if call.content_type == LOCK else Account()
    _touch(call, user)
    return call.ok(shown_user(call, user))


@router.get("/password")
async def read_password_state(call: CurrentCall) -> Response:
    """The state of the password."""
    state, user = find_user(call)
    return call.ok(user.wire_password(call.api, _password_policy(Within(call.tenant, state), user)))


def _touch(call: Call, user: User) -> None:
    user.updated_at = call.tenant.clock.stamp()


def _locked(call: Call, body: LockBody) -> Account:
    """The locked account; it is not locked until a time that is over ("User Account Lock")."""
    if body.unlock_at is None:
        return Account(locked_at=call.tenant.clock.stamp())
    try:
        unlock_at = stamp(instant(body.unlock_at).astimezone(timezone.utc))
    except ValueError:
        raise invalid_data("INVALID_VALUE", "unlockAt must be a date-time with a zone", "unlockAt") from None
    return Account(locked_at=call.tenant.clock.stamp(), unlock_at=unlock_at)


def _password_policy(within: Within, user: User) -> str:
    """The policy of the user's population, or that of the environment."""
    population = within.state.populations.get(user.population.id) if user.population is not None else None
    if population is not None and population.password_policy is not None:
        return population.password_policy.id
    return default(PASSWORD_POLICIES, within).id


def _shown_population(call: Call, user: User) -> dict[str, Any]:
    """The reference alone (which links there are is inferred)."""
    environment = call.url(f"/environments/{user.environment.id}")
    self_ = f"{environment}/users/{user.id}/population"
    if user.population is None:
        return {"_links": links(self=self_)}
    relations = links(self=self_, population=f"{environment}/populations/{user.population.id}")
    return {"_links": relations, "id": user.population.id}
