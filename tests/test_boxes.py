"""Do the boxes let values through and nothing else?"""

import ast
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson import LESSONS
from lessons_fixture import make_course

from autograde.boxes import _seccomp, sandbox, student, watch
from autograde.boxes.channel import Channel, Closed, TooLate
from autograde.boxes.decode import decode
from autograde.boxes.executor import ExecuteInBoxes
from autograde.boxes.frameworks import asks_for, guess
from autograde.boxes.pool import Pool, forbidden
from autograde.boxes.rooms import Room, Work
from autograde.boxes.sandbox import LIMITS, NoSandbox, Sandbox, choose
from autograde.boxes.testers import Testers
from autograde.boxes.trees import ANSWERS, compose, delete
from autograde.boxes.wire import LARGEST, Opaque, WireError, encode
from autograde.cli import main
from autograde.notebook import dumps, release_notebook, source_notebook
from autograde.rules import read_lesson

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def same(one, other) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


@given(VALUES)
def test_plain_values_arrive_as_they_were_sent(value):
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int16).reshape(2, 3),
        np.zeros((0, 4), dtype=np.float32),
        np.array(3.5),
        np.array([True, False]),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(20.0).reshape(2, 10)[:, ::2],
        np.array([1, 2], dtype=">i4"),
        np.array([np.nan, np.inf, -0.0]),
    ],
)
def test_arrays_keep_dtype_shape_values_and_layout(array):
    got = decode(encode(array))
    assert type(got) is np.ndarray
    assert got.dtype == array.dtype.newbyteorder("=")
    assert got.shape == array.shape
    np.testing.assert_array_equal(got, array)
    assert got.flags.writeable
    assert got.flags.c_contiguous == array.flags.c_contiguous


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor(2.5, dtype=torch.float64, requires_grad=True),
        torch.nn.Parameter(torch.ones(2)),
        torch.zeros(0, 3),
        torch.tensor([True, False]),
        torch.view_as_complex(torch.ones(2, 2)).conj(),
    ],
)
def test_tensors_keep_dtype_shape_and_values_and_leave_their_graph(value):
    (got,) = decode(encode([value]))
    assert type(got) is torch.Tensor
    assert (got.dtype, got.shape, got.requires_grad) == (value.dtype, value.shape, False)
    assert torch.equal(got, value.detach())


@pytest.mark.parametrize(
    "value", [torch.ones(2).bfloat16(), torch.eye(2).to_sparse(), torch.ones(2, device="meta")]
)
def test_a_tensor_that_numpy_cannot_hold_says_what_it_was(value):
    got = decode(encode(value))
    assert isinstance(got, Opaque)
    assert type(got).__name__ == "Tensor"


@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int64(3), np.bool_(True), np.uint8(255)])
def test_numpy_scalars_keep_their_type(scalar):
    assert same(decode(encode(scalar)), scalar)


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(3)
    rng.normal(size=5)
    assert decode(encode(rng)).normal() == rng.normal()


@pytest.mark.parametrize(
    "thing",
    [object(), np.array([None]), np.matrix([1]), np.ma.masked_array([1]), np.zeros(1, "i4,f4")],
)
def test_what_cannot_cross_is_equal_to_nothing(thing):
    got = decode(encode(thing))
    assert isinstance(got, Opaque)
    with pytest.raises(TypeError):
        bool(got)
    with pytest.raises(TypeError):
        got == 1  # noqa: B015


def test_a_subclass_of_a_plain_type_arrives_as_the_plain_type():
    class Always(float):
        def __eq__(self, other):
            return True

        def __hash__(self):
            return 0

    got = decode(encode(Always(3)))
    assert type(got) is float
    assert got != 4


def frame(tree, *blobs: bytes) -> bytes:
    head = json.dumps({"v": tree, "b": [len(b) for b in blobs]}).encode()
    return b"".join([struct.pack(">I", len(head)), head, *blobs])


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\xff\xff\xff\xff",
        frame(1.5),
        frame({"a": 1}),
        frame(["h", 0, "f"]),
        frame(["T", 1]),
        frame(["T", ["l", []]]),
        frame(["T", ["o", "torch", "Tensor"]]),
        frame(["u", "save"]),
        frame(["u", "load"]),
        frame(["i", "f" * 30_000]),
        frame(["a", "float64", [2], "C", 0], b"short"),
        frame(["a", "object", [1], "C", 0], b"12345678"),
        frame(["a", "float64", [-1], "C", 0], b"12345678"),
        frame(["a", "float64", [2**60, 2**60], "C", 0], b""),
        frame(["l", [["b", 0], ["b", 0]]], b"twice"),
        frame(None, b"left over"),
        frame(["S", [["l", []]]]),
        frame(["g", ["d", []]]),
        frame(["l", [None] * 1_000_001]),
        b"\x00\x00\x00\x0a" + b"[" * 10,
        b"\x00\x01\x00\x00" + b"[" * 65536,
    ],
)
def test_broken_frames_are_refused(bad):
    with pytest.raises(WireError):
        decode(bad)


def test_deep_nesting_is_refused_on_both_sides():
    deep: list = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(WireError):
        encode(deep)


def test_too_large_an_array_is_refused_before_it_is_copied():
    with pytest.raises(WireError):
        encode(np.broadcast_to(np.float64(0), (LARGEST,)))


@settings(max_examples=400, deadline=None)
@given(VALUES, st.data())
def test_mutated_frames_raise_nothing_but_wire_errors(value, data):
    raw = bytearray(encode([value, np.arange(5), np.float32(1), slice(1, 2), {"k": (1,)}]))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        decode(bytes(raw))


def test_a_channel_gives_up_in_time_and_says_when_nobody_is_there():
    one, two = socket.socketpair()
    with pytest.raises(TooLate):
        Channel(one).receive(0.05)
    two.close()
    with pytest.raises(Closed):
        Channel(one).receive(1)


def test_the_filter_of_system_calls_is_a_whole_program():
    assert len(_seccomp.program(keep_group=True)) % 8 == 0
    assert len(_seccomp.program(keep_group=True)) > len(_seccomp.program(keep_group=False))


needs_sandbox = pytest.mark.skipif(
    os.environ.get("BOXES") == "none", reason="without a sandbox nothing is kept out"
)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    trees = compose()
    secret = tmp_path_factory.mktemp("course") / "gradebook.db"
    secret.write_text("marks")
    forced = os.environ.get(
        "BOXES"
    )  # bubblewrap, landlock or none, in place of the first that works
    made = Room(Sandbox(forced, trees) if forced else choose(trees, [secret]))
    yield made
    made.close()
    trees.remove()


def run(room, *cells, names=("f",), **bounds):
    cells = [("locked", "import numpy as np\nfrom course.checks import check", "setup"), *cells]
    work = Work(tuple((*c, "cell")[:3] for c in cells), names, "1", **bounds)
    return room.work(work)


def errors(found, number):
    return [o["name"] for o in found.outputs[number] if o["type"] == "error"]


def printed(found, number):
    return "".join(o["text"] for o in found.outputs[number] if o["type"] == "stream")


def test_the_student_tree_holds_no_answers():
    trees = compose()
    try:
        there = {p.name for p in (trees.student / "course").iterdir()}
        assert not there & set(ANSWERS)
        assert "own_or_reference" in (trees.student / "course" / "checks.py").read_text()
    finally:
        trees.remove()


