"""What a campaign has gained against no promotion, as a table: planned, and by what its sales say."""

from __future__ import annotations

from planner.figures import money_style
from planner.flight.gained import Gained
from planner.report.table import Column, FittedTable


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
                "over the observed periods; by what the sales say: the real profit below, less what would have been "
                "sold without promotion by the offers' factors that replan learns from the same sales; 5% and 95%: "
                "what these leave open of all lifts together, and who would have bought anyway, by chance; units that "
                "goods which sold out would have sold anyway count as gained; "
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
