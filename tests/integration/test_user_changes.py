# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run of what users change in the list of the role bootstrap ends as the real run does.

Here all changes come at once; C(each_change.py) makes each of them alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sites import Site
from user_changes import CHANGES, REFUSED, changed, dry_and_real, run, wanted


@pytest.mark.long
def test_the_dry_run_of_many_changes_ends_as_the_real_run_does(start: Callable[..., Site]) -> None:
    site = start()
    run(site, wanted())
    names = [name for name in CHANGES if name not in REFUSED]
    dry, real = dry_and_real(site, wanted(), *names)
    assert dry.outcomes == real.outcomes
    assert real.has_changed()
    for output in (dry.output, real.output):
        assert "not in bootstrap_environments; left as it is" in output
        assert "Worker env-5 / dropped" in output
    again = run(site, changed(wanted(), *names))
    assert not again.has_changed()
