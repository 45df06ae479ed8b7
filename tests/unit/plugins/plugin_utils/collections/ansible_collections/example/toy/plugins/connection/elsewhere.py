# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection that is the local one under another name."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: elsewhere
short_description: The local connection under another name
description:
  - Stands for a connection to another host.
options: {}
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    """What is not local."""

    transport = "example.toy.elsewhere"
