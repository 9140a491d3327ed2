"""campaign assign --why and decide: the file's own values, and the true reason why an offer is closed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import frame, write
from plan_folders import basic_problem, line, write_folder

from planner.assign.intake import Intake


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as a planner's own file."""
    return own_template(tmp_path_factory.mktemp("question"))


def test_a_closed_offer_keeps_its_value_and_says_why(scenario: Path, tmp_path: Path) -> None:
    """Who has had all messages of a channel reads so, beside the file's values; a blank value is told apart."""
    rows = frame(40)
    rows["contacts_mail"] = 0
    rows.loc[3, "contacts_mail"] = 3
    rows.loc[4, "contacts_mail"] = 5
    rows.loc[3, ["value_kettle-coupon", "value_cup-gift", "value_save-10"]] = (1.28, np.nan, -0.61)
    rows.loc[4, ["value_kettle-coupon", "value_cup-gift", "value_save-10"]] = (2.0, 1.0, 0.5)
    full, over = rows.loc[3, "customer"], rows.loc[4, "customer"]
    record, _ = assigned(scenario, rows, tmp_path, "--why", full, "--why", over)
    first, second = record["customers_explained"]
    assert {one["offer"]: (one["value"], one["why"], one["open"]) for one in first["options"]} == {
        "kettle-coupon": (1.28, "has had 3 of 3 messages by mail", False),
        "cup-gift": (None, "no value in the file", False),
        "save-10": (-0.61, "has had 3 of 3 messages by mail", False),
    }
    assert "has had 3 of 3 messages by mail" in first["sentence"]
    assert {one["why"] for one in second["options"]} == {"has had 5 messages by mail, more than the 3 allowed"}
    out = tmp_path / "assigned.parquet"
    one = write(tmp_path / "one.csv", rows.loc[[3]])
    told = run("decide", scenario, one, "--at", out)
    assert "has had 3 of 3 messages by mail" in " ".join(told.stdout.split())
    assert "1.28" in told.stdout
    several = write(tmp_path / "several.csv", rows.loc[[3, 5]])
    assert "no offer is open to this customer" in " ".join(run("decide", scenario, several, "--at", out).stdout.split())
    ids = [str(id_) for id_ in rows.loc[[3, 5], "customer"]]
    asked = run("decide", scenario, several, "--at", out, "--why", ids[1])
    said = " ".join(asked.stdout.split())
    assert f"Customer {ids[1]}" in said and f"Customer {ids[0]}" not in said
    assert "Gets kettle-coupon: after what its uses cost others it is worth 10.72" in said
    assert "cup-gift" in said and "cup-gift" not in run("decide", scenario, several, "--at", out).stdout
    unknown = run("decide", scenario, several, "--at", out, "--why", "nobody")
    assert unknown.exit_code == 2 and "expected an id in" in " ".join(unknown.stderr.split())


def test_many_new_customers_are_counted_and_those_with_an_offer_listed(scenario: Path, tmp_path: Path) -> None:
    """Of more than a screen of customers who get nothing, reasons are counted; nobody of them has a line of his own."""
    rows = frame(40)
    rows["contacts_mail"] = 0
    assigned(scenario, rows, tmp_path)
    rows.loc[rows.index[:30], "contacts_mail"] = 3
    asked = "decide", scenario, write(tmp_path / "new.csv", rows), "--at", tmp_path / "assigned.parquet"
    everybody = json.loads(run(*asked, "--json").stdout)["customers"]
    said = " ".join(run(*asked).stdout.split())
    given = [one["customer"] for one in everybody if one["offer"] is not None]
    assert 0 < len(given) <= 10 and f"{len(given)} of 40 customers get an offer" in said
    assert "nothing: no offer is open to this customer (has had 3 of 3 messages by mail) 19 47.5%" in said
    assert "no offer is open to this customer (has had 3 of 3 messages by mail; no value in the file) 11 27.5%" in said
    assert {one["customer"] for one in everybody if f"{one['customer']} " in said} == set(given)
    assert f"{40 - len(given)} who get nothing are not listed" in said


def test_an_offer_that_is_worth_as_much_is_the_next_best(scenario: Path, tmp_path: Path) -> None:
    """The chosen one alone is left out: others of the same worth were, too, so that the third was told as the next."""
    rows = frame(3)
    rows.loc[1, ["value_kettle-coupon", "value_cup-gift", "value_save-10"]] = (5.0, 5.0, 1.0)
    record, _ = assigned(scenario, rows, tmp_path, "--why", rows.loc[1, "customer"])
    (told,) = record["customers_explained"]
    assert told["sentence"].endswith("it is worth 5.00, the next best choice 5.00.")
    assert [one["worth"] for one in told["options"]] == [5.0, 5.0, 1.0]


def test_a_limit_that_one_customer_breaks_is_named(scenario: Path, tmp_path: Path) -> None:
    """An offer that alone costs more than the budget is closed by it, and the customer reads that, in plain digits.

    Spaces around an id are no part of it, in the option as in the file.
    """
    rows = frame(40)
    rows.loc[3, ["value_kettle-coupon", "spend_kettle-coupon"]] = (500.0, 200.0)
    record, _ = assigned(
        scenario, rows, tmp_path, "--set", "limits.total-budget.max=150", "--why", rows.loc[3, "customer"]
    )
    why = {one["offer"]: one["why"] for one in record["customers_explained"][0]["options"]}
    assert why["kettle-coupon"] == "spend of 200 alone breaks total-budget: 150 is left"
    rows.loc[3, "spend_kettle-coupon"] = 2_345_678.91
    record, _ = assigned(
        scenario, rows, tmp_path, "--set", "limits.total-budget.max=1234567.8", "--why", f" {rows.loc[3, 'customer']} "
    )
    why = {one["offer"]: one["why"] for one in record["customers_explained"][0]["options"]}
    assert why["kettle-coupon"] == "spend of 2,345,678.91 alone breaks total-budget: 1,234,567.8 is left"


