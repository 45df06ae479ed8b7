# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing is half there: each module has all that belongs to one, and the tables that must agree do."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import KINDS
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.module_utils._client.http import VERSION

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "ansible_collections.idops.pingone.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("pingone_*.py"))
# What a playbook names besides modules, by the kind of plugin.
OTHERS = [
    (kind, path.stem) for kind in ("filter", "lookup") for path in sorted((ROOT / "plugins" / kind).glob("[a-z]*.py"))
]
# It makes no call, so the connection of the group would be unsupported parameters to it.
WITHOUT_GROUP = {"pingone_credentials_file"}
TAKES_A_SECRET = re.compile(r"secret|token|password|passphrase|private|credential|assertion|certificate|^content$|key")
WITHOUT_LICENSE_LINE = re.compile(r"(^LICENSE|\.json|\.txt|^CHANGELOG\.md|^changelogs/changelog\.yaml)$")
# In two parts, so that REUSE does not read the line as this file's own.
LICENSE_LINE = ": ".join(("SPDX-License-Identifier", "GPL-3.0-or-later"))
# Data files of tests that must stay as they were published.
DATA = "tests/unit/emulator/data/"


def texts_of(path: Path) -> dict[str, str]:
    """Return the string constants of a file's top level: DOCUMENTATION, EXAMPLES, RETURN."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def documentation(module: str) -> dict:
    """Return a module's documentation with its fragments merged, nested options included."""
    merged = yaml.safe_load(texts_of(ROOT / f"plugins/modules/{module}.py")["DOCUMENTATION"])
    for fragment in merged.get("extends_documentation_fragment", []):
        name, _dot, variable = fragment.removeprefix("idops.pingone.").partition(".")
        fragments = importlib.import_module(f"{PACKAGE}.doc_fragments.{name}").ModuleDocFragment
        found = yaml.safe_load(getattr(fragments, variable.upper() or "DOCUMENTATION"))
        for part in ("options", "attributes"):
            for option, text in found.get(part, {}).items():
                merged.setdefault(part, {})[option] = {**text, **merged.get(part, {}).get(option, {})}
    return merged


def specification(module: str) -> dict:
    return importlib.import_module(f"{PACKAGE}.modules.{module}").ARGUMENT_SPEC


