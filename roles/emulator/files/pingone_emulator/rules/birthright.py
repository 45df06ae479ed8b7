# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an actor gets by creating something.

``of_environment`` and ``of_population`` are the names of the roles that the creator gets at the new scope, where it
does not hold them already; ``inherited`` says what a new application gets from its creator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

Assignment = TypeVar("Assignment")

_BIRTHRIGHT = ("Environment Admin", "Identity Data Admin", "Client Application Developer")


def of_environment(covered: Collection[str], *, always_all: bool) -> list[str]:
    """The roles that the creator of an environment gets on it, of which it holds those of ``covered`` already.

    Environment Admin is left out where the creator holds it at the organization ("Create Environment", "Built-in
    Admin Roles"); the guide of the vendor's Terraform provider names all three without that condition.
    """
    return [name for name in _BIRTHRIGHT if always_all or name not in covered]


def of_population(covered: Collection[str]) -> list[str]:
    """The roles that the creator of a population gets on it: those that can have its scope ("Built-in Admin Roles").

    That it is this one of them is (inferred) from the birthright of an environment.
    """
    return [name for name in ("Identity Data Admin",) if name not in covered]


def inherited(creator: Iterable[Assignment], application_type: str, assign_actor_roles: bool) -> list[Assignment]:
    """The assignments of the creator that a new application gets a copy of ("Applications OIDC settings").

    All of them when ``assignActorRoles`` is true, which it is unless it was sent as false. Only a WORKER gets
    them, since no other type can use roles of its own (inferred).
    """
    return list(creator) if assign_actor_roles and application_type == "WORKER" else []
