# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down the result of every task of the collection, whole, for the comparison of the two doors."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: aggregate
short_description: Writes every task's result to a file
description: A tool of the collection's own tests.
requirements: [a file name in RECORDER_FILE]
"""


def plain(value):
    """Return a value as it is registered: of an error ansible-core keeps its own summary, which names the door."""
    return "(error)" if type(value).__name__ == "ErrorSummary" else str(value)


def registered(task):
    """Return the names that a task registers; from ansible-core 2.21 on they are the keys of a dictionary."""
    return [task.register] if isinstance(task.register, str) else list(task.register or ())


class CallbackModule(CallbackBase):
    """Appends one JSON line for each result, when the next task starts.

    A callback is given a censored result where a secret is in it. The registered one is whole, and that is the one that
    must be the same; it is there only after the callback returned.
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "recorder"

    def __init__(self):
        super().__init__()
        self._finished = []

    def v2_playbook_on_play_start(self, play):
        self._write()
        self._variables = play.get_variable_manager()

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._write()

    def v2_playbook_on_stats(self, stats):
        self._write()

    def v2_runner_on_ok(self, result):
        if result._task.action.startswith("idops.pingone."):
            self._finished.append(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.v2_runner_on_ok(result)

    def _write(self):
        with open(os.environ["RECORDER_FILE"], "a") as file:
            for result in self._finished:
                task, shown, names = result._task, result._result, registered(result._task)
                if names:
                    known = self._variables.get_vars(host=result._host, include_hostvars=False)
                    shown = known[names[0]] if len(names) == 1 else {name: known[name] for name in names}
                line = {"task": task.get_name(), "action": task.action, "register": names, "result": shown}
                file.write(json.dumps(line, sort_keys=True, default=plain) + "\n")
        self._finished = []
