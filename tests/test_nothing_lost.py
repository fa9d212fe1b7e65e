"""Is anything lost when grading is cut short: killed, out of disk, locked out, interrupted?

A run that was cut short and then resumed must end as the run that nobody disturbed ended: the same
rows in the gradebook, the same notebooks, the originals untouched. `faults` says where it is cut.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from attacks.processes import orphans_come_here, sweep
from lessons_fixture import cell, solved
from test_grading import NAME, fresh_course, half_done, released, snapshot

from autograde import grading, worker
from autograde.boxes._bwrap import ROOM
from autograde.boxes.rooms import SHOWS
from autograde.boxes.sandbox import LIMITS, WATCHED_ROOM, BoxFailed
from autograde.course import Course
from autograde.notebook import dumps
from autograde.outcomes import remembered
from autograde.releasing import gradebook, release
from autograde.worker import MEASURED

HERE = Path(__file__).resolve().parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="boxes need Linux")
STUDENTS = ("ann", "bob", "cal", "dan", "eve", "fay")
UUID = re.compile(r"[0-9a-f]{32}")


def slow(*values: Any) -> Any:
    """A case for the complete run only."""
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A released lesson and six submissions, nothing graded."""
    course = fresh_course(tmp_path_factory.mktemp("template") / "course")
    release(course, course.find("7"))
    (course.reports / NAME).mkdir(parents=True)
    (course.reports / NAME / "seed.txt").write_text("20260131\n", encoding="ascii")
    work = {student: dumps(solved()) for student in STUDENTS}
    work["bob"] = dumps(half_done(course))
    work["dan"] = dumps(solved())[:2000]
    work["fay"] = dumps(released(course))
    for student, text in work.items():
        hand_in(course, student, text)
    return course


@pytest.fixture(scope="module")
def finished(template, tmp_path_factory):
    """The class after a run that nobody disturbed."""
    course = copy(template, tmp_path_factory.mktemp("undisturbed"))
    assert grade(course, "--jobs", "2").returncode == 0
    return course


@pytest.fixture(scope="module")
def undisturbed(finished):
    """What such a run ends with."""
    return state(finished)


@pytest.fixture
def course(template, tmp_path):
    return copy(template, tmp_path)


@pytest.fixture(autouse=True)
def others():
    """Whatever a test starts ends with it. The processes that other tests started: left alone."""
    with orphans_come_here() as before:
        yield before


def copy(template: Course, base: Path) -> Course:
    shutil.copytree(template.root, base / "course")
    return Course(base / "course")


def hand_in(course: Course, student: str, text: str) -> None:
    folder = course.grading / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "count.ipynb").write_text(text, encoding="utf-8")


def sleepy(seconds: float) -> str:
    """A submission whose cell takes a while."""
    notebook = solved()
    cell(notebook, "double-solution").source += f"\nimport time\ntime.sleep({seconds})"
    return dumps(notebook)


def slow_to_answer(seconds: float) -> str:
    """A submission whose function takes a while when a check calls it."""
    notebook = solved()
    source = f"import time\ndef double(x):\n    time.sleep({seconds})\n    return 2 * x"
    cell(notebook, "double-solution").source = source
    return dumps(notebook)


