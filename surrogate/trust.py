"""How far an effect may be trusted: evidence, distance from the data, accuracy on weeks that training did not see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Offer
from surrogate.axes import Axes
from surrogate.beyond_data import beyond_data
from surrogate.evidence import suspicion_of
from surrogate.model import Model
from surrogate.score_offers import terms_of

Float = NDArray[np.float64]


def how_far(
    axes: Axes,
    offer: Offer,
    column: int,
    rows: list[int],
    grade: str,
    distance: Float,
    notes: tuple[str, ...],
    before: tuple[str, ...],
) -> tuple[str, ...]:
    """Return how far to trust an effect, one sentence each."""
    model = axes.model
    doubt = suspicion_of(model.sections, offer)
    if grade == "calibrated":
        out = ["Calibrated: lift tests took away at least half of the uncertainty that observed behaviour left."]
    elif grade == "assumed":
        out = [f"Assumed: the data shows no {offer.mechanic.value}; it is taken to lift as others do at its saving."]
    else:
        out = [f"Observed, not randomised; {doubt}."]
    out += [note for note in notes if note not in before]
    beyond = [note for note in beyond_data(axes, terms_of(axes), distance) if note.startswith(f"Offer {offer.id} ")]
    far = float(distance[rows, column].max())
    if beyond:
        out += beyond
    elif far > 0:
        wider = float(np.hypot(model.lift_sd, model.lift_sd_by_distance * far) / model.lift_sd - 1)
        out.append(
            f"Between what ran: its nearest past promotions lie {far:.1f} steps away (10 points of log price each, or "
            f"another product or mechanic); its interval is up to {wider:.0%} wider for that."
        )
    else:
        out.append("Inside the data: promotions like it ran often enough to be learned from.")
    return (*out, *_accuracy(model, offer))


def _accuracy(model: Model, offer: Offer) -> list[str]:
    """Say how well forecasts did on weeks that training did not see, for the mechanic where that was measured."""
    known = model.accuracy

    def number(name: str) -> float | None:
        value = known.get(name)
        return float(value) if isinstance(value, int | float) and np.isfinite(value) else None

    out = []
    own, plain, weeks = number("wape_promoted"), number("wape_promoted_no_promotion"), number("held_out_weeks")
    if own is not None and plain is not None and weeks is not None:
        out.append(
            f"On {weeks:.0f} weeks that training did not see, forecasts of promoted cells missed by {own:.0%} of the "
            f"units; a predictor that knows no promotion missed by {plain:.0%}."
        )
    change = number("change_correlation")
    if change is not None:
        out.append(f"There the foreseen and the real change under a deal correlate by {change:.2f}.")
    mine = offer.mechanic.value
    for name in sorted(known):
        value = known[name]
        if name.endswith(f"_{mine}") and name not in ("wape_promoted", "change_correlation"):
            shown = value if isinstance(value, str) else f"{value:.2f}"
            out.append(f"Of {mine} alone: {name.removesuffix(f'_{mine}').replace('_', ' ')} {shown}.")
    return out
