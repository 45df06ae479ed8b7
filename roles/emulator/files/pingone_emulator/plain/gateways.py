# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/gateways``: what connects an environment to systems elsewhere; they may hold roles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..models.base import Model, Name, Reference, Whole
from ..models.plain import Members, PlainObject
from .collection import PlainCollection, Within


class GatewayBody(Model):
    """What may be sent for the types that have no members of their own."""

    name: Name
    description: str | None = None
    type: Literal["PING_FEDERATE", "PING_INTELLIGENCE", "API_GATEWAY_INTEGRATION", "LDAP", "RADIUS"]
    enabled: bool


class Kerberos(Model):
    """How tickets of a directory are checked."""

    service_account_user_principal_name: str
    service_account_password: str | None = None
    minutes_to_retain_previous_credentials: Whole | None = None


class AttributeMapping(Model):
    """Where a member of a new user comes from."""

    name: str
    value: str


class NewUserLookup(Model):
    """How users are found that the environment does not have yet."""

    attribute_mappings: list[AttributeMapping]
    ldap_filter_pattern: str
    population: Reference


class UserType(Model):
    """Users of one part of a directory."""

    id: str | None = None
    name: str
    password_authority: Literal["PING_ONE", "LDAP"]
    search_base_dn: str
    ordered_correlation_attributes: list[str]
    allow_password_changes: bool | None = None
    update_user_on_successful_authentication: bool | None = None
    new_user_lookup: NewUserLookup | None = None


class LdapGatewayBody(GatewayBody):
    """What may be sent for ``LDAP``."""

    bind_dn: Annotated[Name, Field(alias="bindDN")]
    bind_password: Name
    connection_security: Literal["None", "TLS", "StartTLS"] | None = None
    kerberos: Kerberos | None = None
    servers_host_and_port: Annotated[list[str], Field(min_length=1)]
    user_types: list[UserType] | None = None
    validate_tls_certificates: bool | None = None
    vendor: Literal[
        "PingDirectory",
        "Microsoft Active Directory",
        "Oracle Directory Server Enterprise Edition",
        "Oracle Unified Directory",
        "CA Directory",
        "OpenDJ Directory Server",
        "IBM (Tivoli) Security Directory Server",
        "LDAPv3-compliant Directory Server",
    ]


class DavinciPolicy(Model):
    """The flow that answers."""

    policy: Reference


class NetworkPolicyServer(Model):
    """Where requests are passed on to."""

    ip: str
    port: Whole


class BlastRadiusMitigation(Model):
    """What a client has to send so that answers cannot be forged."""

    require_msg_auth: bool | None = None
    limit_proxy_state: bool | None = None


class RadiusClient(Model):
    """Who may ask."""

    ip: str
    shared_secret: str | None = None
    blast_radius_mitigation: BlastRadiusMitigation | None = None


class RadiusGatewayBody(GatewayBody):
    """What may be sent for ``RADIUS``."""

    davinci: DavinciPolicy
    default_shared_secret: str | None = None
    network_policy_server: NetworkPolicyServer | None = None
    radius_clients: Annotated[list[RadiusClient], Field(min_length=1)]


def _added(sent: Members, _current: PlainObject | None, within: Within) -> Members:
    """An id for each kind of users that brings none."""
    if "userTypes" not in sent:
        return {}
    return {"userTypes": [{"id": within.tenant.ids.object(), **one} for one in sent["userTypes"]]}


def _removed(gateway: PlainObject, within: Within) -> None:
    within.tenant.forget_actor(gateway.id)


GATEWAYS = PlainCollection(
    name="gateways",
    item="gateway",
    body=GatewayBody,
    variants={"LDAP": LdapGatewayBody, "RADIUS": RadiusGatewayBody},
    references={"userTypes.newUserLookup.population.id": "populations"},
    fixed=("type",),
    # (inferred)
    hidden=(
        "bindPassword",
        "kerberos.serviceAccountPassword",
        "defaultSharedSecret",
        "radiusClients.sharedSecret",
    ),
    times=(),
    added=_added,
    removed=_removed,
)
