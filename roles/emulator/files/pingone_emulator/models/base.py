# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all models share: PingOne's member names, strict types, and the rule of echoing what was sent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel
from typing_extensions import Self


class Model(BaseModel):
    """A document of the API. Unknown members are ignored; ``null`` counts as not sent."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", strict=True, defer_build=True
    )

    @classmethod
    def of(cls, body: Any) -> Self:
        """Check a request body. Raises pydantic.ValidationError."""
        return cls.model_validate(body, by_alias=True, by_name=False)

    def shown(self) -> dict[str, Any]:
        """The members that were sent or given a value by the service, and no others."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)

    def given(self, model: type[Model] | None = None) -> dict[str, Any]:
        """The members that were sent, by their Python names; those of one of its base models when that is named."""
        fields = (model or type(self)).model_fields
        sent = {name: getattr(self, name) for name in fields if name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None}

    @classmethod
    def stored(cls, **members: Any) -> Self:
        """The document from members by their Python names; several times as fast as ``model_construct``."""
        return cls.model_validate(members, by_alias=False, by_name=True)

    @classmethod
    def named(cls, members: Mapping[str, Any]) -> dict[str, Any]:
        """The members by PingOne's names, as ``shown`` would show them."""
        fields = cls.model_fields
        return {
            str(fields[name].alias): value.shown() if isinstance(value, Model) else value
            for name, value in members.items()
        }


class Reference(Model):
    """``{"id": ...}``."""

    id: str


def _truncated(value: Any) -> Any:
    return int(value) if isinstance(value, float) and math.isfinite(value) else value


def in_order(document: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """The document with the members of ``order`` first, in that order, and the others behind them."""
    return {name: document[name] for name in dict.fromkeys((*order, *document)) if name in document}


# The service truncates a float that is sent for an integer.
Whole = Annotated[int, BeforeValidator(_truncated)]
Name = Annotated[str, StringConstraints(min_length=1)]
