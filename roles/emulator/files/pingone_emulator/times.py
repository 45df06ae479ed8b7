# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the API writes and reads them: RFC 3339."""

from __future__ import annotations

import re
from datetime import datetime

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def stamp(moment: datetime) -> str:
    """RFC 3339 with milliseconds, of a moment in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def instant(text: str) -> datetime:
    """RFC 3339 text as a moment. Raises ValueError without a zone or for anything else."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"{text} is no date-time with a zone")
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
