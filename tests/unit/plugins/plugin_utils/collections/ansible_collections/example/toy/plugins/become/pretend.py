# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A way to become another user that stays the same user."""

from __future__ import annotations

from ansible.plugins.become import BecomeBase

DOCUMENTATION = r"""
name: pretend
short_description: Stay the same user
description:
  - Stands for C(sudo), where there is none.
options:
  become_user:
    description: Ignored.
    default: root
    vars: [{name: ansible_become_user}]
"""


class BecomeModule(BecomeBase):
    """Change nothing."""

    name = "example.toy.pretend"

    def build_become_command(self, cmd, shell):
        """Return the command as it is."""
        super().build_become_command(cmd, shell)
        return cmd
