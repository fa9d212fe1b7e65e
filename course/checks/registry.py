"""Every exercise and question of the course, by id."""

from __future__ import annotations

from functools import cache

from . import lesson_00, lesson_01, lesson_02, lesson_03, lesson_05, lesson_06
from .task import Exercise, Question

LESSONS = {
    "00": ("Start here", lesson_00.TASKS),
    "01": ("Neurons", lesson_01.TASKS),
    "02": ("Learning", lesson_02.TASKS),
    "03": ("Convolution", lesson_03.TASKS),
    "05": ("Fully connected", lesson_05.TASKS),
    "06": ("Architectures", lesson_06.TASKS),
}


@cache
def exercises() -> dict[str, Exercise | Question]:
    """All tasks in the order of the lessons: id -> Exercise or Question."""
    tasks: dict[str, Exercise | Question] = {}
    for number, (_title, lesson) in LESSONS.items():
        for task in lesson:
            if task.id in tasks or task.lesson != number:
                raise ValueError(f"task {task.id!r}: a second one, or in the wrong lesson")
            tasks[task.id] = task
    return tasks


def find(task_id: str) -> Exercise | Question:
    """The task of this id, or a KeyError that names the nearest."""
    from difflib import get_close_matches

    try:
        return exercises()[task_id]
    except KeyError:
        near = get_close_matches(str(task_id), exercises(), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(exercises())}."
        raise KeyError(f"no exercise is called {task_id!r}.{hint}") from None
