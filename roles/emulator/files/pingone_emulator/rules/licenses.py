# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a license allows ("Licenses").

``refused`` gives the first reason why an environment may not be on a license: code ``LICENSE_EXCEEDED`` goes out as
403, anything else as 400 (the codes are those of the vendor's OpenAPI document, their mapping is inferred).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..models.base import Reference
from ..models.organization import License
from ..problem import EXCEEDED, Problem, Refused

_SPELLED_OUT = {"NA": "NORTH_AMERICA"}  # licenses spell this region out, environments don't


@dataclass(frozen=True)
class LicenseLimits:
    """What the rules look at: ``max_environments`` is how many environments fit, ``used`` how many there are."""

    status: str
    package: str
    max_environments: int
    used: int
    regions: Collection[str]
    allow_production: bool


def limits_of(license_: License, used: int) -> LicenseLimits:
    """The limits of a license with so many environments on it."""
    return LicenseLimits(
        status=license_.status,
        package=license_.package,
        max_environments=license_.environments.max,
        used=used,
        regions=license_.environments.regions,
        allow_production=license_.environments.allow_production,
    )


def choose(licenses: Mapping[str, License], reference: Reference | None) -> License:
    """The license that was named, or the only active one of the organization. Raises Refused."""
    if reference is not None:
        if reference.id not in licenses:
            raise Refused([Problem("INVALID_VALUE", "The license does not exist.", "license.id")])
        return licenses[reference.id]
    active = [one for one in licenses.values() if one.status == "ACTIVE"]
    if len(active) != 1:
        raise Refused([Problem("REQUIRED_VALUE", "license is required: the organization has several", "license")])
    return active[0]


def refused(license: LicenseLimits, region: str, environment_type: str, *, is_new: bool) -> Problem | None:
    """Why an environment may not be on the license; ``is_new`` when it is not on it yet and needs room."""
    if license.status != "ACTIVE":
        return Problem("INVALID_VALUE", "The license is not active", "license.id")
    if is_new and license.used >= license.max_environments:
        message = "The license has no room for another environment"
        return Problem(EXCEEDED, message, "license.id", {"quotaLimit": license.max_environments})
    if _SPELLED_OUT.get(region, region) not in license.regions:
        return Problem(EXCEEDED, "The license does not allow the region", "region")
    return production_refused(license, environment_type)


def production_refused(license: LicenseLimits, environment_type: str) -> Problem | None:
    """Why an environment may not be of the type: PRODUCTION needs a license that allows it and is no trial."""
    if environment_type == "PRODUCTION" and (not license.allow_production or license.package == "TRIAL"):
        return Problem(EXCEEDED, "The license does not allow PRODUCTION environments", "type", {"quotaLimit": 0})
    return None
