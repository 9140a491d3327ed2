"""Learned profiles as tables: segments and what sets them apart, profile axes, placed customers, drift."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from planner.figures import count, plural, share
from planner.report.table import Column, FittedTable
from scenarios.arrays import Int
from scenarios.first_few import first_few
from surrogate.people.drift import Drift, Match, Shift
from surrogate.people.placing import CustomerRows
from surrogate.people.profile_axes import Axis, ProfileSpace
from surrogate.people.rest import REST, large_rest
from surrogate.people.segments import STABLE
from surrogate.people.traits import Trait, written

_TRAITS = 3
_SEEN = 0.1
_BLURRED = (
    "Means carry noise, more in small segments, so that they tell on no customer (docs/privacy.md): they set segments "
    "apart, and averages for other ends are better taken from the data."
)


def show_segments(space: ProfileSpace, traits: dict[str, tuple[Trait, ...]]) -> FittedTable:
    """Segments with their sizes and the features that move their profiles most."""
    rows = [
        (
            name,
            space.names[number],
            f"{space.customers[number]:,}",
            share(float(space.shares[number])),
            "; ".join([trait.sentence() for trait in traits[name] if _clear(trait)][:_TRAITS]) or "-",
        )
        for number, name in enumerate(space.ids)
    ]
    return FittedTable(
        title="Segments",
        columns=(
            Column(title="id", least=4),
            Column(title="name", least=18),
            Column(title="customers", number=True),
            Column(title="share", number=True),
            Column(title="what sets its profile apart", least=24),
        ),
        rows=tuple(rows),
        notes=(*rest_sentences(space), _stability(space), _BLURRED),
    )


def rest_sentences(space: ProfileSpace) -> tuple[str, ...]:
    """Say that ``rest`` holds most customers, and what helps; a model knows visits a week, not baskets."""
    if not (REST in space.ids and space.least_visits > 0):
        return ()
    customers = space.customers.tolist()
    return large_rest(customers[space.ids.index(REST)], sum(customers), f"{space.least_visits:.2g} baskets a week")


def _clear(trait: Trait) -> bool:
    """Whether the figures that are shown differ, too: the network sees logarithms, people see rounded means."""
    differ = written(trait.feature, trait.value) != written(trait.feature, trait.average)
    return differ and abs(trait.value - trait.average) > _SEEN * max(abs(trait.value), abs(trait.average))


def _stability(space: ProfileSpace) -> str:
    if space.own:
        return f"Segments are the retailer's own, by the column {space.own} of its data file: no resample divides them."
    back = share(space.stability, digits=0)
    found = f"When the customers are resampled, even the least stable segment comes back to {back}"
    if len(space.ids) == 1 or (len(space.ids) == 2 and space.least_visits > 0):
        return "Nothing stable sets customers apart: they are one segment."
    if space.stability >= STABLE:
        alike = "other customers of the same shop would be divided much the same"
        return f"{found}: {alike}. Training with another --seed may still divide them otherwise."
    return (
        f"{found} only: other customers of the same shop would be divided otherwise; lines between segments are soft."
    )


def show_axes(space: ProfileSpace, axes: tuple[Axis, ...]) -> FittedTable:
    """Strongest directions of the learned profiles, by the features that move them, and where segments lie."""
    rows = [
        (str(number), share(axis.share, digits=0), axis.words, *(f"{score:+.1f}" for score in axis.scores))
        for number, axis in enumerate(axes, start=1)
    ]
    seen = sum(axis.share for axis in axes)
    return FittedTable(
        title="Profile axes: what the network looks at",
        columns=(
            Column(title="axis", least=4),
            Column(title="share", number=True),
            Column(title="what it means", least=24),
            *(Column(title=name, number=True, gives_way=1 + place) for place, name in enumerate(space.ids)),
        ),
        rows=tuple(rows),
        notes=(
            f"User_Profile = W.X: the directions that W stretches most, {share(seen, digits=0)} of it together; "
            "segments lie on them in normal spreads from the average customer.",
        ),
    )


def show_placed(space: ProfileSpace, rows: CustomerRows, label: Int) -> FittedTable:
    """How many customers were placed in each segment, beside the shares of training."""
    placed = np.bincount(label, minlength=len(space.ids))
    notes = []
    if rows.missing:
        shown = first_few(rows.missing, 6)
        missing = f"{plural(len(rows.missing), 'feature')} of {len(space.scale.names)}"
        notes.append(f"{missing} not in the file, taken as average: {shown}.")
    notes += blur_sentences(space)
    return FittedTable(
        title=f"{plural(len(label), 'customer')} placed",
        columns=(
            Column(title="id", least=4),
            Column(title="name", least=18),
            Column(title="customers", number=True),
            Column(title="share", number=True),
            Column(title="share in training", number=True),
        ),
        rows=tuple(
            (name, space.names[number], f"{size:,}", share(size / len(label)), share(float(space.shares[number])))
            for number, (name, size) in enumerate(zip(space.ids, placed.tolist(), strict=True))
        ),
        notes=tuple(notes),
    )


def blur_sentences(space: ProfileSpace) -> tuple[str, ...]:
    """Say that the model's means carry noise, and how many customers of its training they place elsewhere."""
    if space.own or len(space.ids) == 1:
        return ()
    told = "some" if math.isnan(space.elsewhere) else share(space.elsewhere)
    return (
        f"Means of segments carry noise, so that they tell on no customer (docs/privacy.md): {told} of the customers "
        "of training, who lie between two segments, are placed in another one than training counted them in.",
    )


