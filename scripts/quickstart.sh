#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the quickstart, or, with "teardown", removes what it made in the real service. There it needs the user's
# PINGONE_* variables, and the user's home, where the credentials are kept.
set -euo pipefail
here=$(dirname "$0")
saved=$(export -p | grep -E '^declare -x (PINGONE_|XDG_|HOME=)' || true)
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
if [ "$TENANT" = real ]; then eval "$saved"; fi
cd "$checkout"
# A task that this run has no use for is no news to who reads along.
export ANSIBLE_DISPLAY_SKIPPED_HOSTS=false
if [ "${1-}" = teardown ]; then exec ansible-playbook playbooks/teardown.yml -e @playbooks/vars/quickstart.yml; fi
# As JSON because Ansible splits other text at spaces and quotes, which the folder's name may have.
variables=$(python -c 'import json, sys; print(json.dumps(dict(argument.split("=", 1) for argument in sys.argv[1:])))' \
  "emulator_python=$checkout/.venv/bin/python" "quickstart_propagation=$PROPAGATION" \
  "quickstart_api_date=${API_DATE:-}" \
  "quickstart_teardown=make quickstart-teardown")
exec ansible-playbook playbooks/quickstart.yml -e "$variables"
