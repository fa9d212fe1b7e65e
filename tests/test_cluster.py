"""Does a class get the same marks from a thread, processes, a cluster, and a worker that dies?"""

import gc
import importlib.util
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import yaml
from lessons_fixture import cell, solved
from nbformat.v4 import new_code_cell
from test_grading import Class, fresh_course, half_done, released
from test_nothing_lost import rows

from autograde.boxes.trees import NAMED
from autograde.cli import main
from autograde.cluster import workers
from autograde.course import CourseError
from autograde.grading import grade
from autograde.jobs import SHARE, enough
from autograde.parsing import parse

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = ("ann", "bob", "cal")


@pytest.fixture
def small_class(tmp_path):
    """ann solved all, bob half, cal handed in what is no notebook."""
    course = fresh_course(tmp_path / "course")
    small = Class(course, tmp_path / "in")
    done = released(course)
    for name in ("double-solution", "mean-solution"):
        cell(done, name).source = cell(solved(), name).source
    small.hand_in("ann", done)
    small.hand_in("bob", half_done(course))
    small.hand_in("cal", "no notebook")
    return small


def marks_of(small: Class, **options):
    lesson = small.course.lessons()[0]
    told: list[str] = []
    outcomes = grade(small.course, lesson, submissions=small.folder, tell=told.append, **options)
    main(["--course", str(small.course.root), "marks", "--to", str(small.folder / "m.csv")])
    marks = (small.folder / "m.csv").read_text(encoding="utf-8")
    (small.folder / "m.csv").unlink()
    return [(o.student, o.status, o.notes) for o in outcomes], marks


def test_threads_and_processes_give_the_same(small_class):
    one = marks_of(small_class, jobs=1)
    assert [status for _, status, _ in one[0]] == ["graded", "graded", "refused"]
    assert marks_of(small_class, jobs=2) == one
    assert marks_of(small_class, jobs=3) == one


def wait_for_line(process: subprocess.Popen, pattern: str) -> str:
    for line in process.stderr:
        found = re.search(pattern, line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()  # keep it flowing
            return found[0]
    raise AssertionError(f"no {pattern}")


@pytest.fixture
def running_cluster(tmp_path):
    """A scheduler and a worker, as programs of their own."""
    dask = [sys.executable, "-m", "dask"]
    options = {"stderr": subprocess.PIPE, "text": True, "cwd": tmp_path}
    names = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        env=names,
        **options,
    )
    address = wait_for_line(scheduler, r"tcp://127\.0\.0\.1:\d+")
    worker = subprocess.Popen(
        [*dask, "worker", "--nthreads", "1", "--no-dashboard", "--no-nanny", address],
        env=names,
        **options,
    )
    yield address
    for process in (worker, scheduler):
        process.terminate()
        process.wait(20)


def test_a_running_cluster_gives_the_same_marks(small_class, running_cluster):
    assert marks_of(small_class, cluster=running_cluster) == marks_of(small_class, jobs=1)


