# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects a module that only reads takes, and what it asks the service for."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._core.selection import Selection, selection_from

ID = "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11"
DEV, TEST, OLD = {"id": "1", "name": "dev"}, {"id": "2", "name": "test"}, {"id": ID, "name": "dev-old"}
LISTED = [TEST, OLD, DEV]


def chosen(**options):
    return [item["name"] for item in selection_from(options).of(LISTED)]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["dev", "dev-old", "test"]),
        ({"name": "dev"}, ["dev"]),
        ({"name": "DEV"}, []),
        ({"name": "de."}, []),
        ({"name": ID}, []),
        ({"id": ID}, ["dev-old"]),
        ({"id": "dev"}, []),
        ({"name_pattern": "dev"}, ["dev"]),
        ({"name_pattern": "dev.*"}, ["dev", "dev-old"]),
        ({"name_pattern": "prod"}, []),
    ],
)
def test_objects_are_chosen_by_name_by_id_by_a_pattern_of_the_whole_name_or_all(options, names):
    assert chosen(**options) == names


def test_objects_of_one_name_are_all_chosen_in_the_order_of_their_ids():
    twins = [{"id": "b", "name": "ci"}, {"id": "a", "name": "ci"}]
    assert [item["id"] for item in Selection(name="ci").of(twins)] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"id": ""}, "id must not be empty"),
        ({"name": " "}, "name must not be empty"),
        ({"name_pattern": ""}, "name_pattern must not be empty; leave it out to have all."),
        ({"name_pattern": "("}, "name_pattern '[(]' is not a valid regular expression"),
        ({"name_pattern": "a{99999999999}"}, "is not a valid regular expression: the repetition number is too large"),
        ({"name_pattern": "(" * 5000 + ")" * 5000}, "is not a valid regular expression: maximum recursion depth"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(options, sentence):
    with pytest.raises(OptionError, match=sentence):
        selection_from(options)


class Users:
    """A collection that notes what it is asked for."""

    def __init__(self, *users):
        self.users, self.asked = list(users), []

    def list(self, filter=None):
        self.asked.append(filter)
        return self.users

    def get(self, id):
        self.asked.append(id)
        return next((user for user in self.users if user["id"] == id), None)


ANN = {"id": ID, "username": "ann", "name": {"given": "Ann", "family": "Zimmer"}}
BOB = {"id": "2", "username": "bob"}


@pytest.mark.parametrize(
    ("options", "asked", "found"),
    [
        ({"id": ID}, [ID], [ANN]),
        ({"id": ID.replace("3", "4")}, [ID.replace("3", "4")], []),
        ({"id": "2"}, [None], [BOB]),
        ({"name": "ann"}, ['username eq "ann"'], [ANN]),
        ({"name": 'a"b'}, [None], []),
        ({"name": "a\\b"}, [None], []),
        ({"name_pattern": "b.*"}, [None], [BOB]),
        ({}, [None], [ANN, BOB]),
    ],
)
def test_a_collection_is_asked_once_for_no_more_than_is_needed(options, asked, found):
    users = Users(BOB, ANN)
    assert selection_from(options, "username").read(users) == found
    assert users.asked == asked


def test_a_filter_that_ignores_case_finds_exact_names_only():
    users = Users(ANN, {"id": "3", "username": "Ann"})
    assert selection_from({"name": "ann"}, "username").read(users) == [ANN]
