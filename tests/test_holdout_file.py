"""The holdout of past offers is read as a rollout or a retailer writes it; what cannot be one is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data.files.pseudonyms import Pseudonyms, key_for

SENT = [f"c{number}" for number in range(20)]
LEFT = [f"c{number}" for number in range(20, 40)]
FIRST, SECOND = "2026-03-02", "2026-05-04"
MAIL = {"mechanic": "coupon", "depth": "20%", "layer": "targeted"}


def shop_with(held: pd.DataFrame, *, sent: list[str] | None = None, **keys: object) -> Shop:
    """Return a shop that mailed a coupon twice to twenty customers, with a holdout."""
    shop = Shop()
    rows = [(day, end, who) for day, end in ((FIRST, "2026-03-08"), (SECOND, "2026-05-10")) for who in sent or SENT]
    shop.tables["log.csv"] = pd.DataFrame(rows, columns=["d", "e", "c"]).assign(o="mail", p="p0")
    shop.tables["holdout.csv"] = held
    columns = {"offer": "o", "product": "p", "customer": "c", "first_day": "d", "last_day": "e"}
    shop.data["files"] |= {
        "offers": {"file": "log.csv", **columns},
        "holdout": {"file": "holdout.csv", "customer": "customer", **keys},
    }
    shop.data["past_offers"] = {"mail": dict(MAIL), "show": {"mechanic": "feature"}}
    return shop


def held_by(events) -> dict[tuple[str, int, int], int]:
    """Return customers by what they were left out of."""
    return events.holdout.groupby(["offer", "since", "until"])["customer"].nunique().to_dict()


def day(text: str) -> int:
    """Return the ordinal of a date."""
    return pd.Timestamp(text).toordinal()


def test_a_rollouts_file_is_read_as_it_stands(tmp_path):
    """Customer and segment, nothing else: these were left out of every targeted offer."""
    rollout = pd.DataFrame({"customer": LEFT, "segment": "s1"})
    events = load(shop_with(rollout), tmp_path)
    assert held_by(events) == {("", 1, day("2026-08-02")): 20}
    assert not any("holdout" in said for said in events.cleaning.suspicious)


def test_a_rollouts_pseudonyms_are_customers(tmp_path):
    """A rollout writes pseudonyms under this machine's key, where nobody asked for ids."""
    numbers = Pseudonyms(key_for()).numbers(np.array(LEFT, dtype=object))
    ids = load(shop_with(pd.DataFrame({"customer": LEFT})), tmp_path)
    pseudonyms = load(shop_with(pd.DataFrame({"customer": numbers})), tmp_path)
    pd.testing.assert_frame_equal(ids.holdout, pseudonyms.holdout)


def test_rows_may_name_an_offer_and_a_run(tmp_path):
    """A blank offer is every targeted one, a blank day every run of it between since and until."""
    rows = pd.DataFrame({"customer": LEFT[:4], "o": ["mail", "mail", "", ""], "d": [FIRST, "", SECOND, "2027-01-04"]})
    events = load(shop_with(rows, offer="o", first_day="d", since="2026-04-01", until="2026-06-30"), tmp_path)
    since, until = day("2026-04-01"), day("2026-06-30")
    assert held_by(events) == {
        ("mail", day(FIRST), day(FIRST)): 1,
        ("mail", since, until): 1,
        ("", day(SECOND), day(SECOND)): 1,
    }


def test_a_few_who_were_sent_it_all_the_same_are_said(tmp_path):
    """One of twenty is told with its number; more are no holdout."""
    events = load(shop_with(pd.DataFrame({"customer": [*LEFT[:19], SENT[0]]})), tmp_path)
    said = "holdout.csv: 1 of the 20 customers whom chance left out of every targeted offer were sent it all the same"
    assert any(said in one for one in events.cleaning.suspicious)


def test_rows_of_strangers_are_said_where_they_are_most(tmp_path):
    """A rollout holds customers who never bought; where hardly anybody did, the column may be the wrong one."""
    said = "21 of 41 rows of holdout.csv name customers who never bought"
    for strangers, told in ((19, False), (21, True)):
        held = pd.DataFrame({"customer": [*LEFT, *(f"x{number}" for number in range(strangers))]})
        events = load(shop_with(held), tmp_path)
        assert any(said in one for one in events.cleaning.suspicious) is told


