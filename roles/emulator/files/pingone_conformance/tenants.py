# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants that take part: the one of the environment variables, and emulators started for the purpose."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVICE = "the service"
VARIABLES = ("PINGONE_REGION_CODE", "PINGONE_ENVIRONMENT_ID", "PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET")
_TOP_LEVEL_DOMAINS = {"NA": "com", "CA": "ca", "EU": "eu", "AU": "com.au", "AP": "asia", "SG": "sg"}
_LOGINS = {"client_secret_basic": "basic", "client_secret_post": "post"}
# An emulator that is not stopped, because this process was killed, ends by itself.
_IDLE_LIMIT = "300"
_STOP_SECONDS = 10.0

Roles = Sequence[tuple[str, str]]
# What a caller holds if nothing else is known: the roles that the README asks for.
USUAL_ROLES: Roles = (("Organization Admin", "ORGANIZATION"), ("Environment Admin", "ORGANIZATION"))


class TenantError(Exception):
    """A tenant cannot be reached; the text says why."""


@dataclass(frozen=True)
class Tenant:
    """Where a tenant is, and who signs in to it.

    login: how: ``basic`` or ``post``.
    """

    name: str
    api_url: str
    auth_url: str
    region: str
    environment_id: str
    client_id: str
    client_secret: str = field(repr=False)
    login: str = "basic"
    is_emulator: bool = False


def from_environment(environ: Mapping[str, str]) -> Tenant:
    """Return the tenant of the environment variables. Raises TenantError."""
    missing = [name for name in VARIABLES if not environ.get(name)]
    if missing:
        raise TenantError(
            f"a real tenant needs the environment variables {', '.join(VARIABLES)}; missing: " + ", ".join(missing)
        )
    region = environ["PINGONE_REGION_CODE"]
    domain = _TOP_LEVEL_DOMAINS.get(region)
    if domain is None:
        raise TenantError(f"PINGONE_REGION_CODE is one of {', '.join(_TOP_LEVEL_DOMAINS)}, not {region}")
    method = environ.get("PINGONE_CLIENT_AUTH_METHOD") or "client_secret_basic"
    if method not in _LOGINS:
        raise TenantError(f"PINGONE_CLIENT_AUTH_METHOD is one of {', '.join(_LOGINS)}, not {method}")
    return Tenant(
        name=SERVICE,
        api_url=(environ.get("PINGONE_API_URL") or f"https://api.pingone.{domain}/v1").rstrip("/"),
        auth_url=(environ.get("PINGONE_AUTH_URL") or f"https://auth.pingone.{domain}").rstrip("/"),
        region=region,
        environment_id=environ["PINGONE_ENVIRONMENT_ID"],
        client_id=environ["PINGONE_CLIENT_ID"],
        client_secret=environ["PINGONE_CLIENT_SECRET"],
        login=_LOGINS[method],
    )


@contextlib.contextmanager
def emulator(name: str, region: str, roles: Roles, arguments: Sequence[str]) -> Iterator[Tenant]:
    """Run an emulator whose caller holds these roles, and stop it at the end. Raises TenantError."""
    package = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory(prefix="pingone-conformance-") as folder:
        # JSON is YAML too.
        document = Path(folder) / "tenant.yml"
        document.write_text(json.dumps(tenant_document(region, roles)), encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pingone_emulator", "--tenant", str(document)]
        process = subprocess.Popen(
            [*command, "--exit-after-idle", _IDLE_LIMIT, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A Ctrl-C is for us alone: the emulator is needed until everything is removed.
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": package},
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                complaint = process.communicate()[1].strip().splitlines() or ["it said nothing"]
                raise TenantError(f"an emulator did not start: {complaint[-1]}")
            ready = json.loads(line)
            yield Tenant(
                name=name,
                api_url=ready["api_url"],
                auth_url=ready["auth_url"],
                region=region,
                environment_id=ready["auth_environment_id"],
                client_id=ready["client_id"],
                client_secret=ready["client_secret"],
                is_emulator=True,
            )
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=_STOP_SECONDS)
            process.kill()


def tenant_document(region: str, roles: Roles) -> dict[str, Any]:
    """Return the tenant that an emulator starts with: an organization, two licenses, and the caller."""
    return {
        "organization": {"name": "Conformance Organization", "region": region},
        "licenses": [
            {"name": "INTERNAL", "package": "INTERNAL", "environments": {"max": 100, "allowProduction": True}},
            {"name": "ADMIN", "package": "ADMIN", "environments": {"max": 1, "allowProduction": True}},
        ],
        "environments": [
            {
                "name": "Administrators",
                "type": "PRODUCTION",
                "license": "ADMIN",
                "services": ["PING_ONE_BASE"],
                "applications": [
                    {
                        "name": "caller",
                        "bootstrap": True,
                        "roleAssignments": [{"role": role, "scope": {"type": scope}} for role, scope in roles],
                    }
                ],
            }
        ],
    }
