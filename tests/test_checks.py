"""Do the checks tell right from wrong, and name the mistake?"""

import contextlib
import importlib.metadata
import itertools
import json
import signal
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from right_answers import right_answers
from wrong_answers import wrong_answers

from course import checks
from course.checks import CheckFailed, Exercise, Question, check, judge
from course.checks import record as record_module
from course.checks.diagnose import alike
from course.checks.outcome import run

TASKS = checks.exercises()
EXERCISES = {name: task for name, task in TASKS.items() if isinstance(task, Exercise)}
QUESTIONS = {name: task for name, task in TASKS.items() if isinstance(task, Question)}
RIGHT, WRONG = right_answers(), wrong_answers()
SEEDS = range(20)


@pytest.fixture(autouse=True)
def _own_progress_file(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def _name(answer):
    return f"{answer.exercise}-{answer[1]}"


# Right and wrong answers


@pytest.mark.parametrize("answer", RIGHT, ids=_name)
def test_is_a_right_answer_of_any_style_accepted(answer):
    for seed in SEEDS:
        verdict = judge(answer.exercise, answer.function, seed=seed)
        assert verdict.passed, verdict.text


@pytest.mark.parametrize("answer", WRONG, ids=_name)
def test_is_a_wrong_answer_told_its_own_cause(answer):
    task = TASKS[answer.exercise]
    for seed in (0, 1, 2):
        verdict = judge(answer.exercise, answer.function, seed=seed)
        assert verdict.cause == answer.cause, verdict.text
        if isinstance(task, Question):
            said = {f"answer-{key}": text for key, text in task.wrong.items()}
        else:
            said = {m.name: m.says for m in task.misconceptions}
        assert verdict.text.startswith(said.get(answer.cause, ""))


def test_is_the_reference_itself_accepted_on_every_seed():
    for (name, task), seed in itertools.product(TASKS.items(), SEEDS):
        assert judge(name, task.reference, seed=seed).passed


@pytest.mark.parametrize("name", EXERCISES)
def test_has_every_exercise_enough_wrong_and_right_answers(name):
    assert sum(answer.exercise == name for answer in WRONG) >= 6
    assert sum(answer.exercise == name for answer in RIGHT) >= 3
    assert len(EXERCISES[name].misconceptions) >= 6


@pytest.mark.parametrize("name", EXERCISES)
def test_is_every_misconception_named_by_itself(name):
    """Also: none passes, on any of several seeds."""
    for misconception, seed in itertools.product(EXERCISES[name].misconceptions, range(3)):
        assert judge(name, misconception.wrong, seed=seed).cause == misconception.name


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if e.observe is None])
def test_do_the_cases_tell_all_misconceptions_and_the_reference_apart(name):
    exercise = EXERCISES[name]
    for seed in range(3):
        cases = exercise.cases(np.random.default_rng(seed))
        functions = {m.name: m.wrong for m in exercise.misconceptions}
        functions["the reference"] = exercise.reference
        outcomes = {n: [run(exercise, f, case) for case in cases] for n, f in functions.items()}
        for (one, mine), (other, theirs) in itertools.combinations(outcomes.items(), 2):
            same = [alike(exercise, *three) for three in zip(cases, mine, theirs, strict=True)]
            assert not all(same), f"{one} and {other} give the same answers (seed {seed})"


def test_do_the_misconceptions_of_xor_overlook_right_networks():
    exercise = EXERCISES["xor_by_hand"]
    networks = [a.function for a in RIGHT if a.exercise == "xor_by_hand"]
    for network in networks:
        parts = run(exercise, network, exercise.cases(np.random.default_rng(0))[0]).compared
        gates = [m for m in exercise.misconceptions if m.name in ("or", "and", "xnor", "silent")]
        assert not any(m.sees is not None and m.sees(parts) for m in gates)


# Are the references true?


def _torch_conv(x, weight, bias, stride=1, padding=0, dilation=1):
    import torch

    tensors = (torch.from_numpy(np.ascontiguousarray(a)) for a in (x, weight, bias))
    return torch.nn.functional.conv2d(
        *tensors, stride=stride, padding=padding, dilation=dilation
    ).numpy()


