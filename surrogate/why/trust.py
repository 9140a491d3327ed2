"""How far an effect may be trusted: evidence, distance from the data, accuracy on weeks that training did not see."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from scenarios.language.words import ANONYMOUS, Mechanic
from surrogate.evidence.gather import suspicion_of
from surrogate.evidence.uncertainty.selection import selected
from surrogate.model import Model
from surrogate.scoring.axes import Axes
from surrogate.scoring.beyond_data import offer_beyond_data
from surrogate.scoring.known_mechanics import PUBLIC_PRICE
from surrogate.scoring.never_ran import assumed_because
from surrogate.scoring.score_offers import terms_of
from surrogate.scoring.sent_elsewhere import sent_elsewhere
from surrogate.shelf.mechanics import PLURAL


def how_far(
    axes: Axes,
    segment: str,
    offer: Offer,
    column: int,
    rows: list[int],
    grade: str,
    distance: Float,
    notes: tuple[str, ...],
    before: tuple[str, ...],
) -> tuple[str, ...]:
    """Return how far to trust an effect, one sentence each."""
    model, terms = axes.model, terms_of(axes)
    doubt = suspicion_of(model.sections, offer)
    if grade == "calibrated":
        out = ["Calibrated: lift tests took away at least half of the uncertainty that observed behaviour left."]
    elif grade == "assumed":
        out = [f"Assumed: {assumed_because(axes, offer, terms[column])}."]
    else:
        out = [f"Observed, not randomised; {doubt}."]
    out += [note for note in notes if note not in before]
    beyond = offer_beyond_data(axes, column, terms, distance, rows=rows)
    far = float(distance[rows, column].max())
    if beyond:
        out += beyond
    elif far > 0:
        near = np.hypot(model.lift_sd, selected(model, (offer,))[0])
        wider = float(np.hypot(near, model.lift_sd_by_distance * far) / near - 1)
        where = "Beside" if grade == "assumed" else "Between"
        out.append(
            f"{where} what ran: its nearest past promotions lie {far:.1f} steps away (10 points of log price each, or "
            f"another product or mechanic); its interval is up to {wider:.0%} wider for that."
        )
    else:
        out.append("Inside the data: promotions like it ran often enough to be learned from.")
    words = sent_elsewhere(axes).get(offer.id, {}).get(segment)
    if words is not None:
        out.append(f"{words[0].upper()}{words[1:]}; what is expected of others is carried over from these.")
    said = _of_strangers(model) if segment == ANONYMOUS else _accuracy(model, offer)
    return (*out, *said)


def _of_strangers(model: Model) -> list[str]:
    """Say how well forecasts of sales without a customer did on weeks that training did not see."""
    missed = None if model.anonymous is None else model.anonymous.tested
    if missed is None:
        return ["The test on weeks that training did not see was of segments of customers alone, not of these sales."]
    if not np.isfinite(missed.promoted):
        return []
    return [
        f"On weeks that training did not see, forecasts of sales without a customer missed by {missed.promoted:.0%} of "
        f"their units on promoted cells; a predictor that knows no promotion missed by {missed.no_promotion:.0%}."
    ]


def _accuracy(model: Model, offer: Offer) -> list[str]:
    """Say how well forecasts did on weeks that training did not see, for the mechanic where that was measured."""
    known = model.accuracy

    def number(name: str) -> float | None:
        value = known.get(name)
        return float(value) if isinstance(value, int | float) and np.isfinite(value) else None

    own, plain, weeks = number("wape_promoted"), number("wape_promoted_no_promotion"), number("held_out_weeks")
    if own is None or plain is None or weeks is None:
        return []
    where = "promoted cells"
    for mechanic in (offer.mechanic, Mechanic.PRICE_DISCOUNT) if offer.mechanic in PUBLIC_PRICE else (offer.mechanic,):
        mine, bare = (number(f"wape_{mechanic.value}{name}") for name in ("", "_no_promotion"))
        if mine is not None and bare is not None:
            own, plain, where = mine, bare, f"cells under {PLURAL[mechanic]}"
            break
    out = [
        f"On {weeks:.0f} weeks that training did not see, forecasts of {where} missed by {own:.0%} of the units; a "
        f"predictor that knows no promotion missed by {plain:.0%}."
    ]
    change = number("change_correlation")
    if change is not None:
        out.append(f"There the foreseen and the real change under a deal correlate by {change:.2f}.")
    return out
