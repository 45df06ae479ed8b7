#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_worker_app_key
short_description: Manage the public keys with which a worker application of PingOne signs in
version_added: 0.2.0
description:
  - Puts public keys on a worker application, for C(token_endpoint_auth_method=PRIVATE_KEY_JWT), or the URL at which
    PingOne finds them. Keys that the task does not name are kept, unless O(exclusive=true).
  - With O(generate=true) it makes a key pair. The private half is written to a file on the controller, for its owner
    alone, before the public half is sent; so a run that is interrupted in between is completed by the next one.
    A private key is never returned, never shown, and never sent anywhere.
  - A key is known by its C(kid). To rotate, publish a second key beside the first, let all clients sign in by it, and
    retire the first with O(state=absent).
  - An update sends back what was read with the changes of the task. Unknown fields are preserved, those of the key set
    too.
author:
  - The idops.pingone contributors (@idops)
extends_documentation_fragment:
  - idops.pingone.attributes
  - idops.pingone.connection
attributes:
  check_mode:
    support: full
    details:
      - Environments and workers that earlier tasks of the same run would have created, renamed, changed and removed are
        taken as if they were so. What does not exist then is an error as in the real run,
        unless O(assume_missing=true).
      - No file is written. A key that would be made has a predicted kid, which begins with
        V(00000000-0000-0000-0000-).
  diff_mode:
    support: partial
    details:
      - The diff names the keys by their kids, and shows no key. That of the file says whether it is there, whether it
        is encrypted, and its mode.
  idempotent:
    support: full
    details:
      - A key pair is made only where O(path) does not exist. Another O(path) makes another one.
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
  keys:
    description:
      - Public keys that the worker is to have, or not to have.
      - Mutually exclusive with O(jwks_url).
    type: list
    elements: dict
    suboptions:
      public_key:
        description:
          - The public key, as PEM (C(BEGIN PUBLIC KEY)) or as a JWK. Required when O(state=present).
          - RSA keys of 2048 bits or more, and EC keys on the curves C(P-256), C(P-384) and C(P-521).
            A private key is refused.
          - With O(state=absent) this very key is retired, under whatever kid, unless O(keys[].kid) is given too.
        type: json
      kid:
        description:
          - What the key is known by. The C(kid) of a JWK, or else the thumbprint of the key (RFC 7638, SHA-256), when
            it is left out.
          - A key of this kid that is there already is replaced if it is another one.
        type: str
      algorithm:
        description:
          - The algorithm with which the worker signs. For a new key the C(alg) of a JWK, or else V(RS256), or that of
            the curve, when it is left out. An existing key is then left as it is.
        type: str
        choices: [ES256, ES384, ES512, RS256, RS384, RS512]
  jwks_url:
    description:
      - HTTPS URL at which PingOne finds the public keys.
      - It holds neither a user nor a password because PingOne and results show it.
      - A worker has either this or keys of its own. Keys give way to the URL, and the URL to keys, only with
        O(exclusive=true).
    type: str
  generate:
    description:
      - Whether to make a key pair, keep its private half in O(path), and publish its public half.
      - Where O(path) exists, no key is made, and the public half of what it holds is published.
    type: bool
    default: false
  path:
    description:
      - The file on the controller that keeps the private key, as PEM (PKCS 8) without a passphrase, for
        O(private_key_path) of other tasks. Required with O(generate=true), and only for it.
      - A relative path starts at the folder of the playbook; in a playbook that a collection brings, it starts where
        Ansible was started. Folders that are missing are made, with the mode C(0700).
      - The file has the mode C(0600) from the moment it exists, and is never seen half written. A path on which others
        could put another file in its place is refused, as by M(idops.pingone.pingone_credentials_file). So is one that
        begins with a home that does not exist, or with an environment variable that is not set.
    type: path
  key_type:
    description:
      - What kind of key pair is made, V(P-256) when it is left out. Only with O(generate=true).
      - A file that holds a key of another kind than the one given here is refused, because another key needs another
        O(path).
    type: str
    choices: [P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096]
  algorithm:
    description:
      - The algorithm with which the worker signs by the key that is made, as O(keys[].algorithm).
        Only with O(generate=true).
    type: str
    choices: [ES256, ES384, ES512, RS256, RS384, RS512]
  vault:
    description:
      - Whether the file of the private key is encrypted with Ansible Vault.
      - V(auto) encrypts when there is a password, be it O(vault_password) or one of the play (C(--vault-id),
        C(--ask-vault-pass), C(ANSIBLE_VAULT_PASSWORD_FILE)).
      - V(always) fails when there is none.
      - V(never) writes plain text, in place of an encrypted file too.
    type: str
    choices: [auto, always, never]
    default: auto
  vault_password:
    description:
      - The password to encrypt with, in place of those of the play. Only with O(generate=true).
    type: str
  exclusive:
    description:
      - Whether every other key of the worker is removed.
    type: bool
    default: false
  token_endpoint_auth_method:
    description:
      - Sets, by the same update, that the worker signs in by its keys and no longer by its secret.
        When it is left out, the worker signs in as before.
    type: str
    choices: [PRIVATE_KEY_JWT]
  state:
    description:
      - V(present) publishes the keys.
      - V(absent) retires the keys that O(keys) names. The last key of a worker that signs in by its keys cannot be
        retired.
    type: str
    choices: [absent, present]
    default: present
  allow_self:
    description:
      - Whether the calling worker may take away the key by which it signs in. Without it such a task fails and changes
        nothing. Where it is not known which key that is, as with O(access_token), none of its keys may go.
      - It may always publish another one, and retire any other one.
    type: bool
    default: false
