"""Does `lint` find the check cells that a wrong answer passes, and leave the good ones alone?"""

from pathlib import Path

import pytest
from lessons_fixture import make_course

from autograde.boxes.touched import way
from autograde.cells import split
from autograde.cli import main
from autograde.lint import RULES, examine

ROOT = Path(__file__).resolve().parent.parent
SOLVE = '# %% solve="f"\ndef f(x):\n    return x\n\n# %% test="f" points=1\n'
RNG = "rng = np.random.default_rng(7)\nx = rng.normal(size=3)\n"

WRONG = {
    "after": [
        RNG + "got = f(x)\nnp.testing.assert_allclose(got, np.sort(x), strict=True)",
        RNG + "np.testing.assert_allclose(f(x), np.sort(x), strict=True)",
        RNG + "got = f(x)\nnp.testing.assert_allclose(got, x * 2, strict=True)",
        RNG + "wanted = x\ngot = f(x)\nassert got.tolist() == wanted.tolist()",
        RNG + "part = x[:2]\ngot = f(part)\nassert got.max() == x[:2].max()",
        RNG + "got = f(x)\nerror = np.abs(got - np.sort(x)).max()\nassert error < 1e-9",
        RNG + "for n in 1, 2:\n    wanted = n * x.max()\n    assert f(x) == wanted",
        RNG + "got = f(x)\nwanted = np.zeros(3)\nwanted += x\nassert got.max() == wanted.max()",
        RNG + "f(x)\nassert x.tolist() == sorted(x)",
        RNG + "got = f(x=x)\nwanted = np.exp(x)\nassert got.tolist() == wanted.tolist()",
    ],
    "truth": [
        RNG + "assert f(x)",
        RNG + "assert not f(x)",
        RNG + "got = f(x)\nassert got",
    ],
    "shape": [
        RNG + "wanted = np.sort(x)\nassert np.allclose(f(x), wanted)",
        RNG + "wanted = np.sort(x)\nassert (f(x) == wanted).all()",
        RNG + "wanted = np.sort(x)\nassert np.all(f(x) == wanted)",
        RNG + "wanted = np.sort(x)\nnp.testing.assert_allclose(f(x), wanted)",
        RNG + "wanted = np.sort(x)\ngot = f(x)\nnp.testing.assert_array_equal(got, wanted)",
    ],
    "seed": [
        "x = np.random.rand(3)\nwanted = x.sum()\nassert f(x) == wanted",
        "rng = np.random.default_rng()\nx = rng.normal(size=3)\nassert f(x).shape == (3,)",
        "x = torch.randn(3)\n### BEGIN HIDDEN TESTS\nassert f(x) == 1\n### END HIDDEN TESTS",
        "x = random.random()\n### BEGIN HIDDEN TESTS\nassert f(x) == 1\n### END HIDDEN TESTS",
    ],
    "visible": [
        "assert f(2) == 4",
        "x = np.arange(3)\nassert f(x).tolist() == [0, 1, 2]",
        "for x, wanted in [(1, 1), (2, 4)]:\n    assert f(x) == wanted",
    ],
    "caught": [
        RNG + "try:\n    assert f(x) == 1\nexcept Exception:\n    print('no')",
        RNG + "try:\n    assert f(x) == 1\nexcept:\n    pass",
        RNG + "try:\n    check('f', f)\nexcept (ValueError, AssertionError):\n    pass",
    ],
    "never": ["f(2)", "print(f(2) == 4)", "assert True", "f(2) == 4"],
    "itself": [
        RNG + "assert f(x) == f(x)",
        RNG + "np.testing.assert_allclose(f(x), f(x), strict=True)",
        RNG + "assert f(1) + 1 == f(1) + 1",
    ],
}
HIDDEN = "\n### BEGIN HIDDEN TESTS\nassert f(3) == 9\n### END HIDDEN TESTS"
RIGHT = [
    'check("f", f)',
    RNG + "wanted = np.sort(x)\nnp.testing.assert_allclose(f(x), wanted, strict=True)",
    RNG + "np.testing.assert_allclose(f(x.copy()), 1.0, strict=True)",
    RNG + "before = x.copy()\nf(x)\nassert np.array_equal(x, before)",  # that x is left alone
    RNG + "wanted = np.sort(x)\nf(x)\nassert x.tolist() == wanted.tolist()",  # that it is sorted
    RNG + "f(x)\nassert x.sum() == 0 and x.min() >= 0, f'x is now {x}'",
    RNG + "for _ in range(9):\n    loss = f(w, x.copy())\nassert np.mean((x @ w - 1) ** 2) < 1",
    RNG + "got = f(x)\nassert got.shape == x.shape and got is not x",
    RNG + "for a, wanted in cases:\n    got = f(a)\n    assert got == wanted",
    RNG + "hidden = f(x)\nout = f(hidden)\nassert hidden.max() == 3 and out.max() == 4",
    RNG + "got = f(x)\nassert got.shape == (3,)\nassert len(x) == 3",
    "assert f(2) == 4" + HIDDEN,
    "assert f(2) is True" + HIDDEN,
    "np.random.seed(3)\nx = np.random.rand(3)\nassert f(x) == 2" + HIDDEN,
    "torch.manual_seed(0)\nx = torch.randn(3)\nassert f(x) == 2" + HIDDEN,
    "x = random.Random(3).random()\nassert f(x) == 2" + HIDDEN,
    "try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no')" + HIDDEN,
    "try:\n    f(-1)\nexcept Exception as e:\n    raise AssertionError('no') from e" + HIDDEN,
    RNG + "assert f(x) != f(2 * x)",
    RNG + "got = f(x)\nx = rng.normal(size=3)\nwanted = np.sort(x)\nassert f(x) == wanted.sum()",
    "x = 3\nassert f(x)  # lint: ok truth any object will do" + HIDDEN,
]


