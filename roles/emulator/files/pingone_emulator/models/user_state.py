# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user has that has endpoints of its own: account, password, life cycle, identity provider.

Members as in the pages "Users", "User Accounts" and "User Passwords".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from typing_extensions import Self

from ..times import instant
from .base import Model

VerifyStatus = Literal["NOT_INITIATED", "ENABLED", "DISABLED"]


class EnabledBody(Model):
    """The body of PUT ``/enabled``."""

    enabled: bool


class MfaEnabledBody(Model):
    """The body of PUT ``/mfaEnabled``."""

    mfa_enabled: bool


class ImportedAccount(Model):
    """The account of a user that is imported."""

    can_authenticate: bool
    status: Literal["OK", "LOCKED"]


class LockBody(Model):
    """The body that locks an account; without a time it stays locked until it is unlocked (inferred)."""

    unlock_at: str | None = None


class Account(Model):
    """Whether the account is locked, and until when."""

    can_authenticate: bool = True
    locked_at: str | None = None
    unlock_at: str | None = None

    @classmethod
    def imported(cls, sent: ImportedAccount, now: str) -> Self:
        """The account as it was sent."""
        return cls(can_authenticate=sent.can_authenticate, locked_at=now if sent.status == "LOCKED" else None)

    def is_locked(self, now: datetime) -> bool:
        """Whether it is locked, and the lock has not ended by itself."""
        return self.locked_at is not None and (self.unlock_at is None or instant(self.unlock_at) > now)

    def wire(self, now: datetime, *, enabled: bool) -> dict[str, Any]:
        """As the API shows it; who is locked or disabled cannot sign in."""
        if not self.is_locked(now):
            return {"canAuthenticate": self.can_authenticate and enabled, "status": "OK"}
        document: dict[str, Any] = {"canAuthenticate": False, "lockedAt": self.locked_at}
        if self.unlock_at is not None:
            document["secondsUntilUnlock"] = int((instant(self.unlock_at) - now).total_seconds())
        document["status"] = "LOCKED"
        if self.unlock_at is not None:
            document["unlockAt"] = self.unlock_at
        return document


class IdentityProvider(Model):
    """Who signs the user in; PingOne has no id."""

    id: str | None = None
    type: str | None = None


class Lifecycle(Model):
    """Whether the user has to verify the account."""

    status: Literal["ACCOUNT_OK", "VERIFICATION_REQUIRED"]


class Password(Model):
    """The password of a user that is imported; it is kept nowhere."""

    force_change: bool | None = None
    value: str | None = None
    external: dict[str, Any] | None = None


class PasswordState(Model):
    """Whether there is a password, and since when."""

    status: Literal["OK", "NO_PASSWORD", "MUST_CHANGE_PASSWORD", "EXTERNAL"] = "NO_PASSWORD"
    last_changed_at: str | None = None

    @classmethod
    def imported(cls, sent: Password, now: str) -> Self:
        """The state that a password which is imported has."""
        if sent.external is not None:
            return cls(status="EXTERNAL")
        if sent.value is None:
            return cls(status="NO_PASSWORD")
        return cls(status="MUST_CHANGE_PASSWORD" if sent.force_change else "OK", last_changed_at=now)

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        return self.model_dump(by_alias=True, exclude_none=True)
