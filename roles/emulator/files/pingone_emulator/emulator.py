# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a whole: its tenant, its faults, its addresses, and what arrived."""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from .api_date import ApiDate
from .faults import Faults
from .tenant import Clock, Ids, Switches, Tenant
from .tenant_file import load
from .token_issuer import TokenIssuer

_REMEMBERED = 100_000  # requests; the oldest are forgotten


@dataclass
class Settings:
    """How one emulator was started."""

    document: Mapping[str, Any]
    api_url: str
    auth_url: str
    fixed_links: bool = False  # links begin with api_url, whatever the address that a client used
    ca_path: str | None = None
    seed: int | None = None
    start: datetime | None = None
    switches: dict[str, Any] = field(default_factory=dict)
    api_date: ApiDate | None = None  # that of the tenant file, or the default


class Emulator:
    """One running emulator."""

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self._settings = settings
        self._faults_at_start = faults
        self.requests: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.last_request = time.monotonic()
        self.reset()

    @property
    def api_url(self) -> str:
        """The base of the management API; ends in ``/v1``."""
        return self._settings.api_url

    def api_url_for(self, scheme: str, host: str | None) -> str:
        """The base of the links in an answer: the address that the client used, unless one was set for all."""
        if self._settings.fixed_links or not host:
            return self.api_url
        return f"{scheme}://{host}/v1"

    def reset(self) -> None:
        """Start afresh: the tenant as its file has it, the faults of the command line, nothing recorded.

        Raises TenantError for what the tenant file has wrong, ValueError for a switch.
        """
        settings = self._settings
        switches = _switched(Switches(), settings.switches)
        self.tenant: Tenant = load(
            settings.document, Clock(settings.start), Ids(settings.seed), switches, settings.api_date
        )
        self.token_issuer = TokenIssuer(settings.auth_url)
        self.faults = copy.deepcopy(self._faults_at_start)
        self.requests.clear()

    def clear_faults(self) -> None:
        """No faults of any kind."""
        self.faults = Faults()

    def set_switches(self, values: Mapping[str, Any]) -> None:
        """Change switches. Raises ValueError."""
        self.tenant.switches = _switched(self.tenant.switches, values)

    def ready_line(self) -> dict[str, Any]:
        """What a client needs to know to begin."""
        settings, tenant = self._settings, self.tenant
        application = tenant.bootstrap_application()
        licenses = [one.id for one in tenant.licenses.values() if one.package != "ADMIN"]
        return {
            "api_url": settings.api_url,
            "auth_url": settings.auth_url,
            "region": tenant.organization.region,
            "organization_id": tenant.organization.id,
            "auth_environment_id": tenant.bootstrap[0],
            "license_id": licenses[0] if licenses else next(iter(tenant.licenses)),
            "client_id": application.id,
            "client_secret": application.secret.secret,
            "ca_path": settings.ca_path,
        }


def _switched(switches: Switches, values: Mapping[str, Any]) -> Switches:
    """The switches with other values. Raises ValueError, with a sentence, for one that is not there or cannot be so."""
    try:
        return Switches.model_validate({**switches.model_dump(), **values})
    except ValidationError as error:
        problem = error.errors()[0]
        name = problem["loc"][0]
        if problem["type"] == "extra_forbidden":
            raise ValueError(f"{name!r} is not a switch; there are {', '.join(Switches.model_fields)}") from None
        raise ValueError(f"the switch {name}: {problem['msg']}") from None