def warned(check: str) -> set[str]:
    cells, problems = split(SOLVE + check + "\n")
    assert not problems
    return {w.code for w in examine(cells)}


@pytest.mark.parametrize(("code", "check"), [(c, x) for c, many in WRONG.items() for x in many])
def test_a_check_that_a_wrong_answer_passes_is_found(code, check):
    assert code in warned(check)


@pytest.mark.parametrize("check", RIGHT)
def test_a_good_check_is_left_alone(check):
    assert warned(check) == set()


WAYS = {
    "write": [
        RNG + "before = x.copy()\nf(x)\nassert np.array_equal(x, before)",
        "v = [3, 1, 2]\nf(v)\nassert v == [1, 2, 3]",
        "check('f', f)\nv = [3, 1, 2]\nf(v)\nassert v == [1, 2, 3]",
        RNG + "with pytest.raises(ValueError):\n    f(x)\nassert x[0] == 1",
        RNG + "got = f(x)\nassert got == x.max()  # lint: ok after f cannot change it",
    ],
    "mark": [
        RNG + "compare(f, x)",
        RNG + "check_f(f, x)",
        RNG + "g = f\ng(x)",
        RNG + "gradient(lambda v: f(v), x)",
        RNG + "def wanted():\n    return 2 * x\ngot = f(x)\nassert got == wanted()",
        "got = f(case.x)\nassert got == case.wanted",
        "got = f(case['x'])\nassert got == case['wanted']",
        "before = x.copy()\nf(x)\nassert np.array_equal(x, before)",
        RNG + "got = f(x)\nassert got == eval('x')",
        RNG + "before = x.copy()\nassert f(x) == np.max(x)\nassert np.array_equal(x, before)",
        "assert (",
    ],
    "leave": [
        *WRONG["after"],
        "got = f(x)\nassert got == 3",  # x is of another cell, perhaps the same as something else
        "for x, wanted in cases:\n    assert f(x) == wanted",
        "x = case['x']\nassert f(x) == 3",
        RNG + "net = f()\ngot = net(x)\nassert np.allclose(got, ours(x))",
        RNG + "net = f()\ngot, _ = net.eval().gradients(x, 1)\nassert np.allclose(got, ours(x))",
        RNG + "got = f(*[x, 3])\nassert got == 3 * x",
        RNG + "given = dict(x=x)\ngot = f(**given)\nassert got == 3 * x",
        RNG + "for a, b in zip(f(x), x):\n    assert a == 2 * b",
        RNG + "said = {}\nsaid['got'] = f(x)\nsaid['to be'] = 2 * x\n"
        "assert said['got'] == said['to be']",
    ],
}


@pytest.mark.parametrize(("wanted", "check"), [(w, x) for w, many in WAYS.items() for x in many])
def test_what_a_learner_wrote_comes_back_only_where_no_expected_value_can(wanted, check):
    assert way(check, ["f"]) == wanted


@pytest.mark.parametrize(
    ("later", "wanted"),
    [
        ("wanted = np.sort(x)\nassert f(x).tolist() == wanted.tolist()", "leave"),
        ("x += 1", "leave"),
        ("x = x * 2", "leave"),
        ("x, y = 3, 4", "write"),
        (RNG + "assert f(x) == x.max()", "write"),
        ("y = 3", "write"),
    ],
)
def test_what_a_learner_wrote_does_not_last_into_other_cells(later, wanted):
    assert way(RNG + "got = f(x)\nassert got == 3", ["f"], ["z = 1", later]) == wanted


def test_every_rule_is_tried():
    assert set(WRONG) == set(RULES)


@pytest.mark.parametrize("text", ["# lint: ok shape why", "# lint: ok truth", "# ok truth why"])
def test_a_waiver_names_the_rule_and_a_reason(text):
    assert "truth" in warned(f"assert f(3)  {text}" + HIDDEN)


def test_the_line_is_that_of_the_file():
    cells, _ = split(SOLVE + "x = 3\n\nassert f(x)\n" + HIDDEN)
    assert [(w.line, w.code) for w in examine(cells)] == [(8, "truth")]


def test_the_command_prints_file_line_and_remedy(tmp_path, capsys):
    course = make_course(tmp_path)
    assert main(["--course", str(course.root), "lint"]) == 1
    said = capsys.readouterr().out
    assert "solutions/07_count.py:" in said
    assert "visible: all inputs stand in the released cell" in said


def test_the_courses_own_lessons_pass(capsys):
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == ""