notes:
  - The calling worker needs Environment Admin or Client Application Developer in O(environment).
  - PingOne replaces the key set of a worker as a whole, on no condition. Tasks of one controller wait for each other.
    When two controllers change the keys of one worker at once, the change of one is taken away. That one reads the keys
    right after its change and makes it once more. After three times it fails, and RV(error.kind) is V(conflict). A
    request that was held up for longer may still take a change away, which the next run puts right.
  - O(generate=true) and keys in PEM need the Python library C(cryptography), the first one on the controller.
  - Give O(private_key_id), the RV(kid) of the key, where you sign in, because the worker may have several keys.
seealso:
  - module: idops.pingone.pingone_worker_app
  - module: idops.pingone.pingone_token
  - module: idops.pingone.pingone_credentials_file
"""

EXAMPLES = r"""
- name: Make a key pair, and let the worker sign in by it
  idops.pingone.pingone_worker_app_key:
    environment: dev
    application: ci-dev
    generate: true
    path: ~/.pingone/dev.ci-dev.2026.pem
    token_endpoint_auth_method: PRIVATE_KEY_JWT
  register: first

- name: Sign in by it
  idops.pingone.pingone_token:
    auth_environment_id: "{{ first.worker_app.environment_id }}"
    client_id: "{{ first.worker_app.id }}"
    private_key_path: "{{ first.path }}"
    private_key_id: "{{ first.kid }}"

- name: Rotate, with both keys valid for a while
  idops.pingone.pingone_worker_app_key:
    environment: dev
    application: ci-dev
    generate: true
    path: ~/.pingone/dev.ci-dev.2027.pem
    key_type: RSA-3072
  register: second

- name: Sign in by the new one
  idops.pingone.pingone_token:
    auth_environment_id: "{{ second.worker_app.environment_id }}"
    client_id: "{{ second.worker_app.id }}"
    private_key_path: "{{ second.path }}"
    private_key_id: "{{ second.kid }}"

- name: Retire the old one
  idops.pingone.pingone_worker_app_key:
    environment: dev
    application: ci-dev
    keys:
      - kid: "{{ first.kid }}"
    state: absent

- name: Publish the key of a client that keeps its private half to itself
  idops.pingone.pingone_worker_app_key:
    environment: dev
    application: ci-dev
    keys:
      - kid: runner-7
        public_key: |
          -----BEGIN PUBLIC KEY-----
          MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEV90U3HLueHH9MQRk8fehABMSq70G
          clgjv4F1RRjBuvYP2J0nDNraAxj3oQwAZlxONReWiRBaLM5Tt7YZsewg+w==
          -----END PUBLIC KEY-----

- name: Let PingOne fetch the keys instead
  idops.pingone.pingone_worker_app_key:
    environment: dev
    application: ci-dev
    jwks_url: https://keys.example.com/ci-dev/jwks.json
    exclusive: true
"""

RETURN = r"""
keys:
  description:
    - The public keys of the worker as they are now, in check mode as they would be, without the keys themselves.
    - Empty for a worker whose keys are behind a URL.
  type: list
  elements: dict
  returned: success
  contains:
    kid:
      description: What the key is known by; null where it has no kid.
      type: str
      returned: success
      sample: ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM
    thumbprint:
      description: Its thumbprint (RFC 7638, SHA-256); null for a predicted key, and for one that is neither RSA nor EC.
      type: str
      returned: success
      sample: ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM
    type:
      description: Its C(kty).
      type: str
      returned: success
      sample: EC
    algorithm:
      description: Its C(alg); null where it names none.
      type: str
      returned: success
      sample: ES256
  sample:
    - kid: ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM
      thumbprint: ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM
      type: EC
      algorithm: ES256
