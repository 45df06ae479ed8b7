# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what a callback is given of each result as JSON, as the callbacks json and jsonl of ansible.posix do."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: aggregate
short_description: Writes every result as a callback sees it
description: A tool of the collection's own tests.
requirements: [a file name in RESULTS_FILE]
"""


class CallbackModule(CallbackBase):
    """Appends a line for each result, an item of a loop included."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"

    def _write(self, result, **options):
        line = json.dumps({"task": result._task.get_name(), "result": result._result}, default=str)
        with Path(os.environ["RESULTS_FILE"]).open("a") as file:
            file.write(line + "\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = v2_runner_on_skipped = _write
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_runner_retry = _write
    v2_runner_on_async_ok = v2_runner_on_async_failed = v2_runner_on_async_poll = _write
