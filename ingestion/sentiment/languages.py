"""What is said of German and of English beside the word lists of packages.

Function words tell the languages apart. Service words are what customers write of orders and
service and the word lists lack; their values, like all, lie between -1 and 1.
"""

from __future__ import annotations

# Of words that several of these languages have, none is here.
GERMAN_FUNCTION_WORDS = frozenset(
    """der das und ist nicht ich sie mit von für auf ein eine einen einem einer dem den des zu zum
    zur im es wir ihr ihre ihren mir mich mein meine meinen wie auch noch nur sehr aber oder wenn
    dass daß habe haben hatte wurde wird werden sind bin war waren bei nach seit über bis sich als
    kann keine kein keinen nichts schon mehr immer wieder vor aus durch ihnen uns unser unsere
    bitte alles alle dieser diese dieses leider danke nie doch so da mal""".split()
)
ENGLISH_FUNCTION_WORDS = frozenset(
    """the and is not i you with of for on a an to it we your my me this that was were are be been
    have has had but or if as at by from will would can could do does did don't doesn't didn't
    isn't wasn't can't won't very too just they he she them their there which what when who our us
    about after again all any no never please thank thanks i'm it's i've""".split()
)
# Of French, Spanish, Italian, Dutch, Polish and Turkish.
OTHER_FUNCTION_WORDS = frozenset(
    """le la les est et je vous nous pas une pour dans que qui avec sur très mais été mon ma mes
    el los las y por para con una pero muy mi lo ha che di per non sono molto della il
    het een niet van ik je maar voor met op zijn naar ook zeer nie się na jest że bardzo
    bir ve bu çok için değil""".split()
)  # fmt: skip

GERMAN_NEGATORS = frozenset(
    """nicht kein keine keinen keinem keiner keines keinerlei nie niemals nichts ohne weder niemand
    kaum nix""".split()
)
ENGLISH_NEGATORS = frozenset(
    """not no never nothing nobody without neither nor hardly cannot cant dont doesnt didnt isnt
    wasnt wont""".split()
)

# Said of the whole, and not taken back by a "not" beside them.
COMMENTS = frozenset(("leider", "unfortunately", "sadly"))

GERMAN_INTENSIFIERS = {
    "sehr": 1.4, "wirklich": 1.3, "richtig": 1.3, "total": 1.3, "absolut": 1.4, "extrem": 1.5,
    "äußerst": 1.5, "besonders": 1.3, "echt": 1.3, "so": 1.2, "viel": 1.2, "völlig": 1.4,
    "überaus": 1.4, "etwas": 0.6, "wenig": 0.5, "ziemlich": 0.9, "recht": 0.8, "eher": 0.7,
}  # fmt: skip
ENGLISH_INTENSIFIERS = {
    "very": 1.4, "really": 1.3, "so": 1.2, "totally": 1.4, "absolutely": 1.4, "extremely": 1.5,
    "highly": 1.4, "too": 1.2, "completely": 1.4, "truly": 1.3, "quite": 0.9, "somewhat": 0.6,
    "slightly": 0.5, "rather": 0.8, "bit": 0.6,
}  # fmt: skip

# What the lists judge and customers mean no judgement by: trade, manners, and words that join.
GERMAN_NEUTRAL_WORDS = frozenset(
    """kaufen kauf verkaufen verkauf bezahlen bezahlung entfernt erhalten erhalt passen verpacken
    packen angebot anbieten preise einfach wohl natürlich direkt recht klar trotz bleiben anders
    allein alleine sicher weise verschieden verschiedene bestimmt bestimmen glauben unbedingt genug
    rein erst insbesondere ausreichend offen hoch tief tiefe nah nahe gesetzt setzen sucht suchen
    suche raum taten tat tun ziehen bett lieb liebe lieber geehrt gewiss geben gabe raus wichtig
    stehen legen stellen halten fallen rechnen deutlich offenbar ändern""".split()
)
ENGLISH_NEUTRAL_WORDS = frozenset(
    """pay support help extend fit wish please want wanted number amazon party alert credit dear
    share shared united top matter matters ok okay yes""".split()
)

GERMAN_SERVICE_WORDS = {
    "freundlichen grüßen": 0.0, "freundlichem gruß": 0.0, "freundliche grüße": 0.0,
    "herzliche grüße": 0.0, "herzlichen grüßen": 0.0, "beste grüße": 0.0, "besten grüßen": 0.0,
    "liebe grüße": 0.0, "schöne grüße": 0.0,
    "bestens": 1.0, "danke": 0.7, "einwandfrei": 1.0, "funktionieren": 0.5, "gefällt": 0.8,
    "gefallen": 0.7, "geholfen": 0.7, "gelöst": 0.6, "gern": 0.5, "gerne": 0.5, "hilft": 0.6,
    "hilfsbereit": 1.0, "hervorragend": 1.0, "klappen": 0.6, "kompetent": 1.0, "kulant": 1.0,
    "problemlos": 1.0, "prompt": 0.7, "reibungslos": 1.0, "unkompliziert": 0.8, "weiterempfehlen":
    1.0, "zuvorkommend": 1.0, "zuverlässig": 1.0, "lob": 1.0,
    "bemängeln": -0.8, "beschädigt": -0.9, "beschwerde": -0.9, "defekt": -1.0, "fehlen": -0.6,
    "fehler": -0.7, "fehlerhaft": -1.0, "kaputt": -1.0, "katastrophe": -1.0, "katastrophal": -1.0,
    "kündigen": -0.8, "kündigung": -0.8, "leider": -0.5, "mahnung": -0.6, "mangelhaft": -1.0,
    "nie wieder": -1.0, "reklamation": -0.7, "reklamieren": -0.7, "stornieren": -0.5,
    "unbrauchbar": -1.0, "unmöglich": -0.8, "verlieren": -0.6, "verloren": -0.6, "vergessen": -0.5,
    "verschwendung": -0.9, "verspätet": -0.8, "verspätung": -0.8, "vergeblich": -0.8,
    "verzögerung": -0.8, "wartezeit": -0.5, "zerbrochen": -0.9, "zerkratzt": -0.9, "abzocke": -1.0,
}  # fmt: skip
ENGLISH_SERVICE_WORDS = {
    "kind regards": 0.0, "best regards": 0.0, "warm regards": 0.0, "best wishes": 0.0,
    "would like": 0.0, "i'd like": 0.0, "like to": 0.0, "sincerely yours": 0.0,
    "yours sincerely": 0.0, "yours truly": 0.0, "looks like": 0.0, "feel free": 0.0,
    "fast": 0.5, "flawless": 0.8, "on time": 0.7, "polite": 0.6, "prompt": 0.6, "promptly": 0.6,
    "punctual": 0.6, "quick": 0.5, "quickly": 0.5, "reliable": 0.6, "smooth": 0.5, "work": 0.3,
    "works": 0.4, "worked": 0.4, "working": 0.3,
    "cancel": -0.4, "cancelled": -0.4, "defect": -0.5, "delayed": -0.4, "expensive": -0.4,
    "faulty": -0.6, "late": -0.4, "missing": -0.4, "never again": -0.8, "overpriced": -0.6,
    "scratched": -0.5, "slow": -0.4, "unacceptable": -0.7, "waiting": -0.3,
}  # fmt: skip
