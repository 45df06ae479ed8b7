# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types that everything here speaks of, and what narrows one. This module is private to the collection."""

from __future__ import annotations

import typing as t

# An object as the service sends it, or takes it.
Wire = dict[str, t.Any]
Wires = list[Wire]
# Is told what is waited for, and for how many seconds, with the pause that comes now.
Progress = t.Callable[[str, float], None]

_Value = t.TypeVar("_Value")


def certain(value: _Value | None) -> _Value:
    """Return a value that the order of the steps guarantees. Raises AssertionError, a defect, when it is missing."""
    if value is None:
        raise AssertionError("a step came before the one that it needs")
    return value
