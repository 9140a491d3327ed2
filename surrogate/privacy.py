"""What an artefact contains: which fields, about how few customers, and that no id and no key is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.answer.in_flight import ACTUALS, BELIEVED, FLIGHT
from scenarios.answer.remedies import RESTORE_FOLDER
from scenarios.language.text.csv_files import read_csv_file
from scenarios.language.words import ANONYMOUS
from scenarios.problems import InvalidInput, Problem
from surrogate.artefact_bytes import IdSearch, Piece, emails, id_columns, key_forms, open_up
from surrogate.model_file import DESCRIPTION, WEIGHTS, load_any, read_parts

LEAST = 50
"""Smallest group of customers that an artefact may describe, where nobody says otherwise."""
PLANS, RESOLVED = "plans.json", "problem/scenario.json"
KEY = "the key of the customers' pseudonyms"
"""What no artefact may hold."""
_PLAN_FILES = (
    "cells.parquet",
    "signature.json",
    "problem/problem.json",
    RESOLVED,
    "problem/effects.npz",
    "problem/hashes.json",
)
_FLIGHT_FILES = (f"problem/{FLIGHT}", f"problem/{ACTUALS}", f"problem/{BELIEVED}")
"""Of a re-planned folder only."""
_QUESTION, _EXPORT = "problem/question/", "csv/"

_MODEL_FIELDS = {
    "source": "name of the data, and its weeks",
    "kind": "kind of the data",
    "categories": "products of the scenario",
    "train_until": "last day that training saw before it was tested",
    "test_until": "last day of the data that was read",
    "scale": "medians and spreads that features are normalised by",
    "population": "mean features of all customers",
    "ensemble": "weights of the networks and of shelf items",
    "groups": "segments: sizes, mean features, demand, order sizes",
    "recent": "promotions of the last weeks",
    "regular_price": "regular prices",
    "weekday_share": "shares of weekdays in sales",
    "feature_offers": "what displays and mailers mean",
    "by_store": "whether displays and mailers are told by store",
    "seen": "how far the data's promotions reached",
    "support": "promotions that the data holds",
    "offers": "offers of the data: mechanic and parameters",
    "lift_sd": "uncertainty of lifts",
    "lift_sd_by_distance": "uncertainty of lifts far from the data",
    "slope_error": "uncertainty of answers to price, whatever their size",
    "weekly_noise": "chance in weekly units",
    "take_up_cv": "uncertainty of coupon use",
    "seed": "seed of all random choices",
    "currency": "what the data's amounts are in",
    "min_segment_size": "smallest group that training let in",
    "asked_segments": "number of segments that training was asked for",
    "accuracy": "how well it did on what it had not seen",
    "notes": "what to keep in mind",
    "cleaning": "counts of dropped and repaired rows",
    "data_hash": "SHA-256 of the data files",
    "versions": "versions of the libraries",
    "sections": "optional parts",
    "encoder": "names and scales of the features that are read",
    "mechanics": "mechanics that were tried",
    "products": "what one outcome means in units of a product",
    "outcomes": "weights of the networks, by outcome",
    "days": "days that an outcome spans",
    "order": "value of an average order",
    "randomised": "whether chance explains the differences between arms",
    "smallest_group": "customers of the smallest group in it",
}
_PLAN_PARTS = {
    PLANS: "plans: lines, totals, limits, bound",
    "cells.parquet": "units and money by plan, segment, product and period",
    "problem/problem.json": "how the question was read",
    RESOLVED: "the resolved question: segments, products, offers, rules",
    "problem/effects.npz": "baselines, lifts and take-up by segment, product, period and offer",
    "problem/hashes.json": "hashes of all files",
    "signature.json": "which key signed the folder",
    f"problem/{FLIGHT}": "what the campaign had run to when it was planned again, and what was changed",
    f"problem/{ACTUALS}": "the actuals by which it was planned again, as they were given",
    f"problem/{BELIEVED}": "the effects that were believed before the campaign",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field or file."""

    name: str
    what: str
    size: str
    """``5 x 40 numbers``, ``12 kB``."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an artefact holds."""

    kind: str
    """``model`` or ``plans``; of lists of customers ``rollout``, ``assignment`` or ``customers``."""
    parts: tuple[Part, ...]
    groups: tuple[tuple[str, int], ...]
    """Segments with their customers; sales without a customer are about nobody."""
    faults: tuple[str, ...]
    """Sentences about what should not be there."""
    checked: tuple[str, ...]
    """Sentences about what was searched and not found."""
    open: tuple[str, ...]
    """Sentences about what was not checked, and how it could be."""

    @property
    def smallest_group(self) -> int | None:
        """Customers of the smallest segment."""
        return min((customers for _, customers in self.groups), default=None)


