# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule finds wrong, and how it says so; ``errors.from_problems`` turns it into an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EXCEEDED = "LICENSE_EXCEEDED"


@dataclass(frozen=True)
class Problem:
    """One ``details`` entry of an error: code, text, the member it is about, and its ``innerError``.

    ``headline`` is for the few errors whose text stands at the top level, where clients look for it.
    ``request_failed`` is for what is well formed, but forbidden by the state of things.
    """

    code: str
    message: str
    target: str | None = None
    inner: Mapping[str, Any] = field(default_factory=dict)
    headline: str | None = None
    request_failed: bool = False


class Refused(Exception):
    """The request cannot be carried out as it is; ``problems`` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(one.message for one in problems))
        self.problems = problems


def refuse(problem: Problem | None) -> None:
    """Raise Refused if there is a problem."""
    if problem is not None:
        raise Refused([problem])
