"""What lists of customers contain: a rollout, an assignment, or a table of customers that somebody is to be sent.

They name customers because that is asked of them. So it is told how they name them, how few there are in the smallest
audience, and who may read the files on this machine; not that names are in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.assign.written import is_assignment, record_path
from planner.export.rollout_place import HOLDOUT, names_customers
from planner.export.table_out import ENDINGS
from planner.figures import plural
from planner.flight.rollout.folder import MANIFEST, read_manifest
from scenarios.answer.plan_files import sha256
from scenarios.first_few import NAMED, first_few
from scenarios.problems import InvalidInput
from surrogate.artefact_bytes import emails, key_forms, open_up
from surrogate.data.files.customer_file import CUSTOMER, PSEUDONYM, customer_table, naming_column
from surrogate.data.files.id_text import id_text
from surrogate.data.files.pseudonyms import Pseudonyms, pseudonym_in
from surrogate.privacy import KEY, Contents, Part, key_looked_for

_WHAT = {
    MANIFEST: "sizes of holdouts, hashes of all files, the fingerprint of the key; nobody's name",
    "calendar.csv": "every line: days, offer, product, segment, channel, coverage",
    "prices.csv": "regular and offer prices by product and period",
    "switchback.csv": "periods of public prices that took part in a lot",
    HOLDOUT: "customers who are in no audience, one a row",
}
_DIGITS = 15
"""Digits from which on a number is taken for a pseudonym: of numbers of 63 bits one in ten thousand has fewer."""
_MOST = 0.99
"""Share of the names that must be such numbers."""
_OTHERS, _EVERYBODY = 0o077, 0o007
"""Rights of others than a file's owner, and of those who are not even of its group."""


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What lists are searched for."""

    least: int
    """Smallest audience that is not named as small."""
    key: bytes | None
    """The key of pseudonyms."""
    ids: Sequence[str]
    """Ids that are looked for, as they are and as pseudonyms."""


def is_customer_list(path: Path) -> bool:
    """Whether a path is a rollout's folder or a table, CSV or Parquet."""
    return (path / MANIFEST).is_file() or (path.is_file() and path.suffix.lower() in ENDINGS)


def list_contents(path: Path, searched: Searched) -> Contents:
    """Say what a rollout, an assignment or another table of customers contains.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout, or the table names no customers or cannot be read.
    """
    return _rollout(path, searched) if path.is_dir() else _table(path, searched)


def _rollout(path: Path, searched: Searched) -> Contents:
    manifest = read_manifest(path, scenario=None)
    told = manifest.get("files")
    listed = told if isinstance(told, dict) else {}
    parts, faults, audiences = list[Part](), list[str](), dict[str, int]()
    names, files = set[str](), list[Path]()
    for name in sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()):
        raw = (path / name).read_bytes()
        entry = listed.get(name) if isinstance(listed.get(name), dict) else None
        if name != MANIFEST and entry is None:
            faults.append(f"{name} is no file of the rollout: its manifest does not list it.")
        elif entry is not None and entry.get("sha256") != sha256(raw):
            faults.append(f"{name} was changed since the rollout was written.")
        what = _WHAT.get(name, "customers whom an offer is for, by segment and product")
        holds_names, own = names_customers(name), list[str]()
        if holds_names:
            files.append(path / name)
            columns = customer_table(path / name).columns
            own = columns.get(CUSTOMER, [])
            names |= set(own)
            places = zip(*(columns.get(each, [""] * len(own)) for each in ("segment", "product")), strict=False)
            for segment, product in places:
                place = " ".join(each for each in (name, segment, product) if each)
                audiences[place] = audiences.get(place, 0) + 1
        size = plural(len(own), "customer") if holds_names else f"{len(raw) / 1000:,.1f} kB"
        parts.append(
            Part(name=name, what=what if entry or name == MANIFEST else "not written by the program", size=size)
        )
        faults += _found(name, raw, searched.key, addresses=not holds_names)
    sealed = manifest.get("pseudonym_key")
    faults += _open_to(files, f"chmod -R go-rwx {path}")
    return _contents("rollout", parts, audiences, faults, names, searched, str(sealed) if sealed else None)


