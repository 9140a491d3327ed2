"""Amounts with three decimals where that may be meant (costs, measures of your own): 25.000 for 25,000.

Where an amount has no more decimals than the currency it is refused (`scenarios.language.slips.point_numbers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenarios.currency import CODES, minor_digits
from scenarios.first_few import NAMED
from scenarios.loading.load import LoadedScenario

_AMOUNT = re.compile(
    r"\b(?P<key>max|min|price|unit_cost|fixed_cost|per_unit|value|spend|save|fund|worth|cost_per_contact|return_cost)\s*[:=]\s*[\"']?"
    r"(?P<number>[1-9][0-9]{0,2}\.[0-9]{2}0)(?![0-9.%])"
)
_COMMENT = re.compile(r"(?:^|\s)#.*")


def doubtful_points(loaded: LoadedScenario) -> Iterator[str]:
    """Say where an amount is written with a point and three decimals, the last one a zero that says nothing."""
    code = loaded.scenario.currency
    if code not in CODES or minor_digits(code) > 2:
        return
    lines = [(f"{loaded.name}:{at}", line) for at, line in enumerate(loaded.raw.decode("utf-8").splitlines(), start=1)]
    texts = [*lines, *(("--set", option) for option in loaded.overrides)]
    found = [
        (f"{where}: {match['key']}", match["number"])
        for where, text in texts
        for match in _AMOUNT.finditer(_COMMENT.sub("", text))
        if "roi" not in text
    ]
    for where, number in found[:NAMED]:
        yield (
            f"{where}: {number} is read as {float(number):g}, with a decimal point; write {number.replace('.', '')} "
            "where the point separates thousands"
        )
    if len(found) > NAMED:
        yield f"so it is at {len(found) - NAMED} more amounts"
