# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCIM filters, as far as PingOne's management API reads them.

``expression := term (("and" | "or") term)*``,
``term := "(" expression ")" | attribute operator "literal" | attribute "[" expression "]"``;
keywords in either case, parentheses as deep as anybody writes them, ``\\"`` and ``\\\\`` inside a literal. ``and``
binds closer than ``or`` (RFC 7644, section 3.4.2.2). What stands in brackets is about one element of a list: the
attribute ``id`` in ``memberOfGroups[id eq "..."]`` is named ``memberOfGroups[id]`` by those who support it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from .errors import ApiError, invalid_data

Predicate = Callable[[Mapping[str, Any]], bool]

_DEEPEST = 150  # parentheses; both reading and applying a filter go as deep as it does
_TOKEN = re.compile(r'\s*(?:(?P<paren>[()\[\]])|"(?P<literal>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()\[\]"]+))')


def parse(text: str, supported: Mapping[str, tuple[str, ...]], *, alternatives: bool = True) -> Predicate:
    """Turn a filter into a predicate over an object as the API shows it.

    ``supported`` names the attributes of the collection with the operators of each, ``alternatives`` is whether it
    knows ``or``. Raises ApiError (400, ``INVALID_FILTER``) for anything else.
    """
    parser = _Parser(_tokens(text, supported), supported)
    predicate = parser.expression()
    if parser.rest():
        raise _invalid("unexpected text after the filter", supported)
    if parser.has_alternatives and not alternatives:
        raise _invalid("or is not supported", supported)
    return predicate


def conditions(text: str, supported: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The literals of a filter that names each supported attribute once, by attribute.

    Some collections do not look at what their objects hold, but take what they need from the filter. Raises ApiError
    (400, ``INVALID_FILTER``) for any other filter.
    """
    parser = _Parser(_tokens(text, supported), supported)
    parser.expression()
    literals = dict(parser.comparisons)
    if parser.rest() or parser.has_alternatives or len(parser.comparisons) != len(literals):
        raise _invalid("each attribute is named once, joined by and", supported)
    if set(literals) != set(supported):
        raise _invalid(f"{' and '.join(sorted(supported))} are needed", supported)
    return literals


def date_time(text: str) -> datetime:
    """A time literal in UTC, which counts when no zone is named. Raises ApiError (400, ``INVALID_FILTER``)."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise invalid_data("INVALID_FILTER", f"{text} is not a date-time", "filter") from None


def _tokens(text: str, supported: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _invalid("a literal is not closed", supported)
        kind = str(match.lastgroup)
        value = match.group(kind)
        tokens.append((kind, re.sub(r"\\(.)", r"\1", value) if kind == "literal" else value))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, tokens: list[tuple[str, str]], supported: Mapping[str, tuple[str, ...]]) -> None:
        self._tokens = tokens
        self._supported = supported
        self._depth = 0
        self._list = ""  # the attribute before the brackets that are open
        self.comparisons: list[tuple[str, str]] = []  # attribute and literal, as they stand in the filter
        self.has_alternatives = False

    def rest(self) -> bool:
        return bool(self._tokens)

    def expression(self) -> Predicate:
        alternatives = [self._conjunction()]
        while self._keyword("or"):
            alternatives.append(self._conjunction())
        if len(alternatives) == 1:
            return alternatives[0]
        self.has_alternatives = True
        return lambda item: any(alternative(item) for alternative in alternatives)

    def _conjunction(self) -> Predicate:
        terms = [self._term()]
        while self._keyword("and"):
            terms.append(self._term())
        if len(terms) == 1:
            return terms[0]
        return lambda item: all(term(item) for term in terms)

    def _term(self) -> Predicate:
        kind, value = self._next()
        if (kind, value) == ("paren", "("):
            return self._enclosed(")")
        if kind != "word":
            raise _invalid("an attribute is missing", self._supported)
        if self._tokens and self._tokens[0] == ("paren", "["):
            return self._elements(value)
        return self._comparison(value)

    def _enclosed(self, end: str) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _invalid(f"it has more than {_DEEPEST} parentheses in each other", self._supported)
        inner = self.expression()
        self._depth -= 1
        if self._next() != ("paren", end):
            raise _invalid("a parenthesis is not closed", self._supported)
        return inner

    def _elements(self, attribute: str) -> Predicate:
        """Whether an element of the list is as the brackets say."""
        if self._list:
            raise _invalid("there are brackets in brackets", self._supported)
        self._next()
        self._list = attribute
        inner = self._enclosed("]")
        self._list = ""
        return lambda item: any(inner(element) for element in item.get(attribute) or ())

    def _comparison(self, attribute: str) -> Predicate:
        operator = self._next()[1].lower()
        kind, literal = self._next()
        name = f"{self._list}[{attribute}]" if self._list else attribute
        if operator not in self._supported.get(name, ()):
            raise _invalid(f"{name} {operator} is not supported", self._supported)
        if kind != "literal" and not (kind == "word" and literal in ("true", "false")):
            raise _invalid("a literal is missing", self._supported)
        self.comparisons.append((attribute, literal))
        return lambda item: _compare(operator, _value(item, attribute), literal)

    def _keyword(self, word: str) -> bool:
        if self._tokens and self._tokens[0][0] == "word" and self._tokens[0][1].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _next(self) -> tuple[str, str]:
        return self._tokens.pop(0) if self._tokens else ("end", "")


def _value(item: Mapping[str, Any], attribute: str) -> Any:
    value: Any = item
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _compare(operator: str, value: Any, literal: str) -> bool:
    if value is None:
        return False
    if operator in ("lt", "le", "gt", "ge"):
        left, right = date_time(str(value)), date_time(literal)
        return {"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[operator]
    left_text, right_text = (str(value).lower(), literal.lower())
    if operator == "sw":
        return left_text.startswith(right_text)
    if operator == "ew":
        return left_text.endswith(right_text)
    if operator == "co":
        return right_text in left_text
    return (left_text == right_text) is (operator == "eq")


def _invalid(reason: str, supported: Mapping[str, tuple[str, ...]]) -> ApiError:
    operators = sorted({operator for names in supported.values() for operator in names})
    return invalid_data(
        "INVALID_FILTER",
        f"The filter cannot be used: {reason}.",
        "filter",
        supportedAttributes=sorted(supported),
        supportedOperators=operators,
    )
