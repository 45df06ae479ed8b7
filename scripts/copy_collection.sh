#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Copies what git tracks, or would track, to where ansible-test and the build want it: they take no link. Takes the
# folder for the copy, each command its own because two may run at the same time.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?the folder for the copy}/ansible_collections/idops/pingone
rm -rf "$target"
mkdir -p "$target"
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --null -T - -cf - | tar -xf - -C "$target"
# Without a repository of its own, ansible-test asks the one around it, which ignores this folder.
git init -q "$target"
echo "$target"
