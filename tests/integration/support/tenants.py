# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants for the emulator that are larger than its own."""

from __future__ import annotations

import typing as t
from pathlib import Path

import yaml

DEFAULT = Path(__file__).resolve().parents[3] / "roles/emulator/files/pingone_emulator/default_tenant.yml"


def write_tenant(path: Path, environments: int, workers: int) -> Path:
    """Write a tenant with so many environments beside the emulator's own, and in each so many workers with two roles.

    Returns the path.
    """
    document: dict[str, t.Any] = yaml.safe_load(DEFAULT.read_text())
    roles = [{"role": "Environment Admin"}, {"role": "Identity Data Admin"}]
    for number in range(environments):
        applications = [{"name": f"worker-{one}", "roleAssignments": roles} for one in range(workers)]
        license_name = document["licenses"][0]["name"]
        entry = {"name": f"environment-{number}", "license": license_name, "applications": applications}
        document["environments"].append(entry)
    path.write_text(yaml.safe_dump(document))
    return path


def fewest_requests(environments: int, workers: int) -> int:
    """Return the fewest requests that can tell the roles of all workers of such a tenant, with all names.

    A token, the environments, the roles, the organization's name; the applications of each environment; the roles of
    each worker. The emulator's own environment has one, which reads.
    """
    return 4 + (environments + 1) + (environments * workers + 1)
