# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of plain collections, as they are stored."""

from __future__ import annotations

from typing import Any

from .base import Model

Members = dict[str, Any]  # by the names of the API, in the order in which they are shown


class PlainObject(Model):
    """An object of a plain collection: what was sent, and what the service added when it was stored."""

    id: str
    members: Members
    created_at: str
    updated_at: str
