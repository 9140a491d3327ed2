"""Commands about who the customers are and what artefacts tell of them: profiles, privacy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import JsonOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json

if TYPE_CHECKING:
    from surrogate.model import Model
    from surrogate.people.placing import CustomerRows
    from surrogate.people.profile_axes import ProfileSpace
    from surrogate.privacy import Contents

_ModelArgument = Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder, as train writes it.")]
_KeyOption = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Key file of the customers' pseudonyms; yours by default.")
]


@answering
def profiles(
    model: _ModelArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Table to write, .csv or .parquet.")] = None,
    place: Annotated[
        Path | None,
        typer.Option("--place", metavar="CUSTOMERS", help="Place customers, one row each, or those of a data file."),
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="With --place: write ids as they are, not pseudonyms.")] = False,
    key: _KeyOption = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="OLD", help="Say what became of an older model's segments.")
    ] = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Show learned segments and profiles; place customers in them; compare them with an older model's."""
    from planner.export.table_out import check_table_path
    from scenarios.problems import InvalidInput, Problem

    if place is not None and against is not None:
        remedy = "run the command twice"
        raise InvalidInput(
            [Problem(where="--place", what="options", expected="one of --place and --against", remedy=remedy)]
        )
    if out is not None:
        check_table_path(out)
        _refuse_foreign(out, place)
    space = _space(model)
    if place is not None:
        return _place(space, place, out, ids=ids, key=key, json_=json_)
    if against is not None:
        return _compare(_space(against), space, out, json_=json_)
    return _show(model, space, out, json_=json_)


def _refuse_foreign(out: Path, place: Path | None) -> None:
    """Never write a table over anything but an older one, nor over the customers that are placed."""
    from planner.export.profile_tables import is_profile_table
    from planner.overwriting import refuse_overwriting

    read = [] if place is None else [("the customers' own", place)]
    older = "an older table of this command"
    refuse_overwriting(out, option="--out", older=older, is_older=is_profile_table, inputs=read)


def _load(model: Path) -> Model:
    from planner.runtime import start_jax

    start_jax()
    from surrogate.model_file import load_model

    return load_model(model)


def _space(model: Path) -> ProfileSpace:
    return _load(model).profile_space


def _show(model: Path, space: ProfileSpace, out: Path | None, *, json_: bool) -> ExitCode:
    from planner.export.profile_tables import segment_columns
    from planner.export.table_out import write_table
    from planner.report.learned.profiles import profiles_json, show_axes, show_segments
    from surrogate.people.profile_axes import profile_axes
    from surrogate.people.traits import segment_traits

    axes, traits = profile_axes(space), segment_traits(space, count=8)
    if out is not None:
        write_table(out, segment_columns(space, axes))
    if json_:
        show_json({"format": "campaign-profiles/1", "model": str(model), **profiles_json(space, traits, axes)})
        return ExitCode.YES
    wrote = [f"wrote {out}"] if out is not None else []
    show(show_segments(space, traits), show_axes(space, axes), *wrote)
    return ExitCode.YES


def _place(
    space: ProfileSpace, customers: Path, out: Path | None, *, ids: bool, key: Path | None, json_: bool
) -> ExitCode:
    from planner.export.profile_tables import feature_columns, placed_columns
    from planner.export.table_out import write_table
    from planner.report.learned.profiles import blur_sentences, show_placed
    from scenarios.problems import InvalidInput
    from surrogate.data.files.pseudonyms import Pseudonyms, key_for
    from surrogate.people.own_segments import no_list
    from surrogate.people.placing import place, read_customers

    ours = customers.suffix.lower() in (".yaml", ".yml")
    if space.own and not ours:
        raise InvalidInput([no_list(str(customers), space.own)])
    rows = _of_data(customers, space, ids=ids or key is not None) if ours else read_customers(customers, space)
    label = place(space, rows.raw) if rows.label is None else rows.label
    named = rows.ids is not None and not (ids or rows.pseudonyms) and (out is not None or json_)
    columns = placed_columns(space, rows, label, Pseudonyms(key_for(key)) if named else None)
    columns |= feature_columns(space, rows) if ours else {}
    if out is not None:
        write_table(out, columns, private=True)
    if json_:
        found = {"missing": list(rows.missing), "notes": list(blur_sentences(space)), "customers": columns}
        show_json({"format": "campaign-placed/1", **found})
        return ExitCode.YES
    wrote = [f"wrote {out}"] if out is not None else ["--out FILE writes the segment of each customer"]
    show(show_placed(space, rows, label), *wrote)
    return ExitCode.YES


def _of_data(path: Path, space: ProfileSpace, *, ids: bool) -> CustomerRows:
    from surrogate.data.data_spec import read_data_spec
    from surrogate.people.of_data import customers_of

    return customers_of(read_data_spec(path), space, path.parent, ids=ids)


def _compare(before: ProfileSpace, after: ProfileSpace, out: Path | None, *, json_: bool) -> ExitCode:
    from planner.export.table_out import write_table
    from planner.report.learned.profiles import drift_json, drift_sentences, show_drift
    from planner.report.notes import show_sentences
    from surrogate.people.drift import segment_drift

    drift = segment_drift(before, after)
    document = drift_json(before, after, drift)
    if out is not None:
        names = ("then", "now", "verdict", "distance")
        columns = {name: [row[name] for row in document["segments"]] for name in names}
        for name in ("customers", "shares"):
            for place, when in enumerate(("then", "now")):
                columns[f"{name} {when}"] = [row[name][place] for row in document["segments"]]
        write_table(out, columns | {"what moved": ["; ".join(row["shifts"]) for row in document["segments"]]})
    if json_:
        show_json({"format": "campaign-drift/1", **document})
        return ExitCode.YES
    wrote = [f"wrote {out}"] if out is not None else []
    show(show_drift(before, after, drift), show_sentences("In words", drift_sentences(drift, after)), *wrote)
    return ExitCode.YES


@answering
def privacy(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A model, plan or rollout folder, or a table of customers.")
    ],
    least: Annotated[
        int, typer.Option("--least", min=1, metavar="N", help="Smallest group of customers that it may describe.")
    ] = 50,
    key: _KeyOption = None,
    ids: Annotated[
        Path | None, typer.Option("--ids", metavar="FILE", help="Search for these ids: a table with a column customer.")
    ] = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Say what an artefact or a list of customers contains; answer no where something should not be so."""
    from planner.export.customer_lists import Searched, is_customer_list, list_contents
    from planner.runtime import start_jax

    start_jax()
    from surrogate.data.files.customer_file import read_ids
    from surrogate.data.files.pseudonyms import Pseudonyms, default_key_path, key_for
    from surrogate.privacy import contents

    secret = key_for(key) if key is not None or default_key_path().exists() else None
    known = read_ids(ids) if ids is not None else []
    if is_customer_list(path):
        found = list_contents(path, Searched(least=least, key=secret, ids=known))
        return _told_contents(path, found, least, json_=json_)
    numbers = Pseudonyms(secret).numbers(known).tolist() if secret is not None and known else []
    found = contents(path, least=least, key=secret, ids=known, numbers=numbers)
    return _told_contents(path, found, least, json_=json_)


def _told_contents(path: Path, found: Contents, least: int, *, json_: bool) -> ExitCode:
    from planner.report.learned.privacy import contents_json, show_contents

    if json_:
        show_json({"format": "campaign-privacy/1", "path": str(path), **contents_json(found, least)})
    else:
        show(*show_contents(found, least))
    return ExitCode.NO if found.faults else ExitCode.YES
