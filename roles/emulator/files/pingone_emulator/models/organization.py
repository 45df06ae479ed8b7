# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization and its licenses; both are read only."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..hal import links
from .base import Model, Reference

LICENSE_REGIONS = {"NA": "NORTH_AMERICA"}  # licenses spell this region out, environments don't

_TOP_LEVEL_DOMAINS = {"EU": "eu", "AP": "asia", "AU": "com.au", "CA": "ca", "SG": "sg"}  # of a region; com for NA

_FEATURES: dict[str, dict[str, Any]] = {
    "advancedServices": {"pingId": {"included": True, "type": "FULL"}},
    "authorize": {"allowApiAccessManagement": True, "allowDynamicAuthorization": True},
    "credentials": {"allowCredentials": True},
    "fraud": {"allowBotMaliciousDeviceDetection": True, "allowAccountProtection": True},
    "gateways": {"allowLdapGateway": True, "allowKerberosGateway": True, "allowRadiusGateway": True},
    "intelligence": {
        "allowGeoVelocity": True,
        "allowAnonymousNetworkDetection": True,
        "allowReputation": True,
        "allowDataConsent": True,
        "allowRisk": True,
        "allowAdvancedPredictors": True,
    },
    "mfa": {
        "allowPushNotification": True,
        "allowNotificationOutsideWhitelist": True,
        "allowFido2Devices": True,
        "allowVoiceOtp": True,
        "allowEmailOtp": True,
        "allowSmsOtp": True,
        "allowTotp": True,
    },
    "orchestrate": {"allowOrchestration": True},
    "users": {
        "allowIdentityProviders": True,
        "allowInboundProvisioning": True,
        "allowMyAccount": True,
        "allowPasswordManagement": True,
        "allowPasswordManagementNotifications": True,
        "allowPasswordOnlyAuthentication": True,
        "allowPasswordPolicy": True,
        "allowProvisioning": True,
        "allowRoleAssignment": True,
        "allowUpdateSelf": True,
        "allowVerificationFlow": True,
        "entitledToSupport": True,
        "annualActiveIncluded": 1000000,
        "hardLimitMax": 11000000,
        "max": 10000000,
    },
    "verify": {
        "allowDocumentMatch": True,
        "allowFaceMatch": True,
        "allowManualIdInspection": False,
        "allowPushNotifications": True,
    },
}


class Organization(Model):
    """The one organization of a tenant; ``region`` is the emulator's own member, for the region check."""

    id: str
    name: str
    description: str
    type: Literal["PAID", "TRIAL", "INTERNAL"]
    billing_connections: list[Reference]
    created_at: str
    updated_at: str
    region: str = Field(exclude=True)

    @property
    def domain(self) -> str:
        """The domain of the service in its region, of which hosts are named."""
        return f"pingone.{_TOP_LEVEL_DOMAINS.get(self.region, 'com')}"

    def wire(self, api: str) -> dict[str, Any]:
        """As the API shows it."""
        self_ = f"{api}/organizations/{self.id}"
        return {
            "_links": links(self=self_, environments=f"{api}/environments", licenses=f"{self_}/licenses"),
            **self.shown(),
        }


class LicenseEnvironments(Model):
    """What a license allows of environments; ``max`` counts them."""

    allow_add_resources: bool = True
    allow_connections: bool = True
    allow_custom_domain: bool = True
    allow_custom_schema: bool = True
    allow_production: bool = True
    max: int = 100
    regions: list[str]


class LicenseName(Model):
    """What may be sent to rename a license."""

    name: Annotated[str, Field(min_length=1, max_length=255)]


class License(Model):
    """A license of the organization."""

    id: str
    name: str
    package: str
    status: Literal["ACTIVE", "EXPIRED", "FUTURE", "TERMINATED"] = "ACTIVE"
    begins_at: str
    expires_at: str
    terminates_at: str | None = None
    environments: LicenseEnvironments
    organization: Reference

    def wire(self, api: str, assigned: int) -> dict[str, Any]:
        """As the API shows it, in the order of the alphabet; ``assigned`` is the number of environments on it."""
        organization = f"{api}/organizations/{self.organization.id}"
        shown = {**self.model_dump(by_alias=True, exclude_none=True), "assignedEnvironmentsCount": assigned}
        return {
            "_links": links(organization=organization, self=f"{organization}/licenses/{self.id}"),
            **dict(sorted({**shown, **_FEATURES}.items())),
        }
