"""Texts are scored by shipped word lists: how well, in which languages, and what is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from pydantic import ValidationError

from contracts.errors import ColumnMissing
from ingestion.sentiment.scoring import sentiment_of
from ingestion.sentiment.wordlists import german_and_english
from ingestion.settings import SourceSettings
from tests.ingestion.sentences import ENGLISH, GERMAN

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Read = Callable[..., ir.Table]

HEADER = "ticket_id,customer_id,opened_at,Body\n"


def share_of_right_signs(sentences: tuple[tuple[int, str], ...]) -> float:
    right = sum((sentiment_of(text) or 0.0) * sign > 0 for sign, text in sentences)
    return right / len(sentences)


@pytest.mark.parametrize("sentences", [GERMAN, ENGLISH], ids=["German", "English"])
def test_made_sentences_get_the_right_sign(sentences: tuple[tuple[int, str], ...]) -> None:
    assert len(sentences) >= 30
    assert sum(sign for sign, _ in sentences) == 0
    assert len(dict.fromkeys(text for _, text in sentences)) == len(sentences)
    # docs/sources.md states it. Guessing one sign for all would be right in half of them.
    assert share_of_right_signs(sentences) >= 0.95


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Das ist gut.", "Das ist nicht gut."),
        ("Das ist nicht schlecht.", "Das ist schlecht."),
        ("Keine Probleme damit.", "Probleme damit."),
        ("Das gefällt mir.", "Das gefällt mir leider nicht."),
        ("Das ist sehr schnell.", "Das ist schnell."),
        ("Das war etwas ärgerlich.", "Das war sehr ärgerlich."),
        ("This is good.", "This is not good."),
        ("It is not bad.", "It is bad."),
        ("This isn't terrible.", "This is terrible."),
        ("I am very happy.", "I am happy."),
    ],
)
def test_negations_turn_and_intensifiers_weigh(better: str, worse: str) -> None:
    first, second = sentiment_of(better), sentiment_of(worse)
    assert first is not None
    assert second is not None
    assert first > second


def test_a_negation_ends_with_its_clause() -> None:
    assert sentiment_of("Sie war nicht da, die Beratung war gut.") == 1.0


def test_a_comment_on_the_whole_is_not_negated() -> None:
    assert sentiment_of("Das klappt leider nicht.") == pytest.approx((-0.5 * 0.6 - 0.5) / 2)


@pytest.mark.parametrize("word", ["kaputte", "kaputten", "defektes", "enttäuschten", "genervt"])
def test_inflected_german_words_are_known(word: str) -> None:
    assert (sentiment_of(word) or 0.0) < 0


def test_the_tail_of_a_compound_and_its_opposite_are_known() -> None:
    assert (sentiment_of("Eine reine Zeitverschwendung.") or 0.0) < 0
    assert (sentiment_of("Das ist ein unfairer Preis.") or 0.0) < 0


@pytest.mark.parametrize(
    "text",
    [
        "Je suis très déçu de la livraison, le service est mauvais et personne ne répond.",
        "Estoy muy contento con la entrega y el servicio es perfecto para mi.",
        "Ik ben niet blij met het product, maar de service is top en super snel.",
        "Sono molto contento della consegna, il servizio è super.",
        "Jestem bardzo zadowolona z obsługi, ale nie na czas i super szybko.",
        "Kargo çok geç geldi ve ürün bozuk, bu hizmet için super değil.",
        "Magyarországi szállítás szuper gyors volt köszönöm szépen mindent",
    ],
    ids=["fr", "es", "nl", "it", "pl", "tr", "hu"],
)
def test_other_languages_are_not_scored(text: str) -> None:
    assert sentiment_of(text) is None


@pytest.mark.parametrize("text", ["", "   ", "4711 / 12-B", "Bestellnummer 4711", "?!"])
def test_a_text_that_says_nothing_has_no_sentiment(text: str) -> None:
    assert sentiment_of(text) is None


def test_greetings_say_nothing() -> None:
    assert sentiment_of("Liebes Team, wann kommt es?\nMit freundlichen Grüßen") is None
    assert sentiment_of("Dear team, when will it come?\nKind regards") is None


def test_scores_stay_in_their_range_whatever_is_written() -> None:
    words = sorted(german_and_english()[0].values) + sorted(german_and_english()[1].values)
    scores = [sentiment_of(f"sehr extrem very {word}") for word in words[::7]]
    assert all(score is None or -1 <= score <= 1 for score in scores)


def test_a_huge_text_is_read_to_a_bound_only() -> None:
    began = time.process_time()
    assert (sentiment_of("Das ist gut. " * 1_000_000) or 0.0) > 0
    assert time.process_time() - began < 1


def test_sentiment_is_computed_from_the_text_and_the_text_is_no_column(
    deliver: Deliver, staged: Read
) -> None:
    deliver(
        "t.csv",
        HEADER + 't1,c1,2024-01-05,"Alles bestens,\n gut!"\n'
        "t2,c1,2024-01-06,\nt3,c1,2024-01-06,4711\nt4,c1,2024-01-06,  \nt5,c1,2024-01-06,bad\n",
    )
    rows = staged("tickets", "t.csv", sentiment_from="Body").order_by("_row").to_pyarrow()
    assert rows["sentiment"].to_pylist() == [1.0, None, None, None, -2.5 / 4]
    assert "Body" not in rows.column_names
    assert "bestens" not in str(rows.to_pylist())


def test_texts_of_parquet_and_json_are_scored(deliver: Deliver, staged: Read) -> None:
    tickets = {"ticket_id": ["t1"], "customer_id": ["c1"], "opened_at": ["2024-01-05"]}
    deliver("t.parquet", pa.table({**tickets, "Body": ["This is terrible."]}))
    deliver(
        "t.jsonl",
        '{"ticket_id": 1, "customer_id": "c1", "opened_at": "2024-01-05", "Body": "Sehr gut!"}\n',
    )
    for name, is_good in (("t.parquet", False), ("t.jsonl", True)):
        [row] = staged("tickets", name, sentiment_from="Body").to_pyarrow().to_pylist()
        assert (row["sentiment"] > 0) is is_good


def test_numbers_of_a_source_are_taken_as_they_are(deliver: Deliver, read: Read) -> None:
    said = "t1,c1,2024-01-05,good\nt2,c1,2024-01-06,bad\nt3,c1,2024-01-07,-0.5\n"
    deliver("t.csv", HEADER + said)
    words = {"sentiment": {"good": "1", "bad": "-1"}}
    rows = read("tickets", "t.csv", columns={"sentiment": "Body"}, values=words, decimal=".")
    assert rows.to_pyarrow()["sentiment"].to_pylist() == [1.0, -1.0, -0.5]


def test_what_is_no_number_is_told_and_not_quoted(
    deliver: Deliver, faults: Callable[..., list[tuple[int, str, str | None]]]
) -> None:
    deliver("t.csv", HEADER + "t1,c1,2024-01-05,canary says no\nt2,c1,2024-01-06,0.5\n")
    found = faults("tickets", "t.csv", columns={"sentiment": "Body"}, decimal=".")
    assert found == [(1, "sentiment:unreadable", None)]


def test_a_text_under_a_canonical_name_is_read_as_nothing_else(
    deliver: Deliver, staged: Read
) -> None:
    deliver("s.csv", "survey_id,customer_id,answered_at,answer\ns1,c1,2024-01-05,Sehr gut\n")
    [row] = staged("surveys", "s.csv", sentiment_from="answer").to_pyarrow().to_pylist()
    assert row["sentiment"] == 1.0
    assert "answer" not in row


def test_a_text_under_the_name_of_a_number_asks_for_no_decimal_sign(
    deliver: Deliver, staged: Read
) -> None:
    deliver("s.csv", 'survey_id,customer_id,answered_at,score\ns1,c1,2024-01-05,"1,234"\n')
    [row] = staged("surveys", "s.csv", sentiment_from="score").to_pyarrow().to_pylist()
    assert row["sentiment"] is None
    assert "score" not in row


def test_a_preset_does_not_keep_the_text_that_is_scored(deliver: Deliver, staged: Read) -> None:
    deliver(
        "cases.csv",
        "Id,CaseNumber,AccountId,CreatedDate,Reason\n1,1,c1,2024-01-05T10:00:00Z,Sehr gut\n",
    )
    settings = {"preset": "salesforce_cases", "sentiment_from": "Reason"}
    [row] = staged("tickets", "cases.csv", **settings).to_pyarrow().to_pylist()
    assert row["sentiment"] == 1.0
    assert "topic" not in row


def test_a_text_that_the_source_lacks_is_named(deliver: Deliver, staged: Read) -> None:
    deliver("t.csv", HEADER + "t1,c1,2024-01-05,gut\n")
    with pytest.raises(ColumnMissing, match="lacks column `Text`"):
        staged("tickets", "t.csv", sentiment_from="Text")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"topic": "Body"}, "it cannot be `topic` as well"),
        ({"sentiment": "mood"}, "not both"),
    ],
)
def test_a_text_is_scored_and_nothing_else(columns: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        SourceSettings(path="t.csv", sentiment_from="Body", columns=columns)


SCRIPT = """
import sys
from contracts.errors import WordListsMissing
from ingestion.sentiment import check_word_lists
assert not {"textblob", "textblob_de", "nltk", "vaderSentiment"} & set(sys.modules)
try:
    check_word_lists("tickets")
except WordListsMissing as missing:
    print(missing)
"""


@pytest.mark.parametrize("package", ["textblob-de", "vaderSentiment"])
def test_a_missing_word_list_is_named_with_its_remedy(package: str, tmp_path: Path) -> None:
    # All that is installed, but for the package: as an environment without the extra.
    installed = Path(pa.__file__).parents[1]
    without = package.replace("-", "_").lower()
    for entry in installed.iterdir():
        if not entry.name.lower().startswith(without) and entry.suffix != ".pth":
            (tmp_path / entry.name).symlink_to(entry)
    house = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{house}:{tmp_path}"}, cwd=tmp_path,
    )  # fmt: skip
    assert f"Table `tickets`: `sentiment_from` needs the word list of `{package}`" in ran.stdout
    assert "`pip install 'stammkunde[sentiment]'`" in ran.stdout
