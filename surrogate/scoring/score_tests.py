"""Taking a model's lift tests into the scores of a scenario: lifts move, intervals narrow, grades become calibrated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.language.schema import Offer
from scenarios.language.words import BASKET
from surrogate.data.lift_tests import LiftTest, offer_of_test
from surrogate.digits import to_digits
from surrogate.evidence.by_chance import told_by
from surrogate.evidence.gather import TESTS, StoredTests
from surrogate.evidence.lift_test_words import FAR_APART, LIFT_TEST, NOT_USED
from surrogate.evidence.lift_update import Measured, update_lifts
from surrogate.evidence.spill import PRICE, LiftCells
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes, chosen
from surrogate.scoring.cell_weights import cell_weights
from surrogate.scoring.fresh_lifts import contrasts
from surrogate.scoring.known_mechanics import taught
from surrogate.scoring.score_offers import OfferScores, score_offers, terms_of

CALIBRATED_FROM = 0.5
"""Share of the variance of an offer's log lift that tests must take away for the grade "calibrated"."""

FAR = 3.0
"""Standard deviations between a test and what was learned from which on a note says so."""

_OTHER = 0.005
"""Difference of a contrast and the lift of the offer alone from which on both are told."""
WIDEST = 1.5
"""Largest spread of a log lift that points of lift come to: as of lifts that are not foreseen at all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Used:
    """A test that speaks of this scenario."""

    test: LiftTest
    offer: Offer
    weight: Float
    """[S, K+1] share of each cell in the test; 0 where the offer may not run."""


def calibrated(axes: Axes, offers: OfferScores, base: Float) -> OfferScores:
    """Return scores with the model's lift tests taken in (`taken_in`)."""
    return taken_in(axes, offers, base)[0]


def taken_in(axes: Axes, offers: OfferScores, base: Float, about: Offer | None = None) -> tuple[OfferScores, Float]:
    """Return scores with the model's lift tests taken in, and how much less is unsure in every cell.

    The second is the share [S, K+1, O] of the variance of each log lift that the tests took away.

    Parameters
    ----------
    axes
        The scenario beside the model.
    offers
        Scores without tests.
    base
        [S, K, T] baseline units, which weigh cells in a test.
    about
        Only tests that speak of this offer are told; all by default.
    """
    untouched = np.zeros(np.delete(offers.lift_sd.shape, 2))
    if TESTS not in axes.model.sections:
        return offers, untouched
    stored = unpack(axes.model.sections[TESTS], StoredTests)
    used, notes = _usable(axes, stored, base, about)
    if not used:
        return replace(offers, notes=(*offers.notes, *notes)), untouched
    virtual = replace(axes, scenario=axes.scenario.model_copy(update={"offers": tuple(one.offer for one in used)}))
    foreseen = score_offers(virtual)
    own = axes.scenario.offers
    weight, cells = np.stack([one.weight for one in used]), _cells(virtual, foreseen)
    contrast = contrasts(axes, [one.test for one in used], weight, cells.lift.mean(axis=0), base.mean(axis=2))
    tests = Measured(
        lift=np.array([one.test.lift for one in used]),
        standard_error=np.array([one.test.standard_error for one in used]),
        weight=weight,
        same=tuple(_same(one, own) for one in used),
        cells=cells,
        told=told_by([one.test for one in used], contrast),
    )
    categories = (*(product.category for product in axes.products), BASKET)
    mask = axes.applies()
    known = _with_basket(base).mean(axis=2)
    found = update_lifts(_cells(axes, offers), tests, categories, known[..., None] * mask.any(axis=2))
    lift = to_digits(np.where(mask[None], found.lift[:, :, :, None, :], 0.0))
    points = offers.lift_points * np.sqrt(1.0 - found.removed)[:, :, None, :]
    left = np.maximum(found.sd[:, :, None, :] ** 2 - _log_sd(points, lift) ** 2, 0.0)
    scores = replace(
        offers,
        lift=lift,
        lift_sd=to_digits(np.where(mask & (lift != 0).any(axis=0), np.sqrt(left), 0.0)),
        lift_points=to_digits(np.where(mask & (lift != 0).any(axis=0), points, 0.0)),
        evidence=tuple(
            "calibrated" if share >= CALIBRATED_FROM else grade
            for share, grade in zip(found.offer_removed, offers.evidence, strict=True)
        ),
        notes=(
            *offers.notes,
            *(
                _sentence(one.test, before, after, apart, beside)
                for one, before, after, apart, beside in zip(
                    used, _learned(tests), found.now, _apart(tests), _beside(tests), strict=True
                )
                if _speaks_of(about, one.offer)
            ),
            *notes,
        ),
    )
    return scores, found.removed


def _usable(axes: Axes, stored: StoredTests, base: Float, about: Offer | None) -> tuple[list[_Used], list[str]]:
    """Return the tests that speak of the scenario, and a sentence on every other."""
    used, notes, past, known = [], [], stored.offers(), taught(axes.model)
    segments = [segment.id for segment in axes.segments]
    products = [product.id for product in axes.products]
    for test in stored.read():
        offer = offer_of_test(test, axes.scenario.offers, past)
        if offer is None:
            why = f"neither this scenario nor past_offers has an offer {test.offer}"
        elif offer.mechanic not in known:
            why = f"the model knows no {offer.mechanic.value}"
        elif test.on and (not set(test.on) & set(products) or offer.is_basket):
            why = (
                "it names a product"
                if set(test.on) & set(products)
                else f"this scenario sells no {' or '.join(test.on)}"
            )
        elif test.who and not set(test.who) & set(segments):
            why = f"this scenario has no segment {' or '.join(test.who)}"
        elif not (cells := _tested(axes, test, offer)).any():
            why = f"{offer.id} may not run{_there(test)} in this scenario"
        else:
            weight = cell_weights(test, cells, _with_basket(base), segments, [*products, BASKET])
            used.append(_Used(test=test, offer=offer, weight=weight))
            continue
        if _speaks_of(about, offer):
            notes.append(f"{LIFT_TEST}{test.title}{NOT_USED}{why}.")
    return used, notes