def test_folders_of_killed_runs_are_deleted_and_those_of_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    stale = [tmp_path / f"autograde-{kind}-{gone.pid}-x" for kind in ("box", "boxes")]
    alive = [f"autograde-box-{os.getpid()}-x", "autograde-boxes-1-x"]
    others = [f"box-{gone.pid}-photos", "autograde-box-x", "autograde-box-y-z"]
    kept = [tmp_path / name for name in (*alive, *others)]
    for folder in (*stale, *kept):
        folder.mkdir()
    (stale[0] / "closed").mkdir(mode=0)
    compose().remove()
    assert sorted(tmp_path.iterdir()) == sorted(kept)


@needs_sandbox
def test_a_box_runs_as_somebody_else_and_sees_little(room):
    cell = (
        "import os\nprint(os.getuid(), sorted(os.environ))\n"
        "try:\n    print(open('/etc/passwd').read())\nexcept OSError:\n    print('closed')"
    )
    found = run(room, ("run", cell))
    text = printed(found, 1)
    assert not text.startswith("0 ")
    assert text.strip().endswith("closed")
    assert "COURSE_CHECK_SEED" not in text


READ = """
from pathlib import Path
def looked(path):
    try:
        return Path(path).read_text()
    except OSError:
        return "closed"
print(*[looked(path) for path in PATHS])
"""


@needs_sandbox
@pytest.mark.parametrize("torch_there", [False, True])
def test_the_answers_of_an_installed_course_are_not_in_sight(room, monkeypatch, torch_there):
    """The course installed beside the libraries, and submissions handed in there."""
    with tempfile.TemporaryDirectory(prefix="prefix-", dir="/var/tmp") as name:
        prefix = Path(name)
        prefix.chmod(0o755)
        site = prefix / "lib" / "site-packages"
        folders = [site / "course" / "functional", site / "course" / "checks", site / "autograde"]
        submissions = prefix / "handed_in"
        seen = site / "course" / "data"
        for folder in (*folders, submissions / "ann", seen):
            folder.mkdir(parents=True)
            (folder / "it.py").write_text("answer" if folder != seen else "data")
        real = sandbox.pythons()
        monkeypatch.setattr(sandbox, "pythons", lambda: [*real, prefix])
        monkeypatch.setattr(sandbox, "answers", lambda: folders)
        secret = forbidden(prefix / "grading", submissions)
        secret = [p for p in secret if p.is_relative_to(prefix)]
        assert submissions in secret
        careless = Sandbox(room.sandbox.name, room.sandbox.trees)
        monkeypatch.setattr(Sandbox, "_hidden", lambda *_, torch: [])
        assert len(careless.complaints(secret)) == 4
        monkeypatch.undo()
        monkeypatch.setattr(sandbox, "pythons", lambda: [*real, prefix])
        monkeypatch.setattr(sandbox, "answers", lambda: folders)
        careful = Sandbox(room.sandbox.name, room.sandbox.trees, tuple(secret))
        if room.sandbox.name == "landlock":  # names are in sight there, no content
            secret.remove(submissions)
        assert careful.complaints(secret) == []
        made = Room(careful)
        try:
            paths = [str(f / "it.py") for f in (*folders, submissions / "ann", seen)]
            cell = READ.replace("PATHS", repr(paths))
            found = run(made, ("run", cell), torch=torch_there)
            assert printed(found, 1) == "closed closed closed closed data\n"
        finally:
            made.close()


@pytest.mark.parametrize("torch_there", [False, True])
def test_what_is_drawn_without_a_seed_is_the_same_whenever_a_submission_is_run(room, torch_there):
    draws = """
import random
print(np.random.rand(), random.random(), hash("word"), {"one", "two", "three", "four"})
np.random.rand(), random.random()
def f(): return float(np.random.rand() + random.random() + hash("word") % 1000)
"""
    tensors = "import torch\nprint(torch.rand(2))" if torch_there else ""
    seen = []
    for _ in range(2):
        made = Room(room.sandbox)
        try:
            for _ in range(2):
                cells = ("run", draws), ("run", tensors), ("check", "f()")
                found = run(made, *cells, torch=torch_there)
                seen.append((printed(found, 1), printed(found, 2), found.outputs[3]))
        finally:
            made.close()
    assert seen[0][2][0]["type"] == "execute_result"
    assert seen[1:] == seen[:1] * 3


def test_processor_time_is_bounded_also_where_signals_are_blocked(room, monkeypatch):
    monkeypatch.setitem(LIMITS, "cpu", 2)
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
    start = time.monotonic()
    found = run(
        room,
        ("run", "def f(): return 1"),
        ("check", "assert f() == 1"),
        ("run", deaf),
        ("check", "assert f() == 1"),
        cell_seconds=60,
    )
    assert found.died == {3}
    assert errors(found, 2) == errors(found, 4) == []
    assert time.monotonic() - start < 50
    assert found.limits["cpu"] == 2


@needs_sandbox
def test_a_box_has_no_rights_and_cannot_get_any(room):
    cell = """
import ctypes
head, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[1] * 6)
print(ctypes.CDLL(None).capget(head, sets), list(sets))
"""
    assert printed(run(room, ("run", cell)), 1) == "0 [0, 0, 0, 0, 0, 0]\n"
    if room.sandbox.name == "bubblewrap":  # elsewhere an ordinary user's, who can use none of them
        cell = "print([l.split()[1] for l in open('/proc/self/status') if l.startswith('Cap')])"
        rights = ast.literal_eval(printed(run(room, ("run", cell)), 1))
        assert [int(word, 16) for word in rights] == [0] * 5


def test_what_a_cell_writes_to_tmp_is_there_for_it_alone(room):
    python_there = any(folder.is_relative_to("/tmp") for folder in sandbox.pythons())
    if room.sandbox.name != "bubblewrap" or python_there:
        pytest.skip("/tmp is the machine's own there")
    writes = """
import os
with open("/tmp/x", "wb") as file:
    file.write(bytes(2**20))
print("x" in os.listdir("/tmp"), os.path.getsize("/tmp/x"))
try:
    for number in range(100):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(bytes(2**20))
except OSError as error:
    print(error.errno == 28, number < 64)
"""
    found = run(room, ("run", writes), ("run", "import os\nprint(len(os.listdir('/tmp')) > 9)"))
    assert printed(found, 1) == "True 1048576\nTrue True\n"
    assert printed(found, 2) == "True\n"
    before = room.boxes["student"]
    found = run(room, ("run", "import os\nprint(os.listdir('/tmp'), os.listdir('/box'))"))
    assert printed(found, 1) == "[] []\n"
    assert room.boxes["student"] is before


def test_what_widgets_need_is_imported_before_a_submission_comes(room):
    made = """
import sys
from course import widgets
before = set(sys.modules)
widgets.ConvolutionStepper()
for name in widgets.__all__:
    getattr(widgets, name)
print(len(set(sys.modules) - before), "sklearn" in sys.modules)
"""
    new, slow = printed(run(room, ("run", made)), 1).split()
    assert int(new) < 20
    assert slow == "False"  # 900 modules, of which no widget needs one


