# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that answer the requests of a test."""

from __future__ import annotations

import pytest
import responses
from ansible_collections.idops.pingone.tests.unit.plugins.modules.many_service import Tenant, serve


@pytest.fixture
def service():
    """Give a service that answers what the test registers, all of which has to be asked for."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def tenant():
    """Give a tenant that answers every request from what it holds."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = Tenant()
        serve(mock, made)
        yield made


@pytest.fixture
def dev(tenant):
    """Give the id of an environment of the tenant."""
    return tenant.add_environment("dev")
