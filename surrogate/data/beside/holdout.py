"""The holdout of targeted past offers: customers who would have been sent one and whom chance left out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Int
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, Problem
from surrogate.data.beside.past_runs import undescribed
from surrogate.data.beside.side_tables import SideRows, require_known
from surrogate.data.data_parts import DataFiles, HoldoutFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import no_rows
from surrogate.data.files.columns import NO_TIME, days, texts_of
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import BUYERS, Batch, none_in_time, read_part

EVERY_OFFER = ""
MOST_SENT = 0.05
"""Share of an offer's holdout that may have been sent it all the same; they are then compared with nobody."""
_NAMES_NOBODY = "a targeted offer whose customers files.offers names: these are what a holdout is compared with"


def read_left_out(base: Path, files: DataFiles, spec: DataSpec, until: dt.date) -> SideRows:
    """Read offer and day of every row: blank and `NO_TIME` where the row is about every offer, or every run.

    Raises
    ------
    InvalidInput
        For offers that ``past_offers`` does not describe, and days of which none is up to the last one.
    """
    part = files.holdout
    assert part is not None
    batch = read_part(base, part)
    offer = texts_of(batch, part.offer) if part.offer else np.full(len(batch.rows), EVERY_OFFER, dtype=object)
    unknown = sorted({str(name) for name in offer} - {EVERY_OFFER} - set(spec.past_offers))
    if unknown:
        raise InvalidInput(undescribed(part, str(part.offer), unknown, spec))
    day = days(batch, part.first_day, spec.time_zone) if part.first_day else np.full(len(offer), NO_TIME)
    if part.first_day and not ((day == NO_TIME) | (day <= until.toordinal())).any():
        raise none_in_time(part, part.first_day, until)
    return SideRows(batch=batch, frame=pd.DataFrame({"offer": offer, "day": day}))


