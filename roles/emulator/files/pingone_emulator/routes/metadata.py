# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/environments/{environment}/applications/{application}/metadata``: what a customer keeps with an application.

Applications link to it since 2026; since when it is there is not known, so it is at all dates (inferred).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..errors import not_found
from ..models.application import PLATFORM_TYPES, Application, MetadataBody
from .applications import find
from .call import Call
from .dependencies import CurrentCall

router = APIRouter(prefix="/v1/environments/{environment}/applications/{application}/metadata")


@router.get("")
async def read_metadata(call: CurrentCall) -> Response:
    """What is kept, at first nothing."""
    return call.ok(_shown(call, _application(call)))


@router.put("")
async def replace_metadata(call: CurrentCall) -> Response:
    """Keep something else."""
    application = _application(call)
    application.metadata = call.read(MetadataBody).metadata
    return call.ok(_shown(call, application))


def _application(call: Call) -> Application:
    """The application of the path; those without the link have no metadata (inferred)."""
    application = find(call)
    if not isinstance(application, Application) or application.type in PLATFORM_TYPES:
        raise not_found()
    return application


def _shown(call: Call, application: Application) -> dict[str, Any]:
    """The free object; the links are (inferred)."""
    environment = call.url(f"/environments/{application.environment.id}")
    self_ = f"{environment}/applications/{application.id}"
    return {
        "_links": {
            "self": {"href": f"{self_}/metadata"},
            "environment": {"href": environment},
            "application": {"href": self_},
        },
        "metadata": application.metadata,
    }
