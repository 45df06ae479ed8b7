# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may look inside, and what there is to see."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_world import World
from pingone_emulator.app import make_app

OWN = "127.0.0.1:8080"


def inside(world: World, **headers: str) -> Any:
    return world.request("GET", "/_emulator/stats", headers=headers)


@pytest.mark.parametrize("host", [OWN, "127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.1.2.3:1"])
def test_a_client_of_this_machine_may_look_inside(world: World, host: str) -> None:
    inside(world, Host=host).must(200)
    inside(world, Host=host, Origin=f"http://{host}").must(200)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.0.2.1", "[", ""])
def test_a_name_that_others_resolve_to_this_machine_is_refused(world: World, host: str) -> None:
    inside(world, Host=host).must(403)
    inside(world, Host=host, Origin=f"http://{host}").must(403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", f"https://{OWN}", "http://127.0.0.1:3000"])
def test_a_web_page_of_another_origin_is_refused(world: World, origin: str) -> None:
    world.bootstrap()
    headers = {"Origin": origin, "Content-Type": "text/plain"}
    world.request("POST", "/_emulator/reset", headers=headers).must(403)
    assert inside(world).must(200)["tokens"] == 1, "the emulator was reset"


def test_the_token_opens_from_anywhere(world: World) -> None:
    world.app = make_app(world.emulator, "let-me-in")
    foreign = {"Host": "emulator.example.com", "Origin": "http://other.example.com"}
    inside(world, **foreign).must(403)
    inside(world, **foreign, Authorization="Bearer wrong").must(403)
    inside(world, **foreign, Authorization="Bearer let-me-in").must(200)


@pytest.mark.parametrize("path", ["", "/", "/nonsense", "/state/nonsense"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_path_is_not_found(world: World, method: str, path: str) -> None:
    world.request(method, f"/_emulator{path}").must(404)
    world.request(method, f"/_emulator{path}", headers={"Host": "evil.example"}).must(403)
