# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the client share."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.plugins.module_utils._client.client import PingOneClient
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import connection_from
from ansible_collections.idops.pingone.plugins.module_utils._client.session_state import reset
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    OPTIONS,
    TOKEN_URL,
    FakeClock,
    Service,
    token_answer,
)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Keep tokens and locks of a test to itself, and nothing of the test before."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    reset()
    yield runtime
    reset()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def service():
    with responses.RequestsMock(
        assert_all_requests_are_fired=False, registry=responses.registries.OrderedRegistry
    ) as mock:
        yield Service(mock)


@pytest.fixture
def make_client(clock):
    def make(**arguments):
        environ = arguments.pop("environ", {})
        params = {**OPTIONS, **arguments.pop("options", {})}
        return PingOneClient(connection_from(params, environ), clock=clock, **arguments)

    return make


@pytest.fixture
def client(service, make_client):
    """A client that has its token."""
    service.answers("POST", "", token_answer(), url=TOKEN_URL)
    made = make_client()
    made.token()
    return made