def test_calls_cross_and_errors_keep_their_kind(room):
    found = run(
        room,
        ("run", "def f(x, k=2):\n    if x < 0:\n        raise ValueError('no')\n    return x * k"),
        ("check", "assert f(3) == 6 and f(3, k=3) == 9"),
        (
            "check",
            "try:\n    f(-1)\nexcept ValueError as error:\n    assert str(error) == 'no'\n"
            "else:\n    raise AssertionError",
        ),
        ("check", "assert f(1) == 3"),
    )
    assert errors(found, 2) == []
    assert errors(found, 3) == []
    assert errors(found, 4) == ["AssertionError"]


def test_each_check_sees_the_functions_of_its_place_in_the_notebook(room):
    found = run(
        room,
        ("run", "def f(): return g()\ndef g(): return 1"),
        ("check", "assert f() == 1"),
        ("run", "def g(): return 2"),
        ("check", "assert f() == 2"),
    )
    assert errors(found, 2) == errors(found, 4) == []


def test_an_argument_changed_in_place_is_reported_and_does_not_come_back(room):
    learner = "def f(x):\n    x[:] = 0\n    return x"
    check = "x = np.ones(3)\ngot = f(x)\nassert (got == x).all()"
    found = run(room, ("run", learner), ("check", check))
    assert errors(found, 2) == ["AssertionError"]
    spoiler = "def to_unit_range(image):\n    out = (image / 255).astype(np.float32)\n"
    spoiler += "    image[...] = 0\n    return out"
    judge = "from course.checks import judge\nassert judge('to_unit_range', to_unit_range).cause"
    judge += " == 'changed-input'"
    found = run(room, ("run", spoiler), ("check", judge), names=("to_unit_range",))
    assert errors(found, 2) == []


IN_PLACE = {
    "leaves an array alone": (
        "x = np.arange(4.0)\nbefore = x.copy()\nf(x)\nassert np.array_equal(x, before)",
        "def f(x): return x + 1",
        "def f(x): x += 1",
    ),
    "leaves alone what a list holds": (
        "w = np.ones(3)\nf([w, 2])\nassert w.tolist() == [1, 1, 1]",
        "def f(p): return p[0] * 2",
        "def f(p): p[0] *= 2",
    ),
    "leaves alone what a tuple holds": (
        "w, b = np.ones(3), np.zeros(2)\nf((w, b))\nassert not b.any() and w.all()",
        "def f(p): return 1",
        "def f(p): p[1][1] = 3",
    ),
    "leaves a dict alone": (
        "d = {'a': [1]}\nf(d)\nassert d == {'a': [1]}",
        "def f(d): return len(d)",
        "def f(d): d['a'].append(2)",
    ),
    "leaves a set alone": (
        "s = {1, 2}\nf(s)\nassert s == {1, 2}",
        "def f(s): return s | {3}",
        "def f(s): s.add(3)",
    ),
    "leaves its arguments alone, and raises": (
        "x = [2]\ntry:\n    f(x=x)\nexcept ValueError:\n    pass\nassert x == [2]",
        "def f(x): raise ValueError",
        "def f(x): x.append(1); raise ValueError",
    ),
    "leaves alone an array that an expected value comes from": (
        "x = np.array([2.0, 1.0])\nbefore = x.copy()\ngot = f(x)\nassert got == np.max(x)\n"
        "assert np.array_equal(x, before)",
        "def f(x): return np.max(x)",
        "def f(x): x.sort(); return x[-1]",
    ),
    "leaves alone what a helper gives": (
        "def same(g, x):\n    before = x.copy()\n    g(x)\n    return np.array_equal(before, x)\n"
        "assert same(f, np.ones(3))",
        "def f(x): return x + 1",
        "def f(x): x += 1",
    ),
    "sorts a list": (
        "v = [3, 1, 2]\nf(v)\nassert v == [1, 2, 3]",
        "def f(v): v.sort()",
        "def f(v): return sorted(v)",
    ),
    "sorts a list of lists, which stay the same": (
        "v = [[3], [1], [2]]\nwanted = [v[1], v[2], v[0]]\nf(v)\n"
        "assert v == wanted == [[1], [2], [3]]\nassert all(a is b for a, b in zip(v, wanted))",
        "def f(v): v.sort()",
        "def f(v): return sorted(v)",
    ),
    "sorts an array": (
        "x = np.array([3.0, 1.0, 2.0])\nwanted = np.sort(x)\nf(x)\n"
        "np.testing.assert_array_equal(x, wanted, strict=True)",
        "def f(x): x.sort()",
        "def f(x): return np.sort(x)",
    ),
    "changes a view": (
        "x = np.zeros((3, 4))\nf(x[1:, ::2])\nassert x.sum() == 4 and not x[:, 1].any()",
        "def f(x): x += 1",
        "def f(x): x[0] += 1",
    ),
    "changes weights and returns a loss": (
        "w, g = np.ones(3), np.full(3, 2.0)\nwanted = w - 0.5 * g\nloss = f({'w': w}, g)\n"
        "assert loss == 4\nassert np.array_equal(w, wanted)",
        "def f(p, g):\n    p['w'] -= 0.5 * g\n    return 4",
        "def f(p, g):\n    p['w'] = p['w'] - g\n    return 4",
    ),
    "fills a dict": (
        "d = {}\nf(d, 'aba')\nassert d == {'a': 2, 'b': 1}",
        "def f(d, text):\n    for c in text: d[c] = d.get(c, 0) + 1",
        "def f(d, text): return {'a': 2, 'b': 1}",
    ),
}


@pytest.mark.parametrize(("check", "right", "wrong"), IN_PLACE.values(), ids=IN_PLACE)
def test_a_check_may_ask_for_a_change_in_place_or_forbid_one(room, check, right, wrong):
    cells = [("run", right), ("check", check), ("run", wrong), ("check", check)]
    found = run(room, *cells)
    assert found.outputs[2] == []
    assert errors(found, 4) == ["AssertionError"]


def test_a_tensor_may_be_changed_in_place_or_left_alone(torch_room):
    learner = "import torch\ndef f(x): x.clamp_(min=0)\ndef g(x): return x.clamp(min=0)"
    check = (
        "import torch\nx = torch.linspace(-2, 2, 5, requires_grad=True)\nwanted = {wanted}\n"
        "{name}(x)\nassert torch.equal(x, wanted)"
    )
    cells = [
        ("check", check.format(name=name, wanted=wanted))
        for name in "fg"
        for wanted in ("x.detach().clamp(min=0)", "x.detach().clone()")
    ]
    found = run(torch_room, ("run", learner), *cells, names=("f", "g"), torch=True)
    said = [errors(found, 2 + number) for number in range(4)]
    assert said == [[], ["AssertionError"], ["AssertionError"], []]


FORGERIES = [
    "x = np.arange(3.0)\nnp.testing.assert_array_equal(f(x), np.exp(x), strict=True)",
    "x = np.arange(3.0)\ngot = f(x)\nwanted = 2 * x + 1\nassert (got == wanted).all()",
    "x = np.arange(3.0)\npart = x[:2]\ngot = f(part)\nassert got.tolist() == (x[:2] + 1).tolist()",
    "x = np.arange(3.0)\nwanted = x\ngot = f(x)\nassert got.tolist() == wanted.tolist()",
    "x = np.arange(3.0)\nfor n in (1, 2):\n    wanted = x * n + 1\n    got = f(x)\n"
    "    if n == 2:\n        assert (got == wanted).all()",
    "def same(g, x): return np.array_equal(g(x), np.exp(x))\nassert same(f, np.arange(3.0))",
    "case = type('Case', (), {'x': np.arange(3.0)})\ngot = f(case.x)\n"
    "assert np.array_equal(got, np.exp(case.x))",
    "x = np.arange(3.0)\nassert all((h(x) == np.exp(x)).all() for h in (f, f))",
]


