"""What a file of customers makes of a plan's audiences: unknown segments, empty audiences, other sizes, consent."""

from __future__ import annotations

from collections.abc import Sequence

from planner.export.rollout_consent import consent_warnings
from planner.export.rollout_customers import Customers
from planner.figures import plural
from scenarios.answer.plan import LineResult
from scenarios.first_few import NAMED, first_few
from scenarios.grid import Grid
from scenarios.language.words import Layer
from scenarios.problems import did_you_mean, shown

_ALIKE = 0.1
"""Share of a planned segment by which the file may hold more or fewer customers without a word."""


def warnings_of(customers: Customers, grid: Grid, lines: Sequence[LineResult]) -> tuple[str, ...]:
    """Say who is left out because of a segment's name, which planned audiences have nobody, and which another size."""
    said = []
    for word, count in list(customers.unknown.items())[:NAMED]:
        hint = did_you_mean(word, grid.segment_index, kind="segment") if word else "write the segment"
        who = "1 customer is" if count == 1 else f"{count:,} customers are"
        said.append(
            f"warning: {who} in segment {shown(word) if word else 'blank'}, which the scenario does not know: {hint}"
        )
    offers = {offer.id: offer for offer in grid.scenario.offers}
    empty: dict[str, list[str]] = {}
    for line in lines:
        if offers[line.offer].layer is not Layer.TARGETED or len(customers.of(grid.segment_index[line.segment])):
            continue
        empty.setdefault(line.segment, []).append(f"{line.offer} on {line.period}")
    for segment, planned in empty.items():
        audiences = list(dict.fromkeys(planned))
        named = first_few(audiences)
        said.append(f"warning: the file has no customer of {segment}, whose planned audiences are empty: {named}")
    said += consent_warnings(customers, grid, lines)
    return (*said, *_other_sizes(customers, grid, {line.segment for line in lines}))


def _other_sizes(customers: Customers, grid: Grid, named: set[str]) -> tuple[str, ...]:
    """Say of which segments with a line of their own the file holds more or fewer customers than the plan counts on."""
    found = [
        f"{segment.id} {plural(held, 'customer')} for {segment.customers:,}"
        for number, segment in enumerate(grid.segments)
        if segment.id in named
        and (held := len(customers.of(number)))
        and abs(held - segment.customers) > _ALIKE * segment.customers
    ]
    if not found:
        return ()
    return (
        f"warning: the file holds other numbers than the plan counts on ({first_few(found)}): messages, "
        "uses and spend there will differ by as much",
    )
