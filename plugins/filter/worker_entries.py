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
  - The dictionary of a worker is passed on as it is, but for entries that the module does not have, and with its
    private key where one is given.
author:
  - The idops.pingone contributors (@idops)
positional: without, keys
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
  keys:
    description:
      - For each worker, in the order of the list, what M(idops.pingone.pingone_worker_app_key) returned for it, such as
        the results of a loop. Where that has C(path) and C(kid), the worker gets them as C(private_key_path) and
        C(private_key_id).
    type: list
    elements: dict
    default: []
    version_added: 0.2.0
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

import itertools
import typing as t

Entry = t.Mapping[str, t.Any]


def worker_entries(
    environments: t.Iterable[Entry], without: t.Collection[str] = (), keys: t.Iterable[Entry] = ()
) -> list[dict[str, t.Any]]:
    """Return environments as the option C(environments) of pingone_worker_apps takes them.

    environments: each with C(name) and C(workers).
    without: entries of a worker that are not options of the module.
    keys: for each worker what is known of its private key; none for those after the last one.
    """
    key = itertools.chain(keys, itertools.repeat({}))
    return [
        {
            "environment": environment["name"],
            "workers": [_without(worker, without) | _key(next(key)) for worker in environment.get("workers") or ()],
        }
        for environment in environments
    ]


def _without(worker: Entry, names: t.Collection[str]) -> dict[str, t.Any]:
    return {name: value for name, value in worker.items() if name not in names}


def _key(result: Entry) -> dict[str, t.Any]:
    return {"private_key_path": result["path"], "private_key_id": result["kid"]} if "kid" in result else {}


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"worker_entries": worker_entries}
