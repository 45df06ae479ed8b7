# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module's run() is given, and what leaves a task whichever door it came through."""

from __future__ import annotations

import functools
import threading

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError, service_error
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import worker_connection
from ansible_collections.idops.pingone.plugins.module_utils._core import task as task_module
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions
from ansible_collections.idops.pingone.plugins.module_utils._core.fields import Field, Table
from ansible_collections.idops.pingone.plugins.module_utils._core.plan import plan, removal
from ansible_collections.idops.pingone.plugins.module_utils._core.result import ISSUES, Result, perform
from ansible_collections.idops.pingone.plugins.module_utils._core.task import Task, argument_spec

THING = Table(kind="thing", fields=(Field("id", "id", read_only=True), Field("name", "name"), Field("size", "size")))
STORED = {"id": "1", "name": "a", "size": "old"}


class Things:
    """A collection of things that notes what it was asked to do."""

    path = "/things"

    def __init__(self):
        self.calls = []

    def carry_out(self, change):
        self.calls.append(change)
        return {"id": "from the service"}


def test_side_by_side_values_and_warnings_come_in_the_order_of_the_jobs():
    task, done = Task({"access_token": "a.b.c", "region": "EU"}), threading.Event()

    def first():
        assert done.wait(10)
        task.warn("first")
        task.warn("both")
        return 1

    def second():
        task.warn("second")
        task.warn("both")
        done.set()
        return 2

    assert task.run_parallel([first, second]) == [1, 2]
    assert task.warnings == ["first", "both", "second"]


@pytest.mark.parametrize("inner", [1, 2])
@pytest.mark.parametrize("outer", [1, 2])
def test_what_runs_side_by_side_may_do_so_itself(outer, inner):
    task = Task({"access_token": "a.b.c", "region": "EU"})

    def job(number):
        def part(letter):
            task.warn(f"{number}{letter}")
            return letter

        task.warn(f"{number} begins")
        letters = task.run_parallel([functools.partial(part, letter) for letter in "ab"[:inner]])
        task.warn(f"{number} ends")
        return letters

    found = task.run_parallel([functools.partial(job, number) for number in range(outer)])
    task.warn("afterwards")
    assert found == [list("ab"[:inner])] * outer
    told = [f"{number}{what}" for number in range(outer) for what in (" begins", *"ab"[:inner], " ends")]
    assert task.warnings == [*told, "afterwards"]


def outcome_of(run, *, task=None, secret_returns=(), no_log_values=(), diff=False):
    task = task or Task({}, secrets=no_log_values)
    return perform(run, task, secret_returns=secret_returns, no_log_values=no_log_values, diff=diff)


def raising(error):
    def run(task):
        raise error

    return run


CREATE = plan(THING, None, {"name": "a"})
REPLACE = plan(THING, STORED, {"size": "new"})
NONE = plan(THING, STORED, {"size": "old"})
DELETE = removal(THING, STORED)


@pytest.mark.parametrize("change", [CREATE, REPLACE, DELETE])
def test_a_change_is_carried_out_by_one_call(change):
    things = Things()
    assert Task({}).apply(change, things) == {"id": "from the service"}
    assert things.calls == [change]


def test_what_is_right_already_is_not_written():
    things = Things()
    assert Task({}).apply(NONE, things) == STORED
    assert things.calls == []


@pytest.mark.parametrize("change", [CREATE, REPLACE, DELETE, NONE])
def test_check_mode_predicts_and_calls_nothing(change):
    things = Things()
    task, _told = dry_task()
    assert task.apply(change, things) == change.predicted
    assert things.calls == []


class ToldApi:
    """Resources of which nothing is used but what they are told for later tasks."""

    def __init__(self, is_kept):
        self.is_kept = is_kept
        self.told = []

    def predict(self, path, sides):
        self.told.append((path, sides.before, sides.after))
        return self.is_kept


def dry_task(is_kept=True):
    task = Task({}, check_mode=True)
    task.api = ToldApi(is_kept)
    return task, task.api.told


@pytest.mark.parametrize(("change", "before"), [(CREATE, None), (REPLACE, STORED), (DELETE, STORED)])
def test_check_mode_lets_later_tasks_know_what_it_predicts(change, before):
    task, told = dry_task()
    task.apply(change, Things())
    assert told == [("/things", before, change.predicted)]
    assert task.warnings == []


