"""Is what the documents promise there: commands, files, and one list of requirements?"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAME = {"torch": "pytorch"}
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]


def makefile_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.M))
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert targets == phony, "every target is a command, so every target is .PHONY"
    return targets


# --------------------------------------------------------------- environment.yml = pyproject.toml


def conda_specs() -> dict[str, MatchSpec]:
    """The requirements of environment.yml, read as strictly as conda's own solvers do."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    specs = [MatchSpec(line, strict=True) for line in listed if isinstance(line, str)]
    return {spec.name.normalized: spec for spec in specs}


def test_environment_yml_names_the_same_packages_with_the_same_bounds() -> None:
    wanted = {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet("")}
    for line in PROJECT["dependencies"]:
        requirement = Requirement(line)
        wanted[CONDA_NAME.get(requirement.name, requirement.name)] = requirement.specifier
    got = {name: SpecifierSet(spec.version or "") for name, spec in conda_specs().items()}
    assert got == wanted


def test_environment_yml_installs_the_course_itself_by_pip() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert {"pip": ["--editable ."]} in environment["dependencies"]
    assert environment["channels"][0] == "conda-forge"


def test_environment_yml_explains_cpu_and_cuda() -> None:
    text = (ROOT / "environment.yml").read_text()
    assert "CPU build" in text
    assert "CUDA build" in text


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_every_requirement_has_an_oldest_and_an_excluded_newest_version(line: str) -> None:
    operators = sorted(bound.operator for bound in Requirement(line).specifier)
    assert operators == ["<", ">="]


def test_oldest_versions_are_printed_one_a_line() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/oldest.py"], capture_output=True, text=True, check=True
    )
    pinned = [Requirement(line) for line in done.stdout.split()]
    assert len(pinned) == len(PROJECT["dependencies"])
    for pin, line in zip(pinned, PROJECT["dependencies"], strict=True):
        assert Requirement(line).specifier.contains(next(iter(pin.specifier)).version)


# ------------------------------------------------------------------------------ make and .ci/run


