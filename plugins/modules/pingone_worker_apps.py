#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_apps
short_description: Manage many worker applications of PingOne with their roles
version_added: 0.2.0
description:
  - Creates, adopts, renames, updates, disables and deletes worker applications of any number of environments in one
    task, assigns their roles, reads their secrets and proves both.
  - What can be refused is refused before the first write. After that, the error of one worker does not stop the others.
    The task fails at the end, and its result says what became of each worker.
  - Environments and workers are treated side by side. A worker that is as wanted costs no request of its own,
    but one for its roles.
  - M(idops.pingone.pingone_worker_app) does the same for one worker, without roles.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
  - idops.pingone.worker_app.many
attributes:
  check_mode:
    support: full
    details:
      - Environments, workers and populations that earlier tasks of the same run would have created, renamed, changed
        and removed are taken as if they were so. What does not exist then is an error as in the real run,
        unless O(assume_missing=true).
      - Roles that earlier tasks would have assigned, removed and handed over are taken as if they were so.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  environment:
    description:
      - Name or id of the environment of every worker that names none of its own.
      - It is looked at for unlisted workers even if O(workers) is empty.
    type: str
  manage_roles:
    description:
      - Whether roles are assigned and removed. With V(false) they are checked, and left as they are.
      - No role is given to any worker before all workers are there, and all secrets read that were asked for,
        because PingOne shows a secret only as long as the roles of the worker do not exceed those of the caller.
        So when one of these fails, no role is given at all.
    type: bool
    default: true
  exclusive_roles:
    description:
      - Whether a worker with O(workers[].roles) loses every other role. The option of a worker wins.
    type: bool
    default: false
  unlisted:
    description:
      - What is done with workers that exist in the environments of the list and that it does not name.
      - V(ignore) does not look at them, V(report) returns them as RV(unlisted), V(disable) keeps them from signing in,
        V(remove) deletes them with their secrets and their roles.
      - V(report) gives no warning, which would come back at each run for a worker that somebody else keeps on purpose.
        A play that minds them fails, or tells, by RV(unlisted).
      - Never touched are applications of other types, such as those of the platform, the calling worker,
        names in O(workers[].previous_names), and everything in an environment where a worker of the list failed.
    type: str
    choices: [ignore, report, disable, remove]
    default: ignore
  unlisted_match:
    description:
      - Regular expression for the whole name of an unlisted worker, as of Python. Others are left alone,
        and are not in RV(unlisted).
      - Required with O(unlisted=disable) and O(unlisted=remove).
    type: str
  return_secrets:
    description:
      - Whether to read the secrets of the workers and return them as RV(client_secrets).
        The result is then censored wherever it would be shown, and usable in later tasks.
      - PingOne shows the secret of a worker only to one that could remove each of its role assignments,
        and whose own roles allow all that those of this one allow. No worker reads its own.
      - The secret of a worker whose private key is given is neither read nor returned.
      - Needs the C(local) connection and no C(async); use C(delegate_to=localhost) elsewhere.
    type: bool
    default: false
  hidden_secrets:
    description:
      - What comes of a secret that O(return_secrets=true) asks for, and that PingOne does not show to the caller.
      - V(fail) makes it an error of its worker, V(skip) leaves it out of RV(client_secrets), and tells why in
        RV(workers[].hidden_secret).
    type: str
    choices: [fail, skip]
    default: fail
  prove:
    description:
      - Whether each worker gets a token by its own credentials, and reads an environment by it where its roles let it
        for certain, which are Environment Admin and Organization Admin. The token comes from no cache.
      - A worker whose private key is given, in O(workers[].private_key) or O(workers[].private_key_path), is proven by
        that key. All others are proven by their secrets.
      - What could not be tried, such as for a worker whose secret is hidden from the caller, is told as an obstacle.
        What was tried and failed is an error of that worker.
      - Requires O(manage_roles=true).
    type: bool
    default: false
  concurrency:
    description:
      - How many requests are under way at once, at most, from V(1) to V(8). With V(1) the workers are treated in the
        order of the list.
      - Whenever PingOne limits the rate, which depends on the license, there is one fewer for as long as it asks to
        wait, and then one more again each second.
    type: int
    default: 8
notes:
  - The calling worker needs Environment Admin or Client Application Developer in each environment.
    Organization Admin alone can do nothing in an environment.
  - A worker can assign only what it holds or may assign, at the same or a broader scope,
    and can never remove its own role assignments.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_role_assignment
  - module: idops.pingone.pingone_credentials_file
"""

EXAMPLES = r"""
- name: A worker in each environment with exactly its roles
  idops.pingone.pingone_worker_apps:
    environments:
      - environment: dev
        workers:
          - name: ci-dev
            roles:
              - role: Environment Admin
      - environment: test
        workers:
          - name: ci-test
            roles:
              - role: Environment Admin
              - role: Identity Data Admin
    exclusive_roles: true
    prove: true

