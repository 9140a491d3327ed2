"""Random tiny scenarios on which ledger, CP-SAT and response must agree; tests/agreement.py says on what.

``PYTHONPATH=tests python benchmarks/ledger_agreement.py --count 2000``
"""

from __future__ import annotations

import argparse
import sys
import time

from agreement import Tally, compare


def main() -> None:
    """Run and print what was compared and every disagreement; exit with 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="scenarios with all kinds of rules and limits")
    parser.add_argument("--first", type=int, default=0, help="seed of the first one")
    options = parser.parse_args()
    total, begun = Tally(), time.monotonic()
    for seed in range(options.first, options.first + options.count):
        found = compare(seed)
        for text in found.differences:
            print(text, flush=True)
        total.add(found)
        if (seed + 1 - options.first) % 200 == 0:
            print(f"{seed + 1 - options.first} scenarios, {len(total.differences)} disagreements", flush=True)
    print(
        f"{options.count} scenarios, {len(total.differences)} disagreements.\n"
        f"rules: {total.rules} plans by ledger, rule book and CP-SAT, {total.broken} of them broken\n"
        f"additive limits: {total.additive} plans by ledger and CP-SAT, {total.over} of them broken\n"
        f"limits: {total.verdicts} verdicts by ledger and response, {total.missed} of them broken; "
        f"{total.close} left out, within rounding of the bound\n"
        f"sums: {total.sums} by ledger and response, largest difference {total.worst:.0%} of what rounding allows\n"
        f"{time.monotonic() - begun:.0f} s"
    )
    sys.exit(bool(total.differences))


if __name__ == "__main__":
    main()
