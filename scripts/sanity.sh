#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test sanity on a copy of the collection, with nothing but PyPI.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout"
unset PYTHONPATH PYTHONDONTWRITEBYTECODE
copy=$(bash scripts/copy_collection.sh "$cache/sanity")
# The names of the versions that ansible-core 2.16 to 2.22 look for before they would download.
mkdir -p "$HOME/.ansible/test/cache"
for version in 23_1_2 24_2 25_2; do
  cp scripts/get_pip.py "$HOME/.ansible/test/cache/get_pip_$version.py"
done
cd "$copy"
python=$("$checkout/.venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
exec ansible-test sanity --venv --python "$python" --color no "$@"
