"""Commented scenarios to start from (`campaign init`): each valid as it is written, with the files it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path as FilePath

from scenarios.language.files import library, shipped
from scenarios.language.text.yaml_scalars import resolve_scalar
from scenarios.language.values import ID_PATTERN
from scenarios.problems import InvalidInput, Problem, did_you_mean
from scenarios.whole import drafted, or_room

DEFAULT_TEMPLATE = "basic"
_PREFIX = "template-"


def templates() -> tuple[str, ...]:
    """Return the names of the templates."""
    names = [entry.name.removesuffix(".yaml") for entry in library().iterdir() if entry.name.startswith(_PREFIX)]
    scenarios = [name for name in names if library().joinpath(f"{name}.yaml").is_file()]
    return tuple(sorted(name.removeprefix(_PREFIX) for name in scenarios if _is_scenario(name)))


def _is_scenario(name: str) -> bool:
    return f"\nscenario: {name}\n" in library().joinpath(f"{name}.yaml").read_text("utf-8")


def template(name: str) -> str:
    """Return the text of a template.

    Raises
    ------
    InvalidInput
        For an unknown name.
    """
    if name not in templates():
        remedy = did_you_mean(name, (*templates(), *shipped()))
        raise InvalidInput([Problem(where="--template", what=name, expected="a template", remedy=remedy)])
    return library().joinpath(f"{_PREFIX}{name}.yaml").read_text("utf-8")


def write_template(name: str, path: FilePath, *, replace: bool = False) -> tuple[FilePath, ...]:
    """Write a template and the files it names; they take the name of ``path``. Returns what was written.

    Raises
    ------
    InvalidInput
        For an unknown name, a folder, a file that exists (unless ``replace``) or a folder that cannot be written.
    """
    if path.is_dir() or not path.name:
        expected, remedy = "a file to write", f"name a file in it: {path / 'campaign.yaml'}"
        raise InvalidInput([Problem(where=str(path), what="file", expected=expected, got="a folder", remedy=remedy)])
    if name in shipped():
        texts = {path if file == f"{name}.yaml" else path.with_name(file): text for file, text in _copied(name)}
        _refuse_taken(texts, replace=replace)
        _write_together(path, texts)
        return tuple(texts)
    source = f"{_PREFIX}{name}"
    texts = {path: template(name)}
    for entry in sorted(library().iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith(f"{source}-"):
            texts[path.with_name(path.stem + entry.name.removeprefix(source))] = entry.read_text("utf-8")
    _refuse_taken(texts, replace=replace)
    scenario_id = path.stem if re.fullmatch(ID_PATTERN, path.stem) else "campaign"
    files = re.compile(rf"{source}(-[a-z]+\.[a-z]+)")
    for target, text in texts.items():
        named = text.replace(f"scenario: {source}\n", f"scenario: {_as_yaml(scenario_id)}\n")
        texts[target] = files.sub(lambda match: _as_yaml(path.stem + match[1]), named)
    _write_together(path, texts)
    return tuple(texts)


def _copied(name: str) -> Iterator[tuple[str, str]]:
    """Yield a shipped scenario's own file, then every file that it or these name, under their own names."""
    waiting, seen = [f"{name}.yaml"], {f"{name}.yaml"}
    known = {entry.name for entry in library().iterdir() if entry.name.endswith((".csv", ".yaml"))}
    while waiting:
        file = waiting.pop(0)
        text = library().joinpath(file).read_text("utf-8")
        yield file, text
        for named in sorted(set(re.findall(r"[\w.-]+\.(?:csv|yaml)", text)) & known - seen):
            seen.add(named)
            waiting.append(named)


def _refuse_taken(texts: Iterable[FilePath], *, replace: bool) -> None:
    texts = list(texts)
    odd = [target for target in texts if target.exists() and not target.is_file()]
    if odd:  # no --force replaces a pipe, a device or a folder
        raise InvalidInput(
            _not_writable(target, "a folder" if target.is_dir() else "a pipe or device", "choose another PATH")
            for target in odd
        )
    taken = [target for target in texts if target.exists()]
    if taken and not replace:
        remedy = "choose another PATH, or add --force to replace them"
        raise InvalidInput(
            Problem(where=str(target), what="file", expected="no such file yet", remedy=remedy) for target in taken
        )


def _as_yaml(word: str) -> str:
    """Quote a word where YAML, or our reading of it, would not take it as plain text."""
    try:
        plain = re.fullmatch(r"[\w.\-]+", word) is not None and isinstance(resolve_scalar(word), str)
    except ValueError:
        plain = False
    return word if plain else json.dumps(word, ensure_ascii=False)


def _write_together(path: FilePath, texts: Mapping[FilePath, str]) -> None:
    """Write all files or none: each is whole under another name before the first takes its place."""
    try:
        with ExitStack() as drafts:
            for target, text in texts.items():
                drafts.enter_context(drafted(target)).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        remedy = "choose another place" if path.parent.is_dir() else f"make the folder {path.parent} first"
        target = path if error.filename is None else FilePath(error.filename)
        got = (error.strerror or "an error").lower()
        raise InvalidInput([_not_writable(target, got, or_room(error, remedy))]) from None
    except UnicodeEncodeError:
        raise InvalidInput([_not_writable(path, "a name in another encoding", "choose another name")]) from None


def _not_writable(target: FilePath, got: str, remedy: str) -> Problem:
    return Problem(where=str(target), what="file", expected="a writable place", got=got, remedy=remedy)
