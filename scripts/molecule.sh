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
  molecule test --scenario-name "$name"
  passed=$((passed + 1))
done
echo "$passed scenarios passed, 0 scenarios failed"
