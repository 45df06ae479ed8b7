# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection that leads nowhere."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: nowhere
short_description: A connection that leads nowhere
description:
  - Stands for a connection to a host that does not answer.
options: {}
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    """What fails as soon as it is used."""

    transport = "example.toy.nowhere"

    def exec_command(self, *args: t.Any, **kwargs: t.Any) -> t.NoReturn:
        """Fail."""
        raise AnsibleConnectionFailure("There is no way there.")
