# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/images``: pictures, which applications and themes show.

An image is uploaded as the bytes of its file, in ``routes/images.py``; it is never changed, and not listed.
"""

from __future__ import annotations

import io

from ..models.base import Model
from ..models.plain import Members
from .collection import DELETE, READ, PlainCollection, Within

# The types that may be sent -> the type that is shown: a GIF becomes a PNG (inferred from the address).
CONTENT_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "png"}
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}


class ImageReference(Model):
    """An image that something shows."""

    id: str
    href: str


IMAGES = PlainCollection(name="images", item="image", operations=frozenset({READ, DELETE}), times=("createdAt",))


def dimensions(content_type: str, raw: bytes) -> tuple[int, int] | None:
    """Width and height of a picture; None for bytes that are not a picture of the type."""
    if not raw.startswith(_SIGNATURES[content_type]):
        return None
    import imagesize  # most emulators get no image, and start without it

    width, height = imagesize.get(io.BytesIO(raw))
    return (int(width), int(height)) if width > 0 and height > 0 else None


def uploaded(within: Within, image_id: str, content_type: str, size: tuple[int, int]) -> Members:
    """The members of an image."""
    target_id = within.tenant.ids.object()
    domain = within.tenant.organization.domain
    file = f"{image_id}_{target_id}_original.png"  # the extension of every image, whatever was sent
    original = {
        "id": target_id,
        "href": f"https://uploads.{domain}/environments/{within.state.environment.id}/images/{file}",
        "type": CONTENT_TYPES[content_type],
        "width": size[0],
        "height": size[1],
    }
    return {"targets": {"original": original}}
