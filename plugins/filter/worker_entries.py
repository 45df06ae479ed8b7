# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: worker_entries
short_description: Turn environments with their workers into what pingone_worker_apps takes
version_added: 0.2.0
description:
  - Returns a value for O(idops.pingone.pingone_worker_apps#module:environments) from environments with their workers,
    as C(bootstrap_environments) of the role P(idops.pingone.bootstrap#role) holds them.
  - The dictionary of a worker is passed on as it is, but for entries that the module does not have.
author:
  - The idops.pingone contributors (@idops)
positional: without
options:
  _input:
    description: Environments, each with C(name), and C(workers), which may be missing or null.
    type: list
    elements: dict
    required: true
  without:
    description: Entries of a worker that are taken off.
    type: list
    elements: str
    default: []
seealso:
  - module: idops.pingone.pingone_worker_apps
"""

EXAMPLES = r"""
- name: Workers that the play describes together with their files
  idops.pingone.pingone_worker_apps:
    environments: "{{ environments | idops.pingone.worker_entries(['file']) }}"
  vars:
    environments:
      - name: dev
        type: SANDBOX
        workers:
          - name: ci-dev
            file: ci.yaml
"""

RETURN = r"""
_value:
  description: The environments by their names, each with its workers.
  type: list
  elements: dict
  sample:
    - environment: dev
      workers:
        - name: ci-dev
"""

import typing as t

Entry = t.Mapping[str, t.Any]


def worker_entries(environments: t.Iterable[Entry], without: t.Collection[str] = ()) -> list[dict[str, t.Any]]:
    """Return environments as the option C(environments) of pingone_worker_apps takes them.

    environments: each with C(name) and C(workers).
    without: entries of a worker that are not options of the module.
    """
    return [
        {
            "environment": environment["name"],
            "workers": [_without(worker, without) for worker in environment.get("workers") or ()],
        }
        for environment in environments
    ]


def _without(worker: Entry, names: t.Collection[str]) -> dict[str, t.Any]:
    return {name: value for name, value in worker.items() if name not in names}


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"worker_entries": worker_entries}
