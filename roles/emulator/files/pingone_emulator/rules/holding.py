# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""That a role holds a permission, as ``permissions.yml`` writes it: ``EA``, ``EA/doc``, ``EA~today@2023-07..2025-03``.

The file says what the parts mean.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_FORM = re.compile(
    r"(?P<role>[A-Za-z]+)"
    r"(?:/(?P<source>[a-z]+)|~(?P<question>[a-z]+))?"
    r"(?:@(?P<since>\d{4}-\d\d)?\.\.(?P<until>\d{4}-\d\d)?)?"
)
RECORDED = "rec"


@dataclass(frozen=True)
class Holding:
    """That a role, by its key in the file, holds a permission.

    It is known from a source, or inferred until a question is answered. It begins and ends with a month ("" is always).
    """

    role: str
    source: str
    question: str = ""
    since: str = ""
    until: str = ""

    def counts(self, date: str, unanswered: Collection[str]) -> bool:
        """Whether the role holds the permission at a month, where the questions named take no effect."""
        return self.since <= date and (not self.until or date < self.until) and self.question not in unanswered


def parse(text: str, groups: Mapping[str, Collection[str]]) -> list[Holding]:
    """The holdings of a line, separated by spaces; a name of ``groups`` stands for the roles of the group.

    Raises ValueError for what has another form.
    """
    found = []
    for word in text.split():
        match = _FORM.fullmatch(word)
        if match is None:
            raise ValueError(f"{word!r} has not the form role, role/source or role~question, with @since..until")
        parts = {name: value or "" for name, value in match.groupdict().items()}
        parts["source"] = parts["source"] or ("" if parts["question"] else RECORDED)
        for role in groups.get(parts["role"], (parts["role"],)):
            found.append(Holding(**{**parts, "role": role}))
    return found
