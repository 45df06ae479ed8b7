# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep what came of other tasks in a file, without the two modules that a copy starts."""

from __future__ import annotations

import json
from pathlib import Path

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Write the option content, which is JSON or what is written as such, to the option path."""

    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        """Write the file."""
        content = self._task.args["content"]
        Path(self._task.args["path"]).write_text(content if isinstance(content, str) else json.dumps(content))
        return {**super().run(tmp, task_vars), "changed": True}
