# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which run of Ansible a task belongs to: that of the process which all workers of a play are forked from."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
import typing as t

from ansible.executor.process.worker import WorkerProcess
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import VARIABLE, Predictions, Run, started_at


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
_of_this_process: list[Predictions] = []


def predictions() -> Predictions:
    """Return what the run predicted so far. Of one object a process, which reads only what it has not read yet."""
    if not _of_this_process:
        _of_this_process.append(Predictions.of_run(RUN))
    return _of_this_process[0]


@contextlib.contextmanager
def handed_to_module(is_reachable: bool) -> t.Iterator[None]:
    """Let a module that is run meanwhile know what the run predicted.

    is_reachable: whether it runs here, as this user, and so can read and write the same file.
    """
    path = predictions().path if is_reachable else None
    outer = os.environ.pop(VARIABLE, None)
    if path:
        os.environ[VARIABLE] = path
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if outer is not None:
            os.environ[VARIABLE] = outer
