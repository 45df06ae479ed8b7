#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A command of ansible-test (sanity, units, integration) on a copy of the collection, with nothing but PyPI.
# INTEGRATION_CONFIG names the file with the variables of integration targets.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout"
unset PYTHONPATH
command=${1:?the command of ansible-test}
shift
copy=$(bash scripts/copy_collection.sh "$cache/ansible-test-$command")
# The names of the versions that ansible-core 2.16 to 2.22 look for before they would download.
mkdir -p "$HOME/.ansible/test/cache"
for version in 23_1_2 24_2 25_2; do
  cp scripts/get_pip.py "$HOME/.ansible/test/cache/get_pip_$version.py"
done
[ -z "${INTEGRATION_CONFIG:-}" ] || cp "$INTEGRATION_CONFIG" "$copy/tests/integration/integration_config.yml"
cd "$copy"
python=$("$checkout/.venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
exec ansible-test "$command" --venv --python "$python" --color no "$@"
