# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors of pingone_worker_app_attribute."""

from __future__ import annotations

from ansible_collections.idops.pingone.plugins.modules import pingone_worker_app_attribute
from ansible_collections.idops.pingone.plugins.plugin_utils._action import PingOneAction


class ActionModule(PingOneAction):
    """Run pingone_worker_app_attribute."""

    module = pingone_worker_app_attribute
