# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: what may be sent, what is stored, what is shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ..hal import links
from .base import Model, Name, Reference


class UserBody(Model):
    """What may be sent to create or replace a user."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    email: Name
    population: Reference | None = None
    name: dict[str, Any] | None = None
    address: dict[str, Any] | None = None
    external_id: Name | None = None
    locale: str | None = None
    mfa_enabled: bool | None = None
    mobile_phone: Annotated[str, StringConstraints(max_length=32)] | None = None
    nickname: str | None = None
    photo: dict[str, Any] | None = None
    preferred_language: str | None = None
    primary_phone: str | None = None
    timezone: str | None = None
    title: str | None = None
    type: str | None = None


class EnabledBody(Model):
    """The body of PUT ``/enabled``."""

    enabled: bool


class MfaEnabledBody(Model):
    """The body of PUT ``/mfaEnabled``."""

    mfa_enabled: bool


class User(UserBody):
    """A user as it is stored."""

    id: str
    environment: Reference
    enabled: bool = True
    member_of: list[str] = Field(default_factory=list)
    created_at: str
    updated_at: str

    def wire(self, api: str) -> dict[str, Any]:
        """As the API shows it: exactly what was sent, beside id and environment."""
        environment = f"{api}/environments/{self.environment.id}"
        self_ = f"{environment}/users/{self.id}"
        shown = self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, exclude={"member_of"})
        relations = {"self": self_, "environment": environment, "roleAssignments": f"{self_}/roleAssignments"}
        if self.population is not None:
            relations["population"] = f"{environment}/populations/{self.population.id}"
        return {
            "_links": links(**relations),
            **shown,
            "enabled": self.enabled,
            "mfaEnabled": self.mfa_enabled is True,
            "account": {"canAuthenticate": self.enabled, "status": "OK"},
            "identityProvider": {"type": "PING_ONE"},
            "lifecycle": {"status": "ACCOUNT_OK"},
            "verifyStatus": "NOT_INITIATED",
        }
