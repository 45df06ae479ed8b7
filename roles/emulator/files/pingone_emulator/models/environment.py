# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment, its bill of materials, and the bodies of its ``/type`` and ``/status``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..api_date import ApiDate
from ..hal import Links, links
from .base import Model, Name, Reference, in_order

EnvironmentType = Literal["PRODUCTION", "SANDBOX"]
ProductType = Literal[
    "PING_ONE_BASE",
    "PING_ONE_MFA",
    "PING_ONE_DAVINCI",
    "PING_ONE_RISK",
    "PING_ONE_VERIFY",
    "PING_ONE_CREDENTIALS",
    "PING_ONE_AUTHORIZE",
    "PING_INTELLIGENCE",
    "PING_ID",
    "PING_ONE_ID",
    "PING_FEDERATE",
    "PING_ACCESS",
    "PING_DIRECTORY",
    "PING_AUTHORIZE",
    "PING_CENTRAL",
    "PING_ONE_PROVISIONING",
    "PING_ONE_ORCHESTRATE",
    "PING_ONE_FRAUD",
    "PING_DATA_SYNC",
    "PING_DATA_GOVERNANCE",
    "PING_ONE_FOR_ENTERPRISE",
    "PING_ID_SDK",
    "PING_ONE_FOR_SAAS",
    "IDENTITY_CLOUD",
    "PING_ONE_LEGACY",
]

# What the service calls the products; of the other types it is not known.
PRODUCT_NAMES = {
    "PING_ONE_BASE": "PingOne Base",
    "PING_ONE_MFA": "PingOne MFA",
    "PING_ONE_RISK": "PingOne Risk",
    "PING_ONE_PROVISIONING": "PingOne Provisioning",
    "PING_ONE_VERIFY": "PingOne Verify",
    "PING_ONE_AUTHORIZE": "PingOne Authorize",
    "PING_ONE_DAVINCI": "PingOne DaVinci",
}


class Console(Model):
    """The address of a self-hosted product's console."""

    href: Annotated[str, Field(min_length=1, max_length=1024)]


class Bookmark(Model):
    """A link shown beside a product."""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    href: Annotated[str, Field(min_length=1, max_length=1024)]


class SoftwareLicense(Model):
    """The license of a software product."""

    id: str


class Product(Model):
    """One product of a bill of materials."""

    id: str | None = None
    type: ProductType
    description: str | None = None
    console: Console | None = None
    bookmarks: Annotated[list[Bookmark], Field(max_length=5)] | None = None
    deployment: Reference | None = None
    software_license: SoftwareLicense | None = None
    tags: list[Literal["DAVINCI_MINIMAL"]] | None = None


class BillOfMaterials(Model):
    """The products of an environment. ``solutionType`` counts on creation only."""

    solution_type: Literal["CUSTOMER", "WORKFORCE", "CIAM_TRIAL", "WF_TRIAL"] | None = None
    products: Annotated[list[Product], Field(max_length=100)]


class EnvironmentBody(Model):
    """What may be sent to create or replace an environment."""

    name: Name
    description: str | None = None
    type: EnvironmentType
    subtype: Literal["DEV", "QA", "STAGING", "TESTING", "UAT"] | None = None
    region: Literal["AP", "AU", "CA", "EU", "NA", "SG"]
    license: Reference | None = None
    icon: str | None = None
    bill_of_materials: BillOfMaterials | None = None


class TypeBody(Model):
    """The body of PUT ``/type``."""

    type: EnvironmentType


class StatusBody(Model):
    """The body of PUT ``/status``; restoring needs the license."""

    status: Literal["ACTIVE", "DELETE_PENDING"]
    license: Reference | None = None


