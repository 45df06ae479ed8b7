# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sample of the tasks that are disturbed at one of their requests; C(make faults) runs all of them."""

from __future__ import annotations

import pytest
from faults import chosen, matrix


def test_the_next_run_puts_right_what_a_disturbed_task_left() -> None:
    cells = chosen(4)
    assert len(cells) == 4
    assert matrix(cells) == {}


@pytest.mark.long
def test_a_hand_over_that_was_killed_at_a_request_is_completed_by_the_next_run() -> None:
    kills = chosen(4, lambda cell: cell.walk.startswith("hand-over") and cell.disturbance.startswith("killed"))
    assert len(kills) == 4
    assert {cell.walk for cell in kills} == {"hand-over of two roles", "hand-over of three roles"}
    assert matrix(kills) == {}
