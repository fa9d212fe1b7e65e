"""Does an ordinary user get the same marks: in each sandbox, and without any where he says so?"""

import csv
import fcntl
import json
import os
import shutil
import sys
import tempfile
import textwrap
from pathlib import Path

import ordinary
import pytest
from lessons_fixture import AUTO_POINTS, cell, make_course, solved
from nbformat.v4 import new_code_cell

from autograde.boxes import _landlock
from autograde.notebook import dumps

pytestmark = pytest.mark.skipif(bool(ordinary.why_not()), reason=ordinary.why_not())
CONFIG = """
load_subconfig("base_config.py")
c = get_config()
c.Execute.timeout = 5
c.ExecuteForMarks.notebook_seconds = 40
"""
LEAVES = """
import os, time
if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    if os.fork() == 0:
        time.sleep(300)
    os._exit(0)
"""
READS = """
for path in ("/etc/passwd", SECRET):
    try:
        print("read", open(path).read()[:40])
    except OSError:
        print("closed")
"""
WAYS = {  # name: what bubblewrap may be, the arguments
    "bubblewrap": (True, []),
    "landlock": (False, []),
    "none": (False, ["--no-sandbox"]),
}


@pytest.fixture
def place(tmp_path_factory):
    """A folder that everybody can come to; pytest's own lie where only the tester can.

    One test at a time has it, since they look at what the ordinary user leaves running.
    """
    with (
        (tmp_path_factory.getbasetemp().parent / "ordinary_user.lock").open("w") as lock,
        tempfile.TemporaryDirectory(prefix="class-") as folder,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        Path(folder).chmod(0o755)
        yield Path(folder)


def only(folder: Path, programs: list[str]) -> str:
    """A PATH on which no other programs lie than Python's own and these."""
    folder.mkdir()
    for name in programs:
        (folder / name).symlink_to(str(shutil.which(name)))
    return os.pathsep.join([str(Path(sys.executable).parent), str(folder)])


def class_of(base: Path) -> Path:
    """A course with a class handed in: its folder."""
    course = make_course(base / "course")
    course.grading.mkdir()
    shutil.copy(
        ordinary.REPOSITORY / "autograde" / "nbgrader_config.py",
        course.grading / "base_config.py",
    )
    (course.grading / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    secret = course.grading / "secret.txt"
    secret.write_text("the marks of others", encoding="utf-8")
    work = {name: solved() for name in ("ada", "dies", "hangs", "leaves", "reads")}
    cell(work["dies"], "mean-solution").source = "def mean(values):\n    import os; os._exit(1)"
    cell(work["hangs"], "mean-solution").source = "def mean(values):\n    while True: pass"
    work["leaves"].cells.insert(2, new_code_cell(LEAVES))
    work["reads"].cells.insert(2, new_code_cell(READS.replace("SECRET", repr(str(secret)))))
    for student, notebook in work.items():
        folder = course.grading / "submitted" / student / "07_count"
        folder.mkdir(parents=True)
        (folder / "count.ipynb").write_text(dumps(notebook), encoding="utf-8")
    return course.root


def processes_of(user: int) -> list[str]:
    """The names of a user's processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == user and (path / "cmdline").read_bytes():
                found.append((path / "comm").read_text().strip())
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("bubblewrap", marks=pytest.mark.slow),
        "landlock",
        pytest.param("none", marks=pytest.mark.slow),
    ],
)
def test_an_ordinary_user_grades_a_class(way, place):
    if way == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    if way == "landlock" and _landlock.version() < _landlock.NEEDED:
        pytest.skip(f"the kernel has Landlock {_landlock.version()}")
    with_bwrap, options = WAYS[way]
    path = only(place / "bin", ["bwrap"] if with_bwrap else [])
    root = class_of(place)
    before = processes_of(ordinary.NOBODY)
    command = [sys.executable, "-m", "autograde", "--course", str(root), "grade", "07", *options]
    made = ordinary.run([*command, "--jobs", "1"], place, {"PATH": path})
    assert made.returncode in (0, 1), made.stdout + made.stderr
    reports = root / "autograde" / "reports" / "07_count"
    with (reports / "marks.csv").open(encoding="utf-8", newline="") as file:
        marks = {row["student"]: row for row in csv.DictReader(file)}
    outcomes = json.loads((reports / "outcomes.json").read_text(encoding="utf-8"))
    assert {o["sandbox"] for o in outcomes.values()} == {way}
    for student, outcome in outcomes.items():
        assert ("graded without a sandbox" in outcome["notes"]) == (way == "none")
        assert ("graded without a sandbox" in marks[student]["note"]) == (way == "none")
        fair = 2 if student in ("dies", "hangs") else AUTO_POINTS
        assert float(marks[student]["score"]) == fair, (student, made.stdout)
    if ordinary.run_as_another():
        assert processes_of(ordinary.NOBODY) == before
    page = root / "autograde" / "feedback" / "reads" / "07_count" / "count.html"
    assert ("the marks of others" in page.read_text(encoding="utf-8")) == (way == "none")
    assert not [p.name for p in place.iterdir() if p.name.startswith("autograde-")]


DEAF = """
import os, signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for _ in range(2):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        time.sleep(300)
os.mkdir("closed")
open("closed/begun", "w").close()
time.sleep(300)
"""
KILLED = """
import contextlib, os, signal, subprocess, sys, time
from pathlib import Path

def left():
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (path / "cmdline").read_bytes()
            if path.stat().st_uid == os.getuid() and b"start." + b"py" in words:
                found.append(path.name)
    return found

here = Path(os.environ["TMPDIR"])
grader = subprocess.Popen(sys.argv[1:], start_new_session=True, stdout=subprocess.DEVNULL)
end = time.monotonic() + 60
while not list(here.glob("autograde-box-*/closed/begun")) and time.monotonic() < end:
    time.sleep(0.05)
print("seen", len(left()) > 4)
os.kill(grader.pid, signal.SIGKILL)
grader.wait()
end = time.monotonic() + 5
while left() and time.monotonic() < end:
    time.sleep(0.05)
print("processes", len(left()))
for number in left():
    os.kill(int(number), signal.SIGKILL)
print("folders", len(list(here.glob("autograde-box-*"))) > 0)
from autograde.boxes.trees import compose
compose().remove()
print("swept", [p.name for p in here.iterdir() if "box" in p.name])
"""


@pytest.mark.parametrize("way", ["landlock", "none"])
def test_when_the_grader_is_killed_its_boxes_end_and_the_next_run_clears_up(way, place):
    if way == "landlock" and _landlock.version() < _landlock.NEEDED:
        pytest.skip(f"the kernel has Landlock {_landlock.version()}")
    path = only(place / "bin", [])
    root = class_of(place)
    deaf = solved()
    deaf.cells.insert(2, new_code_cell(DEAF))
    handed_in = root / "autograde" / "submitted" / "ada" / "07_count" / "count.ipynb"
    handed_in.write_text(dumps(deaf), encoding="utf-8")
    grader = [sys.executable, "-m", "autograde", "--course", str(root), "grade", "07"]
    grader += ["--student", "ada", *WAYS[way][1]]
    made = ordinary.run([sys.executable, "-c", KILLED, *grader], place, {"PATH": path})
    assert made.stdout.split("\n")[:4] == [
        "seen True", "processes 0", "folders True", "swept []"
    ], made.stdout + made.stderr  # fmt: skip


def test_where_no_sandbox_works_nothing_is_run(place):
    """bubblewrap is not there, and Landlock's system calls are refused as by an older kernel."""
    path = only(place / "bin", [])
    root = class_of(place)
    script = place / "old_kernel.py"
    script.write_text(
        textwrap.dedent("""
        import struct, sys
        from autograde.boxes import _landlock
        steps = [(0x20, 0, 0, 0), (0x35, 0, 2, 444), (0x35, 1, 0, 447), (0x06, 0, 0, 0x50026),
                 (0x06, 0, 0, 0x7FFF0000)]
        _landlock.filter_calls(b"".join(struct.pack("<HBBI", *step) for step in steps))
        from autograde.cli import main
        sys.exit(main(sys.argv[1:]))
        """),
        encoding="utf-8",
    )
    command = [sys.executable, str(script), "--course", str(root), "grade", "07", "--jobs", "1"]
    made = ordinary.run(command, place, {"PATH": path})
    assert made.returncode == 1, made.stdout
    assert "bubblewrap is not installed" in made.stderr
    assert "Landlock is of version 0" in made.stderr
    assert "--no-sandbox" in made.stderr
    assert "Traceback" not in made.stderr
    assert not (root / "autograde" / "autograded").exists()