def graded_apart(small: Class, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "autograde", "--course", str(small.course.root), "grade"]
    command += [small.course.lessons()[0].assignment, "--submissions", str(small.folder), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_two_courses_are_graded_on_one_cluster_at_the_same_time(
    small_class, running_cluster, tmp_path
):
    other = Class(fresh_course(tmp_path / "other"), tmp_path / "theirs")
    released(other.course)
    for small in (small_class, other):
        small.hand_in("aaa", sleepy(small.course, 4))
        small.hand_in("zoe", half_done(small.course))
    runs = [graded_apart(small, "--cluster", running_cluster) for small in (small_class, other)]
    told = [run.communicate(timeout=120)[0].decode() for run in runs]
    for text in told:
        assert "aaa: graded\n" in text, text
        assert "zoe: graded\n" in text, text
    (worker,) = [p for p in psutil.Process().children() if "worker" in p.cmdline()]
    assert worker.children(recursive=True) == []  # its boxes have ended with the runs


def test_an_address_without_a_cluster_is_named(small_class, monkeypatch):
    import autograde.cluster as cluster

    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(CourseError, match=r"no Dask cluster answers at tcp://127\.0\.0\.1:9"):
        marks_of(small_class, cluster="tcp://127.0.0.1:9")


def sleepy(course, seconds: float):
    notebook = half_done(course)
    notebook.cells.insert(2, new_code_cell(f"import time; time.sleep({seconds})"))
    return notebook


class Killer(threading.Thread):
    """Kills the first worker process of this one that is as it should be, up to so many."""

    def __init__(self, when, most: int = 1) -> None:
        super().__init__(daemon=True)
        self.when, self.most, self.killed, self.over = when, most, [], threading.Event()

    def run(self) -> None:
        while len(self.killed) < self.most and not self.over.wait(0.02):
            for child in psutil.Process().children():
                try:
                    its = "spawn_main" in " ".join(child.cmdline()) and self.when(child)
                    if its and child.pid not in self.killed:
                        child.kill()
                        self.killed.append(child.pid)
                        break
                except psutil.Error:
                    continue

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def has_a_box(worker: psutil.Process) -> bool:
    return any(NAMED in " ".join(child.cmdline()) for child in worker.children(recursive=True))


def test_a_worker_killed_at_work_costs_nobody_a_point(small_class):
    small_class.hand_in("dan", sleepy(small_class.course, 3))
    right, book = marks_of(small_class, jobs=1), small_class.course.grading / "gradebook.db"
    undisturbed = rows(book)
    with Killer(has_a_box) as killer:
        found = marks_of(small_class, jobs=3)
    assert killer.killed, "no worker was seen at work"
    assert found == right
    assert rows(book) == undisturbed


def test_a_worker_killed_as_it_starts_is_started_again(small_class):
    right = marks_of(small_class, jobs=1)
    with Killer(lambda worker: True) as killer:
        found = marks_of(small_class, jobs=3)
    assert killer.killed
    assert found == right


def test_workers_that_never_start_are_an_error_with_a_remedy(small_class):
    with (
        Killer(lambda worker: True, most=1000) as killer,
        pytest.raises(CourseError, match=r"end while they start, 3 times: .*--jobs 2"),
    ):
        marks_of(small_class, jobs=3)
    assert len(killer.killed) >= 3


def test_threads_of_a_grader_may_parse_at_the_same_time():
    """With `ast.parse` itself CPython 3.11.7 fails here, as soon as collections of garbage let
    the threads in on each other."""
    lines = "".join(f"    y{n} = [x * ({n} + x), {{'a': x}}, (x, x)]\n" for n in range(60))
    wrong: list[str] = []

    def work() -> None:
        try:
            for _ in range(60):
                parse(f"def f(x):\n{lines}")
        except SystemError as error:
            wrong.append(str(error))

    def let_in(*_: object) -> None:
        time.sleep(0)

    before, pace = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(let_in)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.callbacks.remove(let_in)
        gc.set_threshold(*before)
        sys.setswitchinterval(pace)
    assert wrong == []


def test_a_slow_submission_does_not_hold_the_others_up(small_class):
    for number in range(8):
        small_class.hand_in(f"e{number}", half_done(small_class.course))
    small_class.hand_in("aaa", sleepy(small_class.course, 6))
    told: list[str] = []
    lesson = small_class.course.lessons()[0]
    grade(small_class.course, lesson, submissions=small_class.folder, jobs=2, tell=told.append)
    assert len(told) == 12
    assert told.index("aaa: graded") > 8


def test_only_this_machine_and_this_run_can_talk_to_the_workers():
    for jobs, kind in ((2, "inproc://"), (3, "tls://127.0.0.1:")):
        with workers(jobs) as client:
            info = client.scheduler_info()
            addresses = [info["address"], *info["workers"]]
        assert len(addresses) == jobs + 1
        assert all(address.startswith(kind) for address in addresses)


def test_few_submissions_start_no_processes():
    assert enough(SHARE - 1) == 1
    assert enough(10_000) == len(os.sched_getaffinity(0))


# ------------------------------------------------------------------------------------- deploy/


def test_the_slurm_jobs_start_workers_that_can_grade(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    spec = importlib.util.spec_from_file_location("slurm", ROOT / "deploy" / "slurm.py")
    slurm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(slurm)
    with slurm.cluster() as cluster:
        script = cluster.job_script()
    assert f"--nworkers {slurm.CORES} " in script
    assert "--tls-cert" in script
    assert "OMP_NUM_THREADS=1" in script


def test_the_kubernetes_file_describes_a_cluster_of_the_image():
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    assert (found["apiVersion"], found["kind"]) == ("kubernetes.dask.org/v1", "DaskCluster")
    for part in ("worker", "scheduler"):
        (container,) = found["spec"][part]["spec"]["containers"]
        assert container["args"][:2] == ["dask", part]
        assert f"# {container['image']} is the image that deploy/Dockerfile makes." in text
    assert found["spec"]["scheduler"]["service"]["ports"][0]["port"] == 8786
