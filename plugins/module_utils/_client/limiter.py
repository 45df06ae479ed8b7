# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests of one task may be under way at once, as the service's refusals (HTTP 429) tell.

This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.times import Clock

# In seconds: how long it takes until one request more may be under way, once the service takes requests again.
GROWTH: t.Final = 1.0


class Allowance:
    """How many requests may be under way: one fewer after each refusal, growing back one a second.

    most: how many at most. All times are in seconds by one monotonic clock.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._base = most
        self._grows_from = 0.0

    def at(self, now: float) -> int:
        """Return how many may be under way at a time: at least one."""
        grown = int(max(0.0, now - self._grows_from) / GROWTH)
        return min(self._most, self._base + grown)

    def refuse(self, now: float, seconds: float) -> None:
        """Take a refusal into account. seconds: for how long the service asked to wait."""
        self._base = max(1, self.at(now) - 1)
        self._grows_from = max(self._grows_from, now + seconds)

    def until_more(self, now: float) -> float:
        """Return how many seconds later one more may be under way, if nothing is refused until then."""
        if now < self._grows_from:
            return self._grows_from + GROWTH - now
        return GROWTH - (now - self._grows_from) % GROWTH


class Limiter:
    """What the threads of a task share, so that no more requests are under way than its allowance says.

    Who waits to repeat a request keeps its place meanwhile: so the rate goes down by that much, too. Who reads
    something on the way, with a place held, needs no other.

    most: how many at most.
    clock: time; a test's own.
    """

    def __init__(self, most: int, clock: Clock) -> None:
        self._allowance = Allowance(most)
        self._clock = clock
        self._changed = threading.Condition()
        self._under_way = 0
        self._of_thread = threading.local()

    @contextlib.contextmanager
    def place(self) -> t.Iterator[None]:
        """Hold a place for one request, from its first attempt to its last; wait until there is one."""
        if getattr(self._of_thread, "holds", False):
            yield
            return
        with self._changed:
            while self._under_way >= self._allowance.at(self._clock.monotonic()):
                self._changed.wait(self._allowance.until_more(self._clock.monotonic()))
            self._under_way += 1
        self._of_thread.holds = True
        try:
            yield
        finally:
            self._of_thread.holds = False
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def refuse(self, seconds: float) -> None:
        """Take a refusal (HTTP 429) into account. seconds: for how long it is waited after it."""
        with self._changed:
            self._allowance.refuse(self._clock.monotonic(), seconds)
