# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module of the collection can do, as far as it is the same for all."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and predict what it would change, without changing anything.
  diff_mode:
    description: Shows what it changed, or would change, when a diff is asked for.
  idempotent:
    description: Changes nothing when it is run again in the same circumstances.
  action_group:
    description: Takes defaults for its options from C(module_defaults) of this action group.
    support: full
    membership: [idops.pingone.pingone]
"""