def test_whoever_was_left_out_of_later_runs_only_was_sent_the_earlier_ones(tmp_path):
    """Who was sent the first run and left out of the second is no mistake where the file says so."""
    rows = pd.DataFrame({"customer": SENT[:5]})
    shop = shop_with(rows, since="2026-04-01")
    log = shop.tables["log.csv"]
    shop.tables["log.csv"] = log[(log["d"] == FIRST) | ~log["c"].isin(SENT[:5])]
    load(shop, tmp_path)
    shop.data["files"]["holdout"].pop("since")
    with pytest.raises(InvalidInput, match=r"got 5 of the 5 customers .* or say which offer \(offer\) and which runs"):
        load(shop, tmp_path)


def rows(**columns: object) -> pd.DataFrame:
    """Return a holdout of all who were left out."""
    return pd.DataFrame({"customer": LEFT, **columns})


REFUSED = {
    "many were sent it": (
        shop_with(pd.DataFrame({"customer": [*LEFT, *SENT[:2]]})),
        r"holdout.csv: customer: expected customers who were not sent what they were left out of, got 2 of the 22 "
        r"customers whom chance left out of every targeted offer were; take them off the file, or say which offer",
    ),
    "an unknown offer": (
        shop_with(rows(o="mial"), offer="o"),
        r'holdout.csv: o: expected an offer that past_offers describes, got "mial"; did you mean mail',
    ),
    "a public offer": (
        shop_with(rows(o="show"), offer="o"),
        r"holdout.csv: o: expected a targeted offer whose .* got show, which is public; write layer: targeted",
    ),
    "a day of no run": (
        shop_with(rows(o="mail", d="2026-03-03"), offer="o", first_day="d"),
        r"holdout.csv:2: d: expected the first day of a run of mail, .*got 2026-03-03; the nearest is 2026-03-02",
    ),
    "no run that is read": (
        shop_with(rows(o="mail", d="2027-01-04"), offer="o", first_day="d"),
        r"holdout.csv: d: expected some row up to 2026-08-02, the last day that is read, got none",
    ),
    "customers who never bought": (
        shop_with(pd.DataFrame({"customer": ["x1", "x2"]})),
        r"holdout.csv: customer: expected customer ids that also stand in the purchases, got 2 rows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_holdout_is_refused_in_one_line(case, tmp_path):
    """Each line says where, what was expected, what came and what mends it."""
    shop, message = REFUSED[case]
    with pytest.raises(InvalidInput, match=message) as caught:
        load(shop, tmp_path)
    assert len(caught.value.problems) == 1


def test_an_offer_that_names_nobody_has_no_holdout(tmp_path):
    """A targeted offer without named customers has nobody to compare those left out with."""
    shop = shop_with(rows(o="mail"), offer="o")
    shop.tables["log.csv"]["c"] = ""
    with pytest.raises(InvalidInput, match=r"got mail, which names none; map files.offers.customer and list who"):
        load(shop, tmp_path)
    shop.data["files"]["holdout"].pop("offer")
    with pytest.raises(
        InvalidInput, match=r"holdout: expected a targeted offer whose .* got none; list in files.offers"
    ):
        load(shop, tmp_path)


def test_a_holdout_needs_declared_offers(tmp_path):
    """Mailed coupons that no past offer describes have no holdout; the line says how they get one."""
    shop = shop_with(rows())
    del shop.data["files"]["offers"], shop.data["past_offers"]
    mailed = {"customer": "c", "product": "p", "first_day": "d", "last_day": "e"}
    shop.data["files"]["mailings"] = {"file": "log.csv", **mailed}
    message = r"files.offers beside files.holdout.*got files.holdout beside files.mailings; declare the coupons"
    with pytest.raises(InvalidInput, match=message):
        load(shop, tmp_path)


def test_since_comes_before_until(tmp_path):
    """Two days turned round would be about no run at all."""
    with pytest.raises(InvalidInput, match=r"since on or before until, got since 2026-05-01, until 2026-04-01"):
        load(shop_with(rows(), since="2026-05-01", until="2026-04-01"), tmp_path)
