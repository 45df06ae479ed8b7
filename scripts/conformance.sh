#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Holds the conformance conversation with two emulators, or, with TENANT=real, with the tenant of the user's PINGONE_*
# variables and an emulator.
set -euo pipefail
here=$(dirname "$0")
saved=$(export -p | grep -E '^declare -x PINGONE_' || true)
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
if [ "$TENANT" = real ]; then eval "$saved"; fi
transcript="$cache/conformance/transcript.json"
exec python -m pingone_conformance --tenant "$TENANT" --transcript "$transcript" ${ALTERED:+--altered} "$@"
