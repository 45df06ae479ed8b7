# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON laid out as the service prints it: Jackson's default pretty printer, as recorded.

Objects stand on lines of their own, indented by two spaces a level; arrays stay on the line: ``[ {`` ... ``}, {``
... ``} ]``. ``json.dumps(indent=...)`` prints arrays otherwise and takes several times as long.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring as _text
from typing import Any


def encode(document: Any) -> bytes:
    """The document as UTF-8. Takes what JSON knows: dictionaries, lists, tuples, texts, numbers, booleans, None."""
    return _laid_out(document, "\n").encode()


def _laid_out(value: Any, line: str) -> str:
    """The value as text; ``line`` begins a line at the level of the object that the value is in."""
    if value.__class__ is str:
        return _text(value)
    if isinstance(value, dict):
        return _object(value, line) if value else "{ }"
    if isinstance(value, list | tuple):
        return f"[ {', '.join([_laid_out(item, line) for item in value])} ]" if value else "[ ]"
    literal = _LITERALS.get(value) if value.__class__ is bool else None
    return literal or json.dumps(value, ensure_ascii=False)


_LITERALS = {True: "true", False: "false"}  # they are frequent, and json.dumps is slow to start


def _object(value: dict[str, Any], line: str) -> str:
    inner = line + "  "
    members = [
        f"{_text(name)} : {_text(member) if member.__class__ is str else _laid_out(member, inner)}"
        for name, member in value.items()
    ]
    return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
