# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/passwordPolicies``: what passwords have to be like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from ..models.base import Model, Name, Whole
from ..models.plain import Members, PlainObject
from .collection import PlainCollection, Within

AtLeastOne = Annotated[Whole, Field(ge=1)]


class History(Model):
    """Which former passwords may not come back."""

    count: AtLeastOne | None = None
    retention_days: AtLeastOne | None = None


class Length(Model):
    """How long a password is."""

    min: Annotated[Whole, Field(ge=8, le=32)] | None = None
    max: Whole | None = None


class Lockout(Model):
    """When an account is locked, and for how long."""

    failure_count: AtLeastOne | None = None
    duration_seconds: AtLeastOne | None = None


class MinCharacters(Model):
    """How many characters of each kind a password holds, by all characters of the kind."""

    upper: Whole | None = Field(default=None, alias="ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    lower: Whole | None = Field(default=None, alias="abcdefghijklmnopqrstuvwxyz")
    digits: Whole | None = Field(default=None, alias="0123456789")
    special: Whole | None = Field(default=None, alias="~!@#$%^&*()-_=+[]{}|;:,.<>/?")


class ShortSequence(Model):
    """How much of a sequence a password may hold."""

    max_length: Annotated[Whole, Field(ge=2, le=3)]


class KeyboardSequence(Model):
    """How much of a row of keys a password may hold."""

    max_length: Annotated[Whole, Field(ge=3, le=3)]


class PasswordPolicyBody(Model):
    """What may be sent."""

    name: Name
    description: str | None = None
    default: bool | None = None
    excludes_commonly_used: bool
    excludes_profile_data: bool
    not_similar_to_current: bool
    history: History | None = None
    length: Length | None = None
    lockout: Lockout | None = None
    max_age_days: AtLeastOne | None = None
    min_age_days: AtLeastOne | None = None
    max_repeated_characters: Whole | None = None
    min_characters: MinCharacters | None = None
    min_complexity: Whole | None = None
    min_unique_characters: Whole | None = None
    alphabet_sequence_rule: ShortSequence | None = None
    number_sequence_rule: ShortSequence | None = None
    qwerty_sequence_rule: KeyboardSequence | None = None
    shifted_number_row_sequence_rule: KeyboardSequence | None = None


def _initial(_within: Within) -> Iterator[Members]:
    """The three policies of a new environment; their names are known, what they demand is (inferred)."""
    for name, default in (("Standard", True), ("Basic", False), ("Passphrase", False)):
        yield {
            "name": name,
            "default": default,
            "excludesCommonlyUsed": True,
            "excludesProfileData": True,
            "notSimilarToCurrent": True,
        }


def _populations(policy: PlainObject, within: Within) -> list[str]:
    return [
        population.id
        for population in within.state.populations.values()
        if population.password_policy is not None and population.password_policy.id == policy.id
    ]


def _counted(policy: PlainObject, within: Within) -> Members:
    return {"populationCount": len(_populations(policy, within))}


def _removed(policy: PlainObject, within: Within) -> None:
    """Populations that had the policy fall back to the default of the environment (inferred)."""
    for population_id in _populations(policy, within):
        within.state.populations[population_id].password_policy = None


PASSWORD_POLICIES = PlainCollection(
    name="passwordPolicies",
    item="passwordPolicy",
    body=PasswordPolicyBody,
    one_default=True,
    initial=_initial,
    counted=_counted,
    removed=_removed,
)
