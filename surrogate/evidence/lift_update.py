"""Taking lift tests in: a Bayesian update of log lifts, at the tested cells and, in part, at their neighbours.

A model's residual, the log of true over learned lift, is a Gaussian field over segments, products and offers with the
calibrated spread of every cell and the correlation

    (segment) x (product, category, any) x (mechanic, price family) x exp(-(difference of log price)^2 / 2 w^2)

Each factor is a sum of indicators with positive weights or a Gaussian, so the product is a valid correlation. A test
measures the mean lift of its cells, weighted by baseline units, with its own standard error. Every ensemble member is
conditioned on all tests together (Gauss-Newton, because a mean of lifts is no linear function of log lifts): the lift
moves, the residual's variance falls. Offers to named customers err by how these were chosen, too
(`uncertainty.selection`). Where lifts of deeper cuts would end below those of shallower ones, both meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from scenarios.tables.effect_rows import HIGHEST_LIFT
from surrogate.evidence.isotonic import isotonic
from surrogate.evidence.uncertainty.selection import Choice, selection

PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.COUPON, Mechanic.BUNDLE)
"""Mechanics that work through the price: what a test says of one says something of the others."""
_STEPS = 200
_FLOOR = 1e-6
"""Least lift that a member may foresee for a test, so that its logarithm exists."""
_UNFORESEEN = (0.01, 1.5)
"""Where a test measured a positive lift and the model foresees none: the lift, and the spread of its logarithm."""


@dataclass(frozen=True, kw_only=True)
class SpillParams:
    """How far a lift test speaks for others: shares of the residual's variance, and a distance.

    No retailer's data tells these apart before it has many tests; they are judgements, on the cautious side.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    any_segment: float = 0.85
    """Shared by all segments."""
    any_product: float = 0.30
    """Shared by all products."""
    same_category: float = 0.30
    """Shared, beyond that, by products of one category."""
    price_family: float = 0.50
    """Shared by all mechanics that work through the price."""
    same_kind: float = 0.50
    """Shared by different offers of one mechanic that leaves the price alone, such as two gifts."""
    price_width: float = 0.25
    """Difference of log price after which the correlation has fallen to 61 %: from 10 % off to 30 % off."""

    def __post_init__(self) -> None:
        shares = (self.any_segment, self.any_product + self.same_category, self.price_family, self.same_kind)
        if not all(0 <= share <= 1 for share in (*shares, self.any_product, self.same_category)):
            raise ValueError("shares of the residual's variance must lie between 0 and 1")
        if not (self.price_width > 0):
            raise ValueError("price_width must be above 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class LiftCells:
    """Lifts before tests. E members, S segments, K products, O offers."""

    lift: Float
    """[E, S, K, O]"""
    sd: Float
    """[S, K, O] standard deviation of log(true lift / member's lift)."""
    log_price: Float
    """[K, O] -log(1 - depth), 0 for offers that leave the price."""
    mechanics: tuple[Mechanic, ...]
    """[O]"""
    names: tuple[str, ...]
    """[O] what tells offers of one mechanic apart that leave the price alone."""
    selected: Float
    """[O] standard deviation, beside ``sd``, by how customers were chosen (`uncertainty.selection`)."""
    carried: Float
    """[S, O] beside both, that is each segment's own, where its answer is carried over from others."""

    @property
    def choice(self) -> Choice:
        """What is unsure of offers to named customers, because these were chosen."""
        return Choice(sd=self.selected, carried=self.carried, mechanics=self.mechanics)


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
    own_product, own_segment = _product_kernel(categories, params), _segment_kernel(len(cells.sd), params)
    count = len(tests.lift)
    shift, kept, now, known = [], [], [], []
    chosen, chosen_mean = np.zeros_like(cells.carried), np.zeros(cells.sd.shape[2])
    share_of_offer = weight / np.maximum(weight.sum(axis=(0, 1)), 1e-300)
    for member in range(len(cells.lift)):
        predicted = np.maximum((tests.weight * np.moveaxis(tests.cells.lift[member], -1, 0)).sum(axis=(1, 2)), _FLOOR)
        share = tests.weight * np.maximum(np.moveaxis(tests.cells.lift[member], -1, 0), 0.0)
        share /= np.maximum(share.sum(axis=(1, 2), keepdims=True), 1e-300)
        loading = share * np.moveaxis(tests.cells.sd, -1, 0)  # [J, S, K]
        spread = np.einsum("st,jtk->jsk", own_segment, loading)
        prior, reach = np.zeros((count, count)), np.zeros((*cells.sd.shape, count))
        for j in range(count):
            among = own_product[:, None, :] * _offer_kernel(tests.cells, tests.cells, j, params)  # [K, J, K']
            prior[:, j] = np.einsum("isk,kil,sl->i", loading, among, spread[j])
            to = own_product[:, None, :] * _offer_kernel(cells, tests.cells, j, params)  # [K, O, K']
            reach[..., j] = cells.sd * np.einsum("kol,sl->sko", to, spread[j])
        beside = selection(cells.choice, tests.cells.choice, share.sum(axis=2), share_of_offer.sum(axis=1))
        prior, reach = prior + beside.between, reach + beside.reach[:, None]
        move, noise = _map(prior, predicted, tests)
        gain = np.linalg.solve(prior + np.diag(noise) + 1e-12 * np.eye(count), np.eye(count))
        shift.append(reach @ _solve(prior, move))
        kept.append(cells.sd**2 + beside.own[:, None] - np.einsum("skoj,ji,skoi->sko", reach, gain, reach))
        told = np.einsum("sko,skoj->oj", share_of_offer, reach)
        known.append(np.einsum("oj,ji,oi->o", told, gain, told))
        now.append(predicted * np.exp(move))
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


def _map(prior: Float, predicted: Float, tests: Measured) -> tuple[Float, Float]:
    """Return the most likely log change [J] of the tested means, and the tests' noise variance [J] there.

    Steps are cut at 1, because a measured lift of 0 or less would send the logarithm to minus infinity.
    """
    move = np.zeros_like(predicted)
    for _ in range(_STEPS):
        now = np.maximum(predicted * np.exp(move), _FLOOR)
        noise = (tests.standard_error / now) ** 2
        goal = prior @ _solve(prior + np.diag(noise), move + (tests.lift - now) / now)
        step = np.clip(goal - move, -1.0, 1.0)
        move = move + 0.5 * step
        if np.abs(step).max() < 1e-12:
            break
    return move, (tests.standard_error / np.maximum(predicted * np.exp(move), _FLOOR)) ** 2


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
    return replace(cells, lift=lift, sd=sd), replace(tests, cells=replace(tests.cells, lift=test_lift, sd=test_sd))


def _segment_kernel(count: int, params: SpillParams) -> Float:
    return np.asarray(params.any_segment + (1 - params.any_segment) * np.eye(count))


def _product_kernel(categories: tuple[str, ...], params: SpillParams) -> Float:
    names = np.array(categories)
    own = 1 - params.any_product - params.same_category
    shared = params.same_category * (names[:, None] == names[None, :])
    return np.asarray(params.any_product + shared + own * np.eye(len(names)))


def _offer_kernel(cells: LiftCells, tested: LiftCells, test: int, params: SpillParams) -> Float:
    """Return the correlation [K, O, K'] of every offer on every product with a tested offer on every product."""
    kind = np.array(
        [
            _kind(own, tested.mechanics[test], name == tested.names[test], params)
            for own, name in zip(cells.mechanics, cells.names, strict=True)
        ]
    )
    apart = cells.log_price[:, :, None] - tested.log_price[None, None, :, test]
    return np.asarray(kind[None, :, None] * np.exp(-0.5 * (apart / params.price_width) ** 2))


def _kind(own: Mechanic, tested: Mechanic, same_offer: bool, params: SpillParams) -> float:
    if own is tested:
        return 1.0 if own in PRICE or same_offer else params.same_kind
    return params.price_family if own in PRICE and tested in PRICE else 0.0


def _offer_variance(cells: LiftCells, share: Float, product: Float, segment: Float, params: SpillParams) -> Float:
    """Return the residual's variance [O] of each offer's mean log lift."""
    loading = share * cells.sd
    spread = np.einsum("st,tko->sko", segment, loading)
    out = []
    for offer in range(loading.shape[2]):
        near = product * _offer_kernel(cells, cells, offer, params)[:, offer, :]
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
