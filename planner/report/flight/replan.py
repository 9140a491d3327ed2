"""A re-planned campaign: what was learned, where the running plan would end, and what changes, line by line."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, MoneyStyle, count, money_style, plural, share
from planner.replan.changes.differences import Change
from planner.replan.reconciled import reconciled
from planner.replan.replanned import Replanned, aims
from planner.replan.standing import Standing
from planner.report.conflict import show_conflict
from planner.report.flight.by_estimate import WITHIN, within_error_sentences
from planner.report.flight.replan_lines import show_changes_made, show_reconciled
from planner.report.names import names_of
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from surrogate.flight.recalibration.moved import Moved

TELLING = 0.05
"""Baselines that moved by less than this share are left out of the table."""
CHANGED = "Limits that the new plan keeps as they were changed, not as they were asked"
"""What stands above the limits that gave way, before everything else."""
TIED = "What the notice keeps from changing"
"""What stands above lines that a rule ties to locked ones."""
SAID = 0.2
"""Probability that an offer brings nothing, from which on it is said."""
CERTAIN = 0.995
"""Such a probability that is said to be nearly certain."""


def show_replanned(found: Replanned, *, title: str) -> list[RenderableType]:
    """Lay out a re-planning."""
    money = _money(found)
    parts: list[RenderableType] = [Text(title, style="bold")]
    if found.gave_way and found.after is not None:
        parts.append(show_sentences(CHANGED, found.gave_way, style="yellow"))
    if found.attention:
        parts.append(show_sentences("Needs attention", found.attention, style="red"))
    parts += [_learned(found), _standings(found, money)]
    if found.after is not None:
        steps = reconciled(found)
        parts.append(show_changes_made(found.rows, found.frozen.scenario.horizon, money))
        parts += [] if steps is None else [show_reconciled(steps, _currency(found))]
    parts += [show_sentences(TIED, found.tied)] if found.tied else []
    if found.within_error:
        parts.append(show_sentences(WITHIN, within_error_sentences(found.within_error, _currency(found))))
    sentences = [*aims(found), *found.flight.moved, *found.printed, *found.warnings]
    if found.recalibration.since is not None:
        day = found.frozen.scenario.horizon.date_of(found.recalibration.since)
        sentences.append(f"customers buy otherwise since about {day}: what was sold from then on counts for the rest")
    sentences += [_ran_out(name, lines) for name, lines in found.recalibration.ran_out.items()]
    learned = found.recalibration
    sentences += [_brings_nothing(name, each.nothing) for name, each in learned.offers.items() if each.nothing >= SAID]
    sentences += [
        _brings_nothing(f"{name} for {segment}", each.nothing)
        for (name, segment), each in learned.in_segments.items()
        if each.nothing >= SAID and learned.offers[name].nothing < SAID
    ]
    if found.recalibration.left_out:
        unit = found.frozen.scenario.horizon.unit.value
        times = f"{plural(found.recalibration.left_out, unit)} in which a product was sold out"
        sentences.append(f"left out, because nothing of demand is told by it: {times}")
    parts += [show_sentences("What is asked otherwise", found.flight.asked)] if found.flight.asked else []
    if sentences:
        parts.append(show_sentences("What follows reality", sentences))
    parts.append(_verdict(found, money))
    if found.after is None and found.conflict is not None:
        parts += show_conflict(found.conflict, names_of(found.frozen.scenario))
    return parts


def _brings_nothing(offer: str, chance: float) -> str:
    """Say of an offer that it may not be carried out."""
    likely = "almost certainly" if chance >= CERTAIN else f"{share(chance, digits=0)} likely"
    told = f"{likely} it brings nothing at all, by its sales and uses"
    return f"{offer}: {told}, as where nobody carries it out; look whether it stands in the shop, or works at the till"


def _ran_out(offer: str, lines: int) -> str:
    """Say of an offer that its pieces ran out."""
    known = "that at least so many wanted one is known, not how many more did"
    return f"{offer}: the pieces of {plural(lines, 'line')} ran out; {known}"


def _money(found: Replanned) -> MoneyStyle:
    standings = [each for each in (found.before, found.after) if each is not None]
    return money_style(_currency(found), [each.profit for each in standings])


def _currency(found: Replanned) -> str:
    return found.frozen.scenario.currency


def _learned(found: Replanned) -> FittedTable:
    learned = found.recalibration
    rows = []
    for name, moved in learned.offers.items():
        own = {segment: each for (offer, segment), each in learned.in_segments.items() if offer == name}
        rows.append(_row(name, "offer", moved))
        if any(abs(each.factor - moved.factor) >= TELLING for each in own.values()):
            rows += [_row(f"  for {segment}", "offer", each) for segment, each in own.items()]
    rows += [_row(name, "take-up", moved) for name, moved in found.used.items()]
    rows += [
        _row(name, "baseline", moved) for name, moved in learned.products.items() if abs(moved.factor - 1) >= TELLING
    ]
    return FittedTable(
        title=f"What the sales up to {found.flight.as_of} say of the forecast",
        columns=(
            Column(title="what", least=14),
            Column(title="of its", gives_way=1),
            Column(title="factor", number=True),
            Column(title="90 % interval", drawing=True),
            Column(title="believed before", drawing=True, gives_way=2),
            Column(title="cells", number=True, gives_way=3),
        ),
        rows=tuple(rows),
        notes=(
            "factor on the forecast: 0.70 is 30 % less; of offers on their extra sales, of take-up on uses by "
            "customers who would buy anyway, of baselines on sales without promotion (only those that moved by "
            f"{share(TELLING, digits=0)} or more are shown)",
            *_measured(found),
            *_followers(found),
        ),
        empty="nothing that was on offer has told anything yet",
    )


def _measured(found: Replanned) -> list[str]:
    """Say that what a holdout measured is among the evidence."""
    count = found.recalibration.contrasts
    return [f"{plural(count, 'lift')} measured by customers who were kept out weighed with the sales"] if count else []


def _followers(found: Replanned) -> list[str]:
    """Say that offers without a row are moved, too: what is planned next may be one of them."""
    ran = found.recalibration.offers
    if not ran or all(offer.id in ran for offer in found.frozen.scenario.offers):
        return []
    return ["offers that have not run are moved by what others of their mechanic show, by less"]


def _row(name: str, kind: str, moved: Moved) -> tuple[str, ...]:
    return (
        name,
        kind,
        f"{moved.factor:.2f}",
        f"{moved.low:.2f} to {moved.high:.2f}",
        f"{moved.before_low:.2f} to {moved.before_high:.2f}",
        f"{moved.cells:,}",
    )


def _standings(found: Replanned, money: MoneyStyle) -> FittedTable:
    before, after = found.before, found.after

    def row(label: str, name: str) -> tuple[str, ...]:
        one = getattr(before, name)
        if after is None:
            return label, money(one), NOTHING, NOTHING
        two = getattr(after, name)
        return label, money(one), money(two), money(two - one, signed=True)

    rows = [row("profit gained", "gained"), row("profit in all", "profit"), row("spend", "spend")]
    rows.append(("breaks", _broken(before), NOTHING if after is None else _broken(after), ""))
    if found.gave_way and after is not None:
        rows.append(("changed limits", NOTHING, count(len(found.gave_way)), ""))
    return FittedTable(
        title="The plan that runs, carried on, and the new one",
        columns=(
            Column(title="", least=14),
            Column(title="carried on", number=True),
            Column(title="new plan", number=True),
            Column(title="difference", number=True),
        ),
        rows=tuple(rows),
        notes=(
            "whole campaign: what was sold so far and what is expected of the rest; profit gained against no "
            "promotion, what is sold out is lost",
            *(f"carried on, {words}" for words in before.beyond),
            money.caption,
        ),
    )


def _broken(standing: Standing) -> str:
    if not standing.broken:
        return "nothing"
    return standing.broken[0] if len(standing.broken) == 1 else plural(len(standing.broken), "limit")


def _verdict(found: Replanned, money: MoneyStyle) -> Text:
    if found.after is None:
        broken = ", ".join(found.before.broken) or "a limit or a rule"
        text = f"No plan for the rest was found that keeps every limit and rule; carried on, the plan breaks {broken}."
        return Text(text, style="red")
    asked = f" Limits that it keeps as they were changed: {'; '.join(found.gave_way)}." if found.gave_way else ""
    asked += "".join(
        f" {each.vendor}'s fund leaves {money(each.beyond)} {_currency(found)} of what cannot be changed to you."
        for each in found.beyond_funds
    )
    if found.after.broken:
        asked = f"{asked} By the messages that are sent it breaks {', '.join(found.after.broken)}."
    dropped, added, other = _kinds(found.changes)
    currency = _currency(found)
    gained = money(found.after.gained - found.before.gained, signed=True)
    if not found.changes:
        stays = "all lines stay, with other pieces (above): export the roll-out anew" if found.printed else "it stays"
        may = " that the notice leaves free (above)" if found.tied else ""
        text = f"No change of the plan{may} is expected to gain more than its cost: {stays}."
        return Text(f"{text}{asked}", style="yellow" if found.printed or asked else "green")
    kinds = f"{dropped} dropped, {added} added, {other} changed"
    mended = [name for name in found.before.broken if name not in found.after.broken]
    why = f", and mends {', '.join(mended)}" if mended else ""
    helps = any(row.gain < found.cost * len(row.changes) for row in found.rows)
    cost = f"each had to gain at least {money(found.cost)}{', or to make room for others' if helps else ''}"
    sells = "Goods that sell out without the lines that go bring {} {} more, which this counts as unsold"
    idle = f". {sells.format(money(found.idle), currency)}" if found.idle else ""
    differ = "differs" if len(found.changes) == 1 else "differ"
    return Text(
        f"{plural(len(found.changes), 'line')} after {found.flight.locked_until} {differ} ({kinds}; {cost}): "
        f"{gained} {currency} of expected profit{_spent(found, money)}{why}{idle}.{asked}",
        style="yellow" if asked else "green",
    )


def _spent(found: Replanned, money: MoneyStyle) -> str:
    """Say how much more or less the new plan spends: a gain that takes much money is told beside it."""
    assert found.after is not None
    more = found.after.spend - found.before.spend
    if money(more) == money(-more):
        return ""
    return f" at {money(abs(more))} {_currency(found)} {'more' if more > 0 else 'less'} spend"


def _kinds(changes: tuple[Change, ...]) -> tuple[str, str, str]:
    dropped = sum(change.after is None for change in changes)
    added = sum(change.before is None for change in changes)
    return count(dropped), count(added), count(len(changes) - dropped - added)
