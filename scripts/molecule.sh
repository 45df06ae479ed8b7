#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs every molecule scenario.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout/extensions"
export EMULATOR_PYTHON="$checkout/.venv/bin/python"
passed=0
for scenario in molecule/*/molecule.yml; do
  name=$(basename "$(dirname "$scenario")")
  # The one for users is run as they would: from a copy in a project of their own.
  if [ "$name" = rehearsal ]; then continue; fi
  molecule test --scenario-name "$name"
  passed=$((passed + 1))
done
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
mkdir "$project/molecule"
cp -R molecule/rehearsal "$project/molecule/default"
cd "$project"
# Its own port may be taken on a machine that runs these tests twice.
EMULATOR_PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export EMULATOR_PORT
molecule test
passed=$((passed + 1))
echo "$passed scenarios passed, 0 scenarios failed"
