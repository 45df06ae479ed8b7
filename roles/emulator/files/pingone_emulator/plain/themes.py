# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/themes``: how the pages of the service look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..models.base import Model
from ..models.plain import Members, PlainObject
from .collection import PlainCollection, Within
from .images import IMAGES, ImageReference
from .store import default


class Configuration(Model):
    """Colors and pictures."""

    name: str | None = None
    background_type: Literal["COLOR", "IMAGE", "DEFAULT", "NONE"]
    background_color: str | None = None
    background_image: ImageReference | None = None
    body_text_color: str
    button_color: str
    button_text_color: str
    card_color: str
    heading_text_color: str
    link_text_color: str
    logo_type: Literal["NONE", "IMAGE"]
    logo: ImageReference | None = None
    footer: str | None = None


class ThemeBody(Model):
    """What may be sent."""

    template: Literal["default", "focus", "mural", "slate", "split"]
    default: bool
    configuration: Configuration


def _initial(_within: Within) -> Iterator[Members]:
    """The theme that comes with an environment; that there is one is known, its look is (inferred)."""
    yield {
        "template": "default",
        "default": True,
        "configuration": {
            "name": "Ping Default",
            "backgroundType": "DEFAULT",
            "bodyTextColor": "#263956",
            "buttonColor": "#4462ed",
            "buttonTextColor": "#ffffff",
            "cardColor": "#ffffff",
            "headingTextColor": "#22252f",
            "linkTextColor": "#2996cc",
            "logoType": "NONE",
        },
    }


def _removed(theme: PlainObject, within: Within) -> None:
    """Populations that had the theme go back to the default one (inferred)."""
    for population in within.state.populations.values():
        if population.theme is not None and population.theme.id == theme.id:
            population.theme.id = default(THEMES, within).id


THEMES = PlainCollection(
    name="themes",
    item="theme",
    body=ThemeBody,
    references={"configuration.logo.id": IMAGES, "configuration.backgroundImage.id": IMAGES},
    one_default=True,
    times=(),
    initial=_initial,
    removed=_removed,
)
