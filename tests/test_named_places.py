"""Modules and names that documents and docstrings point to exist: a file that moves takes its mentions along."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("planner", "surrogate", "constraints", "scenarios")
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
SOURCES = [path for room in (*ROOMS, "benchmarks") for path in sorted((ROOT / room).rglob("*.py"))]
DOTTED = re.compile(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+)+)[`(]")
WRITTEN_BY_READERS = {"constraints/rules/kinds/weekend_only.py"}
"""Files of the worked example in docs/adding-a-rule.md, which its reader writes."""
FILES = re.compile(rf"\b((?:{'|'.join(ROOMS)}|benchmarks|tests)/[\w/*]+\.py)\b")


def missing(text: str) -> list[str]:
    """Return the places that a text names and the code does not have."""
    gone = [name for name in FILES.findall(text) if name not in WRITTEN_BY_READERS and not list(ROOT.glob(name))]
    return gone + [name for name in DOTTED.findall(text) if not exists(name)]


def exists(name: str) -> bool:
    """Return whether a dotted name is a module, or is defined in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if place.is_dir() or file.is_file():
            words = file.read_text() if file.is_file() else ""
            return all(
                re.search(rf"\b(?:def|class) {part}\b|^\s*{part}\b.*[=:]", words, re.M) for part in parts[length:]
            )
    return False


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_places_that_a_document_names_exist(path):
    """Every module, function and file that a document names in code marks is there."""
    assert missing(path.read_text()) == []


def test_places_that_docstrings_name_exist():
    """Docstrings point to modules and names that exist."""
    found = {str(path.relative_to(ROOT)): missing(path.read_text()) for path in SOURCES}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_is_gone_is_found():
    """A moved file and a renamed function are reported."""
    assert missing("see `surrogate/score.py`, `scenarios.loading.load.load_scenery`") == [
        "surrogate/score.py",
        "scenarios.loading.load.load_scenery",
    ]
    assert missing("see `scenarios.loading.load.load_scenario` and planner/report/*.py") == []


def test_every_package_is_shipped():
    """A new folder of modules stands in pyproject.toml, or an installed program would lack it."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("__init__.py")}
    assert sorted(listed) == sorted(".".join(folder.parts) for folder in folders)
