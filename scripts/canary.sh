#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The search for secrets with ansible-core 2.16 and the newest that this Python can have, each in its own environment.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout"
for core in "ansible-core~=2.16.0" "ansible-core"; do
  folder="$cache/core-$(printf '%s' "$core" | tr -cd 'a-z0-9.')"
  if [ ! -e "$folder/.made" ]; then
    python -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$core" requests cryptography
    touch "$folder/.made"
  fi
  python tests/canary/run.py "$folder/bin/ansible-playbook"
done
