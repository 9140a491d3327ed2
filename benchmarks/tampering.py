"""Tampering and fuzzing: what `campaign check` notices of changed plan directories, and whether it ever fails itself.

Named kinds (tests/tamperings.py), each as it is and with all hashes made to fit again, against a plain check, one with
finance's own copy of the question, and one with the key that signed. Then mutations of bytes and of values
(tests/mutations.py), half of them with hashes made to fit again; with both options none may pass, and none may end in a
traceback. A change of the list of hashes alone is undone by making hashes fit, and left out then.

``PYTHONPATH=tests python benchmarks/tampering.py --mutations 10000``
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np
from forgery import contents, rehash
from mutations import mutate
from plan_folders import basic_problem, good_lines, write_folder
from tamperings import TAMPERINGS

from constraints.checking.check import check
from scenarios.answer.plan_files import read_plans, write_signature
from scenarios.problems import InvalidInput

KEY = bytes(range(32))
OWN = "template-basic"
WAYS = {"plain": (None, None), "--scenario": (OWN, None), "--key": (None, KEY)}


def verdict(folder: Path, scenario: str | None, key: bytes | None) -> str:
    """Return ``noticed``, ``passed``, or the traceback of a check that fails."""
    try:
        return "passed" if check(folder, scenario, key).ok else "noticed"
    except InvalidInput:
        return "noticed"
    except Exception:
        return traceback.format_exc()


def named_kinds(pristine: Path, work: Path) -> list[str]:
    """Try every named kind; returns what went wrong."""
    wrong = []
    noticed: Counter[tuple[str, str]] = Counter()
    tried: Counter[str] = Counter()
    for name, tamper in TAMPERINGS.items():
        for hashes in ("as it is", "re-hashed"):
            folder = work / "kind"
            shutil.copytree(pristine, folder)
            tamper(folder)
            if hashes == "re-hashed":
                rehash(folder)
                if contents(folder) == contents(pristine):
                    shutil.rmtree(folder)
                    continue
            tried[hashes] += 1
            found = {way: verdict(folder, *options) for way, options in WAYS.items()}
            shutil.rmtree(folder)
            for way, result in found.items():
                noticed[hashes, way] += result == "noticed"
                if result not in ("noticed", "passed"):
                    wrong.append(f"{name} ({hashes}, {way}): {result}")
            if "noticed" not in (found["--scenario"], found["--key"]):
                wrong.append(f"{name} ({hashes}): noticed by neither")
            if found["plain"] != "noticed":
                print(f"  a plain check does not notice: {name} ({hashes}); by {_by(found)}")
    print(f"{len(TAMPERINGS)} named kinds, noticed by")
    for hashes in ("as it is", "re-hashed"):
        print(f"  {hashes:10}", ", ".join(f"{way} {noticed[hashes, way]}" for way in WAYS), f"of {tried[hashes]}")
    return wrong


def _by(found: dict[str, str]) -> str:
    return ", ".join(way for way, result in found.items() if result == "noticed") or "none"


def fuzzed(pristine: Path, work: Path, count: int, seed: int) -> list[str]:
    """Try random mutations with both options; returns what went wrong."""
    rng = np.random.Generator(np.random.Philox(seed))
    wrong: list[str] = []
    results: Counter[str] = Counter()
    began = time.perf_counter()
    for number in range(count):
        folder = work / "mutated"
        shutil.copytree(pristine, folder)
        words = mutate(folder, rng)
        again = bool(rng.random() < 0.5)
        if again:
            rehash(folder)
            if contents(folder) == contents(pristine):
                shutil.rmtree(folder)
                results["undone"] += 1
                continue
        result = verdict(folder, OWN, KEY)
        shutil.rmtree(folder)
        results[result if result in ("noticed", "passed") else "traceback"] += 1
        if result != "noticed":
            wrong.append(f"mutation {number}: {words}{', re-hashed' if again else ''}: {result}")
    print(f"{count:,} mutations in {time.perf_counter() - began:.0f} s: {dict(results)}")
    return wrong


def main() -> None:
    """Print what was noticed; exit with 1 where something was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-mutations", action="store_true", help="leave the named kinds out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        problem, pristine = basic_problem(), work / "plans"
        write_folder(problem, pristine, good_lines(problem), good_lines(problem)[:3])
        write_signature(read_plans(pristine), KEY)
        for way, (scenario, key) in WAYS.items():
            assert verdict(pristine, scenario, key) == "passed", way
        wrong = [] if options.only_mutations else named_kinds(pristine, work)
        wrong += fuzzed(pristine, work, options.mutations, options.seed)
    for sentence in wrong[:40]:
        print(sentence)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