@pytest.mark.parametrize("check", FORGERIES)
def test_an_expected_value_does_not_come_from_what_a_learner_wrote(room, check):
    learner = "def f(x):\n    x[:] = 0\n    return np.ones(len(x))"
    found = run(room, ("run", learner), ("check", check))
    assert len(errors(found, 2)) == 1


def test_nor_does_it_in_a_later_cell(room):
    learner = "def f(x):\n    x[:] = 0\n    return 3\ndef g(x): return np.ones(3)"
    cells = [
        ("locked", "given = np.arange(3.0)"),
        ("run", learner),
        ("check", "x = np.arange(3.0)\nassert f(x) == f(given) == 3"),
        ("check", "wanted = np.exp(given)\nassert np.array_equal(g(given), wanted)"),
        ("check", "wanted = np.exp(x)\nassert np.array_equal(g(x), wanted)"),
    ]
    found = run(room, *cells, names=("f", "g"))
    assert [errors(found, n) for n in (3, 4, 5)] == [[], ["AssertionError"], ["AssertionError"]]


def test_an_answer_in_the_argument_itself_is_judged_as_one(room):
    """Many write relu so; where the check asks for no more than values, it is right."""
    learner = "def f(x):\n    x[x < 0] = 0\n    return x"
    check = "x = np.arange(-2.0, 3)\nnp.testing.assert_array_equal(f(x), np.maximum(x, 0))"
    assert errors(run(room, ("run", learner), ("check", check)), 2) == []


