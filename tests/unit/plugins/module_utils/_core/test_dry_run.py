# Copyright: The idops.pingone contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a dry run predicted: kept in a private file for the tasks of the same run, and put over what is there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.idops.pingone.plugins.module_utils._base.ids import predicted_id
from ansible_collections.idops.pingone.plugins.module_utils._core import dry_run, run_file
from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions, prediction
from ansible_collections.idops.pingone.plugins.module_utils._core.run_file import Run, started_at
from ansible_collections.idops.pingone.tests.unit.plugins.module_utils.client_service import FakeClock

TENANT = "https://api.pingone.eu/v1 org"
ENVIRONMENTS = "/environments"
DEV = {"id": "3b0f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a11", "name": "dev", "updatedAt": "2026-11-02T08:00:00Z"}
NEW = {"id": predicted_id("environment", None, "new"), "name": "new"}
REAL_NEW = {"id": "4c1f6f0a-5c0e-4c7b-8a55-0d8f4f1f2a12", "name": "new", "updatedAt": "2026-11-02T09:00:00Z"}


def predict(before, after):
    return prediction(TENANT, ENVIRONMENTS, before, after, ["name"])


def names(predictions, listed=(DEV,), tenant=TENANT, collection=ENVIRONMENTS):
    return [item["name"] for item in predictions.overlay(tenant, collection, listed)]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "private"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def file(folder):
    return folder / "run.predictions"


def later_task(file):
    """Return what a task of the same run knows, in a process of its own."""
    return Predictions(str(file))


class TestOverlay:
    def test_what_would_be_created_is_there(self, file):
        assert later_task(file).record(predict(None, NEW)) is True
        assert names(later_task(file)) == ["dev", "new"]

    def test_what_would_be_removed_is_gone(self, file):
        later_task(file).record(predict(DEV, None))
        assert names(later_task(file)) == []

    def test_what_would_be_renamed_has_the_new_name_alone(self, file):
        later_task(file).record(predict(DEV, {**DEV, "name": "prod"}))
        assert names(later_task(file)) == ["prod"]

    def test_one_prediction_builds_on_another(self, file):
        renamed = {**NEW, "name": "newer"}
        for before, after in [(None, NEW), (NEW, renamed), (DEV, {**DEV, "description": "x"}), (DEV, None)]:
            later_task(file).record(predict(before, after))
        assert later_task(file).overlay(TENANT, ENVIRONMENTS, [DEV]) == [renamed]

    def test_a_name_that_a_removal_freed_can_be_given_again(self, file):
        created = {**NEW, "id": predicted_id("environment", None, "dev"), "name": "dev"}
        later_task(file).record(predict(DEV, None))
        later_task(file).record(predict(None, created))
        assert later_task(file).overlay(TENANT, ENVIRONMENTS, [DEV]) == [created]

    def test_a_name_that_a_renaming_freed_can_be_given_again(self, file):
        renamed = {**DEV, "name": "prod"}
        created = {**NEW, "id": predicted_id("environment", None, "dev"), "name": "dev"}
        later_task(file).record(predict(DEV, renamed))
        later_task(file).record(predict(None, created))
        assert later_task(file).overlay(TENANT, ENVIRONMENTS, [DEV]) == [renamed, created]

    def test_thousands_of_predictions_are_applied_at_once(self):
        task, listed = Predictions(), [{"id": str(number), "name": f"real {number}"} for number in range(3000)]
        for number in range(3000):
            name = f"new {number}"
            task.record(predict(None, {"id": predicted_id("environment", None, name), "name": name}))
        before = time.process_time()
        assert len(task.overlay(TENANT, ENVIRONMENTS, listed)) == 6000
        # Some milliseconds; with a look at each object for each prediction it is seconds.
        assert time.process_time() - before < 1

    def test_nothing_is_remembered_of_what_stays_as_it_is(self):
        assert predict(DEV, dict(DEV)) is None
        assert predict(None, None) is None

    def test_tenants_and_collections_are_kept_apart(self, file):
        later_task(file).record(predict(None, NEW))
        assert names(later_task(file), tenant="https://api.pingone.eu/v1 another") == ["dev"]
        assert names(later_task(file), collection=f"/environments/{DEV['id']}/applications") == ["dev"]

    def test_a_real_creation_overtakes_a_predicted_one(self, file):
        later_task(file).record(predict(None, NEW))
        later_task(file).record(predict(NEW, {**NEW, "name": "newer"}))
        assert later_task(file).overlay(TENANT, ENVIRONMENTS, [REAL_NEW]) == [REAL_NEW]

    @pytest.mark.parametrize("after", [None, {**DEV, "name": "prod"}])
    def test_a_real_change_overtakes_a_predicted_one(self, file, after):
        later_task(file).record(predict(DEV, after))
        changed = {**DEV, "updatedAt": "2026-11-02T08:00:01Z"}
        assert later_task(file).overlay(TENANT, ENVIRONMENTS, [changed]) == [changed]

    def test_a_real_removal_overtakes_a_predicted_change(self, file):
        later_task(file).record(predict(DEV, {**DEV, "name": "prod"}))
        assert names(later_task(file), []) == []

    def test_one_process_sees_what_others_add_meanwhile(self, file):
        task = later_task(file)
        assert names(task) == ["dev"]
        later_task(file).record(predict(None, NEW))
        assert names(task) == ["dev", "new"]
        assert names(task) == ["dev", "new"]


