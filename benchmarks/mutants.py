"""Do the checks notice a small slip? Every right answer is damaged in one place and tried again.

    python -m benchmarks.mutants [EXERCISE ...]

The damage: an operator, a comparison, a number or an index is exchanged, `+=` becomes `=`. What
passes its check all the same is printed, to be looked at by a person: most are right answers in
another spelling (an array padded more than needed, x >= 0 where x = 0 gives the same).
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import textwrap
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from course import checks

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.FloorDiv),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.USub: (ast.UAdd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
PARTNERS = (
    ("i", "j"),
    ("u", "v"),
    ("r", "s"),
    ("oh", "ow"),
    ("h", "w"),
    ("n", "k"),
    ("top", "left"),
    ("y", "z"),
    ("x", "xp"),
    ("rows", "cols"),
    ("tall", "wide"),
    ("n_images", "n_filters"),
    ("stride", "padding"),
    ("dilation", "stride"),
    ("weight", "bias"),
)
SWAPS = dict(PARTNERS) | {b: a for a, b in reversed(PARTNERS)}


def slips(node: ast.AST) -> Iterator[dict[str, object]]:
    """The ways to damage one node: which attributes to set to what."""
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.UnaryOp() | ast.AugAssign():
            for operator in OPERATORS.get(type(node.op), ()):
                yield {"op": operator()}
        case ast.Compare(ops=[first, *_]):
            for operator in OPERATORS.get(type(first), ()):
                yield {"ops": [operator(), *node.ops[1:]]}
        case ast.Constant(value=value) if type(value) in (int, float):
            for other in {value + 1, value - 1, 0} - {value}:
                yield {"value": other}
        case ast.Name(id=name, ctx=ast.Load()) if name in SWAPS:
            yield {"id": SWAPS[name]}


def mutants(tree: ast.Module) -> Iterator[ast.Module]:
    """Every copy of `tree` with one node damaged."""
    for index, node in enumerate(ast.walk(tree)):
        for slip in slips(node):
            mutant = copy.deepcopy(tree)
            target = list(ast.walk(mutant))[index]
            for name, value in slip.items():
                setattr(target, name, value)
            yield mutant
        if isinstance(node, ast.AugAssign):
            yield _assigned(tree, index)


def _assigned(tree: ast.Module, index: int) -> ast.Module:
    """`total += x` becomes `total = x`."""
    mutant = copy.deepcopy(tree)
    target = list(ast.walk(mutant))[index]
    for parent in ast.walk(mutant):
        for body in (getattr(parent, "body", None), getattr(parent, "orelse", None)):
            if isinstance(body, list) and target in body:
                assign = ast.Assign([target.target], target.value)
                body[body.index(target)] = ast.copy_location(assign, target)
    return ast.fix_missing_locations(mutant)


def main() -> None:
    """Try all mutants; print those that pass, and the counts."""
    from right_answers import right_answers

    wanted, start = set(sys.argv[1:]), time.perf_counter()
    causes: Counter[str] = Counter()
    for answer in right_answers():
        if answer.exercise.startswith("question") or (wanted and answer.exercise not in wanted):
            continue
        source = textwrap.dedent(inspect.getsource(answer.function))
        tree = ast.parse(source[source.index("def ") :])
        before = ast.unparse(tree).splitlines()
        for mutant in mutants(tree):
            names = dict(answer.function.__globals__)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(mutant, "<mutant>", "exec"), names)
            seed = causes.total()
            verdict = checks.judge(answer.exercise, names["_"], seed=seed, seconds=3.0)
            causes[verdict.cause] += 1
            if verdict.passed:
                changed = [line for line in ast.unparse(mutant).splitlines() if line not in before]
                print(f"{answer.exercise} ({answer.style}): {' / '.join(changed).strip()}")
    tried, passed = causes.total(), causes[""]
    seconds = time.perf_counter() - start
    print(f"\n{tried} mutants tried, {tried - passed} rejected, {passed} passed, {seconds:.0f} s")


if __name__ == "__main__":
    main()