def test_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^ +make ([a-z-]+) ", done.stdout, re.M))
    assert listed == makefile_targets()


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci/run"
    commands = [
        line
        for line in script.read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["exec make test"]
    assert os.access(script, os.X_OK)
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["test"]["steps"][-1] == {"run": ".ci/run"}


def test_settings_for_learners_switch_off_the_news_and_the_instructors_tools() -> None:
    folder = ROOT / "tools/lab_settings"
    overrides = yaml.safe_load((folder / "overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    disabled = yaml.safe_load((folder / "page_config.json").read_text())["disabledExtensions"]
    assert "@jupyter/nbgrader:formgrader" in disabled
    assert "@jupyter/nbgrader:validate-assignment" not in disabled


# ------------------------------------------------------------------------------------- documents


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_pictures_of_a_document_exist(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_commands_of_a_document_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    commands = re.findall(r"(?:`|\$ |=\S+ )make ([a-z][a-z-]*)", text)
    assert set(commands) <= makefile_targets()


def test_autograde_commands_of_the_documents_exist() -> None:
    help_ = subprocess.run(
        [sys.executable, "-m", "autograde", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    there = set(re.findall(r"^    ([a-z]+) ", help_.stdout, re.M))
    text = "".join((ROOT / document).read_text() for document in DOCUMENTS)
    named = set(re.findall(r"python -m autograde ([a-z]+)", text))
    assert named, "the documents show how to grade"
    assert named <= there


@pytest.mark.parametrize("document", DOCUMENTS)
def test_scripts_and_folders_named_in_a_document_exist(document: str) -> None:
    named = re.findall(
        r"`((?:course|autograde|solutions|notebooks|tools|tests|docs)/[\w./-]+)",
        (ROOT / document).read_text(),
    )
    generated = tuple(
        f"autograde/{name}" for name in ("source", "release", "submitted", "feedback", "reports")
    )
    missing = [
        name
        for name in named
        if "NN" not in name and not name.startswith(generated) and not (ROOT / name).exists()
    ]
    assert missing == []


def test_readme_begins_with_a_picture_two_commands_and_three_doors() -> None:
    screen = (ROOT / "README.md").read_text().splitlines()[:40]
    text = "\n".join(screen)
    assert re.search(r"!\[.{40,}\]\(docs/figures/lesson03.png\)", text), "a picture, described"
    assert re.findall(r"^\$ (make [a-z]+)", text, re.M) == ["make lab", "make test"]
    for door in ("learn", "teach", "lecture"):
        assert f"docs/{door}.md" in text


def test_licences_are_named_where_the_package_says() -> None:
    assert PROJECT["license"] == "BSD-3-Clause AND CC-BY-4.0"
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text()
    cc = (ROOT / "LICENSE-CC-BY-4.0").read_text()
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in cc


# -------------------------------------------------------------------------------- the installer


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / "tools/install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("TORCH", "CHROMIUM"):
        monkeypatch.delenv(name, raising=False)
    return module


def calls(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, fails: Callable[[str], bool]
) -> list[str]:
    """Record what pip is asked, and let the calls fail for which `fails` is true."""
    asked: list[str] = []

    def pip(*arguments: str, may_fail: bool = False) -> bool:
        asked.append(" ".join(arguments))
        failed = fails(asked[-1])
        assert may_fail or not failed
        return not failed

    monkeypatch.setattr(installer, "pip", pip)
    return asked


@pytest.mark.parametrize(
    ("system", "gpu", "said", "index_answers", "index_fails", "expected"),
    [
        ("Linux", False, None, True, False, ["cpu index"]),
        ("Linux", False, None, False, False, ["plain"]),
        ("Linux", False, None, True, True, ["cpu index", "plain"]),
        ("Linux", True, None, True, False, ["plain"]),
        ("Linux", True, "cpu", True, False, ["cpu index"]),
        ("Linux", False, "cuda", True, False, ["plain"]),
        ("Darwin", False, None, True, False, ["plain"]),
        ("Darwin", False, "cpu", True, False, ["plain"]),
    ],
)
def test_torch_comes_from_the_index_that_fits_the_machine(
    system: str,
    gpu: bool,
    said: str | None,
    index_answers: bool,
    index_fails: bool,
    expected: list[str],
    installer: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bound = next(line for line in PROJECT["dependencies"] if line.startswith("torch"))
    cpu = f"install --index-url https://download.pytorch.org/whl/cpu {bound}"
    monkeypatch.setattr(installer.platform, "system", lambda: system)
    monkeypatch.setattr(installer.shutil, "which", lambda name: name if gpu else None)
    monkeypatch.setattr(installer, "answers", lambda url: index_answers)
    monkeypatch.setattr(installer, "installed_build", lambda: "")
    if said:
        monkeypatch.setenv("TORCH", said)
    asked = calls(installer, monkeypatch, lambda command: index_fails and "--index-url" in command)
    installer.torch()
    assert asked == [{"cpu index": cpu, "plain": f"install {bound}"}[name] for name in expected]


def test_other_build_of_torch_on_demand_replaces_the_one_that_is_there(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer.platform, "system", lambda: "Linux")
    monkeypatch.setattr(installer, "installed_build", lambda: "cpu")
    monkeypatch.setenv("TORCH", "cuda")
    asked = calls(installer, monkeypatch, lambda command: False)
    installer.torch()
    assert asked[0] == "uninstall --yes torch"


def test_unknown_build_of_torch_is_refused(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH", "rocm")
    with pytest.raises(SystemExit):
        installer.torch()
    assert "TORCH must be cpu or cuda, not 'rocm'" in capsys.readouterr().err


def test_old_python_without_a_newer_one_is_named_with_the_remedy(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installer.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(installer.platform, "python_version", lambda: "3.9.2")
    monkeypatch.setattr(installer.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        installer.new_enough()
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer" in said
    assert "is Python 3.9.2" in said
    assert "make lab PYTHON=" in said


def test_without_chromium_and_apt_it_says_how_to_get_a_browser(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installer.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        installer.chromium()
    said = capsys.readouterr().err
    assert "brew install" in said
    assert "make test CHROMIUM=" in said


def test_second_call_finds_everything_and_asks_pip_nothing(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installer, "VENV", tmp_path)
    monkeypatch.setattr(installer.sys, "argv", ["install.py"])
    asked = calls(installer, monkeypatch, lambda command: pytest.fail("pip was asked"))
    installer.stamp("test").write_text(installer.key())  # `make test` installs what `make lab` does
    installer.main()
    assert asked == []


def test_changed_requirements_are_installed_at_the_next_call(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = installer.key()
    (tmp_path / "pyproject.toml").write_text("[project]")
    monkeypatch.setattr(installer, "ROOT", tmp_path)
    assert installer.key() != before
