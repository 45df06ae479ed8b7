# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import fcntl
import os

import pytest
import requests
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OutcomeUnknownError, PingOneError
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._client import session_state
from ansible_collections.idops.pingone.plugins.module_utils._core.api import Api
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import plan, removal
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import (
    TOKEN_URL,
    Keeper,
    token_answer,
)

THING = Table(kind="application", fields=(Field("id", "id", read_only=True), Field("name", "name")))
ENVIRONMENT = {"id": "e", "name": "dev"}
APPS = "/environments/e/applications"
ONE = {"id": "1", "name": "one", "createdAt": "2026-11-02T09:00:00Z"}
TWO = {"id": "2", "name": "two", "createdAt": "2026-11-02T09:10:00Z"}
BROKEN = requests.exceptions.ConnectionError("reset")


def listing(*items, key="applications"):
    return (200, {"_embedded": {key: list(items)}})


def is_two(wire):
    return wire["name"] == "two"


@pytest.fixture
def api(client):
    return Api(client)


def other_process_wrote(own_folders, *created):
    """Count a write in the lock file of the only collection, as another process would; created: its lines of ids."""
    folder = own_folders / "idops.pingone"
    for name in os.listdir(folder):
        if name.endswith(".lock"):
            (folder / name).write_text("\n".join(["00000000000000000099", *created]), encoding="ascii")


class TestListsThatAreBehind:
    """A list that does not show yet what this controller created."""

    @pytest.fixture
    def created(self, api, service):
        """Create an object in a process that ends with its task."""
        service.answers("GET", APPS, listing(ONE))
        service.answers("POST", APPS, (201, TWO))
        service.answers("GET", APPS, listing(ONE, TWO))
        api.applications(ENVIRONMENT).list()
        api.applications(ENVIRONMENT).create({"name": "two"}, is_two)
        api.client.session_state.forget_all()

    @pytest.mark.usefixtures("created")
    def test_what_is_missing_is_read_by_its_id(self, service, make_client):
        service.answers("GET", APPS, listing(ONE))
        service.answers("GET", APPS + "/2", (200, TWO))

        assert Api(make_client()).applications(ENVIRONMENT).list() == [ONE, TWO]

    @pytest.mark.usefixtures("created")
    def test_what_is_listed_is_not_read_again(self, service, make_client):
        service.answers("GET", APPS, listing(TWO))

        assert Api(make_client()).applications(ENVIRONMENT).list() == [TWO]
        assert service.calls()[-1] == "GET " + APPS

    @pytest.mark.usefixtures("created")
    @pytest.mark.parametrize("answer", [(404, {}), (403, {}), (500, {}), BROKEN, (200, {"count": 0}), (200, ONE)])
    def test_what_cannot_be_read_is_asked_for_once(self, service, make_client, clock, answer):
        service.answers("GET", APPS, listing(ONE))
        service.answers("GET", APPS + "/2", answer)

        assert Api(make_client()).applications(ENVIRONMENT).list() == [ONE]
        assert clock.waits == []

    @pytest.mark.usefixtures("created")
    def test_it_is_asked_for_during_a_minute(self, service, make_client, clock):
        clock.now += 60.1
        service.answers("GET", APPS, listing(ONE))

        assert Api(make_client()).applications(ENVIRONMENT).list() == [ONE]
        assert service.calls()[-1] == "GET " + APPS

    @pytest.mark.usefixtures("created")
    def test_what_was_deleted_meanwhile_is_not_asked_for(self, api, service):
        service.answers("DELETE", APPS + "/2", 204)
        service.answers("GET", APPS, listing(ONE))
        api.applications(ENVIRONMENT).delete("2")

        assert api.applications(ENVIRONMENT).list() == [ONE]
        assert service.calls()[-1] == "GET " + APPS

    @pytest.mark.usefixtures("created")
    def test_a_file_that_is_half_written_counts_as_none(self, service, make_client, own_folders):
        other_process_wrote(own_folders, "1793611800.000")
        service.answers("GET", APPS, listing(ONE))

        assert Api(make_client()).applications(ENVIRONMENT).list() == [ONE]


