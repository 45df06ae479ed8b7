# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer of a wrong shape is told in one sentence, and is never an empty list."""

from __future__ import annotations

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import AnswerError, ForeignAnswerError
from ansible_collections.idops.pingone.plugins.module_utils._client import client as client_module
from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import API, TOKEN_URL

PATH = "/environments"
NO_LISTS = {
    "nothing": "",
    "an object": {},
    "a foreign object": {"status": "ok"},
    "a list": [{"id": "1"}],
    "a text": "<p>Sign in</p>",
    "another collection": {"_embedded": {"licenses": []}},
    "a list for _embedded": {"_embedded": [1]},
    "an object for the collection": {"_embedded": {"environments": {}}},
    "a text among objects": {"_embedded": {"environments": ["dev"]}},
    "an object without id": {"_embedded": {"environments": [{"name": "dev"}]}},
    "a numeric id": {"_embedded": {"environments": [{"id": 1}]}},
    "an odd next": {"_embedded": {"environments": []}, "_links": {"next": {"href": 7}}},
    "a broken next": {"_embedded": {"environments": []}, "_links": {"next": {"href": "https://[x"}}},
}


@pytest.mark.parametrize("answer", NO_LISTS.values(), ids=NO_LISTS)
def test_what_is_no_list_is_never_an_empty_one(client, service, answer):
    service.mock.add("GET", API + PATH, **({"body": answer} if isinstance(answer, str) else {"json": answer}))

    with pytest.raises(AnswerError, match="^Listing the environments failed: expected .*, got .*no proxy answers in"):
        Api(client).environments().list()


@pytest.mark.parametrize("answer", [{"size": 0}, {"_embedded": {}, "count": 0}, {"_embedded": {"environments": []}}])
def test_a_list_may_be_empty(client, service, answer):
    service.answers("GET", PATH, (200, answer))

    assert Api(client).environments().list() == []


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": ""}, {"name": "dev"}])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_an_object_has_an_id(client, service, answer, method):
    service.mock.add(method, API + PATH + ("" if method == "POST" else "/1"), json=answer)
    environments = Api(client).environments()
    calls = {
        "GET": lambda: environments.get("1"),
        "POST": lambda: environments.create({"name": "dev"}, lambda wire: False),
        "PUT": lambda: environments.replace("1", {"name": "dev"}),
    }

    with pytest.raises(AnswerError, match="expected one environment with its id, got an object whose id is"):
        calls[method]()


def lists(service, *pages, ends=True):
    """Answer a list page by page, of which each is the ids of its objects. ends: whether the last page has no next."""
    for number, ids in enumerate(pages):
        is_last = ends and number == len(pages) - 1
        links = {} if is_last else {"next": {"href": f"{API}{PATH}?cursor={number}"}}
        path = PATH if number == 0 else f"{PATH}?cursor={number - 1}"
        items = [{"id": id} for id in ids]
        service.answers("GET", path, (200, {"_embedded": {"environments": items}, "_links": links}))


def test_pages_have_an_end(client, service, monkeypatch):
    monkeypatch.setattr(client_module, "MOST_PAGES", 3)
    lists(service, "1", "2", "3", ends=False)
    with pytest.raises(AnswerError, match="expected a list of at most 3 pages, got more"):
        client.list(PATH, "environments", operation="listing them")


@pytest.mark.parametrize("again", ["", "1"])
def test_pages_that_bring_nothing_new_end(client, service, again):
    lists(service, "12", again, again, again, ends=False)
    with pytest.raises(ForeignAnswerError) as caught:
        client.list(PATH, "environments", operation="listing them")
    assert str(caught.value) == "Listing them failed: 3 pages of the list in a row brought nothing new."
    assert caught.value.kind == "answer"
    assert len(service.calls()) == 4


def test_a_page_that_brings_nothing_new_may_be_followed_by_others(client, service):
    lists(service, "1", "", "1", "2", "", "2", "3")
    assert client.list(PATH, "environments", operation="listing them") == [{"id": id} for id in "123"]


@pytest.mark.parametrize("token", ["two\nlines", "a blank", "t\u00f6ken"])
def test_an_access_token_is_one_word(service, make_client, token):
    service.answers("POST", "", (200, {"access_token": token, "expires_in": 60}), url=TOKEN_URL)

    with pytest.raises(AnswerError, match="expected an access token, got a text with blanks or line ends"):
        make_client().token()


@pytest.mark.parametrize("expires_in", [None, True, "soon", [], -1, 1e300])
def test_how_long_a_token_lasts_may_be_unknown(service, make_client, expires_in):
    service.answers("POST", "", (200, {"access_token": "t", "expires_in": expires_in}), url=TOKEN_URL)

    assert make_client().token().expires_in == 0
