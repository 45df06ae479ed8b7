# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an environment holds follows from what it was when it began."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator_world import DEFAULT, Caller, World


@pytest.mark.parametrize("is_looked_at", [False, True])
def test_it_does_not_depend_on_when_it_is_looked_at(bootstrap: Caller, home: str, is_looked_at: bool) -> None:
    below = f"/environments/{home}"

    def names() -> list[str]:
        return [one["name"] for kind in ("signOnPolicies", "keys") for one in bootstrap.get(f"{below}/{kind}").items]

    seen = names() if is_looked_at else ["Single_Factor", "PingOne SSO Certificate for home"]
    products = [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}]
    bootstrap.put(f"{below}/billOfMaterials", {"products": products}).must(200)
    environment = bootstrap.get(below).must(200)
    bootstrap.put(below, {**environment, "name": "renamed"}).must(200)
    assert names() == seen


@pytest.mark.parametrize(("region", "host"), [("NA", "api.pingone.com"), ("AU", "api.pingone.com.au")])
def test_the_audience_of_the_api_is_its_host_in_the_region(
    make_world: Callable[..., World], region: str, host: str
) -> None:
    document = {**DEFAULT, "organization": {**DEFAULT["organization"], "region": region}}
    caller = make_world(document=document).bootstrap()
    resources = caller.get(f"/environments/{caller.world.administrators}/resources").items
    assert [one["audience"] for one in resources if "audience" in one] == [f"https://{host}"]