- name: Create workers and keep their secrets for a later task, before roles may hide these
  idops.pingone.pingone_worker_apps:
    environment: dev
    workers:
      - name: ci-dev
        roles:
          - role: Environment Admin
      - name: metrics-dev
        token_endpoint_auth_method: CLIENT_SECRET_POST
    manage_roles: false
    return_secrets: true
  register: workers

- name: Rename a worker, delete another, and report what nobody listed
  idops.pingone.pingone_worker_apps:
    environment: dev
    workers:
      - name: pipeline-dev
        previous_names: [ci-dev]
      - name: metrics-dev
        state: absent
    unlisted: report

- name: Disable what nobody listed
  idops.pingone.pingone_worker_apps:
    environment: dev
    workers:
      - name: pipeline-dev
    unlisted: disable
    unlisted_match: (ci|metrics)-.*
"""

RETURN = r"""
workers:
  description: What became of each worker, in the order of the list.
  type: list
  elements: dict
  returned: always, but for options that are refused at once
  contains:
    environment:
      description:
        - The environment of the worker.
        - Its id is null when there is no such environment, and when the task was refused before environments were read.
      type: dict
      returned: always
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    worker_app:
      description:
        - The worker as it is now, as M(idops.pingone.pingone_worker_app) returns it. In check mode, as it would be.
        - Null when O(workers[].state=absent), and for a worker that failed before it was there.
      type: dict
      returned: always
    role_assignments:
      description: The roles of the worker afterwards. Null when they were not looked at.
      type: list
      elements: dict
      returned: always
    added:
      description: The roles that were assigned.
      type: list
      elements: dict
      returned: always
    removed:
      description: The roles that were removed.
      type: list
      elements: dict
      returned: always
    covered:
      description: Wanted roles that are not assigned because a broader role assignment of the worker covers them.
      type: list
      elements: dict
      returned: always
    changed:
      description: Whether the worker or its roles were changed.
      type: bool
      returned: always
      sample: true
    created:
      description: Whether this task created the worker. In check mode, whether it would.
      type: bool
      returned: always
      sample: false
    hidden_secret:
      description:
        - Why its secret could not be read, as RV(error), and C(msg) with a sentence for people. Null when it was read,
          when that was not tried, and when it is RV(workers[].error).
      type: dict
      returned: always
    proof:
      description: How far the credentials and the roles are proven. Null when that was not tried.
      type: dict
      returned: always
      contains:
        token:
          description: Whether the worker got a token by its own credentials. In check mode, whether it would.
          type: bool
          returned: always
          sample: true
        call:
          description: Whether it read an environment by that token. In check mode, whether it would.
          type: bool
          returned: always
          sample: true
        obstacle:
          description: Why one of the two was not tried, as a clause. Null when both were.
          type: str
          returned: always
          sample: it is disabled
    error:
      description:
        - What went wrong with this worker, as RV(error), and C(msg) with a sentence for people. Null when nothing did.
      type: dict
      returned: always
    skipped_by:
      description: The worker whose error kept this one from being begun or finished. Null when none did.
      type: str
      returned: always
      sample: dev/ci-dev
  sample:
    - environment: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
      worker_app: {id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48, name: ci-dev, enabled: true}
      role_assignments: []
      added: []
      removed: []
      covered: []
      changed: false
      created: false
      hidden_secret:
      proof:
      error:
      skipped_by:
unlisted:
  description: Workers that exist in the environments of the list, and that it does not name.
  type: list
  elements: dict
  returned: always, but for options that are refused at once
  contains:
    id:
      description: Id of the worker.
      type: str
      returned: always
      sample: 8f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    name:
      description: Its name.
      type: str
      returned: always
      sample: old-dev
    environment:
      description: Its environment.
      type: dict
      returned: always
      sample: {id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11, name: dev}
    action:
      description: What was done with it, V(kept), V(disabled) or V(removed). In check mode, what would be.
      type: str
      returned: always
      sample: kept
    error:
      description: What went wrong with it, as RV(error), and C(msg) with a sentence for people. Null when nothing did.
      type: dict
      returned: always
  sample: []
client_secrets:
  description:
    - The secrets of the workers by their client ids, but for those that O(hidden_secrets=skip) leaves out.
      Empty in check mode for a worker that does not exist yet.
  type: dict
  returned: when O(return_secrets=true) and the task succeeds
  sample: {7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48: a text of 64 characters or more}
failed_workers:
  description: The workers that failed, and the unlisted ones, each by its environment and its name.
  type: list
  elements: str
  returned: when a worker failed
  sample: [dev/ci-dev]
