# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sample of the tasks that are disturbed at one of their requests; C(make faults) runs all of them."""

from __future__ import annotations

from faults import chosen, matrix


def test_the_next_run_puts_right_what_a_disturbed_task_left() -> None:
    cells = chosen(4)
    assert len(cells) == 4
    assert matrix(cells) == {}
