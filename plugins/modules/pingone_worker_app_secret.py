#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app_secret
short_description: Read and rotate the secret of a worker application of PingOne
version_added: 0.2.0
description:
  - Reads the secret of a worker, replaces it by a new one, and revokes the previous one.
    PingOne keeps one previous secret beside the present one, so that clients can go on until they have the new one.
  - A rotation is sent once. When its answer is lost, the secret is read and compared, for 10 seconds, and nothing is
    sent again. With O(published_secret) the next run finds what was rotated and not published, and rotates nothing.
  - Two plays on one controller that rotate the same secret at once rotate it once. From two controllers it is rotated
    twice. Both new secrets are valid then, and RV(previous_lost) tells whose clients were left behind.
  - PingOne shows the secret of a worker only to a worker that could remove every role assignment of it, and whose own
    roles allow all that those allow. No worker reads or rotates its own. A refusal names the assignments that are in
    the way, and comes before anything is written.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - RV(rotated) and RV(publish_required) tell what would be. RV(client_secret) is empty, whatever the secret is.
      - A worker that earlier tasks of the dry run predicted is taken to have a secret without a previous one.
  diff_mode:
    support: full
    details:
      - A diff shows no secret, but that it was rotated, and until when the previous one is valid.
  idempotent:
    support: partial
    details:
      - With O(state=rotated) and without O(max_age) and O(compromised_secret), each run rotates, unless
        O(published_secret) is not the secret, or a previous secret is still valid.
options:
  environment:
    description:
      - Name or id of the environment that the worker belongs to.
    type: str
    required: true
  application:
    description:
      - Name or id of the worker.
    type: str
    required: true
  state:
    description:
      - V(present), the secret is read, and nothing is changed.
      - V(rotated), the secret is replaced by a new one when that is due, which O(max_age), O(compromised_secret),
        O(published_secret) and O(on_live_previous) decide.
      - V(previous_revoked), the previous secret is not valid any more. The present one stays.
    type: str
    choices: [present, previous_revoked, rotated]
    default: present
  max_age:
    description:
      - How old the secret may become, counted from O(rotated_at), such as V(30d). A whole number and one of C(s), C(m),
        C(h), C(d) and C(w).
      - A secret whose O(rotated_at) is not given is rotated. When it is left out, the secret is rotated at any age.
      - Requires O(state=rotated).
    type: str
  rotated_at:
    description:
      - When the secret was rotated, as RFC 3339 writes it. Without a zone it is UTC. PingOne tells no age of a secret,
        so this is the RV(rotated_at) of an earlier task, from where the secret is published.
      - With O(state=previous_revoked), the time from which on the previous secret may be unused.
      - Requires O(max_age) or O(only_if_unused_for).
    type: str
  published_secret:
    description:
      - The secret that the clients have, from where it is published. When it is not the present one, nothing is
        rotated, and RV(publish_required) and RV(client_secret) put it right. So a run repairs what an earlier one left
        that was ended between the rotation and the publication.
      - Empty where nothing is published yet. The secret is then published as it is, and rotated by a later run.
      - Requires O(state=present) or O(state=rotated).
    type: str
  keep_previous_for:
    description:
      - For how long the secret of before stays valid after a rotation, from V(1m) to V(30d), which are PingOne's
        bounds. At least 70 seconds are sent, because a request takes its time. V(48h) when it is left out.
      - V(0) ends it at once, and requires O(revoke_immediately=true).
      - Requires O(state=rotated).
    type: str
  revoke_immediately:
    description:
      - Confirms O(keep_previous_for=0).
      - Requires O(state=rotated).
    type: bool
    default: false
  on_live_previous:
    description:
      - What is done when a rotation is due and a previous secret is still valid, such as during the time that
        O(keep_previous_for) gave to the clients. PingOne keeps one previous secret only.
      - V(fail), the task fails, and nothing is changed.
      - V(skip), nothing is changed. RV(reason) is V(live_previous) then.
      - V(replace), the secret is rotated, and clients that still use the previous one lose it.
    type: str
    choices: [fail, replace, skip]
    default: fail
  compromised_secret:
    description:
      - A secret that has leaked. If it is the present one, it is replaced, and is not kept as the previous one. A
        previous one that is valid beside it ends with it. If it is the previous one, that is revoked. Otherwise
        nothing is changed.
      - Mutually exclusive with O(max_age), O(rotated_at), O(keep_previous_for) and O(revoke_immediately).
        O(on_live_previous) is not asked for.
      - Requires O(state=rotated).
    type: str
  verify:
    description:
      - Whether to get a token by the secret that has to be published, before the task succeeds. No token of the cache
        counts. RV(verified) tells whether there was one.
      - The task fails when PingOne refuses the secret. With a warning, it is not tried for a worker that gets no token
        by a secret, such as one without roles.
      - Has an effect with O(state=rotated) alone.
    type: bool
    default: true
  only_if_unused_for:
    description:
      - For how long the previous secret must not have been used to be revoked, such as V(24h). It counts from when
        PingOne saw it used last, or from O(rotated_at) if that is later.
      - PingOne shows no use until the first one after the rotation. Without that and O(rotated_at) it is not known for
        how long there was none, and the previous secret stays.
      - Clients that got a token before go on without the secret until it expires, which takes an hour as a rule.
      - Requires O(state=previous_revoked).
    type: str
  return_secret:
    description:
      - Whether to return the present secret as RV(client_secret).
        The result is then censored wherever it would be shown, its diff too, and usable in later tasks.
      - Needs the C(local) connection and no C(async); use C(delegate_to=localhost) elsewhere.
      - Requires O(state=present) or O(state=rotated).
    type: bool
    default: false
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment), which hold
    C(applications:read:secret), C(applications:update:secret) and C(applications:delete:secret). That the second role
    holds the last of these is inferred.
  - Publish where RV(publish_required) is true, with RV(client_secret) and RV(rotated_at) together.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_credentials_file
  - module: idops.pingone.pingone_token
