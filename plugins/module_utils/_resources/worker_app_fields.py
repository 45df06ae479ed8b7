# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a worker application.

Source of members, defaults and bounds: PingOne's data models of applications and of their OpenID Connect settings.
This module is private to the collection.
"""

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table

_BOOL = "bool"
_SECONDS = "seconds"
_LONGEST = 2147483647

_BASE = (
    Field("id", "id", read_only=True),
    Field("environment_id", "environment.id", read_only=True),
    Field("name", "name"),
    Field("description", "description"),
    Field("enabled", "enabled", _BOOL, default=False),
    Field("hidden_from_app_portal", "hiddenFromAppPortal", _BOOL, default=False),
    Field("home_page_url", "homePageUrl"),
    Field("login_page_url", "loginPageUrl"),
    Field("icon", "icon", "dict", options=(Field("id", "id", required=True), Field("href", "href", required=True))),
    Field(
        "access_control_role_type", "accessControl.role.type", choices=("ADMIN_USERS_ONLY",), default="ADMIN_USERS_ONLY"
    ),
    Field(
        "access_control_group",
        "accessControl.group",
        "dict",
        options=(
            Field("type", "type", choices=("ANY_GROUP", "ALL_GROUPS"), required=True),
            Field("groups", "groups", "list", elements="str", required=True, ids=True),
        ),
    ),
    Field("tags", "tags", "list", elements="str", choices=("PING_FED_CONNECTION_INTEGRATION",)),
)

_OPENID_CONNECT = (
    Field(
        "grant_types",
        "grantTypes",
        "list",
        elements="str",
        resettable=False,
        choices=(
            "AUTHORIZATION_CODE",
            "CIBA",
            "CLIENT_CREDENTIALS",
            "DEVICE_CODE",
            "IMPLICIT",
            "REFRESH_TOKEN",
            "TOKEN_EXCHANGE",
        ),
    ),
    Field("response_types", "responseTypes", "list", elements="str", choices=("CODE", "ID_TOKEN", "TOKEN")),
    Field(
        "token_endpoint_auth_method",
        "tokenEndpointAuthMethod",
        no_log=False,
        resettable=False,
        choices=("CLIENT_SECRET_BASIC", "CLIENT_SECRET_JWT", "CLIENT_SECRET_POST", "NONE", "PRIVATE_KEY_JWT"),
    ),
    Field("assign_actor_roles", "assignActorRoles", _BOOL, create_only=True),
    Field("pkce_enforcement", "pkceEnforcement", choices=("OPTIONAL", "REQUIRED", "S256_REQUIRED"), default="OPTIONAL"),
    Field("par_requirement", "parRequirement", choices=("OPTIONAL", "REQUIRED"), default="OPTIONAL"),
    Field("par_timeout", "parTimeout", "int", minimum=1, maximum=600, unit=_SECONDS, default=60),
    Field("device_timeout", "deviceTimeout", "int", minimum=1, maximum=3600, unit=_SECONDS, default=600),
    Field("device_polling_interval", "devicePollingInterval", "int", minimum=1, maximum=60, unit=_SECONDS, default=5),
    Field("device_path_id", "devicePathId"),
    Field("device_custom_verification_uri", "deviceCustomVerificationUri"),
    Field("redirect_uris", "redirectUris", "list", elements="str"),
    Field("allow_wildcard_in_redirect_uris", "allowWildcardInRedirectUris", _BOOL),
    Field("post_logout_redirect_uris", "postLogoutRedirectUris", "list", elements="str"),
    # The service keeps the two durations when a replacement leaves them out, so they cannot be reset.
    Field(
        "refresh_token_duration",
        "refreshTokenDuration",
        "int",
        no_log=False,
        resettable=False,
        minimum=60,
        maximum=_LONGEST,
        unit=_SECONDS,
    ),
    Field(
        "refresh_token_rolling_duration",
        "refreshTokenRollingDuration",
        "int",
        no_log=False,
        resettable=False,
        minimum=60,
        maximum=_LONGEST,
        unit=_SECONDS,
    ),
    Field(
        "refresh_token_rolling_grace_period_duration",
        "refreshTokenRollingGracePeriodDuration",
        "int",
        no_log=False,
        minimum=0,
        maximum=86400,
        unit=_SECONDS,
    ),
    Field("refresh_token_type", "refreshTokenType", no_log=False, choices=("JSON_WEB_TOKEN", "OPAQUE_TOKEN")),
    Field(
        "additional_refresh_token_replay_protection_enabled",
        "additionalRefreshTokenReplayProtectionEnabled",
        _BOOL,
        no_log=False,
        may_show=True,
    ),
    Field(
        "request_scopes_for_multiple_resources_enabled",
        "requestScopesForMultipleResourcesEnabled",
        _BOOL,
        may_show=False,
    ),
    Field("idp_signoff", "idpSignoff", _BOOL, may_show=False),
    Field("op_session_check_enabled", "opSessionCheckEnabled", _BOOL),
    Field("include_x5t", "includeX5t", _BOOL),
    Field("include_typ", "includeTyp", _BOOL),
    Field("initiate_login_uri", "initiateLoginUri"),
    Field("target_link_uri", "targetLinkUri"),
    Field("jwks", "jwks", "json", no_log=False),
    Field("jwks_url", "jwksUrl", no_log=False),
    Field("require_signed_request_object", "requireSignedRequestObject", _BOOL),
    Field("support_unsigned_request_object", "supportUnsignedRequestObject", _BOOL),
    Field(
        "signing",
        "signing",
        "dict",
        options=(Field("key_rotation_policy_id", "keyRotationPolicy.id", required=True, no_log=False),),
    ),
    Field(
        "cors_settings",
        "corsSettings",
        "dict",
        options=(
            Field("behavior", "behavior", choices=("ALLOW_NO_ORIGINS", "ALLOW_SPECIFIC_ORIGINS"), required=True),
            Field("origins", "origins", "list", elements="str"),
        ),
    ),
    # Only with PingOne's feature flag for imported clients. Newer states of the API show the first in every answer, as
    # the id once more, and take it on creation alone.
    Field("imported_client_id", "clientId", create_only=True, write_only=True),
    Field("imported_client_secret", "clientSecret", no_log=True, create_only=True, write_only=True),
    Field("created_at", "createdAt", read_only=True),
    Field("updated_at", "updatedAt", read_only=True),
)

WORKER_APP = Table(
    kind="application",
    fields=_BASE + _OPENID_CONNECT,
    fixed=(("protocol", "OPENID_CONNECT"), ("type", "WORKER")),
    server_owned=("_links", "_embedded", "id", "clientId", "environment", "createdAt", "updatedAt", "assignActorRoles"),
    identity=("name", "type"),
)

# What a new worker gets where the user says nothing: able to sign in, and with no role of whoever creates it.
WORKER_APP_DEFAULTS = {
    "enabled": True,
    "grant_types": ["CLIENT_CREDENTIALS"],
    "token_endpoint_auth_method": "CLIENT_SECRET_BASIC",
    "assign_actor_roles": False,
}
