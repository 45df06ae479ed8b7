# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls side by side, in daemon threads behind one queue.

Not a ThreadPoolExecutor: that one outlives a task's C(timeout) and makes all the calls that still wait. This module is
private to the collection.
"""

from __future__ import annotations

import queue
import threading
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._client.http import CONCURRENCY

Job = t.Callable[[], t.Any]


def run_parallel(jobs: t.Sequence[Job], stop: threading.Event) -> list[t.Any]:
    """Run functions side by side and return what each gives, in their order.

    stop: is set when the task was ended from outside, so that nothing may be written any more.

    When one fails no further one starts; those under way are let end, so that none stops between two writes. Then the
    error is raised, the first in order if there are several.
    """
    if len(jobs) <= 1:
        return [job() for job in jobs]
    waiting: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, t.Any, BaseException | None]] = queue.SimpleQueue()
    for item in enumerate(jobs):
        waiting.put(item)
    failed = threading.Event()
    threads = min(CONCURRENCY, len(jobs))
    for _number in range(threads):
        threading.Thread(target=_work, args=(waiting, done, stop, failed), daemon=True).start()
    results: list[t.Any] = [None] * len(jobs)
    errors: dict[int, BaseException] = {}
    try:
        while threads:
            # The main thread waits here, where a signal such as that of a task's timeout can interrupt it.
            index, value, error = done.get()
            if index < 0:
                threads -= 1
            elif error is not None:
                errors[index] = error
            else:
                results[index] = value
    except BaseException:
        stop.set()
        raise
    if errors:
        raise errors[min(errors)]
    return results


def _work(
    waiting: queue.SimpleQueue[tuple[int, Job]],
    done: queue.SimpleQueue[tuple[int, t.Any, BaseException | None]],
    stop: threading.Event,
    failed: threading.Event,
) -> None:
    while not (stop.is_set() or failed.is_set()):
        try:
            index, job = waiting.get_nowait()
        except queue.Empty:
            break
        try:
            done.put((index, job(), None))
        except Exception as error:
            failed.set()
            done.put((index, None, error))
    done.put((-1, None, None))