def holdout(
    part: HoldoutFile | None,
    rows: SideRows | None,
    spec: DataSpec,
    until: dt.date,
    customers: CustomerNumbers,
    offers: pd.DataFrame,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return whom chance left out of what, as in `surrogate.data.events.Events`, and what a person should look at.

    Where the file holds no known id, its ids are read as pseudonyms under this machine's key: a rollout's holdout.csv
    holds these.

    Parameters
    ----------
    part, rows
        As `read_left_out` read them; None without a holdout.
    spec, until, customers
        What was read, up to when, and who bought.
    offers
        Which past offer ran where, up to the last day; customer -1 is everybody.

    Raises
    ------
    InvalidInput
        For public offers, ones whose customers are not named, first days of no run, and customers of whom none bought
        or more than a few were sent the offer.
    """
    if part is None or rows is None:
        return no_rows("offer", "since", "until", "customer"), ()
    offer, day = rows.frame["offer"].to_numpy(dtype=object), rows.frame["day"].to_numpy(dtype=np.int64)
    targeted = [name for name, each in spec.past_offers.items() if each.layer == Layer.TARGETED]
    sent = offers[((offers["customer"] >= 0) & offers["offer"].isin(targeted)).to_numpy()]
    _require_sent(part, offer, spec, offers, sent)
    inside = (day == NO_TIME) | (day <= until.toordinal())
    _require_runs(rows.batch, part, offer, np.where(inside, day, NO_TIME), sent)
    customer = rows.customers(customers, part.customer)
    if not (customer >= 0).any():
        customer = customers.find_pseudonyms(rows.batch, part.customer)
    require_known(part, part.customer, BUYERS, pd.Series(customer >= 0))
    since, last = (part.since or dt.date.min).toordinal(), (part.until or until).toordinal()
    held = pd.DataFrame(
        {
            "offer": offer,
            "since": np.where(day == NO_TIME, since, day),
            "until": np.where(day == NO_TIME, last, day),
            "customer": customer,
        }
    )
    known = inside & (customer >= 0) & held["offer"].isin([EVERY_OFFER, *sent["offer"].unique()]).to_numpy()
    held = held[known].drop_duplicates(ignore_index=True)
    return held, (*_strangers(part, customer), *_sent_all_the_same(part, held, sent))


def _strangers(part: HoldoutFile, customer: Int) -> tuple[str, ...]:
    """Say how many rows name nobody who bought, where these are most: a column or an export may be the wrong one."""
    unknown = int((customer < 0).sum())
    if not (2 * unknown > customer.size):
        return ()
    rows = f"{unknown:,} of {customer.size:,} rows of {part.label} name customers who never bought"
    return (f"{rows}: they are compared with nobody; check column {part.customer}",)


def of_run(held: pd.DataFrame, offer: str, first_day: int) -> Flag:
    """Return whether each row [N] of a holdout is about the run of an offer that began on a day."""
    about = held["offer"].isin([EVERY_OFFER, offer]) & (held["since"] <= first_day) & (first_day <= held["until"])
    return np.asarray(about, dtype=bool)


def _require_sent(
    part: HoldoutFile, offer: NDArray[np.object_], spec: DataSpec, offers: pd.DataFrame, sent: pd.DataFrame
) -> None:
    """Refuse offers of which nobody can have been left out by name."""
    problems = []
    ran, named = set(offers["offer"]), set(sent["offer"])
    for name in sorted({str(name) for name in offer} - {EVERY_OFFER}):
        got, remedy = "", ""
        if spec.past_offers[name].layer == Layer.PUBLIC:
            got, remedy = f"{name}, which is public", "write layer: targeted if only some were offered it"
        elif name in ran and name not in named:
            got, remedy = f"{name}, which names none", "map files.offers.customer and list who was sent it"
        if got:
            what, where = str(part.offer), part.label
            problems.append(Problem(where=where, what=what, expected=_NAMES_NOBODY, got=got, remedy=remedy))
    if not problems and sent.empty:
        remedy = "list in files.offers who was sent what, and write layer: targeted in past_offers"
        problems = [Problem(where=part.label, what="holdout", expected=_NAMES_NOBODY, got="none", remedy=remedy)]
    if problems:
        raise InvalidInput(problems)


def _require_runs(batch: Batch, part: HoldoutFile, offer: NDArray[np.object_], first: Int, sent: pd.DataFrame) -> None:
    """Refuse a first day on which no run of the offer began."""
    begun = sent.groupby("offer")["first_day"].unique().to_dict()
    everything = np.unique(sent["first_day"])
    for name in sorted(set(offer)):
        here = (offer == name) & (first != NO_TIME)
        days_begun = everything if name == EVERY_OFFER else np.sort(begun.get(name, everything))
        wrong = np.flatnonzero(here & ~np.isin(first, days_begun))
        if wrong.size:
            day = int(first[wrong[0]])
            near = dt.date.fromordinal(int(days_begun[np.abs(days_begun - day).argmin()]))
            what, got = str(part.first_day), str(dt.date.fromordinal(day))
            expected = f"the first day of a run of {name or 'a targeted offer'}, as in files.offers"
            remedy = f"the nearest is {near}"
            where = batch.where(int(wrong[0]))
            raise InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=remedy)])


def _sent_all_the_same(part: HoldoutFile, held: pd.DataFrame, sent: pd.DataFrame) -> tuple[str, ...]:
    """Say how many of a holdout were sent what chance left them out of; refuse where they are many."""
    contacts = sent.loc[sent["customer"].isin(held["customer"]), ["offer", "first_day", "customer"]].drop_duplicates()
    pairs = held.reset_index(names="row").merge(contacts, on="customer", suffixes=("", "_sent"))
    same = (pairs["offer"] == EVERY_OFFER) | (pairs["offer"] == pairs["offer_sent"])
    same &= (pairs["since"] <= pairs["first_day"]) & (pairs["first_day"] <= pairs["until"])
    left_out = held.groupby("offer")["customer"].nunique().to_dict()
    problems, said = [], []
    for name, count in pairs[same.to_numpy()].groupby("offer")["customer"].nunique().to_dict().items():
        whole = int(left_out[name])
        what = f"{int(count):,} of the {whole:,} customers whom chance left out of {name or 'every targeted offer'}"
        if count > MOST_SENT * whole:
            expected, remedy = "customers who were not sent what they were left out of", "take them off the file"
            if part.first_day is None or part.offer is None:
                remedy += ", or say which offer (offer) and which runs (first_day, since, until) left them out"
            problems.append(
                Problem(where=part.label, what=part.customer, expected=expected, got=f"{what} were", remedy=remedy)
            )
        said.append(f"{part.label}: {what} were sent it all the same: they count in neither group")
    if problems:
        raise InvalidInput(problems)
    return tuple(said)
