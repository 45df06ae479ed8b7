# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking secrets out of what leaves a task.

The placeholders are those of ansible-core, so that a text reads the same whoever replaced the secret in it. This is
not C(remove_values) of ansible-core, which warns from 2.22 on. This module is private to the collection.
"""

from __future__ import annotations

import base64
import json
import typing as t
from urllib.parse import quote, quote_plus

WHOLE: t.Final = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
PART: t.Final = "********"


def redact(value: t.Any, secrets: t.Iterable[str]) -> t.Any:
    """Return a copy of a value in which no secret is left, in keys neither.

    value: plain data as JSON has it, or a text.
    secrets: what must not be in it; also found are their URL-encoded, JSON-encoded and base64 spellings.

    A text that is a secret becomes C(VALUE_SPECIFIED_IN_NO_LOG_PARAMETER), a secret in a longer text eight asterisks.
    """
    found = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
    # The longest first, so that no part of a secret is left when another one is a part of it.
    return _redacted(value, sorted(found, key=lambda spelling: (-len(spelling), spelling)))


def _redacted(value: t.Any, spellings: list[str]) -> t.Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {_redacted_text(str(key), spellings): _redacted(item, spellings) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redacted(item, spellings) for item in value]
    if isinstance(value, (int, float)):
        return WHOLE if any(spelling in str(value) for spelling in spellings) else value
    return _redacted_text(str(value), spellings)


def _redacted_text(text: str, spellings: list[str]) -> str:
    if text in spellings:
        return WHOLE
    for spelling in spellings:
        text = text.replace(spelling, PART)
    return text


def _spellings(secret: str) -> set[str]:
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    }
