# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking secrets out of what leaves a task.

A message is made for people, so every secret is taken out of it. A value is data that somebody uses: its keys stay as
they are, and so does what only happens to hold a short secret, which may be a word. Whoever cuts, strips or quotes a
text redacts it first because a part of a secret is not recognized any more.

The placeholders are those of ansible-core, so that a text reads the same whoever replaced the secret in it. This is
not C(remove_values) of ansible-core, which warns from 2.22 on. This module is private to the collection.
"""

from __future__ import annotations

import base64
import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

WHOLE: t.Final = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
PART: t.Final = "********"
# A secret of fewer characters is taken out of messages alone.
SHORTEST_IN_VALUES: t.Final = 8
_PEM_LABEL: t.Final = re.compile(r"-----[A-Z0-9 ]+-----")


class SecretKeeper:
    """Whom a client tells its waits and the secrets that it receives; a task shows or keeps them, this one does not."""

    def secret(self, value: str) -> str:
        """Remember a text as secret; return it."""
        return value

    def redact(self, said: t.Any) -> t.Any:
        """Return what the service or a library says without any secret, before anything is made of it."""
        return said

    def progress(self, message: str, waited: float) -> None:
        """Be told what is waited for, and for how many seconds with the pause that comes now."""


def redact(value: t.Any, secrets: t.Iterable[str]) -> t.Any:
    """Return a copy of a value in which no secret is left; keys, and what holds a short secret, stay as they are.

    value: plain data as JSON has it.
    secrets: what must not be in it; also found are their other spellings, such as the URL-encoded one.

    A text that is a secret becomes C(VALUE_SPECIFIED_IN_NO_LOG_PARAMETER), a secret in a longer text eight asterisks.
    """
    return _redacted(value, _spellings_of(secret for secret in secrets if len(secret or "") >= SHORTEST_IN_VALUES))


def redact_message(value: t.Any, secrets: t.Iterable[str]) -> t.Any:
    """Return a copy of a text, or of an answer that a text is made of, in which no secret is left, a short one neither.

    The rest is as for C(redact).
    """
    return _redacted(value, _spellings_of(secrets))


def parts_of(secret: str) -> set[str]:
    """Return what must not be shown of a secret beside its whole: each line of a text, the private members of a JWK.

    What is as short as a word is left out, as are the lines of PEM that only say what it is.
    """
    if secret.lstrip().startswith("{"):
        try:
            members = json.loads(secret)
        except (ValueError, RecursionError):
            return set()
        # RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1.
        found = [members.get(name) for name in ("d", "p", "q", "dp", "dq", "qi", "k")]
    else:
        lines = _PEM_LABEL.sub("\n", secret).splitlines()
        # A PEM key may have lost its line ends on its way.
        found = [part for line in lines for part in (line.split() if _PEM_LABEL.search(secret) else [line.strip()])]
    return {part for part in found if isinstance(part, str) and len(part) >= SHORTEST_IN_VALUES} - {secret}


def _redacted(value: t.Any, spellings: list[str]) -> t.Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {str(key): _redacted(item, spellings) for key, item in value.items()}
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


def _spellings_of(secrets: t.Iterable[str]) -> list[str]:
    """Return all spellings, the longest first, so that nothing is left of a secret of which another one is a part."""
    whole = {secret for secret in secrets if secret}
    found = {spelling for secret in whole for part in {secret} | parts_of(secret) for spelling in _spellings(part)}
    return sorted(found, key=lambda spelling: (-len(spelling), spelling))


def _spellings(secret: str) -> set[str]:
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
        base64.b64encode(secret.encode()).decode(),
    }
