# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(ansible-test) would stumble over, said without running it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).resolve().parents[1]
TARGETS = sorted(path for path in (TESTS / "integration/targets").iterdir() if path.is_dir())
PLUGIN_TESTS = sorted((TESTS / "unit/plugins").rglob("*.py"))


@pytest.mark.parametrize("target", TARGETS, ids=lambda path: path.name)
def test_a_target_asks_for_no_platform_that_ansible_test_does_not_know(target: Path) -> None:
    lines = (target / "aliases").read_text().splitlines()
    aliases = {line for line in lines if line and not line.startswith("#")}
    begins = "hidden" if target.name.startswith("setup_") else "setup/always/setup_tenant"
    assert {"gather_facts/no", begins} <= aliases
    assert aliases <= {"gather_facts/no", "context/target", begins}


def test_the_template_of_variables_is_yaml() -> None:
    text = (TESTS / "integration/integration_config.yml.template").read_text()
    assert all(value == f"${{{name}}}" for name, value in yaml.safe_load(text).items())


@pytest.mark.parametrize("path", PLUGIN_TESTS, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_of_plugins_imports_no_file_beside_it_by_its_plain_name(path: Path) -> None:
    beside = {other.stem for other in PLUGIN_TESTS}
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("a relative import" if node.level else str(node.module).partition(".")[0])
    assert not imported & (beside | {"a relative import"})
