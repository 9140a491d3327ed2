"""Names of columns and keys in other languages, and what stands for them here.

Words are written without accents, as `folded` makes them; several words of one name are joined by underscores.
"""

from __future__ import annotations

import unicodedata

_NAMES: dict[tuple[str, ...], str] = {
    ("date", "period"): "fecha dia data datum jour giorno tag dag dzien 日付",
    (
        "period",
        "date",
    ): "semana semaine woche settimana week weeks periodo periode zeitraum kalenderwoche kw tydzien okres 週",
    ("product",): """
        producto produto produit produkt prodotto articulo artigo artikel articolo ware towar
        artykul indeks 商品
    """,
    ("products", "product"): """
        productos produtos produits produkte prodotti producten produkty towary artykuly articulos
        artigos articoli artikelen
    """,
    ("segment",): "segmento kundengruppe kundensegment segmento_cliente klantgroep セグメント",
    ("segment", "segments"): "region regiao regione regio gebiet wojewodztwo 地域 エリア",
    ("segments", "segment"): """
        segmentos segmente segmenti segmenten segmenty kundengruppen klantgroepen
        regiones regioes regionen regioni regiony wojewodztwa
    """,
    ("group",): "grupo groupe gruppe gruppo groep grupa グループ",
    ("units", "quantity"): """
        unidades unidad unites einheiten stuck stueck stuckzahl menge absatz unita pezzi piezas
        pecas cantidad quantidade quantite quantita anzahl aantal stuks sztuki szt ilosc 数量 点数
    """,
    ("revenue", "units"): """
        venta ventas vendas venda ventes vente umsatz erlos erloes vendite vendita fatturato
        omzet ingresos receita recettes facturacion faturamento chiffre_d'affaires ca_ht verkauf
        verkaufe verkoop sprzedaz obrot obroty przychod przychody wartosc_sprzedazy umsatze
        umsaetze facturation faturacao receitas 売上 売上高 売上金額
    """,
    ("revenue", "value"): """
        importe monto montant betrag importo bedrag kwota 金額 utarg utargi einnahmen
        tageseinnahmen recaudacion recette encaissements ca ca_ttc incasso incassi ricavi
        opbrengst opbrengsten
    """,
    ("value",): "valor valeur wert valore waarde wartosc",
    ("offer", "offers"): """
        promocion promociones promocao promozione oferta ofertas offre angebot aktion offerta
        aanbieding actie promos oferty promocja promocje akcja オファー
    """,
    ("uses", "redemption"): """
        canje canjes canjeados usos resgate resgates utilisation utilisations einlosung
        einlosungen einloesung einloesungen riscatti utilizzi verzilveringen redemptions uzycia wykorzystania realizacje
    """,
    ("redemption", "uses"): "tasa_de_canje taxa_de_resgate taux_d'utilisation einlosequote wskaznik_realizacji",
    ("stock_end", "stock"): """
        existencia existencias inventario estoque bestand lagerbestand giacenza giacenze scorte
        voorraad inventaire zapas zapasy stan stan_magazynowy 在庫
    """,
    ("contacts",): "contactos contatos kontakte contatti contacten envios kontakty wysylki",
    ("coverage",): "cobertura couverture abdeckung copertura dekking pokrycie zasieg",
    ("price",): "precio preco prix preis prezzo prijs cena 価格",
    ("unit_cost", "fixed_cost", "cost_per_contact"): """
        costo coste custo cout kosten costo_unitario coste_unitario custo_unitario cout_unitaire
        stuckkosten einkaufspreis einstandspreis kostprijs koszt koszty koszt_jednostkowy
        cena_zakupu 原価
    """,
    ("category",): "categoria categorias categorie kategorie warengruppe familia familie famille kategoria",
    ("vendor",): "proveedor fornecedor fournisseur lieferant fornitore leverancier dostawca wydawca",
    ("lift",): "incremento aumento steigerung hausse incremental wzrost przyrost",
    ("lift_low",): "incremento_bajo incremento_min aumento_baixo",
    ("lift_high",): "incremento_alto incremento_max aumento_alto",
    ("times",): "faktor factores facteur fattore fator mnoznik multiplicador multiplicateur multiplikator saisonfaktor",
    ("take_up",): "participacion participacao adopcion adesao adesione nutzung udzial_korzystajacych",
    ("customers", "customer"): "clientes clients kunden clienti klanten klienci liczba_klientow 顧客数",
    ("customer", "customers"): "cliente client kunde klant klient",
    (
        "orders",
    ): "pedidos pedido tickets ordenes commandes bestellungen auftrage ordini bestellingen zamowienia paragony",
    ("order_value",): """
        valor_ticket valor_pedido valor_de_ticket bestellwert valore_ordine valeur_panier
        orderwaarde wartosc_zamowienia wartosc_koszyka
    """,
    ("returns",): "devoluciones devolucoes retours retouren resi zwroty",
    ("currency",): "moneda moeda devise wahrung waehrung valuta waluta",
    ("name", "title"): "nombre nome nom naam nazwa",
    ("title", "name"): "titulo titre titel titolo tytul",
    ("depth",): """
        descuento desconto remise rabais reduction rabatt nachlass sconto korting rabat znizka
        upust
    """,
    ("mechanic", "rule"): "mecanica mecanique mechanik meccanica mechaniek mechanika tipo typ rodzaj",
    ("channel",): "canal kanal canale kanaal",
    ("channels",): "canales canais canaux kanale canali kanalen kanaly",
    ("vendors",): "proveedores fornecedores fournisseurs lieferanten fornitori leveranciers dostawcy",
    ("limits",): "limites limiti limieten limity presupuestos budzety",
    ("rules",): "reglas regras regles regeln regole regels reguly zasady",
    ("gift", "gifts"): "regalo geschenk cadeau prezent",
    ("tax_rate",): "iva tva mwst ust btw impuesto imposto steuer steuersatz podatek stawka_vat",
    ("spend",): """
        mindestbestellwert mindesteinkauf compra_minima pedido_minimo achat_minimum minimum_d'achat spesa_minima
        ordine_minimo minimale_besteding minimalny_koszyk minimalne_zakupy
    """,
    ("fixed_cost",): """
        coste_fijo costo_fijo custo_fixo cout_fixe fixkosten costo_fisso vaste_kosten koszt_staly
    """,
    ("funding",): "financiacion financement finanzierung finanziamento dofinansowanie finansowanie",
    ("share",): "cuota anteil quota udzial",
    ("per_unit",): """
        por_unidad por_pieza por_peca par_unite par_piece pro_stuck je_stuck per_pezzo per_stuk za_sztuke od_sztuki
    """,
    ("max",): "maximo maximum massimo maksimum maks",
    ("min",): "minimo minimum",
}
"""What stands here, most likely first, by words of seven languages of Europe, and of Japanese."""
CALLED = {word: names for names, words in _NAMES.items() for word in words.split()}
"""The same, word by word."""


def folded(word: str) -> str:
    """Return a word in small letters without accents, its parts joined by underscores.

    Examples
    --------
    >>> folded("Promoción"), folded("Stück"), folded("Order value")
    ('promocion', 'stuck', 'order_value')
    """
    plain = unicodedata.normalize("NFC", word).strip().casefold().replace(" ", "_").replace("-", "_").replace("’", "'")
    return "".join(_bare(char) for char in plain)


def _bare(char: str) -> str:
    """A Latin letter without its accents; of other scripts, such as Japanese, marks make other letters."""
    if char == "ł":  # a letter of its own, which Unicode does not take apart
        return "l"
    parts = unicodedata.normalize("NFD", char)
    return parts[0] if parts[0].isascii() else char
