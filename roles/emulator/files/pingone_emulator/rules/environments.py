# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an environment may change, and when it may go ("Environments"; codes and texts are inferred).

``..._refused`` gives the reason why a request cannot be carried out, or None: a problem of what was sent, or a sentence
about the state of the environment.
"""

from __future__ import annotations

from datetime import datetime

from ..models.environment import Environment, EnvironmentBody, StatusBody
from ..problem import Problem
from ..times import instant

MAX_DELETE_PENDING = 100


def region_refused(body: EnvironmentBody, region: str) -> Problem | None:
    """An environment is in the region of its organization."""
    if body.region == region:
        return None
    message = "The region is not available to the organization."
    return Problem("INVALID_VALUE", message, "region", {"allowedValues": [region]})


def replacement_refused(environment: Environment, body: EnvironmentBody) -> Problem | None:
    """The region never changes, and the type has an endpoint of its own."""
    for member in ("region", "type"):
        kept = getattr(environment, member)
        if getattr(body, member) != kept:
            return Problem("INVALID_VALUE", f"{member} cannot be changed here.", member, {"allowedValues": [kept]})
    return None


def type_refused(environment: Environment, wanted: str) -> Problem | None:
    """SANDBOX may become PRODUCTION; there is no way back."""
    if environment.type != "PRODUCTION" or wanted == "PRODUCTION":
        return None
    message = "A PRODUCTION environment cannot be changed to SANDBOX."
    return Problem("INVALID_VALUE", message, "type", {"allowedValues": ["PRODUCTION"]})


def status_refused(environment: Environment, body: StatusBody) -> Problem | None:
    """Only PRODUCTION goes by DELETE_PENDING; who takes it back names the license."""
    if environment.type != "PRODUCTION":
        return Problem("INVALID_VALUE", "Only a PRODUCTION environment has a status that can be set.", "status")
    if body.status == "ACTIVE" and body.license is None:
        return Problem("REQUIRED_VALUE", "license is required to restore an environment", "license")
    return None


def pending_refused(environment: Environment, pending: int) -> str | None:
    """Why an environment cannot go to DELETE_PENDING while so many are there."""
    if environment.status == "DELETE_PENDING" or pending < MAX_DELETE_PENDING:
        return None
    return f"At most {MAX_DELETE_PENDING} PRODUCTION environments may be pending deletion."


def deletion_refused(environment: Environment, home_id: str, now: datetime) -> str | None:
    """Why an environment cannot be deleted: its own actors do not, PRODUCTION has to spend its time as DELETE_PENDING.

    home_id: the environment of the actor.
    """
    if environment.id == home_id:
        return "An environment is deleted only by an actor of another environment."
    allowed_at = environment.hard_delete_allowed_at
    is_over = environment.status == "DELETE_PENDING" and allowed_at is not None and instant(allowed_at) <= now
    if environment.type != "PRODUCTION" or is_over:
        return None
    return "A PRODUCTION environment is deleted only with status DELETE_PENDING and after hardDeleteAllowedAt."
