"""Headers in other languages, and dates that may be read in two ways: the message says what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from flight_case import Running, running_shop
from shop import FILES, problems_of

from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.language.slips.meant import day_or_month_first
from scenarios.language.text.csv_files import read_csv
from scenarios.language.text.csv_header import header_slips
from scenarios.problems import InvalidInput

case = running_shop
ACTUALS = ("date", "product", "segment", "group", "offer", "units", "revenue", "uses", "contacts", "stock_end")
EFFECTS = ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up", "redemption", "note")


@pytest.mark.parametrize(
    "header",
    [
        "fecha,producto,segmento,grupo,promoción,unidades,ventas,canjes,contactos,existencia",
        "data,produto,segmento,grupo,promoção,quantidade,vendas,resgates,contatos,estoque",
        "jour,produit,segment,groupe,offre,quantité,chiffre d'affaires,utilisations,contacts,inventaire",
        "Datum,Artikel,Kundengruppe,Gruppe,Aktion,Menge,Umsatz,Einlösungen,Kontakte,Bestand",
        "data,prodotto,segmento,gruppo,promozione,quantità,fatturato,utilizzi,contatti,giacenza",
        "datum,artikel,segment,groep,aanbieding,aantal,omzet,verzilveringen,contacten,voorraad",
        "dzień,towar,segment,grupa,promocja,ilość,sprzedaż,użycia,kontakty,zapas",
        "日付,商品,セグメント,グループ,オファー,数量,売上,uses,contacts,在庫",
        "day,item,segment,group,promo,qty,sales,redemptions,contacts,stock",
    ],
    ids=["es", "pt", "fr", "de", "it", "nl", "pl", "ja", "en"],
)
def test_every_column_of_actuals_is_known_in_other_languages(header: str) -> None:
    """One message says of each word which column it is."""
    words = header.split(",")
    (slip,) = header_slips(words, ACTUALS, ("date", "product", "units", "revenue"))
    there = [name for name in words if name in ACTUALS]
    pairs = [f"{name} for {word}" for name, word in zip(ACTUALS, words, strict=True) if word not in there]
    assert slip.remedy.startswith("write ") and slip.remedy.partition(";")[0][6:].split(", ") == pairs


@pytest.mark.parametrize(
    "header",
    [
        "data,towar,region,sztuki,utarg",
        "Datum,Artikel,Region,Menge,Einnahmen",
        "date,article,région,quantité,CA TTC",
        "fecha,artículo,región,unidades,recaudación",
        "data,prodotto,regione,pezzi,incasso",
        "datum,artikel,regio,aantal,opbrengst",
        "data,artigo,região,unidades,faturação",
        "日付,商品,地域,数量,売上金額",
        "date,item,region,qty,takings",
    ],
    ids=["pl", "de", "fr", "es", "it", "nl", "pt", "ja", "en"],
)
def test_regions_are_segments_and_takings_are_revenue(header: str) -> None:
    """Tills tell regions and takings: both are known as what they are here, with all the other columns."""
    words = header.split(",")
    (slip,) = header_slips(words, ACTUALS, ("date", "product", "units", "revenue"))
    names = ("date", "product", "segment", "units", "revenue")
    pairs = [f"{name} for {word}" for name, word in zip(names, words, strict=True) if name != word]
    assert slip.remedy.partition(";")[0] == "write " + ", ".join(pairs)


def test_a_region_beside_segments_is_a_column_of_its_own() -> None:
    """Where segments are named, a region means something else: of an effects table it is no slip."""
    assert header_slips(["segment", "region", "offer", "lift"], EFFECTS, ("offer", "lift"), others=True) == []


def test_a_table_with_columns_of_its_own_knows_the_words_too() -> None:
    """An effects table, where any other column is a measure: one message for a foreign header, none for own columns."""
    words = ["segmento", "producto", "semana", "promoción", "incremento", "incremento_bajo", "incremento_alto"]
    (slip,) = header_slips([*words, "participación"], EFFECTS, ("offer", "lift"), others=True)
    assert "write segment for segmento, product for producto, period for semana, offer for promoción" in slip.remedy
    assert "take_up for participación" in slip.remedy
    (one,) = header_slips(["segment", "product", "promoción", "lift"], EFFECTS, ("offer", "lift"), others=True)
    assert (one.got, one.remedy) == ("promoción", "did you mean offer?")
    assert header_slips(["offer", "lift", "bonos", "precio"], EFFECTS, ("offer", "lift"), others=True) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("category: phones, cena: 999, koszt: 690", ("price", "unit_cost")),
        ("categoria: phones, precio: 999, costo: 690", ("category", "price", "unit_cost")),
        ("catégorie: phones, prix: 999, coût: 690", ("category", "price", "unit_cost")),
        ("Warengruppe: phones, Preis: 999, Kosten: 690", ("category", "price", "unit_cost")),
    ],
)
def test_keys_of_a_scenario_are_known_in_other_languages(tmp_path: Path, written: str, meant: tuple[str, ...]) -> None:
    """Words that headers are known by name the keys of products, segments and offers, too; no list of keys instead."""
    (start,) = [line for line in FILES["shop.yaml"].splitlines() if "id: phone," in line]
    told = problems_of(tmp_path, shop={start: f"  - {{id: phone, {written}}}", "depth: 15%": "rabat: 15%"})
    assert [name for name in meant if not any(f"; did you mean {name}?" in line for line in told)] == []
    assert any("got rabat; did you mean depth?" in line for line in told)


def test_other_dates_tell_which_is_the_day(tmp_path: Path, case: Running) -> None:
    """09/11 may be either; 16/11 further down is read one way only, and so the first has one reading, too."""
    rows = "date,product,units,revenue\n09/11/2026,phone,1,10\n16/11/2026,phone,1,10\n"
    with pytest.raises(InvalidInput) as caught:
        read_actuals(read_csv(rows.encode(), "actuals.csv"), case.grid, ())
    assert "write 2026-11-09, because 16/11/2026 has the day first" in str(caught.value.problems[0])
    with pytest.raises(InvalidInput) as caught:
        read_actuals(read_csv(rows.replace("16/", "09/").encode(), "actuals.csv"), case.grid, ())
    assert "write 2026-09-11 or 2026-11-09, whichever is meant" in str(caught.value.problems[0])
    table = {"young,phone,,30": "young,phone,11/03/2026,30", "young,phone-pro,,12": "young,phone-pro,11/25/2026,12"}
    first, *_ = problems_of(tmp_path, baseline=table)
    told = 'got "11/03/2026" (and on 1 more row); write 2026-11-03, because 11/25/2026 has the month first'
    assert first.endswith(told)


def test_dates_that_contradict_each_other_tell_nothing() -> None:
    """Two exports in one file: neither order is taken for the other rows."""
    assert day_or_month_first(["09/11/2026", "16/11/2026", "11/25/2026"]) is None
    assert day_or_month_first(["2026-11-09", "11/11/2026", "soon", ""]) is None