def _torch_conv_backward(dout, x, weight, stride=1, padding=0):
    import torch

    x, weight = (torch.tensor(a, requires_grad=True) for a in (x, weight))
    bias = torch.zeros(len(weight), dtype=x.dtype, requires_grad=True)
    out = torch.nn.functional.conv2d(x, weight, bias, stride, padding)
    out.backward(torch.tensor(dout))
    return tuple(a.grad.numpy() for a in (x, weight, bias))


def _torch_unfold(x, kernel_size, stride=1, padding=0):
    import torch

    x = torch.from_numpy(np.ascontiguousarray(x))
    return torch.nn.functional.unfold(x, kernel_size, stride=stride, padding=padding).numpy()


def _torch_activation(z, name):
    import torch

    z = torch.tensor(z, requires_grad=True)
    value = {**vars(torch), **vars(torch.nn.functional)}[name](z)
    value.sum().backward()
    return value.detach().numpy(), z.grad.numpy()


def _torch_output_size(size, kernel_size, stride=1, padding=0):
    import torch

    try:
        layer = torch.nn.Conv1d(1, 1, kernel_size, stride=stride, padding=padding)
        return layer(torch.zeros(1, 1, size)).shape[2]
    except RuntimeError as error:
        raise ValueError from error


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("conv2d_forward_loops", _torch_conv),
        ("dilated_conv2d", _torch_conv),
        ("conv2d_backward_loops", _torch_conv_backward),
        ("im2col", _torch_unfold),
        ("activations", _torch_activation),
        ("conv_output_size", _torch_output_size),
    ],
)
def test_does_pytorch_pass_the_check(name, function):
    for seed in range(3):
        verdict = judge(name, function, seed=seed)
        assert verdict.passed, verdict.text


def test_does_the_course_library_pass_the_checks():
    from course import functional

    def backward(dout, x, weight, stride=1, padding=0):
        _, cache = functional.conv2d_forward(
            x, weight, np.zeros(len(weight), x.dtype), stride, padding
        )
        return functional.conv2d_backward(dout, cache)

    def forward(*args, **options):
        return functional.conv2d_forward(*args, **options)[0]

    def activations(z, name):
        value, cache = getattr(functional, f"{name}_forward")(z)
        return value, getattr(functional, f"{name}_backward")(np.ones_like(z), cache)

    for name, function in (
        ("conv2d_forward_loops", forward),
        ("dilated_conv2d", forward),
        ("conv2d_backward_loops", backward),
        ("activations", activations),
    ):
        verdict = judge(name, function, seed=0)
        assert verdict.passed, verdict.text


def test_does_a_reference_return_arrays_that_can_be_written_to():
    for exercise in EXERCISES.values():
        for case in exercise.cases(np.random.default_rng(0)):
            for part in run(exercise, exercise.reference, case).parts:
                assert part.source is None or part.source.flags.writeable


def test_do_cases_cover_what_hides_mistakes():
    """Non-square, stride unlike size, overlap, padding or none, one sample, float32, layouts."""
    for name in ("conv2d_forward_loops", "conv2d_backward_loops", "dilated_conv2d"):
        cases = EXERCISES[name].cases(np.random.default_rng(0))
        x = [case.inputs["x"] for case in cases]
        weight = [case.inputs["weight"] for case in cases]
        assert any(a.shape[2] > a.shape[3] for a in x)
        assert any(a.shape[2] < a.shape[3] for a in x)
        assert any(w.shape[2] > w.shape[3] for w in weight)
        assert any(w.shape[2] < w.shape[3] for w in weight)
        assert {len(a) == 1 for a in x} == {True, False}
        assert {a.dtype.name for a in x} == {"float32", "float64"}
        assert {bool(case.inputs.get("padding", 0)) for case in cases} == {True, False}
        assert {case.inputs.get("stride", 1) for case in cases} >= {1, 2, 3}
        assert {case.layout for case in cases} == {"plain", "strided", "fortran"}
        assert any(not case.fresh()["x"].flags.c_contiguous for case in cases)


# Answers that are strange, broken or hostile


def _right(x, weight, bias, activation):
    return activation(x @ weight + bias)


