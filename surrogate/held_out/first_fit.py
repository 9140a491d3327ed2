"""The first fit: learned on the weeks up to ``train_until`` only, and what it foresees of the weeks after them.

Training goes on from here; evaluating and benchmarks stop here, because nothing in it has seen the held-out weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scenarios.arrays import Float
from scenarios.language.schema import LearnSpec
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.effects.anonymous_level import customers_alike
from surrogate.effects.category_response import profiles
from surrogate.effects.described import Described, describe
from surrogate.effects.ensemble import EnsembleParams, fit_ensemble
from surrogate.effects.fading import LearnedFading
from surrogate.effects.fine_groups import Grouped, group_customers
from surrogate.effects.fit import Member
from surrogate.effects.line_ages import coming_shares, learned_fading, lines_of
from surrogate.effects.lives import fading_of
from surrogate.effects.own_weeks import own_slopes
from surrogate.effects.season import Calendar, calendar_of
from surrogate.effects.spans import FitCells, Span, find_spans, fit_cells
from surrogate.held_out.foresee import hold_out
from surrogate.held_out.held import Held
from surrogate.held_out.tested import Tested
from surrogate.people.own_segments import OwnSegments
from surrogate.people.segments import Segmentation, find_segments
from surrogate.progress import ProgressCallback, at_step, part_of
from surrogate.shelf.cells import ItemRows, Shelf, lay_out
from surrogate.shelf.departures import with_departures
from surrogate.unfinished import NOTHING_KEPT, Unfinished


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstFit:
    """What was learned by the end of week ``cut``, and the held-out weeks after it."""

    events: Events
    shelf: Shelf
    """All weeks."""
    calendar: Calendar
    rows: ItemRows
    """Of all weeks."""
    cut: int
    """Number of the last week that was learned from."""
    seen: Described
    """Customers and promotions as known at the end of that week, or of a later one (`described_at`)."""
    grouped: Grouped
    """Customers in fine groups as they were then; no week that was learned from is explained by these."""
    spans: tuple[Span, ...]
    """Customers by spans of weeks, which were learned from; the last is the held-out weeks'."""
    groups: int
    """Fine groups in each."""
    members: tuple[Member, ...]
    tested: Tested
    held: Held

    def described_at(self, week: int) -> FirstFit:
        """Return the fit with customers and promotions as known at the end of another week, in the scale it learned.

        Whoever keeps only what is returned frees a table of all customers.
        """
        shelf = with_departures(self.shelf, self.rows, by=week)
        return replace(self, shelf=shelf, seen=describe(self.events, shelf, week=week, scale=self.seen.scale))


def first_fit(
    spec: DataSpec,
    params: EnsembleParams,
    seed: int,
    progress: ProgressCallback,
    *,
    learn: LearnSpec,
    base: Path | None = None,
    own: OwnSegments | None = None,
    unfinished: Unfinished = NOTHING_KEPT,
) -> FirstFit:
    """Read the data, learn up to ``spec.train_until`` and foresee the weeks up to ``spec.test_until``.

    Parameters
    ----------
    spec
        What to learn from; nothing after ``spec.test_until`` is read.
    params
        Size of the ensemble.
    seed
        Of every random choice.
    progress
        Hears what is being done and the share of it that is done.
    learn
        How many segments, and how small they may be.
    base
        Folder that file names in ``spec`` are relative to.
    own
        The retailer's segments, in place of learned ones.
    unfinished
        Where an earlier training that was cut off may have left what it did.

    Raises
    ------
    InvalidInput
        When the data cannot be used.
    """
    params = params.with_offers() if spec.past_offers else params
    events = load_events(
        spec, until=spec.test_until, base=base, progress=part_of(progress, 0.15), unfinished=unfinished
    )
    progress("describing customers and promotions", 0.15)
    cut = week_of(spec.train_until)
    shelf, rows = lay_out(events, settle_until=cut)
    shelf = with_departures(shelf, rows, by=cut)
    calendar = calendar_of(spec.holidays, weeks=cut - int(shelf.weeks[0]) + 1)
    shelf = replace(shelf, calendar=calendar.by_week(shelf.weeks)) if calendar.names else shelf
    seen = describe(events, shelf, week=cut)
    # The retailer's own segments need nothing learned: too small ones are refused now, not after minutes of learning.
    listed = None if own is None else segment((), seen, learn, seed, events=events, own=own)
    weeks = shelf.window(0, cut).weeks.size
    grouped = group_customers(seen.scaled, params.groups, seed)
    spans = find_spans(events, shelf, seen=seen, grouped=grouped, groups=params.groups, seed=seed)
    cells = fit_cells(spans, events, rows, shelf, seen=seen, groups=params.groups)
    slopes = own_slopes(cells.units[:, :, :weeks].sum(axis=0), seen.marked(seen.plain(shelf)))
    shelf = replace(shelf, fading=fading_of(shelf, slopes.fading))
    members = fit_ensemble(
        cells,
        seen.plain(shelf).hidden_after(cut),
        params,
        seed,
        lambda step, share: progress(at_step(f"learning effects from {weeks} weeks", step), 0.25 + 0.69 * share),
        seen=weeks,
        own=slopes,
        unfinished=unfinished,
    )
    progress("testing on held-out weeks", 0.95)
    segments = listed or segment(members, seen, learn, seed, events=events, min_baskets=spec.min_baskets)
    slope, unsure = slopes.shrunk(params.fit.own_response)
    fades = fading_after(cells, events, shelf, slope, cut=cut)
    alike = customers_alike(seen, rows, seen.plain(shelf).window(0, cut))
    tested = Tested(segments=segments, alike=alike if alike >= learn.min_size else 0)
    held = hold_out(members, tested, seen, events, rows, shelf, cut=cut, unsure=unsure, fades=fades)
    return FirstFit(
        events=events,
        shelf=shelf,
        calendar=calendar,
        rows=rows,
        cut=cut,
        seen=seen,
        grouped=grouped,
        spans=spans,
        groups=params.groups,
        members=members,
        tested=tested,
        held=held,
    )


def fading_after(cells: FitCells, events: Events, shelf: Shelf, slope: Float, *, cut: int) -> LearnedFading | None:
    """Return how levels fall after week ``cut``, by what is known at its end; None where nothing fades."""
    if shelf.fading is None:
        return None
    seen = int((shelf.weeks <= cut).sum())
    units = cells.units[:, :, :seen].sum(axis=0)
    lines, coming = lines_of(events, shelf, slope, by=cut), coming_shares(events, shelf, by=cut)
    return learned_fading(units, lines, coming, shelf, slope)


def segment(
    members: tuple[Member, ...],
    seen: Described,
    learn: LearnSpec,
    seed: int,
    *,
    events: Events,
    own: OwnSegments | None = None,
    min_baskets: int | None = None,
) -> Segmentation:
    """Find segments of the customers by the profiles that the members learned, or take the retailer's own."""
    if own is not None:
        return own.segmentation(events, seen.features, least=learn.min_size)
    learned = profiles(tuple(net for net, _ in members), seen.scaled)
    return find_segments(learned, seen.features, seen.scaled, learn, seed=seed, min_baskets=min_baskets)
