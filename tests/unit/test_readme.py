# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README and those of the roles as Galaxy shows them: apart from the repository, so links have to be whole."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
TEXTS = [README, *(path.read_text() for path in ROOT.glob("roles/*/README.md"))]
LINKS = [link for text in TEXTS for link in re.findall(r"\]\(([^)]+)\)", text)]


def headings(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a text."""
    titles = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_are_whole() -> None:
    assert len(LINKS) > 10
    assert [link for link in LINKS if not link.startswith("https://")] == []


def test_links_into_the_repository_lead_to_what_is_there() -> None:
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text())["repository"]
    within = [link.removeprefix(repository) for link in LINKS if link.startswith(f"{repository}/")]
    paths = [
        match.groups() for link in within if (match := re.fullmatch(r"/(?:blob|tree)/main/([^#]+)(?:#(.+))?", link))
    ]
    assert len(paths) > 10
    assert [path for path, _anchor in paths if not (ROOT / path).exists()] == []
    assert [anchor for path, anchor in paths if anchor and anchor not in headings((ROOT / path).read_text())] == []


def test_the_floors_are_those_of_the_collection() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"]
    floors = dict(re.findall(r"^(\w+)>=([\d.]+)$", (ROOT / "meta/ee-requirements.txt").read_text(), flags=re.MULTILINE))
    assert f"ansible-core {runtime.removeprefix('>=').removesuffix('.0')} or newer" in README
    assert f"`requests` {floors['requests']} or newer" in README
    assert f"`cryptography` {floors['cryptography']} or newer" in README


def test_the_readme_says_how_to_sign_in_by_each_method() -> None:
    table = README[README.index("| `token_endpoint_auth_method` of") :].partition("\n\n")[0]
    (methods,) = (option.choices for option in CONNECTION_OPTIONS if option.name == "client_auth_method")
    assert methods
    assert [method for method in methods if f"| `{method.upper()}`" not in table] == []
    assert "`access_token`" in table


def test_the_table_of_modules_has_each_once_with_those_that_only_read_together() -> None:
    table = README[README.index("| module | manages |") :].partition("\n\n")[0]
    listed = re.findall(r"^\| \[`(\w+)`\]", table, flags=re.MULTILINE)
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "plugins/modules").glob("pingone_*.py"))
    assert [module.endswith("_info") for module in listed] == sorted(module.endswith("_info") for module in listed)
