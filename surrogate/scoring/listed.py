"""Segments that a scenario lists by id: which of them are the model's own, and which it has to be told of."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.first_few import first_few
from scenarios.language.schema import Segment
from scenarios.problems import Problem, meant_by, or_else

_NAMED = 6
"""Segments that a sentence names."""

BEGINNING = "Listed segment"
"""What sentences on a scenario's list begin with; ``validate`` shows them."""

Rows = tuple[int | None, ...]
"""[S] the model's segment of the same id; None where it has none."""


def own_rows(ids: Sequence[str], segments: Sequence[Segment]) -> Rows:
    """Return which of a model's segments, whose ``ids`` are given, each listed segment [S] is."""
    number = {name: place for place, name in enumerate(ids)}
    return tuple(number.get(segment.id) for segment in segments)


def as_learned(ids: Sequence[str], segments: Sequence[Segment]) -> tuple[int, ...] | None:
    """Return the model's segment of every listed one; None where one is not the model's, or has a profile."""
    rows = own_rows(ids, segments)
    known = tuple(row for row in rows if row is not None)
    return known if len(known) == len(rows) and not any(segment.profile for segment in segments) else None


def nobodys(ids: Sequence[str], segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the listed segments of which neither the model nor a profile says who they are."""
    rows = own_rows(ids, segments)
    return tuple(one for one, row in zip(segments, rows, strict=True) if row is None and not one.profile)


def unknown_segments(ids: Sequence[str], segments: Sequence[Segment], column: str) -> list[Problem]:
    """Return a problem for every listed segment that a model of the retailer's own segments cannot know.

    Parameters
    ----------
    column
        Of the retailer's list, for the message.
    """
    listed = f"one of the model's segments, by the column {column} ({first_few(ids, _NAMED)})"
    return [
        Problem(
            where="model",
            what=f"segments.{segment.id}",
            expected=f"{listed}, or a profile that says who they are",
            got=segment.id,
            remedy=_near(segment.id, ids) or "write an id of these, or a profile of what the model has learned",
        )
        for segment in nobodys(ids, segments)
    ]


def profiled_by_list(key: str, value: float | str, column: str, ids: Sequence[str]) -> str | None:
    """Return the remedy for a profile that names one of the retailer's own segments (``tier: vip``) in place of its id.

    None where the key is not the column of the retailer's list.
    """
    if not column or key.replace("_", " ") != column.replace("_", " "):
        return None
    name = str(value) if str(value) in ids else None
    return f"write id: {name}, which is scored as the data's {column} {name}" if name else f"known: {', '.join(ids)}"


def count_notes(ids: Sequence[str], customers: Sequence[int], segments: Sequence[Segment]) -> tuple[str, ...]:
    """Say where the model's own segments are listed with another number of customers than the data has.

    Parameters
    ----------
    customers
        [S] of the model's segments.
    """
    told = [
        f"{one.id} ({one.customers:,}, in the data {customers[row]:,})"
        for one, row in zip(segments, own_rows(ids, segments), strict=True)
        if row is not None and one.customers != customers[row]
    ]
    if not told:
        return ()
    return (
        f"{BEGINNING}s are the model's own, with other numbers of customers than the data has: "
        f"{first_few(told, _NAMED)}. Baselines and orders are what the data shows of one customer, times the "
        "scenario's customers.",
    )


def average_notes(ids: Sequence[str], segments: Sequence[Segment], whom: str) -> tuple[str, ...]:
    """Say which listed segments are taken as everybody, because nothing says who they are.

    Parameters
    ----------
    whom
        What they are taken as: ``the average customer``.
    """
    names = [one.id for one in nobodys(ids, segments)]
    if not names:
        return ()
    who = f"{BEGINNING} {names[0]} has" if len(names) == 1 else f"{BEGINNING}s {first_few(names, _NAMED)} have"
    each = "it is" if len(names) == 1 else "each is"
    return (f"{who} no profile, and the model's are {first_few(ids, _NAMED)}: {each} taken as {whom}.",)


def declared_words(ids: Sequence[str], segments: Sequence[Segment]) -> str:
    """Say which listed segments the scenario declares itself; blank where all are the model's as they were learned."""
    rows = own_rows(ids, segments)
    names = [one.id for one, row in zip(segments, rows, strict=True) if row is None or one.profile]
    if not names:
        return ""
    return (
        "declared in the scenario"
        if len(names) == len(rows)
        else f"{first_few(names, _NAMED)} declared in the scenario"
    )


def _near(word: str, ids: Sequence[str]) -> str:
    return or_else(meant_by(word, ids), "")
