# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/populations``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import duplicate, not_found, request_failed
from ..models.base import Reference
from ..models.population import DefaultIdentityProviderBody, Population, PopulationBody
from ..plain.collection import Within
from ..plain.languages import language_problems
from ..plain.password_policies import PASSWORD_POLICIES
from ..plain.store import dangling
from ..plain.themes import THEMES
from ..problem import Refused
from ..rules import limits
from ..seeding import environment_defaults, give_population_birthright
from ..tenant import EnvironmentState
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/populations")

_FILTER = {"id": ("eq",), "name": ("eq", "sw")}
_REFERENCES = {"theme.id": THEMES, "passwordPolicy.id": PASSWORD_POLICIES}


@router.get("")
async def list_populations(call: CurrentCall) -> Response:
    """All populations."""
    state = call.nested_environment()
    populations = call.visible(state.populations.values(), lambda one: one.id)
    return call.page("populations", populations, lambda one: _shown(call, state, one), filterable=_FILTER)


@router.post("")
async def create_population(call: CurrentCall) -> Response:
    """A new population."""
    state = call.environment()
    body = call.read(PopulationBody)
    if call.tenant.switches.limits:
        limits.check_room("populations of an environment", limits.POPULATIONS, len(state.populations))
    _check(call, state, body, None)
    within = Within(call.tenant, state)
    _check_references(within, body)
    now = call.tenant.clock.stamp()
    population = _stored(within, body, call.tenant.ids.object(), now, now)
    _keep_one_default(state, population)
    give_population_birthright(call.tenant, call.caller, population)
    return call.created(_shown(call, state, population), f"{call.path}/{population.id}")


@router.get("/{population}")
async def read_population(call: CurrentCall) -> Response:
    """One population."""
    state, population = _find(call)
    return call.ok(_shown(call, state, population))


@router.put("/{population}")
async def replace_population(call: CurrentCall) -> Response:
    """Replace; language and theme go back to those of the environment when they are not sent."""
    state, current = _find(call)
    body = call.read(PopulationBody)
    _check(call, state, body, current.id)
    within = Within(call.tenant, state)
    _check_references(within, body)
    population = _stored(within, body, current.id, current.created_at, call.tenant.clock.stamp())
    population.default_identity_provider = current.default_identity_provider
    if current.default:
        population.default = True
    _keep_one_default(state, population)
    return call.ok(_shown(call, state, population))


@router.delete("/{population}")
async def delete_population(call: CurrentCall) -> Response:
    """Delete, unless it has users, is the last one, or is the default (the last inferred)."""
    state, population = _find(call)
    if _users(state, population):
        raise request_failed("The population contains users.")
    if len(state.populations) == 1:
        raise request_failed("The environment must contain at least one population.")
    if population.default:
        raise request_failed("The default population cannot be deleted.")
    del state.populations[population.id]
    call.tenant.forget_scope(population.id)
    return call.no_content()


@router.get("/{population}/defaultIdentityProvider")
async def read_default_identity_provider(call: CurrentCall) -> Response:
    """The provider that signs the users of the population in."""
    return call.ok(_find(call)[1].wire_default_identity_provider(call.api))


@router.put("/{population}/defaultIdentityProvider")
async def change_default_identity_provider(call: CurrentCall) -> Response:
    """Let another provider sign the users in; which ones there are is not known here, so any id will do."""
    population = _find(call)[1]
    population.default_identity_provider = call.read(DefaultIdentityProviderBody).id
    return call.ok(population.wire_default_identity_provider(call.api))


def _find(call: Call) -> tuple[EnvironmentState, Population]:
    population_id = call.params["population"]
    state = call.environment(population_id)
    population = state.populations.get(population_id)
    if population is None:
        raise not_found()
    return state, population


def _stored(within: Within, body: PopulationBody, id_: str, created_at: str, updated_at: str) -> Population:
    given = {name: value for name, value in body if name in body.model_fields_set and value is not None}
    given.setdefault("default", False)
    given["has_own_theme"] = "theme" in given
    for name, value in environment_defaults(within).items():
        given.setdefault(name, value)
    environment = Reference(id=within.state.environment.id)
    return Population.model_construct(
        **given, id=id_, environment=environment, created_at=created_at, updated_at=updated_at
    )


def _keep_one_default(state: EnvironmentState, population: Population) -> None:
    state.populations[population.id] = population
    if population.default:
        for other in state.populations.values():
            other.default = other is population


def _users(state: EnvironmentState, population: Population) -> int:
    return sum(one.population is not None and one.population.id == population.id for one in state.users.values())


def _shown(call: Call, state: EnvironmentState, population: Population) -> dict[str, Any]:
    if not population.has_own_theme and call.is_late(call.late.theme, population.created_at):
        population = population.model_copy(update={"theme": None})
    return population.wire(call.api, _users(state, population))


def _check_references(within: Within, body: PopulationBody) -> None:
    members = body.shown()
    problems = [*dangling(_REFERENCES, within, members), *language_problems(members.get("preferredLanguage"), within)]
    if problems:
        raise Refused(problems)


def _check(call: Call, state: EnvironmentState, body: PopulationBody, own_id: str | None) -> None:
    if call.tenant.switches.limits:
        limits.check_description(body.description)
    for one in state.populations.values():
        if one.name.lower() == body.name.lower() and one.id != own_id:
            raise duplicate("name", "A resource with the specified name already exists", one.id)
