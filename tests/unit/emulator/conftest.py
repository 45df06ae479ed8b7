# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulators for the tests, and what is said at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator_contract import Contract
from emulator_world import Caller, World

_CONTRACT = "PINGONE_OPENAPI"
_RECORDED = "PINGONE_RECORDED"
# Without the recordings there is nothing that this file could test.
collect_ignore = [] if os.environ.get(_RECORDED) else ["test_recorded.py"]
_NOTES = pytest.StashKey[dict[str, Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Load the contract when the environment names one."""
    path = os.environ.get(_CONTRACT)
    if path and not Path(path).is_file():
        raise pytest.UsageError(f"{_CONTRACT} names {path}, which is not a file")
    folder = os.environ.get(_RECORDED)
    if folder and not Path(folder).is_dir():
        raise pytest.UsageError(f"{_RECORDED} names {folder}, which is not a folder")
    config.stash[_NOTES] = {"contract": Contract(Path(path)) if path else None, "tables": []}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was checked against the contract, and who may do what."""
    notes = config.stash[_NOTES]
    for table in notes["tables"]:
        terminalreporter.write_line("")
        for line in table:
            terminalreporter.write_line(line)
    if not os.environ.get(_RECORDED):
        terminalreporter.write_line(f"Emulator against recorded answers: not run, {_RECORDED} is not set")
    contract = notes["contract"]
    if contract is None:
        terminalreporter.write_line(f"Emulator against the vendor's contract: not run, {_CONTRACT} is not set")
    else:
        terminalreporter.write_line(
            f"Emulator against the vendor's contract: {contract.requests} requests, {contract.answers} answers and "
            f"{contract.errors} errors checked"
        )


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest) -> Contract | None:
    """The vendor's contract, if it is at hand."""
    contract: Contract | None = request.config.stash[_NOTES]["contract"]
    return contract


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder with recorded answers of the service."""
    return Path(os.environ[_RECORDED])


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[list[str]], None]:
    """Print lines at the end of the run."""
    tables: list[list[str]] = request.config.stash[_NOTES]["tables"]
    return tables.append


@pytest.fixture(scope="session", autouse=True)
def one_key() -> Iterator[None]:
    """Make one signing key for all environments of all tests: a key takes longer than most tests."""
    from joserfc.jwk import RSAKey

    original = RSAKey.generate_key
    made = original(2048)

    def generate_key(_size: int = 2048, parameters: Any = None, **_more: Any) -> RSAKey:
        return RSAKey(made.raw_value, made.raw_value, parameters)

    RSAKey.generate_key = generate_key
    yield
    RSAKey.generate_key = original


@pytest.fixture
def make_world(contract: Contract | None) -> Iterator[Callable[..., World]]:
    """Make emulators with options of the test."""
    worlds: list[World] = []

    def make(**options: Any) -> World:
        worlds.append(World(contract, **options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """An emulator of the default tenant."""
    return make_world()


@pytest.fixture
def bootstrap(world: World) -> Caller:
    """The worker of the ready line."""
    return world.bootstrap()


@pytest.fixture
def home(bootstrap: Caller) -> str:
    """A new environment of the bootstrap worker."""
    return str(bootstrap.environment()["id"])