def files() -> list[str]:
    """Return what git tracks or would track, but for what is gone."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file()]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(errors="replace")


def options_of(spec: dict, path: str = "") -> dict[str, dict]:
    """Return every option and suboption of an argument spec, or of documentation, by its path."""
    found = {}
    for name, entry in (spec or {}).items():
        found[path + name] = entry
        found.update(options_of(entry.get("options") or entry.get("suboptions"), f"{path}{name}."))
    return found


def test_there_are_modules() -> None:
    assert len(MODULES) >= 5


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_documentation_with_attributes(module: str) -> None:
    texts = texts_of(ROOT / f"plugins/modules/{module}.py")
    attributes = documentation(module)["attributes"]
    assert {"check_mode", "diff_mode", "idempotent"} <= set(attributes)
    assert module in WITHOUT_GROUP or "action_group" in attributes
    assert all("support" in attribute for attribute in attributes.values())
    assert yaml.safe_load(texts["EXAMPLES"])
    assert all("sample" in text or "contains" in text for text in yaml.safe_load(texts["RETURN"]).values())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_what_belongs_to_it(module: str) -> None:
    tests = ROOT / "tests/unit/plugins"
    assert (ROOT / f"plugins/action/{module}.py").is_file(), "no action plugin"
    assert any((tests / kind / f"test_{module}.py").is_file() for kind in ("modules", "action")), "no unit test"
    assert (ROOT / f"tests/integration/targets/{module}/tasks/main.yml").is_file(), "no integration target"


def test_there_are_other_plugins() -> None:
    assert {kind for kind, _name in OTHERS} == {"filter", "lookup"}


@pytest.mark.parametrize(("kind", "name"), OTHERS)
def test_another_plugin_has_what_belongs_to_it(kind: str, name: str) -> None:
    texts = texts_of(ROOT / f"plugins/{kind}/{name}.py")
    documented = yaml.safe_load(texts["DOCUMENTATION"])
    (returned,) = yaml.safe_load(texts["RETURN"]).values()
    full = f"idops.pingone.{name}"
    assert (documented["name"], bool(documented["version_added"])) == (name, True)
    assert "sample" in returned
    assert full in texts["EXAMPLES"]
    assert f"| [`{name}`]" in (ROOT / "README.md").read_text() or f"| `{name}` |" in (ROOT / "README.md").read_text()
    unit = "\n".join(path.read_text() for path in (ROOT / f"tests/unit/plugins/{kind}").glob("test_*.py"))
    plays = "\n".join(path.read_text() for path in ROOT.glob("tests/integration/targets/*/tasks/*.yml"))
    roles = "\n".join(path.read_text() for path in ROOT.glob("roles/*/*/*.yml"))
    assert name in unit, "no unit test"
    assert full in plays + roles, "no play uses it"


def test_a_failure_is_documented_alike_in_every_module() -> None:
    returned = [yaml.safe_load(texts_of(ROOT / f"plugins/modules/{module}.py")["RETURN"]) for module in MODULES]
    texts = [text.get("error") for text in returned]
    assert texts[0]
    assert [module for module, text in zip(MODULES, texts, strict=True) if text != texts[0]] == []


def test_each_kind_of_failure_is_documented() -> None:
    text = yaml.safe_load(texts_of(ROOT / f"plugins/modules/{MODULES[0]}.py")["RETURN"])["error"]["contains"]["kind"]
    assert [re.findall(r"^V\((\w+)\)", line) for line in text["description"]] == [[kind] for kind in KINDS]


def test_the_action_group_names_the_modules_that_call_pingone() -> None:
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]
    assert groups == {"pingone": [module for module in MODULES if module not in WITHOUT_GROUP]}


@pytest.mark.parametrize("module", MODULES)
def test_the_documented_options_are_those_of_the_argument_spec(module: str) -> None:
    documented, specified = options_of(documentation(module)["options"]), options_of(specification(module))
    assert sorted(documented) == sorted(specified)
    for option, entry in specified.items():
        text = documented[option]
        assert text.get("type", "str") == entry.get("type", "str"), option
        assert text.get("elements") == entry.get("elements"), option
        assert bool(text.get("required")) == bool(entry.get("required")), option
        assert text.get("default") == entry.get("default"), option
        assert sorted(map(str, text.get("choices") or [])) == sorted(map(str, entry.get("choices") or [])), option


@pytest.mark.parametrize("module", MODULES)
def test_an_option_that_sounds_secret_says_whether_it_is(module: str) -> None:
    silent = [
        path
        for path, entry in options_of(specification(module)).items()
        if TAKES_A_SECRET.search(path.rsplit(".", 1)[-1]) and "no_log" not in entry and entry.get("type") != "bool"
    ]
    assert silent == []


def test_the_variables_of_the_connection_are_documented() -> None:
    fragment = importlib.import_module(f"{PACKAGE}.doc_fragments.connection").ModuleDocFragment.DOCUMENTATION
    options = yaml.safe_load(fragment)["options"]
    readme = (ROOT / "README.md").read_text()
    assert sorted(options) == sorted([*(option.name for option in CONNECTION_OPTIONS), "assume_missing", "preflight"])
    for option in CONNECTION_OPTIONS:
        text = " ".join(options[option.name]["description"])
        assert re.findall(r"E\((PINGONE_\w+)\)", text)[:1] == ([option.env] if option.env else []), option.name
        assert f"`{option.name}`" in readme
        assert option.env is None or f"`{option.env}`" in readme


def test_the_readme_links_each_module() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [module for module in MODULES if f"plugins/modules/{module}.py)" not in readme] == []


def test_the_changelog_names_each_module_and_role() -> None:
    releases = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]
    modules = [entry["name"] for release in releases.values() for entry in release.get("modules", [])]
    # The release takes in by itself what says that the version yet to come adds it.
    added = {module: documentation(module)["version_added"] for module in MODULES}
    coming = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    modules += [module for module in MODULES if added[module] == coming and coming not in releases]
    roles = [entry["name"] for release in releases.values() for entry in release.get("objects", {}).get("role", [])]
    assert sorted(modules) == MODULES
    assert sorted(roles) == sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def test_the_versions_agree() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    releases = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]
    assert galaxy == VERSION
    # Until the release takes them in, fragments tell what a version yet to come brings.
    waiting = list((ROOT / "changelogs/fragments").glob("*.yml"))
    assert galaxy not in list(releases)[1:]
    assert bool(waiting) == (galaxy not in releases)


def test_every_file_names_its_license() -> None:
    # An empty __init__.py has nothing to license, and ansible-test wants it empty.
    without = [
        name
        for name in files()
        if text_of(name)
        and not WITHOUT_LICENSE_LINE.search(name)
        and not name.startswith(DATA)
        and LICENSE_LINE not in text_of(name)[:600]
    ]
    assert without == []


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    # Put together here, so that this file has none of them.
    places = [f"/{word}/" for word in ("work", "root")] + ["/".join(("", "tmp", "brief")), "pingone-api" + ".md"]
    found = [
        f"{name}: {place}"
        for name in files()
        for place in places
        if re.search(rf"(?<![\w.}}])({re.escape(place)})", text_of(name))
    ]
    assert found == []
