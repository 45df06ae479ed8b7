# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of the service, and how the emulator's are compared with them.

Both answers are made neutral first: each id becomes a number in the order in which the ids appear, so that the same
id in two places has to be the same in both; times, the host and the region of addresses become words. Then members,
their order and all values have to be equal, but for the exclusions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pingone_emulator.api_date import ApiDate

_UUID = re.compile(r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b")
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
_HASH = re.compile(r"'[A-Za-z0-9+/]{43}='")  # of the header that the gateway could not read
_HOST = re.compile(r"^https?://(api|127)[^/]*/v1")


@dataclass(frozen=True)
class Exclusion:
    """What is not compared: places of files, and why. Both are patterns of a shell.

    The order of a list is a place of its own: that of the list with ``.order``.
    """

    files: str
    place: str
    reason: str

    def covers(self, file: str, place: str) -> bool:
        """Whether a place of a file is left out."""
        return fnmatchcase(file, self.files) and fnmatchcase(place, self.place)


@dataclass(frozen=True)
class Recording:
    """One file: a request, and what the service answered."""

    name: str
    request: dict[str, Any]
    status: int | None
    headers: dict[str, str]
    body: Any
    description: str | None = None  # what error_description holds, where the whole is not known

    @property
    def api_date(self) -> ApiDate:
        """The state of the API that was recorded: the newest that is not younger than the year in the file's name."""
        year = re.sub(r"\D", "", self.name.partition("-")[0])
        return max(date for date in ApiDate if date.value[:4] <= year)

    @property
    def path(self) -> str:
        """Path and query of the request, as far as the file has them."""
        return re.sub(r"^https://[^/]+", "", self.request.get("url") or "/v1" + self.request["path"])


def read(path: Path) -> Recording:
    """The recording in a file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    answer = document["response"]
    return Recording(
        name=path.stem,
        request=document["request"],
        status=answer["status"],
        headers=answer.get("headers", {}),
        body=answer["body"],
        description=answer.get("errorDescriptionPattern"),
    )


@dataclass
class Comparison:
    """What was compared, with what result."""

    exclusions: tuple[Exclusion, ...]
    members: int = 0
    differences: list[str] = field(default_factory=list)
    left_out: dict[Exclusion, int] = field(default_factory=dict)

    def compare(self, file: str, recorded: Any, answered: Any) -> None:
        """Compare two documents."""
        self._walk(file, "$", neutral(recorded), neutral(answered))

    def _is_left_out(self, file: str, place: str) -> bool:
        exclusion = next((one for one in self.exclusions if one.covers(file, place)), None)
        if exclusion is not None:
            self.left_out[exclusion] = self.left_out.get(exclusion, 0) + 1
        return exclusion is not None

    def _walk(self, file: str, place: str, recorded: Any, answered: Any) -> None:
        if self._is_left_out(file, place):
            return
        if isinstance(recorded, dict) and isinstance(answered, dict):
            self._members(file, place, recorded, answered)
        elif isinstance(recorded, list) and isinstance(answered, list):
            self._check(file, f"{place}.length", len(recorded), len(answered))
            if self._is_left_out(file, f"{place}.order"):
                recorded, answered = sorted(recorded, key=json.dumps), sorted(answered, key=json.dumps)
            for number, (one, other) in enumerate(zip(recorded, answered, strict=False)):
                self._walk(file, f"{place}[{number}]", one, other)
        else:
            self._check(file, place, recorded, answered)

    def _members(self, file: str, place: str, recorded: dict[str, Any], answered: dict[str, Any]) -> None:
        left_out = {name for name in recorded if any(one.covers(file, f"{place}.{name}") for one in self.exclusions)}
        order = [name for name in recorded if name not in left_out or name in answered]
        self._check(file, f"{place}, the members", order, list(answered))
        for name in recorded:
            self.members += 1
            if name in answered or name in left_out:
                self._walk(file, f"{place}.{name}", recorded[name], answered.get(name))

    def _check(self, file: str, place: str, recorded: Any, answered: Any) -> None:
        if recorded != answered:
            self.differences.append(f"{file}, {place}: recorded {recorded!r}, answered {answered!r}")

    def summary(self, files: int) -> list[str]:
        """What to print at the end of a run."""
        head = f"{files} files, {self.members} members checked, {len(self.differences)} differences"
        return [
            f"Emulator against recorded answers of the service: {head}",
            *(
                f"  left out ({self.left_out.get(one, 0)} times): {one.files} {one.place}: {one.reason}"
                for one in self.exclusions
            ),
        ]


def neutral(document: Any) -> Any:
    """The document without what differs between two runs of the same service."""
    ids: dict[str, str] = {}

    def walk(value: Any, constant: bool) -> Any:
        if isinstance(value, dict):
            return {name: walk(member, constant or name == "roles") for name, member in value.items()}
        if isinstance(value, list):
            return [walk(item, constant) for item in value]
        if not isinstance(value, str):
            return value
        text = _HASH.sub("'HASH'", _TIME.sub("TIME", _HOST.sub("API", value)))
        return text if constant or text.startswith("API/roles") else _UUID.sub(number, text)

    def number(match: re.Match[str]) -> str:
        return ids.setdefault(match.group(0).lower(), f"ID{len(ids) + 1}")

    return walk(document, False)


def files(folder: Path) -> Iterator[Path]:
    """The recorded answers in the folder."""
    return (path for path in sorted(folder.glob("*.json")) if not path.name.startswith("roles-"))
