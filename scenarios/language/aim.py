"""The aim: what a good plan earns, as expected or carefully, over the drawn futures (docs/risk.md).

A careful aim weighs the futures of one plan: mean - k * sd and CVaR are the smallest of many weighted sums of the gains
(their dual form), and `weights` says which weights make it so. Those are what the search follows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from scenarios.arrays import Float
from scenarios.language.several import Sense, Several, check_several, senses, several_words
from scenarios.language.values import Number, Record, Share, refused
from scenarios.language.words import RATIOS, Measure

_MEAN = "mean profit over the "
"""How the words of every careful objective begin."""
SMALLEST_TAIL = 0.01
"""The smallest share of futures that CVaR may look at: of 200 draws, two."""


class Caution(Record):
    """How careful the aim is: exactly one of the keys."""

    mean_minus_sd: Annotated[Number, Field(gt=0, le=10)] | None = None
    """Mean profit over the futures, less so many standard deviations of it."""
    cvar: Share | None = None
    """Mean profit over the worst futures, such as the worst 10%."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Caution:
        if (self.mean_minus_sd is None) == (self.cvar is None):
            got = "both" if self.cvar is not None else "neither"
            remedy = "{mean_minus_sd: 0.5}, {cvar: 10%}, or risk: mean"
            raise refused("exactly one of mean_minus_sd and cvar", got=got, remedy=remedy)
        if self.cvar is not None and not (SMALLEST_TAIL <= self.cvar < 1):
            expected = f"cvar, the share of the futures that are worst, from {SMALLEST_TAIL:.0%} to below 100%"
            raise refused(expected, got=f"{100 * self.cvar:g}%")
        return self


def _risk_word(value: Any) -> Any:
    """Refuse other words than ``mean``, with what they may have meant."""
    if value == "mean":
        return value
    remedy = "write {cvar: 10%}, {mean_minus_sd: 0.5}, or mean"
    raise refused("mean, or one of the keys mean_minus_sd and cvar with its number", remedy=remedy)


def objective_word(value: Any) -> Any:
    """Refuse other words than ``profit``, with what they may have meant.

    Raises
    ------
    PydanticCustomError
        For such a word.
    """
    if value == "profit":
        return value
    expected = "profit, or one of the keys weights, risk and pareto"
    if isinstance(value, str) and value in RATIOS:
        remedy = f"write profit, and keep {value} up by a limit with min:"
    elif isinstance(value, str) and value in set(Measure):
        remedy = f"write {{weights: {{{value}: 1}}}}"
    else:
        remedy = "write profit, {weights: {profit: 1, revenue: 0.1}}, {risk: {cvar: 10%}} or {pareto: [profit, units]}"
    raise refused(expected, remedy=remedy)


class Aim(Record):
    """What a good plan earns beside plain profit: exactly one of the keys."""

    weights: dict[Measure, Number] | None = None
    """Measures that add up, and how much one unit of each is worth."""
    risk: (
        Annotated[
            Annotated[Literal["mean"], BeforeValidator(_risk_word), Tag("<word>")] | Annotated[Caution, Tag("<keys>")],
            Discriminator(lambda value: "<keys>" if isinstance(value, dict | Caution) else "<word>"),
        ]
        | None
    ) = None
    """Profit over the futures: ``mean``, ``{mean_minus_sd: 0.5}`` or ``{cvar: 10%}``."""
    pareto: Several | None = None
    """Measures to trade off, for a front of plans: ``[profit, customers_reached]`` or ``{profit: max, spend: min}``."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Aim:
        given = [name for name in ("weights", "risk", "pareto") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refused("exactly one of weights, risk and pareto", got=" and ".join(given) or "none of them")
        if self.pareto is not None:
            check_several(self.pareto)
        return self


Objective = Literal["profit"] | Aim


def weights_of(objective: Objective) -> dict[Measure, float]:
    """Return the measures that an objective adds up in the account; of a careful one, profit, of several the first."""
    if isinstance(objective, str):
        return {Measure.PROFIT: 1.0}
    if objective.pareto is not None:
        measure, sense = next(iter(senses(objective.pareto).items()))
        return {measure: float(sense.sign)}
    return {Measure.PROFIT: 1.0} if objective.weights is None else objective.weights


def senses_of(objective: Objective) -> dict[Measure, Sense] | None:
    """Return the measures that a front of plans trades off, the leading one first; None for a single objective."""
    return None if isinstance(objective, str) or objective.pareto is None else senses(objective.pareto)


def caution_of(objective: Objective) -> Caution | Literal["mean"] | None:
    """Return how careful an objective is; None where it is taken from the account."""
    return None if isinstance(objective, str) else objective.risk


def aim_words(objective: Objective) -> str:
    """Say an objective in words."""
    caution = caution_of(objective)
    if isinstance(objective, str):
        return objective
    if objective.pareto is not None:
        return several_words(objective.pareto)
    if caution is None:
        weights = weights_of(objective).items()
        signed = " ".join(f"{'-' if weight < 0 else '+'} {abs(weight):g} {each.words}" for each, weight in weights)
        return signed.removeprefix("+ ")
    if isinstance(caution, str):
        return f"{_MEAN}futures"
    if caution.cvar is not None:
        return f"{_MEAN}worst {100 * caution.cvar:g}% of the futures"
    many = "" if caution.mean_minus_sd == 1 else "s"
    return f"{_MEAN}futures less {caution.mean_minus_sd:g} standard deviation{many}"


def is_profit(words: str) -> bool:
    """Whether an objective in words is profit, plain or careful.

    Examples
    --------
    >>> is_profit("profit"), is_profit("mean profit over the futures"), is_profit("1 units")
    (True, True, False)
    """
    return words == "profit" or words.startswith(_MEAN)


def careful_value(caution: Caution | Literal["mean"], gains: Float) -> float:
    """Return what the gains [D] of a plan over no promotion are worth, one a future."""
    return float(draw_weights(caution, gains) @ gains)


def draw_weights(caution: Caution | Literal["mean"], gains: Float) -> Float:
    """[D] weights, adding up to 1, under which the gains of a plan add up to what they are worth.

    They are also the slope of that worth by the gains: for mean - k * sd they fall below 0 where a future is so good
    that a better one would only add spread.
    """
    count = len(gains)
    even = np.full(count, 1.0 / count)
    if isinstance(caution, str):
        return even
    if caution.cvar is not None:
        wanted = caution.cvar * count
        weights = np.zeros(count)
        order = np.argsort(gains, kind="stable")
        whole = int(np.floor(wanted + 1e-9))
        weights[order[:whole]] = 1.0
        if whole < count:
            weights[order[whole]] = max(wanted - whole, 0.0)
        return np.asarray(weights / weights.sum())
    spread = float(gains.std())
    if caution.mean_minus_sd is None or spread <= 0.0:
        return even
    return np.asarray(even - caution.mean_minus_sd * (gains - gains.mean()) / (count * spread))
