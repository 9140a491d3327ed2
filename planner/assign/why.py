"""One customer explained: what every offer is worth, what it pays for at the limits' prices, what was chosen, why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows, choose
from constraints.assign.terms import Terms
from planner.assign.closed import why_closed
from planner.assign.intake import Intake, Taken
from scenarios.arrays import Float

_ALIKE = 1e-9
_TOLD = 0.005
"""Difference between a value and what it is counted at that can be read."""
_FULL = "the limits hold whole offers, and others make more of the room"
_MIXED = "the limits hold whole offers, and a mix of offers is worth more over the futures"
NOT_CAREFUL = "pays as expected, and not in the futures that count most"


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What one limit costs an offer."""

    limit: str
    measure: str
    use: float
    """Of the limit, by this customer, in its own unit."""
    price: float
    """Per unit."""

    @property
    def cost(self) -> float:
        """Value that others lose by the use."""
        return self.use * self.price


@dataclass(frozen=True, kw_only=True)
class OptionScore:
    """One offer for one customer."""

    offer: str
    open: bool
    value: float | None
    """Added to the objective, whether the offer is open or not; None where the file has no value."""
    paid: tuple[Paid, ...]
    worth: float | None
    """Value, or what it is counted at, less what its uses cost others; None where the offer is closed."""
    why: str
    counted: float | None = None
    """What the value counts where a careful objective weighs the futures; None where expected values decide."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One customer's offers, the best after prices first."""

    customer: str
    segment: str
    offer: str | None
    """What the customer gets."""
    options: tuple[OptionScore, ...]
    sentence: str


def best_choices(rows: Rows, terms: Terms, prices: Float, counted: Float | None = None) -> NDArray[np.int8]:
    """Return what each customer gets at prices [L], by values or by what these are ``counted`` at [C, n]."""
    if counted is not None:
        rows = replace(rows, value=np.where(np.isfinite(rows.value), counted, -np.inf))
    return choose(rows, terms.question.price_table(prices))[0]


def explain(
    intake: Intake, taken: Taken, row: int, choice: int, prices: Float, counted: Float | None = None
) -> Explained:
    """Explain one of the customers that were read.

    Parameters
    ----------
    choice
        What the customer gets: 0 for nothing, c + 1 for the c-th offer.
    prices
        [L] per fine unit.
    counted
        [C, n] what values count at, where a careful objective decided.
    """
    terms = intake.terms
    options = [_option(intake, taken, row, offer, prices, counted) for offer in range(len(terms.offers))]
    worths = [option.worth if option.worth is not None else -np.inf for option in options]
    got = worths[choice - 1] if choice else 0.0
    said = [
        option if not option.open else replace(option, why=_why(option, number + 1 == choice, got))
        for number, option in enumerate(options)
    ]
    order = sorted(range(len(said)), key=lambda number: (number + 1 != choice, -worths[number], number))
    offer = terms.offers[choice - 1].id if choice else None
    once = terms.sendings[choice - 1] if choice else None
    days = "" if once is None else f" ({once.words})"
    return Explained(
        customer=str(taken.ids[row]),
        segment=terms.segments[int(taken.rows.segment[row])],
        offer=offer,
        options=tuple(said[number] for number in order),
        sentence=sentence_of(choice, got, worths, said, days) + counted_words(choice, said),
    )


def _option(intake: Intake, taken: Taken, row: int, offer: int, prices: Float, counted: Float | None) -> OptionScore:
    terms, rows = intake.terms, taken.rows
    name, value = terms.offers[offer].id, float(taken.scored[offer, row])
    if not np.isfinite(rows.value[offer, row]):
        told = value if np.isfinite(value) else None
        why = why_closed(intake, taken, row, offer)
        return OptionScore(offer=name, open=False, value=told, paid=(), worth=None, why=why)
    paid = []
    for limit, read, price in zip(terms.question.limits, terms.limits, prices, strict=True):
        if not limit.cells[rows.segment[row], offer] or price <= 0:
            continue
        use, fine = rows.use[limit.measure], terms.fine(read.measure)
        amount = 1.0 if use is None else float(use[offer, row]) / fine
        if amount:
            paid.append(Paid(limit=limit.id, measure=read.measure.value, use=amount, price=float(price) * fine))
    counts = None if counted is None else float(counted[offer, row])
    worth = (value if counts is None else counts) - sum(one.cost for one in paid)
    worth = worth if abs(worth) > _near(value) else 0.0
    return OptionScore(offer=name, open=True, value=value, paid=tuple(paid), worth=worth, why="", counted=counts)