class _AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None
    shape, dtype = (2,), np.dtype(float)


class _EqualArray(np.ndarray):
    def __eq__(self, other):
        return np.True_

    def __array_function__(self, *_):
        return np.True_

    def __array_ufunc__(self, *_, **__):
        return np.True_


class _Liar:
    __class__ = np.ndarray


class _Rude(Exception):
    def __str__(self):
        raise RuntimeError


def _raise(error):
    def function(*args):
        raise error

    return function


def _mutate_then_zero(x, weight, bias, activation):
    x[...] = 0
    weight[...] = 0
    return activation(np.zeros(len(x)) + bias)


def _calls_itself(*args):
    return _calls_itself(*args)


def _torch_answer(*args):
    import torch

    return torch.from_numpy(_right(*args))


def _all_of(value):
    return lambda x, *_: np.full(len(x), value)


_table = {}
for _case in EXERCISES["neuron_forward"].cases(np.random.default_rng(0)):
    _table[_case.label] = EXERCISES["neuron_forward"].call(_right, _case.inputs)


def _hard_coded(x, *_):
    for answer in _table.values():
        if len(answer) == len(x):
            return answer
    return np.zeros(len(x))


STRANGE = {
    "NotImplementedError": (_raise(NotImplementedError()), "not-written"),
    "None": (lambda *_: None, "not-written"),
    "dots": (lambda *_: ..., "not-written"),
    "text": (lambda *_: "1.0", "wrong-type"),
    "dict": (lambda *_: {}, "wrong-type"),
    "itself": (lambda *_: _right, "wrong-type"),
    "generator": (lambda *a: (v for v in _right(*a)), "wrong-type"),
    "matrix": (lambda *a: np.asmatrix(_right(*a)), "wrong-type"),
    "masked": (lambda *a: np.ma.masked_array(_right(*a)), "wrong-type"),
    "objects": (lambda *a: _right(*a).astype(object), "wrong-type"),
    "strings": (lambda *a: _right(*a).astype(str), "wrong-type"),
    "ragged": (lambda *a: [[1.0], [1.0, 2.0]], "wrong-type"),
    "tensor": (_torch_answer, "wrong-type"),
    "always equal": (lambda *_: _AlwaysEqual(), "wrong-type"),
    "list of always equal": (lambda x, *_: [_AlwaysEqual() for _ in x], "wrong-type"),
    "liar": (lambda *_: _Liar(), "wrong-type"),
    "enormous": (lambda *_: np.broadcast_to(0.0, (10**7, 10**7)), "wrong-type"),
    "tuple of arrays": (lambda *a: (_right(*a), None), "wrong-type"),
    "equal array": (lambda x, *_: np.ones(len(x)).view(_EqualArray), "wrong-value"),
    "bool": (lambda *a: _right(*a) > 0, "wrong-dtype"),
    "complex": (lambda *a: _right(*a) * (1 + 0j), "wrong-dtype"),
    "float16": (lambda *a: _right(*a).astype(np.float16), "wrong-dtype"),
    "int": (lambda *a: _right(*a).round().astype(int), "wrong-dtype"),
    "nan": (_all_of(np.nan), "not-finite"),
    "infinite": (_all_of(np.inf), "not-finite"),
    "zeros": (_all_of(0.0), "wrong-value"),
    "hard-coded": (_hard_coded, "wrong-value"),
    "mutate, then zero": (_mutate_then_zero, "changed-input"),
    "exit": (lambda *_: sys.exit(0), "exception"),
    "quit": (_raise(SystemExit()), "exception"),
    "interrupt": (_raise(KeyboardInterrupt()), "interrupted"),
    "recursion": (_calls_itself, "exception"),
    "memory": (lambda *_: np.ones((10**8, 10**8)), "exception"),
    "rude": (_raise(_Rude()), "exception"),
    "base": (_raise(BaseException("!")), "exception"),
    "generator exit": (_raise(GeneratorExit()), "exception"),
    "no arguments": (lambda: 0, "exception"),
    "divided": (lambda *_: 1 / 0, "exception"),
    "a class": (dict, "exception"),
    "random": (lambda x, *_: np.random.default_rng().normal(size=len(x)), "remembers"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_does_a_strange_answer_end_in_a_short_text(name, capfd):
    function, cause = STRANGE[name]
    with pytest.raises(CheckFailed) as caught:
        check("neuron_forward", function, seed=1)
    assert caught.value.cause == cause, caught.value.text
    assert "Traceback" not in caught.value.text
    assert 0 < len(caught.value.text) < 3000
    assert caught.value._render_traceback_() == caught.value.text.splitlines()
    assert capfd.readouterr() == ("", "")


def test_is_something_that_is_no_function_told_so():
    for thing in (None, 3.0, np.zeros(2)):
        assert judge("im2col", thing).cause == "not-callable"


def test_is_an_array_of_a_subclass_read_as_plain_numbers():
    def answer(*args):
        return _right(*args).view(_EqualArray)

    assert judge("neuron_forward", answer).passed


@pytest.mark.parametrize(
    ("words", "function"),
    [
        ("an index points outside", lambda x, *_: x[len(x)]),
        ("shapes do not fit were combined", lambda x, *_: x + np.zeros(x.shape[1] + 1)),
        ("matrix product", lambda x, weight, *_: x.T @ np.zeros(len(x) + 1)),
        ("has not been defined", lambda x, *_: undefined),  # noqa: F821
        ("divided by zero", lambda x, *_: 1 // 0),
        ("does not have", lambda x, *_: x.length()),
        ("keep the def line", lambda x: x),
        ("calls itself without end", _calls_itself),
        ("does not fit into memory", lambda *_: np.ones((10**8, 10**8))),
    ],
)
def test_is_an_exception_put_into_words(words, function):
    verdict = judge("neuron_forward", function)
    assert verdict.cause == "exception"
    assert words in verdict.text


def test_is_the_line_that_failed_shown():
    def answer(x, weight, bias, activation):
        total = x @ weight
        return total[bias]

    text = judge("neuron_forward", answer).text
    assert "return total[bias]" in text
    assert "test_checks.py, in answer" in text


def test_is_a_helper_that_is_not_written_named():
    def conv_output_size(*args):
        raise NotImplementedError

    def answer(x, kernel_size, stride=1, padding=0):
        return conv_output_size(x, kernel_size)

    verdict = judge("im2col", answer)
    assert verdict.cause == "not-written"
    assert "im2col calls conv_output_size, which is not written yet" in verdict.text


def test_is_a_print_in_place_of_a_return_noticed():
    verdict = judge("neuron_forward", lambda x, *_: print(x))
    assert verdict.cause == "not-written"
    assert "prints its answer but returns nothing" in verdict.text


def test_is_every_result_of_a_tuple_named():
    def answer(dout, x, weight, stride=1, padding=0):
        dx, dweight, dbias = TASKS["conv2d_backward_loops"].reference(
            dout, x, weight, stride, padding
        )
        return dx, dweight + 0.5, dbias

    text = judge("conv2d_backward_loops", answer).text
    assert "dweight[" in text
    assert "dx[" not in text
    assert "dbias[" not in text


def test_are_two_mistakes_both_told():
    def answer(z, name):
        value, slope = TASKS["activations"].reference(z, name)
        if name == "relu":
            return value, np.where(z >= 0, 1.0, 0.0)
        return (value, 1 - value) if name == "tanh" else (value, slope)

    text = judge("activations", answer).text
    assert "a power is missing" in text
    assert "Only z = 0 is off" in text


def test_is_a_second_mistake_without_a_name_announced():
    def answer(z, name):
        value, slope = TASKS["activations"].reference(z, name)
        if name == "relu":
            return value + 7, slope
        return (value, 1 - value) if name == "tanh" else (value, slope)

    assert "another mistake" in judge("activations", answer).text


def test_is_a_list_accepted_where_that_is_reasonable_and_said():
    verdict = judge("neuron_forward", lambda *args: _right(*args).tolist())
    assert verdict.passed
    assert "returned a list" in verdict.notes[0]
    verdict = judge("im2col", lambda *a, **o: TASKS["im2col"].reference(*a, **o).tolist())
    assert verdict.cause == "wrong-type"
    assert "np.array(cols)" in verdict.text


def test_are_the_hidden_values_of_a_wrong_network_worked_out():
    text = judge("xor_by_hand", lambda: (np.ones((2, 2)), np.zeros(2), np.ones(2), -0.5)).text
    assert "point 11: hidden      2      2, output     3.5 -> fires (should be: silent)" in text


def test_is_an_error_inside_the_course_shown_at_the_learners_line():
    from course import functional

    def answer(x, weight, bias, activation):
        return functional.linear_forward(x, x[:, :1], None)[0]

    assert "functional.linear_forward(x, x[:, :1]" in judge("neuron_forward", answer).text


def test_is_an_output_array_used_again_noticed():
    room = {}

    def answer(x, kernel_size, stride=1, padding=0):
        right = TASKS["im2col"].reference(x, kernel_size, stride, padding)
        out = room.setdefault(right.shape, right)
        out[...] = right
        return out

    assert judge("im2col", answer).cause == "reused-buffer"


# Loops without end


def _loop(*args):
    while True:
        pass


def _stubborn(*args):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722 - that is the point
            continue


def _deaf(*args):
    while True:
        with contextlib.suppress(BaseException):
            _loop()


def _chatty(*args):
    while True:
        print("still here")


@pytest.mark.parametrize("function", [_loop, _stubborn, _deaf, _chatty, lambda *_: time.sleep(60)])
def test_is_a_loop_without_end_stopped(function):
    before = signal.getsignal(signal.SIGALRM)
    start = time.monotonic()
    verdict = judge("neuron_forward", function, seconds=0.3)
    assert time.monotonic() - start < 5
    assert verdict.cause == "time-limit"
    assert "Stopped after 0.3 seconds" in verdict.text
    assert signal.getsignal(signal.SIGALRM) is before


def test_is_the_line_of_the_loop_shown():
    assert "in _loop" in judge("neuron_forward", _loop, seconds=0.2).text


def test_is_somebody_elses_alarm_wound_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    old = signal.setitimer(signal.ITIMER_REAL, 0.6)
    try:
        judge("neuron_forward", _right, seconds=5)
        assert not rung
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.6
        time.sleep(0.8)
        assert rung
    finally:
        signal.setitimer(signal.ITIMER_REAL, *old)
        signal.signal(signal.SIGALRM, before)


def test_is_no_alarm_left_behind():
    old = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        judge("neuron_forward", _right)
        judge("neuron_forward", _loop, seconds=0.1)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, *old)


def test_does_a_check_work_outside_the_main_thread():
    from threading import Thread

    found = []
    thread = Thread(target=lambda: found.append(judge("neuron_forward", _right)))
    thread.start()
    thread.join()
    assert found[0].passed


# What is printed


def test_is_success_one_quiet_line(capfd):
    assert check("neuron_forward", _right, seed=7) is None
    out, err = capfd.readouterr()
    assert out == "✓ neuron_forward: all cases right (8 cases, seed 7)\n"
    assert err == ""


def test_are_prints_and_warnings_kept_and_mentioned(capfd):
    def answer(*args):
        print("hello" * 10_000)
        print("to stderr", file=sys.stderr)
        warnings.warn("beware", stacklevel=1)
        np.log(np.zeros(1))
        return _right(*args)

    check("neuron_forward", answer)
    out, err = capfd.readouterr()
    assert err == ""
    assert "your function printed: hello" in out
    assert "UserWarning: beware" in out
    assert "divide by zero" in out
    assert len(out) < 1000


def test_are_settings_that_a_function_changes_put_back():
    streams, errors = (sys.stdout, sys.stderr), np.geterr()

    def answer(*args):
        np.seterr(all="raise")
        sys.stdout = sys.stderr = None
        warnings.simplefilter("error")
        return _right(*args)

    assert judge("neuron_forward", answer).passed
    assert (sys.stdout, sys.stderr) == streams
    assert np.geterr() == errors


def test_does_the_seed_come_from_the_environment_and_else_anew(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "123")
    assert judge("im2col", TASKS["im2col"].reference).seed == 123
    monkeypatch.setenv("COURSE_CHECK_SEED", "")
    assert len({judge("im2col", TASKS["im2col"].reference).seed for _ in range(3)}) == 3


def test_is_the_seed_named_and_does_it_repeat_the_failure():
    one, two = (judge("neuron_forward", _all_of(0.0), seed=99) for _ in range(2))
    assert one == two
    with pytest.raises(CheckFailed, match="seed 99"):
        check("neuron_forward", _all_of(0.0), seed=99)


def test_does_the_check_work_with_a_stand_in_for_the_function():
    class Proxy:
        __slots__ = ()

        def __call__(self, *args, **options):
            copies = [np.array(a) if isinstance(a, np.ndarray) else a for a in args]
            return TASKS["im2col"].reference(*copies, **options)

        def __eq__(self, other):
            raise TypeError("no comparing")

        __hash__ = None

        def __bool__(self):
            raise TypeError("no truth")

    assert judge("im2col", Proxy()).passed


@pytest.mark.parametrize("name", TASKS)
def test_does_the_hint_ladder_go_one_step_a_call(name, capsys, monkeypatch):
    monkeypatch.setattr(checks, "_hints_given", {})
    for _ in range(4):
        check.hint(name)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == [f"Hint {i} of 3" for i in (1, 2, 3, 3)]
    assert len(set(TASKS[name].hints)) == 3
    assert all(20 < len(text) < 300 for text in TASKS[name].hints)


def test_is_the_learners_function_used_only_if_it_is_right(capsys):
    reference = TASKS["im2col"].reference

    def mine(*args, **options):
        return reference(*args, **options)

    assert checks.own_or_reference("im2col", mine) is mine
    assert "your own function is used" in capsys.readouterr().out
    for wrong in (_all_of(0.0), _raise(NotImplementedError()), _raise(SystemExit())):
        assert checks.own_or_reference("im2col", wrong) is reference
    assert capsys.readouterr().out.count("the course's reference is used here") == 3


def test_is_a_right_but_slow_function_lent_the_reference(capsys):
    reference = TASKS["im2col"].reference

    def slow(x, *args, **options):
        time.sleep(0.15 if x.shape[0] == 9 else 0)  # only the call of the experiment is slow
        return reference(x, *args, **options)

    few, many = (np.ones((n, 1, 3, 3)) for n in (8, 9))
    assert checks.own_or_reference("im2col", slow, trial=(few, (2, 2))) is slow
    assert checks.own_or_reference("im2col", slow, trial=(many, (2, 2))) is reference
    assert "right, but takes 0.2 s a call" in capsys.readouterr().out
    assert checks.own_or_reference("im2col", slow, trial=(many, (2, 2)), within=1) is slow


def test_is_an_unknown_id_answered_by_the_nearest():
    with pytest.raises(KeyError, match="Did you mean 'im2col'"):
        check("im2cool", _right)


# Questions


@pytest.mark.parametrize("name", QUESTIONS)
def test_has_every_wrong_answer_of_a_question_its_own_sentence(name):
    question = QUESTIONS[name]
    assert question.answer not in question.wrong
    if question.options:
        assert set(question.wrong) == set(question.options) - {question.answer}
        assert list(question.options) == ["a", "b", "c", "d"]
    assert len(question.wrong) >= 3
    assert len(set(question.wrong.values())) == len(question.wrong)
    if not question.options:
        assert not any(str(question.answer) in sentence for sentence in question.wrong.values())


@pytest.mark.parametrize("name", QUESTIONS)
def test_does_the_lesson_print_the_question_as_the_check_knows_it(name):
    question = QUESTIONS[name]
    solutions = Path(__file__).parent.parent / "solutions"
    [source] = solutions.glob(f"{question.lesson}_*.py")
    prose = " ".join(source.read_text(encoding="utf-8").replace("\n#", "\n").split())
    for text in question.options.values():
        assert " ".join(text.split()) in prose


@pytest.mark.parametrize(
    "value", [1216, 1216.0, np.int32(1216), np.array([1216]), np.array(1216.0)]
)
def test_is_a_number_accepted_in_any_type(value):
    assert judge("question_parameters", lambda: value).passed


@pytest.mark.parametrize("value", ["1216", float("nan"), float("inf"), True, 1216.5, [1216], 1j])
def test_is_something_else_no_number(value):
    assert judge("question_parameters", lambda: value).cause == "wrong-type"


# Progress


def test_is_progress_remembered_and_shown(tmp_path):
    assert "✓ im2col" not in repr(checks.progress())
    check("im2col", TASKS["im2col"].reference)
    table = checks.progress()
    assert "✓ im2col" in repr(table)
    assert "✓&nbsp;im2col" in table._repr_html_()
    assert "03 Convolution: 1 of 8 done" in repr(table)
    assert list(json.loads((tmp_path / "progress.json").read_text())["done"]) == ["im2col"]
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


def test_does_a_wrong_answer_leave_progress_alone():
    with pytest.raises(CheckFailed):
        check("im2col", _all_of(0.0))
    assert record_module.done() == {}


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"done": 3}', b'{"done": {"im2col": 1}}', b"\xff\xfe"]
)
def test_is_a_damaged_progress_file_kept_beside_a_new_one(tmp_path, damage, capsys):
    (tmp_path / "progress.json").write_bytes(damage)
    check("im2col", TASKS["im2col"].reference)
    assert "starts afresh" in capsys.readouterr().out
    assert list(record_module.done()) == ["im2col"]
    assert (tmp_path / "progress.json.damaged").read_bytes() == damage


