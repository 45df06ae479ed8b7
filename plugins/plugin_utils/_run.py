# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which run of Ansible a task belongs to: that of the process which all workers of a play are forked from."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import time
import typing as t

from ansible.executor.process.worker import WorkerProcess
from ansible_collections.idops.pingone.plugins.module_utils._core import dry_run
from ansible_collections.idops.pingone.plugins.module_utils._core import readings as _readings
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings
from ansible_collections.idops.pingone.plugins.module_utils._core.run_file import Run, started_at


def _this_run() -> Run | None:
    """Return the run; None where it cannot be told.

    The strategies of ansible-core load an action plugin, and this file with it, in the process of the run. Where they
    do not, as with C(free) and a name of a module that is a template, a worker loads it.
    """
    parent = multiprocessing.parent_process() if isinstance(multiprocessing.current_process(), WorkerProcess) else None
    pid = parent.pid if parent else os.getpid()
    if pid is None:
        return None
    started = started_at(pid)
    if started is None and parent is None:
        # Where the system does not tell, the time at which this was loaded does, which the workers inherit.
        started = str(time.time_ns())
    return Run(pid, started) if started else None


RUN = _this_run()


@functools.cache
def predictions() -> Predictions:
    """Return what the run predicted so far. Of one object a process, which reads only what it has not read yet."""
    return Predictions.of_run(RUN)


@functools.cache
def readings() -> Readings:
    """Return what the run read for a look ahead so far; of one object a process, too."""
    return Readings.of_run(RUN)


@contextlib.contextmanager
def handed_to_module(is_reachable: bool, *, check_mode: bool) -> t.Iterator[None]:
    """Let a module that is run meanwhile know what the run predicted and read.

    is_reachable: whether it runs here, as this user, and so can read and write the same files.
    check_mode: whether it predicts.
    """
    files = {
        dry_run.VARIABLE: predictions().path if is_reachable and check_mode else None,
        _readings.VARIABLE: readings().path if is_reachable else None,
    }
    outer = {variable: os.environ.pop(variable, None) for variable in files}
    os.environ.update({variable: path for variable, path in files.items() if path})
    try:
        yield
    finally:
        for variable, value in outer.items():
            os.environ.pop(variable, None)
            if value is not None:
                os.environ[variable] = value
