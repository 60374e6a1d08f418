"""The words that made people are called by: nobody has these names and numbers."""

from __future__ import annotations

FIRST_NAMES = (
    "Alma", "Bjørn", "Cécile", "Dörte", "Emre", "Françoise", "Greta", "Hüseyin", "Ida", "Jörg",
    "Käthe", "Léon", "Małgorzata", "Nina", "Oskar", "Paula", "Quentin", "René", "Søren", "Theo",
    "Ülkü", "Vera", "Wim", "Xenia", "Yara", "Zoë", "Anna-Lena", "Karl-Heinz", "Marie-Thérèse",
)  # fmt: skip

LAST_NAMES = (
    "Apfelbrück", "Birnstraß", "Dachsgruber", "Eichwinkel", "Fährmoor", "Großwiesner", "Heckenrain",
    "Igelbach", "Jadestein", "Kieselhöh", "Lerchenfuß", "Moosbäcker", "Nebelung-Rast", "Ölzweig",
    "Pflaumenthal", "Quellmeier", "Rübensam", "Sandkäfer", "Tannenweiß", "Uferloos", "Veilchenau",
    "Wolkenstroh", "Zaunkönigs", "de la Forêt-Bleue", "van der Molenkiek", "O'Heatherfield",
    "Castelnoix", "Brambleforth", "Maplewhistle",
)  # fmt: skip

# Names that files and tables trip over.
AWKWARD_NAMES = (
    ("=1+1", "Rechenmeister"), ("+49", "Vorwahl"), ("-", "Strich"), ("@SUM(A1:A9)", "Tabelle"),
    ("Zoë 🌻", "Blütenstaub 🐝"), ('Anna "Änni"', "Anführung"), ("Semi;kolon", "Komma, Nach"),
    ("null", "NULL"), ("Wolfeschlegel" * 12, "Langenfeld" * 16), (" Leer ", "  Zeichen"),
    ("'Apostroph", "d'Où"), ("ß", "İ"),
)  # fmt: skip

STREETS = (
    "Ahornwinkel", "Am Erfundenen Tor", "Birkenstraße", "Platz der Märchen", "Große Gasse",
    "Höhenweg", "Rue de l'Étoile Bleue", "Lindenallee", "Maple Row", "Kürbisstieg",
)  # fmt: skip

# By country: postal code and town. Codes in Great Britain are pseudo codes, used for no place.
TOWNS = (
    (("01067", "Dresden"), ("04109", "Leipzig"), ("06108", "Halle (Saale)"), ("20095", "Hamburg"),
     ("50667", "Köln"), ("60311", "Frankfurt am Main"), ("80331", "München"), ("10115", "Berlin"),
     ("97070", "Würzburg"), ("23552", "Lübeck")),
    (("1010", "Wien"), ("8010", "Graz"), ("5020", "Salzburg")),
    (("8001", "Zürich"), ("1201", "Genève"), ("3011", "Bern")),
    (("06000", "Nice"), ("01000", "Bourg-en-Bresse"), ("75001", "Paris")),
    (("ZZ99 3VZ", "Leeds"), ("ZZ99 1WZ", "Edinburgh"), ("ZZ99 2WZ", "Cardiff")),
    (("02108", "Boston"), ("07030", "Hoboken"), ("97201", "Portland")),
)  # fmt: skip

# Numbers that are given to nobody, for films and books, and how many digits follow. Germany:
# Bundesnetzagentur, Mitteilung 148/2021. France: ARCEP. Great Britain: Ofcom. United States:
# 555-0100 to 555-0199 of the numbering plan.
_GERMAN_MOBILE = (("+49 171 39200", 2), ("0176 040690", 2))
_GERMAN = (
    ("030 23125", 3), ("+49 30 23125", 3), ("069 90009", 3), ("+49 40 66969", 3),
    ("0221/4710", 3), ("+49 (0)89 99998", 3), *_GERMAN_MOBILE,
)  # fmt: skip
# Austria and Switzerland keep none free: who lives there has a German mobile, or no telephone.
PHONES = (
    _GERMAN,
    _GERMAN_MOBILE,
    _GERMAN_MOBILE,
    (("+33 1 99 00 ", 4), ("06 39 98 ", 4)),
    (("+44 7700 900", 3), ("020 7946 0", 3), ("01632 960", 3)),
    (("+1 212 555 01", 2), ("(503) 555-01", 2), ("+1-617-555-01", 2)),
)
