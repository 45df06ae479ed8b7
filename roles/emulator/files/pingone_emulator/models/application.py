# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications: what may be sent for each protocol, what the service adds, what is shown.

Members, defaults and bounds: PingOne's pages "Applications base data model" and "Applications OIDC settings
data model". The fields stand in the order in which the service shows them.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from ..api_date import ApiDate
from ..hal import Links, links
from .base import Model, Name, Reference, Whole
from .secret import Secret

Protocol = Literal["OPENID_CONNECT", "SAML", "WS_FED", "EXTERNAL_LINK"]
ApplicationType = Literal[
    "WEB_APP",
    "NATIVE_APP",
    "SINGLE_PAGE_APP",
    "SERVICE",
    "CUSTOM_APP",
    "WORKER",
    "PING_ONE_SELF_SERVICE",
    "PING_ONE_ADMIN_CONSOLE",
    "PING_ONE_PORTAL",
    "TEMPLATE_APP",
    "PORTAL_LINK_APP",
    "AI_AGENT",
]
GrantType = Literal[
    "AUTHORIZATION_CODE", "IMPLICIT", "REFRESH_TOKEN", "CLIENT_CREDENTIALS", "DEVICE_CODE", "TOKEN_EXCHANGE", "CIBA"
]
AuthMethod = Literal["NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "PRIVATE_KEY_JWT", "CLIENT_SECRET_JWT"]
Lifetime = Annotated[Whole, Field(ge=60, le=2147483647)]

# What RFC 6749, appendix A.1, allows, without what would end or change the path of the application (inferred).
ClientId = Annotated[str, Field(min_length=8, pattern=r'^[ -"$&-.0->@-~]+$')]

PLATFORM_TYPES = ("PING_ONE_PORTAL", "PING_ONE_SELF_SERVICE", "PING_ONE_ADMIN_CONSOLE")


class AccessControlRole(Model):
    """Only administrators may use the application."""

    type: Literal["ADMIN_USERS_ONLY"]


class AccessControlGroup(Model):
    """Only members of any or all of the groups may use the application."""

    type: Literal["ANY_GROUP", "ALL_GROUPS"]
    groups: list[Reference]


class AccessControl(Model):
    """Who may use the application."""

    role: AccessControlRole | None = None
    group: AccessControlGroup | None = None


class Icon(Model):
    """An uploaded image."""

    id: str
    href: str


class CorsSettings(Model):
    """Which origins may call the endpoints of the application from a browser."""

    behavior: Literal["ALLOW_NO_ORIGINS", "ALLOW_SPECIFIC_ORIGINS"]
    origins: Annotated[list[str], Field(max_length=40)] | None = None


class Signing(Model):
    """The key rotation policy that signs the application's tokens."""

    key_rotation_policy: Reference


class Kerberos(Model):
    """The key that issues the tickets by which a native application signs its users in."""

    key: Reference


class ApplicationBody(Model):
    """What may be sent for every protocol."""

    name: Name
    description: str | None = None
    enabled: bool | None = None
    hidden_from_app_portal: bool | None = None
    type: ApplicationType
    access_control: AccessControl | None = None
    icon: Icon | None = None
    home_page_url: str | None = None
    login_page_url: str | None = None
    external_id: str | None = None
    tags: list[Literal["PING_FED_CONNECTION_INTEGRATION"]] | None = None
    protocol: Protocol


class OidcBody(ApplicationBody):
    """What may be sent for ``OPENID_CONNECT``."""

    assign_actor_roles: bool | None = None
    grant_types: list[GrantType] | None = None
    response_types: list[Literal["TOKEN", "ID_TOKEN", "CODE"]] | None = None
    token_endpoint_auth_method: AuthMethod | None = None
    pkce_enforcement: Literal["OPTIONAL", "REQUIRED", "S256_REQUIRED"] | None = None
    par_requirement: Literal["OPTIONAL", "REQUIRED"] | None = None
    device_polling_interval: Annotated[Whole, Field(ge=1, le=60)] | None = None
    par_timeout: Annotated[Whole, Field(ge=1, le=600)] | None = None
    device_timeout: Annotated[Whole, Field(ge=1, le=3600)] | None = None
    device_path_id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,50}$")] | None = None
    device_custom_verification_uri: str | None = None
    redirect_uris: list[str] | None = None
    allow_wildcard_in_redirect_uris: bool | None = None
    post_logout_redirect_uris: list[str] | None = None
    refresh_token_duration: Lifetime | None = None
    refresh_token_rolling_duration: Lifetime | None = None
    refresh_token_rolling_grace_period_duration: Annotated[Whole, Field(ge=0, le=86400)] | None = None
    refresh_token_type: Literal["OPAQUE_TOKEN", "JSON_WEB_TOKEN"] | None = None
    additional_refresh_token_replay_protection_enabled: bool | None = None
    request_scopes_for_multiple_resources_enabled: bool | None = None
    idp_signoff: bool | None = None
    op_session_check_enabled: bool | None = None
    include_x5t: bool | None = Field(default=None, alias="includeX5t")
    include_typ: bool | None = None
    initiate_login_uri: str | None = None
    target_link_uri: str | None = None
    jwks: str | None = None
    jwks_url: str | None = None
    require_signed_request_object: bool | None = None
    support_unsigned_request_object: bool | None = None
    signing: Signing | None = None
    cors_settings: CorsSettings | None = None
    mobile: dict[str, Any] | None = None
    kerberos: Kerberos | None = None
    apply_default_theme: bool | None = None
    enable_default_theme_footer: bool | None = None
    client_id: ClientId | None = None
    client_secret: Annotated[str, Field(min_length=8)] | None = None