def test_what_stays_as_it_is_is_no_news_for_later_tasks():
    task, told = dry_task()
    task.apply(NONE, Things())
    assert told == []


def test_a_real_task_predicts_nothing():
    task = Task({})
    task.api = ToldApi(True)
    task.apply(CREATE, Things())
    assert task.api.told == []
    assert task.predictions is None


def test_a_prediction_that_cannot_be_kept_is_told():
    task, _told = dry_task(is_kept=False)
    task.apply(CREATE, Things())
    assert task.warnings == []
    task.predictions = Predictions("/nowhere/run")
    task.apply(CREATE, Things())
    assert task.warnings == [
        "What this task predicts could not be written to /nowhere/run, so later tasks of this dry run do not know it."
    ]


def test_no_secret_is_kept_for_later_tasks():
    secret = Field("password", "inner.password", no_log=True, write_only=True)
    table = Table(kind="thing", fields=(*THING.fields, secret))
    change = plan(table, None, {"name": "a", "password": "hunter2"})
    task, told = dry_task()
    task.apply(change, Things())
    assert change.body["inner"] == {"password": "hunter2"}
    assert "hunter2" not in repr(told)


def test_a_result_takes_both_sides_from_a_change():
    result = Result(REPLACE, title="thing a", thing="a")
    assert (result.changed, result.values) == (True, {"thing": "a"})
    assert result.diff() == {
        "before_header": "thing a",
        "after_header": "thing a",
        "before": {"id": "1", "name": "a", "size": "old"},
        "after": {"id": "1", "name": "a", "size": "new"},
    }


def test_a_result_of_its_own_sides():
    diff = Result(True, before={"a": 1}).diff()
    assert (diff["before"], diff["after"]) == ({"a": 1}, {})
    assert Result(False).diff() is None


def test_a_diff_leaves_out_what_is_not_set_and_the_times_of_the_service():
    after = {"a": None, "b": [], "c": {"d": None, "e": ""}, "f": [{"g": None}], "created_at": "x", "updated_at": "y"}
    assert Result(True, after=after).diff()["after"] == {"b": [], "c": {"e": ""}, "f": [{}]}


def test_the_header_of_a_diff_disturbs_no_terminal():
    assert Result(True, after={"a": 1}, title="environment a\x1b[2J").diff()["after_header"] == "environment a\\x1b[2J"


def test_a_diff_is_shown_when_asked_for():
    def run(task):
        return Result(CREATE, thing={"name": "a"})

    assert outcome_of(run) == {"changed": True, "thing": {"name": "a"}}
    assert outcome_of(run, diff=True)["diff"]["before"] == {}
    assert "diff" not in outcome_of(lambda task: Result(False), diff=True)


def test_only_the_declared_secret_leaves_whole():
    def run(task):
        secret = task.secret("generated")
        return Result(True, after={"note": f"is {secret}"}, client_secret=secret, nested={"client_secret": secret})

    assert outcome_of(run, secret_returns=("client_secret",), diff=True) == {
        "changed": True,
        "client_secret": "generated",
        "nested": {"client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"},
        "diff": {"before_header": "", "after_header": "", "before": {}, "after": {"note": "is ********"}},
    }


@pytest.mark.parametrize("imported", ["imported-secret", "imported"])
def test_a_secret_that_the_task_was_given_is_not_returned(imported):
    result = outcome_of(
        lambda task: Result(True, client_secret="imported-secret"),
        secret_returns=("client_secret",),
        no_log_values=[imported],
    )
    assert result["failed"] is True
    assert result["msg"].startswith("client_secret cannot be returned because it holds the value of one of this")
    assert "imported" not in result["msg"]


def test_the_collections_errors_are_the_users_sentence():
    result = outcome_of(raising(OptionError("name", "name is not hunter2.")), no_log_values=["hunter2"])
    assert result == {
        "failed": True,
        "msg": "name is not ********.",
        "error": {"kind": "option", "option": "name"},
    }


def test_a_failure_holds_no_secret():
    body = {"code": "about hunter2", "message": "x"}
    error = service_error("creating environment 'hunter2'", 409, body, "of hunter2")
    assert outcome_of(raising(error), no_log_values=["hunter2"])["error"] == {
        "kind": "conflict",
        "status": 409,
        "code": "about ********",
        "correlation_id": "of ********",
        "operation": "creating environment '********'",
    }


