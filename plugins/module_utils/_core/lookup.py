# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a name or an id to the object that it stands for.

Names match exactly. A name that several objects bear is an error that lists their ids. In a dry run an object that
does not exist is predicted, with a warning because an earlier task of the same run may be about to create it. This
module is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.idops.pingone.plugins.module_utils._base.errors import (
    MissingObjectError,
    OptionError,
    PermissionDeniedError,
)
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import is_id, is_predicted, predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._base.types import Wire

if t.TYPE_CHECKING:
    from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api, Resource

# More names than this in one sentence help nobody.
_SHOWN = 10
# No task of a run makes one of these.
_NEVER_PREDICTED = ("role",)


def check_not_empty(params: t.Mapping[str, t.Any], *options: str) -> None:
    """Raise OptionError for the first of these options that is given, and empty."""
    for option in options:
        value = params.get(option)
        if value is not None and not str(value).strip():
            what = "leave it out to go by the name" if option == "id" else "give a name or an id"
            raise OptionError(option, f"{option} must not be empty; {what}.")


class Lookup:
    """Looks up objects for one task.

    api: the resources of the service.
    check_mode: whether a missing object is predicted instead of refused.
    warn: is called with a sentence for each prediction.
    """

    def __init__(self, api: Api, check_mode: bool, warn: t.Callable[[str], None]) -> None:
        self._api = api
        self._check_mode = check_mode
        self._warn = warn

    def environment(self, reference: str, option: str = "environment") -> Wire:
        """Return an environment; raise OptionError when none or several match."""
        environments = self._api.environments()
        return self._single_match(environments, environments.list(), reference, option)

    def application(self, environment: Wire, reference: str, option: str = "application") -> Wire:
        """Return an application of an environment; raise OptionError when none or several match."""
        applications = self._api.applications(environment)
        return self._single_match(applications, applications.list(), reference, option)

    def population(self, environment: Wire, reference: str, option: str = "population") -> Wire:
        """Return a population of an environment; raise OptionError when none or several match."""
        return self._filtered(self._api.populations(environment), reference, option)

    def group(self, environment: Wire, reference: str, option: str = "group") -> Wire:
        """Return a group of an environment; raise OptionError when none or several match."""
        return self._filtered(self._api.groups(environment), reference, option)

    def user(self, environment: Wire, reference: str, option: str = "user") -> Wire:
        """Return a user of an environment by username or id; raise OptionError when none or several match."""
        return self._filtered(self._api.users(environment), reference, option, "username")

    def role(self, reference: str, environment: Wire | None = None, option: str = "role") -> Wire:
        """Return a platform role, or a custom role of an environment.

        Platform roles are the same everywhere; where a worker may not list them, the environment's own list, which
        names them too, is read instead. Raises OptionError when no role or several match.
        """
        try:
            listed = self._api.roles().list()
        except PermissionDeniedError:
            if environment is None:
                raise
            listed = self._api.roles(environment).list()
        if environment is not None and not _matching(listed, reference, "name"):
            known = {role["id"] for role in listed}
            listed = listed + [role for role in self._api.roles(environment).list() if role["id"] not in known]
        return self._single_match(self._api.roles(environment), listed, reference, option)

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
            ids = ", ".join(sorted(str(item["id"]) for item in found))
            raise OptionError(
                option,
                f"{option}: {len(found)} objects of kind {kind}{place} are named '{reference}'; "
                f"give the id of the one that is meant: {ids}.",
            )
        may_be_predicted = kind not in _NEVER_PREDICTED and (is_predicted(reference) or not is_id(reference))
        if self._check_mode and may_be_predicted:
            return self._predicted(resource, reference)
        raise MissingObjectError(
            option, f"{option}: there is no {kind} '{reference}'{place}{_candidates(listed, attribute)}."
        )

    def _predicted(self, resource: Resource, reference: str) -> Wire:
        if is_predicted(reference):
            return {"id": reference, "name": reference}
        self._warn(
            f"There is no {resource.kind} '{reference}'{resource.place} yet; "
            "this dry run assumes that an earlier task of the play creates it."
        )
        environment_id = resource.environment["id"] if resource.environment else None
        return {"id": predicted_id(resource.kind, environment_id, reference), "name": reference}


def _matching(listed: t.Sequence[Wire], reference: str, attribute: str) -> list[Wire]:
    # An imported application keeps the id that it had elsewhere, which need not have the form of PingOne's.
    by_id = [item for item in listed if item["id"] == reference]
    return by_id if is_id(reference) else by_id + [item for item in listed if item.get(attribute) == reference]


def _candidates(listed: t.Sequence[Wire], attribute: str) -> str:
    names = sorted({str(item[attribute]) for item in listed if item.get(attribute)})
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; those that this worker can see: {', '.join(names[:_SHOWN])}{more}"