"""

EXAMPLES = r"""
- name: See until when the previous secret is valid, and whether it is used
  idops.pingone.pingone_worker_app_secret:
    environment: dev
    application: ci-dev

- name: Rotate a secret that is older than 30 days, or find one that was rotated and not published
  idops.pingone.pingone_worker_app_secret:
    environment: dev
    application: ci-dev
    state: rotated
    max_age: 30d
    rotated_at: "{{ published.rotated_at | default(omit) }}"
    published_secret: "{{ published.client_secret | default('') }}"
    keep_previous_for: 48h
    on_live_previous: skip
    return_secret: true
  vars:
    published: "{{ (lookup('ansible.builtin.file', path) if path is exists else '{}') | from_yaml }}"
    path: "{{ playbook_dir }}/ci-dev.yml"
  register: secret

- name: Publish it
  idops.pingone.pingone_credentials_file:
    path: "{{ playbook_dir }}/ci-dev.yml"
    vault: never
    content:
      client_id: "{{ secret.client_id }}"
      client_secret: "{{ secret.client_secret }}"
      rotated_at: "{{ secret.rotated_at }}"
  when: secret.publish_required

- name: Revoke the previous secret once no client has used it for a day
  idops.pingone.pingone_worker_app_secret:
    environment: dev
    application: ci-dev
    state: previous_revoked
    only_if_unused_for: 24h
    rotated_at: "{{ secret.rotated_at | default(omit, true) }}"

- name: Rotate at once, but only if the secret that leaked is still valid
  idops.pingone.pingone_worker_app_secret:
    environment: dev
    application: ci-dev
    state: rotated
    compromised_secret: "{{ leaked_secret }}"
  vars:
    leaked_secret: An-example-secret-of-64-characters-or-more-that-was-found-in-a-log-01

- name: Rotate now, and end the secret of before for all clients
  idops.pingone.pingone_worker_app_secret:
    environment: dev
    application: ci-dev
    state: rotated
    keep_previous_for: 0
    revoke_immediately: true
"""

RETURN = r"""
environment_id:
  description: Id of the environment.
  type: str
  returned: success, and failure after the rotation
  sample: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
client_id:
  description: Id of the application, and client id of the worker.
  type: str
  returned: success, and failure after the rotation
  sample: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