def test_a_failure_disturbs_no_terminal():
    error = service_error("reading it", 400, {"code": "A\x1b[2JB"}, None)
    assert "\x1b" not in outcome_of(raising(error))["error"]["code"]


def test_an_unexpected_error_names_itself_and_where_to_report_it():
    result = outcome_of(raising(KeyError("hunter2")), no_log_values=["hunter2"])
    assert result["failed"] is True
    assert result["error"] == {"kind": "defect"}
    assert result["msg"].startswith("Unexpected KeyError: '********'. This is a defect")
    assert ISSUES in result["msg"]


def test_the_end_of_a_tasks_time_is_not_caught():
    class TimeIsUp(BaseException):
        """What ansible-core raises at a task's C(timeout)."""

    with pytest.raises(TimeIsUp):
        outcome_of(raising(TimeIsUp()))


def test_a_warning_is_given_once():
    task = Task({})
    task.warn("a")
    task.warn("b")
    task.warn("a")
    assert task.warnings == ["a", "b"]


def test_ansible_core_is_told_of_secrets_where_it_listens(monkeypatch):
    told = []
    monkeypatch.setattr(task_module, "_register_secret", told.append)
    task = Task({}, secrets=["was given", "short"])
    assert task.secret("received") == "received"
    assert task.secret("") == ""
    assert told == ["was given", "received"]
    assert task.secrets == {"was given", "short", "received"}


def test_progress_is_shown_by_the_main_thread_only():
    shown = []
    task = Task({}, secrets=["hunter2"], progress=shown.append)
    task.progress("1 of 2, hunter2", 2)
    thread = threading.Thread(target=task.progress, args=("2 of 2", 9))
    thread.start()
    thread.join()
    assert shown == ["1 of 2, ********"]
    Task({}).progress("nobody sees it", 9)


def test_progress_is_told_from_two_seconds_on_and_each_five(monkeypatch):
    shown = []
    now = [100.0]
    monkeypatch.setattr(task_module.time, "monotonic", lambda: now[0])
    task = Task({}, progress=shown.append)
    for waited in (1.9, 2.0, 4.0, 6.9, 7.0, 11.9, 12.0):
        now[0] = 100 + waited
        task.progress(f"waited {waited}", waited)
    assert shown == ["waited 2.0", "waited 7.0", "waited 12.0"]


def test_a_modules_options_come_after_those_of_the_connection():
    spec = argument_spec({"name": {"type": "str"}}, settle={"type": "raw"})
    assert {"client_secret", "auth_environment_id", "name"} < set(spec)
    assert spec["settle"] == {"type": "raw"}
    assert argument_spec()["settle"] != {"type": "raw"}


@pytest.mark.parametrize(("validate", "warned"), [(False, True), (True, False)])
def test_no_validation_is_warned_of_in_a_sentence(validate, warned):
    task = Task({"region": "EU", "access_token": "ready", "validate_certs": validate})
    task.client_of(task.connection)
    sentence = "validate_certs is false: whoever is between here and PingOne can read and change all that is sent."
    assert task.warnings == ([sentence] if warned else [])


CONNECTION = {
    "region": "EU",
    "auth_environment_id": "7663f85d-9794-441b-9a67-47650535bd3b",
    "client_id": "9bfa6efa-1a4e-42d4-a27b-e3ed8f819111",
    "client_secret": "a-secret-of-the-caller",
}


def test_a_task_as_another_worker_has_a_client_of_its_own_and_shares_all_else():
    task, _told = dry_task()
    task.params = CONNECTION
    first = task.client
    worker = {**CONNECTION, "client_id": "8bfa6efa-1a4e-42d4-a27b-e3ed8f819111", "client_secret": "another-secret"}
    other = task.acting_as(worker_connection(task.params, worker))
    assert other.client is not first
    assert task.client is first
    assert (other.client.check_mode, other.api.client, other.lookup._api) == (True, other.client, other.api)
    assert other.predictions is task.predictions
    other.warn("a warning")
    assert task.warnings == ["a warning"]
    for secret in ("a-secret-of-the-caller", "another-secret"):
        assert [one.message(f"it said {secret}") for one in (task, other)] == ["it said ********"] * 2
