# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections that clients read along with what they are about, and that hold nothing here.

Assignments of policies, push credentials and identity providers cannot be made, so that these lists stay empty.
"""

from __future__ import annotations

from .collection import LIST, PlainCollection

_READ = frozenset({LIST})

IDENTITY_PROVIDERS = PlainCollection(name="identityProviders", item="identityProvider", operations=_READ)
SIGN_ON_POLICY_ASSIGNMENTS = PlainCollection(
    name="signOnPolicyAssignments", item="signOnPolicyAssignment", holder="applications", operations=_READ
)
FLOW_POLICY_ASSIGNMENTS = PlainCollection(
    name="flowPolicyAssignments", item="flowPolicyAssignment", holder="applications", operations=_READ
)
PUSH_CREDENTIALS = PlainCollection(
    name="pushCredentials", item="pushCredential", holder="applications", operations=_READ
)