def start(course: Course, *options: str, fault: str = "", **more: Any) -> subprocess.Popen[str]:
    """Start the grader in a process group of its own."""
    how = [str(HERE / "faults.py")] if fault else ["-m", "autograde"]
    temporary = course.root.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    paths = os.pathsep.join(path for path in (str(HERE.parent), *sys.path) if path)
    environment = {**os.environ, "FAULT": fault, "PYTHONPATH": paths, "TMPDIR": str(temporary)}
    return subprocess.Popen(
        [sys.executable, *how, "--course", str(course.root), "grade", "7", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **more,
    )


def end(process: subprocess.Popen[str], seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Wait for the grader; one that does not end is a failure."""
    try:
        told, _ = process.communicate(timeout=seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(process.args, process.returncode, told)


def grade(course: Course, *options: str, fault: str = "", **more: Any):
    return end(start(course, *options, fault=fault, **more))


def state(course: Course) -> dict[str, Any]:
    """All that grading leaves, but for times and random names."""
    autograded = course.grading / "autograded"
    return {
        **rows(course.grading / "gradebook.db"),
        "autograded": {str(p.relative_to(autograded)): p.read_text() for p in files(autograded)},
        "pages": sorted(p.parent.parent.name for p in files(course.grading / "feedback")),
        "marks.csv": (course.reports / NAME / "marks.csv").read_text(encoding="utf-8"),
    }


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def rows(path: Path) -> dict[str, list[str]]:
    """Every row of the gradebook; a random key is replaced by the row that it stands for."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        book.row_factory = sqlite3.Row
        assert book.execute("pragma integrity_check").fetchone()[0] == "ok"
        names = [r[0] for r in book.execute("select name from sqlite_master where type = 'table'")]
        tables = {n: [dict(r) for r in book.execute(f'select * from "{n}"')] for n in names}
    known: dict[str, dict[str, Any]] = {}
    for row in (row for table in tables.values() for row in table):
        if UUID.fullmatch(str(row.get("id"))):
            known.setdefault(row["id"], {}).update(row)

    def told(row: dict[str, Any]) -> dict[str, Any]:
        if row.get("id") in known:
            row = {k: v for k, v in known[row["id"]].items() if k != "id"}
        return {k: told(known[v]) if v in known else v for k, v in row.items()}

    return {name: sorted(str(told(row)) for row in table) for name, table in tables.items()}


def same(course: Course, undisturbed: dict[str, Any]) -> None:
    """The course has come to the same end."""
    found = state(course)
    for part, wanted in undisturbed.items():
        if isinstance(wanted, list):
            other = [line for line in found[part] if line not in wanted]
            assert not other, f"{part}: {other[0]}, not one of\n" + "\n".join(wanted)
        assert found[part] == wanted, part


def graded(*runs: subprocess.CompletedProcess[str]) -> Counter[str]:
    """How often the runs together said that somebody is graded."""
    return Counter(re.findall(r"^(\w+): graded", "".join(r.stdout for r in runs), re.MULTILINE))


def once_more(course: Course, undisturbed: dict[str, Any], *earlier: Any) -> None:
    """After `earlier` was cut short: --resume comes to the same end, and grades nobody twice."""
    done = grade(course, "--jobs", "2", "--resume")
    assert done.returncode == 0, done.stdout
    same(course, undisturbed)
    assert max(graded(*earlier, done).values(), default=1) == 1


def said_clearly(done: Any, *words: str) -> None:
    """The run failed with a sentence that names the place and how to go on."""
    assert done.returncode > 0, done.stdout
    assert "Traceback" not in done.stdout
    for word in words:
        assert word in done.stdout


def nobody_is_wronged(course: Course, undisturbed: dict[str, Any]) -> None:
    """Whoever has a mark in the table has the right one, or is not called graded."""
    path = course.reports / NAME / "marks.csv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    right = undisturbed["marks.csv"].splitlines()
    assert not [line for line in lines if ",graded," in line and line not in right]
    with contextlib.closing(sqlite3.connect(course.grading / "gradebook.db")) as book:
        found = dict(book.execute(TAKEN_AWAY).fetchall())
    assert not {s: n for s, n in found.items() if s not in ("bob", "dan", "fay")}


TAKEN_AWAY = """
    select s.student_id, count(*) from grade g
    join submitted_notebook n on g.notebook_id = n.id
    join submitted_assignment s on n.assignment_id = s.id
    where g.auto_score = 0 group by s.student_id"""


def waited_for(path: Path, seconds: float = 30) -> None:
    """Until the run is at the place where it writes this file."""
    over = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < over, "the run did not come there"
        time.sleep(0.02)


def mark_by_hand(course: Course, student: str, name: str, points: float, comment: str) -> None:
    with gradebook(course) as book:
        entry = book.find_grade(name, "count", NAME, student)
        entry.manual_score, entry.needs_manual_grade = points, False
        book.find_comment("why", "count", NAME, student).manual_comment = comment
        book.db.commit()


def by_hand(course: Course, student: str, name: str) -> tuple[Any, ...]:
    with gradebook(course) as book:
        entry = book.find_grade(name, "count", NAME, student)
        comment = book.find_comment("why", "count", NAME, student).manual_comment
        return entry.manual_score, comment, bool(entry.needs_manual_grade)


def test_a_run_killed_again_and_again_at_the_worst_moments_ends_as_if_undisturbed(
    course, undisturbed, others
):
    before = snapshot(course.grading / "submitted")
    runs = []
    for fault in (
        "clean_written:1:alone",
        "committing:2:group",
        "marks_entered:1:alone",
        "noting:2:alone",
    ):
        done = grade(course, "--jobs", "2", "--resume", fault=fault)
        assert done.returncode == -signal.SIGKILL, (fault, done.stdout)
        assert sweep(others, grace=20) == [], f"left behind after {fault}"
        if fault.startswith("committing"):
            assert list(course.grading.glob("gradebook.db-*")), "no commit was cut in two"
        runs.append(done)
        print(fault, done.stdout)  # shown where the end is another
    once_more(course, undisturbed, *runs)
    assert snapshot(course.grading / "submitted") == before
    assert not list((course.root.parent / "tmp").iterdir())


@pytest.mark.slow
def test_a_first_run_killed_before_there_is_a_release_or_a_seed_is_begun_again(course, undisturbed):
    for path in (course.grading / "gradebook.db", course.reports / NAME / "seed.txt"):
        path.unlink()
    for name in ("release", "source"):
        shutil.rmtree(course.grading / name)
    for fault in ("releasing:1:alone", "drawing_the_seed:1:alone", "taken_in:2:group"):
        assert grade(course, fault=fault).returncode == -signal.SIGKILL, fault
    once_more(course, undisturbed)


def kill_at_random(template, base, undisturbed, others, kills: int, moments: random.Random) -> None:
    """Kill runs until `kills` are killed; begin a fresh course whenever one is done."""
    left, number = kills, 0
    while left:
        number += 1
        course = copy(template, base / str(number))
        runs: list[Any] = []
        while left:
            process = start(course, "--jobs", str(moments.choice([1, 2, 3])), "--resume")
            ending = os.killpg if moments.random() < 0.5 else os.kill
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moments.uniform(1.0, 5.0))
            if process.poll() is None:
                ending(process.pid, signal.SIGKILL)
                left -= 1
            runs.append(end(process))
            assert sweep(others, grace=5) == []
            if runs[-1].returncode == 0:
                break
        once_more(course, undisturbed, *runs)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_forty_kills_at_random_moments_lose_nothing(template, tmp_path, undisturbed, others):
    kill_at_random(template, tmp_path, undisturbed, others, 40, random.Random(20260131))


@pytest.mark.slow
def test_two_kills_at_random_moments_lose_nothing(template, tmp_path, undisturbed, others):
    kill_at_random(template, tmp_path, undisturbed, others, 2, random.Random(7))


def in_boxes() -> dict[str, list[int]]:
    """The processes below this one by kind; "learner" runs a submission's cells.

    What stays to answer a check's calls is among "student"."""
    found: dict[str, list[int]] = {"bwrap": [], "student": [], "learner": [], "tester": []}
    kinds: dict[int, str] = {}
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (path / "cmdline").read_bytes().decode().split("\0")
            pid, rest = int(path.name), (path / "stat").read_text().rsplit(") ", 1)[1].split()
            program = re.search(r'"program": "(student|tester)"', " ".join(words))
            if program and rest[0] != "Z":
                parents[pid] = int(rest[1])
                kinds[pid] = "bwrap" if words[0].endswith("bwrap") else program[1]
    for pid, kind in kinds.items():
        if not _ours(pid):
            continue
        above = kinds.get(parents[pid])
        if kind == "bwrap":
            if above is None:
                found["bwrap"].append(pid)
        else:
            found["learner" if above == "student" and kind == "student" else kind].append(pid)
    return found


def _ours(pid: int) -> bool:
    while pid > 1 and pid != os.getpid():
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[1])
        except OSError:
            return False
    return pid == os.getpid()


@pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")
@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (sleepy, "learner"),
        slow(sleepy, "bwrap"),
        slow(sleepy, "student"),
        slow(slow_to_answer, "bwrap"),
        slow(slow_to_answer, "student"),
        slow(slow_to_answer, "tester"),
    ],
)
def test_a_process_of_a_box_that_is_killed_costs_nobody_a_point(course, work, kind):
    hand_in(course, "ann", work(1.5))
    process = start(course, "--student", "ann", "--student", "bob")
    over = time.monotonic() + 20
    last = "learner" if work is sleepy else "tester"
    while not in_boxes()[last]:
        assert time.monotonic() < over, "no box was seen"
        time.sleep(0.02)
    time.sleep(0.5 if work is sleepy else 0.9)  # by now the learner's code sleeps
    for pid in in_boxes()[kind]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    first = end(process)
    assert first.returncode == 0, first.stdout
    done = grade(course, "--resume", "--student", "ann", "--student", "bob")
    with gradebook(course) as book:
        scores = {s: book.find_submission(NAME, s).score for s in ("ann", "bob")}
    assert scores == {"ann": 5, "bob": 2}, first.stdout + done.stdout
    found = state(course)
    assert grade(course, "--student", "ann", "--student", "bob").returncode == 0
    same(course, found)  # an undisturbed run writes the same rows and notebooks


