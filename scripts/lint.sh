#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All linters. Each runs, even when one before it complains. Arguments are for ansible-lint, which takes longest.
set -uo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout" || exit 1
failed=0
check() {
  printf '== %s\n' "$1"
  shift
  "$@" || failed=$((failed + 1))
}
check "ruff" ruff check .
check "ruff format" ruff format --check .
check "mypy" mypy --config-file mypy.ini -p ansible_collections.idops.pingone.plugins.action \
  -p ansible_collections.idops.pingone.plugins.doc_fragments -p ansible_collections.idops.pingone.plugins.filter \
  -p ansible_collections.idops.pingone.plugins.lookup \
  -p ansible_collections.idops.pingone.plugins.module_utils -p ansible_collections.idops.pingone.plugins.modules \
  -p ansible_collections.idops.pingone.plugins.plugin_utils -p pingone_emulator -p pingone_conformance
# As Galaxy does it for each plugin.
check "flake8" flake8 --isolated --select E,F,W --extend-ignore E402 --max-line-length 160 plugins
check "role arguments" python scripts/role_arguments.py --check
check "yamllint" yamllint --strict .
check "zizmor" zizmor --quiet --offline --persona auditor .github
check "reuse" reuse lint --lines
check "antsibull-changelog" antsibull-changelog lint
# Outside of the checkout because ansible-lint splits paths at spaces and quotes, which the checkout's may have.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
copy=$(bash scripts/copy_collection.sh "$folder/copy")
mkdir -p "$folder/link/ansible_collections/idops"
ln -s "$copy" "$folder/link/ansible_collections/idops/pingone"
check "antsibull-docs" antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self \
  --check-extra-docs-refs "$copy"
check "ansible-lint" env -C "$copy" "ANSIBLE_COLLECTIONS_PATH=$folder/link" ansible-lint --profile production --offline "$@"
exit "$failed"
