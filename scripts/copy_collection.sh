#!/usr/bin/env bash
# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Takes a name, since two commands that run at the same time must not share a copy.
#
# Copies what git tracks, or would track, to where ansible-test and the build want it: they take no link.
set -euo pipefail
cd "$(dirname "$0")/.."
target=.cache/${1:?the name of who wants the copy}/ansible_collections/idops/pingone
rm -rf "$target"
mkdir -p "$target"
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --null -T - -cf - | tar -xf - -C "$target"
# Without a repository of its own, ansible-test asks the one around it, which ignores this folder.
git init -q "$target"
echo "$target"
