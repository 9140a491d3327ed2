"""Seals: hashes of files, and of the values of plans.json that no recomputation can prove."""

from __future__ import annotations

from decimal import Decimal

from constraints.checking.differences import Difference, words
from scenarios.answer.archive import Frozen, file_names
from scenarios.answer.json_records import dump, to_data
from scenarios.answer.plan_files import CELLS, HASHES, PLANS, PROBLEM, PlanDirectory, seal, sealed_values, sha256
from scenarios.language.aim import aim_words

SEALED_ONLY = (
    "bound and gap",
    "shadow prices and how far they hold",
    "the cross-fit",
    "baselines",
    "optimism",
    "reasons of lines",
    "seed, effort, versions, notes and what was assumed",
)
"""What the check knows by its seal only."""
DRAWS = "report"
"""Name of the stream of futures that every account is kept on."""


def source_differences(directory: PlanDirectory, frozen: Frozen) -> list[Difference]:
    """Compare what plans.json says of its sources with the files beside it."""
    plan_set, raw = directory.plan_set, directory.raw
    effects = f"{PROBLEM}/effects.npz"
    wanted = {
        "scenario.id": (frozen.scenario.scenario, plan_set.scenario.id, PLANS),
        "scenario.sha256": (sha256(frozen.raw), plan_set.scenario.sha256, PLANS),
        "effects.source": (frozen.effects.source, plan_set.effects.source, PLANS),
        "cells.sha256": (sha256(raw[CELLS]), plan_set.cells.sha256, CELLS),
        "effects.sha256": (sha256(raw[effects]), plan_set.effects.sha256, effects),
        "currency": (frozen.scenario.currency, plan_set.currency, PLANS),
        "objective": (_spoken(aim_words(frozen.scenario.objective)), _spoken(plan_set.objective), PLANS),
        "seed": (frozen.seed, plan_set.seed, PLANS),
        "draws": (DRAWS, frozen.draws, f"{PROBLEM}/problem.json"),
    }
    return [
        Difference(file=file, place=f"{name} in {PLANS}", expected=words(expected), got=words(got))
        for name, (expected, got, file) in wanted.items()
        if expected != got
    ]


def _spoken(words: str) -> str:
    """The words of an objective; those of older folders spell measures with underscores."""
    return words.replace("_", " ")


def seal_differences(directory: PlanDirectory) -> list[Difference]:
    """Compare sealed values with their seals."""
    sealed = dict(directory.hashes.sealed)
    found = []
    for place, data in sealed_values(directory.plan_set):
        if sealed.pop(place, None) != seal(data):
            shown = words(data)
            found.append(Difference(file=PLANS, place=place, expected="the value that was sealed", got=shown))
    found += [Difference(file=PLANS, place=place, expected="a sealed value", got="nothing") for place in sealed]
    plans = directory.plan_set.plans
    bound = directory.plan_set.bound
    for number, plan in enumerate(plans):
        if bound is None or plan.gap is None:
            continue
        gap = float((bound - plan.objective) / max(Decimal(1), abs(bound)))
        if not (abs(gap - plan.gap) <= 1e-6):
            place = f"plans[{number}].gap"
            found.append(Difference(file=PLANS, place=place, expected=f"{gap:.6f}", got=f"{plan.gap:.6f}"))
    return found


def hash_differences(directory: PlanDirectory, frozen: Frozen) -> list[Difference]:
    """Compare every file with its hash, and the files that are there with those that the problem is made of."""
    belong = {PLANS, CELLS, HASHES, *(f"{PROBLEM}/{name}" for name in file_names(frozen))}
    found = [
        Difference(file=name, place="file", expected="no such file", got="a file")
        for name in sorted((directory.raw.keys() & directory.hashes.files.keys()) - belong)
    ]
    if directory.raw[HASHES] != dump(to_data(directory.hashes)).encode():
        expected, got = "the layout in which it is written", "another"
        found.append(Difference(file=HASHES, place="file", expected=expected, got=got))
    for name, raw in directory.raw.items():
        if name == HASHES:
            continue
        wanted = directory.hashes.files.get(name)
        if wanted is None:
            found.append(Difference(file=name, place="file", expected="no such file", got="a file"))
        elif wanted != sha256(raw):
            expected, got = f"the bytes that were sealed ({wanted[:12]})", f"others ({sha256(raw)[:12]})"
            found.append(Difference(file=name, place="file", expected=expected, got=got))
    missing = [name for name in directory.hashes.files if name not in directory.raw]
    found += [Difference(file=name, place="file", expected="the file", got="no such file") for name in missing]
    return found
