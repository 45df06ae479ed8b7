# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the secret of a worker has to be rotated, or its previous one revoked, without the service.

PingOne tells no age of a secret, and keeps one previous secret beside it. This module is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.times import format_time, parse_time
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import Write

# For how long PingOne keeps a previous secret. Source: the vendor's page on the application secret.
SHORTEST_KEPT: t.Final = timedelta(minutes=1)
LONGEST_KEPT: t.Final = timedelta(days=30)
# A request takes its time, and an end that is too near when it arrives is refused.
_ON_THE_WAY: t.Final = timedelta(seconds=10)
# By how much a time of the service, which has whole seconds, may seem to be ahead.
_TOLERANCE: t.Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Secrets:
    """The secret of a worker, and the previous one while it is valid.

    current: None for a worker that does not exist yet, and in a prediction.
    expires_at, last_used: of the previous secret, as the service shows them; None without one. The second is also None
        while the service has not seen it used since the rotation.
    """

    current: str | None = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    expires_at: str | None = None
    last_used: str | None = None

    @classmethod
    def from_api(cls, wire: Wire, now: datetime) -> Secrets:
        """Return the secrets as the service sends them. now: its time; a previous secret that has ended is none."""
        previous = wire.get("previous")
        members = previous if isinstance(previous, dict) else {}
        expires_at = parse_time(members.get("expiresAt"))
        if expires_at is None or expires_at <= now:
            return cls(wire["secret"])
        return cls(wire["secret"], members.get("secret"), members.get("expiresAt"), members.get("lastUsed"))

    @property
    def has_previous(self) -> bool:
        """Whether a previous secret is valid."""
        return self.expires_at is not None


@dataclass(frozen=True)
class Wanted:
    """What the options say, read.

    published: the secret that the clients have; empty when they have none, None when that is not told.
    kept_for: for how long a rotation keeps the previous secret; 0 when not at all.
    compromised: the secret that has leaked.
    """

    state: str
    kept_for: timedelta
    max_age: timedelta | None = None
    rotated_at: datetime | None = None
    published: str | None = field(default=None, repr=False)
    on_live_previous: str = "fail"
    compromised: str | None = field(default=None, repr=False)
    unused_for: timedelta | None = None


@dataclass(frozen=True)
class After:
    """What is there after a plan was carried out, or would be.

    rotated_at: from when the age of the secret counts; None when nothing tells.
    previous_lost: whether the secret of before was to stay valid and did not.
    """

    secrets: Secrets
    rotated_at: str | None = None
    previous_lost: bool = False


@dataclass(frozen=True)
class SecretPlan:
    """What is done with the secret of a worker, and why.

    action: C(none), C(rotate) or C(revoke).
    reason: why, as results tell it; None when nothing was to be decided.
    found: the secrets as they were read.
    predicted: what should be there afterwards.
    publish_required: whether the clients need a secret that they do not have.
    """

    action: str
    reason: str | None
    found: Secrets
    predicted: After
    publish_required: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "none"

    @property
    def writes(self) -> tuple[Write, ...]:
        """The request that carries it out."""
        return () if self.action == "none" else (Write("POST" if self.action == "rotate" else "DELETE"),)

    @property
    def sides(self) -> tuple[()]:
        """What later tasks of a dry run may refer to: no task refers to a secret."""
        return ()


