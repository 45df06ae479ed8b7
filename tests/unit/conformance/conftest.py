# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the conformance tests."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real_tenant import RealTenant

from pingone_conformance import tenants
from pingone_conformance.cli import NEWEST_API_DATE


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., RealTenant]]:
    """Start tenants: in the region EU, with the caller's roles, options of the emulator, and what else it holds."""
    with contextlib.ExitStack() as stack:

        def make(*arguments: str, roles: tenants.Roles = tenants.USUAL_ROLES, **organization: str) -> RealTenant:
            document = tenants.tenant_document("EU", roles)
            document["organization"].update(organization)
            document["environments"].append(
                {"name": "Payroll of Acme", "type": "SANDBOX", "license": "INTERNAL", "services": ["PING_ONE_BASE"]}
            )
            document["environments"][0]["users"] = [{"username": "mary", "email": "mary.poppins@acme.example.net"}]
            path = tmp_path / f"tenant-{len(list(tmp_path.iterdir()))}.yml"
            path.write_text(json.dumps(document))
            context = tenants.emulator(
                "a tenant", "EU", roles, ["--tenant", str(path), "--api-date", NEWEST_API_DATE, *arguments]
            )
            return RealTenant(stack.enter_context(context))

        yield make
