# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: worker_files
short_description: List labels and credentials files of workers
version_added: 0.2.0
description:
  - Returns, for each worker of a list of environments and in its order, what a loop over workers needs to know of it,
    without a secret.
author:
  - The idops.pingone contributors (@idops)
positional: format
options:
  _input:
    description:
      - Environments, each with C(name), and C(workers), which may be missing or null.
      - The entry C(credentials_file) of a worker names its file. Without it the file has the names of environment and
        worker, joined by a dot.
      - The entry C(credentials) says by what a worker signs in, C(key) or else a secret.
    type: list
    elements: dict
    required: true
  format:
    description: What the name of a file ends with, if no entry gives it.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show which files hold the credentials of which workers
  ansible.builtin.debug:
    msg: "{{ environments | idops.pingone.worker_files('yaml') }}"
  vars:
    environments:
      - name: dev
        workers:
          - name: ci-dev
"""

RETURN = r"""
_value:
  description:
    - For each worker C(environment), the number of its environment from 0, C(label), and C(file), in which C(_) stands
      for C(/) and C($).
    - C(key) is the name of the file of its private key, which is empty for a worker that signs in by its secret, and
      C(not_with_key) lists the entries that contradict a key.
  type: list
  elements: dict
  sample:
    - environment: 0
      label: dev / ci-dev
      file: dev.ci-dev.yaml
      key: ""
      not_with_key: []
"""

import re
import typing as t

Entry = t.Mapping[str, t.Any]

# What says by what a worker signs in, and so must not be said beside a key.
_OF_METHOD: t.Final = ("token_endpoint_auth_method", "jwks", "jwks_url")
# What would make another path of a name.
_OF_PATHS: t.Final = re.compile(r"[/$]")


def worker_files(environments: t.Iterable[Entry], format: str) -> list[dict[str, t.Any]]:
    """Return where each worker stands, a label for it, and the name of its file of credentials.

    environments: each with C(name) and C(workers).
    format: what the name of a file ends with, if no entry gives it.
    """
    return [
        {
            "environment": number,
            "label": f"{environment['name']} / {worker['name']}",
            "file": _OF_PATHS.sub("_", worker.get("credentials_file") or _file(environment, worker, format)),
            "key": _OF_PATHS.sub("_", _key_file(environment, worker)),
            "not_with_key": [name for name in _OF_METHOD if _has_key(worker) and worker.get(name) is not None],
        }
        for number, environment in enumerate(environments)
        for worker in environment.get("workers") or ()
    ]


def _file(environment: Entry, worker: Entry, format: str) -> str:
    return f"{environment['name']}.{worker['name']}.{format}"


def _key_file(environment: Entry, worker: Entry) -> str:
    """Return the name of the file of a private key; empty for a worker that signs in by its secret."""
    if not _has_key(worker):
        return ""
    return f"{worker.get('credentials_file') or environment['name'] + '.' + worker['name']}.pem"


def _has_key(worker: Entry) -> bool:
    return worker.get("credentials") == "key"


class FilterModule:
    """The filter, as ansible-core finds it."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"worker_files": worker_files}
