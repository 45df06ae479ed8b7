# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pingone_token
short_description: Get an access token of a worker application of PingOne
version_added: 0.2.0
description:
  - Gets an access token with the C(client_credentials) grant, from the cache that the modules of this collection share
    where it holds one that is still valid.
  - It is meant for what this collection has no module for, such as a call with P(ansible.builtin.uri#module), where the
    token is needed inside of an expression. M(idops.pingone.pingone_token) returns more, and its result is censored.
  - B(A lookup cannot hide what it returns.) Ansible shows the token wherever it shows the value of the expression, such
    as with P(ansible.builtin.debug#module), in the arguments of a task at C(-vvv), or in the item of a loop. Set
    C(no_log) on the task, or give the token to an option that is secret, such as O(access_token) of a module of this
    collection.
  - In check mode a token is got too because that changes nothing. That of a worker which an earlier task of the dry run
    only predicted is empty, with a warning. That is the check mode of the whole play; in a single task with
    C(check_mode), the lookup gets a real token, or is refused one.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.lookup_connection
options:
  _terms:
    description: None. The worker is the one of the connection.
  min_ttl:
    description:
      - For how many seconds the token must still be valid. A cached one with less is replaced.
      - It is an error when PingOne gives none that lasts as long. Its tokens last 3600 seconds by default.
    type: int
    default: 0
  fresh:
    description:
      - Whether PingOne is asked for a token although the cache holds one. It then takes the place of the cached one.
      - Set it to prove credentials. A cached token stays good when the worker is disabled, or its secret or its way
        to authenticate is changed.
      - It cannot be used with a given O(access_token).
    type: bool
    default: false
seealso:
  - module: idops.pingone.pingone_token
  - plugin: idops.pingone.jwt_claims
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Call what has no module
  ansible.builtin.uri:
    url: "{{ lookup('ansible.builtin.env', 'PINGONE_API_URL') }}/environments"
    headers:
      Authorization: "Bearer {{ lookup('idops.pingone.pingone_token') }}"
  no_log: true

- name: Call it several times with headers that are given once
  module_defaults:
    ansible.builtin.uri:
      headers:
        Authorization: "Bearer {{ lookup('idops.pingone.pingone_token', min_ttl=60) }}"
  no_log: true
  block:
    - name: Read the environments
      ansible.builtin.uri:
        url: "{{ lookup('ansible.builtin.env', 'PINGONE_API_URL') }}/environments"

    - name: Read the roles
      ansible.builtin.uri:
        url: "{{ lookup('ansible.builtin.env', 'PINGONE_API_URL') }}/roles"

- name: Let modules use a token in the place of credentials, which hides it by itself
  module_defaults:
    group/idops.pingone.pingone:
      access_token: "{{ lookup('idops.pingone.pingone_token') }}"
  block:
    - name: Read an environment
      idops.pingone.pingone_environment_info:
        name: dev
"""

RETURN = r"""
_raw:
  description: The token, to be sent as it is.
  type: list
  elements: str
  sample: [eyJhbGciOiJSUzI1NiIsImtpZCI6ImRlZmF1bHQifQ.eyJlbnYiOiIzYjBmNmYwYSJ9.c2lnbmF0dXJl]
"""

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_predicted
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task
from ansible_collections.idops.pingone.plugins.modules import pingone_token
from ansible_collections.idops.pingone.plugins.plugin_utils._lookup import PingOneLookup


class LookupModule(PingOneLookup):
    """The lookup pingone_token."""

    name = "idops.pingone.pingone_token"
    options = {option: pingone_token.ARGUMENT_SPEC[option] for option in ("min_ttl", "fresh")}
    returns_secret = True

    def answer_in_dry_run(self, task: Task) -> list[str] | None:
        """Return an empty token for a worker that would only be made."""
        if not any(is_predicted(task.params[option] or "") for option in ("client_id", "auth_environment_id")):
            return None
        task.warn("The worker does not exist yet, so its token is empty in this dry run.")
        return [""]

    def answer(self, task: Task, terms: list[t.Any]) -> list[str]:
        """Return the token, as the module gets it."""
        if terms:
            raise OptionError(
                "_terms",
                f"{self.name} takes no terms, only options such as min_ttl=60; the worker is that of the connection.",
            )
        task.params["worker"] = None
        return [pingone_token.run(task).values["access_token"]]
