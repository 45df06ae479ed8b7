# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts for users: what an object is called, and sentences. This module is private to the collection."""

from __future__ import annotations

import difflib
import typing as t
import unicodedata

from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

# More names than this in one sentence help nobody.
_SHOWN_NAMES: t.Final = 3
# In characters: what is longer may be a secret in the wrong place, of which those that PingOne makes have 64.
_LONGEST_QUOTED: t.Final = 12
# In characters: as much of a text as a sentence repeats. No name that PingOne takes is longer than 256.
_LONGEST_REPEATED: t.Final = 200
# What tells objects of one name apart at a glance.
_TELLING: t.Final = ("type", "protocol", "package", "status")
# What turns the direction of the text after it, beside the characters that Unicode classes so.
_DIRECTION_MARKS: t.Final = frozenset("\u061c\u200e\u200f")
_DIRECTIONS: t.Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Control characters, separators of lines and of paragraphs, and halves of characters, which no terminal can show.
_UNPRINTABLE: t.Final = frozenset({"Cc", "Zl", "Zp", "Cs"})


def printable(text: str) -> str:
    """Return a text on one line in which nothing moves a cursor, colors, or turns the direction of what is read.

    Such characters are shown as Python writes them: C(\\x1b), C(\\n), C(\\u202e).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) if _is_unsafe(character) else character for character in text)


def _is_unsafe(character: str) -> bool:
    if unicodedata.category(character) in _UNPRINTABLE or character in _DIRECTION_MARKS:
        return True
    return unicodedata.bidirectional(character) in _DIRECTIONS


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def title(wire: Wire) -> str:
    """Return what an object is called in sentences: its name, a user's username, or its id."""
    # What is called the name of a user is an object of its parts.
    return str(wire.get("username") or wire.get("name") or wire["id"])


def nearest_names(wanted: str, names: t.Iterable[str]) -> str:
    """Return the three names that are most like one that was not found, and how many more there are."""

    def distance(name: str) -> tuple[float, str]:
        return (-difflib.SequenceMatcher(None, wanted.casefold(), name.casefold()).ratio(), name)

    ordered = sorted(set(names), key=distance)
    more = f" and {len(ordered) - _SHOWN_NAMES} more" if len(ordered) > _SHOWN_NAMES else ""
    return ", ".join(ordered[:_SHOWN_NAMES]) + more


def told_apart(objects: t.Iterable[Wire]) -> str:
    """Return the ids of objects of one name, each with what tells it from the others, the oldest first."""
    ordered = sorted(objects, key=lambda item: (str(item.get("createdAt") or ""), str(item["id"])))
    return ", ".join(_told(item) for item in ordered)


def _told(item: Wire) -> str:
    facts = [str(item[member]) for member in _TELLING if item.get(member)]
    facts += [f"created {item['createdAt']}"] if item.get("createdAt") else []
    return f"{item['id']} ({', '.join(facts)})" if facts else str(item["id"])


def hinted(value: str) -> str:
    """Return what may be shown of a value that may be a secret in the wrong place: its length, and how it begins."""
    begins = f" that begins with '{value[:2]}'" if len(value) > 2 else ""
    return f"a value of {len(value)} characters{begins}"


def quoted(value: str) -> str:
    """Return a value that was not understood, as it may be repeated: only hinted at where it may be a secret."""
    return hinted(value) if may_be_secret(value) else f"'{value}'"


def may_be_secret(value: str) -> bool:
    """Tell whether a value that was not understood is too long for a slip, and so may be a secret."""
    return len(value) > _LONGEST_QUOTED


def shortened(text: str) -> str:
    """Return the beginning of a text that is too long for a sentence; no secret may be in it any more.

    A part of a secret that was cut is not recognized by C(redact_message).
    """
    return text if len(text) <= _LONGEST_REPEATED else text[:_LONGEST_REPEATED] + "..."


def long_texts(value: t.Any) -> t.Iterator[str]:
    """Yield each text of options that C(shortened) would cut. value: plain data as JSON has it."""
    if isinstance(value, str) and len(value) > _LONGEST_REPEATED:
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from long_texts(item)


def capital(text: str) -> str:
    """Return a text with a capital first letter and the rest as it was."""
    return text[:1].upper() + text[1:]


def sentence(subject: str, message: str) -> str:
    """Join what happened and what was said of it into one sentence that ends in a full stop."""
    whole = f"{subject}: {message}" if message else subject
    return whole if whole.endswith(".") else whole + "."