class TestMemo:
    def test_a_collection_is_listed_once(self, api, service, make_client):
        service.answers("GET", APPS, listing(ONE))

        api.applications(ENVIRONMENT).list()
        with Api(make_client()).applications(ENVIRONMENT).locked():
            assert Api(make_client()).applications(ENVIRONMENT).list() == [ONE]

        assert service.calls() == ["GET " + APPS]

    def test_it_is_listed_again_after_30_seconds(self, api, service, clock):
        service.answers("GET", APPS, listing(ONE), listing(ONE, TWO))
        api.applications(ENVIRONMENT).list()
        clock.now += 29.9
        assert api.applications(ENVIRONMENT).list() == [ONE]
        clock.now += 0.1

        assert api.applications(ENVIRONMENT).list() == [ONE, TWO]

    def test_a_filter_is_a_listing_of_its_own(self, api, service):
        service.answers("GET", "/environments/e/groups?filter=name+eq+%22one%22", listing(ONE, key="groups"))
        service.answers("GET", "/environments/e/groups", listing(ONE, TWO, key="groups"))
        groups = api.groups(ENVIRONMENT)

        assert groups.list(filter='name eq "one"') == [ONE]
        assert groups.list() == [ONE, TWO]

    def test_our_own_writes_update_it(self, api, service):
        applications = api.applications(ENVIRONMENT)
        service.answers("GET", APPS, listing(ONE))
        service.answers("POST", APPS, (201, TWO))
        service.answers("GET", APPS, listing(ONE, TWO))
        service.answers("PUT", APPS + "/2", (200, {**TWO, "name": "new"}))
        service.answers("DELETE", APPS + "/1", 204)

        applications.list()
        applications.create({"name": "two"}, is_two)
        applications.replace("2", {"name": "new"})
        applications.delete("1")

        assert applications.list() == [{**TWO, "name": "new"}]

    def test_a_dropped_memo_is_read_anew(self, api, service, make_client):
        service.answers("GET", APPS, listing(ONE))
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        service.answers("GET", APPS, listing(TWO))
        api.applications(ENVIRONMENT).list()

        session_state.reset()

        assert Api(make_client()).applications(ENVIRONMENT).list() == [TWO]

    def test_a_forked_child_starts_without_it(self, client):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, str(len(session_state._shared)).encode())
            os._exit(0)
        os.waitpid(child, 0)

        assert (len(session_state._shared), os.read(reader, 1)) == (1, b"0")

    def test_an_unknown_outcome_drops_it(self, api, service):
        service.answers("GET", APPS, listing(ONE))
        service.answers("PUT", APPS + "/1", *[BROKEN] * 7)
        service.answers("GET", APPS, listing(TWO))
        applications = api.applications(ENVIRONMENT)
        applications.list()

        with pytest.raises(OutcomeUnknownError):
            applications.replace("1", {"name": "new"})

        assert applications.list() == [TWO]

    def test_another_connection_has_another_memo(self, client, make_client):
        assert make_client().session_state is client.session_state
        assert make_client(options={"client_secret": "another"}).session_state is not client.session_state

    def test_a_role_assignment_changes_what_others_may_be_read_only(self, api, service):
        mine, other = (api.role_assignments(ENVIRONMENT, "application", {"id": name}) for name in ("a", "b"))
        service.answers("GET", APPS + "/b/roleAssignments", listing(ONE, key="roleAssignments"))
        service.answers("DELETE", APPS + "/a/roleAssignments/9", 204)
        service.answers("GET", APPS + "/b/roleAssignments", listing(TWO, key="roleAssignments"))
        other.list()

        mine.delete("9")

        assert other.list() == [TWO]

    def test_a_population_that_is_created_may_give_its_creator_roles(self, api, service):
        held = api.role_assignments(ENVIRONMENT, "application", {"id": "a"})
        service.answers("GET", APPS + "/a/roleAssignments", listing(ONE, key="roleAssignments"))
        service.answers("POST", "/environments/e/populations", (201, TWO))
        service.answers("GET", APPS + "/a/roleAssignments", listing(TWO, key="roleAssignments"))
        held.list()

        api.populations(ENVIRONMENT).create({"name": "two"}, lambda item: False)

        assert held.list() == [TWO]

    def test_a_listing_that_misses_a_write_of_another_thread_is_dropped(self, client):
        client.session_state.remember(APPS, "", session_state.Listing([ONE], at=0.0, generation=5))
        client.session_state.record_write(APPS, "2", TWO, generation=7)

        assert client.session_state.listing(APPS, "", now=0.0) is None

    def test_a_write_from_elsewhere_between_listing_and_our_own_drops_it(self, api, service, own_folders):
        service.answers("GET", APPS, listing(ONE))
        service.answers("PUT", APPS + "/1", (200, ONE))
        service.answers("GET", APPS, listing(ONE, TWO))
        applications = api.applications(ENVIRONMENT)
        with applications.locked():
            applications.list()
            other_process_wrote(own_folders)
            applications.replace("1", ONE)

        assert applications.list() == [ONE, TWO]


