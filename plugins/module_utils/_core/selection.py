# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects of a collection a module that only reads is asked for: by name, by id, by a pattern, or all.

Other than a lookup, which needs exactly one, a selection takes any number, none included. This module is private to the
collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource

# At most one of these may be given.
SELECTION_RULE: t.Final = ("id", "name", "name_pattern")


def selection_options() -> dict[str, t.Any]:
    """Return the entries of an argument spec for a selection."""
    return {option: {"type": "str"} for option in SELECTION_RULE}


@dataclass(frozen=True)
class Selection:
    """What is asked for; all, when nothing is given.

    id, name: as the service has them; matched exactly.
    pattern: a regular expression for the whole name.
    attribute: the member that holds the name.
    """

    id: str | None = None
    name: str | None = None
    pattern: re.Pattern[str] | None = None
    attribute: str = "name"

    @property
    def is_all(self) -> bool:
        """Whether nothing limits it."""
        return not (self.id or self.name or self.pattern)

    @property
    def is_named(self) -> bool:
        """Whether it asks for an object by its name or id."""
        return bool(self.id or self.name)

    def of(self, listed: t.Iterable[Wire]) -> Wires:
        """Return those of the objects that are asked for, in the order of their names."""
        return sorted(filter(self._takes, listed), key=lambda item: (self._name(item), str(item["id"])))

    def read(self, resource: Resource) -> Wires:
        """Return the objects of a collection that are asked for; the service is asked for an id or a name alone."""
        if self.id and is_id(self.id):
            found = resource.get(self.id)
            return [found] if found else []
        # How the service reads an escaped character in a filter is not known.
        if self.name and '"' not in self.name and "\\" not in self.name:
            return self.of(resource.list(filter=f'{self.attribute} eq "{self.name}"'))
        return self.of(resource.list())

    def _takes(self, item: Wire) -> bool:
        if self.id:
            return bool(item["id"] == self.id)
        if self.name:
            return self._name(item) == self.name
        return self.pattern is None or self.pattern.fullmatch(self._name(item)) is not None

    def _name(self, item: Wire) -> str:
        return str(item.get(self.attribute) or "")


def selection_from(params: t.Mapping[str, t.Any], attribute: str = "name") -> Selection:
    """Return what the options ask for. Raises OptionError for an empty one, and for a pattern that is none."""
    check_not_empty(params, "id", "name")
    pattern = pattern_from(params, "name_pattern")
    return Selection(params.get("id"), params.get("name"), pattern, attribute)


def pattern_from(params: t.Mapping[str, t.Any], option: str) -> re.Pattern[str] | None:
    """Return the regular expression that an option gives, or None. Raises OptionError for an empty or a wrong one."""
    text = params.get(option)
    if text is None:
        return None
    if not text.strip():
        raise OptionError(option, f"{option} must not be empty; leave it out to have all.")
    return compiled(text, option, option)


def compiled(text: str, option: str, called: str) -> re.Pattern[str]:
    """Return a regular expression. Raises OptionError for what is none.

    called: what the sentence calls the option.
    """
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        # The last two are for a number of repetitions, and for brackets in brackets, that are more than Python takes.
        raise OptionError(option, f"{called} '{text}' is not a valid regular expression: {error}.") from None
