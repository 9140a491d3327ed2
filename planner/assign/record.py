"""What an assignment says beside who gets what: counts, uses, prices and the bound, as one JSON document.

``campaign decide`` reads it, so it holds everything that a new customer's offer hangs on: the prices, and the plan's
quotas where they were limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import Unchecked
from constraints.assign.exact import NOISE
from constraints.assign.one_limit import PricedChoices
from constraints.assign.sendings import Sending
from constraints.assign.terms import Terms
from constraints.limits.verdicts import BINDING
from planner.assign.careful.record import CarefulRecord
from planner.assign.cautious import rounded
from planner.assign.customers.consents import NotConsented
from planner.assign.customers.sources import FromPlan, HeldOutCount
from planner.assign.futures.at_risk import deciding_uses
from planner.assign.futures.foreseen import Foreseen
from planner.assign.futures.outlook import Outlook
from scenarios.answer.json_records import LEFT_OUT
from scenarios.answer.plan import Hash, Quantiles, Source
from scenarios.answer.summary import quantiles
from scenarios.answer.sums import MONEY
from scenarios.rounding import RATIO_DIGITS

FORMAT = "campaign-assignment/1"


@dataclass(frozen=True, kw_only=True)
class OfferCount:
    """How many customers get one offer."""

    id: str
    customers: int
    value: Decimal
    """What it adds to the objective for them, expected."""


@dataclass(frozen=True, kw_only=True)
class LimitUse:
    """A limit and what the assigned offers use of it. Money in major units, net of tax."""

    id: str
    measure: str
    limit: Decimal
    taken: Decimal
    """What other lines of the plan use."""
    used: Decimal
    """By assigned offers, expected; rounded up."""
    headroom: Decimal
    price: float
    """Value per unit of the limit: what one more would bring, about."""
    quantiles: Quantiles | None = None
    """Of the use, over the futures; None where none are known, or they are all alike."""
    kept_in: float | None = None
    """Share of the futures in which it holds; None where none are known."""
    at_risk: float | None = None
    """Share of the futures in which it must hold."""
    used_at_risk: Decimal | None = None
    """Use in the future that decides whether it holds often enough; rounded up."""

    @property
    def ok(self) -> bool:
        """Whether it holds as often as it must; expected use always keeps it."""
        return self.used_at_risk is None or self.used_at_risk <= self.limit - self.taken

    @property
    def binding(self) -> bool:
        """Whether next to nothing is left."""
        return self.headroom <= BINDING * self.limit


@dataclass(frozen=True, kw_only=True)
class TableHash:
    """A file that the scenario reads."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AssignmentRecord:
    """``OUT.json`` beside the table."""

    format: str
    scenario: Source
    overrides: tuple[str, ...]
    """The ``--set`` options."""
    customers_file: Hash
    table: Hash
    """Of the table of who gets what."""
    dates: str | None
    """When the offers go out; None for any date of the horizon."""
    quotas: FromPlan | None
    scores: str
    """Where the scores come from."""
    currency: str
    segments: tuple[str, ...]
    """Segments that were told apart; ``*`` where none were."""
    customers: int
    given: int
    """Customers who get an offer."""
    value: Decimal
    """Rounded down."""
    bound: Decimal
    """No choices that keep all limits are worth more, by the objective; rounded up."""
    gap: float
    offers: tuple[OfferCount, ...]
    limits: tuple[LimitUse, ...]
    not_looked_at: tuple[Unchecked, ...]
    assumed: tuple[str, ...]
    held_out: HeldOutCount | None = None
    """Whom the rollout of ``--rollout`` keeps out."""
    not_consented: tuple[NotConsented, ...] = ()
    """How many of the customers have not consented to each channel that asks for it, and get no offer over it."""
    tables: tuple[TableHash, ...] = ()
    """Files that the scenario read: prices, costs, effects; none in records of an older version."""
    outlook: Outlook | None = None
    """What it may come to; None in records of an older version."""
    sendings: tuple[Sending, ...] = ()
    """What customers get of each offer that is sent once; none in records of before."""
    doubts: tuple[str, ...] = ()
    """What speaks against the scores of those who get an offer, one sentence each; none in records of before."""
    careful: CarefulRecord | None = field(default=None, metadata=LEFT_OUT)
    """Where the objective is careful: what the choices are worth by it; ``bound`` and ``gap`` are then of that."""


def gap_of(value: float, bound: float) -> float:
    """Return how far a value is from its bound, as a share of the bound; 0 where sums alone may err by as much."""
    gap = (bound - value) / max(1.0, abs(bound))
    return gap if gap > NOISE else 0.0


def limit_uses(terms: Terms, solved: PricedChoices, foreseen: Foreseen | None) -> tuple[LimitUse, ...]:
    """Return the limits as people read them."""
    out = []
    deciding = (None,) * len(terms.limits) if foreseen is None else deciding_uses(terms, foreseen)
    for number, (limit, used, price) in enumerate(zip(terms.limits, solved.uses, solved.prices, strict=True)):
        fine = terms.fine(limit.measure)
        digits = terms.digits if limit.measure in MONEY else 3 if fine > 1 else 0
        spent = (Decimal(int(used)) / fine).quantize(Decimal(1).scaleb(-digits), ROUND_CEILING)
        left = limit.bound - limit.taken
        spent = min(spent, left) if Decimal(int(used)) <= left * fine else spent
        at_risk = None if deciding[number] is None else rounded(float(deciding[number] or 0.0), digits, up=True)
        out.append(
            LimitUse(
                id=limit.id,
                measure=limit.measure.value,
                limit=limit.bound,
                taken=limit.taken,
                used=spent,
                headroom=left - spent,
                price=float(price) * fine,
                quantiles=None if foreseen is None else _spread(foreseen.uses[:, number], digits),
                kept_in=None if foreseen is None else kept_in(foreseen.uses[:, number], float(left)),
                at_risk=limit.at_risk,
                used_at_risk=at_risk,
            )
        )
    return tuple(out)


def _spread(uses: NDArray[np.float64], digits: int) -> Quantiles | None:
    """Quantiles of a use [D]; None where it is the same in all futures."""
    return None if np.ptp(uses) <= NOISE * max(1.0, float(uses.max())) else quantiles(uses, digits)


def kept_in(uses: NDArray[np.float64], room: float) -> float:
    """Share of the futures [D] in which no more than some room is used."""
    return round(float((uses <= room + 1e-9 * max(1.0, abs(room))).mean()), RATIO_DIGITS)


def fine_prices(terms: Terms, limits: tuple[LimitUse, ...]) -> NDArray[np.float64]:
    """Return the prices [L] of a record's limits per fine unit."""
    return np.array([use.price / terms.fine(limit.measure) for limit, use in zip(terms.limits, limits, strict=True)])