added:
  description: The kids of the keys that this task published or replaced.
  type: list
  elements: str
  returned: success
  sample: [ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM]
removed:
  description: The kids of the keys that this task retired or replaced.
  type: list
  elements: str
  returned: success
  sample: []
worker_app:
  description:
    - The worker as it is now, as M(idops.pingone.pingone_worker_app) returns it. Null where it is gone.
  type: dict
  returned: success
  sample:
    id: 7f9b1c52-3a60-4d7e-9b3f-2d1c0a6e5f48
    environment_id: 3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11
    name: ci-dev
    enabled: true
    grant_types: [CLIENT_CREDENTIALS]
    token_endpoint_auth_method: PRIVATE_KEY_JWT
kid:
  description:
    - What the key of O(path) is known by, its thumbprint.
    - Predicted in check mode for a key that does not exist yet.
  type: str
  returned: when O(generate=true)
  sample: ptX0Nd5oxq6JnJR9nRzaeTfaw0mkUu3wCYfUrfdmHfM
path:
  description: The file of the private key.
  type: str
  returned: when O(generate=true)
  sample: /home/user/.pingone/dev.ci-dev.2026.pem
encrypted:
  description: Whether that file is encrypted with Ansible Vault.
  type: bool
  returned: when O(generate=true)
  sample: false
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

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import MissingObjectError, OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.jwk import KEY_ALGORITHMS, KEY_TYPES, is_private
from ansible_collections.idops.pingone.plugins.module_utils._core.result import Result, absent, run_module
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_fields import WORKER_APP
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key import ensure_worker_app_key
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_plan import (
    key_to_result,
    keys_of,
    names_of_others,
    side_of,
)
from ansible_collections.idops.pingone.plugins.module_utils._resources.worker_app_key_rules import check_options

ARGUMENT_SPEC = argument_spec(
    environment=dict(type="str", required=True),
    application=dict(type="str", required=True),
    keys=dict(
        type="list",
        elements="dict",
        no_log=False,
        options=dict(
            public_key=dict(type="json", no_log=False),
            kid=dict(type="str"),
            algorithm=dict(type="str", choices=list(KEY_ALGORITHMS)),
        ),
    ),
    jwks_url=dict(type="str", no_log=False),
    generate=dict(type="bool", default=False),
    path=dict(type="path"),
    key_type=dict(type="str", choices=list(KEY_TYPES), no_log=False),
    algorithm=dict(type="str", choices=list(KEY_ALGORITHMS)),
    vault=dict(type="str", choices=["auto", "always", "never"], default="auto"),
    vault_password=dict(type="str", no_log=True),
    exclusive=dict(type="bool", default=False),
    token_endpoint_auth_method=dict(type="str", choices=["PRIVATE_KEY_JWT"], no_log=False),
    state=dict(type="str", choices=["absent", "present"], default="present"),
    allow_self=dict(type="bool", default=False),
)
RULES = dict(required_if=[("generate", True, ("path",))])
SECRET_RETURNS = ()


def run(task: Task) -> Result:
    """Bring the public keys of one worker to what the task wants."""
    for entry in task.params["keys"] or []:
        if is_private(entry["public_key"] or ""):
            task.secret(entry["public_key"])
    check_options(task.params)
    if task.params["generate"]:
        raise OptionError(
            "generate",
            "generate works only in a task of a play: the key pair is made in the controller's process, and no module "
            "gets a private key.",
        )
    try:
        outcome = ensure_worker_app_key(task)
    except MissingObjectError as error:
        # A worker that is gone has no keys any more.
        return absent(task, error, keys=[], added=[], removed=[], worker_app=None)

    before, after = outcome.plan.current, outcome.after
    return Result(
        outcome.plan.changed,
        before=side_of(before),
        after=side_of(after),
        title=outcome.title,
        keys=[key_to_result(key) for key in keys_of(after)],
        added=names_of_others(after, before),
        removed=names_of_others(before, after),
        worker_app=WORKER_APP.to_result(after),
    )


def main() -> None:
    run_module(run, ARGUMENT_SPEC, RULES, SECRET_RETURNS)


if __name__ == "__main__":
    main()
