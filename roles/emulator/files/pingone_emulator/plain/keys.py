# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/keys``: keys with certificates, for signing, encryption and the like.

No key is made: the emulator signs its tokens with keys of its own, and shows these as the service does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from ..models.base import Model, Name, Whole
from ..models.plain import Members, PlainObject
from ..problem import Problem
from ..times import instant, stamp
from .collection import PlainCollection, Within
from .store import dangling, derived_id, objects

UsageType = Literal["SIGNING", "ENCRYPTION", "SSL/TLS", "ISSUANCE", "OUTBOUND_MTLS"]
_ALGORITHMS = {"RSA": "withRSA", "EC": "withECDSA"}
_VALID_FOR = 365  # days, of the key that comes with an environment (inferred)


class KeyBody(Model):
    """What may be sent to create a key."""

    name: Name
    algorithm: Literal["RSA", "EC"]
    key_length: Whole
    signature_algorithm: Literal[
        "SHA256withRSA", "SHA384withRSA", "SHA512withRSA", "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA"
    ]
    subject_dn: Annotated[str, Field(min_length=1, alias="subjectDN")]
    issuer_dn: Annotated[str | None, Field(alias="issuerDN")] = None
    serial_number: int | None = None
    usage_type: UsageType
    validity_period: Annotated[Whole, Field(ge=1)]  # days
    default: bool | None = None
    custom_crl: Annotated[str | None, Field(alias="customCRL", pattern=r"^http://[a-zA-Z0-9./-]*$")] = None


class KeyChange(Model):
    """What may be sent to change a key; the rest of it stays."""

    default: bool | None = None
    issuer_dn: Annotated[str | None, Field(alias="issuerDN")] = None
    usage_type: UsageType


def _initial(within: Within) -> Iterator[Members]:
    """The key that signs in a new environment; that there is a default one is known, the rest is (inferred)."""
    environment = within.state.environment
    name = "C=US,O=Ping Identity,OU=Ping Identity,CN=PingOne SSO Certificate for " + environment.name
    sent = {
        "name": f"PingOne SSO Certificate for {environment.name}",
        "algorithm": "RSA",
        "keyLength": 2048,
        "signatureAlgorithm": "SHA256withRSA",
        "subjectDN": name,
        "usageType": "SIGNING",
        "validityPeriod": _VALID_FOR,
        "default": True,
    }
    serial = uuid.UUID(derived_id(environment.id, "serialNumber")).int >> 65
    yield {**sent, **_issued(sent, serial, instant(environment.created_at))}


def _issued(sent: Members, serial: int, now: datetime) -> Members:
    return {
        "issuerDN": sent.get("issuerDN", sent["subjectDN"]),
        "serialNumber": sent.get("serialNumber", serial),
        "startsAt": stamp(now),
        "expiresAt": stamp(now + timedelta(days=min(sent["validityPeriod"], _LONGEST))),
        "status": "VALID",
    }


_LONGEST = 365_000  # days that a date can be ahead


def _added(sent: Members, current: PlainObject | None, within: Within) -> Members:
    if current is not None:
        return {}
    serial = uuid.UUID(within.tenant.ids.object()).int >> 65
    return {"default": sent.get("default", False), **_issued(sent, serial, within.tenant.clock.now())}


def _check(members: Members, _current: PlainObject | None, _within: Within) -> Iterator[Problem]:
    """An algorithm signs with its own kind of signature (inferred)."""
    if not members["signatureAlgorithm"].endswith(_ALGORITHMS[members["algorithm"]]):
        text = f"signatureAlgorithm does not go with {members['algorithm']}"
        yield Problem("INVALID_VALUE", text, "signatureAlgorithm")


def _check_removal(key: PlainObject, within: Within) -> Iterator[Problem]:
    """A key that an application names stays."""
    if any(key.id in _texts(application.shown()) for application in within.state.applications.values()):
        yield Problem("CONSTRAINT_VIOLATION", "The Key must not be in use.", "id")


def _texts(document: Any) -> Iterator[str]:
    """All texts in a document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for one in document.values() if isinstance(document, dict) else document:
            yield from _texts(one)


KEYS = PlainCollection(
    name="keys",
    item="key",
    body=KeyBody,
    replacement=KeyChange,
    absent="Key not found for id: {id} and environmentId: {environment}",
    times=("createdAt",),
    initial=_initial,
    added=_added,
    check=_check,
    check_removal=_check_removal,
)


def issuance_problems(key_id: str, within: Within) -> Iterator[Problem]:
    """What keeps an application from using the key for Kerberos: it has to be one that issues."""
    yield from dangling({"kerberos.key.id": KEYS}, within, {"kerberos": {"key": {"id": key_id}}})
    key = objects(KEYS, within).get(key_id)
    if key is not None and key.members["usageType"] != "ISSUANCE":
        where = f"Key with ID '{key_id}' in Environment '{within.state.environment.id}'"
        text = f"{where} is not for ISSUANCE. Usage type should be ISSUANCE."
        yield Problem("INVALID_VALUE", text, "kerberos.key.id", headline=text)
