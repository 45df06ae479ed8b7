# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts for users: what an object is called, and sentences. This module is private to the collection."""

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire


def title(wire: Wire) -> str:
    """Return what an object is called in sentences: its name, a user's user name, or its id."""
    return str(wire.get("name") or wire.get("username") or wire["id"])


def capital(text: str) -> str:
    """Return a text with a capital first letter and the rest as it was."""
    return text[:1].upper() + text[1:]


def sentence(subject: str, message: str) -> str:
    """Join what happened and what was said of it into one sentence that ends in a full stop."""
    whole = f"{subject}: {message}" if message else subject
    return whole if whole.endswith(".") else whole + "."
