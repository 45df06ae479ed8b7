# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the options of a rotation may be, and which go together."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_plan import Wanted
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_rules import read_options


def read(state="rotated", **options):
    given = {"environment": "dev", "application": "ci", "on_live_previous": "fail", "revoke_immediately": False}
    return read_options({**given, "state": state, **options})


def test_what_is_given_is_read():
    assert read(
        max_age="30d",
        rotated_at="2026-11-02T10:30:00+01:00",
        published_secret="published",
        keep_previous_for="90m",
        on_live_previous="skip",
    ) == Wanted(
        state="rotated",
        max_age=timedelta(days=30),
        rotated_at=datetime(2026, 11, 2, 9, 30, tzinfo=timezone.utc),
        published="published",
        kept_for=timedelta(minutes=90),
        on_live_previous="skip",
    )
    assert read("previous_revoked", only_if_unused_for="24h").unused_for == timedelta(days=1)
    assert read(compromised_secret="leaked").compromised == "leaked"
    assert read().kept_for == timedelta(hours=48)
    assert read(published_secret="").published == ""


@pytest.mark.parametrize("nothing", ["0", "0s", "0d"])
def test_a_secret_is_ended_at_once_by_two_options_together(nothing):
    assert read(keep_previous_for=nothing, revoke_immediately=True).kept_for == timedelta(0)


@pytest.mark.parametrize("kept_for", ["1m", "60s", "30d", "720h"])
def test_the_bounds_are_taken(kept_for):
    assert read(keep_previous_for=kept_for).kept_for in (timedelta(minutes=1), timedelta(days=30))


@pytest.mark.parametrize(
    ("option", "options", "sentence"),
    [
        ("environment", {"environment": " "}, "environment must not be empty"),
        ("application", {"application": ""}, "application must not be empty"),
        ("keep_previous_for", {"keep_previous_for": "0"}, "set revoke_immediately: true as well"),
        ("keep_previous_for", {"keep_previous_for": "59s"}, "must be from 1m to 30d.*not '59s'"),
        ("keep_previous_for", {"keep_previous_for": "721h"}, "must be from 1m to 30d.*not '721h'"),
        ("keep_previous_for", {"keep_previous_for": "-1h"}, "'-1h' is not a valid duration; give a whole number"),
        ("keep_previous_for", {"keep_previous_for": "48"}, "'48' is not a valid duration"),
        ("keep_previous_for", {"keep_previous_for": ""}, "'' is not a valid duration"),
        ("revoke_immediately", {"revoke_immediately": True}, "requires keep_previous_for: 0"),
        ("revoke_immediately", {"revoke_immediately": True, "keep_previous_for": "1h"}, "requires keep_previous_for"),
        ("max_age", {"max_age": "0"}, "max_age must be longer than 0"),
        ("max_age", {"max_age": "a month"}, "'a month' is not a valid duration"),
        ("max_age", {"max_age": "99999999999d"}, "is not a valid duration"),
        ("rotated_at", {"max_age": "30d", "rotated_at": "yesterday"}, "'yesterday' is not a valid time"),
        ("rotated_at", {"max_age": "30d", "rotated_at": ""}, "'' is not a valid time"),
        ("rotated_at", {"rotated_at": "2026-11-02T09:30:00Z"}, "requires max_age with state: rotated"),
        (
            "rotated_at",
            {"rotated_at": "2026-11-02T09:30:00Z", "state": "previous_revoked"},
            "requires only_if_unused_for with state: previous_revoked",
        ),
        ("only_if_unused_for", {"only_if_unused_for": "24h"}, "requires state: previous_revoked"),
        ("only_if_unused_for", {"only_if_unused_for": "0s", "state": "previous_revoked"}, "must be longer than 0"),
        ("max_age", {"max_age": "30d", "state": "present"}, "max_age requires state: rotated"),
        (
            "rotated_at",
            {"rotated_at": "2026-11-02T09:30:00Z", "state": "present"},
            "requires state: rotated or previous_revoked",
        ),
        ("return_secret", {"return_secret": True, "state": "previous_revoked"}, "requires state: present or rotated"),
        ("published_secret", {"published_secret": "a", "state": "previous_revoked"}, "requires state: present"),
        ("published_secret", {"published_secret": "", "state": "previous_revoked"}, "requires state: present"),
        ("published_secret", {"published_secret": "secret\n"}, "holds a blank or a line end"),
        ("compromised_secret", {"compromised_secret": "two words"}, "holds a blank or a line end"),
        ("compromised_secret", {"compromised_secret": ""}, "compromised_secret must not be empty"),
        ("compromised_secret", {"compromised_secret": "a", "state": "present"}, "requires state: rotated"),
        ("max_age", {"compromised_secret": "a", "max_age": "30d"}, "max_age and compromised_secret are mutually"),
        ("keep_previous_for", {"compromised_secret": "a", "keep_previous_for": "1h"}, "are mutually exclusive"),
    ],
)
def test_what_cannot_be_right_is_refused(option, options, sentence):
    with pytest.raises(OptionError, match=sentence) as caught:
        read(**options)
    assert caught.value.option == option


@pytest.mark.parametrize("option", ["published_secret", "rotated_at", "max_age", "keep_previous_for"])
def test_no_secret_is_repeated_wherever_it_is_given(option):
    with pytest.raises(OptionError) as caught:
        read(**{"max_age": "30d", option: "secret with blanks"})
    assert caught.value.option == option
    assert "secret with" not in str(caught.value)
