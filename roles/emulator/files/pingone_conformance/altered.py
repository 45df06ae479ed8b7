# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences to be planted: switches of the emulator, and where a comparison must show each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .compare import Difference


@dataclass(frozen=True)
class Planted:
    """A switch for one of two emulators, and the differences that follow: exchange and place."""

    switch: str
    shows: tuple[tuple[str, str], ...]


PLANTED = (
    Planted("unique_application_names=true", (("application-duplicate-name", "status"),)),
    Planted("unique_group_names=false", (("group-duplicate-name", "status"),)),
    Planted(
        "unassigned_worker=invalid_scope",
        (("token-of-worker-without-roles", "error"), ("token-of-worker-without-roles", "error_description")),
    ),
)


def arguments() -> list[str]:
    """Return the options of the emulator that is altered."""
    return [part for planted in PLANTED for part in ("--switch", planted.switch)]


def unexpected(found: Iterable[Difference]) -> tuple[list[Difference], list[str]]:
    """Return the differences that were not planted, and those planted that are missing, as lines."""
    wanted = {place: planted.switch for planted in PLANTED for place in planted.shows}
    found = list(found)
    seen = {(item.exchange, item.where) for item in found}
    surplus = [item for item in found if (item.exchange, item.where) not in wanted]
    return surplus, [
        f"{exchange}: {where}: nothing shows {wanted[exchange, where]}"
        for exchange, where in wanted
        if (exchange, where) not in seen
    ]