client_secret:
  description:
    - The present secret. Empty in check mode. Left out where O(published_secret) holds it already, because ansible-core
      takes the value of that option out of every result.
  type: str
  returned: when O(return_secret=true) and the secret is not O(published_secret)
  sample: a text of 64 characters or more
rotated:
  description: Whether this task rotated the secret. In check mode, whether it would.
  type: bool
  returned: success, and failure after the rotation
  sample: true
revoked:
  description: Whether this task revoked the previous secret. In check mode, whether it would.
  type: bool
  returned: success, and failure after the rotation
  sample: false
reason:
  description:
    - Why something was done or not, for a play to decide by. Null where there was nothing to decide.
    - V(due) and V(compromised), the secret was rotated, or with the second the previous one revoked.
    - V(unused), the previous secret was revoked.
    - V(not_due), the secret is not older than O(max_age).
    - V(not_published), the secret is another one than O(published_secret), and has to be published.
    - V(live_previous), a previous secret is valid, and O(on_live_previous=skip).
    - V(not_compromised), neither secret is the one that leaked.
    - V(rotated_meanwhile), another play on this controller rotated the secret while this task waited for it.
    - V(in_use), the previous secret was used within O(only_if_unused_for).
    - V(use_unknown), nothing tells for how long the previous secret was not used.
    - V(no_previous), no previous secret is valid.
  type: str
  returned: success, and failure after the rotation
  sample: due
publish_required:
  description:
    - Whether the present secret has to be published. It does when this task, or another play on this controller
      meanwhile, rotated it, and when it is not O(published_secret).
  type: bool
  returned: success, and failure after the rotation
  sample: true
rotated_at:
  description:
    - From when the age of the secret counts, to be published with it. It is when this task rotated it, or found it to
      be newer than what is published, by PingOne's clock; otherwise O(rotated_at).
    - Null where nothing tells.
  type: str
  returned: success, and failure after the rotation
  sample: "2026-11-02T09:30:00Z"
previous:
  description: The previous secret, if one is valid; null otherwise. In check mode, as it would be.
  type: dict
  returned: success, and failure after the rotation
  contains:
    expires_at:
      description: Until when it is valid.
      type: str
      returned: always
      sample: "2026-11-04T09:30:00Z"
    last_used:
      description: When it was used last; null while PingOne has seen no use of it since the rotation.
      type: str
      returned: always
      sample: "2026-11-02T11:00:00Z"
  sample: {expires_at: "2026-11-04T09:30:00Z", last_used: null}
previous_lost:
  description:
    - Whether the secret of before is not valid any more although it was to be kept, because the secret was rotated from
      elsewhere at the same time. Clients that still use it need the new one.
  type: bool
  returned: success, and failure after the rotation
  sample: false
verified:
  description: Whether the worker got a token by the secret that has to be published.
  type: bool
  returned: success, and failure after the rotation
  sample: true
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

from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret import ensure_worker_app_secret
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_secret_result import result_of

ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str", required=True),
    application=dict(type="str", required=True),
    state=dict(type="str", choices=["present", "previous_revoked", "rotated"], default="present"),
    max_age=dict(type="str"),
    rotated_at=dict(type="str"),
    published_secret=dict(type="str", no_log=True),
    keep_previous_for=dict(type="str"),
    revoke_immediately=dict(type="bool", default=False),
    on_live_previous=dict(type="str", choices=["fail", "replace", "skip"], default="fail"),
    compromised_secret=dict(type="str", no_log=True),
    verify=dict(type="bool", default=True),
    only_if_unused_for=dict(type="str"),
    return_secret=dict(type="bool", default=False),
)
RULES: dict[str, object] = {}
SECRET_RETURNS = ("client_secret",)
SECRET_ASKED_BY = "return_secret"
# Without them, more would be rotated or revoked than was meant.
GUARDS = ("max_age", "compromised_secret", "only_if_unused_for")


def run(task: Task) -> Result:
    """Read, rotate or revoke the secret of one worker application."""
    params = task.params
    return result_of(
        ensure_worker_app_secret(task),
        params["published_secret"],
        return_secret=params["return_secret"],
        check_mode=task.check_mode,
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
