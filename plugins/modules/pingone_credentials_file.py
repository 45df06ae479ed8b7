#!/usr/bin/python
# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pingone_credentials_file
short_description: Keep a file of credentials, private and if wanted encrypted
version_added: 0.1.0
author:
  - The idops.pingone contributors (@idops)
description:
  - Writes a dictionary, such as the client id and secret of a worker application, to a file on the controller that
    nobody but its owner can read.
  - The file has the mode C(0600) from the moment it exists. It is written beside its place and then renamed, so
    that no reader ever sees half of it.
  - With vault passwords the file is encrypted with Ansible Vault. It is compared by its decrypted content, so that a
    second run changes nothing although an encryption with a new salt would look different each time.
  - The content is never shown, neither in the result, nor with C(--diff), nor in an error.
notes:
  - It runs in the controller's process, whatever the connection, O(ignore:become) or O(ignore:delegate_to) of the
    task, and makes no call to PingOne. It is not in the action group C(idops.pingone.pingone) for that reason.
  - A path whose file or folder is a symbolic link, and a folder that others may write to (C(/tmp) is one), are
    refused because somebody else could put another file in the place. So is a folder above that belongs to another
    user, or that others may write to, unless it is the system's, or has the sticky bit.
  - On ansible-core 2.22 and later what is secret in O(content), by the names of its keys (C(client_secret),
    C(access_token), and what ends in such words as C(password)), is taken out of all that the play shows afterwards.
  - A run that is killed while it writes may leave a file C(.NAME.) with 16 hexadecimal digits beside the file. A later
    run removes it.
options:
  path:
    description:
      - The file. A relative path starts at the folder of the playbook; in a playbook that a collection brings, it
        starts where Ansible was started because the next installation would remove what lies in the collection.
      - Folders that are missing are made, with the mode C(0700).
      - A path that begins with a home that does not exist, or with an environment variable that is not set, is refused.
    type: path
    required: true
  content:
    description:
      - What the file holds. Required when O(state=present).
      - With O(format=env) the values are strings, numbers and booleans, and the keys are names of variables.
    type: dict
  format:
    description:
      - How the content is written.
      - V(env) writes a line C(NAME=value) a key, which a shell can read, such as by C(set -a; . ./dev.env; set +a).
    type: str
    choices: [yaml, json, env]
    default: yaml
  env_names:
    description:
      - How the lines are named with O(format=env).
      - V(pingone) names those of the connection as the environment variables that the modules read, such as
        E(PINGONE_CLIENT_ID) in the place of C(client_id), and all others as they are given.
      - V(as_given) names all as they are given.
    type: str
    choices: [pingone, as_given]
    default: pingone
    version_added: 0.2.0
  vault:
    description:
      - Whether the file is encrypted with Ansible Vault.
      - V(auto) encrypts when there is a password, be it O(vault_password) or one of the play (C(--vault-id),
        C(--ask-vault-pass), C(ANSIBLE_VAULT_PASSWORD_FILE)).
      - V(always) fails when there is none.
      - V(never) writes plain text, in place of an encrypted file too.
    type: str
    choices: [auto, always, never]
    default: auto
  vault_password:
    description:
      - The password to encrypt with, in place of those of the play.
      - Without it the first password of the play is used, or the one that C(vault_encrypt_identity) in
        C(ansible.cfg) names.
    type: str
  state:
    description: Whether the file is there.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Can run in check mode and tell what would change without changing it.
    support: full
    details: Neither a file nor a folder is written.
  diff_mode:
    description: Can tell what changed, or would change, with C(--diff).
    support: partial
    details: The diff shows existence, encryption and mode; in place of the content it says C((content not shown)).
  action:
    description: Runs as an action plugin.
    support: full
    details: It has no other part.
  async:
    description: Supports being used with C(async).
    support: none
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
seealso:
  - module: idops.pingone.pingone_worker_app
"""

EXAMPLES = r"""
- name: Publish the credentials of a worker application
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Read the worker application and its secret
      idops.pingone.pingone_worker_app:
        environment: dev
        name: ci-dev
        return_secret: true
      register: ci

    - name: Keep the credentials in a private file
      idops.pingone.pingone_credentials_file:
        path: ~/.pingone/dev.ci-dev.yaml
        content:
          client_id: "{{ ci.worker_app.id }}"
          client_secret: "{{ ci.client_secret }}"

- name: Remove the credentials of a worker application that is gone
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Remove the file
      idops.pingone.pingone_credentials_file:
        path: ~/.pingone/dev.ci-dev.yaml
        state: absent
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /home/user/.pingone/dev.ci-dev.yaml
encrypted:
  description: Whether the file is encrypted with Ansible Vault; V(false) when O(state=absent).
  returned: success
  type: bool
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

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = dict(
    path=dict(type="path", required=True),
    # The action shows nothing of it. With no_log, ansible-core 2.22 would take all of it out of whatever the play shows
    # afterwards, a region too; the action registers what is secret.
    content=dict(type="dict", no_log=False),
    format=dict(type="str", choices=["yaml", "json", "env"], default="yaml"),
    env_names=dict(type="str", choices=["pingone", "as_given"], default="pingone"),
    vault=dict(type="str", choices=["auto", "always", "never"], default="auto"),
    vault_password=dict(type="str", no_log=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
)
RULES = dict(required_if=[("state", "present", ("content",))])
SECRET_RETURNS = ()


def main() -> None:
    """Say that this module is an action: the file belongs on the controller, and so do the vault passwords."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True, **RULES)
    module.fail_json(
        msg="pingone_credentials_file runs only as an action, in the controller's process: "
        "call it from a task as idops.pingone.pingone_credentials_file.",
        error={"kind": "option"},
    )


if __name__ == "__main__":
    main()
