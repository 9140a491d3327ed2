"""One customer explained: what every offer is worth, what it pays for at the limits' prices, what was chosen, why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows, choose
from constraints.assign.terms import Terms

Float = NDArray[np.float64]
_ALIKE = 1e-9


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
    """Added to the objective; None where the customer may not get it."""
    paid: tuple[Paid, ...]
    worth: float | None
    """Value less what its uses cost others."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One customer's offers, the best after prices first."""

    customer: str
    segment: str
    offer: str | None
    """What the customer gets."""
    options: tuple[OptionScore, ...]
    sentence: str


def best_choices(rows: Rows, terms: Terms, prices: Float) -> NDArray[np.int8]:
    """Return what each customer gets at prices [L]."""
    return choose(rows, terms.question.price_table(prices))[0]


def explain(rows: Rows, row: int, customer: str, choice: int, terms: Terms, prices: Float) -> Explained:
    """Explain one customer of some rows.

    Parameters
    ----------
    choice
        What the customer gets: 0 for nothing, c + 1 for the c-th offer.
    prices
        [L] per fine unit.
    """
    options = [_option(rows, row, offer, terms, prices) for offer in range(len(terms.offers))]
    worths = [option.worth if option.worth is not None else -np.inf for option in options]
    got = worths[choice - 1] if choice else 0.0
    words = [_why(option, number + 1 == choice, got) for number, option in enumerate(options)]
    said = [
        OptionScore(
            offer=option.offer, open=option.open, value=option.value, paid=option.paid, worth=option.worth, why=why
        )
        for option, why in zip(options, words, strict=True)
    ]
    order = sorted(range(len(said)), key=lambda number: (number + 1 != choice, -worths[number], number))
    offer = terms.offers[choice - 1].id if choice else None
    return Explained(
        customer=customer,
        segment=terms.segments[int(rows.segment[row])],
        offer=offer,
        options=tuple(said[number] for number in order),
        sentence=_sentence(offer, got, worths),
    )


def _option(rows: Rows, row: int, offer: int, terms: Terms, prices: Float) -> OptionScore:
    value = float(rows.value[offer, row])
    name = terms.offers[offer].id
    if not np.isfinite(value):
        return OptionScore(offer=name, open=False, value=None, paid=(), worth=None, why="")
    paid = []
    for limit, read, price in zip(terms.question.limits, terms.limits, prices, strict=True):
        if not limit.cells[rows.segment[row], offer] or price <= 0:
            continue
        use, fine = rows.use[limit.measure], terms.fine(read.measure)
        amount = 1.0 if use is None else float(use[offer, row]) / fine
        if amount:
            paid.append(Paid(limit=limit.id, measure=read.measure.value, use=amount, price=float(price) * fine))
    worth = value - sum(one.cost for one in paid)
    return OptionScore(offer=name, open=True, value=value, paid=tuple(paid), worth=worth, why="")


def _why(option: OptionScore, chosen: bool, got: float) -> str:
    """Say why an offer was chosen or not."""
    if chosen:
        return "chosen"
    if not option.open or option.worth is None or option.value is None:
        return "not open to this customer"
    if option.value <= 0:
        return "does not pay, even where limits cost nothing"
    near = _ALIKE * max(1.0, abs(option.value))
    if option.worth > got + near:
        return "worth more, but the limits have no room for it: others' uses did not leave enough"
    if option.worth >= got - near:
        return "as good: no price tells the two apart, the limits' room and the id's hash decided"
    if option.worth <= near and got <= near:
        return "others get more out of what it uses"
    return "worth less after what it uses"


def _sentence(offer: str | None, got: float, worths: list[float]) -> str:
    if offer is None:
        if all(worth == -np.inf for worth in worths):
            return "Gets nothing: no offer is open to this customer."
        return "Gets nothing: no offer is worth more than what it would take from others."
    others = sorted((worth for worth in worths if worth != got), reverse=True)
    second = max(others[0] if others else 0.0, 0.0)
    if got < second:
        return f"Gets {offer}: a better one did not fit into the limits any more."
    digits = 2 if got >= 1 else 4
    left = f"after what its uses cost others it is worth {got:,.{digits}f}"
    return f"Gets {offer}: {left}, the next best choice {second:,.{digits}f}."
