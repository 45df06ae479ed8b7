# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads to ``/environments/{environment}/images``; what else images know is in ``plain.py``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import invalid_data
from ..plain import store
from ..plain.collection import Within
from ..plain.images import CONTENT_TYPES, IMAGES, dimensions, uploaded
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/images")


@router.post("")
async def upload_image(call: CurrentCall) -> Response:
    """A new image: the body is the file, its content type says of which kind."""
    within = Within(call.tenant, call.environment())
    call.check_content_type(*CONTENT_TYPES)
    size = dimensions(call.content_type, call.raw)
    if size is None:
        raise invalid_data("INVALID_VALUE", f"The body is not a picture of the type {call.content_type}.", "file")
    id_ = call.tenant.ids.object()
    members = uploaded(within, id_, call.content_type, size)
    image = store.put(IMAGES, within, members, id_=id_)
    return call.created(store.wire(IMAGES, within, image, call.api), f"{call.path}/{id_}")
