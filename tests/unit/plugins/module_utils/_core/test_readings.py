# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of a run read once: kept in a private file, and only what was written there by such a task."""

from __future__ import annotations

import json
import os
import threading

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._core.readings import Readings, Source
from ansible_collections.idops.pingone.plugins.module_utils._core.run_file import Run, started_at
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import FakeClock

ROLES = Source("https://api.pingone.eu/v1 org", "/environments/e/applications/a/roleAssignments", "/roles")
LISTED = [{"id": "1", "name": "Reader"}]


class Service:
    """Counts how often it is read."""

    def __init__(self, objects):
        self.objects = objects
        self.reads = 0

    def read(self):
        self.reads += 1
        return self.objects


@pytest.fixture
def file(tmp_path):
    tmp_path.chmod(0o700)
    return tmp_path / "run.readings"


def get(file, service, source=ROLES, **options):
    """Return what a task of the run is given, in a process of its own."""
    return Readings(str(file) if file else None, FakeClock()).get(source, service.read, **options)


@pytest.mark.parametrize("objects", [LISTED, [], None])
def test_what_was_read_is_not_read_again(file, objects):
    service = Service(objects)
    assert [get(file, service) for _task in range(3)] == [objects] * 3
    assert service.reads == 1
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("part", Source._fields)
def test_another_tenant_caller_or_path_is_read(file, part):
    service = Service(LISTED)
    get(file, service)
    get(file, service, ROLES._replace(**{part: "other"}))
    assert service.reads == 2


def test_what_is_read_anew_is_kept_instead(file):
    get(file, Service(LISTED))
    get(file, Service([]), anew=True)
    assert get(file, Service(LISTED)) == []


def test_of_what_could_not_be_read_nothing_is_kept(file):
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        Readings(str(file)).get(ROLES, fail)
    assert get(file, Service(LISTED)) == LISTED
    with pytest.raises(ValueError):
        Readings(str(file)).get(ROLES, fail, anew=True)
    assert get(file, Service([])) == LISTED


def test_what_is_read_anew_and_is_the_same_takes_no_place(file):
    get(file, Service(LISTED))
    size = file.stat().st_size
    get(file, Service(LISTED), anew=True)
    assert file.stat().st_size == size


def test_without_a_file_a_process_keeps_it_for_itself():
    service, readings = Service(LISTED), Readings()
    assert [readings.get(ROLES, service.read) for _item in range(2)] == [LISTED] * 2
    assert service.reads == 1
    get(None, service)
    assert service.reads == 2


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"text"',
        "1",
        '{"tenant": "t"}',
        json.dumps({**ROLES._asdict(), "objects": "text"}),
        json.dumps({**ROLES._asdict(), "objects": ["text"]}),
        json.dumps({**ROLES._asdict(), "objects": [{"name": "no id"}]}),
        json.dumps({**ROLES._asdict(), "more": 1, "objects": []}),
        json.dumps({**ROLES._asdict(), "path": 1, "objects": []}),
        json.dumps(ROLES._asdict()),
    ],
)
def test_what_no_task_wrote_is_ignored(file, line):
    file.write_text(line + "\n")
    file.chmod(0o600)
    service = Service(LISTED)
    assert [get(file, service), get(file, service)] == [LISTED] * 2
    assert service.reads == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_use_is_not_trusted(file, mode):
    get(file, Service([]))
    file.chmod(mode)
    assert get(file, Service(LISTED)) == LISTED


def test_tasks_that_want_it_at_once_wait_for_the_one_that_reads(file):
    reading, service = threading.Event(), Service(LISTED)

    def read_slowly():
        reading.set()
        asked.wait(timeout=10)
        return service.read()

    asked, found = threading.Event(), []
    first = threading.Thread(target=lambda: found.append(Readings(str(file)).get(ROLES, read_slowly)))
    first.start()
    assert reading.wait(timeout=10)
    second = threading.Thread(target=lambda: found.append(Readings(str(file)).get(ROLES, service.read)))
    second.start()
    asked.set()
    for thread in (first, second):
        thread.join(timeout=10)
    assert found == [LISTED] * 2
    assert service.reads == 1


def test_a_run_has_its_own_and_removes_those_of_runs_that_are_over(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    own = Run(os.getpid(), started_at(os.getpid()) or "1")
    Readings.of_run(own).get(ROLES, Service(LISTED).read)
    folder = tmp_path / "idops.pingone"
    kept = folder / own.file_name("readings")
    ended = folder / Run(own.pid, "1").file_name("readings")
    kept.rename(ended)
    service = Service([])
    assert Readings.of_run(own).get(ROLES, service.read) == []
    assert list(folder.glob("*.readings")) == [kept]
    assert Readings.of_run(None).path is None
