# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence allows ("Licenses").

``refused`` gives the first reason why an environment may not be on a licence: code ``LICENSE_EXCEEDED`` goes out as
403, anything else as 400 (the codes are those of the vendor's OpenAPI document, their mapping is inferred).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .problem import Problem

EXCEEDED = "LICENSE_EXCEEDED"
_SPELLED_OUT = {"NA": "NORTH_AMERICA"}  # licences spell this region out, environments don't


@dataclass(frozen=True)
class Licence:
    """What the rules look at: ``room`` is how many environments fit, ``used`` how many there are."""

    status: str
    package: str
    room: int
    used: int
    regions: Collection[str]
    allow_production: bool


def refused(licence: Licence, region: str, environment_type: str, *, is_new: bool) -> Problem | None:
    """Why an environment may not be on the licence; ``is_new`` when it is not on it yet and needs room."""
    if licence.status != "ACTIVE":
        return Problem("INVALID_VALUE", "The license is not active", "license.id")
    if is_new and licence.used >= licence.room:
        message = "The license has no room for another environment"
        return Problem(EXCEEDED, message, "license.id", {"quotaLimit": licence.room})
    if _SPELLED_OUT.get(region, region) not in licence.regions:
        return Problem(EXCEEDED, "The license does not allow the region", "region")
    return production_refused(licence, environment_type)


def production_refused(licence: Licence, environment_type: str) -> Problem | None:
    """Why an environment may not be of the type: PRODUCTION needs a licence that allows it and is no trial."""
    if environment_type == "PRODUCTION" and (not licence.allow_production or licence.package == "TRIAL"):
        return Problem(EXCEEDED, "The license does not allow PRODUCTION environments", "type", {"quotaLimit": 0})
    return None