def contents(
    path: Path, *, least: int = LEAST, key: bytes | None = None, ids: Iterable[str] = (), numbers: Iterable[int] = ()
) -> Contents:
    """Look into a model folder or a plan folder.

    Parameters
    ----------
    path
        The folder.
    least
        Smallest group of customers that it may describe.
    key
        The key of pseudonyms, to be searched for.
    ids, numbers
        Ids of the data and their pseudonyms, to be searched for.

    Raises
    ------
    InvalidInput
        When the folder is neither, or damaged.
    """
    if (path / DESCRIPTION).is_file():
        kind, parts, groups, total = _model(path)
    elif (path / PLANS).is_file():
        kind, parts, groups, total = _plans(path)
    else:
        got = "another folder" if path.is_dir() else "a file" if path.exists() else "no such folder"
        expected = f"a model folder ({DESCRIPTION}), a plan folder ({PLANS}), a rollout or a table of customers"
        raise InvalidInput([Problem(where=str(path), what="artefact", expected=expected, got=got)])
    faults = [f"Segment {name} has {count:,} customers, fewer than {least}." for name, count in groups if count < least]
    search = IdSearch(ids, numbers)
    for name in _files(path):
        if not _expected(kind, name):
            faults.append(f"{name} is no file of a {'model' if kind == 'model' else 'plan folder'}.")
        for piece in open_up(name, (path / name).read_bytes()):
            faults += _faults(piece, key, search, total if kind == "model" else None)
    faults += _groups_of_actuals(path, least) if kind == "plans" else []
    checked, left = _searched(key, search)
    return Contents(
        kind=kind,
        parts=tuple(parts),
        groups=tuple(groups),
        faults=tuple(dict.fromkeys(faults)),
        checked=tuple(checked),
        open=tuple(left),
    )


def _groups_of_actuals(path: Path, least: int) -> list[str]:
    """Say where the actuals of a re-planned folder tell of small groups: a holdout is a part of a segment."""
    try:
        told = read_csv_file(path / "problem" / ACTUALS).texts("customers")
    except OSError:
        return []
    counts = [float(one) for one in told if re.fullmatch(r"[0-9]+(\.0*)?", one)]  # a column with gaps has 7.0 for 7
    small = [int(one) for one in counts if 0 < one < least]
    if not small:
        return []
    few = "of a single customer" if min(small) == 1 else f"of as few as {min(small):,} customers"
    return [f"The actuals, which lie in the folder as they were given, tell sums {few}, fewer than {least:,}."]


def _files(path: Path) -> list[str]:
    return sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file() or one.is_symlink())


def _expected(kind: str, name: str) -> bool:
    if kind == "model":
        return name in (DESCRIPTION, WEIGHTS)
    return name in (PLANS, *_PLAN_FILES, *_FLIGHT_FILES) or name.startswith((_QUESTION, _EXPORT))