def plan_secret(wanted: Wanted, found: Secrets, now: datetime, seen: Secrets | None = None) -> SecretPlan:
    """Return what leads from the secrets of a worker to what is wanted of them.

    now: the time by the service's clock.
    seen: the secrets as they were read before the lock was held; None before that.

    Raises OptionError for a time that lies ahead, and where a rotation would end a previous secret that must stay.
    """
    if wanted.rotated_at is not None and wanted.rotated_at > now + _TOLERANCE:
        raise OptionError(
            "rotated_at",
            f"rotated_at: {_text(wanted.rotated_at)} lies in the future; by PingOne's clock it is {_text(now)}.",
        )
    is_other = seen is not None and seen.current != found.current
    action: str
    reason: str | None
    if wanted.compromised is not None:
        action, reason = _on_leak(wanted.compromised, found)
    elif is_other:
        action, reason = "none", "rotated_meanwhile"
    elif wanted.state == "previous_revoked":
        action, reason = _revocation(wanted, found, now)
    elif wanted.state == "rotated":
        action, reason = _rotation(wanted, found, now)
    else:
        action, reason = "none", None
    if action == "rotate":
        return SecretPlan(action, reason, found, After(_rotated(wanted, found, now), _text(now)), True)
    stale = is_other if wanted.published is None else wanted.published != found.current
    after = After(found if action == "none" else Secrets(found.current), _counted_from(wanted, found, now, stale))
    return SecretPlan(action, reason, found, after, stale)


def _on_leak(compromised: str, found: Secrets) -> tuple[str, str]:
    """A secret that has leaked is ended at once, with all that PingOne cannot keep then."""
    if compromised == found.current:
        return "rotate", "compromised"
    return ("revoke", "compromised") if compromised == found.previous else ("none", "not_compromised")


def _revocation(wanted: Wanted, found: Secrets, now: datetime) -> tuple[str, str | None]:
    if not found.has_previous:
        return "none", "no_previous"
    if wanted.unused_for is None:
        return "revoke", None
    # While the service has seen no use since the rotation, only that tells for how long there was none.
    known = [moment for moment in (parse_time(found.last_used), wanted.rotated_at) if moment is not None]
    if not known:
        return "none", "use_unknown"
    return ("revoke", "unused") if now - max(known) >= wanted.unused_for else ("none", "in_use")


def _rotation(wanted: Wanted, found: Secrets, now: datetime) -> tuple[str, str]:
    if wanted.published is not None and wanted.published != found.current:
        # It was rotated, and that was not published: another rotation would leave the clients behind by two.
        return "none", "not_published"
    if wanted.max_age is not None and wanted.rotated_at is not None and now - wanted.rotated_at < wanted.max_age:
        return "none", "not_due"
    if not found.has_previous or wanted.on_live_previous == "replace":
        return "rotate", "due"
    if wanted.on_live_previous == "skip":
        return "none", "live_previous"
    raise OptionError(
        "on_live_previous",
        f"on_live_previous: the previous secret is valid until {found.expires_at}, and PingOne keeps one only, so a "
        "rotation would end it for the clients that still use it. Wait until then, revoke it by state: "
        "previous_revoked, or set on_live_previous to skip or replace. Nothing was changed.",
    )


def _rotated(wanted: Wanted, found: Secrets, now: datetime) -> Secrets:
    """Return the secrets as they are after a rotation, but for the new one, which nobody knows yet."""
    if wanted.compromised is not None or not wanted.kept_for:
        return Secrets(None)
    kept_for = min(max(wanted.kept_for, SHORTEST_KEPT + _ON_THE_WAY), LONGEST_KEPT)
    return Secrets(None, found.current, _text(now + kept_for))


def _counted_from(wanted: Wanted, found: Secrets, now: datetime, stale: bool) -> str | None:
    """Return from when the age of a secret counts that is not rotated now.

    Of one that is newer than what the clients have, nothing tells more than that it was made before now.
    """
    if not stale:
        return None if wanted.rotated_at is None else _text(wanted.rotated_at)
    return None if wanted.published == "" and not found.has_previous else _text(now)


def after_rotation(plan: SecretPlan, secrets: Secrets) -> After:
    """Return what is there after a rotation, as it was read.

    Where another controller rotated too, one new secret is the previous one now, and the one of before is gone.
    """
    is_lost = plan.predicted.secrets.has_previous and secrets.previous != plan.found.current
    return replace(plan.predicted, secrets=secrets, previous_lost=is_lost)


def _text(moment: datetime) -> str:
    return format_time(moment.timestamp())
