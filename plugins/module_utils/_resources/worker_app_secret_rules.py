# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options of a rotation go together, and what each may be. This module is private to the collection."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import quoted
from ansible_collections.idops.pingone.plugins.module_utils._base.times import parse_duration, parse_time
from ansible_collections.idops.pingone.plugins.module_utils._core.lookup import check_not_empty
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_plan import (
    LONGEST_KEPT,
    SHORTEST_KEPT,
    Wanted,
)

Params = t.Mapping[str, t.Any]

# The states in which an option means something. Those that have a default, on_live_previous and verify, do no harm in
# others.
_STATES_OF: t.Final = {
    "max_age": ("rotated",),
    "rotated_at": ("rotated", "previous_revoked"),
    "published_secret": ("present", "rotated"),
    "keep_previous_for": ("rotated",),
    "revoke_immediately": ("rotated",),
    "compromised_secret": ("rotated",),
    "only_if_unused_for": ("previous_revoked",),
    "return_secret": ("present", "rotated"),
}
# What says when and how a rotation is due, and so nothing about one that a leak makes necessary.
_OF_DUE_ROTATIONS: t.Final = ("max_age", "rotated_at", "keep_previous_for", "revoke_immediately")
# Which option gives rotated_at its meaning.
_COUNTED_BY: t.Final = {"rotated": "max_age", "previous_revoked": "only_if_unused_for"}
_NOTHING: t.Final = timedelta(0)
_KEPT_FOR: t.Final = "48h"


def read_options(params: Params) -> Wanted:
    """Return what the options want; raise OptionError for what cannot be right whatever exists."""
    check_not_empty(params, "environment", "application")
    given = {option: params.get(option) for option in _STATES_OF if params.get(option) not in (None, False)}
    _check_together(params["state"], given)
    for option in ("published_secret", "compromised_secret"):
        _check_whole(option, given.get(option))
    return Wanted(
        state=params["state"],
        max_age=_positive("max_age", given.get("max_age")),
        rotated_at=_time("rotated_at", given.get("rotated_at")),
        published=params.get("published_secret"),
        kept_for=_kept_for(given.get("keep_previous_for"), "revoke_immediately" in given),
        on_live_previous=params["on_live_previous"],
        compromised=given.get("compromised_secret"),
        unused_for=_positive("only_if_unused_for", given.get("only_if_unused_for")),
    )


def _check_together(state: str, given: Params) -> None:
    for option in given:
        if state not in _STATES_OF[option]:
            raise OptionError(option, f"{option} requires state: {' or '.join(_STATES_OF[option])}.")
    if "compromised_secret" in given:
        for option in _OF_DUE_ROTATIONS:
            if option in given:
                raise OptionError(
                    option,
                    f"{option} and compromised_secret are mutually exclusive: a secret that has leaked is ended at "
                    "once, and another one is left as it is.",
                )
    if "rotated_at" in given and _COUNTED_BY[state] not in given:
        raise OptionError("rotated_at", f"rotated_at requires {_COUNTED_BY[state]} with state: {state}.")


def _check_whole(option: str, secret: str | None) -> None:
    """Refuse what is no secret as PingOne makes them, and so would never equal one."""
    if secret == "" and option == "compromised_secret":
        raise OptionError(option, f"{option} must not be empty; leave it out to rotate whatever has leaked.")
    if secret and secret.split() != [secret]:
        raise OptionError(
            option,
            f"{option} holds a blank or a line end, which no secret of PingOne does; take it out, such as by the "
            "filter trim.",
        )


def _kept_for(text: str | None, at_once: bool) -> timedelta:
    # A number alone has no unit, but nothing needs none.
    duration = _NOTHING if text == "0" else _duration("keep_previous_for", _KEPT_FOR if text is None else text)
    if not duration and not at_once:
        raise OptionError(
            "keep_previous_for",
            "keep_previous_for: 0 ends the secret of before at once, for every client that still uses it; set "
            "revoke_immediately: true as well if that is meant.",
        )
    if duration and at_once:
        raise OptionError(
            "revoke_immediately",
            "revoke_immediately requires keep_previous_for: 0, so that no secret is ended by chance.",
        )
    if duration and not SHORTEST_KEPT <= duration <= LONGEST_KEPT:
        raise OptionError(
            "keep_previous_for",
            f"keep_previous_for must be from 1m to 30d, or 0 with revoke_immediately: true, not '{text}'.",
        )
    return duration


def _positive(option: str, text: str | None) -> timedelta | None:
    if text is None:
        return None
    duration = _NOTHING if text == "0" else _duration(option, text)
    if not duration:
        raise OptionError(option, f"{option} must be longer than 0; leave it out to go by no time.")
    return duration


def _duration(option: str, text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise OptionError(
            option, f"{option}: {error}; give a whole number and one of s, m, h, d and w, such as 48h or 30d."
        ) from None


def _time(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = parse_time(text)
    if moment is None:
        raise OptionError(
            option,
            f"{option}: {quoted(text)} is not a valid time; give it as RFC 3339 writes it, such as "
            "2026-11-02T09:30:00Z, or leave it out where it is not known.",
        )
    return moment