CLAIMS = {
    "another shape": "{0: np.zeros(2)}",
    "another shape of as many": "{0: np.zeros((3, 1))}",
    "huge": "{0: np.zeros(2**22)}",
    "larger than a frame": "{0: np.zeros(2**25)}",
    "another dtype": "{0: np.zeros(3, dtype=np.int64)}",
    "objects": "{0: np.array([None] * 3)}",
    "no array": "{0: [0.0, 0.0, 0.0]}",
    "nobody's": "{9: np.zeros(3)}",
    "from behind": "{-1: np.zeros(3)}",
    "a truth value's": "{False: np.zeros(3)}",
    "by a name": "{'x': np.zeros(3)}",
    "by the name of a variable": "{'secret': np.zeros(3)}",
    "a number": "{1: 5}",
    "what is read-only": "{2: np.zeros(3)}",
    "rubbish": "{0: {'x': [({},), {1: [[]]}]}}",
    "nested deeply": "{0: deep}",
    "a list of rubbish": "[None, [], {}, 1.5, True]",
    "no list": "7",
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_false_report_of_changes_reaches_nothing_else_and_gains_nothing(room, claim):
    forge = f"""
import autograde.boxes.channel as channel
real, deep = channel.encode, []
for _ in range(60):
    deep = [deep]

def claim(value, keep=None):
    if isinstance(value, dict) and "changed" in value:
        value = {{**value, "changed": {claim}}}
    return real(value, keep)

channel.encode = claim
def f(x, n, fixed): return 1
"""
    check = """
x, secret, fixed = np.full(3, 7.0), np.full(3, 7.0), np.full(3, 7.0)
fixed.flags.writeable = False
try:
    f(x, 2, fixed)
except Exception as error:
    print(type(error).__name__)
assert secret.tolist() == fixed.tolist() == [7, 7, 7]
assert x.shape == (3,) and x.dtype == np.float64 and x.base is None
assert set(x.tolist()) <= {0, 1, 7}
print("unharmed")
x = np.full(3, 7.0)
f(x, 2, fixed)
assert x.tolist() == [7, 7, 7]
"""
    found = run(room, ("run", forge), ("check", check), ("check", "assert f(1, 2, 3) == 2"))
    assert "unharmed" in printed(found, 2)
    assert len(errors(found, 2)) == len(errors(found, 3)) == 1


def test_a_change_too_large_to_cross_is_still_seen(room):
    learner = "def f(x):\n    x += 1\n    return x[:-1]"
    check = "x = np.zeros(5 * 2**20)\nf(x)\nassert not x.any()"
    assert errors(run(room, ("run", learner), ("check", check)), 2) == ["AssertionError"]
    assert errors(run(room, ("run", learner), ("check", check[:-19])), 2) == []


def test_a_generator_is_not_moved_to_where_the_learner_wants_it(room):
    learner = "def f(rng): rng.bit_generator.state = np.random.PCG64(0).state"
    check = "rng = np.random.default_rng(5)\nf(rng)\n"
    check += "assert rng.random() == np.random.default_rng(5).random()"
    assert errors(run(room, ("run", learner), ("check", check)), 2) == []


def test_functions_cross_in_both_directions(room):
    learner = "def f(g, x):\n    return g(x) + 1\ndef make(n):\n    return lambda x: x + n"
    check = "assert f(np.tanh, 0.0) == 1\nassert f(lambda x: 3 * x, 2) == 7\nassert make(2)(3) == 5"
    found = run(room, ("run", learner), ("check", check), names=("f", "make"))
    assert found.outputs[2] == []


@pytest.mark.parametrize("what", ["torch.zeros(2)", "F.linear_forward(1, 2)", "nn.ReLU()(x)"])
def test_a_framework_or_the_reference_in_an_answer_names_the_rule(room, what):
    learner = f"import torch\nfrom course import nn, functional as F\ndef f(x):\n    return {what}"
    found = run(room, ("run", learner), ("check", "f(np.ones(2))"))
    assert found.outputs[2][0]["name"] == "RuleError"
    assert "NumPy" in found.outputs[2][0]["value"]


def test_a_death_costs_the_cell_that_died(room):
    found = run(
        room,
        ("run", "def f(): return 1"),
        ("check", "assert f() == 1"),
        ("run", "import os; os._exit(3)"),
        ("run", "def f(): return 2"),
        ("check", "assert f() == 2"),
    )
    assert found.died == {3}
    assert errors(found, 2) == errors(found, 5) == []


def test_a_loop_is_stopped_even_where_it_catches_everything(room):
    loop = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    start = time.monotonic()
    found = run(room, ("run", loop), ("run", "f = len"), ("check", "assert f([1]) == 1"),
                cell_seconds=1)  # fmt: skip
    assert found.late == {1}
    assert errors(found, 3) == []
    assert time.monotonic() - start < 60


def test_a_call_that_does_not_return_fails_its_check_only(room):
    found = run(
        room,
        ("run", "def f():\n    while True: pass\ndef g(): return 1"),
        ("check", "f()"),
        ("check", "assert g() == 1"),
        names=("f", "g"),
        call_seconds=1,
    )
    assert len(errors(found, 2)) == 1
    assert errors(found, 3) == []


def test_nothing_of_a_submission_is_there_for_the_next(room):
    run(
        room,
        (
            "run",
            "import os, time\nopen('left', 'w').write('x')\nif os.fork() == 0: time.sleep(600)",
        ),
    )
    cell = "print(os.listdir('.'), len([p for p in os.listdir('/proc') if p.isdigit()]))"
    found = run(room, ("run", "import os\n" + cell))
    assert "left" not in printed(found, 1)
    if room.sandbox.name == "bubblewrap":
        assert int(printed(found, 1).split()[-1]) <= 4


def test_a_pool_of_processes_works_and_what_it_shares_does_not_stay(room):
    if room.sandbox.name != "bubblewrap":
        pytest.skip("the memory that processes share by name is the machine's own there")
    pool = """
import multiprocessing
def f(x):
    with multiprocessing.Pool(2) as pool:
        return pool.map(abs, x)
open("/dev/shm/left", "w").write("x")
"""
    found = run(room, ("run", pool), ("check", "assert f([1, -2]) == [1, 2]"))
    assert found.outputs[2] == []
    assert printed(run(room, ("run", "import os\nprint(os.listdir('/dev/shm'))")), 1) == "[]\n"


def test_what_a_call_prints_is_not_kept(room):
    found = run(
        room, ("run", "def f(x): print('hidden', x)"), ("check", "f(4)"), ("run", "print(1)")
    )
    assert "hidden" not in repr(found.outputs)


def test_a_forged_report_about_a_check_is_not_believed(room):
    forge = """
import os, socket, struct
from autograde.boxes.wire import encode
ok = {"at": 2, "state": "done", "outputs": [], "late": False}
over = {"at": 3, "state": "over"}
for fd in range(3, 30):
    try:
        line = socket.socket(fileno=os.dup(fd))
        for message in (ok, over):
            raw = encode(message)
            line.sendall(struct.pack(">I", len(raw)) + raw)
    except OSError:
        pass
"""
    found = run(room, ("run", forge), ("check", "assert f(1) == 2"))
    assert 2 in found.unrun or errors(found, 2) or 2 in found.died


def test_memory_is_bounded(room):
    found = run(room, ("run", "x = np.ones(2**32)"))
    assert errors(found, 1) == ["MemoryError"] or errors(found, 1) == ["_ArrayMemoryError"]


def test_root_is_refused_where_it_cannot_become_somebody_else(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    trees = compose()
    try:
        with pytest.raises(NoSandbox, match="root"):
            choose(trees, [], without=True)
        assert "root" in Sandbox("landlock", trees).complaints([])[0]
    finally:
        trees.remove()


@pytest.mark.parametrize(
    ("system", "options", "says"),
    [
        ("win32", [], "WSL 2"),
        ("win32", ["--no-sandbox"], "WSL 2"),
        ("darwin", [], "--no-sandbox"),
    ],
)
def test_a_system_without_boxes_is_refused_in_a_sentence(
    tmp_path, monkeypatch, capsys, system, options, says
):
    make_course(tmp_path)
    for name in [n for n in sys.modules if n.startswith(("autograde.early", "autograde.boxes"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "platform", system)
    assert main(["--course", str(tmp_path), "grade", "07", *options]) == 1
    told = capsys.readouterr().err
    assert says in told
    assert "Traceback" not in told
    assert not [name for name in sys.modules if name.startswith("autograde.boxes")]
    assert not (tmp_path / "autograde").exists()


def test_without_proc_and_linux_a_box_has_the_bounds_that_can_be_kept(monkeypatch):
    trees = compose()
    try:
        monkeypatch.setattr(sys, "platform", "darwin")
        limits = Sandbox("none", trees).limits()
        assert not {"processes", "together", "disk"} & set(limits)
        assert limits["cpu"] == LIMITS["cpu"]
        monkeypatch.setattr(student.ctypes, "CDLL", None)  # no prctl there
        student._control(student.DUMPABLE, 0)
        with pytest.raises(NoSandbox, match=r"this is darwin[\s\S]*--no-sandbox"):
            choose(trees, [])
    finally:
        trees.remove()


def test_processes_that_end_while_they_are_looked_at_do_not_end_the_watch():
    seen = set()
    with subprocess.Popen(["sh", "-c", "while :; do (true); done"]) as busy:
        try:
            end = time.monotonic() + 2
            while time.monotonic() < end:
                seen.update(watch.below(os.getpid()))
        finally:
            busy.kill()
    assert len(seen) > 10


def test_root_gives_each_box_of_all_its_workers_a_user_of_its_own(monkeypatch):
    users = []

    def note(command, *_):
        users.append(json.loads(command[-1])["user"])
        return subprocess.Popen(["true"])

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sandbox, "_popen", note)
    trees = compose()
    try:
        for worker in (Sandbox("bubblewrap", trees), Sandbox("bubblewrap", trees)):
            for program in ("student", "tester"):
                worker.start(program, {}).kill()
    finally:
        trees.remove()
    assert len(set(users)) == 4
    assert min(users) >= sandbox.FIRST_USER


def test_a_box_gets_no_user_who_runs_something_already(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    first = sandbox._next_user()
    soon = {first + n for n in range(1, 4)}
    monkeypatch.setattr(sandbox, "users", lambda: soon)
    assert sandbox._next_user() not in soon
    monkeypatch.undo()
    assert os.getuid() in watch.users()


def test_a_box_outlives_the_thread_that_started_it(room):
    made = Room(room.sandbox)
    starter = threading.Thread(target=run, args=(made, ("run", "")))
    starter.start()
    starter.join()
    first = dict(made.boxes)
    try:
        assert printed(run(made, ("run", "print(6 * 7)")), 1) == "42\n"
        assert first
        assert all(made.boxes[name] is box for name, box in first.items()), "started once more"
    finally:
        made.close()


def test_rooms_share_a_test_box_and_none_ends_that_of_another(room):
    testers = Testers(room.sandbox)
    first, second = Room(room.sandbox, testers), Room(room.sandbox, testers)
    solution, check = ("run", "def f(): return 1"), ("check", "assert f() == 1")
    rude = ("check", "import os, signal\nassert f() == 1\nos.kill(os.getppid(), signal.SIGKILL)")
    try:
        assert not errors(run(second, solution, check), 2)
        (box,), desk = testers.boxes.values(), second.boxes["tester"]
        found = run(first, solution, rude, check)
        assert errors(found, 2) == errors(found, 3) == []
        assert "tester" not in first.boxes, "the check ended the process that serves this room"
        for one in (first, second):
            assert errors(run(one, solution, check, ("check", "assert f() == 2")), 3)
        assert list(testers.boxes.values()) == [box]
        assert second.boxes["tester"] is desk
        first.close()
        assert not errors(run(second, solution, check), 2)
    finally:
        second.close()
        testers.close()
    assert box.process.poll() is not None


def test_a_test_box_that_ends_under_two_submissions_costs_neither_a_point(room):
    testers = Testers(room.sandbox)
    rooms = [Room(room.sandbox, testers) for _ in range(2)]
    cells = ("run", "def f(): return 1"), ("check", "import time\ntime.sleep(2)\nassert f() == 1")
    found = []
    try:
        for one in rooms:
            run(one, ("run", ""))  # warm
        (box,) = testers.boxes.values()
        at_work = [
            threading.Thread(target=lambda one=one: found.append(run(one, *cells))) for one in rooms
        ]
        for thread in at_work:
            thread.start()
        time.sleep(1.5)
        box.kill()
        for thread in at_work:
            thread.join()
        assert [errors(each, 2) for each in found] == [[], []]
        assert list(testers.boxes.values()) != [box]
    finally:
        for one in rooms:
            one.close()
        testers.close()


def test_a_test_box_that_ended_is_started_again(room):
    testers = Testers(room.sandbox)
    made = Room(room.sandbox, testers)
    cells = ("run", "def f(): return 1"), ("check", "assert f() == 1")
    try:
        assert not errors(run(made, *cells), 2)
        (box,) = testers.boxes.values()
        box.kill()
        assert not errors(run(made, *cells), 2)
        assert list(testers.boxes.values()) != [box]
    finally:
        made.close()
        testers.close()


def test_a_room_started_without_pytorch_has_it_when_work_needs_it(room):
    made = Room(room.sandbox)
    try:
        for torch_there in (False, True, False):
            cell = "import torch\nprint(type(torch).__name__, type(torch.zeros).__name__)"
            found = run(made, ("run", cell), torch=torch_there)
            assert ("Absent" not in printed(found, 1)) == torch_there
    finally:
        made.close()


@needs_sandbox
def test_boxes_that_were_started_early_are_those_of_the_run(room, tmp_path):
    pool, known = Pool(), (tmp_path,)
    with pool.early(known, without=False, torch=False):
        grading, other = (pool.join(known, without=False) for _ in range(2))
        assert grading is other
        (started,) = grading.rooms
        for _ in range(2):
            grading.warm_up(1, torch=False)
        assert grading.rooms[0] is started
        assert len(grading.rooms) == 2
        boxes = [box for one in grading.rooms for box in one.boxes.values()]
        work = Work((("run", "print(6 * 7)", "cell"),), (), "1")
        assert printed(grading.findings(work), 0) == "42\n"
        assert [box for one in grading.rooms for box in one.boxes.values()] == boxes
        pool.leave(known, without=False)
        assert len(grading.rooms) == 2
        pool.leave(known, without=False)
    assert not grading.rooms
    assert not pool.shared
    assert all(b.process.poll() is not None for b in boxes if isinstance(b, sandbox.Box))
    assert not grading.trees.root.exists()
    with pool.early(known, without=False, torch=False):
        pass  # nobody joined
    assert not pool.shared


@pytest.mark.parametrize("name", LESSONS)
def test_what_boxes_a_lesson_needs_is_told_by_its_files_alone(name, tmp_path):
    source = source_notebook(read_lesson(LESSONS[name]))
    given = release_notebook(source)
    (tmp_path / "source.ipynb").write_text(dumps(source), encoding="utf-8")
    (tmp_path / "release.ipynb").write_text(dumps(given), encoding="utf-8")
    guessed = guess(tmp_path / "release.ipynb", tmp_path / "source.ipynb")
    assert guessed == ExecuteInBoxes().work(source, given, 1).torch


def test_files_that_are_no_notebooks_ask_for_no_pytorch(tmp_path):
    (tmp_path / "broken.ipynb").write_text('{"cells": [1]}', encoding="utf-8")
    assert not guess(tmp_path / "broken.ipynb", tmp_path / "missing.ipynb")


def test_the_checks_after_one_that_ends_the_test_box_still_run(room):
    found = run(
        room,
        ("run", "def f(): return 1"),
        ("check", "helper = 3\nassert f() == 1"),
        ("check", "import ctypes\nctypes.string_at(0)"),
        ("check", "while True: pass"),
        ("check", "assert f() == 1 and helper == 3"),
        ("check", "assert f() == 2"),
        cell_seconds=2,
    )
    assert found.died == {3}
    assert found.late == {4}
    assert errors(found, 2) == errors(found, 5) == []
    assert errors(found, 6) == ["AssertionError"]


def test_a_process_that_is_deaf_costs_the_check_that_called_it_and_no_other(room):
    deaf = """
def f():
    import os, signal, time
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    if os.fork() == 0: time.sleep(60)
    time.sleep(60)
def g(): return 1
"""
    start = time.monotonic()
    found = run(room, ("run", deaf), ("check", "f()"), ("check", "assert g() == 1"),
                names=("f", "g"), cell_seconds=3, call_seconds=2)  # fmt: skip
    assert errors(found, 2) == ["TimeoutError"]
    assert errors(found, 3) == []
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("kind", ["S", "d"])
def test_keys_made_to_collide_are_refused_at_once(kind):
    numbers = [["i", format(n * (2**61 - 1), "x")] for n in range(100_000)]
    tree = [kind, numbers if kind == "S" else [[n, None] for n in numbers]]
    start = time.monotonic()
    with pytest.raises(WireError, match="collide"):
        decode(frame(tree))
    assert time.monotonic() - start < 5


def test_many_cells_may_end_the_process_and_the_others_keep_their_points(room):
    deaths = [("run", "import os; os._exit(1)")] * 15
    found = run(room, ("run", "def f(): return 1"), ("check", "assert f() == 1"), *deaths,
                ("check", "assert f() == 1"))  # fmt: skip
    assert errors(found, 2) == errors(found, 18) == []
    assert found.died | found.unrun == set(range(3, 18))


def test_threads_without_end_leave_room_for_the_checks(room):
    threads = """
import threading, time
try:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
except RuntimeError as error:
    print(type(error).__name__)
def f(): return 1
"""
    checks = [("check", "assert f() == 1")] * 3
    found = run(room, ("run", threads), *checks)
    assert "RuntimeError" in printed(found, 1)
    assert errors(found, 2) == errors(found, 3) == errors(found, 4) == []


REACHED = {
    "killed": "os.kill(boss, 9)",
    "stopped": "os.kill(boss, 19)",
    "killed with everybody": "os.kill(-1, 9)",
    "killed with its group": "os.kill(0, 9)",
    "killed as a thread": "libc.syscall(200, boss, 9) and fail()",
    "killed by a handle": "signal.pidfd_send_signal(os.open(f'/proc/{boss}', 0), 9)",
    "sent a signal by a pipe": "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, boss)",
    "given less memory": "resource.prlimit(boss, resource.RLIMIT_AS, (2**20, 2**20))",
    "given no files": "resource.prlimit(boss, resource.RLIMIT_FSIZE, (0, 0))",
    "made slow": "os.setpriority(os.PRIO_PROCESS, boss, 19)",
    "made idle": "os.sched_setscheduler(boss, os.SCHED_IDLE, os.sched_param(0))",
    "sent to one processor": "os.sched_setaffinity(boss, {0})",
}


@needs_sandbox
@pytest.mark.parametrize("way", REACHED.values(), ids=REACHED.keys())
def test_the_process_that_starts_the_next_submission_cannot_be(room, way):
    cell = f"""
import ctypes, fcntl, os, resource, signal
boss, libc = os.getppid(), ctypes.CDLL(None)
def fail(): raise PermissionError
try:
    {way}
    print("done")
except PermissionError:
    print("refused")
"""
    found = run(room, ("run", cell), ("run", "def f(): return 1"), ("check", "assert f() == 1"))
    assert printed(found, 1) == "refused\n"
    assert errors(found, 3) == []
    assert found.died == set()


HOARD = """
import mmap, os, time
alive = []
for _ in range({count}):
    pid = os.fork()
    if pid == 0:
        {take}
        time.sleep(60)
    alive.append(pid)
end = time.monotonic() + 20
time.sleep(4)
while len(alive) > 4 and time.monotonic() < end:  # a loaded machine takes longer to fill them
    alive = [pid for pid in alive if os.waitpid(pid, os.WNOHANG) == (0, 0)]
    time.sleep(0.5)
print("left", len(alive))
def f(): return 1
"""


@pytest.fixture
def small_room(room, monkeypatch):
    """A room of which all processes together may take half a gigabyte."""
    monkeypatch.setitem(LIMITS, "together", 2**29)
    made = Room(room.sandbox)
    yield made
    made.close()


def test_many_processes_together_take_no_more_memory_than_a_box_has(small_room):
    hoard = HOARD.format(count=30, take="kept = np.ones(2**24)")  # 128 MB each
    taken, over = [0], threading.Event()

    def look():
        while not over.wait(0.05):
            taken.append(sum(map(watch.share, watch.below(os.getpid()))))

    looker = threading.Thread(target=look)
    looker.start()
    found = run(small_room, ("run", hoard), ("check", "assert f() == 1"))
    over.set()
    looker.join()
    assert 2**27 < max(taken) < 2**31  # of nearly 4 GB; it may be more for a moment
    assert 0 < int(printed(found, 1).split()[1]) < 5
    assert found.died == set()
    assert errors(found, 2) == []


def test_what_processes_share_is_counted_once(small_room):
    shared = "kept = np.ones(2**25)\n" + HOARD.format(count=10, take="kept.sum()")  # 256 MB
    found = run(small_room, ("run", shared), ("check", "assert f() == 1"))
    assert printed(found, 1) == "left 10\n"
    assert errors(found, 2) == []


@needs_sandbox
@pytest.mark.parametrize(
    "way",
    [
        "os.memfd_create('hoard')",
        "mmap.mmap(-1, 2**20)",
        "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 2**20)",
    ],
)
def test_memory_that_belongs_to_no_process_cannot_be_had(room, way):
    cell = f"import mmap, os\ntry:\n    {way}\n    print('had')\nexcept OSError:\n    print('no')"
    assert printed(run(room, ("run", cell)), 1) == "no\n"


def lesson_work(name: str, answers: dict[str, str]) -> tuple[Work, list[str]]:
    """The set-up, the answers (the author's own where none is given) and the checks of a lesson."""
    source = source_notebook(read_lesson(LESSONS[name]))
    given = release_notebook(source)
    for notebook in (source, given):
        notebook.cells = [
            c for c in notebook.cells if c.cell_type == "code" and "nbgrader" in c.metadata
        ]
    ids = [c.metadata.nbgrader.grade_id for c in source.cells]
    for exercise, answer in answers.items():
        source.cells[ids.index(f"{exercise}-solution")].source = answer
    return ExecuteInBoxes().work(source, given, 1), ids


BORROWED = {
    "02_learning": {
        "linear_forward": "def linear_forward(x, w, b):\n    return F.linear_forward(x, w, b)[0]",
        "linear_backward": "def linear_backward(dout, x, w):\n"
        "    return torch.tensor(dout) @ torch.tensor(w), dout.T @ x, dout.sum(axis=0)",
        "sgd_momentum_step": "from torch.optim import SGD\n"
        "def sgd_momentum_step(weight, grad, velocity, lr, momentum):\n"
        "    return SGD([weight], lr, momentum).step()",
    },
    "05_fully_connected": {
        "softmax": "def softmax(scores):\n"
        "    return torch.softmax(torch.from_numpy(scores), 1).numpy()",
        "cross_entropy_loss": "from course.functional import cross_entropy\n"
        "def cross_entropy_loss(scores, y):\n    return cross_entropy(scores, y)",
        "hinge_loss": "import importlib\ndef hinge_loss(scores, y, margin=1.0):\n"
        "    return importlib.import_module('torch').zeros(3)",
    },
}


@pytest.mark.parametrize("name", BORROWED)
def test_a_lesson_that_shows_pytorch_gives_no_leave_to_answer_with_it(room, name):
    work, ids = lesson_work(name, BORROWED[name])
    assert not work.torch
    found = room.work(work)
    for number, cell_id in enumerate(ids):
        failed = [o for o in found.outputs.get(number, []) if o["type"] == "error"]
        if cell_id in BORROWED[name]:
            assert "is not there while an exercise is graded" in repr(failed)
        elif work.cells[number][0] == "check":
            assert failed == []


def test_a_framework_that_is_away_disturbs_no_library_that_asks_for_its_types(room):
    cells = "import torch, jax\nfrom course import data\nimages = data.load('digits').x_train"
    ask = "print(isinstance(images, torch.Tensor), issubclass(int, jax.Array | torch.Tensor))"
    found = run(room, ("run", f"{cells}\n{ask}"))
    assert printed(found, 1) == "False False\n"


@needs_sandbox
def test_the_framework_hidden_from_imports_is_not_on_the_disk_either(room):
    dig = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if "absent" not in type(f).__module__]
for name in [n for n in sys.modules if n.partition(".")[0] == "torch"]:
    del sys.modules[name]
try:
    import torch  # an empty folder is there
    print("found", torch.tensor)
except (AttributeError, ImportError, PermissionError):
    print("not there")
"""
    assert printed(run(room, ("run", dig)), 1) == "not there\n"


@pytest.mark.parametrize(
    ("sources", "asks"),
    [
        (["def f(x: np.ndarray): ..."], False),
        (["def f(x: torch.Tensor): ..."], True),
        (["def f(x): ...", "net = layers.Linear(2, 1)"], True),
        (["import torch.nn.functional as F"], True),
        (["from torch.optim import SGD"], True),
        (["torchvision = 1"], False),
    ],
)
def test_pytorch_is_there_where_an_exercise_or_a_check_uses_it(sources, asks):
    setup = ["import numpy as np\nimport torch\nfrom torch import nn as layers"]
    assert asks_for("torch", sources, setup) == asks


@pytest.fixture(scope="module")
def torch_room(room):
    made = Room(room.sandbox)
    yield made
    made.close()


NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))

def build(): return Net()
"""
AGAINST_OURS = """
import torch
torch.manual_seed(int(np.random.default_rng().integers(2**31)))
ours = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
names = {"0": "first", "2": "second"}
state = {names[k[0]] + k[1:]: v for k, v in ours.state_dict().items()}
net = build()
net.load_state_dict(state)
for size in (1, 5):
    x = torch.randn(size, 3)
    np.testing.assert_allclose(net(x), ours(x).detach().numpy(), rtol=1e-5, atol=1e-6)
"""
GRADIENTS = """
x, dout = torch.randn(5, 3, requires_grad=True), torch.randn(5, 2)
ours(x).backward(dout)
dx, found = net.gradients(x.detach(), dout)
np.testing.assert_allclose(dx, x.grad, rtol=1e-4, atol=1e-6)
for name, parameter in ours.named_parameters():
    grad = found[names[name[0]] + name[1:]]
    np.testing.assert_allclose(grad, parameter.grad, rtol=1e-4, atol=1e-6)
assert {k: v.shape for k, v in net.state_dict().items()} == {k: v.shape for k, v in state.items()}
"""


def test_an_exercise_about_tensors_is_checked_with_tensors(torch_room):
    learner = """
import torch
def relu(x): return x.clamp(min=0)
def relu_(x): return x.clamp_(min=0)
def leaky(x): return x.clamp(min=-1)
def as_array(x): return x.clamp(min=0).numpy()
"""
    check = """
import torch
x = torch.linspace(-2, 2, 5)
wanted = torch.relu(x)
assert torch.equal({name}(x), wanted)
"""
    names = ("relu", "relu_", "leaky", "as_array")
    cells = [("check", check.format(name=name)) for name in names]
    found = run(torch_room, ("run", learner), *cells, names=names, torch=True)
    said = [errors(found, 2 + number) for number in range(len(names))]
    assert said == [[], [], ["AssertionError"], ["TypeError"]]


def test_a_module_of_pytorch_computes_with_our_weights_and_gives_gradients(torch_room):
    trains = "Net()(torch.ones(2, 3)).sum().backward()  # before the process is copied"
    found = run(
        torch_room,
        ("run", NETWORK),
        ("run", trains),
        ("check", AGAINST_OURS + GRADIENTS),
        ("run", "net_of_mine = build()"),
        ("check", "assert net_of_mine.eval()(np.ones((2, 3), dtype=np.float32)).shape == (2, 2)"),
        names=("build", "net_of_mine"),
        torch=True,
    )
    assert found.outputs[3] == found.outputs[5] == []


FORGED = {
    "lies about its shape": "class Net(Net):\n"
    "    def forward(self, x):\n        out = super().forward(x)[:, :1].as_subclass(Liar)\n"
    "        return out\n"
    "class Liar(torch.Tensor):\n    shape = property(lambda self: torch.Size([len(self), 2]))",
    "changes at each call": "class Net(Net):\n"
    "    count = 0\n"
    "    def forward(self, x):\n        Net.count += 1\n"
    "        return super().forward(x) if Net.count == 1 else super().forward(x) + 1",
    "raises": "class Net(Net):\n    def forward(self, x): raise ValueError('no')",
    "gives a list": "class Net(Net):\n    def forward(self, x): return super().forward(x).tolist()",
    "gives what equals everything": "class Net(Net):\n    def forward(self, x): return Same()\n"
    "class Same:\n    def __eq__(self, other): return True\n"
    "    def __array__(self, *a, **k): return np.zeros((5, 2))",
    "keeps its own weights": "class Net(Net):\n    def load_state_dict(self, state): pass",
    "has weights of other shapes": "class Net(Net):\n    def __init__(self):\n"
    "        super().__init__()\n        self.first = nn.Linear(3, 5)",
    "ends its process": "class Net(Net):\n    def forward(self, x): import os; os._exit(0)",
    "is no module": "build = lambda: None",
    "is a description": "build = lambda: {'course.network': 'torch', 'forward': lambda x: 1}",
    "is a description of functions": "build = lambda: {'course.network': 'torch', **dict.fromkeys("
    "['forward', 'gradients', 'load_state_dict', 'state_dict', 'train'], lambda *a: None)}",
}


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED.keys())
def test_a_forged_module_of_pytorch_fails_its_check_and_no_other(torch_room, forgery):
    found = run(
        torch_room,
        ("run", NETWORK + forgery + "\ndef g(): return 1"),
        ("check", AGAINST_OURS),
        ("check", "assert g() == 1"),
        names=("build", "g"),
        torch=True,
    )
    assert len(errors(found, 2)) == 1
    assert errors(found, 3) == []


def test_a_network_of_the_course_may_be_a_variable(room):
    found = run(
        room,
        ("run", "from course import nn\nnet = nn.Sequential(nn.Linear(3, 2), nn.ReLU())"),
        ("check", "assert [layer.name for layer in net] == ['Linear', 'ReLU']\n"
                  "assert net(np.ones((4, 3))).shape == (4, 2)"),
        names=("net",),
    )  # fmt: skip
    assert found.outputs[2] == []


def test_a_value_too_large_to_cross_hides_no_function_beside_it(room):
    found = run(
        room,
        ("run", "data = np.ones(2**24)\ndef f(): return 1"),
        ("check", "assert f() == 1"),
        ("check", "data"),
        names=("data", "f"),
    )
    assert errors(found, 2) == []
    assert errors(found, 3) == ["NameError"]


def test_a_box_without_a_disk_of_its_own_is_watched(tmp_path):
    assert not watch.is_fuller(tmp_path, 2**20)
    (tmp_path / "large").write_bytes(bytes(2**20))
    assert watch.is_fuller(tmp_path, 2**20)
    assert not watch.is_fuller(tmp_path, 2**21)
    (tmp_path / "many").mkdir()
    for number in range(300):
        (tmp_path / "many" / str(number)).touch()
    assert watch.is_fuller(tmp_path, 2**21)


def test_files_without_end_cost_the_cell_that_writes_them(room):
    fill = """
for number in range(100):
    with open(f"{number}", "wb") as file:
        file.write(bytes(2**22))
import time
time.sleep(5)
"""
    found = run(
        room,
        ("run", fill),
        ("run", "def f(): return 1"),
        ("check", "assert f() == 1"),
    )
    assert found.died == {1} or errors(found, 1) == ["OSError"]
    assert errors(found, 3) == []


def test_a_folder_is_deleted_however_deep_and_closed_it_was_left(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "thesis").touch()
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "link").symlink_to(kept)
    (folder / "file").touch()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(3000):  # a path longer than any system call takes
        os.mkdir("deeper", dir_fd=here)
        os.symlink(kept, "linked", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (folder / "closed").mkdir()
    (folder / "closed" / "inner").mkdir(mode=0)
    (folder / "closed").chmod(0)
    delete(folder)
    assert not folder.exists()
    assert (kept / "thesis").exists()


def test_what_a_cell_shows_is_bounded_also_where_one_update_changes_many_displays():
    from autograde.boxes.shell import SHOWN, Record

    record = Record()
    for _ in range(100):
        record.shown("display_data", {"text/plain": "x"}, "one")
    record.shown("display_data", {"text/plain": "x" * (SHOWN // 90)}, "one", update=True)
    assert [o["data"]["text/plain"] for o in record.outputs] == ["x"] * 100
    record.shown("display_data", {"text/plain": "y" * (SHOWN // 110)}, "one", update=True)
    assert {len(o["data"]["text/plain"]) for o in record.outputs} == {SHOWN // 110}
    record.clear(wait=True)
    assert len(record.outputs) == 100
    record.stream("stdout", "at last")
    assert [o["type"] for o in record.outputs] == ["stream"]
    assert record.left == SHOWN


COUNTING = """
import sys, types
import pygments.lexer
from autograde.boxes.shell import Shell
from autograde.boxes.student import _render_an_error

class Asked(types.ModuleType):
    times = 0

    def __getattr__(self, name):
        Asked.times += name == "__file__"
        raise AttributeError(name)

class Made:
    times, make = 0, pygments.lexer.regex_opt

    def __call__(self, *args, **options):
        Made.times += 1
        return Made.make(*args, **options)

sys.modules["asked"] = Asked("asked")
pygments.lexer.regex_opt = Made()
if "ready" in sys.argv:
    _render_an_error()
shell = Shell.instance()
shell.run("def fail():\\n    raise ValueError('no')", 9)
found = []
for _ in range(2):
    Asked.times = Made.times = 0
    outputs, _ = shell.run("fail()", 9)
    found = [outputs[0]["name"], Asked.times, Made.times]
print(*found)
"""


@pytest.mark.parametrize(("how", "makes"), [("ready", False), ("unprepared", True)])
def test_an_error_is_rendered_without_work_that_was_done_before(how, makes):
    """No module is asked whether the cell is its own; no pattern of a lexer's words made again."""
    run = subprocess.run(
        [sys.executable, "-c", COUNTING, how], capture_output=True, text=True, check=True
    )
    name, asked, made = run.stdout.split()
    assert (name, asked) == ("ValueError", "0")
    assert (int(made) > 0) == makes
