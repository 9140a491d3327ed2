"""The answer: ranked plans with their account, as frozen records; plans.json key by key (docs/files.md).

Money is net of tax, in major units as exact decimals with the currency's own digits; units, uses and contacts carry
three digits. A figure that does not exist is None.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from decimal import Decimal

from scenarios.answer.front import Front
from scenarios.answer.json_records import LEFT_OUT, dump, from_data, parse, to_data
from scenarios.answer.notes import Note, text_of
from scenarios.answer.remedies import RESTORE_FILE
from scenarios.answer.verdicts import LimitResult, RuleResult
from scenarios.language.plan_lines import PlanLine
from scenarios.problems import InvalidInput, Problem

FORMAT = "campaign-plans/1"
MAX_SEED = 2**128
"""Seeds are below it: what a stream of random numbers takes."""


@dataclass(frozen=True, kw_only=True)
class Quantiles:
    """What happens in the drawn futures: 5 %, 50 % and 95 % of them stay below."""

    p05: Decimal
    p50: Decimal
    p95: Decimal
    p05_low: Decimal | None = None
    """Between it and `p05_high` the 5 % quantile of all futures lies, with 90 % confidence; None in older folders."""
    p05_high: Decimal | None = None
    p95_low: Decimal | None = None
    """Likewise of the 95 % quantile."""
    p95_high: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """From the gross bump to the profit change over the empty plan: terms add up to `net`, exactly.

    Each term is the profit that switching it on changes, in this order.
    """

    gross_bump: Decimal
    """Extra units at full margin, nothing borrowed, stolen or discounted."""
    fatigue: Decimal
    cannibalisation: Decimal
    pull_forward: Decimal
    """Later sales borrowed, and what is charged for those beyond the horizon."""
    halo: Decimal
    basket: Decimal
    """Extra orders that basket offers bring, at full margin, less the share that is bought ahead."""
    discount_on_base: Decimal
    """Savings on units that would have sold anyway, fees spared taken off."""
    discount_on_bump: Decimal
    gifts: Decimal
    contacts: Decimal
    fixed_costs: Decimal
    vendor_funding: Decimal
    net: Decimal

    @property
    def terms(self) -> tuple[tuple[str, Decimal], ...]:
        """Name and amount of every term in order, `net` left out."""
        return tuple((each.name, getattr(self, each.name)) for each in fields(self) if each.name != "net")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Totals of a plan over the whole horizon: sums of the cells, exactly."""

    profit: Decimal
    profit_change: Decimal
    """Against the empty plan."""
    revenue: Decimal
    revenue_change: Decimal
    margin: Decimal
    margin_rate: float
    units: Decimal
    units_change: Decimal
    orders: Decimal
    discount: Decimal
    discount_on_base: Decimal
    gifts_cost: Decimal
    contacts_cost: Decimal
    fixed_cost: Decimal
    cash_cost: Decimal
    gross_spend: Decimal
    vendor_funding: Decimal
    spend: Decimal
    charges: Decimal
    """Charged beyond the horizon: units borrowed, fatigue left over, baskets bought ahead."""
    roi: float | None
    """Profit change per unit of gross spend; None without spend."""
    uses: Decimal
    gifts: Decimal
    contacts: Decimal
    customers_reached: Decimal
    """By at least one targeted line over the horizon."""
    issued: Decimal
    """Coupons that customers hold, and pieces of offers that count them."""
    max_liability: Decimal
    """What is owed when everything issued is redeemed, also after the horizon; net, before funding."""
    bridge: Bridge
    quantiles: dict[str, Quantiles]
    """Of ``profit`` (the change against the empty plan in the same future) and ``spend``."""
    loss_share: float | None = None
    """Share of the drawn futures in which the plan earns less than no promotion; None in older folders."""
    unplaced: Decimal | None = field(default=None, metadata=LEFT_OUT)
    """The part of `charges` that is bought ahead of days in the horizon on which too little is sold for it; None where
    there is none, and in older folders."""
    funds_used_up: dict[str, float] | None = field(default=None, metadata=LEFT_OUT)
    """Share of the drawn futures in which a vendor is asked for more than his fund holds, of each vendor with a fund
    who pays for a line; None where there is none, and in older folders."""


