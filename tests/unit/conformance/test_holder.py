# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is waited for, what is not, and what cannot be held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pingone_conformance.client import Response, Unanswered
from pingone_conformance.exchange import (
    ASSIGNMENT_NOT_KNOWN_YET,
    Exchange,
    TokenRequest,
    call,
    create,
    denied,
    read,
    refused,
    remove,
    signs_in,
)
from pingone_conformance.holder import Holder, Patience, is_passing
from pingone_conformance.session import Prepared, Session

FORBIDDEN = {"code": "ACCESS_FAILED", "message": "The actor attempting to perform the request is not authorized."}


class Tenant(Session):
    """A side whose answers are given; an exception among them is raised."""

    def __init__(self, *answers: Any) -> None:
        self.labels = {"absent": "x"}
        self.answers = list(answers)
        self.prepared = 0

    def renew(self) -> None:
        """Need no token."""

    def prepare(self, exchange: Exchange) -> Prepared:
        """Look only for the labels."""
        self.prepared += 1
        path = getattr(exchange, "path", "/")
        if "$" in path and path.split("$")[1] not in self.labels:
            raise KeyError(path.split("$")[1])
        return Prepared("GET", path, {}, None, {"path": path})

    def send(self, prepared: Prepared) -> Response:
        """Give the next answer."""
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        assert isinstance(given, Response)
        return given


def answer(status: int, body: Mapping[str, Any] | None = None) -> Response:
    """Make an answer."""
    return Response(status, {}, str(body or ""), body)


def hold(tenant: Tenant, *exchanges: Exchange, each: float = 5.0, production: bool = False) -> Holder:
    """Hold exchanges with hardly a pause."""
    holder = Holder(tenant, Patience(each, 10.0, 0.001), production=production)
    holder.hold(exchanges)
    return holder


def token(error: str, description: str, status: int = 401) -> Response:
    """Make a refusal of the token endpoint."""
    return answer(status, {"error": error, "error_description": description})


METHOD = token("invalid_client", "Request denied: Unsupported authentication method")


@pytest.mark.parametrize(
    ("exchange", "response", "passing"),
    [
        (read("x", "/"), answer(200), False),
        (read("x", "/"), answer(403, FORBIDDEN), True),
        (read("x", "/"), answer(401), True),
        (read("x", "/"), answer(404), True),
        (read("x", "/"), answer(400), False),
        (create("x", "/", {}), answer(400, {"message": "Must have role at the same or broader scope"}), True),
        (create("x", "/", {}), answer(400, {"message": "May not assign duplicate Role"}), False),
        (remove("x", "/"), answer(403, FORBIDDEN), True),
        (remove("x", "/"), answer(404), False),
        (read("x", "/", waits_out=ASSIGNMENT_NOT_KNOWN_YET), Response(200, {}, '{"readOnly" : true}', None), True),
        (read("x", "/", waits_out=ASSIGNMENT_NOT_KNOWN_YET), Response(200, {}, '{"readOnly":false}', None), False),
        (refused("GET", "x", "/"), answer(403, FORBIDDEN), False),
        (refused("GET", "x", "/", expects=404), answer(403, FORBIDDEN), False),
        (call("GET", "x", "/", expects=404, until=True), answer(403, FORBIDDEN), True),
        (call("GET", "x", "/", expects=404, until=True), answer(200), True),
        (call("GET", "x", "/", expects=404, until=True), answer(404), False),
        (signs_in("x", "worker"), METHOD, True),
        (signs_in("x", "worker"), token("access_denied", "no roles", 400), True),
        (signs_in("x", "worker"), token("invalid_scope", "no scope", 400), False),
        (denied("x", "worker"), METHOD, False),
        (denied("x", "worker", waits_out="Unsupported authentication method"), METHOD, True),
    ],
)
def test_which_answers_may_become_others(exchange: Exchange, response: Response, passing: bool) -> None:
    assert is_passing(exchange, response) is passing


def test_an_answer_that_becomes_the_expected_one_is_kept_with_what_was_waited_for() -> None:
    tenant = Tenant(answer(403, FORBIDDEN), answer(404), answer(200, {"id": "42"}))
    (held,) = hold(tenant, read("x", "/", keep={"worker": "id"})).held
    assert held.response is not None and held.response.status == 200
    assert held.waited[1] == (403, 404)
    assert tenant.labels["worker"] == "42"


def test_patience_has_an_end_for_one_exchange() -> None:
    tenant = Tenant(*[answer(403, FORBIDDEN)] * 1000)
    (held,) = hold(tenant, read("x", "/"), each=0.05).held
    assert held.response is not None and held.response.status == 403
    assert 0 < len(held.waited[1]) < 1000


def test_patience_has_an_end_for_all_exchanges() -> None:
    tenant = Tenant(*[answer(403, FORBIDDEN)] * 1000)
    holder = Holder(tenant, Patience(each=10.0, total=0.02, pause=0.01), production=False)
    holder.hold([read("x", "/"), read("y", "/")])
    assert [len(held.waited[1]) for held in holder.held] == [2, 0]


def test_a_token_request_is_made_anew_for_each_try() -> None:
    tenant = Tenant(METHOD, METHOD, answer(200, {"access_token": "t"}))
    hold(tenant, TokenRequest(name="x", client="worker", expects=200))
    assert tenant.prepared == 3


def test_what_needs_what_nothing_gave_is_not_held_and_names_the_giver() -> None:
    tenant = Tenant(answer(400), answer(200))
    make = create("make", "/", {}, label="thing")
    holder = hold(tenant, make, read("look", "/things/$thing"), read("other", "/"))
    first, second, third = holder.held
    assert first.response is not None and third.response is not None
    assert (second.response, second.not_held, second.needs) == (None, "nothing gave thing", "make")


def test_an_exchange_without_an_answer_is_not_held_and_the_rest_is() -> None:
    tenant = Tenant(Unanswered("GET was not answered (ConnectionError)"), answer(200))
    first, second = hold(tenant, read("x", "/"), read("y", "/")).held
    assert (first.response, first.not_held) == (None, "GET was not answered (ConnectionError)")
    assert second.response is not None


def test_what_is_about_production_environments_is_asked_on_demand() -> None:
    exchange = call("GET", "x", "/", production=True)
    (held,) = hold(Tenant(), exchange).held
    assert held.response is None and "--production" in held.not_held
    (held,) = hold(Tenant(answer(200)), exchange, production=True).held
    assert held.response is not None


def test_platform_roles_are_known_by_name_and_custom_ones_are_not() -> None:
    roles = [{"id": "1", "name": "Environment Admin"}, {"id": "2", "name": "Mine", "type": "CUSTOM"}]
    tenant = Tenant(answer(200, {"_embedded": {"roles": roles}}))
    hold(tenant, read("x", "/"))
    assert tenant.labels == {"absent": "x", "role_environment_admin": "1"}
