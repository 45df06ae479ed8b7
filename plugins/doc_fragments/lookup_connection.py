# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection as lookups have them: those of the modules, and where else their values may come from.

All of it is made of the documentation of the modules' options and of the table in C(connection.py), so none of them can
be missing here or differ.
"""

from __future__ import annotations

import typing as t

import yaml
from ansible_collections.idops.pingone.plugins.doc_fragments.connection import ModuleDocFragment as OfModules
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import CONNECTION_OPTIONS
from ansible_collections.idops.pingone.plugins.plugin_utils._sources import IN_INI, INI_SECTION, VARIABLES

_NOTES: t.Final = """
- What a lookup is not given comes from the variables of the host (C(vars)), then from the environment of
  C(ansible-playbook), then from the section C([pingone]) of C(ansible.cfg), which holds no secret. Where a text says
  "the task", a lookup has its own options and these variables.
- C(module_defaults) are not read because ansible-core keeps them from lookups. A play that has its connection there
  sets it once in variables, such as C(pingone_region), and lets C(module_defaults) take them from there.
- Whether it is a dry run, a lookup knows of the whole play (C(--check)) alone; C(check_mode) of a task or a block is
  kept from it. So in such a task it looks for what exists, and not for what an earlier task in check mode would make.
  There use a module in its place, such as M(idops.pingone.pingone_environment_info), which is told of both.
- A lookup runs on the controller, in Ansible's own process. C(environment), C(become), C(async) and C(delegate_to) of a
  task mean nothing to it.
- A lookup that fails says in its sentence what was done, what PingOne answered, the correlation id, and what to do
  next. ansible-core takes no more from a lookup, so the result of the task has no C(error) for a play to decide by, as
  that of a module has. With C(errors=ignore) or C(errors=warn) the lookup gives nothing in the place of an error, which
  ansible-core before 2.19 does not do for an option that is wrong. Where a play decides by the kind of a failure, use a
  module, such as M(idops.pingone.pingone_token) or M(idops.pingone.pingone_environment_info).
- Proxies are read from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), whose spelling in
  lower case wins. A loopback address has none. C(~/.netrc) is not read.
"""


def _sources(option: str, env: str | None) -> dict[str, t.Any]:
    """Return the places that the value of an option may come from, as ansible-doc shows them."""
    sources: dict[str, t.Any] = {"vars": [{"name": VARIABLES[option]}]}
    if env:
        sources["env"] = [{"name": env}]
    if option in IN_INI:
        sources["ini"] = [{"section": INI_SECTION, "key": option}]
    return sources


def _documentation() -> str:
    of_modules = yaml.safe_load(OfModules.DOCUMENTATION)
    documented = of_modules["options"]
    options = {
        option.name: {**documented[option.name], **_sources(option.name, option.env)} for option in CONNECTION_OPTIONS
    }
    shared = {"requirements": of_modules["requirements"], "notes": yaml.safe_load(_NOTES)}
    return yaml.safe_dump({**shared, "options": options}, sort_keys=False)


class ModuleDocFragment:
    """Documentation that the lookups share."""

    # With a type because ansible-test takes a plain assignment for a text that it can read without running it.
    DOCUMENTATION: t.ClassVar[str] = _documentation()
