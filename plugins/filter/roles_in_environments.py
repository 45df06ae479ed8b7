# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roles_in_environments
short_description: Assign one role in each of several environments
version_added: 0.2.0
description:
  - Returns a value for O(idops.pingone.pingone_role_assignment#module:roles) that assigns one role in each environment
    of a list.
author:
  - The idops.pingone contributors (@idops)
positional: environments
options:
  _input:
    description: Name or id of the role.
    type: str
    required: true
  environments:
    description: Names or ids of the environments.
    type: list
    elements: str
    required: true
seealso:
  - module: idops.pingone.pingone_role_assignment
"""

EXAMPLES = r"""
- name: Let a group into two environments
  idops.pingone.pingone_role_assignment:
    environment: Administrators
    group: Platform Admins
    roles: "{{ 'Environment Admin' | idops.pingone.roles_in_environments(['dev', 'test']) }}"
"""

RETURN = r"""
_value:
  description: The role at each environment.
  type: list
  elements: dict
  sample:
    - role: Environment Admin
      scope:
        environment: dev
"""

import typing as t


def roles_in_environments(role: str, environments: t.Iterable[str]) -> list[dict[str, t.Any]]:
    """Return a role at each of several environments, as pingone_role_assignment takes it."""
    return [{"role": role, "scope": {"environment": environment}} for environment in environments]


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"roles_in_environments": roles_in_environments}
