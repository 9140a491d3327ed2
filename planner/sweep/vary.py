"""What a sweep varies: ``limits.total-budget.max=500000:1500000:5`` as a path and its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from planner.typed_numbers import typed_share
from scenarios.language.slips.point_numbers import read_both_ways
from scenarios.plain_digits import digits_remedy, is_rank
from scenarios.problems import InvalidInput, Problem, shown

MOST_POINTS = 200
"""Plans that one sweep may make."""
_EXAMPLE = "PATH=FIRST:LAST:POINTS such as limits.total-budget.max=500000:1500000:5, or PATH=VALUE,VALUE,..."


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One scalar of a scenario and the values that it takes."""

    path: str
    """As in ``--set``."""
    values: tuple[str, ...]
    """As in ``--set``: numbers, or shares with a percent sign."""

    @property
    def numbers(self) -> tuple[Decimal, ...] | None:
        """The values as numbers, shares as 0 to 1; None where one is none."""
        found = [typed_share(value) for value in self.values]
        return tuple(number for number in found if number is not None) if None not in found else None


def read_axes(options: Sequence[str]) -> tuple[Axis, ...]:
    """Read the ``--vary`` options.

    Raises
    ------
    InvalidInput
        With everything that is wrong with them.
    """
    axes: list[Axis] = []
    problems: list[Problem] = []
    for option in options:
        found = _axis(option)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.path in {axis.path for axis in axes}:
            remedy = "give all its values in one option"
            problems.append(
                Problem(where=f"--vary {option}", what="path", expected="each once", got=found.path, remedy=remedy)
            )
        else:
            axes.append(found)
    count = len(points_of(axes)) if not problems else 0
    if count > MOST_POINTS:
        expected = f"at most {MOST_POINTS} points in all"
        problems.append(Problem(where="--vary", what="points", expected=expected, got=str(count)))
    if problems:
        raise InvalidInput(problems)
    return tuple(axes)


def points_of(axes: Sequence[Axis]) -> tuple[tuple[str, ...], ...]:
    """All combinations of values, in an order in which each differs from the one before by one step."""
    combined: list[tuple[str, ...]] = [()]
    for axis in axes:
        longer = []
        for number, start in enumerate(combined):
            values = axis.values if number % 2 == 0 else axis.values[::-1]
            longer += [(*start, value) for value in values]
        combined = longer
    return tuple(combined)


def _axis(option: str) -> Axis | Problem:
    where = f"--vary {option}"
    path, equals, text = (part.strip() for part in option.partition("="))
    if not equals or not path or not text:
        return Problem(where=where, what="option", expected=_EXAMPLE, got=shown(option))
    if ":" not in text:
        values = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if len(values) < 2:
            return Problem(where=where, what="values", expected="at least two values", got=shown(text))
        return Axis(path=path, values=values)
    parts = [part.strip() for part in text.split(":")]
    ends = [typed_share(part) for part in parts[:2]]
    if len(parts) != 3 or None in ends or not is_rank(parts[2]):
        remedy = digits_remedy(text)
        return Problem(where=where, what="values", expected=_EXAMPLE, got=shown(text), remedy=remedy)
    points = int(parts[2])
    if not (2 <= points <= MOST_POINTS):
        return Problem(where=where, what="points", expected=f"2 to {MOST_POINTS} points", got=parts[2])
    return _spread(path, parts[0], parts[1], points, where)


def _spread(path: str, first: str, last: str, points: int, where: str) -> Axis | Problem:
    """Even steps between two ends; whole numbers between whole ends."""
    percent = first.endswith("%")
    if percent != last.endswith("%"):
        return Problem(
            where=where, what="values", expected="both ends with a percent sign or neither", got=f"{first}:{last}"
        )
    low, high = (Decimal(end.rstrip("% ")) for end in (first, last))
    digits = max(-int(end.as_tuple().exponent) for end in (low, high))
    step = Decimal(1).scaleb(-digits - (2 if digits or percent else 0))
    made = [low + (high - low) * number / (points - 1) for number in range(points)]
    texts = [f"{value.quantize(step, ROUND_HALF_EVEN):f}" for value in made]
    short = [_short(text) for text in texts]
    short = [f"{text}0" if read_both_ways(text) else text for text in short]  # four decimals are decimals
    for place, end in ((0, first), (-1, last)):
        if read_both_ways(end):
            short[place] = end  # 350.000 as it is typed, so that it is read, or refused, as --set does
    values = tuple(dict.fromkeys(text + ("%" if percent else "") for text in short))
    if len(values) < points:
        remedy = f"write at most {len(values)} points, or ends with decimals" if len(values) > 1 else "write two ends"
        return Problem(
            where=where, what="points", expected="points that differ", got=f"{len(values)} of them", remedy=remedy
        )
    return Axis(path=path, values=values)


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def grid_size(axes: Sequence[Axis]) -> str:
    """Say how many points: ``5 points``, ``3 x 4 points``."""
    return " x ".join(str(len(axis.values)) for axis in axes) + " points"
