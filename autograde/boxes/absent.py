"""What a learner finds where PyTorch or the reference would be: everything, until it is used."""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from typing import Any, NoReturn

import numpy as np

FRAMEWORKS = ("autograd", "jax", "keras", "tensorflow", "torch", "torchvision")


class RuleError(RuntimeError):
    """The exercise is to be solved without this."""


class Absent(types.ModuleType):
    """Can be imported, named and annotated with; using it names the rule."""

    __path__ = []  # noqa: RUF012  (a package, of which nothing is known)

    def __getattr__(self, name: str) -> Any:
        """Another stand-in."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __call__(self, *_args: object, **_options: object) -> NoReturn:
        """Name the rule."""
        raise RuleError(
            f"{self.__name__} is not there while an exercise is graded: it is to be written with "
            "NumPy and your own functions"
        )

    def __instancecheck__(self, _thing: object) -> bool:
        """Nothing is of a type that is not there; libraries ask, where a name is imported."""
        return False

    __subclasscheck__ = __instancecheck__

    def __or__(self, _other: object) -> Absent:
        """Part of an annotation."""
        return self

    __ror__ = __getitem__ = __or__

    def __mro_entries__(self, _bases: object) -> NoReturn:
        """As the base of a class it would be used."""
        self()


class Finder(MetaPathFinder, Loader):
    """Finds a stand-in for each module of the hidden packages."""

    def __init__(self, packages: Sequence[str]) -> None:
        """Keep the packages' names."""
        self.packages = tuple(packages)

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A stand-in for hidden names, nothing for others."""
        if any(fullname == p or fullname.startswith(f"{p}.") for p in self.packages):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """The stand-in."""
        return Absent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Only what draws weights is given: a network can be put together, not computed."""
        if module.__name__ == "course.functional":
            module.__dict__.update(generator=_generator, pair=_pair)


def _generator(rng: np.random.Generator | int | None) -> np.random.Generator:
    """The generator, or one for the seed."""
    return np.random.default_rng(0 if rng is None else rng)


def _pair(size: Any, *_bounds: object) -> Any:
    """One size for both directions."""
    return (size, size) if isinstance(size, int) else tuple(size)


def hide(packages: Sequence[str]) -> None:
    """Let imports of these packages find stand-ins."""
    sys.meta_path.insert(0, Finder(packages))
