# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the threads of a task are told that it was ended from outside, by its C(timeout) or by the user.

The main thread gets an exception then; the others know nothing of it. This module is private to the collection.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

# For how many seconds the end of a task is held up, at most, by what must not be left halfway.
PATIENCE: t.Final = 30.0


class Interruption:
    """Whether a task was ended, and what has to come to its end all the same."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_set = False
        self._finishing = 0
        self._of_thread = threading.local()

    def set(self) -> None:
        """Note that the task was ended: nothing is begun any more."""
        with self._changed:
            self._is_set = True

    def is_set(self) -> bool:
        """Tell this thread whether it may begin nothing more; not as long as it finishes what it began before."""
        return self._is_set and not getattr(self._of_thread, "finishes", False)

    @contextlib.contextmanager
    def finishing(self) -> t.Iterator[None]:
        """Let this thread end what it does within, though the task is ended meanwhile; not if it was ended before."""
        with self._changed:
            allowed = not self._is_set
            self._finishing += allowed
            self._of_thread.finishes = allowed
        try:
            yield
        finally:
            with self._changed:
                self._finishing -= allowed
                self._of_thread.finishes = False
                self._changed.notify_all()

    def wait(self) -> None:
        """Wait until nothing is left that has to come to its end, but not for ever."""
        with self._changed:
            self._changed.wait_for(lambda: self._finishing == 0, PATIENCE)
