# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each test starts as a new process would: nothing remembered, no credential in the environment."""

from __future__ import annotations

import os

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("PINGONE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    session_state.reset()