@dataclass(frozen=True, kw_only=True)
class LineResult:
    """One line of a plan and what it does."""

    period: dt.date
    """First day."""
    product: str
    """``basket`` for basket offers."""
    segment: str
    """``*`` for everybody."""
    offer: str
    coverage: float
    quantity: float
    """Share of the expected uses that there are pieces for; 1 where pieces are not counted."""
    pieces: int | None
    """Pieces that this share comes to: `uses`, rounded up; None where pieces are not counted."""
    units: Decimal
    """Sold under the line; orders for a basket line."""
    incremental_units: Decimal
    """`units` less what the line's takers would have bought anyway."""
    uses: Decimal
    gifts: Decimal
    contacts: Decimal
    """The line's part of the messages that carry it."""
    discount: Decimal
    gross_spend: Decimal
    vendor_funding: Decimal
    spend: Decimal
    issued: Decimal
    """Coupons that customers hold by the line, or its pieces."""
    liability: Decimal
    """What is owed when all of them are redeemed; the lines' add up to the plan's `max_liability`."""
    contribution: Decimal | None
    """Objective that the plan loses without the line."""
    why: str

    @property
    def line(self) -> PlanLine:
        """The line as people write it, not validated: the grid says whether it names anything."""
        return PlanLine.model_construct(
            date=self.period,
            product=self.product,
            segment=self.segment,
            offer=self.offer,
            coverage=self.coverage,
            quantity=self.quantity,
        )


@dataclass(frozen=True, kw_only=True)
class RankedPlan:
    """One plan with its account."""

    rank: int
    objective: Decimal
    """Change against the empty plan."""
    gap: float | None
    """(bound - objective) / max(1, |bound|)."""
    optimism: float | None
    """By how much the objective of the plan that was picked looks better than fresh futures say, as a share of it."""
    outcome: Outcome
    baselines: dict[str, Decimal | None]
    """Objectives of ``no_promotion``, ``greedy``, ``uniform`` and ``last_campaign``."""
    interaction: Decimal | None
    """`objective` less the contributions of all lines: what lines gain and lose by one another."""
    limits: tuple[LimitResult, ...]
    rules: tuple[RuleResult, ...]
    lines: tuple[LineResult, ...]
    no_promotion_breaks: tuple[str, ...] = ()
    """Limits and rules that a plan without lines breaks, by id: ``no_promotion`` is then no plan, only a yardstick."""
    objectives: dict[str, Decimal] | None = None
    """Of a front, the change of every measure against the empty plan; None where the objective is a single one."""
    optimism_error: float | None = None
    """Standard error of `optimism`; None where there is none, and in older folders."""
    uniform_offer: str | None = None
    """Offer of the ``uniform`` baseline, and on how many of its lines where others mend a floor; None where there is
    none, and in older folders."""

    @property
    def plan_lines(self) -> tuple[PlanLine, ...]:
        """All lines as people write them."""
        return tuple(line.line for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What was read, sealed by its hash."""

    id: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Hash:
    """The hash of a file."""

    sha256: str


@dataclass(frozen=True, kw_only=True)
class EffectsSource:
    """Where the effects came from."""

    source: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PlanSet:
    """Everything that a run returns: ``DIR/plans.json``."""

    format: str
    scenario: Source
    effects: EffectsSource
    cells: Hash
    seed: int
    effort: str
    versions: dict[str, str]
    assumed: tuple[str, ...]
    """One entry a default or assumption that matters, as printed."""
    notes: tuple[Note | str, ...]
    """What a reader must know: evidence of the effects, plans that are less different than wanted ...; plain sentences
    in older folders."""
    objective: str
    currency: str
    bound: Decimal | None
    """No plan under the scenario's effects and the response model is worth more; None for a careful objective."""
    cross_fit: float | None = None
    """By how much plans made on one half of the futures promise more than the other half gives, as a share of it."""
    cross_fit_error: float | None = None
    """Standard error of `cross_fit`; None where there is none, and in older folders."""
    front: Front | None = None
    """What the plans trade off, where the objective names several measures."""
    plans: tuple[RankedPlan, ...]

    @property
    def timed(self) -> bool:
        """Whether the run had seconds to spend, not work."""
        return "second" in self.effort

    @property
    def note_texts(self) -> tuple[str, ...]:
        """The sentences of all notes."""
        return tuple(text_of(note) for note in self.notes)

    def to_json(self) -> str:
        """Return the text of plans.json."""
        return dump(to_data(self))

    @classmethod
    def from_json(cls, text: str, *, where: str = "plans.json") -> PlanSet:
        """Read the text of plans.json.

        Raises
        ------
        InvalidInput
            For text that is no plan set, every problem at once; for one of another format before anything else of it.
        """
        data = parse(text, where=where)
        said = data.get("format") if isinstance(data, dict) else None
        if isinstance(said, str) and said != FORMAT:
            remedy = "plan again, or read it with the version that wrote it"
            raise InvalidInput([Problem(where=where, what="format", expected=FORMAT, got=said[:60], remedy=remedy)])
        read = from_data(cls, data, where=where)
        if not (0 <= read.seed < MAX_SEED):
            remedy = RESTORE_FILE
            got, expected = str(read.seed), "a whole number of at least 0"
            raise InvalidInput([Problem(where=where, what="seed", expected=expected, got=got, remedy=remedy)])
        return read
