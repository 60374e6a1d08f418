"""The settings of a project: `stammkunde.toml`, typed, with every unknown key refused.

Variables of the environment override the file: STAMMKUNDE_BUSINESS__HORIZON_DAYS=28.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from contracts.business import BusinessSettings
from contracts.columns import SENTIMENT
from contracts.economics import EconomicsSettings
from contracts.errors import SettingsError
from contracts.schema import DIRECT_IDENTIFIERS, TableSchema
from contracts.tables import TABLES
from forecasting.warning_settings import WarningSettings
from ingestion.settings import DatabaseSettings, ExchangeRates, SourceSettings
from scoring.settings import ScoringSettings
from segments.settings import SegmentSettings, WriteBackSettings
from training.settings import TrainingSettings
from validation.settings import ValidationSettings
from warehouse.settings import EngineSettings


class ProjectSettings(BaseModel):
    """[project]: what the project is called and where its results live."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w .-]+$")] = Field(
        description="Name of the project; MLflow's experiment is called so."
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 4217 code of amounts without one."
    )
    root: str = Field(
        ".", description="Folder for data/, outbox/ and mlruns/; relative to the settings file."
    )
    exchange_rates: ExchangeRates = Field(
        default_factory=dict,
        description='Units of `currency` for one unit of another, as in { USD = "0.92" }; orders '
        "in other currencies are converted, those without a rate rejected.",
    )
    key_file: str = Field(
        "stammkunde.key",
        description="File with the key of `pseudonymous_ids`; made where it is missing. Keep it: "
        "with another key, every customer is somebody else. Relative to the settings file.",
    )


class Settings(BaseSettings):
    """All settings of a project."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="STAMMKUNDE_", env_nested_delimiter="__"
    )

    project: ProjectSettings
    sources: dict[str, SourceSettings] = Field(
        description="One entry per canonical table; `orders` is required."
    )
    databases: dict[str, DatabaseSettings] = Field(
        default_factory=dict, description="Databases to read from or write to, by a name of yours."
    )
    business: BusinessSettings = BusinessSettings()
    economics: EconomicsSettings = EconomicsSettings()
    validation: ValidationSettings = ValidationSettings()
    training: TrainingSettings = TrainingSettings()
    warning: WarningSettings = WarningSettings()
    scoring: ScoringSettings = ScoringSettings()
    segments: SegmentSettings = SegmentSettings()
    write_back: WriteBackSettings = WriteBackSettings()
    engine: EngineSettings = EngineSettings()

    @field_validator("sources")
    @classmethod
    def _are_canonical(cls, sources: dict[str, SourceSettings]) -> dict[str, SourceSettings]:
        for table, source in sources.items():
            if table not in TABLES:
                raise ValueError(f"`{table}` is no canonical table{_nearest(table, TABLES)}")
            schema = TABLES[table]
            for column in source.columns:
                if column in schema:
                    continue
                if not schema.free_attributes:
                    names = [each.name for each in schema.columns]
                    raise ValueError(
                        f"table `{table}` has no column `{column}`{_nearest(column, names)}"
                    )
                if column.lower() in DIRECT_IDENTIFIERS:
                    raise ValueError(
                        f"table `{table}`, column `{column}`: direct identifiers are not needed "
                        "to score; map it under [sources.identities]"
                    )
            _check_text(source, schema)
        if "orders" not in sources:
            raise ValueError("[sources.orders] is missing; everything is computed from orders")
        if sources["orders"].negative_amounts == "refunds" and "refunds" in sources:
            raise ValueError(
                "`refunds` come from orders below zero or from [sources.refunds], not from both"
            )
        return sources

    @model_validator(mode="after")
    def _databases_are_named(self) -> Self:
        for table, source in self.sources.items():
            if source.database is not None and source.database not in self.databases:
                raise ValueError(
                    f"[sources.{table}] reads from `{source.database}`; there is no "
                    f"[databases.{source.database}]{_nearest(source.database, self.databases)}"
                )
        written = self.write_back.database
        if written is not None and written not in self.databases:
            raise ValueError(
                f"[write_back] writes to `{written}`; there is no [databases.{written}]"
                f"{_nearest(written, self.databases)}"
            )
        return self

    @model_validator(mode="after")
    def _contracts_are_delivered(self) -> Self:
        if self.business.is_contract and "subscriptions" not in self.sources:
            raise ValueError(
                '[sources.subscriptions] is missing; `kind = "contract"` under [business] needs '
                "it: subscription_id, customer_id, started_at, ended_at, end_reason, plan, price"
            )
        return self

    @model_validator(mode="after")
    def _files_of_tools_have_consent(self) -> Self:
        missing = {"identities", "consents"} - set(self.sources)
        if self.segments.targets and missing:
            raise ValueError(
                f"`targets` under [segments] need [sources.{min(missing)}]: who customers are, and "
                "what they agreed to; nobody is handed to a tool without"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment before the file, and nothing else."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(file: Path) -> Settings:
    """Return the settings in `file`.

    Raises
    ------
    SettingsError
        There is no such file, it is not TOML, or a key or value is refused; all are named.
    """
    if not file.is_file():
        raise SettingsError(
            f"There is no settings file {file}. Write one with `stammkunde init`, or name yours "
            "with --config."
        )
    try:
        content = TomlConfigSettingsSource(Settings, toml_file=file)()
    except ValueError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from error
    try:
        return Settings(**content)
    except ValidationError as error:
        faults = "\n".join(f"  {_describe(fault)}" for fault in error.errors())
        raise SettingsError(f"{file} cannot be used:\n{faults}") from error


def _check_text(source: SourceSettings, schema: TableSchema) -> None:
    text = source.sentiment_from
    if text is None:
        return
    if SENTIMENT not in schema:
        scored = " and ".join(f"[sources.{name}]" for name in TABLES if SENTIMENT in TABLES[name])
        raise ValueError(
            f"table `{schema.name}` has no `{SENTIMENT}`; `sentiment_from` belongs to {scored}"
        )
    if text in schema and schema[text].required and text not in source.columns:
        raise ValueError(
            f"table `{schema.name}`: `{text}` is required, and the text of `sentiment_from` is "
            "kept nowhere; name another column"
        )


def _describe(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        *above, unknown = [str(part) for part in fault["loc"]]
        return f"unknown setting `{place}`{_nearest(unknown, _names_at(above))}"
    if fault["type"] == "missing":
        return f"`{place}` is missing"
    return f"`{place}`: {fault['msg'].removeprefix('Value error, ')}"


def _names_at(path: list[str]) -> list[str]:
    """Return the names of the settings that stand below `path`."""
    model: type[BaseModel] = Settings
    for name in path:
        if model is Settings and name == "sources":
            return list(SourceSettings.model_fields)
        found = model.model_fields[name].annotation
        if not (isinstance(found, type) and issubclass(found, BaseModel)):
            return []
        model = found
    return list(model.model_fields)


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(names)}"