error:
  description:
    - What kind of failure it was, for a play to decide by. The sentence in C(msg) is for people, and may be reworded.
  type: dict
  returned: failure
  contains:
    kind:
      description:
        - V(option), what the task was given is not accepted, by the collection or by the service (HTTP 400).
        - V(authentication), the credentials or the access token were refused.
        - V(permission), the calling worker may not do this.
        - V(not_found), what an option refers to does not exist, or the calling worker may not see it.
        - V(conflict), there is one like it already, or somebody else made one at the same time.
        - V(limited), the rate limit, or what the license allows, is used up.
        - V(unavailable), PingOne, or what the task needs where it runs, could not be reached or had a problem.
        - V(unknown_outcome), the answer to a change was lost, and reading did not tell whether it took place.
        - V(answer), what answered is not PingOne, or answered something else than what was asked for.
        - V(defect), a defect of the collection, to be reported.
      type: str
      returned: failure
      sample: not_found
    status:
      description: The HTTP status that PingOne answered.
      type: int
      returned: when PingOne answered
      sample: 403
    code:
      description: PingOne's code for the error, or that of OAuth 2.0 where no access token was given.
      type: str
      returned: when PingOne answered one
      sample: ACCESS_FAILED
    correlation_id:
      description: PingOne's id of the exchange, for its support.
      type: str
      returned: when PingOne answered one
      sample: 5c7a1d0e-6b1f-4e53-9d2c-2f0a8b6e4c11
    option:
      description:
        - The option that has to be changed, as it is written in the task. The environment variable where there is no
          such option.
      type: str
      returned: when it is one
      sample: roles[0].role
    operation:
      description: What was being done when a request failed.
      type: str
      returned: when it was a request
      sample: creating environment 'dev'
  version_added: 0.2.0
"""

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import KEY_ALGORITHMS
from ansible_collections.idops.pingone.plugins.module_utils._client.http import CONCURRENCY
from ansible_collections.idops.pingone.plugins.module_utils._core.result import run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.role_assignment_fields import ROLES
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps import ensure_worker_apps
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps_plan import Entry, Policy
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_apps_result import result_of

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result
    from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task

WORKER = {
    **WORKER_APP.argument_spec(),
    "id": {"type": "str"},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "allow_self": {"type": "bool", "default": False},
    "previous_names": {"type": "list", "elements": "str"},
    "roles": ROLES,
    "exclusive_roles": {"type": "bool"},
    "private_key": {"type": "str", "no_log": True},
    "private_key_path": {"type": "path", "no_log": False},
    "private_key_id": {"type": "str", "no_log": False},
    "client_assertion_algorithm": {"type": "str", "choices": list(KEY_ALGORITHMS), "no_log": False},
}
ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str"),
    workers=dict(type="list", elements="dict", options={**WORKER, "environment": {"type": "str"}}),
    environments=dict(
        type="list",
        elements="dict",
        options=dict(
            environment=dict(type="str", required=True),
            workers=dict(type="list", elements="dict", required=True, options=WORKER),
        ),
    ),
    manage_roles=dict(type="bool", default=True),
    exclusive_roles=dict(type="bool", default=False),
    unlisted=dict(type="str", choices=["ignore", "report", "disable", "remove"], default="ignore"),
    unlisted_match=dict(type="str"),
    return_secrets=dict(type="bool", default=False),
    hidden_secrets=dict(type="str", choices=["fail", "skip"], default="fail", no_log=False),
    prove=dict(type="bool", default=False),
    concurrency=dict(type="int", default=CONCURRENCY),
)
RULES = dict(
    required_one_of=[("workers", "environments")],
    mutually_exclusive=[("workers", "environments"), ("environment", "environments")],
)
SECRET_RETURNS = ("client_secrets",)
SECRET_ASKED_BY = "return_secrets"
GUARDS = ("unlisted_match",)


def run(task: Task) -> Result:
    """Bring all workers to what the task wants."""
    policy = Policy(**{name: task.params[name] for name in Policy.__dataclass_fields__})
    policy.check()
    if not 1 <= task.params["concurrency"] <= CONCURRENCY:
        raise OptionError(
            "concurrency", f"concurrency must be from 1 to {CONCURRENCY}, not {task.params['concurrency']}."
        )
    task.client.limit_concurrency(task.params["concurrency"])
    entries, looked_at = _entries(task.params)
    workers, unlisted = ensure_worker_apps(task, entries, policy, looked_at)
    return result_of(task, workers, unlisted, policy)


def _entries(params: t.Mapping[str, t.Any]) -> tuple[list[Entry], list[Entry]]:
    """Return the workers that the options name, and the environments that are looked at in any case."""
    own, entries = params["environment"], []
    for index, given in enumerate(params["workers"] or []):
        where, named = f"workers[{index}]", given.get("environment")
        option = "environment" if named is None and own is not None else f"{where}.environment"
        entries.append(Entry(where, own if named is None else named, option, given))
    looked_at = [Entry("", own, "environment", None)] if own is not None else []
    for index, environment in enumerate(params["environments"] or []):
        where, name = f"environments[{index}]", environment["environment"]
        looked_at.append(Entry(where, name, f"{where}.environment", None))
        for number, given in enumerate(environment["workers"]):
            entries.append(Entry(f"{where}.workers[{number}]", name, f"{where}.environment", given))
    return entries, looked_at


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