class TestFile:
    def test_it_is_private(self, file):
        later_task(file).record(predict(None, NEW))
        assert file.stat().st_mode & 0o777 == 0o600

    def test_it_says_what_and_where(self, file):
        later_task(file).record(predict(None, NEW))
        members = json.loads(file.read_text())
        assert (members["collection"], members["id"], members["object"]["name"]) == (ENVIRONMENTS, NEW["id"], "new")

    def test_two_processes_append_at_once(self, file):
        script = (
            "import sys\n"
            "from ansible_collections.idops.pingone.plugins.module_utils._core.dry_run import Predictions, prediction\n"
            "sys.stdin.readline()\n"
            "for number in range(200):\n"
            "    name = f'{sys.argv[2]}-{number}'\n"
            "    made = {'id': f'00000000-0000-0000-0000-{name}', 'name': name, 'description': 'x' * 5000}\n"
            "    assert Predictions(sys.argv[1]).record(prediction('', '/environments', None, made, ['name']))\n"
        )
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", script, str(file)]
        writers = [
            subprocess.Popen([*command, who], stdin=subprocess.PIPE, text=True, env=environ) for who in ("one", "two")
        ]
        for writer in writers:
            writer.stdin.write("\n")
            writer.stdin.flush()
        assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
        task = later_task(file)
        expected = {f"{who}-{number}" for who in ("one", "two") for number in range(200)}
        assert set(names(task, [], tenant="")) == expected
        assert task.is_complete()

    def test_threads_of_one_task_read_each_line_once(self, file, monkeypatch):
        for number in range(20):
            later_task(file).record(predict(None, {**NEW, "id": f"{NEW['id']}{number}", "name": str(number)}))
        task, parsed = later_task(file), []
        parse, all_there = dry_run._parsed, threading.Barrier(4)

        def note(line):
            parsed.append(line)
            return parse(line)

        def lock(*_arguments):
            # Let all threads come as far as this, if nothing keeps them from it.
            with contextlib.suppress(threading.BrokenBarrierError):
                all_there.wait(timeout=0.2)
            return True

        monkeypatch.setattr(dry_run, "_parsed", note)
        monkeypatch.setattr(run_file, "try_flock", lock)
        threads = [threading.Thread(target=names, args=(task,)) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(parsed) == 20

    def test_without_a_file_a_task_knows_its_own_alone(self):
        task = Predictions()
        assert task.record(predict(None, NEW)) is False
        assert names(task) == ["dev", "new"]
        assert not task.is_complete()

    @pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '"text"', '{"tenant": "", "collection": "", "id": "", '])
    def test_a_line_that_cannot_be_read_means_that_something_is_missing(self, file, line):
        later_task(file).record(predict(None, NEW))
        with file.open("a") as stream:
            stream.write("\n" + line)
        later_task(file).record(predict(NEW, {**NEW, "name": "newer"}))
        task = later_task(file)
        assert not task.is_complete()
        assert names(task) == ["dev", "newer"]

    def test_an_object_of_a_wrong_type_is_no_prediction(self, file):
        later_task(file).record(predict(None, NEW))
        file.write_text(json.dumps({**json.loads(file.read_text()), "object": "text"}))
        assert not later_task(file).is_complete()

    def test_what_nobody_here_knows_is_marked(self, file):
        later_task(file).record(predict(None, NEW))
        later_task(file).record_unknown()
        task = later_task(file)
        assert not task.is_complete()
        assert names(task) == ["dev", "new"]

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
    def test_a_file_that_others_may_use_is_not_trusted(self, file, mode):
        later_task(file).record(predict(None, NEW))
        file.chmod(mode)
        task = later_task(file)
        assert names(task) == ["dev"]
        assert not task.is_complete()

    @pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
    def test_a_folder_that_others_may_use_is_not_trusted(self, file, folder, mode):
        later_task(file).record(predict(None, NEW))
        folder.chmod(mode)
        assert not later_task(file).is_complete()
        assert later_task(file).record(predict(NEW, None)) is False

    def test_a_file_of_another_user_is_not_trusted(self, file, monkeypatch):
        later_task(file).record(predict(None, NEW))
        monkeypatch.setattr(run_file, "is_private", lambda path: True)
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert names(later_task(file)) == ["dev"]
        assert not later_task(file).is_complete()

    def test_a_link_is_not_followed(self, file, folder):
        target = folder / "target"
        later_task(target).record(predict(None, NEW))
        file.symlink_to(target)
        assert not later_task(file).is_complete()
        assert names(later_task(file)) == ["dev"]

    def test_a_pipe_is_not_waited_for(self, file):
        os.mkfifo(file, 0o600)
        assert not later_task(file).is_complete()

    def test_a_lock_that_is_not_given_back_is_not_waited_for_long(self, file):
        later_task(file).record(predict(None, NEW))
        clock = FakeClock()
        with file.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            before = clock.monotonic()
            task = Predictions(str(file), clock)
            assert not task.is_complete()
            assert clock.monotonic() - before <= 5.1

    def test_a_folder_that_is_gone_means_that_something_is_missing(self, tmp_path):
        assert not Predictions(str(tmp_path / "nowhere" / "file")).is_complete()


