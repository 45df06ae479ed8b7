# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HAL envelopes, absolute links and cursor paging (draft-kelly-json-hal, and PingOne's page on paging)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from .errors import invalid_data

_DIGITS = 9  # of the largest number in a query

Links = dict[str, dict[str, str]]


def links(**hrefs: str) -> Links:
    """``_links`` from relation names and absolute addresses."""
    return {relation: {"href": href} for relation, href in hrefs.items()}


def page(
    items: Sequence[Any], query: Mapping[str, str], default: int, maximum: int
) -> tuple[Sequence[Any], str | None]:
    """The items that this request gets, and the cursor of the next page, if there is one.

    ``limit`` above the maximum is not honoured, as the service does; the answer says what it holds.
    """
    limit = min(_limit(query.get("limit"), default), maximum)
    start = _offset(query.get("cursor"))
    end = start + limit
    return items[start:end], _cursor(end) if end < len(items) else None


@dataclass(frozen=True)
class Envelope:
    """How the envelopes of lists differ, as recorded; what was not recorded has the defaults (inferred)."""

    has_count: bool = True
    self_query: Literal["as sent", "sorted", "none"] = "as sent"
    has_limit: bool = True  # whether the list knows the parameter limit


ENVELOPE = Envelope()


def collection(
    name: str,
    shown: list[dict[str, Any]],
    total: int,
    address: str,
    query: Mapping[str, str],
    next_cursor: str | None,
    envelope: Envelope = ENVELOPE,
) -> dict[str, Any]:
    """The envelope of a list: ``_links``, ``_embedded``, ``count`` (all items) and ``size`` (this page)."""
    relations = {"self": address + _query(query, envelope)}
    if next_cursor is not None:
        relations["next"] = address + _query({**query, "cursor": next_cursor}, ENVELOPE)
    count = {"count": total} if envelope.has_count else {}
    return {"_links": links(**relations), "_embedded": {name: shown}, **count, "size": len(shown)}


def _query(query: Mapping[str, str], envelope: Envelope) -> str:
    if not query or envelope.self_query == "none":
        return ""
    pairs = sorted(query.items()) if envelope.self_query == "sorted" else query.items()
    return "?" + urlencode(list(pairs), quote_via=quote)


def _limit(text: str | None, default: int) -> int:
    if text is None:
        return default
    # The first digits tell that a number is larger than any page.
    limit = int(text.lstrip("0")[:_DIGITS] or "0") if text.isdecimal() else 0
    if limit < 1:
        raise invalid_data("OUT_OF_RANGE", "limit must be a whole number of at least 1", "limit", rangeMinimumValue=1)
    return limit


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, _colon, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        word, number = "", ""
    if word != "offset" or not number.isdecimal() or len(number) > _DIGITS:
        raise invalid_data("INVALID_PARAMETER", "The cursor is not one of this collection.", "cursor")
    return int(number)
