#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the quickstart; against the real service it keeps the user's PINGONE_* variables, and needs them.
set -euo pipefail
here=$(dirname "$0")
saved=$(export -p | grep -E '^declare -x PINGONE_' || true)
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
if [ "$TENANT" = real ]; then eval "$saved"; fi
cd "$checkout"
# A task that this run has no use for is no news to who reads along.
export ANSIBLE_DISPLAY_SKIPPED_HOSTS=false
exec ansible-playbook playbooks/quickstart.yml \
  -e "emulator_python=$checkout/.venv/bin/python" -e "quickstart_propagation=$PROPAGATION"
