# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain collections that the routes serve."""

from __future__ import annotations

from .application_attributes import APPLICATION_ATTRIBUTES
from .empty import FLOW_POLICY_ASSIGNMENTS, IDENTITY_PROVIDERS, PUSH_CREDENTIALS, SIGN_ON_POLICY_ASSIGNMENTS
from .gateways import GATEWAYS
from .grants import GRANTS
from .images import IMAGES
from .key_rotation_policies import KEY_ROTATION_POLICIES
from .keys import KEYS
from .languages import LANGUAGES
from .password_policies import PASSWORD_POLICIES
from .resource_attributes import RESOURCE_ATTRIBUTES
from .resources import RESOURCES
from .scopes import SCOPES
from .sign_on_policies import SIGN_ON_POLICIES
from .themes import THEMES

COLLECTIONS = (
    RESOURCES,
    SCOPES,
    RESOURCE_ATTRIBUTES,
    GRANTS,
    APPLICATION_ATTRIBUTES,
    IMAGES,
    PASSWORD_POLICIES,
    THEMES,
    LANGUAGES,
    SIGN_ON_POLICIES,
    GATEWAYS,
    KEYS,
    KEY_ROTATION_POLICIES,
    SIGN_ON_POLICY_ASSIGNMENTS,
    FLOW_POLICY_ASSIGNMENTS,
    PUSH_CREDENTIALS,
    IDENTITY_PROVIDERS,
)