def test_can_progress_be_switched_off(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    check("im2col", TASKS["im2col"].reference)
    assert record_module.done() == {}
    assert "switched off" in repr(checks.progress())


def test_does_a_disk_that_cannot_be_written_matter(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    check("im2col", TASKS["im2col"].reference)
    assert "0 of 8 done" in repr(checks.progress())

    def refuse(*_args, **_options):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(record_module.tempfile, "mkstemp", refuse)
    check("im2col", TASKS["im2col"].reference)


# Preflight


def test_does_preflight_say_what_is_here():
    found = checks.preflight()
    assert found.ready, repr(found)
    assert "Your machine is ready" in repr(found)
    assert "numpy" in repr(found)
    assert "<table>" in found._repr_html_()
    assert {line.what for line in found.lines} >= {"Python", "packages", "data: fashion_mnist"}


def test_does_preflight_name_what_is_missing_or_old(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "pooch":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.26.4" if name == "numpy" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setenv("COURSE_DATA", "/nowhere at all")
    found = checks.preflight()
    assert not found.ready
    bad = {line.what: line for line in found.lines if line.mark == "✗"}
    assert set(bad) == {"pooch", "numpy", "COURSE_DATA"}
    assert "pip install 'pooch" in bad["pooch"].advice
    assert "about your machine" in found.verdict


# In a real notebook


NOTEBOOK = [
    "from course.checks import check\ndef f(*args, **options):\n    raise SystemExit",
    "check('im2col', f)",
    "def f(*args, **options):\n    while True:\n        try:\n            while True: pass\n"
    "        except: pass\ncheck('im2col', f, seconds=1)",
    "def f(x, weight, bias, activation):\n    import warnings; warnings.warn('careful')\n"
    "    return x[99]",
    "check('neuron_forward', f)",
    "from course import checks; checks.progress()",
    "def f(x, weight, bias, activation):\n    return activation(x @ weight + bias)",
    "check('neuron_forward', f)",
]


def test_does_a_notebook_show_short_texts_and_stay_alive(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    cells = [nbformat.v4.new_code_cell(source) for source in NOTEBOOK]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=60, allow_errors=True, kernel_name="python3")
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    errors = [o for o in outputs if o.output_type == "error"]
    assert [error.ename for error in errors] == ["CheckFailed"] * 3
    texts = ["\n".join(error.traceback) for error in errors]
    assert all(text.startswith("✗ ") and "Traceback" not in text for text in texts)
    assert "Stopped after 1 seconds" in texts[1]
    assert "line 3 of the cell, in f:\n    return x[99]" in texts[2]
    assert "UserWarning: careful" in texts[2]
    assert outputs[-1].text.startswith("✓ neuron_forward: all cases right")
