# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Populations: what may be sent, what is stored, what is shown."""

from __future__ import annotations

from typing import Any

from ..hal import links
from .base import Model, Name, Reference


class PopulationBody(Model):
    """What may be sent to create or replace a population."""

    name: Name
    description: str | None = None
    default: bool | None = None
    password_policy: Reference | None = None
    alternative_identifiers: list[str] | None = None
    preferred_language: str | None = None
    theme: Reference | None = None


class Population(PopulationBody):
    """A population as it is stored."""

    id: str
    environment: Reference
    default: bool = False
    created_at: str
    updated_at: str

    def wire(self, api: str, users: int) -> dict[str, Any]:
        """As the API shows it; ``users`` is the number of users in it."""
        environment = f"{api}/environments/{self.environment.id}"
        return {
            "_links": links(self=f"{environment}/populations/{self.id}", environment=environment),
            **self.shown(),
            "userCount": users,
        }
