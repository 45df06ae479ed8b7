# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers before the service does."""

from __future__ import annotations

import pytest

from pingone_emulator import gateway


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, gateway.HAL),
        ("", gateway.HAL),
        ("*/*", gateway.HAL),
        ("application/hal+json", gateway.HAL),
        ("application/*", gateway.HAL),
        ("text/html", gateway.HAL),
        ("application/json", gateway.JSON),
        ("application/json;charset=UTF-8", gateway.JSON),
        ("Application/JSON, */*;q=0.5", gateway.JSON),
        ("*/*;q=0.5, application/json", gateway.JSON),
        ("application/json;q=0.1, */*", gateway.HAL),
        ("application/json;q=high, */*", gateway.HAL),
        ("application/json, application/hal+json", gateway.JSON),
        ("application/hal+json, application/json", gateway.HAL),
    ],
)
def test_media_type_is_the_one_that_the_client_likes_best(accept: str | None, media_type: str) -> None:
    assert gateway.media_type(accept) == media_type


def test_verbs_are_named_in_the_order_of_the_service() -> None:
    assert (b"access-control-allow-methods", b"OPTIONS,GET,PUT,DELETE") in gateway.cross_origin(
        ["DELETE", "PUT", "GET"]
    )
