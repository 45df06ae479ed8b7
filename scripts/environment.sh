# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Sourced by the commands of the Makefile: a clean environment for the tools, inside the checkout.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="$checkout/.cache"
collection="$cache/ansible_collections/idops/pingone"
mkdir -p "$(dirname "$collection")" "$cache/home"
# A link is enough for playbooks, pytest and molecule; who changes a file sees it at once.
ln -sfn ../../.. "$collection"

# A user's own configuration, credentials and collections must not change what the tests see.
for name in $(compgen -e | grep -E '^(ANSIBLE|PINGONE)_' | grep -vE '^PINGONE_(OPENAPI|RECORDED)$' || true); do unset "$name"; done
export HOME="$cache/home"
export XDG_CACHE_HOME="$cache/home/.cache"
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME
: >"$cache/ansible.cfg"
export ANSIBLE_CONFIG="$cache/ansible.cfg"
export ANSIBLE_COLLECTIONS_PATH="$cache"
export ANSIBLE_HOME="$cache/home/.ansible"
export PYTHONPATH="$cache:$checkout/roles/emulator/files:$checkout/tests/integration/support"
# The interpreters themselves before any shim of a version manager, which fails in a cleaned environment.
PATH="$checkout/.venv/bin:$("$checkout/.venv/bin/python" -c 'import os, sys; print(os.path.dirname(os.path.realpath(sys.executable)))'):$(printf '%s' "$PATH" | tr ':' '\n' | grep -v '/shims$' | paste -sd:)"
export PATH
