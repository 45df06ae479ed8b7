# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How JSON is printed: as Jackson's default pretty printer does."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pingone_emulator.layout import encode

_PRINTED = """{
  "_links" : {
    "self" : {
      "href" : "https://api.example.com/v1/roles"
    }
  },
  "roles" : [ {
    "name" : "A \\"quoted\\" rôle",
    "applicableTo" : [ "ORGANIZATION", "ENVIRONMENT" ],
    "permissions" : [ ]
  }, {
    "settings" : { },
    "enabled" : true,
    "parent" : null
  } ],
  "share" : 0.5,
  "size" : 2
}"""

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_objects_take_lines_and_arrays_do_not() -> None:
    assert encode(json.loads(_PRINTED)).decode() == _PRINTED


@given(_JSON)
def test_what_is_printed_is_the_same_document(document: Any) -> None:
    assert json.loads(encode(document)) == document


def test_a_text_of_an_enumeration_is_printed_as_its_value() -> None:
    class Kind(str, Enum):
        WORKER = "WORKER"

    assert encode({"type": Kind.WORKER}) == b'{\n  "type" : "WORKER"\n}'
