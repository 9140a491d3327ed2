"""What finance reads first of a checked folder: whether it passes, why not, and what is known of its signature."""

from __future__ import annotations

from rich.text import Text

from constraints.checking.check import CheckReport
from constraints.checking.replanned import AsReplanned
from planner.figures import plural
from scenarios.answer.signature import Signed
from scenarios.word_list import listed


def verdict(report: CheckReport) -> Text:
    """Say in one sentence whether a folder passes."""
    if report.as_replanned and report.trusted and report.replanned is not None:
        return _as_replanned(report, report.replanned)
    if report.ok and report.changed:
        kept = "every limit and rule of the question as a re-planning changed it is kept"
        return Text(f"All figures are as recomputed, {kept}: {'; '.join(report.changed)}.", style="bold yellow")
    if report.ok:
        return Text("All figures are as recomputed, every limit and rule is kept.", style="bold green")
    parts = []
    if report.differences:
        parts.append(plural(len(report.differences), "difference"))
    if report.violations:
        parts.append(plural(len(report.violations), "violation"))
    if not report.adds_up:
        parts.append("totals that do not add up")
    if not report.trusted:
        parts.append("a signature that does not hold")
    return Text(f"This folder does not pass: {listed(parts)}.", style="bold red")


def _as_replanned(report: CheckReport, found: AsReplanned) -> Text:
    """Say that nothing differs but what a re-planning changes, and whether the folder passes."""
    count = plural(len(report.differences), "difference")
    what = f"{count} from {found.name}, all of them what re-planning as of {found.since} changed"
    if report.ok:
        return Text(f"This folder passes; {what}. Every limit and rule is kept.", style="bold green")
    way = "its signature has to be verified (--key FILE)" if report.signed_by else "it is not signed"
    return Text(f"This folder passes but for a signature: {what}; {way}.", style="bold yellow")


def signature_sentence(report: CheckReport) -> str:
    """Say what is known of the folder's signature, and what to do about it."""
    match report.signed:
        case Signed.VERIFIED:
            return f"Signed with your key {report.key}, and unchanged since."
        case Signed.NOT_VERIFIED:
            return (
                f"The folder is signed with the key {report.signed_by}; the signature was not verified, "
                "because no key was given: --key FILE verifies it."
            )
        case Signed.MISSING:
            return (
                f"The folder is not signed, though a key was given ({report.key}): it was never signed, or its "
                "signature was taken away. campaign plan --key signs a folder, and so does campaign check --sign."
            )
        case Signed.ANOTHER_KEY:
            return f"The folder is signed with another key ({report.signed_by}) than yours ({report.key})."
        case Signed.CHANGED:
            return f"The folder was signed with your key {report.key} and was changed since: do not trust it."
        case Signed.UNSIGNED:
            return ""