@pytest.mark.parametrize(("asked", "code"), [("interrupt", 130), slow("terminate", 143)])
def test_a_run_that_is_asked_to_stop_stops_in_order_and_says_how_to_go_on(
    course, undisturbed, others, asked, code
):
    done = grade(course, fault=f"clean_written:2:{asked}")
    said_clearly(done, "--resume")
    assert done.returncode == code
    assert sweep(others, grace=5) == []
    assert not list((course.root.parent / "tmp").iterdir())
    nobody_is_wronged(course, undisturbed)
    once_more(course, undisturbed, done)


@contextlib.contextmanager
def locked(course: Course):
    """The gradebook is in another program's hands."""
    book = sqlite3.connect(course.grading / "gradebook.db", isolation_level=None, timeout=20)
    with contextlib.closing(book):
        book.execute("begin exclusive")
        yield


@pytest.mark.slow
def test_a_gradebook_in_use_is_waited_for(course, undisturbed, tmp_path):
    process = start(course, fault=f"clean_written:2:go {tmp_path / 'go'}")
    waited_for(tmp_path / "go")
    with locked(course):
        time.sleep(8)
    done = end(process)
    assert done.returncode == 0, done.stdout
    assert re.search(r"gradebook.*wait|wait.*gradebook", done.stdout), done.stdout
    same(course, undisturbed)


@pytest.mark.slow
def test_a_gradebook_in_use_for_ever_is_an_error_after_a_while(course, undisturbed, tmp_path):
    process = start(course, fault=f"clean_written:2:go {tmp_path / 'go'}")
    waited_for(tmp_path / "go")
    with locked(course):
        done = end(process, 240)
    said_clearly(done, "gradebook.db", "--resume")
    nobody_is_wronged(course, undisturbed)
    once_more(course, undisturbed, done)


