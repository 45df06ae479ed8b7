# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a secret is rotated, when its previous one is revoked, and what is left as it is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_plan import (
    Secrets,
    Wanted,
    after_rotation,
    plan_secret,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=timezone.utc)
ALONE = Secrets("current")
OVERLAP = Secrets("current", "former", "2026-11-03T09:30:00Z")
DAY = timedelta(days=1)


def ago(**time):
    return NOW - timedelta(**time)


def plan(found=ALONE, seen=None, state="rotated", **wanted):
    return plan_secret(Wanted(**{"state": state, "kept_for": 2 * DAY, **wanted}), found, NOW, seen)


def decided(found=ALONE, seen=None, **wanted):
    made = plan(found, seen, **wanted)
    return made.action, made.reason, made.publish_required


def test_what_is_only_read_is_not_changed():
    made = plan(OVERLAP, state="present")
    assert (made.action, made.reason, made.publish_required, made.changed) == ("none", None, False, False)
    assert made.predicted.secrets is OVERLAP


@pytest.mark.parametrize(("published", "is_stale"), [(None, False), ("current", False), ("former", True), ("", True)])
def test_reading_tells_whether_what_is_published_is_the_secret(published, is_stale):
    assert plan(OVERLAP, state="present", published=published).publish_required is is_stale


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ("rotate", "due", True)),
        ({"max_age": DAY}, ("rotate", "due", True)),
        ({"max_age": DAY, "rotated_at": ago(hours=24)}, ("rotate", "due", True)),
        ({"max_age": DAY, "rotated_at": ago(hours=24, seconds=-1)}, ("none", "not_due", False)),
        ({"max_age": DAY, "rotated_at": ago(hours=24), "published": "current"}, ("rotate", "due", True)),
        ({"max_age": DAY, "rotated_at": ago(days=9), "published": "former"}, ("none", "not_published", True)),
        ({"max_age": DAY, "published": ""}, ("none", "not_published", True)),
        ({"published": "of nobody"}, ("none", "not_published", True)),
    ],
)
def test_a_rotation_is_due_by_age_unless_another_one_is_not_published(wanted, expected):
    assert decided(**wanted) == expected


def test_a_rotation_keeps_the_secret_of_before():
    made = plan(kept_for=timedelta(hours=2))
    assert made.predicted.secrets == Secrets(None, "current", "2026-11-02T11:30:00Z")
    assert made.predicted.rotated_at == "2026-11-02T09:30:00Z"


def test_a_rotation_that_keeps_nothing_sends_no_end():
    assert plan(kept_for=timedelta(0)).predicted.secrets == Secrets(None)


@given(st.integers(60, 30 * 86400))
def test_the_end_that_is_sent_is_one_that_pingone_takes(seconds):
    end = plan(kept_for=timedelta(seconds=seconds)).predicted.secrets.expires_at
    ahead = datetime.fromisoformat(end.replace("Z", "+00:00")) - NOW
    assert timedelta(seconds=65) <= ahead <= timedelta(days=30)
    assert ahead == timedelta(seconds=max(seconds, 70))


def test_a_previous_secret_that_is_valid_stops_a_rotation():
    with pytest.raises(OptionError, match="valid until 2026-11-03T09:30:00Z") as caught:
        plan(OVERLAP)
    assert caught.value.option == "on_live_previous"
    assert decided(OVERLAP, on_live_previous="skip") == ("none", "live_previous", False)
    assert decided(OVERLAP, on_live_previous="replace") == ("rotate", "due", True)


def test_it_stops_nothing_that_is_not_due():
    assert decided(OVERLAP, max_age=DAY, rotated_at=ago(hours=1)) == ("none", "not_due", False)
    assert decided(OVERLAP, published="former") == ("none", "not_published", True)


@pytest.mark.parametrize(
    ("found", "compromised", "expected"),
    [
        (ALONE, "current", ("rotate", "compromised", True)),
        (OVERLAP, "current", ("rotate", "compromised", True)),
        (OVERLAP, "former", ("revoke", "compromised", False)),
        (OVERLAP, "another", ("none", "not_compromised", False)),
        (ALONE, "former", ("none", "not_compromised", False)),
    ],
)
def test_a_leak_ends_the_secret_that_leaked_and_no_other(found, compromised, expected):
    assert decided(found, compromised=compromised) == expected
    made = plan(found, compromised=compromised)
    assert compromised not in (made.predicted.secrets.current, made.predicted.secrets.previous)


def test_a_leak_is_looked_for_again_under_the_lock():
    assert decided(OVERLAP, Secrets("former"), compromised="former")[:2] == ("revoke", "compromised")


