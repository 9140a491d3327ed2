"""Take-up: which share of the base units is sold under an offer; given, converted from redemption, or by definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import Offer, Product, Scenario, Segment
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import Layer, Mechanic
from scenarios.response.baskets import Baskets
from scenarios.response.economics import units_per_use
from scenarios.tables.effect_rows import EffectRows
from scenarios.tables.validity_units import refuse_by_day, while_valid

_PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)


def fixed_take_up(offer: Offer) -> float | None:
    """Return the take-up that holds by definition: a shelf price is everybody's, mere visibility grants nothing.

    Under visibility that a vendor pays by the unit, every unit counts that is sold to those who are shown it.
    """
    if offer.mechanic is Mechanic.FEATURE:
        return 1.0 if offer.paid_by_unit else 0.0
    if offer.layer is Layer.PUBLIC and offer.mechanic in _PRICE:
        return 1.0
    return None


def default_take_up(offer: Offer, segments: tuple[Segment, ...], baskets: Baskets | None) -> Float | None:
    """Return the take-up per segment that is assumed where the table gives none; None where it must be given."""
    fixed = fixed_take_up(offer)
    public_gift = offer.layer is Layer.PUBLIC and offer.mechanic is Mechanic.GIFT and not offer.is_basket
    if fixed is None and (public_gift or offer.at_the_shelf):
        fixed = 1.0
    if fixed is not None:
        return np.full(len(segments), fixed)
    if offer.is_basket and baskets is not None:
        spend = float(offer.spend or 0)
        return np.array([baskets.share_at_least(segment.id, spend) for segment in segments])
    return None


@dataclass(frozen=True, kw_only=True, eq=False)
class TakeUpInput:
    """What take-up is read from."""

    scenario: Scenario
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    table: CsvTable
    rows: EffectRows
    row: Int
    """[S, K+1, T, O] row of each cell, -1 where none."""
    names_offer: Flag
    """[R] whether a row names its offer, so that its take-up is meant for this mechanic."""
    base_units: Float | None
    """[S, K, T]; None while the baseline is unusable."""
    baskets: Baskets | None


def read_take_up(source: TakeUpInput) -> tuple[Float, Flag, tuple[str, ...]]:
    """Return take-up [S, K+1, T, O] (0 where no row speaks), where nobody can use an offer, and notes.

    Nobody can where the table leaves take-up to the baskets and no order there reaches what the offer asks for.
    Problems go to the table.
    """
    take_up = np.zeros(source.row.shape)
    nobody = np.zeros(source.row.shape, dtype=bool)
    notes: list[str] = []
    for number, offer in enumerate(source.scenario.offers):
        row = source.row[..., number]
        here = row >= 0
        if not here.any():
            continue
        given = np.where(here, source.rows.take_up[row], np.nan)
        redeemed = np.where(here, source.rows.redemption[row], np.nan)
        fixed = fixed_take_up(offer)
        if fixed is not None:
            _refuse_other(source, offer, row, np.where(np.isnan(given), redeemed, given), fixed)
            take_up[..., number] = np.where(here, fixed, 0.0)
            continue
        if not np.isnan(redeemed).all():
            refuse_by_day(source.table, source.scenario.horizon, offer, row, redeemed)
            given = np.where(np.isnan(given), _from_redemption(source, offer, row, redeemed), given)
        default = default_take_up(offer, source.segments, source.baskets)
        if default is None:
            _refuse_blank(source, offer, row, np.isnan(given) & here)
            default = np.full(len(source.segments), np.nan)
        elif offer.is_basket:
            notes += _compare(offer, source.segments, given, default)
        blank = np.isnan(given) & here
        if offer.is_basket:
            nobody[..., number] = blank & (default == 0.0)[:, None, None]
            notes += _out_of_reach(offer, source, np.asarray(nobody[..., number].any(axis=(1, 2))))
        if (blank & ~nobody[..., number]).any() and not np.isnan(default).any():
            notes.append(_assumed(offer, default[blank.any(axis=(1, 2))]))
        filled = np.where(np.isnan(given), default[:, None, None], given)
        take_up[..., number] = np.where(here, filled, 0.0)
    return take_up, nobody, tuple(notes)


def _out_of_reach(offer: Offer, source: TakeUpInput, nobody: Flag) -> list[str]:
    """Say in which segments no order is large enough for an offer, whose lift counts as nothing there."""
    if not nobody.any():
        return []
    whose = "" if nobody.all() else f" of {', '.join(source.segments[n].id for n in np.flatnonzero(nobody))}"
    return [
        f"offer {offer.id}: no order{whose} reaches {offer.spend:,}, so nobody can use it and its lift counts as 0; "
        "lower its spend, or write its take_up if orders grow to reach it"
    ]


def _refuse_other(source: TakeUpInput, offer: Offer, row: Int, given: Float, fixed: float) -> None:
    """Refuse a number that contradicts the mechanic, where its row names the offer."""
    wrong = (row >= 0) & ~np.isnan(given) & (given != fixed) & source.names_offer[row]
    if not wrong.any():
        return
    first = int(row[wrong].min())
    column = "take_up" if np.isnan(source.rows.redemption[first]) else "redemption"
    if offer.mechanic is Mechanic.FEATURE:
        whole = "under which, paid by the unit, every unit sold counts"
        expected = f"a blank for a feature, {whole if fixed else 'which grants no saving'}"
    else:
        expected = f"a blank for a public {offer.mechanic.value}, which everybody gets"
    got = f"{source.table.texts(column)[first]} for {offer.id}"
    source.table.problem(first, column, expected, got, "leave the cell blank")


def _refuse_blank(source: TakeUpInput, offer: Offer, row: Int, blank: Flag) -> None:
    if not blank.any() or (offer.is_basket and source.baskets is None):
        return  # missing or broken baskets are a problem of their own
    texts = [source.table.texts(column) for column in ("take_up", "redemption")]
    rows = [int(number) for number in np.unique(row[blank]) if not any(text[int(number)] for text in texts)]
    if not rows:
        return
    more = f" (and on {len(rows) - 1} more rows)" if len(rows) > 1 else ""
    expected = f"a take_up for {offer.id}, a {offer.layer.value} {offer.mechanic.value}"
    remedy = "write the share of base units sold under the offer, such as 12%"
    source.table.problem(rows[0], "take_up", expected, f"a blank{more}", remedy)


def _from_redemption(source: TakeUpInput, offer: Offer, row: Int, redemption: Float) -> Float:
    """Convert uses per contact to take-up: redemption x customers x units per use / base units of the period.

    Of an offer that is sent once the uses are those of its whole validity, which its days share by their base units.
    Where the baseline is 0, as on a day on which the shop is closed, nobody has a use to make: take-up is 0 there.
    """
    customers = np.array([float(segment.customers) for segment in source.segments])
    base = np.zeros(row.shape)
    span = np.ones(row.shape[1])
    if offer.is_basket:
        if source.baskets is not None:
            orders = [source.baskets.orders_per_period(segment.id) for segment in source.segments]
            base[:, -1] = np.array(orders)[:, None]
    elif source.base_units is None:
        return np.full(row.shape, np.nan)
    else:
        base[:, :-1] = source.base_units
        span[:-1] = [units_per_use(offer, product) for product in source.products]
    base = while_valid(base, offer, source.scenario.horizon)
    wanted = redemption * customers[:, None, None] * span[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        take_up = np.where((wanted > 0) & (base > 0), wanted / base, np.where(np.isnan(wanted), np.nan, 0.0))
    for number in np.unique(row[(row >= 0) & (take_up > 1)]):
        cells = np.argwhere((row == number) & (take_up > 1))
        _refuse_arithmetic(source, offer, int(number), cells[np.argmax(take_up[tuple(cells.T)])], base, span)
    return take_up


def _refuse_arithmetic(source: TakeUpInput, offer: Offer, number: int, cell: Int, base: Float, span: Float) -> None:
    s, k, t = (int(i) for i in cell)
    segment = source.segments[s]
    day = source.scenario.horizon.date_of(t)
    basket = offer.is_basket
    unit, place = ("orders", "all baskets") if basket else ("units", source.products[k].id)
    rate = source.rows.redemption[number]
    product = f"{rate:g} x {segment.customers:,} customers"
    if not basket and span[k] != 1:
        product += f" x {span[k]:g} units a use"
    wanted = rate * segment.customers * span[k]
    there = _told(base[s, k, t], digits=1)
    when = f"{day}" if offer.valid is None else f"of the validity that holds {day}"
    got = f"{product} = {_told(wanted)} {unit}, but the baseline of {segment.id}, {place}, {when} is {there}"
    expected = f"a redemption of {offer.id} that its {unit} allow"
    counts = "contacted customer and period" if offer.valid is None else "customer to whom it was sent"
    remedy = f"lower the redemption (it counts uses per {counts}), or give take_up instead"
    source.table.problem(number, "redemption", expected, got, remedy)


def _told(value: float, digits: int = 0) -> str:
    """Write a number of units; of less than one unit what there is of it, not 0."""
    return f"{value:,.{digits}f}" if value >= 1 else f"{value:.2g}"


def _assumed(offer: Offer, default: Float) -> str:
    """Say which take-up stands in for blanks of the table."""
    if not offer.is_basket:
        member = offer.layer is Layer.TARGETED
        whom = "every member who is reached" if member else "everybody"
        what = f"a {offer.mechanic.value} at the shelf" if member else f"a public {offer.mechanic.value}"
        return f"take-up of {offer.id}: blank in the table, so {whom} is taken to use {what}"
    low, high = f"{default.min():.1%}", f"{default.max():.1%}"
    share = low if low == high else f"{low} to {high} by segment"
    reach = f"that reach {offer.spend:,}" if offer.spend else "of any value"
    return f"take-up of {offer.id}: blank in the table, so the share of orders {reach} by the baskets is taken: {share}"


def _compare(offer: Offer, segments: tuple[Segment, ...], given: Float, default: Float) -> list[str]:
    """Say both figures where table and baskets both speak of a basket offer's take-up; the table wins."""
    known = [values[~np.isnan(values)] for values in given]
    differ = [
        number
        for number, values in enumerate(known)
        if values.size and not np.allclose(values, default[number], atol=0.0005)
    ]
    if not differ:
        return []
    if len(differ) > 3:
        table, orders = [known[number].mean() for number in differ], default[differ]
        parts = [f"{min(table):.1%} to {max(table):.1%} against {orders.min():.1%} to {orders.max():.1%} by segment"]
    else:
        parts = [f"{segments[n].id} {known[n].mean():.1%} against {default[n]:.1%}" for n in differ]
    reach = f"share of orders that reach {offer.spend:,}" if offer.spend else "share of all orders"
    return [f"take-up of {offer.id}: the table's is used, against the {reach} by the baskets: {', '.join(parts)}"]
