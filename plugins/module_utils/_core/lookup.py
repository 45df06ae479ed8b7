# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a name or an id to the object that it stands for.

Names match exactly. A name that several objects bear is an error that tells them apart. In a dry run an object that an
earlier task of the run would have created is found as if it were there; one that does not exist is as much an error as
in the real run, unless what earlier tasks predicted is not known here, or the user says that other tasks make it. This
module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
    PingOneError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import (
    free_predicted_id,
    is_id,
    is_predicted,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.text import nearest_names, told_apart
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire, Wires

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
    from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
    from ansible_collections.idops.pingone.plugins.module_utils._core.resource import Resource

# What tasks of this collection make, and what no task of any collection can.
_MADE_BY_TASKS: t.Final = ("environment", "application", "population", "group", "role", "grant")
_MADE_BY_NOBODY: t.Final = ("license",)


def check_not_empty(params: t.Mapping[str, t.Any], *options: str) -> None:
    """Raise OptionError for the first of these options that is given, and empty."""
    for option in options:
        value = params.get(option)
        if value is not None and not str(value).strip():
            what = "leave it out to go by the name" if option == "id" else "give a name or an id"
            raise OptionError(option, f"{option} must not be empty; {what}.")


def check_set(params: t.Mapping[str, t.Any], option: str) -> None:
    """Raise OptionError where an option that lists a set, such as roles, contradicts C(state) and C(exclusive)."""
    one = option.removesuffix("s")
    is_absent = params["state"] == "absent"
    if is_absent and params["exclusive"]:
        raise OptionError(
            "exclusive", f"exclusive requires state: present; to remove every {one}, give {option}: [] with it."
        )
    if not params[option] and not params["exclusive"]:
        instead = " in the place of state: absent" if is_absent else " as well"
        raise OptionError(
            option, f"{option} must name at least one {one}; to remove every {one}, set exclusive: true{instead}."
        )


class Lookup:
    """Looks up objects for one task.

    api: the resources of the service.
    warn: is called with a sentence for each object that is assumed to be there.
    predictions: in check mode, what earlier tasks predicted; None in a real run.
    assume_missing: whether in check mode everything that is missing is assumed to be made by another task.
    """

    def __init__(
        self,
        api: Api,
        warn: t.Callable[[str], None],
        *,
        predictions: Predictions | None = None,
        assume_missing: bool = False,
    ) -> None:
        self._api = api
        self._warn = warn
        self._predictions = predictions
        self._assume_missing = assume_missing
        # By the path of their collection, and by id.
        self._expected: dict[str, dict[str, Wire]] = {}

    def expect(self, resource: Resource, objects: t.Iterable[Wire]) -> None:
        """Find objects of a collection as this task makes them, although it was listed before that."""
        self._expected[resource.path] = {item["id"]: item for item in objects}

    def assumes(self, kind: str, reference: str) -> bool:
        """Tell whether a missing object is taken for one that another task of this dry run makes."""
        if self._predictions is None or (is_id(reference) and not is_predicted(reference)):
            return False
        if self._assume_missing:
            return kind not in _MADE_BY_NOBODY
        return kind in _MADE_BY_TASKS and not self._predictions.is_complete()

    def environment(self, reference: str, option: str = "environment", *, lists: bool = True) -> Wire:
        """Return an environment; raise OptionError when none or several match.

        lists: whether an id is looked for in a listing too, which serves many of them; else it is read by itself.
        """
        return self._listed_or_read(self._api.environments(), reference, option, lists)

    def application(
        self, environment: Wire, reference: str, option: str = "application", *, lists: bool = True
    ) -> Wire:
        """Return an application of an environment; raise OptionError when none or several match. lists: as there."""
        return self._listed_or_read(self._api.applications(environment), reference, option, lists)

    def gateway(self, environment: Wire, reference: str, option: str = "gateway") -> Wire:
        """Return a gateway of an environment; raise OptionError when none or several match."""
        return self._listed_or_read(self._api.gateways(environment), reference, option, lists=False)

    def population(self, environment: Wire, reference: str, option: str = "population") -> Wire:
        """Return a population of an environment; raise OptionError when none or several match."""
        return self._filtered(self._api.populations(environment), reference, option)

    def password_policy(self, environment: Wire, reference: str, option: str = "password_policy") -> Wire:
        """Return a password policy of an environment; raise OptionError when none or several match."""
        policies = self._api.password_policies(environment)
        return self._single_match(policies, policies.list(), reference, option)

    def theme(self, environment: Wire, reference: str, option: str = "theme") -> Wire:
        """Return a theme of an environment by its name or id; raise OptionError when none or several match."""
        themes = self._api.themes(environment)
        named = [{**item, "name": (item.get("configuration") or {}).get("name")} for item in themes.list()]
        return self._single_match(themes, named, reference, option)

    def group(self, environment: Wire, reference: str, option: str = "group") -> Wire:
        """Return a group of an environment; raise OptionError when none or several match."""
        return self._filtered(self._api.groups(environment), reference, option)

    def user(self, environment: Wire, reference: str, option: str = "user") -> Wire:
        """Return a user of an environment by username or id; raise OptionError when none or several match."""
        return self._filtered(self._api.users(environment), reference, option, "username")

    def resource(self, environment: Wire, reference: str, option: str = "resource") -> Wire:
        """Return a resource of an environment, such as openid; raise OptionError when none or several match."""
        resources = self._api.resources(environment)
        return self._single_match(resources, resources.list(), reference, option)

    def scope(self, environment: Wire, resource: Wire, reference: str, option: str = "scope") -> Wire:
        """Return a scope of a resource; raise OptionError when none or several match."""
        scopes = self._api.scopes(environment, resource)
        return self._single_match(scopes, scopes.list(), reference, option)

    def license(self, organization_id: str, reference: str, option: str = "license") -> Wire:
        """Return a license of an organization; raise OptionError when none or several match."""
        licenses = self._api.licenses(organization_id)
        return self._single_match(licenses, licenses.list(), reference, option)

    def role(self, reference: str, environment: Wire | None = None, option: str = "role") -> Wire:
        """Return a platform role, or a custom role of an environment.

        Platform roles are the same everywhere; where a worker may not list them, the environment's own list, which
        names them too, is read instead. Raises OptionError when no role or several match.
        """
        listed = self.platform_roles(environment)
        if environment is not None and not _matching(listed, reference, "name"):
            known = {role["id"] for role in listed}
            listed = listed + [role for role in self._api.roles(environment).list() if role["id"] not in known]
        return self._single_match(self._api.roles(environment), listed, reference, option)

    def platform_roles(self, environment: Wire | None = None) -> Wires:
        """Return the platform roles, from an environment's own list where the caller may not list them elsewhere.

        environment: whose list that is; the calling worker's own by default. Its custom roles may then be among them.
        """
        try:
            return self._api.roles().list()
        except PermissionDeniedError:
            own = self._api.client.claims().get("env")
            if environment is None or (own and is_predicted(environment["id"])):
                environment = {"id": str(own)} if own else None
            if environment is None:
                raise
            return self._api.roles(environment).list()

    def _listed_or_read(self, resource: Resource, reference: str, option: str, lists: bool) -> Wire:
        if lists or not is_id(reference):
            listed = {item["id"]: item for item in resource.list()} | self._expected.get(resource.path, {})
            return self._single_match(resource, list(listed.values()), reference, option)
        found = resource.find(reference)
        return self._single_match(resource, [found] if found else [], reference, option)

    def _filtered(self, resource: Resource, reference: str, option: str, attribute: str = "name") -> Wire:
        if is_id(reference):
            found = resource.get(reference)
            listed = [found] if found else []
        elif '"' in reference or "\\" in reference:
            # How the service reads an escaped character in a filter is not known, so the whole list is read.
            listed = resource.list()
        else:
            listed = resource.list(filter=f'{attribute} eq "{reference}"')
        return self._single_match(resource, listed, reference, option, attribute)

    def _single_match(
        self, resource: Resource, listed: t.Sequence[Wire], reference: str, option: str, attribute: str = "name"
    ) -> Wire:
        """Return the only object that a reference names.

        listed: the objects of the resource among which it is.
        option: the option that names it, for errors.
        attribute: the member that holds a name.
        """
        found = _matching(listed, reference, attribute)
        if len(found) == 1:
            return found[0]
        kind, place = resource.kind, resource.place
        if found:
            raise OptionError(
                option,
                f"{option}: {len(found)} objects of kind {kind}{place} are named '{reference}'; "
                f"give the id of the one that is meant: {told_apart(found)}.",
            )
        if self.assumes(kind, reference):
            return self._assumed(resource, listed, reference)
        if not is_id(reference) and is_id(reference.lower()):
            seen = "; PingOne's ids are in lower case"
        else:
            seen = "" if attribute != "name" or is_id(reference) else _seen(resource, listed, reference)
        raise MissingObjectError(option, f"{option}: there is no {kind} '{reference}'{place}{seen}.")

    def _assumed(self, resource: Resource, listed: t.Sequence[Wire], reference: str) -> Wire:
        if is_predicted(reference):
            return {"id": reference, "name": reference}
        if self._assume_missing:
            why = "another task makes it because assume_missing is set"
        else:
            why = "an earlier task of the play creates it because it cannot tell here what earlier tasks predicted"
        self._warn(f"There is no {resource.kind} '{reference}'{resource.place} yet; this dry run assumes that {why}.")
        taken = {item["id"] for item in listed}
        return {"id": free_predicted_id(resource.predicted_id(reference), taken), "name": reference}


def _matching(listed: t.Sequence[Wire], reference: str, attribute: str) -> list[Wire]:
    # An imported application keeps the id that it had elsewhere, which need not have the form of PingOne's.
    by_id = [item for item in listed if item["id"] == reference]
    return by_id if is_id(reference) else by_id + [item for item in listed if item.get(attribute) == reference]


def _seen(resource: Resource, listed: t.Sequence[Wire], reference: str) -> str:
    """Return what the calling worker can see in the place of an object that is missing, the nearest names first.

    listed: the objects among which it was looked for. Where the service filtered them, they are listed once more.
    """
    try:
        return seen_names(reference, listed or resource.list())
    except PingOneError:
        return ""


def seen_names(reference: str, listed: t.Sequence[Wire]) -> str:
    """Return the end of a sentence on an object that is missing: what there is instead, the nearest names first."""
    names = nearest_names(reference, [str(item["name"]) for item in listed if item.get("name")])
    return f"; those that this worker can see, the nearest first: {names}" if names else "; this worker can see none"
