# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the platform ("Platform limits"), and the characters that a description may not have.

The numbers are the vendor's; with which code the service answers above them is (inferred), as for a license.
"""

from __future__ import annotations

from ..problem import EXCEEDED, Problem, Refused

ENVIRONMENTS = 500  # of an organization, those that are pending deletion not counted
APPLICATIONS = 1000  # in an environment, those of the platform not counted (inferred)
POPULATIONS = 10_000  # in an environment
GROUPS = 100_000  # in an environment
NESTED_GROUPS = 250  # in a group, those counted that were put there (inferred)
MEMBERSHIPS = 10_000  # of a user, those counted in which it was put (inferred)
ASSIGNMENTS = 3500  # of a user, a worker or a group
_NOT_IN_DESCRIPTIONS = "$+<=>^`|~"


def check_room(what: str, limit: int, present: int) -> None:
    """There may be one more of something of which there are ``present``. Raises Refused."""
    if present >= limit:
        raise Refused([Problem(EXCEEDED, f"There may be at most {limit} {what}", inner={"quotaLimit": limit})])


def check_description(description: str | None) -> None:
    """An application or a population may have the description; seen on the service. Raises Refused."""
    if description is None or not any(mark in description for mark in _NOT_IN_DESCRIPTIONS):
        return
    marks = " ".join(_NOT_IN_DESCRIPTIONS)  # that the sentence ends with them is (inferred)
    message = f"description must contain only Unicode letters, marks, numbers, spaces, or punctuation except {marks}"
    raise Refused([Problem("INVALID_VALUE", message, "description")])