def _faults(piece: Piece, key: bytes | None, search: IdSearch, customers: int | None) -> list[str]:
    out = [f"{piece.place}: the column {name} holds customers one by one." for name in id_columns(piece)]
    out += [f"{piece.place}: an e-mail address, {address}." for address in emails(piece)[:3]]
    by_item = ": ensemble." in piece.place  # as many shelf items as customers would be chance
    if customers is not None and not by_item and piece.shape[:1] == (customers,):
        out.append(f"{piece.place}: one row a customer ({' x '.join(map(str, piece.shape))} numbers).")
    if key is not None and any(form in piece.content for form in key_forms(key)):
        out.append(f"{piece.place}: {KEY}.")
    found = search.found(piece)
    if found:
        more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
        out.append(f"{piece.place}: ids of customers: {', '.join(found[:3])}{more}.")
    return out


def key_looked_for(key: bytes | None) -> tuple[list[str], list[str]]:
    """Say of the key of pseudonyms that it was looked for, or that it could not be: what was checked, what is open."""
    if key is None:
        return [], ["the key of pseudonyms: no key file was found to compare with (--key FILE)"]
    return [f"not {KEY}"], []


def _searched(key: bytes | None, search: IdSearch) -> tuple[list[str], list[str]]:
    of_key, left = key_looked_for(key)
    checked = ["no column of ids, no e-mail address, no array with one row a customer", *of_key]
    if search.searched:
        checked.append(f"none of {len(search.searched):,} ids of the data, nor their pseudonyms")
    else:
        left.append("the data's own ids: name a file of them (--ids FILE)")
    if search.nobodys:
        left.append(f"the id {ANONYMOUS}, by which segments, too, name sales without a customer: it is nobody's")
    if search.too_short:
        left.append(f"{search.too_short:,} ids of fewer than six characters, which look like any other number or word")
    return checked, left


def _model(path: Path) -> tuple[str, list[Part], list[tuple[str, int]], int]:
    document, _ = read_parts(path)
    model = load_any(path)  # refuses entries that the format does not know
    parts = []
    for name, value in document["model"].items():
        if value in (None, [], {}):
            continue
        parts.append(Part(name=name, what=_MODEL_FIELDS.get(name, name.replace("_", " ")), size=_size(value)))
    groups = getattr(model, "groups", None)
    if groups is None:
        return "model", parts, [("the smallest", model.smallest_group)], 0
    sizes = [(name, int(count)) for name, count in zip(groups.ids, groups.customers, strict=True)]
    return "model", parts, sizes, sum(count for _, count in sizes)


def _size(value: Any) -> str:
    numbers, texts = _count(value)
    return " and ".join(
        f"{count:,} {word}{'' if count == 1 else 's'}"
        for count, word in ((numbers, "number"), (texts, "text"))
        if count
    )


def _count(value: Any) -> tuple[int, int]:
    """Return how many numbers and texts a value of model.json stands for, arrays included."""
    if isinstance(value, dict) and "array" in value:
        size = 1
        for length in value["shape"]:
            size *= length
        return size, 0
    if isinstance(value, dict | list):
        inner = [_count(one) for one in (value.values() if isinstance(value, dict) else value)]
        return sum(one[0] for one in inner), sum(one[1] for one in inner)
    return (0, 1) if isinstance(value, str) else (int(value is not None), 0)


def _plans(path: Path) -> tuple[str, list[Part], list[tuple[str, int]], int]:
    resolved = path / RESOLVED
    try:
        segments = json.loads(resolved.read_text(encoding="utf-8"))["segments"]
        groups = [(str(one["id"]), int(one["customers"])) for one in segments if one["id"] != ANONYMOUS]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        got = getattr(error, "strerror", None) or "another file"
        remedy = RESTORE_FOLDER
        problem = Problem(where=str(path), what=RESOLVED, expected="the resolved question", got=str(got), remedy=remedy)
        raise InvalidInput([problem]) from None
    parts = []
    for name in _files(path):
        if name.startswith(_QUESTION):
            what = "the question's own file, or a table that it names"
        elif name.startswith(_EXPORT):
            what = "exported lines, limits or bridge"
        else:
            what = _PLAN_PARTS.get(name, "not written by the program")
        parts.append(Part(name=name, what=what, size=f"{(path / name).stat().st_size / 1000:,.1f} kB"))
    return "plans", parts, groups, sum(count for _, count in groups)
