# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a route gets, and how it answers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.responses import Response

from .. import access, filters, hal
from ..errors import (
    ApiError,
    from_validation,
    invalid_request,
    invalid_token,
    no_access,
    not_authorized,
    not_found,
    not_licensed,
)
from ..faults import Lateness
from ..layout import encode
from ..models.application import Application
from ..models.base import Model
from ..rules import products, propagation
from ..tenant import EnvironmentState, Tenant
from ..times import instant

M = TypeVar("M", bound=Model)

JSON = "application/json"


@dataclass
class Call:
    """One request to the management API by a caller who is known."""

    tenant: Tenant
    late: Lateness
    page_size: int | None
    api: str
    caller: Application
    permission: str
    verb: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str
    accepted: str  # the media type of a success
    raw: bytes
    path: str

    def organization(self) -> None:
        """The call concerns the organization: raise 403 unless the caller may make it there."""
        if not access.allows(self.tenant, self.late, self.caller, self.permission):
            raise not_authorized()

    def environment(self, *below: str) -> EnvironmentState:
        """The environment of the path, or a place below it. Raises 403 as ``nested_environment`` and ``allow`` do."""
        state = self.nested_environment()
        self.allow(*below)
        return state

    def nested_environment(self) -> EnvironmentState:
        """The environment of the path. Raises 403 for none, for one that is pending deletion, and by a switch for one
        without the product that the collection of the path needs.

        One whose creation is late is refused as the switch says; one whose deletion is late can still be listed."""
        environment_id = self.params["environment"]
        state = self.tenant.environments.get(environment_id)
        if state is None and self._is_list() and self.was_deleted_within(self.late.deletion):
            return self.tenant.deleted[environment_id].state
        if state is None or state.is_pending_deletion:
            raise no_access()
        if self.is_late(self.late.environment, state.environment.created_at):
            raise self._late_environment()
        if self.tenant.switches.base_product_needed and products.is_missing(state.environment, self._collection()):
            raise not_licensed()
        return state

    def environment_itself(self) -> EnvironmentState:
        """The environment of the path, for its own endpoints: unlike what is below it, an unknown one is 404."""
        environment_id = self.params["environment"]
        state = self.tenant.environments.get(environment_id)
        if state is None:
            if self.was_deleted_within(self.tenant.switches.environment_deletion_seconds):
                raise no_access()
            raise not_found(f"Unable to find environment with ID: '{environment_id}'")
        self.allow()
        return state

    def was_deleted_within(self, seconds: float) -> bool:
        """Whether the environment of the path was deleted at most so long ago."""
        deleted = self.tenant.deleted.get(self.params["environment"])
        return deleted is not None and self.tenant.clock.seconds() < deleted.deleted_at + seconds

    def _collection(self) -> str:
        """The collection of the environment that the path leads into; empty for the environment itself."""
        return (self.path.split("/")[3:4] or [""])[0]

    def _is_list(self) -> bool:
        return self.verb == "GET" and list(self.params) == ["environment"]

    def _late_environment(self) -> ApiError:
        switches = self.tenant.switches
        if switches.late_environment_status == 401:
            return invalid_token("The environment is not known yet.", switches.invalid_token)
        return not_found() if switches.late_environment_status == 404 else not_authorized()

    def allow(self, *below: str) -> None:
        """Raise 403 unless the caller may make the call in the environment, or at the place below it."""
        if not self.may(*below):
            raise not_authorized()

    def may(self, *below: str) -> bool:
        """Whether the caller may make the call in the environment, or at the place below it."""
        place = (self.params["environment"], *below)
        return access.allows(self.tenant, self.late, self.caller, self.permission, *place)

    def require(self, permission: str) -> None:
        """Raise 403 unless the caller holds another permission as well in the environment."""
        if not access.allows(self.tenant, self.late, self.caller, permission, self.params["environment"]):
            raise not_authorized()

    def visible(self, items: Iterable[M], below: Callable[[M], str | None]) -> list[M]:
        """The items that the caller may list: all, or those at places below the environment where it has a role.

        Raises 403 when there is none.
        """
        if self.may():
            return list(items)
        seen = [item for item in items if self._sees(below(item))]
        if not seen:
            raise not_authorized()
        return seen

    def _sees(self, place: str | None) -> bool:
        return place is not None and self.may(place)

    def is_late(self, seconds: float, created_at: str) -> bool:
        """Whether news of something this old has not arrived yet."""
        return seconds > 0 and propagation.is_late(instant(created_at), self.tenant.clock.now(), seconds)

    # -- what was sent ------------------------------------------------------------------------------------------

    def json(self, *content_types: str) -> Any:
        """The body. Raises 415 for another content type, 400 for what is not a JSON object."""
        self.check_content_type(*(content_types or (JSON,)))
        try:
            document = json.loads(self.raw, parse_float=_number, parse_constant=_number)
            if b"\\u" in self.raw:  # half of a surrogate pair is no text, and could never be shown again
                json.dumps(document, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise invalid_request() from None
        if not isinstance(document, dict):
            raise invalid_request()
        return document

    def check_content_type(self, *content_types: str) -> None:
        """Raise 415 for a body of another type."""
        if self.content_type not in content_types:
            raise invalid_request(f"Content type '{self.content_type}' is not supported.", status=415)

    def read(self, model: type[M], *content_types: str) -> M:
        """The body as a model. Raises 400 with one detail for each member that is wrong."""
        return checked(model, self.json(*content_types))

    def named(self, member: str) -> list[str]:
        """The id in a reference of the body, before the body is checked; empty when there is none."""
        try:
            found = json.loads(self.raw)[member]["id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return []
        return [found] if isinstance(found, str) else []

    def included(self) -> list[str]:
        """What the query asks to be shown in addition."""
        return self.query.get("include", "").split(",")

    def expanded(self) -> list[str]:
        """What the query asks to be embedded."""
        return self.query.get("expand", "").split(",")

    # -- what is answered ---------------------------------------------------------------------------------------

    def ok(self, document: Mapping[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """200 with the document."""
        return Response(encode(document), status, headers, self.accepted)

    def created(self, document: Mapping[str, Any], path: str) -> Response:
        """201 with the new object, whose path below ``/v1`` becomes its ``Location``."""
        return self.ok(document, 201, {"location": self.url(path)})

    def no_content(self) -> Response:
        """204: done, and nothing to show."""
        return Response(status_code=204)

    def url(self, path: str) -> str:
        """The absolute address of a path below ``/v1``."""
        return self.api + path

    def page(
        self,
        name: str,
        items: Iterable[M],
        show: Callable[[M], dict[str, Any]],
        *,
        filterable: Mapping[str, tuple[str, ...]] | None = None,
        alternatives: bool = True,
        searched: Callable[[M], dict[str, Any]] | None = None,
        default: int | None = None,
        maximum: int | None = None,
        envelope: hal.Envelope = hal.ENVELOPE,
    ) -> Response:
        """A collection: what is not late, filtered, ordered, one page of it.

        alternatives: whether its filters know ``or``.
        searched: gives what a filter looks at, where that is more than what is shown.
        envelope: how the list was recorded, where it was.
        """
        chosen = [item for item in items if not self._unlisted(item)]
        if "filter" in self.query and filterable is not None:
            predicate = filters.parse(self.query["filter"], filterable, alternatives=alternatives)
            look = searched or show
            chosen = [item for item in chosen if predicate(look(item))]
        maximum = maximum or self.tenant.switches.list_limit
        if self.page_size is not None:
            maximum = min(maximum, self.page_size)
        query = {key: value for key, value in self.query.items() if envelope.has_limit or key != "limit"}
        part, cursor = hal.page(self._ordered(chosen), query, default or maximum, maximum)
        shown = [show(item) for item in part]
        address = self.api + self.path
        return self.ok(hal.collection(name, shown, len(chosen), address, query, cursor, envelope))

    def _unlisted(self, item: Model) -> bool:
        created_at = getattr(item, "created_at", None)
        return created_at is not None and self.is_late(self.late.list, created_at)

    def _ordered(self, items: list[M]) -> list[M]:
        order = self.query.get("order")
        if not order:
            return items
        key = order.lstrip("-+")
        aliases = {field.alias or name: name for name, field in type(items[0]).model_fields.items()} if items else {}
        if key not in aliases:
            return items
        return sorted(items, key=lambda item: str(getattr(item, aliases[key], "")), reverse=order.startswith("-"))


def _number(text: str) -> float:
    """A number of RFC 8259, which knows neither ``NaN`` nor ``Infinity``. Raises ValueError."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def checked(model: type[M], document: Any) -> M:
    """The document as a model. Raises 400 with one detail for each member that is wrong."""
    try:
        return model.of(document)
    except ValidationError as error:
        raise from_validation(error) from None
