#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the molecule scenarios that are named, or all.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout/extensions"
export EMULATOR_PYTHON="$checkout/.venv/bin/python"
# The scenario for users is run as they would: from a copy in a project of their own.
rehearse() {
  local project
  project=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$project'" EXIT
  mkdir "$project/molecule"
  cp -R molecule/rehearsal "$project/molecule/default"
  cd "$project"
  # Its own port may be taken on a machine that runs these tests twice.
  EMULATOR_PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export EMULATOR_PORT
  molecule test
}
if [ $# = 0 ]; then
  cd molecule
  set -- bootstrap_* rehearsal
  cd ..
fi
for name in "$@"; do
  if [ "$name" = rehearsal ]; then (rehearse); else molecule test --scenario-name "$name"; fi
done
echo "$# scenarios passed, 0 scenarios failed"