class MetadataBody(Model):
    """The body of PUT ``/metadata``: an object in which everything may stand."""

    metadata: dict[str, Any]


class Application(OidcBody):
    """An OpenID Connect application as it is stored."""

    id: str
    environment: Reference
    created_at: str
    updated_at: str
    secret: Secret
    imported: bool = Field(default=False, exclude=True)  # whether a client chose its id
    metadata: dict[str, Any] = Field(default_factory=dict, exclude=True)  # what its own endpoint keeps

    def wire(self, api: str, date: ApiDate) -> dict[str, Any]:
        """As the API shows it at a date; never a secret."""
        shown = self.model_dump(
            by_alias=True, exclude_unset=True, exclude_none=True, exclude={"secret", "client_id", "client_secret"}
        )
        if self.type not in PLATFORM_TYPES:
            shown = {**_unsent(date, self.type, self.id), **shown}
        if self.imported:
            shown["clientId"] = self.id  # whatever the date (inferred)
        members = {name: shown[name] for name in _order(date, self.type) if name in shown}
        return {"_links": self._links(api, date), **members}

    def _links(self, api: str, date: ApiDate) -> Links:
        """Which links there are depends on the type, their order on the date, as recorded."""
        environment = f"{api}/environments/{self.environment.id}"
        self_ = f"{environment}/applications/{self.id}"
        below = {name: f"{self_}/{name}" for name in _LINKS_BELOW}
        policy = self.signing.key_rotation_policy.id if self.signing else ""
        hrefs = {
            **below,
            "self": self_,
            "environment": environment,
            "keyRotationPolicy": f"{environment}/keyRotationPolicies/{policy}",
        }
        wanted = set(_LINKS.get(self.type, _LINKS_OF_CLIENTS))
        if date < ApiDate.APRIL_2026:
            wanted -= {"metadata", "keyRotationPolicy"}
        if not policy:
            wanted.discard("keyRotationPolicy")
        order = _LINK_ORDER_2022 if date < ApiDate.JULY_2023 else _LINK_ORDER
        return links(**{name: hrefs[name] for name in order if name in wanted})


class OtherApplication(ApplicationBody):
    """What the stored applications of other protocols share."""

    id: str
    environment: Reference
    created_at: str
    updated_at: str

    def wire(self, api: str, date: ApiDate) -> dict[str, Any]:
        """As the API shows it; that is the same at all dates, because no year is recorded (inferred)."""
        environment = f"{api}/environments/{self.environment.id}"
        self_ = f"{environment}/applications/{self.id}"
        relations = links(
            self=self_, environment=environment, attributes=f"{self_}/attributes", grants=f"{self_}/grants"
        )
        return {"_links": relations, **self.shown()}


AnyApplication = Application | OtherApplication

# -- what was seen when -----------------------------------------------------------------------------------------

