"""What people call canonical columns, in English and in German; the likeliest names first.

Names are compared without case, blanks and signs, and with umlauts written out.
"""

from __future__ import annotations

import re

_CUSTOMER = (
    "customer id", "customer number", "customer no", "kundennummer", "kundennr", "kunden id",
    "customer", "kunde", "kdnr", "kd nr", "client id", "user id", "member id", "mitgliedsnummer",
    "contact id", "account id", "debitor", "debitorennummer", "household id", "buyer id", "konto",
)  # fmt: skip
_ORDER = (
    "order id", "order number", "order no", "bestellnummer", "bestellnr", "bestell id",
    "auftragsnummer", "auftragsnr", "auftrags id", "rechnungsnummer", "rechnungsnr", "invoice id",
    "invoice number", "invoice no", "invoice", "basket id", "receipt id", "transaction id",
    "belegnummer", "belegnr", "bonnummer", "order", "bestellung", "auftrag",
)  # fmt: skip
_AMOUNT = (
    "amount", "total", "order total", "total amount", "gesamtbetrag", "betrag", "summe",
    "gesamtsumme", "bestellwert", "auftragswert", "warenwert", "rechnungsbetrag", "umsatz",
    "revenue", "sales value", "total price", "grand total", "bruttobetrag", "nettobetrag",
    "net amount", "gross amount", "sales", "gesamt", "value", "wert", "price", "preis", "spend",
)  # fmt: skip
_DISCOUNT = ("discount", "discount amount", "rabatt", "nachlass", "gutschein")
_CHANNEL = ("channel", "kanal", "sales channel", "vertriebskanal", "bestellweg", "source")
_WHEN = ("date", "datum", "timestamp", "zeitpunkt", "time", "created at", "erstellt am", "created")
_COUNTRY = ("country code", "country", "laendercode", "land", "laenderkennzeichen", "staat")
_SENTIMENT = ("sentiment", "sentiment score", "stimmung", "tonalitaet")
_CAMPAIGN = ("campaign id", "kampagnen id", "kampagnennummer", "campaign", "kampagne")

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {
        "customer_id": (*_CUSTOMER, "id", "nummer"),
        "created_at": (
            "created at", "registered at", "registration date", "signup date", "registered",
            "kunde seit", "customer since", "member since", "mitglied seit", "anlagedatum",
            "angelegt am", "registriert am", "erstellt am", "create date", "created", "eintritt",
        ),
        "merged_into": ("merged into", "master record id", "zusammengefuehrt mit", "dublette von"),
        "country": _COUNTRY,
        "postal_area": ("postal area", "plz gebiet", "region", "bundesland", "state"),
        "acquisition_channel": (
            "acquisition channel", "original source", "lead source", "herkunft", "werbeweg",
            "utm source",
        ),
        "birth_year": ("birth year", "year of birth", "geburtsjahr", "jahrgang"),
        "loyalty_tier": ("loyalty tier", "tier", "bonusstufe", "treuestufe", "loyalty level"),
    },
    "identities": {
        "email": ("email", "e mail", "email address", "mail", "emailadresse", "mailadresse"),
        "phone": (
            "phone", "phone number", "telefon", "telefonnummer", "telephone", "mobile", "mobil",
            "handy", "mobilnummer", "mobile phone", "tel",
        ),
        "first_name": ("first name", "vorname", "given name", "forename"),
        "last_name": (
            "last name", "nachname", "surname", "family name", "name", "full name", "familienname",
            "company name", "company", "firma", "firmenname",
        ),
        "street": (
            "street", "strasse", "address 1", "street address", "address", "adresse", "anschrift",
        ),
        "postal_code": ("postal code", "zip", "zip code", "plz", "postleitzahl", "postcode"),
        "city": ("city", "ort", "stadt", "town", "wohnort"),
        "country": _COUNTRY,
    },
    "orders": {
        "order_id": _ORDER,
        "customer_id": _CUSTOMER,
        "ordered_at": (
            "ordered at", "order date", "bestelldatum", "bestellt am", "auftragsdatum", "kaufdatum",
            "purchase date", "purchased at", "rechnungsdatum", "invoice date", "transaction date",
            "transaction timestamp", "belegdatum", *_WHEN,
        ),
        "amount": _AMOUNT,
        "discount": _DISCOUNT,
        "margin": ("margin", "deckungsbeitrag", "marge", "rohertrag", "profit"),
        "currency": ("currency", "waehrung", "currency code", "wkz umsatz", "wkz"),
        "channel": _CHANNEL,
    },
    "order_lines": {
        "order_id": _ORDER,
        "line": ("line", "position", "pos", "line item id", "positionsnummer", "zeile"),
        "product_id": (
            "product id", "sku", "artikelnummer", "artikelnr", "article", "artikel", "item id",
            "product", "produkt", "produktnummer", "ean", "product name", "lineitem name", "item",
        ),
        "category": ("category", "kategorie", "warengruppe", "product category", "department"),
        "quantity": ("quantity", "menge", "qty", "anzahl", "stueckzahl", "lineitem quantity"),
        "amount": ("line total", "positionsbetrag", "zeilensumme", "gesamtpreis", *_AMOUNT),
        "discount": _DISCOUNT,
    },
    "refunds": {
        "refund_id": (
            "refund id", "return id", "gutschriftnummer", "gutschrift nr", "retourennummer",
            "retoure", "credit note",
        ),
        "order_id": _ORDER,
        "customer_id": _CUSTOMER,
        "refunded_at": (
            "refunded at", "refund date", "return date", "erstattet am", "gutschriftdatum",
            "retourendatum", *_WHEN,
        ),
        "amount": ("refund amount", "refunded amount", "erstattungsbetrag", "erstattung", *_AMOUNT),
    },
    "interactions": {
        "interaction_id": ("interaction id", "event id"),
        "customer_id": _CUSTOMER,
        "occurred_at": (
            "occurred at", "event time", "event date", "event timestamp", "visited at", *_WHEN,
        ),
        "channel": _CHANNEL,
        "kind": (
            "kind", "event", "event type", "event name", "ereignis", "aktion", "action",
            "aktivitaet", "activity",
        ),
        "campaign_id": _CAMPAIGN,
        "points": ("points", "punkte", "loyalty points", "treuepunkte", "bonuspunkte"),
    },
    "tickets": {
        "ticket_id": (
            "ticket id", "ticket number", "ticketnummer", "case id", "case number", "fallnummer",
            "vorgangsnummer", "ticket",
        ),
        "customer_id": _CUSTOMER,
        "opened_at": ("opened at", "eroeffnet am", "open date", "eingang", *_WHEN),
        "closed_at": (
            "closed at", "closed date", "geschlossen am", "resolved at", "erledigt am", "closed",
        ),
        "topic": ("topic", "thema", "reason", "grund", "category", "kategorie"),
        "channel": ("channel", "kanal", "origin"),
        "satisfaction": ("satisfaction", "csat", "zufriedenheit", "rating", "bewertung"),
        "solved": ("solved", "is solved", "is resolved", "geloest", "outcome", "ergebnis"),
        "sentiment": _SENTIMENT,
    },
    "surveys": {
        "survey_id": ("survey id", "response id", "umfrage id", "antwort id"),
        "customer_id": _CUSTOMER,
        "answered_at": ("answered at", "response date", "beantwortet am", *_WHEN),
        "question": ("question", "frage"),
        "score": ("score", "nps", "punkte", "bewertung"),
        "answer": ("answer", "antwort"),
        "sentiment": _SENTIMENT,
    },
    "subscriptions": {
        "subscription_id": (
            "subscription id", "contract id", "vertragsnummer", "vertrags id", "abo id",
            "abonummer", "policy id",
        ),
        "customer_id": _CUSTOMER,
        "started_at": (
            "started at", "start date", "vertragsbeginn", "beginn", "startdatum", "abo beginn",
        ),
        "ended_at": ("ended at", "end date", "vertragsende", "ende", "enddatum"),
        "plan": ("plan", "tarif", "tariff", "abo", "contract"),
        "price": ("price", "preis", "monthly charge", "monatspreis", "beitrag"),
        "end_reason": ("end reason", "kuendigungsgrund", "churn reason"),
    },
    "consents": {
        "customer_id": _CUSTOMER,
        "purpose": ("purpose", "zweck"),
        "channel": _CHANNEL,
        "status": ("status", "consent", "einwilligung", "consent status"),
        "changed_at": ("changed at", "consent date", "geaendert am", "einwilligung am", *_WHEN),
        "source": ("source", "quelle"),
        "text_version": ("text version", "textversion"),
    },
    "campaigns": {
        "campaign_id": _CAMPAIGN,
        "name": ("campaign name", "kampagnenname", "name"),
        "channel": ("channel", "kanal"),
        "starts_at": (
            "starts at", "start date", "startdatum", "versanddatum", "beginn", "start", "date",
            "datum",
        ),
        "ends_at": ("ends at", "end date", "enddatum", "ende"),
        "contact_cost": (
            "contact cost", "cost per contact", "unit cost", "cost unit", "kontaktkosten",
            "kosten pro kontakt", "stueckkosten",
        ),
        "offer_cost": ("offer cost", "angebotskosten"),
    },
    "contacts": {
        "campaign_id": _CAMPAIGN,
        "customer_id": _CUSTOMER,
        "contacted_at": (
            "contacted at", "contact date", "sent at", "versendet am", "kontaktiert am", *_WHEN,
        ),
        "channel": ("channel", "kanal"),
        "arm": ("arm", "treatment", "test group", "testgruppe"),
    },
}  # fmt: skip

_WRITTEN_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}

# A name that holds the words among others is less likely the one than a name of nothing else.
_AMONG_OTHERS = 0.6
_LEAST = 0.5
_LESS_EACH = 0.025


def likeness(name: str, table: str, column: str) -> float:
    """Return how likely a source column of this name is the canonical one, 0 to 1."""
    words = _words(name)
    bare = "".join(words)
    best = 0.0
    known = (column.replace("_", " "), *WORDS[table].get(column, ()))
    for rank, phrase in enumerate(known):
        weight = max(_LEAST, 1 - _LESS_EACH * rank)
        if bare == phrase.replace(" ", ""):
            best = max(best, weight)
        elif set(phrase.split()) <= set(words) and len(phrase) > 2:
            best = max(best, weight * _AMONG_OTHERS)
    return best


def _words(name: str) -> list[str]:
    apart = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", name)
    plain = apart.lower()
    for umlaut, letters in _WRITTEN_OUT.items():
        plain = plain.replace(umlaut, letters)
    return re.findall(r"[a-z0-9]+", plain)
