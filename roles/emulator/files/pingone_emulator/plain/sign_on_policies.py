# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/signOnPolicies``: how users sign in. The actions of a policy are not there."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.base import Model, Name
from ..models.plain import Members
from .collection import PlainCollection, Within


class SignOnPolicyBody(Model):
    """What may be sent."""

    name: Name
    description: str | None = None
    default: bool | None = None


def _initial(within: Within) -> Iterator[Members]:
    """One policy, and a second one where MFA is; which of them is the default is (inferred)."""
    products = within.state.environment.bill_of_materials.products
    yield {"name": "Single_Factor", "default": True}
    if any(product.type == "PING_ONE_MFA" for product in products):
        yield {"name": "Multi_Factor", "default": False}


SIGN_ON_POLICIES = PlainCollection(
    name="signOnPolicies",
    item="signOnPolicy",
    body=SignOnPolicyBody,
    unique=("name",),  # (inferred)
    one_default=True,
    initial=_initial,
)
