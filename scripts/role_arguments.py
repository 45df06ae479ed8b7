# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the argument specification of the role bootstrap, whose lists take the options of modules.

What is the role's own stands in bootstrap_arguments.yml, where C(from_module) stands for the options of a module, or
for the suboptions of one of its options. An option that stands beside it comes first, and what it says wins. With
--check the file of the role is compared instead, and a difference is an error.
"""

from __future__ import annotations

import difflib
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

SCRIPTS = Path(__file__).resolve().parent
SOURCE = SCRIPTS / "bootstrap_arguments.yml"
TARGET = SCRIPTS.parent / "roles/bootstrap/meta/argument_specs.yml"
PACKAGE = "ansible_collections.idops.pingone.plugins"
HEADER = f"""# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Written by scripts/{Path(__file__).name} from scripts/{SOURCE.name} and the modules: change it there.
---
"""
Options = dict[str, Any]


class _Dumper(yaml.SafeDumper):
    """Writes lists as yamllint wants them: indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def generated() -> str:
    """Return what the file of the role has to hold."""
    spec = yaml.safe_load(SOURCE.read_text())
    modules = set(re.findall(r"^ *module: (\w+)$", SOURCE.read_text(), re.MULTILINE))
    for entry in spec["argument_specs"].values():
        entry["options"] = _with_modules(entry["options"], _documented(modules))
    return HEADER + yaml.dump(spec, Dumper=_Dumper, sort_keys=False, width=118, allow_unicode=True)


def _documented(modules: set[str]) -> dict[str, Options]:
    """Return the documented options of modules, their fragments included, without those of the connection."""
    names = [f"idops.pingone.{module}" for module in sorted(modules)]
    command = ["ansible-doc", "--type", "module", "--json", *names]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    task = importlib.import_module(f"{PACKAGE}.module_utils._core.task")
    return {
        name: {
            option: text for option, text in told[name]["doc"]["options"].items() if option not in task.argument_spec()
        }
        for name in names
    }


def _with_modules(options: Options, documented: dict[str, Options]) -> Options:
    """Return options with those of modules in the place of C(from_module), however deep."""
    found: Options = {}
    for name, option in options.items():
        if name != "from_module":
            found[name] = {**option}
            if "options" in option:
                found[name]["options"] = _with_modules(option["options"], documented)
    if "from_module" in options:
        for name, option in _of_module(**options["from_module"], documented=documented).items():
            merged = {**option, **found.get(name, {})}
            found[name] = {key: value for key, value in merged.items() if value is not None}
    return found


def _of_module(module: str, without: list[str], documented: dict[str, Options], option: str | None = None) -> Options:
    """Return options of a module. option: the one whose suboptions they are. without: those that are left out."""
    texts = documented[f"idops.pingone.{module}"]
    spec = importlib.import_module(f"{PACKAGE}.modules.{module}").ARGUMENT_SPEC
    if option is not None:
        texts, spec = texts[option]["suboptions"], spec[option]["options"]
    missing = set(without) - set(spec)
    if missing:
        raise SystemExit(f"{SOURCE.name}: {module} has no {', '.join(sorted(missing))}")
    return {name: _option(spec[name], texts[name]) for name in spec if name in texts and name not in without}


def _option(entry: Options, text: Options) -> Options:
    """Return an option of the role: null passes the validation, because it counts as left out, and has no default."""
    lines = [text["description"]] if isinstance(text["description"], str) else text["description"]
    option: Options = {"description": [_plain(line) for line in lines], "type": entry.get("type", "str")}
    for key in ("elements", "required", "no_log"):
        if entry.get(key):
            option[key] = entry[key]
    if entry.get("choices"):
        option["choices"] = [*entry["choices"], None]
    if entry.get("options"):
        option["options"] = {
            name: _option(entry["options"][name], text["suboptions"][name]) for name in entry["options"]
        }
    return option


def _plain(line: str) -> str:
    """Return a line of documentation in which options are named as they stand in a list of the role."""
    line = re.sub(r"\bAs O\((\w+)\)", r"As the option C(\1) of the modules", line)
    return re.sub(r"\b(?:O|RV)\((?:\w+\[\]\.)*", "C(", line)


def main(arguments: list[str]) -> int:
    """Write the file, or compare it; return the exit code."""
    wanted = generated()
    if arguments == ["--check"]:
        lines = difflib.unified_diff(
            TARGET.read_text().splitlines(), wanted.splitlines(), str(TARGET), "as it has to be"
        )
        different = "\n".join(lines)
        if different:
            print(f"{different}\nRun: python scripts/{Path(__file__).name}")
        return 1 if different else 0
    TARGET.write_text(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
