# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that nobody could tell from something else are refused where they would be given."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._core.names import check_new_name

COMPOSED, DECOMPOSED = "M\u00fcnchen", "Mu\u0308nchen"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "must not be blank"),
        (" \t", "must not be blank"),
        ("\u00a0", "must not be blank"),
        ("dev ", "must not begin or end with a blank, as 'dev ' does"),
        (" dev", "must not begin or end with a blank"),
        ("dev\n", "must not begin or end with a blank"),
        ("3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", "must not have the form of an id"),
        ("3B0F6F0A-5C0E-4C7B-8A55-0D8F4F1F2A11", "must not have the form of an id"),
        (DECOMPOSED, "differs from the name of 1 by its Unicode form alone"),
    ],
)
def test_a_name_that_misleads_is_not_given(name, problem):
    with pytest.raises(OptionError, match=f"^name:? .*{problem}|^name {problem}"):
        check_new_name(name, [{"id": "1", "name": COMPOSED}, {"id": "2"}])


@pytest.mark.parametrize("name", ["dev", "a b", COMPOSED, "3b0f6f0a", "MÜNCHEN"])
def test_other_names_are_given(name):
    check_new_name(name, [{"id": "1", "name": COMPOSED}])


def test_an_object_may_change_the_form_of_its_own_name():
    check_new_name(DECOMPOSED, [{"id": "1", "name": COMPOSED}], own_id="1")
