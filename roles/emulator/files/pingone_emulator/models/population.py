# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Populations: what may be sent, what is stored, what is shown."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..hal import links
from .base import Model, Name, Reference, in_order


class PopulationBody(Model):
    """What may be sent to create or replace a population."""

    name: Name
    description: str | None = None
    default: bool | None = None
    password_policy: Reference | None = None
    alternative_identifiers: list[str] | None = None
    preferred_language: str | None = None
    theme: Reference | None = None


class DefaultIdentityProviderBody(Model):
    """The body of PUT ``/defaultIdentityProvider``; without an id PingOne is meant."""

    id: str | None = None


class Population(PopulationBody):
    """A population as it is stored."""

    id: str
    environment: Reference
    default: bool = False
    default_identity_provider: str | None = Field(default=None, exclude=True)  # PingOne unless there is another
    has_own_theme: bool = Field(default=False, exclude=True)  # whether a client sent it
    created_at: str
    updated_at: str

    def wire(self, api: str, users: int) -> dict[str, Any]:
        """As the API shows it; ``users`` is the number of users in it."""
        environment = f"{api}/environments/{self.environment.id}"
        relations = {"self": f"{environment}/populations/{self.id}", "environment": environment}
        if self.theme is not None:
            relations["theme"] = f"{environment}/themes/{self.theme.id}"
        return {"_links": links(**relations), **in_order({**self.shown(), "userCount": users}, _ORDER)}

    def wire_default_identity_provider(self, api: str) -> dict[str, Any]:
        """The provider that signs its users in, as its own endpoint shows it (which links there are is inferred)."""
        population = f"{api}/environments/{self.environment.id}/populations/{self.id}"
        relations = links(self=f"{population}/defaultIdentityProvider", population=population)
        if self.default_identity_provider is None:
            return {"_links": relations, "type": "PING_ONE"}
        return {"_links": relations, "id": self.default_identity_provider}


# The order of the wire; what is not here was not seen, and follows (inferred).
_ORDER = (
    *("id", "environment", "name", "description", "userCount", "createdAt", "updatedAt", "default"),
    *("preferredLanguage", "theme"),
)
