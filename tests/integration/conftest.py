# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from emulated import emulator
from sites import Site

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start an emulator with arguments, and with a tenant to which a function added something."""
    with contextlib.ExitStack() as running:

        def begin(*arguments: str, tenant: Callable[[dict[str, Any]], None] | None = None) -> Site:
            document = yaml.safe_load((ROOT / "roles/emulator/files/pingone_emulator/default_tenant.yml").read_text())
            if tenant:
                tenant(document)
            path = tmp_path / "tenant.yml"
            path.write_text(yaml.safe_dump(document))
            return Site(running.enter_context(emulator("--tenant", str(path), *arguments)), tmp_path)

        yield begin
