# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what a client may meet, on chosen calls, a chosen number of times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

LateKind = Literal["environment", "application", "role", "secret", "grant", "theme", "assigner", "list", "deletion"]
LATE_KINDS: tuple[str, ...] = get_args(LateKind)


class Fault(BaseModel):
    """One fault: what goes wrong, on which calls, how often."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["latency", "status", "drop", "expired_token"]
    method: str | None = None  # all methods when left out
    path: str | None = None  # a regular expression that is searched in the path; all paths when left out
    count: Annotated[int, Field(ge=1)] | None = None  # how many calls are hit; all when left out
    skip: Annotated[int, Field(ge=0)] = 0  # how many matching calls pass before the first is hit
    milliseconds: Annotated[int, Field(ge=0)] = 0  # latency
    status: Literal[408, 429, 500, 502, 503, 504] = 500  # status
    retry_after: Annotated[int, Field(ge=0)] | None = None  # status: seconds, as a header
    retry_after_form: Literal["seconds", "date"] = "seconds"
    when: Literal["before", "after"] = "before"  # status and drop: before or after the write took place

    @field_validator("path")
    @classmethod
    def _is_expression(cls, path: str | None) -> str | None:
        try:
            re.compile(path or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return path

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault is meant for such a call."""
        return (self.method is None or self.method.upper() == method) and (
            self.path is None or re.search(self.path, path) is not None
        )


@dataclass
class Lateness:
    """How many seconds news takes to arrive, by kind; 0 means at once."""

    environment: float = 0.0
    application: float = 0.0
    role: float = 0.0
    secret: float = 0.0
    grant: float = 0.0  # of a new application, and the attributes of a SAML one
    theme: float = 0.0  # of a new population
    assigner: float = 0.0  # of a custom role: what a role shows in canAssign
    list: float = 0.0
    deletion: float = 0.0  # of an environment: lists in it still answer

    def set(self, seconds: Mapping[Any, float]) -> None:
        """Change the kinds that are named."""
        for kind, value in seconds.items():
            setattr(self, kind, value)


@dataclass
class Faults:
    """All faults in force."""

    scripted: list[Fault] = field(default_factory=list)
    late: Lateness = field(default_factory=Lateness)
    latency_ms: int = 0
    requests_per_second: int | None = None
    page_size: int | None = None
    _second: tuple[int, int] = (0, 0)

    def take(self, method: str, path: str) -> list[Fault]:
        """The faults that hit this call: any latency, and the first of the others. Their counts go down."""
        hit: list[Fault] = []
        failing = False
        for fault in self.scripted:
            if not fault.matches(method, path) or (failing and fault.kind != "latency"):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            failing = failing or fault.kind != "latency"
            hit.append(fault)
            if fault.count is not None:
                fault.count -= 1
        if hit:
            self.scripted = [fault for fault in self.scripted if fault.count != 0]
        return hit

    def over_limit(self, seconds: float) -> bool:
        """Count a call in its second; true when it is one too many."""
        if self.requests_per_second is None:
            return False
        second, calls = self._second
        calls = calls + 1 if int(seconds) == second else 1
        self._second = (int(seconds), calls)
        return calls > self.requests_per_second


def retry_after(seconds: int, form: str, now: datetime) -> str:
    """The value of ``Retry-After`` (RFC 9110, section 10.2.3): seconds, or a date."""
    if form == "date":
        return format_datetime(now + timedelta(seconds=seconds), usegmt=True)
    return str(seconds)


def lateness(text: str) -> dict[str, float]:
    """Read ``environment=2,role=0.5``. Raises ValueError with a sentence that says what is wrong."""
    return dict(_late(entry) for entry in text.split(",") if entry)


def _late(entry: str) -> tuple[str, float]:
    kind, _equals, seconds = entry.partition("=")
    if kind not in LATE_KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(LATE_KINDS)}")
    try:
        value = float(seconds)
    except ValueError:
        raise ValueError(f"{kind} needs a number of seconds, as in {kind}=2") from None
    if value < 0:
        raise ValueError(f"{kind} needs seconds that are not negative")
    return kind, value


def longest(faults: Iterable[Fault]) -> float:
    """The seconds that the call is held back."""
    return sum(fault.milliseconds for fault in faults if fault.kind == "latency") / 1000.0
