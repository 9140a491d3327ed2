"""Taking lift tests in: a Bayesian update of log lifts, at the tested cells and, in part, at their neighbours.

A model's residual, the log of true over learned lift, is a Gaussian field over segments, products and offers with the
calibrated spread of every cell and the correlation

    (segment) x (product, category, any) x (mechanic, price family) x exp(-(difference of log price)^2 / 2 w^2)

Each factor is a sum of indicators with positive weights or a Gaussian, so the product is a valid correlation. A test
measures the mean lift of its cells, weighted by baseline units, with its own standard error. Every ensemble member is
conditioned on all tests together (Gauss-Newton, because a mean of lifts is no linear function of log lifts): the lift
moves, the residual's variance falls. Offers to named customers err by how these were chosen, too
(`uncertainty.selection`), and where tests of segments disagree, segments may lie further apart than is usual
(`uncertainty.segments_apart`). Where lifts of deeper cuts would end below those of shallower ones, both meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from scenarios.tables.effect_rows import HIGHEST_LIFT
from surrogate.evidence.by_chance import Told
from surrogate.evidence.isotonic import isotonic
from surrogate.evidence.spill import PRICE, LiftCells, SpillParams, offer_kernel, product_kernel, segment_kernel
from surrogate.evidence.uncertainty.segments_apart import Apart, beyond_the_usual, own_deviations
from surrogate.evidence.uncertainty.selection import Selection, selection

_STEPS = 200
_FLOOR = 1e-6
"""Least lift that a member may foresee for a test, so that its logarithm exists."""
_UNFORESEEN = (0.01, 1.5)
"""Where a test measured a positive lift and the model foresees none: the lift, and the spread of its logarithm."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """J lift tests beside what the members foresee for the same offers."""

    lift: Float
    """[J] measured"""
    standard_error: Float
    """[J]"""
    weight: Float
    """[J, S, K] share of each cell in the test; sums to 1."""
    same: tuple[int | None, ...]
    """[J] the offer of the scenario that was tested, where it has the tested one."""
    cells: LiftCells
    """What is foreseen, with the J tested offers as its offers."""
    told: Told | None = None
    """What tests say where other lifts are believed; None where all say the same wherever, each with its own error."""

    def at(self, lift: Float) -> tuple[Float, Float]:
        """Return measured lifts [J] and the covariance [J, J] of their errors where these lifts [J] are believed."""
        return (self.lift, np.diag(self.standard_error**2)) if self.told is None else self.told.at(lift)


@dataclass(frozen=True, kw_only=True, eq=False)
class Updated:
    """Lifts after tests."""

    lift: Float
    """[E, S, K, O]"""
    sd: Float
    """[S, K, O]"""
    removed: Float
    """[S, K, O] share of the variance of the log lift (members and residual) that the tests took away."""
    offer_removed: Float
    """[O] the same of each offer's mean log lift over its cells."""
    now: Float
    """[J] mean over the members, after the tests."""


