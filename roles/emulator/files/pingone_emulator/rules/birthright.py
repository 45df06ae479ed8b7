# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an actor gets by creating something.

``BIRTHRIGHT`` are the names of the roles that the creator of an environment gets on it, all at ENVIRONMENT scope;
``inherited`` says what a new application gets from its creator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Assignment = TypeVar("Assignment")

# The vendor's guide "Admin role management" for Terraform.
BIRTHRIGHT = ("Environment Admin", "Identity Data Admin", "Client Application Developer")


def inherited(creator: Iterable[Assignment], application_type: str, assign_actor_roles: bool) -> list[Assignment]:
    """The assignments of the creator that a new application gets a copy of ("Applications OIDC settings").

    All of them when ``assignActorRoles`` is true, which it is unless it was sent as false. Only a WORKER gets
    them, since no other type can use roles of its own (inferred).
    """
    return list(creator) if assign_actor_roles and application_type == "WORKER" else []