def test_after_a_leak_the_new_secret_is_still_published():
    assert decided(compromised="former", published="former") == ("none", "not_compromised", True)


@pytest.mark.parametrize(
    ("last_used", "rotated_at", "expected"),
    [
        (None, None, ("none", "use_unknown")),
        (None, ago(hours=23), ("none", "in_use")),
        (None, ago(hours=24), ("revoke", "unused")),
        ("2026-11-01T09:30:00Z", None, ("revoke", "unused")),
        ("2026-11-01T09:30:01Z", None, ("none", "in_use")),
        ("2026-10-01T09:30:00Z", ago(hours=2), ("none", "in_use")),
        ("2026-11-02T09:00:00Z", ago(days=9), ("none", "in_use")),
    ],
)
def test_a_previous_secret_is_revoked_once_it_was_not_used_for_long_enough(last_used, rotated_at, expected):
    found = Secrets("current", "former", "2026-11-03T09:30:00Z", last_used)
    made = plan(found, state="previous_revoked", unused_for=DAY, rotated_at=rotated_at)
    assert (made.action, made.reason) == expected
    assert made.predicted.secrets == (ALONE if made.changed else found)


def test_without_a_condition_it_is_revoked_at_once():
    assert decided(OVERLAP, state="previous_revoked") == ("revoke", None, False)
    assert decided(ALONE, state="previous_revoked") == ("none", "no_previous", False)


@pytest.mark.parametrize("state", ["rotated", "previous_revoked"])
def test_what_another_play_rotated_meanwhile_is_not_touched(state):
    made = plan(OVERLAP, Secrets("former"), state=state)
    assert (made.action, made.reason, made.publish_required) == ("none", "rotated_meanwhile", True)
    assert made.predicted.rotated_at == "2026-11-02T09:30:00Z"


def test_what_is_the_same_under_the_lock_is_rotated():
    assert decided(ALONE, ALONE) == ("rotate", "due", True)


@pytest.mark.parametrize(
    ("found", "published", "rotated_at", "expected"),
    [
        (ALONE, "current", ago(hours=1), "2026-11-02T08:30:00Z"),
        (ALONE, "former", ago(days=9), "2026-11-02T09:30:00Z"),
        (OVERLAP, "", None, "2026-11-02T09:30:00Z"),
        (ALONE, "", None, None),
    ],
)
def test_the_age_counts_from_what_is_known(found, published, rotated_at, expected):
    made = plan(found, published=published, rotated_at=rotated_at, max_age=DAY)
    assert made.predicted.rotated_at == expected


def test_a_time_that_lies_ahead_is_refused():
    with pytest.raises(OptionError, match="2026-11-02T09:31:01Z lies in the future") as caught:
        plan(max_age=DAY, rotated_at=ago(seconds=-61))
    assert caught.value.option == "rotated_at"
    assert decided(max_age=DAY, rotated_at=ago(seconds=-60))[1] == "not_due"


@pytest.mark.parametrize(
    ("kept_for", "now_there", "is_lost"),
    [
        (DAY, Secrets("new", "current", "2026-11-03T09:30:00Z"), False),
        (DAY, Secrets("new", "of another", "2026-11-03T09:30:00Z"), True),
        (DAY, Secrets("of another"), True),
        (timedelta(0), Secrets("new"), False),
    ],
)
def test_a_rotation_from_elsewhere_is_seen_by_what_it_made_of_the_secret_of_before(kept_for, now_there, is_lost):
    after = after_rotation(plan(kept_for=kept_for), now_there)
    assert (after.secrets, after.previous_lost) == (now_there, is_lost)


@pytest.mark.parametrize(
    ("previous", "expected"),
    [
        (None, ALONE),
        ({"secret": "former", "expiresAt": "2026-11-02T09:30:00Z"}, ALONE),
        ({"secret": "former", "expiresAt": "no time"}, ALONE),
        (
            {"secret": "former", "expiresAt": "2026-11-02T09:30:01Z", "lastUsed": "2026-11-02T09:00:00Z"},
            Secrets("current", "former", "2026-11-02T09:30:01Z", "2026-11-02T09:00:00Z"),
        ),
    ],
)
def test_a_previous_secret_that_has_ended_is_none(previous, expected):
    assert Secrets.from_api({"secret": "current", "previous": previous}, NOW) == expected


def test_no_secret_is_in_what_python_shows():
    shown = repr(plan(OVERLAP, compromised="leaked", published="shown")) + repr(
        Wanted("rotated", DAY, compromised="leaked")
    )
    assert [secret for secret in ("'current'", "'former'", "'leaked'", "'shown'") if secret in shown] == []