class TestFresh:
    def test_a_fresh_listing_is_the_base_of_a_put(self, api, service):
        service.answers("GET", APPS, listing(ONE))
        applications = api.applications(ENVIRONMENT)
        applications.list()

        assert applications.read_for_update({"id": "1"}) == ONE

    def test_an_older_one_is_read_again_by_id(self, api, service, clock):
        service.answers("GET", APPS, listing(ONE))
        service.answers("GET", APPS + "/1", (200, {**ONE, "name": "changed"}))
        applications = api.applications(ENVIRONMENT)
        applications.list()
        clock.now += 30

        assert applications.read_for_update(ONE)["name"] == "changed"


class TestCreate:
    def test_a_lost_answer_is_settled_by_the_list(self, api, service):
        service.answers("GET", APPS, listing(ONE))
        service.answers("POST", APPS, BROKEN)
        service.answers("GET", APPS, listing(ONE), listing(ONE, TWO), listing(ONE, TWO))
        applications = api.applications(ENVIRONMENT)
        applications.list()

        assert applications.create({"name": "two"}, is_two) == TWO
        assert service.calls().count("POST " + APPS) == 1

    def test_an_older_one_from_elsewhere_is_adopted(self, api, service):
        ours = {**TWO, "id": "3", "createdAt": "2026-11-02T09:10:00.500Z"}
        service.answers("GET", APPS, listing(ONE))
        service.answers("POST", APPS, (201, ours))
        service.answers("GET", APPS, listing(ONE, TWO, ours))
        service.answers("DELETE", APPS + "/3", 204)
        applications = api.applications(ENVIRONMENT)
        applications.list()

        assert applications.create({"name": "two"}, is_two) == TWO
        assert applications.list() == [ONE, TWO]

    def test_a_younger_one_from_elsewhere_is_left_to_its_maker(self, api, service):
        theirs = {**TWO, "id": "3", "createdAt": "2026-11-02T09:10:00.500Z"}
        service.answers("POST", APPS, (201, TWO))
        service.answers("GET", APPS, listing(TWO, theirs))

        assert api.applications(ENVIRONMENT).create({"name": "two"}, is_two) == TWO

    def test_both_are_named_when_ours_cannot_be_removed(self, api, service):
        ours = {**TWO, "id": "3", "createdAt": "2026-11-02T09:11:00Z"}
        service.answers("POST", APPS, (201, ours))
        service.answers("GET", APPS, listing(TWO, ours))
        service.answers("DELETE", APPS + "/3", (400, {"message": "No."}))

        with pytest.raises(PingOneError, match="with the id 3 and from elsewhere with the id 2"):
            api.applications(ENVIRONMENT).create({"name": "two"}, is_two)

    def test_a_kind_whose_names_are_unique_is_not_listed_again(self, api, service):
        service.answers("POST", "/environments", (201, ONE))

        api.environments().create({"name": "one"}, lambda wire: wire["name"] == "one")

        assert service.calls() == ["POST /environments"]


