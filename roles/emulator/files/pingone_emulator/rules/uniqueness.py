# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be there only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from ..models.application import AnyApplication, Application, ApplicationBody, OidcBody
from ..models.other_application import SamlApplication, SamlBody
from ..problem import Problem, Refused


class Named(Protocol):
    """What has a name that may be taken."""

    id: str
    name: str


def taken(target: str, message: str, existing_id: str | None = None) -> Refused:
    """The refusal of a value that something else has."""
    inner = {"existingId": existing_id} if existing_id else {}
    return Refused([Problem("UNIQUENESS_VIOLATION", message, target, inner)])


def check_name(existing: Iterable[Named], name: str, own_id: str | None) -> None:
    """Names are compared without regard to case; one's own does not count. Raises Refused."""
    for one in existing:
        if one.id != own_id and one.name.lower() == name.lower():
            raise taken("name", "A resource with the specified name already exists", one.id)


def check_client_id(body: ApplicationBody, *, may_import: bool, is_taken: Callable[[str], bool]) -> None:
    """An id that the client chooses: where that is allowed, and nobody has it (the texts are inferred)."""
    chosen = body.client_id if isinstance(body, OidcBody) else None
    if chosen is None:
        return
    if not may_import:
        raise Refused([Problem("INVALID_VALUE", "The organization may not import applications.", "clientId")])
    if is_taken(chosen):
        raise taken("clientId", "A resource with the specified clientId already exists")


def check_application(
    applications: Iterable[AnyApplication],
    body: ApplicationBody,
    own_id: str | None,
    *,
    unique_names: bool,
) -> None:
    """Names may be taken twice unless the switch says otherwise (inferred); some other values may not."""
    path = body.device_path_id if isinstance(body, OidcBody) else None
    sp_entity_id = body.sp_entity_id if isinstance(body, SamlBody) else None
    if path is None and sp_entity_id is None and not unique_names:
        return  # what nearly always holds must not cost a look at each of thousands of applications
    for one in applications:
        if one.id == own_id:
            continue
        if sp_entity_id is not None and isinstance(one, SamlApplication) and one.sp_entity_id == sp_entity_id:
            raise taken("spEntityId", "A resource with the specified spEntityId already exists", one.id)
        if path is not None and isinstance(one, Application) and one.device_path_id == path:
            raise taken("devicePathId", "A resource with the specified devicePathId already exists", one.id)
        if unique_names and one.name == body.name:
            raise taken("name", "A resource with the specified name already exists", one.id)