def _speaks_of(about: Offer | None, tested: Offer | None) -> bool:
    """Return whether a test of one offer says something of another (None: of any)."""
    if about is None or tested is None:
        return about is None
    return about.mechanic is tested.mechanic or (about.mechanic in PRICE and tested.mechanic in PRICE)


def _tested(axes: Axes, test: LiftTest, offer: Offer) -> Flag:
    """Return [S, K+1, T]: the cells that a test measured, of those where its offer may run."""
    segment = np.array([not test.who or one.id in test.who for one in axes.segments])
    product = np.array([*(not test.on or one.id in test.on for one in axes.products), not test.on])
    run = chosen(offer, axes.segments, axes.products, axes.scenario.horizon)
    return np.asarray(run & segment[:, None, None] & product[None, :, None])


def _there(test: LiftTest) -> str:
    on = f" on {' or '.join(test.on)}" if test.on else ""
    return on + (f" for {' or '.join(test.who)}" if test.who else "")


def _with_basket(base: Float) -> Float:
    """Append the basket [S, K+1, T] to baselines of products [S, K, T]."""
    return np.concatenate([base, base.sum(axis=1, keepdims=True)], axis=1)


def _learned(tests: Measured) -> Float:
    """Return the lift [J] that was learned for each test's cells."""
    return np.asarray(np.einsum("jsk,eskj->j", tests.weight, tests.cells.lift) / len(tests.cells.lift))


def _apart(tests: Measured) -> Float:
    """Return by how many standard deviations [J], its own and the model's, each test lies off what was learned.

    The model's errors of a test's cells count as one and the same, which makes few tests stand out.
    """
    cells = tests.cells
    unsure = np.einsum("jsk,skj->j", tests.weight, cells.lift.mean(axis=0) * np.expm1(cells.sd))
    lift, error = tests.at(_learned(tests))
    return np.asarray(np.abs(lift - _learned(tests)) / np.sqrt(np.diag(error) + unsure**2))


def _log_sd(points: Float, lift: Float) -> Float:
    """Return the spread [...] of log lifts that comes to so many points of the members' mean lift."""
    mean = np.maximum(lift.mean(axis=0), 1e-9)
    return np.asarray(np.minimum(np.sqrt(np.log1p((points / mean) ** 2)), WIDEST))


def _cells(axes: Axes, scores: OfferScores) -> LiftCells:
    """Return lifts [E, S, K+1, O] and spreads of offers, the same in every period where they apply."""
    there = (scores.lift != 0).any(axis=0)
    first = there.argmax(axis=2)[:, :, None, :]
    beside = scores.selected**2 + scores.carried[:, None, None, :] ** 2
    own = np.sqrt(np.maximum(scores.lift_sd**2 - beside, 0.0))
    spread = np.hypot(own, _log_sd(scores.lift_points, scores.lift))
    offers = axes.scenario.offers
    saving = np.array([[one.saving for one in rows] for rows in terms_of(axes)]).T
    return LiftCells(
        lift=np.take_along_axis(scores.lift, first[None], axis=3)[:, :, :, 0],
        sd=np.take_along_axis(spread, first, axis=2)[:, :, 0],
        log_price=-np.log1p(-saving),
        mechanics=tuple(offer.mechanic for offer in offers),
        names=tuple(offer.id for offer in offers),
        selected=scores.selected,
        carried=scores.carried,
    )


def _same(one: _Used, own: tuple[Offer, ...]) -> int | None:
    """Return the scenario's offer that was tested, where it has the tested one."""
    for number, offer in enumerate(own):
        if offer.id == one.test.offer or (
            one.test.mechanic is offer.mechanic and offer.off_each is not None and offer.off_each == one.test.depth
        ):
            return number
    return None


def _beside(tests: Measured) -> list[str]:
    """Say of each test [J] what it measured beside: a clause, blank where it measured one offer alone."""
    if tests.told is None:
        return [""] * len(tests.lift)
    alone = tests.told.contrast.alone(tests.lift)
    other = np.abs(alone - tests.lift) >= _OTHER
    return [
        f", which is taken as {own:+.1%} of the offer alone, because those customers were sent other offers, too"
        if told
        else ""
        for own, told in zip(alone.tolist(), other.tolist(), strict=True)
    ]


def _sentence(test: LiftTest, before: float, after: float, apart: float, beside: str) -> str:
    far = (
        f" The two lie {apart:.1f} {FAR_APART}, its own and the model's together: look at how it was "
        "measured, and at what has changed"
    )
    measured = f"measured {test.lift:+.1%} with a standard error of {test.standard_error:.1%}"
    return (
        f"{LIFT_TEST}{test.title}: {measured}{beside}; learned without it {before:+.1%}, with it "
        f"{after:+.1%}{'.' + far if apart > FAR else ''}."
    )