@contextlib.contextmanager
def mounted(place: Path, *options: str):
    """A file system of its own, as only root can have one."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", *options, "none", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("left", [8_000, slow(300_000)])
def test_a_full_disk_stops_the_run_and_harms_nothing(template, tmp_path, undisturbed, left):
    with mounted(tmp_path / "small", "-o", "size=8m"):
        course = copy(template, tmp_path / "small")
        (tmp_path / "roomy").mkdir()
        (tmp_path / "small" / "tmp").symlink_to(tmp_path / "roomy")  # the boxes are not in want
        before = snapshot(course.grading / "submitted")
        first = grade(course, "--student", "ann")
        assert first.returncode == 0, first.stdout
        mark_by_hand(course, "ann", "why", 2, "well said")
        filler = tmp_path / "small" / "filler"
        room = os.statvfs(filler.parent)
        filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize - left))
        done = grade(course, "--resume")
        said_clearly(done, "autograde", "--resume")
        assert by_hand(course, "ann", "why") == (2, "well said", False)
        assert snapshot(course.grading / "submitted") == before
        nobody_is_wronged(course, undisturbed)
        filler.unlink()
        again = grade(course, "--resume")
        assert again.returncode == 0, again.stdout
        assert max(graded(first, done, again).values()) == 1
        assert by_hand(course, "ann", "why") == (2, "well said", False)
        assert state(course)["autograded"] == undisturbed["autograded"]
        assert state(course)["pages"] == undisturbed["pages"]


@pytest.mark.parametrize("left", [100_000, slow(10_000_000)])
def test_a_full_temporary_folder_stops_the_run_and_harms_nothing(course, undisturbed, left):
    temporary = course.root.parent / "tmp"
    before = snapshot(course.grading / "submitted")
    with mounted(temporary, "-o", "size=16m"):
        room = os.statvfs(temporary)
        filler = temporary / "filler"
        filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize - left))
        done = grade(course, "--jobs", "2")
        said_clearly(done, str(temporary), "TMPDIR", "--resume")
        assert graded(done) == Counter()
        assert list(temporary.iterdir()) == [filler]
    assert snapshot(course.grading / "submitted") == before
    nobody_is_wronged(course, undisturbed)
    once_more(course, undisturbed, done)


def test_files_that_cannot_be_written_whole_stay_as_they_were_on_a_full_disk(tmp_path):
    from autograde.whole import write_whole

    path = tmp_path / "marks.csv"
    write_whole(path, "earlier\n")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_whole(path, "x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_text() == "earlier\n"


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_stops_the_run(course, undisturbed):
    with mounted(course.grading / "autograded", "-o", "ro"):
        done = grade(course)
    said_clearly(done, "autograded", "--resume")
    nobody_is_wronged(course, undisturbed)
    once_more(course, undisturbed, done)


def damage(path: Path, how: str) -> bytes:
    content = path.read_bytes()
    path.write_bytes({"cut": content[:15_000], "garbage": b"hello" * 3000}[how])
    return content


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cut", "garbage"])
def test_a_damaged_gradebook_is_named_and_left_as_it_is(finished, tmp_path, undisturbed, how):
    course = copy(finished, tmp_path)
    path = course.grading / "gradebook.db"
    content = damage(path, how)
    damaged = path.read_bytes()
    said_clearly(grade(course), "gradebook.db")
    assert path.read_bytes() == damaged
    path.write_bytes(content)
    once_more(course, undisturbed)


@pytest.mark.slow
def test_a_gradebook_that_is_gone_is_not_taken_for_a_finished_one(finished, tmp_path, undisturbed):
    course = copy(finished, tmp_path)
    (course.grading / "gradebook.db").unlink()
    once_more(course, undisturbed)


@pytest.mark.slow
def test_a_submission_that_disappears_meanwhile_stops_nobody_else(course, undisturbed):
    process = start(course)
    told = ""
    for line in process.stdout:
        told += line
        if line.startswith("ann: "):
            shutil.rmtree(course.grading / "submitted" / "fay")
    assert process.wait() == 0, told
    assert re.search("^fay: ", told, re.MULTILINE), told
    right = undisturbed["marks.csv"].splitlines()
    found = (course.reports / NAME / "marks.csv").read_text(encoding="utf-8").splitlines()
    assert found[:-1] == right[:-1]


def test_a_mark_by_hand_outlives_grading_again_killed_runs_and_another_submission(
    finished, tmp_path
):
    course = copy(finished, tmp_path)
    for student in ("ann", "cal", "eve"):
        mark_by_hand(course, student, "why", 1.5, "well said")
        mark_by_hand(course, student, "mean", 2.5, "well said")
    kept = (1.5, "well said", False), (2.5, "well said", False)
    to_see = (1.5, "well said", True), (2.5, "well said", True)
    hand_in(course, "cal", sleepy(0.01))
    hand_in(course, "eve", "no notebook")

    def marks(student: str) -> tuple[Any, ...]:
        return by_hand(course, student, "why"), by_hand(course, student, "mean")

    killed = grade(course, "--resume", fault="marks_entered:1:alone")
    assert killed.returncode == -signal.SIGKILL
    assert (marks("ann"), marks("cal")) == (kept, to_see)
    assert grade(course, "--resume").returncode == 0
    assert (marks("ann"), marks("cal"), marks("eve")) == (kept, to_see, to_see)
    assert grade(course).returncode == 0
    assert (marks("ann"), marks("cal"), marks("eve")) == (to_see, to_see, to_see)


def test_a_second_grader_on_the_same_course_is_turned_away(course, undisturbed, tmp_path):
    process = start(course, fault=f"clean_written:1:hold {tmp_path / 'held'}")
    waited_for(tmp_path / "held")
    second = grade(course, "--resume")
    (tmp_path / "held").unlink()
    first = end(process)
    assert first.returncode == 0, first.stdout
    said_clearly(second, "another")
    same(course, undisturbed)


@pytest.mark.slow
def test_what_was_graded_before_and_is_cut_short_when_graded_again_is_not_taken_for_done(
    finished, tmp_path, undisturbed
):
    course = copy(finished, tmp_path)
    assert grade(course, fault="clean_written:2:alone").returncode == -signal.SIGKILL
    once_more(course, undisturbed)


@pytest.mark.slow
def test_grading_again_with_the_same_seed_gives_the_same_marks(finished, tmp_path, undisturbed):
    course = copy(finished, tmp_path)
    assert grade(course).returncode == 0
    same(course, undisturbed)


def test_each_verdict_says_when_and_with_what_it_was_made(finished):
    entries = remembered(finished, NAME)
    assert set(entries) == set(STUDENTS)
    for student, entry in entries.items():
        assert datetime.fromisoformat(entry["time"]).utcoffset() is not None
        assert entry["seed"] == 20260131
        assert set(MEASURED) | {"python"} == set(entry["versions"])
        limits = entry["limits"]
        assert limits["submission"] > 0
        if student == "dan":  # cut off in the middle: nothing to run
            assert (entry["status"], entry["sandbox"]) == ("refused", "not run")
            continue
        assert entry["sandbox"] in ("bubblewrap", "landlock")
        assert entry["seconds"] > 0
        alone = entry["sandbox"] == "bubblewrap"
        assert (limits["processes"] == LIMITS["processes"]) == alone
        assert limits["disk"] == (ROOM if alone else WATCHED_ROOM)
        for name in ("memory", "together", "cpu", "file", "descriptors"):
            assert limits[name] == LIMITS[name]
        for name in (*SHOWS, "cell_seconds", "notebook_seconds", "call_seconds"):
            assert limits[name] > 0


def test_work_that_is_missing_or_lost_says_when_and_with_what_that_was_found(
    template, tmp_path, monkeypatch
):
    course = copy(template, tmp_path)
    (course.grading / "submitted" / "bob" / NAME / "count.ipynb").unlink()

    def lost(*_):
        raise BoxFailed("a test ended it")

    monkeypatch.setattr(worker.Boxes, "judge", lost)
    outcomes = grading.grade(course, course.find("7"), students=["ann", "bob"], tell=str)
    assert [outcome.status for outcome in outcomes] == ["needs a human", "missing"]
    for entry in remembered(course, NAME).values():
        assert (entry["seed"], entry["sandbox"]) == (20260131, "not run")
        assert {"time", "seconds", "versions", "limits"} <= set(entry)
