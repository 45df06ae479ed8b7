# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences to be planted: switches of the emulator, and where a comparison must show each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .compare import Difference


@dataclass(frozen=True)
class Planted:
    """A switch, its value for each of two emulators, and the differences that follow: exchange and place.

    Both values are given, so that it does not matter which of them is the emulator's own.
    """

    switch: str
    values: tuple[str, str]
    shows: tuple[tuple[str, str], ...]


PLANTED = (
    Planted("unique_application_names", ("false", "true"), (("application-duplicate-name", "status"),)),
    Planted(
        "unique_group_names",
        ("true", "false"),
        (("group-duplicate-name", "status"), ("group-duplicate-name-in-population", "status")),
    ),
    Planted(
        "unassigned_worker",
        ("access_denied", "invalid_scope"),
        (("token-of-worker-without-roles", "error"), ("token-of-worker-without-roles", "error_description")),
    ),
    Planted("limits", ("true", "false"), (("application-description", "status"), ("population-description", "status"))),
    Planted("secret_needs_superset", ("true", "false"), (("secret-of-other", "status"),)),
    Planted("disabled_application_tokens", ("false", "true"), (("disabled-worker-calls", "status"),)),
    Planted(
        "birthright_always_all",
        ("true", "false"),
        (
            ("assignments-of-caller", "_embedded.roleAssignments[<role_environment_admin> at <environment>]"),
            ("assignments-of-caller", "count"),
            ("assignments-of-caller", "size"),
        ),
    ),
)


def arguments(side: int) -> list[str]:
    """Return the options of the first emulator (0) or of the second (1)."""
    return [part for planted in PLANTED for part in ("--switch", f"{planted.switch}={planted.values[side]}")]


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
