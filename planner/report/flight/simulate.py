"""What a loop of campaigns earned: campaign by campaign, policy by policy, and what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import MoneyStyle, money_style, plural, share
from planner.report.flight.trainings import show_trainings, trainings_json
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from planner.simulate.loop import Course, Learn, LoopParams, Policy, Season
from planner.simulate.retrain import Training
from scenarios.answer.json_records import to_data
from scenarios.language.words import BASKET

LESSONS = 12
"""Most lessons that are shown; `--json` holds all."""
WORDS = {
    Policy.PLANNER: "plans, watches, plans the rest again, learns",
    Policy.LAST_YEAR: "plans the first campaign and repeats it",
    Policy.UNIFORM: "gives everything the same offer",
}


def show_courses(courses: tuple[Course, ...], params: LoopParams, currency: str, world: str) -> list[RenderableType]:
    """Lay out what every policy earned, then what the planner learned."""
    money = money_style(currency, [season.ran.gained for course in courses for season in course.seasons])
    drift = f"drift {share(params.drift, digits=0)} in every campaign" if params.drift else "no drift"
    past = f", after {params.past_weeks} weeks that it lived before" if params.past_weeks else ""
    head = f"{plural(params.campaigns, 'campaign')} in {world} ({drift}{past})"
    parts: list[RenderableType] = [Text(head, style="bold"), _earned(courses, money, params.learn)]
    parts += [_campaigns(course, money) for course in courses if course.policy is Policy.PLANNER]
    lessons = _lessons(courses)
    if lessons.rows:
        parts.append(lessons)
    if trainings := trainings_of(courses):
        parts.append(show_trainings(trainings))
    if nothing := ran_nothing(courses):
        parts.append(show_sentences("No yardstick", nothing, style="yellow"))
    if late := planned_late(courses):
        parts.append(show_sentences("No first plan", late, style="yellow"))
    if idle := used_by_nobody(courses):
        parts.append(show_sentences("Used by nobody", idle, style="yellow"))
    parts.append(_verdict(courses, money, currency))
    return parts


def trainings_of(courses: tuple[Course, ...]) -> tuple[Training, ...]:
    """Return the trainings before the campaigns, each once."""
    found = {s.training.campaign: s.training for course in courses for s in course.seasons if s.training is not None}
    return tuple(found[number] for number in sorted(found))


def ran_nothing(courses: tuple[Course, ...]) -> tuple[str, ...]:
    """Say of every policy that ran no line why, so that nobody takes what no promotion gains for its merit."""
    said = []
    for course in courses:
        idle = [season for season in course.seasons if not season.ran.lines]
        if not idle:
            continue
        numbers = ", ".join(str(season.number) for season in idle)
        when = "" if len(idle) == len(course.seasons) else f" in campaign{'s' if len(idle) > 1 else ''} {numbers}"
        broken = ", ".join(dict.fromkeys(name for season in idle for name in season.ran.broken))
        kind = "no plan that gives everything the same offer" if course.policy is Policy.UNIFORM else "no plan"
        why = f"{kind} was found that keeps {broken}" if broken else f"{kind} was found that gains anything"
        said.append(
            f"{course.policy.value} ran nothing{when}: {why}. What it gained there is what no promotion gains: 0."
        )
    return tuple(said)


def planned_late(courses: tuple[Course, ...]) -> tuple[str, ...]:
    """Say of every campaign that began without a plan and was planned on the way what stood in its way."""
    return tuple(
        f"{course.policy.value} found no first plan in campaign {season.number} that keeps "
        f"{', '.join(season.ran.broken)}: nothing was forecast. "
        f"Its {plural(len(season.ran.lines), 'line')} came with re-plannings, which lower floors that are out of reach."
        for course in courses
        for season in course.seasons
        if season.ran.broken and season.ran.lines
    )


def used_by_nobody(courses: tuple[Course, ...]) -> tuple[str, ...]:
    """Say which offers ran and were never used, whoever planned them: what they cost or gain here proves nothing."""
    seasons = [season for course in courses for season in course.seasons]
    ran = {line.offer for season in seasons for line in season.ran.lines}
    somewhere = {line.offer for s in seasons for line in s.ran.lines if line.offer not in s.ran.unused}
    names = dict.fromkeys(name for season in seasons for name in season.ran.unused)
    never = [name for name in names if name in ran and name not in somewhere]
    orders = "customers of this market put orders together as they please, not as the table of baskets says"
    return tuple(
        f"{name} ran, and nobody used it: {orders}; what it costs or gains here says nothing of yours"
        if name in _on_orders(seasons)
        else f"{name} ran, and nobody used it"
        for name in never
    )


def _on_orders(seasons: Sequence[Season]) -> set[str]:
    return {line.offer for season in seasons for line in season.ran.lines if line.product == BASKET}


def _earned(courses: tuple[Course, ...], money: MoneyStyle, learn: Learn) -> FittedTable:
    numbers = [season.number for season in courses[0].seasons]
    rows = []
    for number in numbers:
        row = [str(number)]
        row += [money(course.seasons[number - 1].ran.gained, signed=True) for course in courses]
        rows.append(tuple(row))
    rows.append(("all", *(money(course.gained, signed=True) for course in courses)))
    return FittedTable(
        title="Profit gained over no promotion, in the market",
        columns=(
            Column(title="campaign", least=8),
            *(Column(title=course.policy.value, number=True) for course in courses),
        ),
        rows=tuple(rows),
        notes=(
            "; ".join(f"{course.policy.value}: {_words(course.policy, learn)}" for course in courses),
            "all policies meet the same customers in the same mood",
            money.caption,
        ),
    )


def _words(policy: Policy, learn: Learn) -> str:
    if policy is Policy.PLANNER and learn is Learn.RETRAIN:
        return "plans, watches, plans the rest again, trains the surrogate anew"
    return WORDS[policy]


def _campaigns(course: Course, money: MoneyStyle) -> FittedTable:
    rows = [
        (
            str(season.number),
            money(season.ran.forecast, signed=True),
            money(season.ran.gained, signed=True),
            money(season.ran.spend),
            str(season.ran.alarms),
            str(season.ran.changed),
        )
        for season in course.seasons
    ]
    return FittedTable(
        title=f"{course.policy.value}, campaign by campaign",
        columns=(
            Column(title="campaign", least=8),
            Column(title="forecast", number=True),
            Column(title="gained", number=True),
            Column(title="spend", number=True, gives_way=1),
            Column(title="alarms", number=True),
            Column(title="lines changed", number=True),
        ),
        rows=tuple(rows),
        notes=_missed(course, money),
    )


def _missed(course: Course, money: MoneyStyle) -> tuple[str, ...]:
    """Say how far the forecasts were off, of which campaigns, and what of the first plans they leave out."""
    told = [season for season in course.seasons if season.ran.forecast is not None]
    if not told:
        return ()
    of = plural(len(course.seasons), "campaign")
    which = "" if len(told) == len(course.seasons) else f", over {len(told)} of {of}"
    missed = f"forecasts of the first plans missed what was gained by {share(course.error)} on average{which}"
    if not any(season.ran.charges for season in told):
        return (missed,)
    charged = money(sum(season.ran.charges for season in told))
    return (
        missed,
        f"forecast and gained both end with the last day: {charged} that first plans charge beyond it is left out",
    )


def _lessons(courses: tuple[Course, ...]) -> FittedTable:
    found = []
    for course in courses:
        for season in course.seasons:
            for offer, moved in season.learned.items():
                found.append((abs(moved.factor - 1.0), season.number, offer, moved))
    found.sort(key=lambda lesson: (-lesson[0], lesson[1], lesson[2]))
    rows = [
        (str(number), offer, f"{moved.factor:.2f}", f"{moved.low:.2f} to {moved.high:.2f}")
        for _, number, offer, moved in found[:LESSONS]
    ]
    more = len(found) - len(rows)
    return FittedTable(
        title="Lessons: extra sales of an offer against what was believed before the campaign",
        columns=(
            Column(title="campaign", least=8),
            Column(title="offer", least=12),
            Column(title="factor", number=True),
            Column(title="90 % interval", drawing=True),
        ),
        rows=tuple(rows),
        notes=(f"the largest {len(rows)} of {len(found)}",) if more else (),
    )


def _verdict(courses: tuple[Course, ...], money: MoneyStyle, currency: str) -> Text:
    best = max(courses, key=lambda course: course.gained)
    others = [course for course in courses if course is not best]
    ahead = ", ".join(
        f"{money(best.gained - course.gained)} more than {course.policy.value}{_idle(course)}" for course in others
    )
    text = f"{best.policy.value} gains {money(best.gained)} {currency}" + (f": {ahead}." if ahead else ".")
    return Text(text, style="green" if best.gained > 0 else "red")


def _idle(course: Course) -> str:
    return "" if any(season.ran.lines for season in course.seasons) else ", which ran nothing"


def simulate_json(courses: tuple[Course, ...], params: LoopParams, scenario: str, currency: str, world: str) -> Any:
    """Return the document of `campaign simulate --json`."""
    return to_data(
        {
            "format": "campaign-simulate/1",
            "scenario": scenario,
            "currency": currency,
            "world": world,
            "campaigns": params.campaigns,
            "drift": params.drift,
            "seed": params.seed,
            "learn": params.learn.value,
            "past_weeks": params.past_weeks,
            "trainings": trainings_json(trainings_of(courses)),
            "replans": params.campaign.replans,
            "policies": [
                {
                    "policy": course.policy.value,
                    "gained": round(course.gained, 2),
                    "campaigns": [
                        {
                            "number": season.number,
                            "forecast": None if season.ran.forecast is None else round(season.ran.forecast, 2),
                            "charges": round(season.ran.charges, 2),
                            "gained": round(season.ran.gained, 2),
                            "profit": round(season.ran.profit, 2),
                            "spend": round(season.ran.spend, 2),
                            "alarms": season.ran.alarms,
                            "lines": len(season.ran.lines),
                            "broken": season.ran.broken,
                            "unused": season.ran.unused,
                            "changed": season.ran.changed,
                            "learned": season.learned,
                        }
                        for season in course.seasons
                    ],
                }
                for course in courses
            ],
        }
    )
