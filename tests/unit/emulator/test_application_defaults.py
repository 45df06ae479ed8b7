# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an application has that was not sent."""

from __future__ import annotations

import pytest

from emulator_world import Caller


@pytest.mark.parametrize(
    ("type_", "grants", "responses", "method"),
    [
        ("WEB_APP", "AUTHORIZATION_CODE", "CODE", "CLIENT_SECRET_BASIC"),
        ("NATIVE_APP", "AUTHORIZATION_CODE IMPLICIT", "TOKEN ID_TOKEN CODE", "NONE"),
        ("SINGLE_PAGE_APP", "IMPLICIT", "TOKEN ID_TOKEN", "NONE"),
        ("CUSTOM_APP", "DEVICE_CODE REFRESH_TOKEN", "", "NONE"),
        ("SERVICE", "CLIENT_CREDENTIALS", "", "CLIENT_SECRET_BASIC"),
        ("WORKER", "CLIENT_CREDENTIALS", "", "CLIENT_SECRET_BASIC"),
    ],
)
def test_the_grants_of_a_client_that_names_none(
    bootstrap: Caller, home: str, type_: str, grants: str, responses: str, method: str
) -> None:
    sent = {"name": "a", "enabled": True, "protocol": "OPENID_CONNECT", "type": type_, "redirectUris": ["app://a"]}
    bootstrap.world.contract = None  # it wants both members always
    shown = bootstrap.post(f"/environments/{home}/applications", sent).must(201)
    assert (shown["grantTypes"], shown.get("responseTypes", [])) == (grants.split(), responses.split())
    assert shown["tokenEndpointAuthMethod"] == method
