# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down how long each task took, from its start to its end."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: stopwatch
type: aggregate
short_description: Writes how long each task took to a file
description: A tool of the collection's own measurements.
requirements: [a file name in STOPWATCH_FILE]
"""


class CallbackModule(CallbackBase):
    """Appends one JSON line for each task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "stopwatch"

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result):
        line = {"task": result._task.get_name(), "seconds": time.perf_counter() - self._started}
        with open(os.environ["STOPWATCH_FILE"], "a") as file:
            file.write(json.dumps(line) + "\n")
