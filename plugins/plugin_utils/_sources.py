# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where lookups look for an option of the connection that they are not given, besides its environment variable."""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS

# By option, the variable of the host.
VARIABLES: t.Final = {option.name: f"pingone_{option.name}" for option in CONNECTION_OPTIONS}
# The section of ansible.cfg, and the options that may stand there: none that is secret because anybody may read it.
INI_SECTION: t.Final = "pingone"
IN_INI: t.Final = tuple(option.name for option in CONNECTION_OPTIONS if not option.no_log)
