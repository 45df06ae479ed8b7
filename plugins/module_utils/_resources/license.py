# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which license an environment can be on.

Source of the rules: PingOne's data model of licenses and its pages on environments. This module is private to the
collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, UsedUpError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._base.text import title
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

# Licenses spell this region out; environments do not.
_REGIONS: t.Final = {"NA": "NORTH_AMERICA"}
_ADMIN_PACKAGE: t.Final = "ADMIN"


def check_license(licenses: t.Sequence[Wire], chosen: Wire, region: str | None, type: str, *, is_move: bool) -> None:
    """Raise OptionError when an environment cannot be on a license.

    licenses: all of them, to be listed as candidates.
    region, type: the environment's; a region of None is not checked.
    is_move: whether it is not on it yet, and so takes room.
    """
    reasons = incompatibilities(chosen, region, type, is_move=is_move)
    if reasons:
        kind = UsedUpError if _lacks_only_room([chosen], region, type) else OptionError
        raise kind(
            "license",
            f"license: '{title(chosen)}' does not fit: it {_joined(reasons)}. {_candidates(licenses, region, type)}",
        )


def only_license(licenses: t.Sequence[Wire], region: str | None, type: str) -> Wire:
    """Return the only license that a new environment fits on. Raises OptionError when none or several do.

    The license of the administrators' environment is never meant, though it can be given by its name (inferred).
    """
    fitting = [item for item in _meant(licenses) if not incompatibilities(item, region, type, is_move=True)]
    if len(fitting) == 1:
        return fitting[0]
    problem = "several licenses fit; give one of them" if fitting else "no license fits"
    kind = OptionError if fitting or not _lacks_only_room(licenses, region, type) else UsedUpError
    raise kind("license", f"license: {problem}. {_candidates(licenses, region, type)}")


def _lacks_only_room(licenses: t.Iterable[Wire], region: str | None, type: str) -> bool:
    """Tell whether one of the licenses would fit if it had room."""
    return any(not incompatibilities(item, region, type, is_move=False) for item in _meant(licenses))


def _meant(licenses: t.Iterable[Wire]) -> list[Wire]:
    """Return the licenses that are not meant for the administrators' environment alone."""
    return [item for item in licenses if item.get("package") != _ADMIN_PACKAGE]


def with_predicted(licenses: t.Sequence[Wire], environments: t.Iterable[Wire]) -> list[Wire]:
    """Return licenses that also count the environments which exist in a dry run alone."""
    predicted = [(item.get("license") or {}).get("id") for item in environments if is_predicted(item["id"])]
    return [_counting(item, predicted.count(item["id"])) for item in licenses]


def _counting(item: Wire, more: int) -> Wire:
    used = item.get("assignedEnvironmentsCount")
    return {**item, "assignedEnvironmentsCount": used + more} if more and isinstance(used, int) else item


def incompatibilities(item: Wire, region: str | None, type: str, *, is_move: bool) -> list[str]:
    """Return why an environment cannot be on a license, as predicates; empty when it can."""
    allowed = item.get("environments") or {}
    reasons = []
    if item.get("status") != "ACTIVE":
        reasons.append(f"is {item.get('status')}, not ACTIVE")
    left = remaining_capacity(item)
    if is_move and left is not None and left < 1:
        reasons.append(f"has no room (all of its {allowed['max']} environments exist)")
    regions = allowed.get("regions")
    if region and regions is not None and not {region, _REGIONS.get(region)} & set(regions):
        reasons.append(f"does not allow the region {region} (but {', '.join(sorted(regions)) or 'none'})")
    if type == "PRODUCTION" and not _allows_production(item):
        reasons.append("does not allow the type PRODUCTION")
    return reasons


def remaining_capacity(item: Wire) -> int | None:
    """Return how many more environments a license takes; None when it does not tell."""
    most = (item.get("environments") or {}).get("max")
    used = item.get("assignedEnvironmentsCount")
    if not isinstance(most, int) or not isinstance(used, int):
        return None
    return max(most - used, 0)


def allowed_regions(item: Wire) -> list[str] | None:
    """Return the codes of the regions whose environments a license takes, as environments have them; None for all."""
    regions = (item.get("environments") or {}).get("regions")
    codes = {name: code for code, name in _REGIONS.items()}
    return None if regions is None else sorted(codes.get(region, region) for region in regions)


def allowed_types(item: Wire) -> list[str]:
    """Return the types of the environments that a license takes."""
    return ["PRODUCTION", "SANDBOX"] if _allows_production(item) else ["SANDBOX"]


def _allows_production(item: Wire) -> bool:
    allowed = (item.get("environments") or {}).get("allowProduction")
    return allowed is not False and item.get("package") != "TRIAL"


def _candidates(licenses: t.Sequence[Wire], region: str | None, type: str) -> str:
    if not licenses:
        return "The organization shows no license to the calling worker."
    told = [f"'{title(item)}' ({item['id']}) {_verdict(item, region, type)}" for item in _sorted(licenses)]
    return f"Candidates: {'; '.join(told)}."


def _verdict(item: Wire, region: str | None, type: str) -> str:
    reasons = incompatibilities(item, region, type, is_move=True)
    if reasons:
        return _joined(reasons)
    return "is meant for the administrators' environment" if item.get("package") == _ADMIN_PACKAGE else "fits"


def _sorted(licenses: t.Sequence[Wire]) -> list[Wire]:
    return sorted(licenses, key=lambda item: (str(item.get("name")), item["id"]))


def _joined(reasons: t.Sequence[str]) -> str:
    return " and ".join(reasons)
