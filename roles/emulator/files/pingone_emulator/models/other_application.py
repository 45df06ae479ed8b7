# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications that do not speak OpenID Connect: SAML, WS-Federation, and links in the application portal.

Members as in the "Applications SAML settings", "WS-Fed settings" and "External link settings" data models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from .application import ApplicationBody, CorsSettings, OidcBody, OtherApplication
from .base import Model, Name, Reference, Whole

SignatureAlgorithm = Literal[
    "SHA256withRSA", "SHA384withRSA", "SHA512withRSA", "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA"
]


# -- SAML -------------------------------------------------------------------------------------------------------------


class IdpSigning(Model):
    """The key with which assertions are signed."""

    algorithm: SignatureAlgorithm | None = None
    key: Reference


class SpEncryption(Model):
    """For whom assertions are encrypted."""

    algorithm: Literal["AES_128", "AES_256", "TRIPLEDES"]
    certificate: Reference


class SpVerification(Model):
    """How requests of the service provider are verified."""

    authn_request_signed: bool | None = None
    certificates: list[Reference]


class Template(Model):
    """The entry of the integration catalog that the application was made from."""

    configuration: dict[str, str]
    integration: Reference
    version: Reference


class VirtualServerId(Model):
    """A further name of PingOne towards the service provider."""

    vs_id: Name
    default: bool | None = None


class VirtualServerIdSettings(Model):
    """Whether PingOne has further names towards the service provider, and which."""

    enabled: bool | None = None
    virtual_server_ids: list[VirtualServerId] | None = None


class SamlBody(ApplicationBody):
    """What may be sent to create or replace a SAML application."""

    home_page_url: str | None = None
    acs_urls: Annotated[list[Name], Field(min_length=1)]
    assertion_duration: Annotated[Whole, Field(ge=1)]
    assertion_signed: bool | None = None
    cors_settings: CorsSettings | None = None
    default_target_url: str | None = None
    enable_requested_authn_context: bool | None = None
    enable_always_accept_acs_url_in_signed_authn_request: bool | None = None
    idp_signing: IdpSigning | None = None
    name_id_format: str | None = None
    response_signed: bool | None = None
    session_not_on_or_after_duration: Whole | None = None
    slo_binding: Literal["HTTP_REDIRECT", "HTTP_POST"] | None = None
    slo_endpoint: str | None = None
    slo_response_endpoint: str | None = None
    slo_window: Whole | None = None
    sp_encryption: SpEncryption | None = None
    sp_entity_id: Name
    sp_verification: SpVerification | None = None
    template: Template | None = None
    virtual_server_id_settings: VirtualServerIdSettings | None = None


# -- WS-Federation ----------------------------------------------------------------------------------------------------


class WsFedIdpSigning(IdpSigning):
    """The key with which answers are signed."""

    algorithm: SignatureAlgorithm


class KerberosGateway(Model):
    """A gateway to a directory, and a type of the users in it."""

    id: str
    type: Literal["LDAP"]
    user_type: Reference


class WsFedKerberos(Model):
    """How users sign in with Kerberos."""

    gateways: list[KerberosGateway] | None = None


class WsFedBody(ApplicationBody):
    """What may be sent to create or replace a WS-Federation application."""

    assertion_duration: Annotated[Whole, Field(ge=300, le=3932100)] | None = None
    audience_restriction: str | None = None
    cors_settings: CorsSettings | None = None
    domain_name: Name
    idp_signing: WsFedIdpSigning
    kerberos: WsFedKerberos | None = None
    reply_url: Name
    slo_endpoint: str | None = None
    subject_name_identifier_format: (
        Literal[
            "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ]
        | None
    ) = None
    ws_trust_version: Literal["1.2", "1.3"] | None = None


# -- links ------------------------------------------------------------------------------------------------------------


class LinkBody(ApplicationBody):
    """What may be sent to create or replace a link in the application portal."""

    home_page_url: Name
    external_id: str | None = None


# -- as they are stored -----------------------------------------------------------------------------------------------


class SamlApplication(SamlBody, OtherApplication):
    """A SAML application as it is stored."""


class WsFedApplication(WsFedBody, OtherApplication):
    """A WS-Federation application as it is stored."""


class LinkApplication(LinkBody, OtherApplication):
    """A link in the application portal as it is stored."""


STORED: Mapping[type[ApplicationBody], type[OtherApplication]] = {
    SamlBody: SamlApplication,
    WsFedBody: WsFedApplication,
    LinkBody: LinkApplication,
}
_BODIES: Mapping[Any, type[ApplicationBody]] = {
    "OPENID_CONNECT": OidcBody,
    "SAML": SamlBody,
    "WS_FED": WsFedBody,
    "EXTERNAL_LINK": LinkBody,
}


def body_model(document: Mapping[str, Any]) -> type[ApplicationBody]:
    """The model of what was sent, by its protocol; one that refuses it when there is no such protocol."""
    protocol = document.get("protocol")
    return _BODIES.get(protocol, ApplicationBody) if isinstance(protocol, str) else ApplicationBody
