"""Does the grader hold against every submission of the corpus? One test for each file."""

import pytest
from attacks.graders import graders, is_isolated
from attacks.harness import DEADLINE, attacks, load, prepared, tried
from attacks.lesson import ALL_POINTS

ALL = attacks()
QUICK = {
    "endings/process_ends_when_called",
    "formats/latin_1",
    "honest/full",
    "honest/shadowed_names",
    "outputs/result_from_inside",
    "patching/judge_code",
    "reading/expected_through_frames",
    "reading/secret_file",
    "shadowing/course_in_the_folder",
    "shell/input_transformer",
    "surgery/check_copied",
    "wire/array_that_answers_itself",
    "wire/frames_on_every_descriptor",
    "writing/files_left_when_called",
}
# In a kernel the tests run beside the student's code: there only honest work gets what is fair.
CORPUS = ALL if is_isolated() else [load("honest", name) for name in ("full", "half", "blank")]


def marks(attack):
    return [] if attack.id in QUICK else [pytest.mark.slow]


@pytest.mark.parametrize("attack", [pytest.param(a, id=a.id, marks=marks(a)) for a in CORPUS])
@pytest.mark.timeout(DEADLINE + 100)
def test_the_score_is_fair_and_nobody_else_is_touched(attack):
    grader = graders()["own"]
    result = tried(attack, grader, prepared(grader))
    assert not result.faults(), f"{attack.says}\n{result.said}"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("patching/numpy_testing", "score 7.0, fair would be 2"),
        ("reading/secret_file", "read: secret file"),
        ("reading/network_port", "read: network (port)"),
        ("shell/commands", "changed or left: valuables/thesis.txt"),
        ("writing/classmates_work_emptied", "the classmate got 0.0, not 10"),
        ("endings/process_left", "still running: python"),
    ],
)
@pytest.mark.slow
def test_the_harness_sees_what_a_grader_without_boxes_lets_through(name, fault):
    grader = graders()["stock"]
    result = tried(load(*name.split("/")), grader, prepared(grader))
    assert fault in result.faults()


def test_every_attack_says_what_it_tries_and_what_it_deserves():
    assert {attack.id for attack in ALL} >= QUICK
    assert len([a for a in ALL if a.group != "honest"]) >= 80
    for attack in ALL:
        assert attack.says.endswith("."), attack.id
        assert 0 <= attack.fair <= ALL_POINTS, attack.id