class TestRuns:
    @pytest.fixture(autouse=True)
    def runtime(self, tmp_path, monkeypatch):
        runtime = tmp_path / "xdg"
        runtime.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        return runtime / "idops.pingone"

    @pytest.fixture
    def own(self):
        return Run(os.getpid(), started_at(os.getpid()) or "1")

    def leftovers(self, runtime):
        return sorted(path.name for path in runtime.glob("*.predictions"))

    def test_the_tasks_of_a_run_share_a_file(self, own):
        Predictions.of_run(own).record(predict(None, NEW))
        assert names(Predictions.of_run(own)) == ["dev", "new"]
        assert Path(Predictions.of_run(own).path).parent.stat().st_mode & 0o777 == 0o700

    def test_another_run_knows_nothing_of_it(self, own):
        Predictions.of_run(own).record(predict(None, NEW))
        assert names(Predictions.of_run(Run(own.pid, "1"))) == ["dev"]

    def test_a_run_that_is_not_known_has_no_file(self):
        assert Predictions.of_run(None).path is None

    def test_without_a_folder_there_is_no_file(self, own, monkeypatch):
        monkeypatch.delenv("XDG_RUNTIME_DIR")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.delenv("HOME", raising=False)
        assert Predictions.of_run(own).path is None

    def test_files_of_runs_that_are_over_are_removed_by_the_next_one(self, runtime, own):
        ended = subprocess.Popen([sys.executable, "-c", "pass"])
        ended.wait()
        reused = Run(own.pid, "1")
        for run in (Run(ended.pid, "5"), reused, Run(10**20, "5")):
            Predictions.of_run(Run(own.pid, own.started)).record(predict(None, NEW))
            (runtime / run.file_name("predictions")).write_text("")
        (runtime / "salt").write_text("")
        (runtime / own.file_name("predictions")).unlink()
        Predictions.of_run(own).record(predict(None, NEW))
        assert self.leftovers(runtime) == [own.file_name("predictions")]
        assert (runtime / "salt").exists()

    def test_the_file_of_a_run_that_goes_on_stays(self, runtime, own):
        other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        try:
            running = Run(other.pid, started_at(other.pid) or "1")
            Predictions.of_run(running).record(predict(None, NEW))
            Predictions.of_run(own).record(predict(None, NEW))
            assert names(Predictions.of_run(running)) == ["dev", "new"]
        finally:
            other.communicate(b"\n", timeout=10)
        assert running.is_over()

    @pytest.mark.parametrize(("age", "stays"), [(3600, True), (2 * 86400, False)])
    def test_a_file_of_another_host_stays_for_a_day(self, runtime, own, monkeypatch, age, stays):
        Predictions.of_run(own)
        elsewhere = runtime / f"{'0' * 16}-1-1.predictions"
        elsewhere.write_text("")
        os.utime(elsewhere, (time.time() - age,) * 2)
        Predictions.of_run(own)
        assert elsewhere.exists() is stays

    def test_a_process_that_is_another_user_s_is_not_the_run(self, monkeypatch):
        def refuse(pid, signal):
            raise PermissionError

        monkeypatch.setattr(os, "kill", refuse)
        assert Run(1, "1").is_over()

    def test_a_system_that_does_not_tell_when_a_process_was_started_goes_by_its_number(self, own, monkeypatch):
        monkeypatch.setattr(run_file, "started_at", lambda pid: None)
        assert not Run(own.pid, "123456").is_over()

    def test_two_processes_differ_by_when_they_were_started(self, own):
        assert started_at(own.pid) is not None
        assert started_at(10**9) is None