class Environment(EnvironmentBody):
    """An environment as it is stored."""

    id: str
    organization: Reference
    license: Reference
    bill_of_materials: BillOfMaterials
    bill_created_at: str
    bill_updated_at: str
    status: Literal["ACTIVE", "DELETE_PENDING"] | None = None
    soft_deleted_at: str | None = None
    hard_delete_allowed_at: str | None = None
    created_at: str
    updated_at: str

    @classmethod
    def new(
        cls, body: EnvironmentBody, bill: BillOfMaterials, *, id_: str, organization_id: str, license_id: str, now: str
    ) -> Environment:
        """An environment as it begins."""
        given = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"bill_of_materials", "license"})
        return cls(
            **given,
            id=id_,
            organization=Reference(id=organization_id),
            license=Reference(id=license_id),
            bill_of_materials=bill,
            bill_created_at=now,
            bill_updated_at=now,
            created_at=now,
            updated_at=now,
        )

    def replaced(self, body: EnvironmentBody, license_id: str, now: str) -> Environment:
        """The environment with what a PUT replaces: name, description, subtype, icon and license."""
        replaced = {"name", "description", "subtype", "icon"}
        kept = self.model_dump(exclude_unset=True, exclude=replaced | {"license", "bill_of_materials"})
        sent = body.model_dump(exclude_unset=True, exclude_none=True, include=replaced)
        return Environment(
            **{**kept, **sent, "updated_at": now},
            license=Reference(id=license_id),
            bill_of_materials=self.bill_of_materials,
        )

    def put_out(self, now: str, hard_delete_allowed_at: str) -> None:
        """Nothing in the environment works any more; it can be taken back until it is deleted for good."""
        self.status = "DELETE_PENDING"
        self.soft_deleted_at = now
        self.hard_delete_allowed_at = hard_delete_allowed_at

    def take_back(self, license_id: str) -> None:
        """The environment works again, on a license."""
        self.license = Reference(id=license_id)
        self.status = "ACTIVE"
        self.soft_deleted_at = self.hard_delete_allowed_at = None

    def wire(self, api: str, date: ApiDate, package: str, *, bill: bool = False) -> dict[str, Any]:
        """As the API shows it; the answer to POST holds the bill of materials, without links."""
        shown = self.model_dump(
            by_alias=True,
            exclude_unset=True,
            exclude_none=True,
            exclude={"bill_of_materials", "bill_created_at", "bill_updated_at"},
        )
        shown["license"] = {"id": self.license.id}
        if date >= ApiDate.MARCH_2025:  # not in 2022 and 2023; since when it is there is (inferred)
            shown["license"]["package"] = package
        document = {"_links": self._links(api), **in_order(shown, _ORDER)}
        if bill:
            document["billOfMaterials"] = self._bill()
        return document

    def wire_bill(self, api: str) -> dict[str, Any]:
        """The bill of materials as its own endpoint shows it."""
        self_ = f"{api}/environments/{self.id}"
        return {"_links": links(self=f"{self_}/billOfMaterials", environment=self_), **self._bill()}

    def _bill(self) -> dict[str, Any]:
        shown = self.bill_of_materials.shown()
        for product in shown["products"]:
            if product["type"] in PRODUCT_NAMES:
                product.setdefault("description", PRODUCT_NAMES[product["type"]])
        shown["products"] = [in_order(product, ("id", "type", "description")) for product in shown["products"]]
        return {**shown, "createdAt": self.bill_created_at, "updatedAt": self.bill_updated_at}

    def wire_capabilities(self, api: str) -> dict[str, Any]:
        """What its license and its products let it do."""
        self_ = f"{api}/environments/{self.id}"
        products = {product.type for product in self.bill_of_materials.products}
        return {
            "_links": links(self=f"{self_}/capabilities", environment=self_),
            "environmentId": self.id,
            "canAddResources": True,
            "canCreateConnections": True,
            "canUseCustomDomain": True,
            "canUseCustomSchema": True,
            "canAssignUsersRoles": True,
            "canUseMfa": "PING_ONE_MFA" in products,
            "canUseAuthorize": "PING_ONE_AUTHORIZE" in products,
            "licenseQuantities": {},
        }

    def _links(self, api: str) -> Links:
        self_ = f"{api}/environments/{self.id}"
        organization = f"{api}/organizations/{self.organization.id}"
        above = {
            "self": self_,
            "organization": organization,
            "license": f"{organization}/licenses/{self.license.id}",
        }
        return links(**above, **{name: f"{self_}/{name}" for name in _COLLECTIONS})


# As recorded; the members that were not seen stand where they were before (inferred).
_ORDER = (
    *("id", "name", "description", "organization", "type", "subtype", "region", "status", "createdAt", "updatedAt"),
    *("softDeletedAt", "hardDeleteAllowedAt", "license", "icon"),
)
_COLLECTIONS = (
    *("populations", "users", "applications", "activities", "branding", "resources", "passwordPolicies"),
    *("userActivities", "signOnPolicies", "keys", "templates", "notificationsSettings", "schemas", "gateways"),
    *("capabilities", "activeIdentityCounts", "propagation/plans", "propagation/stores"),
    *("propagation/revisions/id:latest", "billOfMaterials"),
)