def _why(option: OptionScore, chosen: bool, got: float) -> str:
    """Say why an open offer was chosen or not."""
    if chosen:
        return "chosen"
    if option.worth is None or option.value is None:
        raise ValueError("an open offer has a value")
    value = option.value if option.counted is None else option.counted
    if value <= 0:
        return "does not pay, even where limits cost nothing" if option.value <= 0 else NOT_CAREFUL
    near = _near(value)
    if option.worth > got + near:
        if option.counted is not None:
            return "worth more by itself, but the limits have no room for it, or too many get it in the same futures"
        return "worth more, but the limits have no room for it: others' uses did not leave enough"
    if option.worth >= got - near:
        return "as good: no price tells the two apart, the limits' room and the id's hash decided"
    if option.worth <= near and got <= near:
        return "others get more out of what it uses"
    return "worth less after what it uses" if option.worth < value - near else "worth less"


def _near(value: float) -> float:
    """Return how far amounts may lie apart and still be equal: prices and sums have so many digits."""
    return _ALIKE * max(1.0, abs(value))


def sentence_of(choice: int, got: float, worths: list[float], options: list[OptionScore], days: str = "") -> str:
    """Say what a customer gets, and why nothing that prices alone would give; ``choice`` 0 is nothing.

    Parameters
    ----------
    days
        When what the customer gets is sent and until when it may be used, where it is sent once.
    """
    offer = options[choice - 1].offer if choice else None
    better = int(np.argmax(worths))
    ahead = worths[better] > max(got, 0.0) + _near(worths[better])
    full = _FULL if all(option.counted is None for option in options) else _MIXED
    if offer is None:
        if not any(option.open for option in options):
            reasons = "; ".join(sorted({option.why for option in options}))
            return f"Gets nothing: no offer is open to this customer ({reasons})."
        if ahead:
            return f"Gets nothing: by prices alone it would be {options[better].offer}, but {full}."
        return "Gets nothing: no offer is worth more than what it would take from others."
    if ahead:
        return f"Gets {offer}{days}: by prices alone it would be {options[better].offer}, but {full}."
    if got < -_near(got):
        return (
            f"Gets {offer}{days}: by prices alone it would be nothing, but whole offers left room in the limits for it."
        )
    second = max((worth for number, worth in enumerate(worths, start=1) if number != choice), default=0.0)
    digits = 2 if got >= 1 else 4
    left = f"after what its uses cost others it is worth {max(got, 0.0):,.{digits}f}"
    return f"Gets {offer}{days}: {left}, the next best choice {max(second, 0.0):,.{digits}f}."


def counted_words(choice: int, options: list[OptionScore]) -> str:
    """Say at what the value of the offer that stands out is counted, where futures have weights.

    That is what was chosen; where nothing was, the open offer of the highest value.
    """
    of = [number for number, option in enumerate(options) if option.counted is not None and option.value is not None]
    if not of:
        return ""
    option = options[choice - 1 if choice else max(of, key=lambda number: (options[number].value or 0.0, -number))]
    if option.counted is None or option.value is None or abs(option.counted - option.value) < _TOLD:
        return ""
    less = option.counted < option.value
    why = "little" if less else "much"
    return (
        f" The value of {option.offer} is counted at {option.counted:,.2f} in place of {option.value:,.2f}, because it "
        f"is worth {why} in the futures that count most."
    )
