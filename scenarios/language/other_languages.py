"""Names of columns and keys in other languages, and what stands for them here.

Words are written without accents, as `folded` makes them; several words of one name are joined by underscores.
"""

from __future__ import annotations

import unicodedata

_NAMES: dict[tuple[str, ...], str] = {
    ("date", "period"): "fecha dia data datum jour giorno tag dag 日付",
    ("period", "date"): "semana semaine woche settimana week weeks periodo periode zeitraum kalenderwoche kw 週",
    ("product",): "producto produto produit produkt prodotto articulo artigo artikel articolo ware 商品",
    ("segment",): "segmento kundengruppe kundensegment segmento_cliente klantgroep セグメント",
    ("group",): "grupo groupe gruppe gruppo groep グループ",
    ("units", "quantity"): """
        unidades unidad unites einheiten stuck stueck stuckzahl menge absatz unita pezzi piezas
        pecas cantidad quantidade quantite quantita anzahl aantal stuks 数量 点数
    """,
    ("revenue", "units"): """
        venta ventas vendas venda ventes vente umsatz erlos erloes vendite vendita fatturato
        omzet ingresos receita recettes facturacion faturamento chiffre_d'affaires ca_ht verkauf
        verkaufe verkoop 売上 売上高
    """,
    ("revenue", "value"): "importe monto montant betrag importo bedrag 金額",
    ("value",): "valor valeur wert valore waarde",
    ("offer",): """
        promocion promociones promocao promozione oferta ofertas offre angebot aktion offerta
        aanbieding actie promos オファー
    """,
    ("uses", "redemption"): """
        canje canjes canjeados usos resgate resgates utilisation utilisations einlosung
        einlosungen einloesung einloesungen riscatti utilizzi verzilveringen redemptions
    """,
    ("redemption", "uses"): "tasa_de_canje taxa_de_resgate taux_d'utilisation einlosequote",
    ("stock_end", "stock"): """
        existencia existencias inventario estoque bestand lagerbestand giacenza giacenze scorte
        voorraad inventaire 在庫
    """,
    ("contacts",): "contactos contatos kontakte contatti contacten envios",
    ("coverage",): "cobertura couverture abdeckung copertura dekking",
    ("price",): "precio preco prix preis prezzo prijs 価格",
    ("unit_cost",): """
        costo coste custo cout kosten costo_unitario coste_unitario custo_unitario cout_unitaire
        stuckkosten einkaufspreis einstandspreis kostprijs 原価
    """,
    ("category",): "categoria categorias categorie kategorie warengruppe familia familie famille",
    ("vendor",): "proveedor fornecedor fournisseur lieferant fornitore leverancier",
    ("lift",): "incremento aumento steigerung hausse incremental",
    ("lift_low",): "incremento_bajo incremento_min aumento_baixo",
    ("lift_high",): "incremento_alto incremento_max aumento_alto",
    ("times",): "faktor factores facteur fattore fator multiplicador multiplicateur multiplikator saisonfaktor",
    ("take_up",): "participacion participacao adopcion adesao adesione nutzung",
    ("customers", "customer"): "clientes clients kunden clienti klanten 顧客数",
    ("customer", "customers"): "cliente client kunde klant",
    ("orders",): "pedidos pedido tickets ordenes commandes bestellungen auftrage ordini bestellingen",
    ("order_value",): """
        valor_ticket valor_pedido valor_de_ticket bestellwert valore_ordine valeur_panier
        orderwaarde
    """,
    ("returns",): "devoluciones devolucoes retours retouren resi",
    ("currency",): "moneda moeda devise wahrung waehrung valuta",
    ("name",): "nombre nome nom naam",
}
"""What stands here, most likely first, by Spanish, Portuguese, French, German, Italian, Dutch and Japanese words."""
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
    parts = unicodedata.normalize("NFD", char)
    return parts[0] if parts[0].isascii() else char
