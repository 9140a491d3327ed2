"""What a campaign has gained against no promotion, as a table: planned, and by what its sales say."""

from __future__ import annotations

from planner.figures import MoneyStyle, money_style
from planner.flight.gained import BoughtAhead, Gained
from planner.report.table import Column, FittedTable
from scenarios.plain_digits import share_text


def show_gained(gained: Gained | None, currency: str) -> tuple[FittedTable, ...]:
    """One row for the plan and one for the sales; nothing where it was not asked for."""
    if gained is None:
        return ()
    money = money_style(currency, [gained.planned, gained.by_sales, gained.low, gained.high])
    return (
        FittedTable(
            title="Profit gained against no promotion",
            columns=(
                Column(title="", least=25),
                Column(title=currency, number=True),
                Column(title="5%", number=True),
                Column(title="95%", number=True),
            ),
            rows=(
                ("planned", money(gained.planned, signed=True), "", ""),
                (
                    "by what the sales say",
                    *(money(each, signed=True) for each in (gained.by_sales, gained.low, gained.high)),
                ),
            ),
            notes=(
                rests_on(gained),
                *bought_ahead(gained.ahead, money),
                "over the observed periods; by what the sales say: the real profit below, less what would have been "
                "sold without promotion by the offers' factors that replan learns from the same sales; 5% and 95%: "
                "what these leave open of all lifts together, what may be bought ahead and taken from rivals (as the "
                "plan's futures draw them), and who would have bought anyway, by chance; units that goods which sold "
                "out would have sold anyway count as gained; "
                f"{money.caption}",
            ),
        ),
    )


def rests_on(gained: Gained) -> str:
    """Say of which offers something random tells what they brought, and of which only the model does."""
    parts = [
        f"{how} for {', '.join(offers)}"
        for how, offers in (
            ("customers who were kept out,", gained.by_holdout),
            ("days that a lot switched off,", gained.by_lot),
            ("the response model and what was believed of baselines alone,", gained.by_model),
        )
        if offers
    ]
    if not parts:
        return "rests on: what was believed before, because no sales under an offer tell anything"
    text = f"rests on: {'; on '.join(parts)}"
    return f"{text}; nobody has seen these sales without the offers" if gained.by_model else text


def bought_ahead(ahead: BoughtAhead | None, money: MoneyStyle) -> tuple[str, ...]:
    """Say what is off the gain for what is bought ahead, how sure that is, and what of it follows the horizon."""
    if ahead is None:
        return ()
    share, off = _span(*ahead.share), money(ahead.off)
    told = f"{share} of what offers sell more is taken to be missing later, and {off} is off the gain for it"
    if ahead.charged > 0:
        told += f", {money(ahead.charged)} of that charged for days after the horizon"
    if ahead.drawn == ahead.share:
        return (f"bought ahead: {told}; the share is taken for certain, and the sales of a campaign do not tell it",)
    return (
        f"bought ahead: {told}; the sales of a campaign do not tell it, so 5% and 95% above hold shares of "
        f"{_span(*ahead.drawn)}, by which {money(ahead.low)} to {money(ahead.high)} is off, in the mean "
        f"{money(ahead.mean)}",
    )


def _span(low: float, high: float) -> str:
    return share_text(low) if low == high else f"{share_text(low)} to {share_text(high)}"
