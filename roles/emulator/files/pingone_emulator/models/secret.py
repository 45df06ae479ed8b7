# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret of an application, and the bodies that rotate it."""

from __future__ import annotations

from pydantic import Field

from .base import Model


class PreviousBody(Model):
    """How long the secret that is replaced still counts."""

    expires_at: str


class RotateBody(Model):
    """The body of POST; with the media type of an import it brings the secret."""

    previous: PreviousBody | None = None
    secret: str | None = Field(default=None, min_length=8)


class Previous(Model):
    """The secret before the last rotation, while it still counts."""

    secret: str
    expires_at: str
    last_used: str | None = None


class Secret(Model):
    """The secret of an application."""

    secret: str
    previous: Previous | None = None
