"""Names in members that are left out for their shape: a wrong key beside a wrong name is two mistakes, told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scenarios.language.checks.facts import Facts
from scenarios.language.checks.limits import known_measure
from scenarios.language.data_paths import value_at
from scenarios.language.schemas.funding import OF_PRODUCT
from scenarios.language.words import BASKET, EVERYBODY, Mechanic
from scenarios.problems import Path, Problem

_SCOPE = {
    "segments": "segment",
    "products": "product",
    "categories": "category",
    "offers": "offer",
    "channels": "channel",
    "mechanics": "mechanic",
}
"""Keys of a scope that hold lists of names, and what these name."""
_RULE_SCOPES = ("where", "only", "with", "after")
_LINE = ("offer", "product", "segment")
_SECTIONS = ("products", "offers", "limits", "rules", "history")


def names_apart(facts: Facts, told: Iterable[Problem]) -> list[Problem]:
    """Return the problems of names in members that could not be read as a whole.

    The other checks of names look at records; of a member without one, its names are looked at as they are written.

    Parameters
    ----------
    told
        What is known to be wrong: a name with a problem of its own gets no second one.
    """
    known_places = {(problem.where, problem.what) for problem in told}
    found = [*_unknown_names(facts), *_unknown_measures(facts)]
    return [problem for problem in found if (problem.where, problem.what) not in known_places]


def _unknown_names(facts: Facts) -> Iterator[Problem]:
    products = facts.ids("products")
    known = {
        "segment": facts.ids("segments"),
        "product": None if products is None else products | {BASKET},
        "category": facts.categories(),
        "offer": facts.ids("offers"),
        "channel": facts.ids("channels"),
        "gift": facts.ids("gifts"),
        "vendor": facts.vendors(),
        "mechanic": frozenset(Mechanic),
    }
    for path, kind, word in _written(facts):
        names = known[kind]
        if names is not None and word not in names:
            yield facts.unknown(path, kind, word, names)


def _unknown_measures(facts: Facts) -> Iterator[Problem]:
    for path, _ in _lost(facts, "limits"):
        for at in ((*path, "measure"), (*path, "share_of", "measure")):
            word = value_at(facts.data, at)
            if isinstance(word, str):
                yield from known_measure(facts, at, word)


def _lost(facts: Facts, section: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield path and data of the members of a section that were left out."""
    rows = facts.data.get(section)
    if section not in facts.kept or not isinstance(rows, list):
        return
    for index, row in enumerate(rows):
        if index not in facts.kept[section] and isinstance(row, dict):
            yield (section, index), row


def _written(facts: Facts) -> Iterator[tuple[Path, str, str]]:
    """Yield path, kind and word of every name in what was left out."""
    for section in _SECTIONS:
        for path, row in _lost(facts, section):
            yield from _of_member(section, path, row)
    response = facts.data.get("response")
    if "response" in facts.broken and isinstance(response, dict):
        for path, pair in _rows(("response", "halo"), response.get("halo")):
            for key in ("from", "to"):
                yield from _word((*path, key), "product", pair.get(key))
        ahead = response.get("pull_forward")
        own = ahead.get("own") if isinstance(ahead, dict) else None
        for path, row in _rows(("response", "pull_forward", "own"), own):
            yield from _word((*path, "product"), "product", row.get("product"))
            yield from _word((*path, "category"), "category", row.get("category"))


def _of_member(section: str, path: Path, row: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    if section == "products":
        yield from _word((*path, "vendor"), "vendor", row.get("vendor"))
    elif section == "offers":
        yield from _word((*path, "channel"), "channel", row.get("channel"))
        yield from _word((*path, "gift"), "gift", row.get("gift"))
        funding = row.get("funding")
        listed = _rows((*path, "funding"), funding)
        for at, paid in [((*path, "funding"), funding)] if isinstance(funding, dict) else listed:
            if paid.get("vendor") != OF_PRODUCT:
                yield from _word((*at, "vendor"), "vendor", paid.get("vendor"))
        yield from _scope((*path, "applies_to"), row.get("applies_to"))
    elif section == "limits":
        yield from _scope((*path, "where"), row.get("where"))
        share = row.get("share_of")
        if isinstance(share, dict):
            yield from _scope((*path, "share_of", "where"), share.get("where"))
    elif section == "rules":
        for key in _RULE_SCOPES:
            yield from _scope((*path, key), row.get(key))
        yield from _words((*path, "order"), "product", row.get("order"))
        for at, line in _rows((*path, "lines"), row.get("lines")):
            yield from _line(at, line)
    else:
        yield from _line(path, row)


def _scope(path: Path, scope: Any) -> Iterator[tuple[Path, str, str]]:
    if not isinstance(scope, dict):
        return
    for key, kind in _SCOPE.items():
        yield from _words((*path, key), kind, scope.get(key))
    yield from _word((*path, "vendor"), "vendor", scope.get("vendor"))


def _line(path: Path, line: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    for key in _LINE:
        if key == "offer" or line.get(key) != EVERYBODY:
            yield from _word((*path, key), key, line.get(key))


def _rows(path: Path, rows: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (*path, index), row


def _words(path: Path, kind: str, words: Any) -> Iterator[tuple[Path, str, str]]:
    for index, word in enumerate(words if isinstance(words, list) else ()):
        yield from _word((*path, index), kind, word)


def _word(path: Path, kind: str, word: Any) -> Iterator[tuple[Path, str, str]]:
    if isinstance(word, str):
        yield path, kind, word
