# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls side by side, in daemon threads behind one queue.

Not a ThreadPoolExecutor: that one outlives a task's C(timeout) and makes all the calls that still wait. What the
threads have to show is handed to the main thread because ansible-core lets no other one show anything. This module is
private to the collection.
"""

from __future__ import annotations

import queue
import threading
import typing as t
from dataclasses import dataclass

from ansible_collections.idops.pingone.plugins.module_utils._client.http import CONCURRENCY
from ansible_collections.idops.pingone.plugins.module_utils._client.interruption import Interruption

Job = t.Callable[[], t.Any]
Call = t.Callable[[], None]


@dataclass(frozen=True)
class _Outcome:
    """What became of a job. index: which one it was; below 0 when a thread has ended instead."""

    index: int
    value: t.Any = None
    error: Exception | None = None


_Reports: t.TypeAlias = "queue.SimpleQueue[_Outcome | Call]"

# In a thread that runs jobs: where its reports go, as C(reports).
_thread = threading.local()


def in_main_thread(call: Call) -> None:
    """Have a function called in the main thread, which is this one, or waits for the job that this thread runs.

    Nothing comes of it in a thread that runs no job.
    """
    if threading.current_thread() is threading.main_thread():
        call()
    elif hasattr(_thread, "reports"):
        _thread.reports.put(call)


def run_parallel(jobs: t.Sequence[Job], stop: Interruption, most: int = CONCURRENCY) -> list[t.Any]:
    """Run functions side by side and return what each gives, in their order.

    stop: is set when the task was ended from outside, so that nothing may be written any more but what has to come to
        its end; that is waited for.
    most: how many at once.

    When one fails no further one starts; those under way are let end, so that none stops between two writes. Then the
    error is raised, the first in order if there are several.
    """
    if len(jobs) <= 1:
        return [job() for job in jobs]
    waiting: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
    reports: _Reports = queue.SimpleQueue()
    for item in enumerate(jobs):
        waiting.put(item)
    failed = threading.Event()
    threads = min(most, len(jobs))
    results: list[t.Any] = [None] * len(jobs)
    errors: dict[int, Exception] = {}
    try:
        # Within, because the first may be at work, and the task be ended, before the last is started.
        for _number in range(threads):
            threading.Thread(target=_work, args=(waiting, reports, stop, failed), daemon=True).start()
        while threads:
            # The main thread waits here, where a signal such as that of a task's timeout can interrupt it.
            report = reports.get()
            if not isinstance(report, _Outcome):
                in_main_thread(report)
            elif report.index < 0:
                threads -= 1
            elif report.error is not None:
                errors[report.index] = report.error
            else:
                results[report.index] = report.value
    except BaseException:
        stop.set()
        stop.wait()
        raise
    if errors:
        raise errors[min(errors)]
    return results


def _work(
    waiting: queue.SimpleQueue[tuple[int, Job]],
    reports: _Reports,
    stop: Interruption,
    failed: threading.Event,
) -> None:
    _thread.reports = reports
    while not (stop.is_set() or failed.is_set()):
        try:
            index, job = waiting.get_nowait()
        except queue.Empty:
            break
        try:
            reports.put(_Outcome(index, job()))
        except Exception as error:
            failed.set()
            reports.put(_Outcome(index, error=error))
    reports.put(_Outcome(-1))