def test_dates_on_which_a_plan_sends_nothing_are_answered_with_those_on_which_it_does(tmp_path: Path) -> None:
    """The remedy can be typed: the dates that the plan has offers for, or that its lines are for everybody."""
    problem = basic_problem()
    sent = [line(problem, day, "kettle", "kettle-coupon", "regulars", 0.5) for day in (3, 5, 7, 9, 11, 13)]
    write_folder(problem, tmp_path / "sends", (line(problem, 1, "espresso-1kg", "coffee-15"), *sent))
    write_folder(problem, tmp_path / "shelf", (line(problem, 1, "espresso-1kg", "coffee-15"),))
    customers = write(tmp_path / "customers.csv", frame(40))
    for folder, remedy in (
        ("sends", "(2027-03-04, 2027-03-06, 2027-03-08, 2027-03-10, 2027-03-12 and 1 more)"),
        ("shelf", "its lines are for everybody; choose another plan with --plan"),
    ):
        result = run(
            "assign", "template-basic", customers, "--out", tmp_path / "a.csv", "--quotas", tmp_path / folder,
            "--date", "2027-03-02",
        )  # fmt: skip
        assert result.exit_code == 2
        assert remedy in " ".join(result.stderr.split())


def test_a_segment_without_lines_of_the_plan_is_the_reason(tmp_path: Path) -> None:
    """With --quotas, offers that the plan does not send to a segment say so."""
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", (line(problem, 4, "kettle", "kettle-coupon", "regulars", 0.5),))
    rows = frame(40)
    rows["value_kettle-coupon"] = 1.0
    other = rows.loc[rows["segment"] == "occasional", "customer"].iloc[0]
    customers = write(tmp_path / "customers.csv", rows)
    result = run(
        "assign", "template-basic", customers, "--out", tmp_path / "a.parquet", "--quotas", tmp_path / "plans",
        "--why", other, "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    (told,) = json.loads(result.stdout)["customers_explained"]
    assert [(one["value"], one["why"]) for one in told["options"]] == [
        (1.0, "the plan sends none to segment occasional")
    ]


def test_many_customers_are_explained_in_one_pass(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of ids is asked about in one reading and scoring of the customers, in its own order, beside typed ids."""
    rows = frame(40)
    ids = [str(each) for each in rows["customer"]]
    passes: list[int] = []
    plain = Intake.take

    def counted(self: Intake, batch: object, first: int, *rest: object, **more: object) -> object:
        passes.append(first)
        return plain(self, batch, first, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Intake, "take", counted)
    assigned(scenario, rows, tmp_path)
    without = len(passes)
    lines = tmp_path / "asked.txt"
    lines.write_text("\n".join([ids[7], "", ids[3], ids[7]]) + "\n", encoding="utf-8")
    table = write(tmp_path / "asked.csv", rows.loc[[5, 1]])
    record, _ = assigned(scenario, rows, tmp_path, "--why", lines, "--why", ids[2], "--why", table)
    assert [one["customer"] for one in record["customers_explained"]] == [ids[n] for n in (7, 3, 2, 5, 1)]
    assert len(passes) - without == without + 1, "five customers cost one pass more than none"
    for number in (7, 2):
        (one,) = assigned(scenario, rows, tmp_path, "--why", ids[number])[0]["customers_explained"]
        assert one in record["customers_explained"]


def test_a_file_that_holds_no_ids_is_refused(scenario: Path, tmp_path: Path) -> None:
    """Several columns without customer, no line at all, and many ids of other customers: one problem each."""
    customers = write(tmp_path / "customers.csv", frame(40))
    for name, text, expected in (
        ("wide.csv", "id;segment\n1;a\n", 'expected one id a line, or a column customer, got columns "id", "segment"'),
        ("empty.txt", "\n\n", "expected at least one id of a customer, got none"),
        ("others.txt", "\n".join(f"x{n}" for n in range(9)), "and 4 more"),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        refused = run("assign", scenario, customers, "--out", tmp_path / "out.csv", "--why", path)
        assert refused.exit_code == 2 and expected in " ".join(refused.stderr.split()), name
        assert refused.stderr.count("expected") == 1


def test_an_id_is_no_file_of_its_name(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a bare value means does not hang on the folder: ./NAME is the file; where it is no id, that is said."""
    rows = frame(40)
    monkeypatch.chdir(tmp_path)
    one, other = (str(rows.loc[row, "customer"]) for row in (3, 5))
    for name in (one, "many"):
        Path(name).write_text(f"{other}\n", encoding="utf-8")
    for value, wanted in ((one, one), (f"./{one}", other)):
        record, _ = assigned(scenario, rows, tmp_path, "--why", value)
        assert [each["customer"] for each in record["customers_explained"]] == [wanted]
    customers = write(tmp_path / "customers.csv", rows)
    for value, told in (("many", "write ./many for the file of this name"), ("none.csv", "got no such file")):
        refused = run("assign", scenario, customers, "--out", tmp_path / "out.csv", "--why", value)
        assert refused.exit_code == 2 and told in " ".join(refused.stderr.split())
