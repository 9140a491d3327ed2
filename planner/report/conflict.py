"""Why there is no plan: what conflicts, proven or not, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.remedies import Change, Known, Remedy
from planner.report.names import UNNAMED, Names
from planner.report.notes import show_sentences

_KNOWN = {
    Known.FOUND: "tried: a new run finds a plan",
    Known.SHOWN: "a plan is known that passes then, but a new run may miss it",
    Known.GUESSED: "not tried: whether a plan passes then is not known",
}
"""What is known of a way out; where every plan was looked at, the conflict says so."""
_LESS = "; a smaller change may be enough, which was not tried"


def show_conflict(conflict: Conflict | None, names: Names = UNNAMED) -> list[RenderableType]:
    """Lay out the answer of a run that found no plan."""
    if conflict is None:
        return [Text("No plan was found; why could not be said.", style="bold red")]
    if conflict.proven:
        parts: list[RenderableType] = [Text("Infeasible: no plan keeps every limit and rule.", style="bold red")]
        for number, clash in enumerate(conflict.clashes, start=1):
            which = f" ({number} of {len(conflict.clashes)})" if len(conflict.clashes) > 1 else ""
            parts.append(show_sentences(f"What cannot be kept together{which}", names.all_of(clash.members)))
            parts.append(show_sentences("Why", (clash.reason, *_sure(clash), *_firm(clash.members, conflict.firm))))
    else:
        tried = ", by two starts of different luck" if conflict.anew else ""
        parts = [Text(f"No plan was found{tried}. That none exists is not proven.", style="bold red")]
        if conflict.members:
            parts.append(show_sentences("What the nearest plan breaks", names.all_of(conflict.members)))
            kept = _kept_firm(conflict.members, conflict.firm)
            parts += [show_sentences("Firm", kept)] if kept else []
    if conflict.ways:
        title = _title(conflict) + (", any one of these" if len(conflict.ways) > 1 else "")
        parts.append(show_sentences(title, tuple(_way(way, evident=conflict.evident) for way in conflict.ways)))
    elif not conflict.evident and (conflict.proven or conflict.hurried):
        parts.append(show_sentences("What would mend it", (_no_way(conflict),)))
    if conflict.untried:
        parts.append(show_sentences("Not looked at", conflict.untried))
    if conflict.nearest and conflict.nearest not in (conflict.members, conflict.reasons):
        parts.append(show_sentences("The nearest plan", conflict.nearest))
    return parts


def _firm(members: Sequence[str], firm: frozenset[str]) -> tuple[str, ...]:
    """Say what of a proven conflict is firm."""
    if not firm.issuperset(members):
        return _kept_firm(members, firm)
    what, one = ("it is", "it") if len(members) == 1 else ("all of these are", "one of them")
    return (f"{what} firm: nothing else can give way here, so that {one} has to",)


def _kept_firm(members: Sequence[str], firm: frozenset[str]) -> tuple[str, ...]:
    """Say which members no way out changes or drops."""
    own = [each for each in members if each in firm]
    return (f"firm, so that nothing changes or drops it: {', '.join(own)}",) if own else ()


def _title(conflict: Conflict) -> str:
    """Say what ways out are, as far as that is known."""
    if conflict.evident:
        return "The least that these ask of each other (other limits may ask for more)"
    guessed = all(way.known is Known.GUESSED and way.exact for way in conflict.ways)
    return f"What {'may' if guessed else 'would'} mend it"


def still_to_try(conflict: Conflict) -> int:
    """How many changes, told as ways out or not looked at, no search has tried to the end."""
    known = (Known.COUNTED, Known.FOUND)
    ways = () if conflict.evident else tuple(way for way in conflict.ways if way.exact and way.known not in known)
    return len(ways) + len(conflict.untried)


def _no_way(conflict: Conflict) -> str:
    """Say why there is no way out to tell."""
    count = len(conflict.clashes)
    each = f"each of the {count} conflicts has to give way, by a change of its own; " if count > 1 else ""
    if conflict.hurried:
        return f"{each}the time ended before a plan was found under any change: without --seconds a run looks further"
    return f"{each}no plan was found under any change that was tried"


def _way(way: Remedy, *, evident: bool) -> str:
    """Say a way out, and how far it is known to lead to a plan."""
    if way.known is Known.COUNTED and not way.least:
        return f"{way.text} ({_LESS.removeprefix('; ')})"
    if evident or not way.exact or way.known not in _KNOWN:
        return way.text
    less = "" if way.least or way.known is Known.GUESSED else f"; at {way.short} none was found" if way.short else _LESS
    missed = "" if way.missed is None else f", but misses one with which it is enough to {way.missed.text}"
    return f"{way.text} ({_KNOWN[way.known]}{missed}{less})"


def _sure(clash: Clash) -> tuple[str, ...]:
    """Say how much is known of a conflict's size."""
    if len(clash.members) == 1 or clash.evident:
        return ()
    if clash.smallest:
        return ("every plan was looked at: without any one of them, the rest can be kept; no fewer conflict",)
    if clash.minimal:
        return ("fewer of these do not conflict: without any one of them, plans were found that keep the others",)
    if clash.unkept:
        names = " and ".join(clash.unkept)
        left = " and ".join(each for each in clash.members if each not in clash.unkept)
        how = "by itself" if len(clash.unkept) == 1 else "together"
        return (f"without {left}, too, no plan was found that keeps {names}, which may be out of reach {how}",)
    return ("whether fewer of them conflict already is not known",)


def conflict_json(conflict: Conflict | None, *, interrupted: bool = False) -> dict[str, Any]:
    """Return the answer as plain data; ``interrupted`` says that it is what was known when Ctrl-C was pressed."""
    if conflict is None:
        return {"format": "campaign-conflict/1", "proven": False}
    return {
        "format": "campaign-conflict/1",
        "proven": conflict.proven,
        "interrupted": interrupted,
        "hurried": conflict.hurried,
        "members": list(conflict.members),
        "reasons": list(conflict.reasons),
        "conflicts": [
            {
                "members": list(clash.members),
                "reason": clash.reason,
                "smallest": clash.smallest,
                "minimal": clash.minimal,
                "unkept": list(clash.unkept),
                "evident": clash.evident,
            }
            for clash in conflict.clashes
        ],
        "remedies": list(conflict.remedies),
        "known": [
            {"by": way.known.value, "least": way.least, "short": way.short_of, "missed": _after(way.missed)}
            for way in conflict.ways
        ],
        "changes": [_changes(way) for way in conflict.ways],
        "firm": sorted(conflict.firm),
        "untried": list(conflict.untried),
        "nearest": list(conflict.nearest),
    }


def _after(change: Change | None) -> Decimal | None:
    """The new bound of a change; None without one."""
    return None if change is None else change.after


def _changes(way: Remedy) -> list[dict[str, Any]]:
    return [
        {"kind": each.kind, "id": each.id, "before": each.before, "after": each.after, "text": each.text}
        for each in way.changes
    ]