_LINKS_BELOW = ("metadata", "attributes", "pushCredentials", "secret", "grants", "roleAssignments")
_LINKS_OF_CLIENTS = ("self", "environment", "metadata", "attributes", "secret", "grants", "keyRotationPolicy")
_LINKS: dict[str, tuple[str, ...]] = {
    "WORKER": (*_LINKS_OF_CLIENTS, "roleAssignments"),
    "NATIVE_APP": (*_LINKS_OF_CLIENTS, "pushCredentials"),  # seen in 2026; before that (inferred)
    "PING_ONE_ADMIN_CONSOLE": ("environment", "self"),
    "PING_ONE_PORTAL": ("grants", "environment", "self"),
    "PING_ONE_SELF_SERVICE": ("grants", "environment", "self"),
}
_LINK_ORDER_2022 = ("grants", "environment", "self", "attributes", "pushCredentials", "secret", "roleAssignments")
_LINK_ORDER = (
    *("self", "environment", "metadata", "attributes", "pushCredentials", "secret", "grants", "keyRotationPolicy"),
    "roleAssignments",  # last in 2023; beside keyRotationPolicy (inferred)
)

_BASE = (
    *("environment", "id", "name", "description", "enabled", "hiddenFromAppPortal", "type", "accessControl", "icon"),
    *("homePageUrl", "loginPageUrl", "externalId", "tags"),  # their place is (inferred)
    *("protocol", "createdAt", "updatedAt"),
)
# Members that no answer of 2022 had; later they are on every application.
_AFTER_2022 = {
    *("hiddenFromAppPortal", "assignActorRoles", "parRequirement", "parTimeout", "devicePollingInterval"),
    *("deviceTimeout", "applyDefaultTheme", "enableDefaultThemeFooter"),
}
_SETTINGS_2023 = (
    *("assignActorRoles", "mobile", "responseTypes", "grantTypes", "idpSignoff"),
    *("additionalRefreshTokenReplayProtectionEnabled", "tokenEndpointAuthMethod", "pkceEnforcement"),
    *("parRequirement", "devicePollingInterval", "redirectUris", "parTimeout", "deviceTimeout"),
)
_SETTINGS_2026 = (
    *("clientId", "assignActorRoles", "mobile", "responseTypes", "pkceEnforcement"),
    *("requestScopesForMultipleResourcesEnabled", "redirectUris", "deviceTimeout", "grantTypes", "idpSignoff"),
    *("additionalRefreshTokenReplayProtectionEnabled", "tokenEndpointAuthMethod", "parRequirement"),
    *("devicePollingInterval", "parTimeout", "signing"),
)
_SETTINGS_OF_PLATFORM = ("pkceEnforcement", "tokenEndpointAuthMethod", "applyDefaultTheme", "enableDefaultThemeFooter")


@cache
def _order(date: ApiDate, type_: str) -> tuple[str, ...]:
    """The members that an application of the type may show, in the order of the wire.

    Members that were never seen follow those that were (inferred).
    """
    settings: tuple[str, ...] = _SETTINGS_2023 if date < ApiDate.APRIL_2026 else _SETTINGS_2026
    if type_ in PLATFORM_TYPES:
        settings = _SETTINGS_OF_PLATFORM
    seen = dict.fromkeys((*_BASE, *settings))
    others = [str(one.alias) for one in OidcBody.model_fields.values()]
    hidden = _AFTER_2022 if date < ApiDate.JULY_2023 else set()
    return tuple(name for name in dict.fromkeys((*seen, *others)) if name not in hidden)


def _unsent(date: ApiDate, type_: str, id_: str) -> dict[str, Any]:
    """What the service shows of an application although nobody sent it.

    Seen of web applications in March 2025, of web and native ones in April 2026, not of workers in 2023; that it is so
    for workers from April 2026, and for other types from March 2025, is (inferred).
    """
    protection: dict[str, Any] = {"idpSignoff": False, "additionalRefreshTokenReplayProtectionEnabled": True}
    if date >= ApiDate.APRIL_2026:
        return {"clientId": id_, "requestScopesForMultipleResourcesEnabled": False, **protection}
    return protection if date >= ApiDate.MARCH_2025 and type_ != "WORKER" else {}
