# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/keyRotationPolicies``: when keys that sign are replaced by new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ..models.base import Model, Name, Whole
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .store import derived_id

_ROTATION_PERIOD, _VALIDITY_PERIOD = 90, 365  # days


class KeyRotationPolicyBody(Model):
    """What may be sent."""

    name: Name
    algorithm: Literal["RSA"]
    dn: Name
    key_length: Literal[2048, 3072, 4096, 7680]
    signature_algorithm: Literal["SHA256withRSA"]
    usage_type: Literal["SIGNING"]
    rotation_period: Annotated[Whole, Field(ge=30)] | None = None
    validity_period: Whole | None = None


def _initial(within: Within) -> Iterator[Members]:
    """The policy of a new environment; that there is one is known, what it says beyond its days is (inferred)."""
    id_ = within.state.environment.id
    yield {
        "name": "Default",
        "algorithm": "RSA",
        "dn": "C=US,O=Ping Identity,OU=Ping Identity,CN=PingOne SSO Certificate",
        "keyLength": 2048,
        "signatureAlgorithm": "SHA256withRSA",
        "usageType": "SIGNING",
        "rotationPeriod": _ROTATION_PERIOD,
        "validityPeriod": _VALIDITY_PERIOD,
        "currentKeyId": derived_id(id_, "currentKeyId"),
        "nextKeyId": derived_id(id_, "nextKeyId"),
    }


def _added(sent: Members, current: PlainObject | None, within: Within) -> Members:
    keys = {name: within.tenant.ids.object() if current is None else current.members[name] for name in _KEYS}
    periods = {"rotationPeriod": _ROTATION_PERIOD, "validityPeriod": _VALIDITY_PERIOD}
    return {**{name: sent.get(name, days) for name, days in periods.items()}, **keys}


_KEYS = ("currentKeyId", "nextKeyId")


def _check(members: Members, _current: PlainObject | None, _within: Within) -> Iterator[Problem]:
    longest = members["validityPeriod"] - 1
    if members["rotationPeriod"] > longest:
        text = "rotationPeriod must be shorter than validityPeriod"
        yield Problem("OUT_OF_RANGE", text, "rotationPeriod", {"rangeMaximumValue": longest})


KEY_ROTATION_POLICIES = PlainCollection(
    name="keyRotationPolicies",
    item="keyRotationPolicy",
    body=KeyRotationPolicyBody,
    times=(),
    initial=_initial,
    added=_added,
    check=_check,
)
