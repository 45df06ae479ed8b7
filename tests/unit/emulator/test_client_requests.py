# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients of PingOne send, answered as they expect it: ``data/client_requests.yml``.

Bodies and answers are checked against the vendor's contract as well: by the path where the contract has it, else by
the schema that the file names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator_contract import Contract
from emulator_conversation import Conversation, resources
from emulator_world import World

FILE = Path(__file__).parent / "data" / "client_requests.yml"
RESOURCES = resources(FILE)


@pytest.fixture(scope="module")
def tally(contract: Contract | None, say: Callable[[list[str]], None]) -> Iterator[Counter[str]]:
    """What was sent and checked; told at the end of the run."""
    counted: Counter[str] = Counter()
    yield counted
    without = ", ".join(entry["resource"] for entry in RESOURCES if "schema" not in entry)
    say(
        [
            f"Requests of clients: {counted['sent']} about {counted['resources']} resources; against the contract "
            f"{counted['by path']} messages by their path, {counted['by schema']} by a schema; "
            f"without a schema: {without}"
        ]
    )


@pytest.mark.parametrize("entry", RESOURCES, ids=lambda entry: entry["resource"].replace(" ", "_"))
def test_requests_of_clients_are_answered_as_they_expect(
    make_world: Callable[..., World], contract: Contract | None, tally: Counter[str], entry: dict[str, Any]
) -> None:
    bootstrap = make_world().bootstrap()
    home = bootstrap.environment()["id"]
    before = Counter(_checked(contract))
    conversation = Conversation(bootstrap, home, entry, contract)

    conversation.hold()

    assert conversation.sent == len(entry["steps"])
    tally.update({"resources": 1, "sent": conversation.sent})
    tally.update(Counter(_checked(contract)) - before)


def _checked(contract: Contract | None) -> dict[str, int]:
    if contract is None:
        return {}
    return {"by path": contract.requests + contract.answers + contract.errors, "by schema": contract.named}