def update_lifts(cells: LiftCells, tests: Measured, categories: tuple[str, ...], weight: Float) -> Updated:
    """Condition lifts on tests.

    Parameters
    ----------
    cells
        The scenario's lifts.
    tests
        Measured lifts.
    categories
        [K] category of each product.
    weight
        [S, K, O] how much each cell counts in its offer's mean.
    """
    params = SpillParams()
    cells, tests = _foreseen_at_all(cells, tests)
    own_product, own_segment = product_kernel(categories, params), segment_kernel(len(cells.sd), params)
    count = len(tests.lift)
    shift, kept, now, known = [], [], [], []
    chosen, chosen_mean = np.zeros_like(cells.carried), np.zeros(cells.sd.shape[2])
    share_of_offer = weight / np.maximum(weight.sum(axis=(0, 1)), 1e-300)
    of_segment, tested = share_of_offer.sum(axis=1), tests.cells.mechanics

    def believed(member: Float) -> tuple[_Believed, Selection]:
        found = _believed(cells, tests, member, own_product, own_segment, params)
        beside = selection(cells.choice, tests.cells.choice, found.share, of_segment)
        prior, reach = found.prior + beside.between, found.reach + beside.reach[:, None]
        return replace(found, prior=prior, reach=reach), beside

    apart = _apart(believed(tests.cells.lift.mean(axis=0))[0], tests)
    likely = {mechanic: each.probable for mechanic, each in apart.items()}
    possible = {mechanic: each.expected for mechanic, each in apart.items()}
    for member in tests.cells.lift:
        one, beside = believed(member)
        probable, expected = (
            own_deviations(each, cells.mechanics, tested, one.share, of_segment) for each in (likely, possible)
        )
        prior = one.prior + probable.between
        move, noise = _map(prior, one.predicted, tests)
        shift.append((one.reach + probable.reach[:, None]) @ _solve(prior, move))
        wide, reach = one.prior + expected.between + noise, one.reach + expected.reach[:, None]
        gain = np.linalg.solve(wide + 1e-12 * np.eye(count), np.eye(count))
        kept.append(
            cells.sd**2 + (beside.own + expected.own)[:, None] - np.einsum("skoj,ji,skoi->sko", reach, gain, reach)
        )
        told = np.einsum("sko,skoj->oj", share_of_offer, reach)
        known.append(np.einsum("oj,ji,oi->o", told, gain, told) - expected.mean)
        now.append(one.predicted * np.exp(move))
        chosen += beside.own / len(cells.lift)
        chosen_mean += beside.mean / len(cells.lift)
    lift = np.minimum(cells.lift * np.exp(np.stack(shift)), np.maximum(HIGHEST_LIFT, cells.lift))
    sd = np.sqrt(np.maximum(np.mean(kept, axis=0), 0.0))
    lift = _rising(lift, sd, cells)
    before, after = cells.sd**2 + chosen[:, None] + _member_variance(cells.lift), sd**2 + _member_variance(lift)
    unsure = _offer_variance(cells, share_of_offer, own_product, own_segment, params) + chosen_mean
    return Updated(
        lift=lift,
        sd=sd,
        offer_removed=_less(
            unsure + _mean_variance(cells.lift, share_of_offer),
            unsure - np.mean(known, axis=0) + _mean_variance(lift, share_of_offer),
        ),
        removed=_less(before, after),
        now=np.mean(now, axis=0),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Believed:
    """What is believed of tests before them, by one member."""

    predicted: Float
    """[J]"""
    share: Float
    """[J, S] of each test's extra units."""
    prior: Float
    """[J, J] covariances of the tests' means."""
    reach: Float
    """[S, K, O, J] covariances of the cells with them."""


def _believed(
    cells: LiftCells, tests: Measured, member: Float, own_product: Float, own_segment: Float, params: SpillParams
) -> _Believed:
    """Return what a member's lifts [S, K, J] of the tested offers and the residual come to."""
    foreseen, count = np.moveaxis(member, -1, 0), len(tests.lift)
    share = tests.weight * np.maximum(foreseen, 0.0)
    share /= np.maximum(share.sum(axis=(1, 2), keepdims=True), 1e-300)
    loading = share * np.moveaxis(tests.cells.sd, -1, 0)  # [J, S, K]
    spread = np.einsum("st,jtk->jsk", own_segment, loading)
    prior, reach = np.zeros((count, count)), np.zeros((*cells.sd.shape, count))
    for j in range(count):
        among = own_product[:, None, :] * offer_kernel(tests.cells, tests.cells, j, params)  # [K, J, K']
        prior[:, j] = np.einsum("isk,kil,sl->i", loading, among, spread[j])
        to = own_product[:, None, :] * offer_kernel(cells, tests.cells, j, params)  # [K, O, K']
        reach[..., j] = cells.sd * np.einsum("kol,sl->sko", to, spread[j])
    return _Believed(
        predicted=np.maximum((tests.weight * foreseen).sum(axis=(1, 2)), _FLOOR),
        share=share.sum(axis=2),
        prior=prior,
        reach=reach,
    )


def _apart(believed: _Believed, tests: Measured) -> dict[Mechanic, Apart]:
    """Return how far segments lie apart beside the usual, by what tests of several say."""
    move, noise = _map(believed.prior, believed.predicted, tests)
    now = np.maximum(believed.predicted * np.exp(move), _FLOOR)
    change, variance = move + (tests.at(now)[0] - now) / now, believed.prior + noise
    return beyond_the_usual(believed.share, tests.cells.mechanics, change, variance)


def _map(prior: Float, predicted: Float, tests: Measured) -> tuple[Float, Float]:
    """Return the most likely log change [J] of the tested means, and the tests' noise covariance [J, J] there.

    Steps are cut at 1, because a measured lift of 0 or less would send the logarithm to minus infinity.
    """
    move = np.zeros_like(predicted)
    for _ in range(_STEPS):
        now = np.maximum(predicted * np.exp(move), _FLOOR)
        lift, error = tests.at(now)
        goal = prior @ _solve(prior + error / np.outer(now, now), move + (lift - now) / now)
        step = np.clip(goal - move, -1.0, 1.0)
        move = move + 0.5 * step
        if np.abs(step).max() < 1e-12:
            break
    now = np.maximum(predicted * np.exp(move), _FLOOR)
    return move, tests.at(now)[1] / np.outer(now, now)


def _solve(matrix: Float, right: Float) -> Float:
    """Solve with a ridge far below every variance: the same test named twice makes the matrix singular."""
    ridge = 1e-10 * max(float(np.trace(matrix)) / max(len(matrix), 1), 1e-30)
    return np.asarray(np.linalg.solve(matrix + ridge * np.eye(len(matrix)), right))


def _foreseen_at_all(cells: LiftCells, tests: Measured) -> tuple[LiftCells, Measured]:
    """Give a small, wide lift to tested cells where a test measured some lift and the model foresees none."""
    lift, sd = cells.lift.copy(), cells.sd.copy()
    test_lift, test_sd = tests.cells.lift.copy(), tests.cells.sd.copy()
    least, wide = _UNFORESEEN
    for number, same in enumerate(tests.same):
        here = (tests.weight[number] > 0) & (test_lift[..., number].mean(axis=0) <= least / 10)
        if tests.lift[number] <= 0 or not here.any():
            continue
        test_lift[:, here, number], test_sd[here, number] = least, wide
        if same is not None:
            lift[:, here, same], sd[here, same] = least, wide
    found = replace(cells, lift=lift, sd=sd)
    return found, replace(tests, cells=replace(tests.cells, lift=test_lift, sd=test_sd))


def _offer_variance(cells: LiftCells, share: Float, product: Float, segment: Float, params: SpillParams) -> Float:
    """Return the residual's variance [O] of each offer's mean log lift."""
    loading = share * cells.sd
    spread = np.einsum("st,tko->sko", segment, loading)
    out = []
    for offer in range(loading.shape[2]):
        near = product * offer_kernel(cells, cells, offer, params)[:, offer, :]
        out.append(float(np.einsum("sk,kl,sl->", loading[..., offer], near, spread[..., offer])))
    return np.array(out)


def _mean_variance(lift: Float, share: Float) -> Float:
    """Return the members' variance [O] of each offer's mean log lift."""
    logs = np.log(np.where(lift > 0, lift, 1.0))
    return np.asarray((logs * share[None]).sum(axis=(1, 2)).var(axis=0))


def _less(before: Float, after: Float) -> Float:
    """Return the share of variances that is gone, 0 to 1."""
    return np.where(before > 0, 1.0 - np.clip(after / np.where(before > 0, before, 1.0), 0.0, 1.0), 0.0)


def _member_variance(lift: Float) -> Float:
    known = (lift > 0).all(axis=0)
    return np.where(known, np.log(np.where(lift > 0, lift, 1.0)).var(axis=0), 0.0)


def _rising(lift: Float, sd: Float, cells: LiftCells) -> Float:
    """Let lifts of a price mechanic rise with depth again where they did before: pool neighbours that fall.

    Isotonic regression by the min-max formula, weighted by precision; offers of one depth are pooled too.
    """
    out = lift.copy()
    for mechanic in PRICE:
        mine = [number for number, own in enumerate(cells.mechanics) if own is mechanic]
        for product in range(lift.shape[2]):
            order = sorted(mine, key=lambda number: (cells.log_price[product, number], number))
            order = [number for number in order if cells.log_price[product, number] > 0]
            if len(order) < 2:
                continue
            before, now = cells.lift[:, :, product][..., order], lift[:, :, product][..., order]
            fell = np.asarray((np.diff(before, axis=-1) >= 0).all(axis=-1) & (np.diff(now, axis=-1) < 0).any(axis=-1))
            if fell.any():
                weight = 1.0 / np.maximum(sd[:, product][..., order] ** 2, 1e-6)
                pooled = isotonic(now, np.broadcast_to(weight, now.shape))
                out[:, :, product, order] = np.where(fell[..., None], pooled, now)
    return out