def _table(path: Path, searched: Searched) -> Contents:
    table = customer_table(path)
    naming, wrong = naming_column(list(table.columns))
    if wrong is not None:
        table.problem(None, "header", *wrong)
    if table.problems:
        raise InvalidInput(table.problems)
    assigned = is_assignment(path)
    own = table.columns[naming]
    grouped = table.columns.get("offer" if assigned else "segment", [])
    groups: dict[str, int] = {}
    for each in grouped:
        if each:
            groups[each] = groups.get(each, 0) + 1
    words = {CUSTOMER: "customers, one a row", PSEUDONYM: "pseudonyms of customers, one a row"}
    given = {"offer": "what each gets, blank for nothing", "value": "what that is worth"} if assigned else {}
    parts = [
        Part(name=name, what=words.get(name, given.get(name, "told of each customer")), size=plural(len(own), "row"))
        for name in table.columns
    ]
    record = record_path(path)
    if assigned and record.is_file():
        size = f"{record.stat().st_size / 1000:,.1f} kB"
        parts.append(Part(name=record.name, what="counts, prices of limits and hashes; nobody's name", size=size))
    faults = list(_found(path.name, path.read_bytes(), searched.key, addresses=False))
    faults += _open_to([path], f"chmod 600 {path}")
    kind = "assignment" if assigned else "customers"
    return _contents(kind, parts, groups, faults, set(own), searched, None)


def _contents(
    kind: str,
    parts: Sequence[Part],
    groups: Mapping[str, int],
    faults: Iterable[str],
    names: set[str],
    searched: Searched,
    sealed: str | None,
) -> Contents:
    own = None if searched.key is None else Pseudonyms(searched.key)
    checked = [_named(names, sealed, own), *_small(groups, searched.least)]
    left = []
    if searched.ids:
        checked.append(_known(names, searched.ids, own))
        if own is None:
            left.append("ids under pseudonyms: no key file was found to make them with (--key FILE)")
    else:
        left.append("which customers these are: name a file of ids (--ids FILE)")
    of_key, open_ = key_looked_for(searched.key)
    return Contents(
        kind=kind,
        parts=tuple(parts),
        groups=tuple(groups.items()),
        faults=tuple(dict.fromkeys(faults)),
        checked=(*checked, *of_key),
        open=(*left, *open_),
    )


def _named(names: set[str], sealed: str | None, own: Pseudonyms | None) -> str:
    """Say how customers are named."""
    count = plural(len(names), "different customer")
    if not names:
        return "no customer is named"
    if sealed is None and not _pseudonymous(names):
        mails = sum("@" in one for one in names)
        return (
            f"{count} by ids{f', {mails:,} of them e-mail addresses' if mails else ''}: whoever has the file knows them"
        )
    under = "" if sealed is None else f", under another key than yours (fingerprint {sealed})"
    if own is not None and sealed == own.fingerprint:
        under = ", under your key"
    return f"{count} by pseudonyms{under}: only whoever has the key can tell who they are"


def _pseudonymous(names: set[str]) -> bool:
    long = sum(pseudonym_in(one) is not None and len(one) >= _DIGITS for one in names)
    return long >= _MOST * len(names)


def _small(groups: Mapping[str, int], least: int) -> Iterator[str]:
    if not groups:
        return
    name, smallest = min(groups.items(), key=lambda each: each[1])
    small = sum(count < least for count in groups.values())
    fewer = f"; {small} of {len(groups)} hold fewer than {least}" if small else ""
    yield f"the smallest of {plural(len(groups), 'list')} holds {plural(smallest, 'customer')}: {name}{fewer}"


def _known(names: set[str], ids: Sequence[str], own: Pseudonyms | None) -> str:
    wanted = {id_text(one) for one in ids}
    as_ids = len(wanted & {id_text(one) for one in names})
    hidden = 0 if own is None else len({str(each) for each in own.numbers(sorted(wanted)).tolist()} & names)
    return f"of {plural(len(wanted), 'id')} that were named {as_ids:,} are in it as they are, {hidden:,} as pseudonyms"


def _found(name: str, raw: bytes, key: bytes | None, *, addresses: bool) -> Iterator[str]:
    forms = () if key is None else key_forms(key)
    for piece in open_up(name, raw):
        if any(form in piece.content for form in forms):
            yield f"{piece.place}: {KEY}."
        if addresses:
            yield from (f"{piece.place}: an e-mail address, {address}." for address in emails(piece)[:NAMED])


def _open_to(files: Sequence[Path], remedy: str) -> Iterator[str]:
    """Say which files that name customers others than their owner may read, where the system tells."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in files} if os.name == "posix" else {}
    opened = [path for path, mode in modes.items() if mode & _OTHERS]
    if opened:
        who = "everybody on this machine" if any(modes[path] & _EVERYBODY for path in opened) else "their group"
        names = first_few([f"{path.name} (mode {modes[path]:o})" for path in opened])
        yield f"Open to {who}: {names}; {remedy} leaves them to you."
