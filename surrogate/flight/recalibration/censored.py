"""Lines that count pieces, in the likelihood: right-censored where they ran out, as only that so many came is known.

Of how many wanted an offer, W, about normal around what is expected, the pieces P are a lower bound: the likelihood of
such a line is P(W >= P), the term of a censored observation in Tobin's regression (Tobin, 1958, doi:10.2307/1907382).
That of an offer that is asked for, with pieces left, is P(W < P): how many used it is left for its take-up to tell. Its
first and second derivative make it one more observation of a Gauss-Newton step: far below P it pulls as a sale of P
would, far above it says nothing. What was sold beside the pieces is an observation of its own, given that they ran
out (`surrogate.flight.evidence`), so that nothing is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from scenarios.arrays import Float
from surrogate.flight.evidence import Expected
from surrogate.flight.recalibration.cells import Cells

LEAST_CURVATURE = 1e-12
"""Of the log of the likelihood, in standard deviations: a line that nobody expected not to run out tells nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """N lines as observations near some beliefs: the log likelihood is ``log_likelihood - trust off^2 / 2`` there."""

    slopes: Float
    """[B, N] by parts and shocks."""
    moving: Float
    """[N] what a better day makes more of."""
    off: Float
    """[N] by how much more the line wants: an observation less what is expected."""
    trust: Float
    """[N]"""
    log_likelihood: float
    """Beside what ``off`` costs."""


def at_least(score: Float | float) -> tuple[Float, Float]:
    """First derivative of log P(W >= P) by its mean, both in standard deviations, and the second one, negated.

    Parameters
    ----------
    score
        Expected W less P, in standard deviations of W. The first derivative is the inverse Mills ratio.
    """
    ratio = np.exp(-0.5 * np.square(score) - 0.5 * np.log(2.0 * np.pi) - log_ndtr(score))
    return np.asarray(ratio), np.maximum(ratio * (ratio + score), LEAST_CURVATURE)


def censored(
    found: Expected,
    cells: Cells,
    slopes: Float,
    shock: Float,
    hit: Float,
    takes: Float,
    *,
    noise: float,
    excess: float,
) -> Lines:
    """Take the lines of which it is known whether they ran out as observations.

    Parameters
    ----------
    found
        What is expected, with what lines would sell to everybody.
    slopes : [B, N]
        Of these, by the parts of beliefs.
    shock : [N]
        Factor of the shocks that are told apart.
    hit : [shocks, N]
        Which of them hit each line.
    takes : [offers that are asked for]
        Logs of factors on their take-up.
    noise
        Relative standard deviation of a line's demand beside counting noise.
    excess
        How many times as noisy as assumed single cells are.
    """
    if found.wanted is None or found.wanted_base is None:
        raise ValueError("nothing is expected of lines that count pieces")
    lines = cells.lines
    anyway = lines.gather(found.wanted_base) * shock
    taken = anyway * lines.takes(takes)
    wanted = np.maximum(lines.gather(found.wanted) * shock + (taken - anyway), 1e-6)
    sd = np.sqrt((np.maximum(wanted, 1.0) + (noise * wanted) ** 2) * excess)
    score = lines.sign * (wanted - lines.least) / sd
    log, (slope, curve) = log_ndtr(score), at_least(score)
    return Lines(
        slopes=np.concatenate([slopes * shock, hit * wanted, lines.of_offers() * taken], axis=0),
        moving=wanted,
        off=lines.sign * slope / curve * sd,
        trust=cells.lines_weight * curve / sd**2,
        log_likelihood=float((cells.lines_weight * (log + 0.5 * slope**2 / curve)).sum()),
    )