class TestLock:
    def test_what_another_process_wrote_is_seen(self, api, service, own_folders):
        service.answers("GET", APPS, listing(ONE), listing(ONE, TWO))
        applications = api.applications(ENVIRONMENT)
        with applications.locked():
            applications.list()
        other_process_wrote(own_folders)

        with applications.locked():
            assert applications.list() == [ONE, TWO]

    def test_it_is_held_until_the_end_and_may_be_taken_again(self, api, own_folders):
        applications = api.applications(ENVIRONMENT)
        with applications.locked(), applications.locked():
            pass
        with applications.locked():
            with applications.locked():
                pass
            assert not self.is_free(own_folders)
        assert self.is_free(own_folders)

    def test_waiting_for_it_ends_with_an_error(self, api, own_folders):
        applications = api.applications(ENVIRONMENT)
        with applications.locked():
            pass
        with open(self.path(own_folders), "r+", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)

            with pytest.raises(PingOneError, match="Another play .* the applications"), applications.locked():
                pass

    def test_check_mode_takes_none(self, make_client, own_folders):
        with Api(make_client(check_mode=True)).applications(ENVIRONMENT).locked():
            pass

        assert not [name for name in os.listdir(own_folders / "idops.pingone") if name.endswith(".lock")]

    @staticmethod
    def path(own_folders):
        folder = own_folders / "idops.pingone"
        (name,) = (name for name in os.listdir(folder) if name.endswith(".lock"))
        return folder / name

    def is_free(self, own_folders):
        with open(self.path(own_folders), "r+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            return True


class TestSecret:
    PATH = APPS + "/a/secret"

    def test_a_secret_is_made_known(self, service, make_client):
        told = []
        service.answers("POST", "", token_answer(), url=TOKEN_URL)
        service.answers("GET", self.PATH, (200, {"secret": "new", "previous": {"secret": "old"}}))

        Api(make_client(keeper=Keeper(told))).secret(ENVIRONMENT, {"id": "a"})

        assert told[1:] == ["new", "old"]

    def test_a_rotation_sends_when_the_previous_one_ends(self, api, service):
        service.answers("POST", self.PATH, (200, {"secret": "new"}))

        assert api.rotate_secret(ENVIRONMENT, {"id": "a"}, "old", "2026-12-01T00:00:00Z")["secret"] == "new"
        assert service.mock.calls[-1].request.body == b'{"previous": {"expiresAt": "2026-12-01T00:00:00Z"}}'

    def test_the_previous_one_is_ended_by_itself(self, api, service):
        service.answers("DELETE", self.PATH, 204)

        api.revoke_previous_secret(ENVIRONMENT, {"id": "a"})

        assert service.calls() == ["DELETE " + self.PATH]

    def test_a_lost_rotation_is_settled_by_comparing(self, api, service):
        service.answers("POST", self.PATH, 503)
        service.answers("GET", self.PATH, (200, {"secret": "old"}), (200, {"secret": "new"}))

        assert api.rotate_secret(ENVIRONMENT, {"id": "a"}, "old")["secret"] == "new"

    def test_a_lost_rotation_is_never_repeated(self, api, service):
        service.answers("POST", self.PATH, BROKEN)
        service.answers("GET", self.PATH, *[(200, {"secret": "old"})] * 8)

        with pytest.raises(OutcomeUnknownError):
            api.rotate_secret(ENVIRONMENT, {"id": "a"}, "old")
        assert service.calls().count("POST " + self.PATH) == 1


def test_nothing_is_asked_about_what_a_dry_run_predicted(api, service):
    environment = {"id": predicted_id("environment", None, "dev")}
    principal = {"id": predicted_id("application", "e", "ci")}

    assert api.applications(environment).list() == []
    assert api.applications(ENVIRONMENT).get(principal["id"]) is None
    assert api.role_assignments(ENVIRONMENT, "application", principal).list() == []
    assert service.calls() == []


def test_what_a_dry_run_predicted_holds_what_comes_with_it(api, service):
    environment = {"id": predicted_id("environment", None, "dev")}
    openid, own = api.resources(environment).list()
    scopes = api.scopes(environment, openid).list()

    assert [item["name"] for item in api.populations(environment).list()] == ["Default"]
    assert [(openid["name"], openid["type"]), (own["name"], own["type"])] == [
        ("openid", "OPENID_CONNECT"),
        ("PingOne API", "PINGONE_API"),
    ]
    assert [item["name"] for item in scopes] == ["address", "email", "openid", "phone", "profile"]
    assert len({item["id"] for item in (openid, own, *scopes)}) == 7
    assert api.scopes(environment, {"id": "r", "name": "orders"}).predicted_id("email") != scopes[1]["id"]
    assert service.calls() == []


def test_an_object_that_is_gone_needs_no_deletion(api, service):
    service.answers("DELETE", APPS + "/1", 404)
    service.answers("GET", "/environments/e", 200)

    api.applications(ENVIRONMENT).delete("1")


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (lambda api: api.set_type(ENVIRONMENT, "PRODUCTION"), "/type", b'{"type": "PRODUCTION"}'),
        (lambda api: api.set_status(ENVIRONMENT, {"status": "ACTIVE"}), "/status", b'{"status": "ACTIVE"}'),
        (lambda api: api.put_bill_of_materials(ENVIRONMENT, {"products": []}), "/billOfMaterials", b'{"products": []}'),
    ],
)
def test_an_environment_is_changed_through_its_own_endpoints(api, service, call, path, body):
    service.answers("PUT", "/environments/e" + path, (200, {"id": "e"}))

    assert call(api) == {"id": "e"}
    assert service.mock.calls[-1].request.body == body


@pytest.mark.parametrize(
    ("change", "call", "after"),
    [
        (plan(THING, None, {"name": "a"}), f"POST {APPS}", {"id": "1", "name": "a"}),
        (plan(THING, {"id": "1", "name": "a"}, {"name": "b"}), f"PUT {APPS}/1", {"id": "1", "name": "a"}),
        (removal(THING, {"id": "1", "name": "a"}), f"DELETE {APPS}/1", None),
    ],
)
def test_a_change_is_carried_out_by_the_call_that_it_needs(api, service, change, call, after):
    method, path = call.split(" ")
    service.answers(method, path, 204 if after is None else (200, after))
    service.answers("GET", APPS, (200, {"_embedded": {"applications": [{"id": "1", "name": "a"}]}}))

    assert api.applications(ENVIRONMENT).carry_out(change) == after
    assert service.calls()[0] == call
