# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down every task's result, censored or not, for the comparison of the two doors."""

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


def whole(result):
    """Return a result as the play sees it; what is censored is censored only on its way to the screen."""
    return getattr(result, "_return_data", None) or result._result


def plain(value):
    """Return a value as it is registered: of an error ansible-core keeps its own summary, which names the door."""
    return "(error)" if type(value).__name__ == "ErrorSummary" else str(value)


class CallbackModule(CallbackBase):
    """Appends one JSON line for each result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "recorder"

    def _record(self, result):
        task = result._task
        line = {
            "task": task.get_name(),
            "action": task.action,
            "result": json.loads(json.dumps(whole(result), default=plain)),
        }
        with open(os.environ["RECORDER_FILE"], "a") as file:
            file.write(json.dumps(line, sort_keys=True) + "\n")

    def v2_runner_on_ok(self, result):
        self._record(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record(result)
