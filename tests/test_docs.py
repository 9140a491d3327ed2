"""The docs say what the code does: every command, option, scenario key, mechanic, measure and rule is documented."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel, TypeAdapter
from yaml import safe_load as load_yaml

from planner.cli import app
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Rule
from scenarios.language.words import Layer, Measure, Mechanic, Unit

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))


@cache
def text(name: str) -> str:
    """Return a page of the docs."""
    return (DOCS / name).read_text("utf-8")


def commands() -> dict[str, Any]:
    """Return every command by name."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def options(command: Any) -> set[str]:
    """Return the long options of a command, ``--help`` left out."""
    names = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    return names - {"--help"}


def section(page: str, title: str) -> str:
    """Return what stands under ``## title``."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {title}"
    return found[1]


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_documented(name: str) -> None:
    """docs/command-line.md has a section for each command that names its options, and no others."""
    here = section(text("command-line.md"), name)
    usage = "".join(line for line in here.splitlines(keepends=True) if line.startswith("    "))
    documented = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", usage))
    assert documented == options(commands()[name])


def test_no_command_is_documented_that_does_not_exist() -> None:
    """Every section of docs/command-line.md is a command."""
    titles = re.findall(r"^## (\S+)$", text("command-line.md"), re.MULTILINE)
    assert sorted(titles) == sorted(commands())


def _command_lines() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for line in page.read_text("utf-8").splitlines():
            for found in re.findall(r"(?:^|[\s`/])campaign ([a-z]+ [^`|#]*|[a-z]+$)", line):
                if line.startswith(("    ", "$ ", "campaign ", "python3 ")) or "`campaign" in line:
                    yield page.name, found


def test_every_command_line_in_the_docs_can_be_typed() -> None:
    """Commands and options shown anywhere in README and docs exist."""
    known = commands()
    seen = 0
    for page, line in _command_lines():
        words = shlex.split(line.replace("[", " ").replace("]", " ").replace("...", " "))
        name = words[0]
        assert name in known, f"{page}: campaign {line}"
        for word in words[1:]:
            if word.startswith("--"):
                assert word.split("=")[0] in options(known[name]), f"{page}: campaign {line}"
        seen += 1
    assert seen > 20


def _models(model: type[BaseModel], found: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Collect every record that a record holds, itself included."""
    if model.__name__ in found:
        return found
    found[model.__name__] = model
    for field in model.model_fields.values():
        for kind in _kinds(field.annotation):
            _models(kind, found)
    return found


def _kinds(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


@pytest.mark.parametrize("name", sorted(set(_models(Scenario, {})) - {"DateRange"}))
def test_every_key_of_a_record_is_documented(name: str) -> None:
    """Each key of the scenario language stands in code letters in docs/scenario-language.md (rules: docs/rules.md)."""
    model = _models(Scenario, {})[name]
    page = text("scenario-language.md") + text("rules.md")
    words = {word for span in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"\w+", span)}
    for field, info in model.model_fields.items():
        key = info.alias or field
        assert key in words, f"{name}.{key}"


@pytest.mark.parametrize("word", [*Mechanic, *Measure, *Layer, *Unit])
def test_every_word_of_the_language_is_documented(word: str) -> None:
    """Mechanics, measures, layers and units are explained."""
    assert f"`{word}`" in text("scenario-language.md")


@pytest.mark.parametrize("rule", get_args(get_args(Rule)[0]), ids=lambda rule: str(rule.__name__))
def test_every_rule_is_documented_with_its_keys_and_an_example(rule: type[BaseModel]) -> None:
    """docs/rules.md has a row with the keys of each rule, and an example."""
    tag = get_args(rule.model_fields["rule"].annotation)[0]
    row = re.search(rf"^\| `{tag}` \|(.*?)\|", text("rules.md"), re.MULTILINE)
    assert row is not None, tag
    shared = {"id", "name", "where", "firm", "rule"}
    own = {info.alias or name for name, info in rule.model_fields.items()} - shared
    assert set(re.findall(r"`(\w+)`", row[1])) == own
    assert f"**{tag}** `{{rule: {tag}" in text("rules.md")


def test_every_example_of_a_rule_can_be_written() -> None:
    """Rules shown in docs/rules.md are read as scenarios read them, `on` and `off` traps of YAML included."""
    seen = set()
    for span in re.findall(r"`(\{rule: [^`]*)`", text("rules.md")):
        words = [word for word in load_yaml(" ".join(span.split())) if not isinstance(word, str)]
        assert not words, span
        rule = TypeAdapter(Rule).validate_python({"id": "example"} | load_yaml(" ".join(span.split())))
        seen.add(rule.rule)
    assert seen == {get_args(each.model_fields["rule"].annotation)[0] for each in get_args(get_args(Rule)[0])}


def _anchors(page: Path) -> set[str]:
    """Return what links into a page can name: its headings, in small letters with hyphens, and its own marks."""
    written = page.read_text("utf-8")
    titles = re.findall(r"^#+ (.+)$", written, re.MULTILINE)
    of_titles = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return of_titles | set(re.findall(r'<a id="([\w-]+)"></a>', written))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A page that another one names exists, and so does the heading that a link leads to."""
    written = page.read_text("utf-8")
    for name in re.findall(r"docs/([\w-]+\.(?:md|svg))", written):
        assert (DOCS / name).exists(), f"docs/{name}"
    for name, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", written):
        leads_to = page.parent / name if name else page
        assert leads_to.exists(), name
        assert not anchor or anchor in _anchors(leads_to), f"{name}#{anchor}"


def test_no_page_names_this_machine() -> None:
    """Docs hold for every reader."""
    for page in PAGES:
        assert not re.search(r"/work/|shared/|/tmp/", page.read_text("utf-8")), page.name


def test_every_dependency_is_pinned_for_the_checks() -> None:
    """.ci/pins.txt names a version of each dependency of the package and its development tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / ".ci" / "pins.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    for requirement in wanted:
        name = re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")
        assert name in pinned, name


def test_the_readme_holds_both_commands_and_a_picture() -> None:
    """The two commands set everything up by themselves; the picture is real output."""
    page = (ROOT / "README.md").read_text("utf-8")
    starts = [line for line in page.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert len(starts) == 2
    assert starts[0].endswith("&& .venv/bin/campaign plan grocery-journey --out plans/")
    assert starts[1].endswith("&& .venv/bin/pytest")
    assert "docs/plan.svg" in page