_VERDICTS = {
    "same": "the same",
    "grew": "the same, grown",
    "shrank": "the same, shrunk",
    "changed": "traits moved",
    "new": "new",
    "gone": "gone",
}


def show_drift(before: ProfileSpace, after: ProfileSpace, drift: Drift) -> FittedTable:
    """Matched segments of two trainings: sizes, shares, what moved, and the verdict."""
    rows = []
    for match in drift.matches:
        named = after.names[match.after] if match.after is not None else before.names[match.before or 0]
        rows.append(
            (
                before.ids[match.before] if match.before is not None else "-",
                after.ids[match.after] if match.after is not None else "-",
                named,
                _moved(*(count(number) for number in match.customers)),
                _moved(*(share(part) for part in match.shares)),
                _VERDICTS[match.verdict],
                what_moved(match),
            )
        )
    return FittedTable(
        title="Segments then and now",
        columns=(
            Column(title="then", least=4),
            Column(title="now", least=4),
            Column(title="name", least=16),
            Column(title="customers", number=True),
            Column(title="share", number=True),
            Column(title="is", least=10),
            Column(title="what moved", least=20, gives_way=1),
        ),
        rows=tuple(rows),
    )


def _moved(before: str, after: str) -> str:
    return f"{before} -> {after}"


def shift_words(shift: Shift) -> str:
    """Return ``discount share up, 12.0% -> 19.0%``."""
    moved = _moved(written(shift.feature, shift.before), written(shift.feature, shift.after))
    return f"{shift.feature} {'up' if shift.spreads > 0 else 'down'}, {moved}"


def what_moved(match: Match) -> str:
    """Say which features moved, and how many more no farther than the noise of blurred means may move them."""
    beside = len(match.within_noise)
    blurred = [f"{beside}{' more' if match.shifts else ''} within the noise"] if beside else []
    return "; ".join([*(shift_words(shift) for shift in match.shifts), *blurred]) or "-"


def drift_sentences(drift: Drift, after: ProfileSpace) -> tuple[str, ...]:
    """Say in words what moved and what to do about it; ``after`` is the newer model's."""
    out = [f"{share(drift.share_moved)} of the customers would have to change segments to get from then to now."]
    out += [f"All customers: {shift_words(shift)}." for shift in drift.population]
    if not drift.population:
        out.append("All customers together shop as they did.")
    if any(match.within_noise for match in drift.matches):
        out.append(
            "Within the noise: means of segments carry noise, so that they tell on no customer (docs/privacy.md), and "
            "these features moved no farther than it may move them."
        )
    for match in drift.matches:
        if match.blurred and match.after is not None:
            size = " and ".join(count(number) for number in match.customers)
            out.append(
                f"{after.ids[match.after]}: so few customers ({size}) that its means may be {match.noise:.1f} normal "
                f"spreads apart by that noise alone, and they are {match.distance:.1f} apart: whether its traits moved "
                "cannot be told."
            )
    for names, text in ((drift.only_before, "no longer known"), (drift.only_after, "known now only")):
        if names:
            out.append(f"Features {text}, not compared: {', '.join(names)}.")
    if drift.steady:
        out.append("Every segment is still there: plans for the older segments can be read with the newer ones.")
    else:
        moved = sum(match.verdict in ("changed", "new", "gone") for match in drift.matches)
        what = f"{plural(moved, 'segment')} changed, new or gone"
        out.append(f"{what}: plan again with the newer model before the older segments are used.")
    return tuple(out)


def profiles_json(space: ProfileSpace, traits: dict[str, tuple[Trait, ...]], axes: tuple[Axis, ...]) -> dict[str, Any]:
    """Return segments and axes as JSON records."""
    return {
        "segments": [
            {
                "id": name,
                "name": space.names[number],
                "customers": int(space.customers[number]),
                "share": round(float(space.shares[number]), 6),
                "traits": [trait.sentence() for trait in traits[name]],
                "axes": [float(axis.scores[number]) for axis in axes],
            }
            for number, name in enumerate(space.ids)
        ],
        "axes": [
            {"share": axis.share, "words": axis.words, "features": [{"name": n, "weight": w} for n, w in axis.features]}
            for axis in axes
        ],
        "stability": space.stability,
        "own": space.own or None,
        "findings": list(rest_sentences(space)),
    }


def drift_json(before: ProfileSpace, after: ProfileSpace, drift: Drift) -> dict[str, Any]:
    """Return a drift as JSON records."""

    def row(match: Match) -> dict[str, Any]:
        return {
            "then": before.ids[match.before] if match.before is not None else None,
            "now": after.ids[match.after] if match.after is not None else None,
            "customers": list(match.customers),
            "shares": list(match.shares),
            "distance": match.distance,
            "verdict": match.verdict,
            "noise": match.noise,
            "shifts": [shift_words(shift) for shift in match.shifts],
            "within_noise": list(match.within_noise),
        }

    return {
        "segments": [row(match) for match in drift.matches],
        "share_moved": drift.share_moved,
        "steady": drift.steady,
        "sentences": list(drift_sentences(drift, after)),
    }
