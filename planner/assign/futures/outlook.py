"""What an assignment may come to: value and spend over the futures, and how much of the promise is optimism."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from constraints.assign.one_limit import PricedChoices
from constraints.assign.terms import Terms
from planner.assign.cautious import rounded
from planner.assign.futures.foreseen import Foreseen
from scenarios.answer.plan import Quantiles
from scenarios.answer.summary import quantiles
from scenarios.rounding import RATIO_DIGITS
from scenarios.sampling import Estimate


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Figures over the drawn futures, as a plan has them (docs/risk.md). Money in major units, net of tax."""

    futures: int
    """How many were drawn; 0 where the scenario's effects are still to be learned and the scores are the file's."""
    expected_spend: Decimal | None
    """None where nobody knows what customers spend."""
    quantiles: dict[str, Quantiles]
    """Of ``value`` and, where it is known, ``spend``."""
    loss_share: float | None
    """Share of the futures in which the offers lose money, against no offers."""
    cross_fit: float | None
    """Share of what one member of the ensemble promises that the others do not give; None without an ensemble."""
    cross_fit_error: float | None
    value_after_cross_fit: Decimal | None
    """Value without what is optimism by `cross_fit`, rounded down."""


def outlook(terms: Terms, solved: PricedChoices, foreseen: Foreseen | None, optimism: Estimate | None) -> Outlook:
    """Sum up."""
    digits, spread = terms.digits, dict[str, Quantiles]()
    if foreseen is not None:
        spread["value"] = quantiles(foreseen.value, digits)
        if foreseen.spend is not None:
            spread["spend"] = quantiles(foreseen.spend, digits)
    spend = None if foreseen is None else foreseen.expected_spend
    after = None if optimism is None else solved.value - optimism.value * max(1.0, abs(solved.value))
    return Outlook(
        futures=0 if foreseen is None else len(foreseen.value),
        expected_spend=None if spend is None else rounded(spend, digits, up=True),
        quantiles=spread,
        loss_share=None
        if foreseen is None
        else round(float((foreseen.value < -0.5 * 10.0**-digits).mean()), RATIO_DIGITS),
        cross_fit=None if optimism is None else optimism.value,
        cross_fit_error=None if optimism is None else optimism.error,
        value_after_cross_fit=None if after is None else rounded(after, digits, up=False),
    )
