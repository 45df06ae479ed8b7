# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the conversation: one exchange after another, with the time that the service needs to know what is new."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .client import Response, Unanswered
from .exchange import Exchange, TokenRequest, role_label
from .session import Prepared, Session

_NO_CONTENT, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 204, 401, 403, 404
# Of a call right after a role was assigned, or while one is still shown as read only.
_PASSING_TEXTS = ("Must have role at the same or broader scope", "cannot be deleted as it is read only")
_NO_ROLES_YET = "access_denied"


@dataclass
class Patience:
    """How long answers are waited out, in seconds.

    each: for one exchange. total: for all whose answer may be meant to stay; what is used up is taken from it.
    pause: between two tries.
    """

    each: float
    total: float
    pause: float


@dataclass(frozen=True)
class Held:
    """An exchange and what came of it.

    not_held: why there is no answer. needs: the exchange whose answer would have been needed.
    waited: the seconds until the answer, and the statuses before it.
    """

    exchange: Exchange
    recorded_at: datetime
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Response | None = None
    not_held: str = ""
    needs: str = ""
    waited: tuple[float, tuple[int, ...]] = (0.0, ())


class Holder:
    """Holds exchanges with one side; ``held`` is what was held so far, whatever interrupts it."""

    def __init__(self, session: Session, patience: Patience, *, production: bool) -> None:
        self.held: list[Held] = []
        self._session = session
        self._patience = patience
        self._production = production
        self._givers: dict[str, str] = {}

    def hold(self, exchanges: Iterable[Exchange], tell: Callable[[Held], None] = lambda held: None) -> None:
        """Hold the exchanges in their order; one that cannot be held is kept as such."""
        exchanges = list(exchanges)
        self._givers = {label: exchange.name for exchange in reversed(exchanges) for label in exchange.keep}
        for exchange in exchanges:
            self.held.append(self._hold(exchange))
            tell(self.held[-1])

    def _hold(self, exchange: Exchange) -> Held:
        now = datetime.now(timezone.utc)
        if exchange.production and not self._production:
            return Held(exchange, now, not_held="a PRODUCTION environment is made only with --production")
        try:
            self._session.renew()
            prepared = self._session.prepare(exchange)
        except KeyError as error:
            label = str(error.args[0])
            return Held(exchange, now, not_held=f"nothing gave {label}", needs=self._givers.get(label, ""))
        except Unanswered as error:
            return Held(exchange, now, not_held=str(error))
        try:
            response, waited = self._patiently(exchange, prepared)
        except Unanswered as error:
            return Held(exchange, now, prepared.told, not_held=str(error))
        self._session.keep(exchange, response)
        self._keep_roles(response)
        return Held(exchange, now, prepared.told, response, waited=waited)

    def _keep_roles(self, response: Response) -> None:
        """Keep the ids of platform roles under their names, wherever they are listed."""
        body = response.body if isinstance(response.body, dict) else {}
        for role in (body.get("_embedded") or {}).get("roles", []):
            if is_platform_role(role):
                self._session.labels.setdefault(role_label(str(role["name"])), str(role["id"]))

    def _patiently(self, exchange: Exchange, prepared: Prepared) -> tuple[Response, tuple[float, tuple[int, ...]]]:
        """Ask, and again while the answer may be of a service that does not know yet. Raises Unanswered."""
        since = time.monotonic()
        earlier: list[int] = []
        while True:
            response = self._session.send(prepared)
            passed = time.monotonic() - since
            if not is_passing(exchange, response):
                return response, (passed, tuple(earlier))
            if passed > self._patience.each or (self._patience.total <= 0 and not exchange.is_bound_to_change):
                return response, (passed, tuple(earlier))
            earlier.append(response.status)
            time.sleep(self._patience.pause)
            self._patience.total -= time.monotonic() - since - passed
            if isinstance(exchange, TokenRequest):
                # An assertion is used once.
                prepared = self._session.prepare(exchange)


def is_passing(exchange: Exchange, response: Response) -> bool:
    """Say whether an answer may become another one by itself.

    Of what is expected to succeed these are the answers that the vendor names for new environments, applications,
    roles and secrets; of what is to take effect, every answer but the expected one.
    """
    if exchange.waits_out and re.search(exchange.waits_out, response.text):
        return True
    if exchange.expects is None or response.status == exchange.expects:
        return False
    if exchange.until:
        return True
    if exchange.expects >= 300:
        return False
    if response.status in (_UNAUTHORIZED, _FORBIDDEN):
        return True
    if response.status == _NOT_FOUND:
        # What is to be deleted and is not there will not come.
        return exchange.expects != _NO_CONTENT
    if isinstance(exchange, TokenRequest) and _NO_ROLES_YET in response.text:
        return True
    return any(text in response.text for text in _PASSING_TEXTS)


def is_platform_role(role: Any) -> bool:
    """Say whether an item of a list of roles is one of the service's own, whose id is the same in every tenant."""
    return isinstance(role, dict) and role.get("type", "PLATFORM") == "PLATFORM" and {"id", "name"} <= role.keys()
