#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Publishes the artifact that release-check left: on Galaxy, and as a release of the repository with the notes of the
# changelog. RELEASE_TAG names the version, GALAXY_TOKEN is Galaxy's, GH_TOKEN that of gh.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=scripts/environment.sh
. "$here/environment.sh"
cd "$checkout"
version=$(python -c 'import yaml; print(yaml.safe_load(open("galaxy.yml"))["version"])')
artifact="$cache/release/idops-pingone-$version.tar.gz"
notes="$cache/release/notes.md"

refuse() {
  printf '%s\n' "$1" >&2
  exit 1
}
[ "${RELEASE_TAG-}" = "$version" ] || refuse "RELEASE_TAG is '${RELEASE_TAG-}', and galaxy.yml says $version."
[ -z "$(git ls-files changelogs/fragments)" ] || refuse "Fragments are left; 'antsibull-changelog release' takes them in."
[ -f "$artifact" ] || refuse "$artifact is missing; 'make release-check' makes it."
[ -n "${GALAXY_TOKEN-}" ] || refuse "GALAXY_TOKEN is missing."

antsibull-changelog generate --only-latest --output "$notes" --output-format md
# By variables because others can read the arguments of a command.
ANSIBLE_GALAXY_SERVER_LIST=galaxy ANSIBLE_GALAXY_SERVER_GALAXY_URL=https://galaxy.ansible.com/ \
  ANSIBLE_GALAXY_SERVER_GALAXY_TOKEN="$GALAXY_TOKEN" ansible-galaxy collection publish "$artifact"
gh release create "$version" "$artifact" --title "$version" --notes-file "$notes" --verify-tag
