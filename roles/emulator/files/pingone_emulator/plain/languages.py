# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/languages``: in which languages the service speaks to users."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.base import Model, Name
from ..models.plain import Members, PlainObject
from ..problem import Problem
from .collection import PlainCollection, Within
from .store import objects

_DEFAULT = "en"
# Those that are known to be there; the service has more.
_OF_THE_SERVICE = {
    _DEFAULT: "English",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "pl": "Polish",
    "pt": "Portuguese",
}
_NOT_ENABLED = "The language must be enabled before it is set as the default"


class LanguageBody(Model):
    """What may be sent."""

    locale: Name
    name: str | None = None
    default: bool
    enabled: bool


def _initial(_within: Within) -> Iterator[Members]:
    """The languages of the service; that only one is enabled at first is (inferred)."""
    for locale, name in _OF_THE_SERVICE.items():
        is_default = locale == _DEFAULT
        yield {
            "locale": locale,
            "name": name,
            "default": is_default,
            "enabled": is_default,
            "customerAdded": False,
        }


def _added(sent: Members, current: PlainObject | None, _within: Within) -> Members:
    """The name of a language that brings none is its locale (inferred)."""
    added_by_customer = current.members["customerAdded"] if current else True
    name = current.members["name"] if current else sent["locale"]
    return {"name": sent.get("name", name), "customerAdded": added_by_customer}


def _check(members: Members, _current: PlainObject | None, _within: Within) -> Iterator[Problem]:
    if members["default"] and not members["enabled"]:
        yield Problem("CONSTRAINT_VIOLATION", _NOT_ENABLED, "default", headline=_NOT_ENABLED)


def _check_removal(language: PlainObject, _within: Within) -> Iterator[Problem]:
    if not language.members["customerAdded"]:
        yield Problem("CONSTRAINT_VIOLATION", "Languages of the service cannot be deleted.", "locale")  # (inferred)


LANGUAGES = PlainCollection(
    name="languages",
    item="language",
    body=LanguageBody,
    unique=("locale",),
    one_default=True,
    fixed=("locale",),
    initial=_initial,
    added=_added,
    check=_check,
    check_removal=_check_removal,
)


def language_problems(locale: str | None, within: Within) -> Iterator[Problem]:
    """What keeps somebody from being spoken to in the language: it has to be an enabled one (inferred)."""
    if locale is None or not within.tenant.switches.strict_references:
        return
    enabled = {one.members["locale"] for one in objects(LANGUAGES, within).values() if one.members["enabled"]}
    if locale not in enabled:
        text = "preferredLanguage must be the locale of an enabled language"
        yield Problem("INVALID_VALUE", text, "preferredLanguage", {"allowedValues": sorted(enabled)})
