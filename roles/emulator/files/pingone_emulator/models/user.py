# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: what may be sent, what is stored, what is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ..hal import links
from .base import Model, Name, Reference, in_order
from .user_state import Account, IdentityProvider, ImportedAccount, Lifecycle, Password, PasswordState, VerifyStatus

_ACTIONS = ("", ".set", ".reset", ".check", ".recover")


class UserBody(Model):
    """What may be sent to replace a user."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    email: Name
    name: dict[str, Any] | None = None
    address: dict[str, Any] | None = None
    external_id: Name | None = None
    locale: str | None = None
    mobile_phone: Annotated[str, StringConstraints(max_length=32)] | None = None
    nickname: str | None = None
    photo: dict[str, Any] | None = None
    preferred_language: str | None = None
    primary_phone: str | None = None
    timezone: str | None = None
    title: str | None = None
    type: str | None = None


class NewUserBody(UserBody):
    """What may be sent to create a user; later these have endpoints of their own."""

    population: Reference | None = None
    mfa_enabled: bool | None = None

    def state(self, now: str) -> dict[str, Any]:
        """What it gives the user beside the members that a PUT replaces, by the names of the model."""
        given = {"population": self.population, "mfa_enabled": self.mfa_enabled}
        return {name: value for name, value in given.items() if value is not None}


class ImportedUserBody(NewUserBody):
    """What may be sent to import a user."""

    account: ImportedAccount | None = None
    email_verified: bool | None = None
    identity_provider: IdentityProvider | None = None
    lifecycle: Lifecycle | None = None
    password: Password | None = None
    verify_status: VerifyStatus | None = None

    def state(self, now: str) -> dict[str, Any]:
        """What it gives the user beside the members that a PUT replaces, by the names of the model."""
        given = {
            "email_verified": self.email_verified,
            "identity_provider": self.identity_provider,
            "lifecycle": self.lifecycle,
            "verify_status": self.verify_status,
            "account": self.account and Account.imported(self.account, now),
            "password_state": self.password and PasswordState.imported(self.password, now),
        }
        return super().state(now) | {name: value for name, value in given.items() if value is not None}


class UserState(Model):
    """What a user has beside the members that a PUT replaces."""

    population: Reference | None = None
    enabled: bool = True
    mfa_enabled: bool = False
    account: Account = Field(default_factory=Account)
    email_verified: bool | None = None
    identity_provider: IdentityProvider = Field(default_factory=lambda: IdentityProvider(type="PING_ONE"))
    lifecycle: Lifecycle = Field(default_factory=lambda: Lifecycle(status="ACCOUNT_OK"))
    password_state: PasswordState = Field(default_factory=PasswordState)
    verify_status: VerifyStatus = "NOT_INITIATED"
    member_of: list[str] = Field(default_factory=list)  # the groups in which the user was put


class User(UserBody, UserState):
    """A user as it is stored."""

    id: str
    environment: Reference
    created_at: str
    updated_at: str

    def state(self) -> dict[str, Any]:
        """What stays when the user is replaced, by the names of the model."""
        return {name: getattr(self, name) for name in UserState.model_fields}

    def wire(self, api: str, now: datetime, *, listed: bool = False) -> dict[str, Any]:
        """As the API shows it: what was sent, and what the service says of any user, in the order of the alphabet.

        now: a lock may have ended. listed: an item of a list has fewer links.
        """
        sent = UserBody.model_fields.keys() | {"id", "environment", "created_at", "updated_at"}
        shown = self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, include=set(sent))
        if self.population is not None:
            shown["population"] = self.population.shown()
        if self.email_verified is not None:
            shown["emailVerified"] = self.email_verified
        shown.update(
            enabled=self.enabled,
            mfaEnabled=self.mfa_enabled,
            account=self.account.wire(now, enabled=self.enabled),
            identityProvider=self.identity_provider.shown(),
            lifecycle={"status": self.lifecycle.status},
            verifyStatus=self.verify_status,
        )
        relations = links(**self._relations(api, listed=listed))
        return {"_links": relations, **in_order(dict(sorted(shown.items())), ("id", "environment"))}

    def _relations(self, api: str, *, listed: bool) -> dict[str, str]:
        environment = f"{api}/environments/{self.environment.id}"
        self_ = f"{environment}/users/{self.id}"
        relations = {"self": self_}
        if not listed:  # their order is (inferred)
            relations["environment"] = environment
            if self.population is not None:
                relations["population"] = f"{environment}/populations/{self.population.id}"
            relations.update(devices=f"{self_}/devices", roleAssignments=f"{self_}/roleAssignments")
        for action in _ACTIONS:
            relations[f"password{action}"] = f"{self_}/password"
        relations["account.sendVerificationCode"] = self_
        relations["linkedAccounts"] = f"{self_}/linkedAccounts"
        return relations

    def wire_password(self, api: str, policy_id: str) -> dict[str, Any]:
        """The state of the password as its own endpoint shows it (which links there are is inferred)."""
        environment = f"{api}/environments/{self.environment.id}"
        user = f"{environment}/users/{self.id}"
        relations = {
            "self": f"{user}/password",
            "environment": environment,
            "user": user,
            "passwordPolicy": f"{environment}/passwordPolicies/{policy_id}",
            **{f"password{action}": f"{user}/password" for action in _ACTIONS[1:]},
        }
        return {
            "_links": links(**relations),
            "environment": {"id": self.environment.id},
            "user": {"id": self.id},
            "passwordPolicy": {"id": policy_id},
            **self.password_state.wire(),
        }
