"""What is said of German and English beside the word lists of packages.

Function words tell languages apart. Neutral words are those that the lists judge and customers mean
no judgement by. Service words are what customers write of orders and service and the lists lack;
their values, like all, lie between -1 and 1.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GERMAN_FUNCTION_WORDS = _words("""
    aber alle alles als auch auf aus bei bin bis bitte da danke das dass daß dem den der des die
    dieser diese dieses doch durch ein eine einem einen einer es für habe haben hatte ich ihnen
    ihr ihre ihren im immer ist kann kein keine keinen leider mal mehr mein meine meinen mich mir
    mit nach nicht nichts nie noch nur oder schon sehr seit sich sie sind so uns unser unsere über
    und von vor war waren wenn werden wie wieder wir wird wurde zu zum zur
""")
ENGLISH_FUNCTION_WORDS = _words("""
    a about after again all an and any are as at be been but by can can't could did didn't do does
    doesn't don't for from had has have he i i'm i've if is isn't it it's just me my never no not
    of on or our please she thank thanks that the their them there they this to too us very was
    wasn't we were what when which who will with won't would you your
""")
# Of French, Spanish, Italian, Dutch, Polish and Turkish, where German and English have none such.
OTHER_FUNCTION_WORDS = _words("""
    avec bardzo bir bu che con dans della di el est et het ik il je jest la las le les lo los ma
    maar mais mes mi molto mon muy na naar nie niet non nous ook op para pas per pero por pour que
    qui się son sono sur très una une van ve vous voor y że zeer zijn è été için çok değil
""")

GERMAN_NEGATORS = _words("""
    kaum kein keine keinem keinen keiner keinerlei keines nicht nichts nie niemals niemand nirgends
    nix ohne weder
""")
ENGLISH_NEGATORS = _words("""
    cannot cant didnt doesnt dont hardly isnt neither never no nobody nor not nothing wasnt without
    wont
""")

# Said of the whole: a "not" beside them does not take them back.
COMMENTS = _words("leider sadly unfortunately")

GERMAN_INTENSIFIERS = {
    "absolut": 1.4, "besonders": 1.3, "echt": 1.3, "eher": 0.7, "etwas": 0.6, "extrem": 1.5,
    "recht": 0.8, "richtig": 1.3, "sehr": 1.4, "so": 1.2, "total": 1.3, "viel": 1.2,
    "völlig": 1.4, "wenig": 0.5, "wirklich": 1.3, "ziemlich": 0.9, "äußerst": 1.5, "überaus": 1.4,
}  # fmt: skip
ENGLISH_INTENSIFIERS = {
    "absolutely": 1.4, "bit": 0.6, "completely": 1.4, "extremely": 1.5, "highly": 1.4, "quite": 0.9,
    "rather": 0.8, "really": 1.3, "slightly": 0.5, "so": 1.2, "somewhat": 0.6, "too": 1.2,
    "totally": 1.4, "truly": 1.3, "very": 1.4,
}  # fmt: skip

GERMAN_NEUTRAL_WORDS = _words("""
    allein alleine anbieten anders angebot ausreichend bestimmt bestimmen bett bezahlen bezahlung
    bleiben deutlich direkt einfach entfernt erhalt erhalten erst fallen gabe geben geehrt genug
    gesetzt gewiss glauben halten hoch insbesondere kauf kaufen klar legen lieb liebe lieber nah
    nahe natürlich offen offenbar packen passen preise raum raus rechnen rein setzen sicher stehen
    stellen suche suchen sucht tat taten tief tiefe trotz tun unbedingt verkauf verkaufen verpacken
    verschieden verschiedene weise wichtig wohl ziehen ändern
""")
ENGLISH_NEUTRAL_WORDS = _words("""
    alert amazon credit dear extend fit help matter matters number ok okay party pay please share
    shared support top united want wanted wish yes
""")

GERMAN_SERVICE_WORDS = {
    "beste grüße": 0.0, "besten grüßen": 0.0, "freundliche grüße": 0.0, "freundlichem gruß": 0.0,
    "freundlichen grüßen": 0.0, "herzliche grüße": 0.0, "herzlichen grüßen": 0.0,
    "liebe grüße": 0.0, "schöne grüße": 0.0,
    "bestens": 1.0, "danke": 0.7, "einwandfrei": 1.0, "funktionieren": 0.5, "gefallen": 0.7,
    "gefällt": 0.8, "geholfen": 0.7, "gelöst": 0.6, "gern": 0.5, "gerne": 0.5, "hervorragend": 1.0,
    "hilfsbereit": 1.0, "hilft": 0.6, "klappen": 0.6, "kompetent": 1.0, "kulant": 1.0, "lob": 1.0,
    "problemlos": 1.0, "prompt": 0.7, "reibungslos": 1.0, "unkompliziert": 0.8,
    "weiterempfehlen": 1.0, "zuverlässig": 1.0, "zuvorkommend": 1.0,
    "abzocke": -1.0, "bemängeln": -0.8, "beschwerde": -0.9, "beschädigt": -0.9, "defekt": -1.0,
    "fehlen": -0.6, "fehler": -0.7, "fehlerhaft": -1.0, "kaputt": -1.0, "katastrophal": -1.0,
    "katastrophe": -1.0, "kündigen": -0.8, "kündigung": -0.8, "leider": -0.5, "mahnung": -0.6,
    "mangelhaft": -1.0, "nie wieder": -1.0, "reklamation": -0.7, "reklamieren": -0.7,
    "stornieren": -0.5, "unbrauchbar": -1.0, "unmöglich": -0.8, "vergeblich": -0.8,
    "vergessen": -0.5, "verlieren": -0.6, "verloren": -0.6, "verschwendung": -0.9,
    "verspätet": -0.8, "verspätung": -0.8, "verzögerung": -0.8, "wartezeit": -0.5,
    "zerbrochen": -0.9, "zerkratzt": -0.9,
}  # fmt: skip
ENGLISH_SERVICE_WORDS = {
    "best regards": 0.0, "best wishes": 0.0, "feel free": 0.0, "i'd like": 0.0,
    "kind regards": 0.0, "like to": 0.0, "looks like": 0.0, "sincerely yours": 0.0,
    "warm regards": 0.0, "would like": 0.0, "yours sincerely": 0.0, "yours truly": 0.0,
    "fast": 0.5, "flawless": 0.8, "on time": 0.7, "polite": 0.6, "prompt": 0.6, "promptly": 0.6,
    "punctual": 0.6, "quick": 0.5, "quickly": 0.5, "reliable": 0.6, "smooth": 0.5, "work": 0.3,
    "worked": 0.4, "working": 0.3, "works": 0.4,
    "cancel": -0.4, "cancelled": -0.4, "defect": -0.5, "delayed": -0.4, "expensive": -0.4,
    "faulty": -0.6, "late": -0.4, "missing": -0.4, "never again": -0.8, "overpriced": -0.6,
    "scratched": -0.5, "slow": -0.4, "unacceptable": -0.7, "waiting": -0.3,
}  # fmt: skip
