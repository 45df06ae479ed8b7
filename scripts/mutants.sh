#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Changes the code in small ways, one at a time, and says which changes no test notices. mutmut derives the names of
# modules from paths, so it works in a folder whose top level holds ansible_collections and pingone_emulator.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout"
root="$cache/mutants-root"
copy=$(bash scripts/copy_collection.sh "$cache/mutants")
rm -rf "$root"
mkdir -p "$root/ansible_collections/idops/pingone"
cp -R "$copy/plugins" "$copy/tests" "$copy/meta" "$copy/galaxy.yml" "$copy/pytest.ini" "$root/ansible_collections/idops/pingone/"
cp -R "$copy/roles/emulator/files/pingone_emulator" "$root/pingone_emulator"
cat >"$root/setup.cfg" <<'CONFIGURATION'
[mutmut]
source_paths =
    ansible_collections
    pingone_emulator
also_copy =
    ansible_collections
    pingone_emulator
only_mutate =
    */module_utils/_core/plan.py
    */module_utils/_client/client.py
    */module_utils/_client/retry.py
    */module_utils/_client/auth.py
    */module_utils/_client/tokens.py
    pingone_emulator/access.py
    pingone_emulator/rules/permissions.py
    pingone_emulator/rules/scopes.py
pytest_add_cli_args =
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection =
    ansible_collections/idops/pingone/tests/unit/plugins/module_utils
    ansible_collections/idops/pingone/tests/unit/emulator/test_faults.py
    ansible_collections/idops/pingone/tests/unit/emulator/test_permission_walk.py
    ansible_collections/idops/pingone/tests/unit/emulator/test_role_assignments.py
    ansible_collections/idops/pingone/tests/unit/emulator/test_roles.py
    ansible_collections/idops/pingone/tests/unit/emulator/test_rules.py
CONFIGURATION
cd "$root"
# mutmut puts its own copy on the path; with any other there, no change would ever be seen.
unset PYTHONPATH PINGONE_OPENAPI PINGONE_RECORDED
mutmut run --max-children 2 >mutmut.log 2>&1 || { tail -40 mutmut.log; exit 1; }
mutmut export-cicd-stats >/dev/null
mutmut results || true
python "$checkout/scripts/mutants_report.py" mutants/mutmut-cicd-stats.json
