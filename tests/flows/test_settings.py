"""Settings files: what is refused, and what a person is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.errors import NotEnoughData, SettingsError
from flows.canonical import subscriptions_of
from flows.settings import Settings, load_settings
from stammkunde.template import TEMPLATE

SMALLEST = """
[project]
name = "cdnow"
currency = "USD"
[sources.orders]
path = "orders.csv"
columns = { customer_id = "customer_id", ordered_at = "date", amount = "amount" }
[business]
kind = "shop"
horizon_days = 90
"""


def load(folder: Path, text: str) -> Settings:
    file = folder / "stammkunde.toml"
    file.write_text(text)
    return load_settings(file)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load(folder, text)
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_the_smallest_file_is_enough(tmp_path: Path) -> None:
    settings = load(tmp_path, SMALLEST)
    assert settings.business.value_horizon_days == 90
    assert settings.business.value_basis == "revenue"
    assert settings.sources["orders"].columns["ordered_at"] == "date"


def test_the_template_can_be_used_as_it_stands(tmp_path: Path) -> None:
    assert load(tmp_path, TEMPLATE).project.currency == "EUR"


def test_the_settings_that_the_readme_shows_can_be_used(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (shown,) = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert load(tmp_path, shown).business.horizon_days == 90


def test_what_the_template_comments_out_are_the_defaults(tmp_path: Path) -> None:
    lines = TEMPLATE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("# [validation]"))
    shown = "\n".join(line.removeprefix("# ") for line in lines[start:])
    assert load(tmp_path, SMALLEST + shown) == load(tmp_path, SMALLEST)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "horizon_day = 30",
            "unknown setting `business.horizon_day`; did you mean `horizon_days`?",
        ),
        ("[busines]\nkind = 1", "unknown setting `busines`; did you mean `business`?"),
        (
            "[engine]\nram = 2",
            "`engine.ram`; known are name, memory_gb, threads, rows_at_once, spark",
        ),
        ("[sources.order]\npath = 'x'", "`order` is no canonical table; did you mean `orders`?"),
        ("[sources.refunds]\npaths = 'x'", "`sources.refunds.paths`; did you mean `path`?"),
        ("[sources.refunds]\npath = 'x'\ncolumns = { amout = 'a' }", "did you mean `amount`?"),
        ("[sources.customers]\npath = 'x'\ncolumns = { email = 'a' }", "direct identifiers"),
        (
            "[sources.refunds]\npath = 'x'\nsentiment_from = 'a'",
            "table `refunds` has no `sentiment`; `sentiment_from` belongs to [sources.tickets] and "
            "[sources.surveys]",
        ),
        (
            "[sources.tickets]\npath = 'x'\nsentiment_from = 'a'\ncolumns = { topic = 'a' }",
            "`sources.tickets`: `a` is the text of `sentiment_from`, and is kept nowhere",
        ),
        (
            "[sources.tickets]\npath = 'x'\nsentiment_from = 'ticket_id'",
            "`ticket_id` is required, and the text of `sentiment_from` is kept nowhere",
        ),
        ("[engine]\nthreads = 0", "`engine.threads`: Input should be greater than or equal to 1"),
        ("[economics]\nacceptance = 30", "`economics.acceptance`: Input should be less than 1"),
        ("[economics]\nofer_cost = 5", "`economics.ofer_cost`; did you mean `offer_cost`?"),
        ("[training]\nrounds = 'many'", "`training.rounds`: Input should be a valid integer"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_the_nearest_known(
    wrong: str, told: str, tmp_path: Path
) -> None:
    assert told in refusal(tmp_path, SMALLEST + wrong)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    told = refusal(tmp_path, SMALLEST + "horizont = 1\n[engine]\nthreads = 0\n")
    assert "business.horizont" in told
    assert "engine.threads" in told


def test_orders_are_required(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\ncurrency = 'EUR'\n[sources.refunds]\npath = 'x'\n"
    assert "[sources.orders] is missing" in refusal(tmp_path, text)
    assert "`project` is missing" in refusal(tmp_path, "[sources.orders]\npath = 'x'\n")


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    assert "not valid TOML" in refusal(tmp_path, "[project\nname=")


def test_a_missing_file_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="stammkunde init"):
        load_settings(tmp_path / "stammkunde.toml")


def test_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAMMKUNDE_BUSINESS__HORIZON_DAYS", "28")
    settings = load(tmp_path, SMALLEST)
    assert settings.business.horizon_days == 28
    assert settings.project.name == "cdnow"


def test_values_of_the_file_are_never_expanded(tmp_path: Path) -> None:
    text = SMALLEST.replace('"orders.csv"', '"${HOME}/{{ 7 * 7 }}.csv"')
    assert load(tmp_path, text).sources["orders"].path == "${HOME}/{{ 7 * 7 }}.csv"


CONTRACTS = """
[sources.subscriptions]
path = "subscriptions.csv"
columns = { subscription_id = "id", customer_id = "customer", started_at = "from" }
"""


def test_contracts_need_the_table_that_has_them(tmp_path: Path) -> None:
    company = SMALLEST.replace('kind = "shop"', 'kind = "contract"')
    told = refusal(tmp_path, company)
    assert "[sources.subscriptions] is missing" in told
    assert "started_at, ended_at, end_reason" in told
    business = load(tmp_path, company + CONTRACTS).business
    assert business.is_contract
    assert "unpaid" in business.payment_failure_reasons
    assert not load(tmp_path, SMALLEST + CONTRACTS).business.is_contract


def test_contracts_that_have_not_come_yet_are_asked_for() -> None:
    with pytest.raises(NotEnoughData, match="Deliver table `subscriptions`: subscription_id"):
        subscriptions_of({"orders": "orders@1"})
