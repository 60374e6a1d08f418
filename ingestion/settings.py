"""Where one canonical table comes from, and how its records are written there."""

from __future__ import annotations

import codecs
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.columns import SENTIMENT

Text = Annotated[str, Field(min_length=1)]


def _is_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"`{name}` is no known encoding") from None


def _is_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError, KeyError):  # what zoneinfo raises for a name that is none
        raise ValueError(f"`{name}` is no time zone; write it as in Europe/Berlin") from None


class DatabaseSettings(BaseModel):
    """[databases.<name>]: a database to read or write. Its address stands elsewhere.

    The address is a secret, a URL as in `postgresql://reader:secret@db.example.com/crm`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url_env: Text | None = Field(
        None, description="Variable of the environment that holds the URL of the database."
    )
    url_file: Text | None = Field(
        None, description="File that holds the URL; relative to the file of settings."
    )

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if (self.url_env is None) == (self.url_file is None):
            raise ValueError("name the address by one of `url_env` and `url_file`")
        return self


class SourceSettings(BaseModel):
    """[sources.<table>]: the records of one canonical table and how their columns are called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Text | None = Field(
        None,
        description="CSV, TSV, JSON Lines (also .gz), Parquet or Excel; globs allowed; relative to "
        "the file of settings, or an address such as s3://bucket/orders/*.csv.",
    )
    database: Text | None = Field(
        None, description="Name under `[databases]` to read from, in place of `path`."
    )
    relation: Text | None = Field(
        None, description='Table or view of the database, as in "crm.orders".'
    )
    query: Text | None = Field(
        None, description="A SELECT of the database, in place of `relation`."
    )
    cursor: Text | None = Field(
        None,
        description="Column of the database that grows with every change; only newer rows are "
        "read. Without it every run reads all rows, and notices which are gone.",
    )
    overlap_hours: Annotated[float, Field(ge=0)] = Field(
        24.0,
        description="How far behind the newest `cursor` time reading begins again, for what was "
        "committed late.",
    )
    complete: bool = Field(
        False,
        description="Each file is the whole table: the newest counts, and keys that it lacks are "
        "recorded as deleted. Otherwise files add to each other.",
    )
    preset: Text | None = Field(
        None,
        description="An export whose columns are known: `stammkunde presets` lists them. "
        "`columns` adds to it and overrides it.",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Canonical name = name in the source; equal names need no entry.",
    )
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Canonical name = { value in the source = value to read in its place }.",
    )
    sentiment_from: Text | None = Field(
        None,
        description="Column of the source with free text, German or English, for tickets and "
        "surveys: `sentiment` is computed from it, and the text is kept nowhere. Needs "
        "`pip install 'stammkunde[sentiment]'`.",
    )
    skip: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Column of the source = values; rows with one of them are passed over.",
    )
    continuation_rows: bool = Field(
        False,
        description="Rows that repeat the key of the row above and leave its time empty continue "
        "it, and are passed over: exports with a row per order line.",
    )
    negative_amounts: Literal["keep", "refunds"] = Field(
        "keep",
        description="What orders below zero are: kept with a warning, or returns, which become "
        "`refunds`.",
    )
    pseudonymous_ids: bool = Field(
        False,
        description="`customer_id` is an e-mail address or another identifier: a keyed hash takes "
        "its place.",
    )
    format: Literal["csv", "jsonl", "parquet", "excel"] | None = Field(
        None, description="What the files are; guessed from name and content where absent."
    )
    sheet: Text | None = Field(None, description="Sheet of an Excel file; the first where absent.")
    timestamp_format: Text | None = Field(
        None,
        description='Format of times, as in "%d.%m.%Y %H:%M"; guessed where absent.',
    )
    timestamp_suffix: Text | None = Field(
        None,
        description="Text added to every time before it is read, such as the year that an export "
        'states elsewhere: "2018" with the format "%d%m%Y".',
    )
    time_zone: Annotated[str, AfterValidator(_is_zone)] = Field(
        "UTC", description="Zone of times that do not state one, as in Europe/Berlin."
    )
    encoding: Annotated[str, AfterValidator(_is_encoding)] | None = Field(
        None,
        description='Encoding of a text file, such as "cp1252" (German Windows); guessed where '
        "absent.",
    )
    skip_lines: Annotated[int, Field(ge=0)] | None = Field(
        None, description="Lines before the header; guessed where absent."
    )
    trailer: Text | None = Field(
        None,
        description="Regular expression of the last line of a complete file, which is no record; a "
        'group named `rows` holds their number: "^END;(?P<rows>\\\\d+)$".',
    )
    decimal: Literal[".", ","] | None = Field(
        None,
        description="Decimal sign of numbers in text; guessed where absent. Blanks and currency "
        "signs may surround a number.",
    )
    thousands: Literal[".", ",", "'"] | None = Field(
        None, description="Sign that parts thousands, if it is not a blank, which always may."
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Separator of a CSV; guessed where absent."
    )
    max_rejected_share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="Share of rows that may be rejected before the run stops; absent means that of "
        "`[validation]`.",
    )

    @model_validator(mode="after")
    def _is_one_source(self) -> Self:
        if (self.path is None) == (self.database is None):
            raise ValueError("name the source by one of `path` and `database`")
        if self.database is None and (self.relation or self.query or self.cursor):
            raise ValueError("`relation`, `query` and `cursor` belong to a `database`")
        if self.database is not None and (self.relation is None) == (self.query is None):
            raise ValueError("say what to read of the database by one of `relation` and `query`")
        return self

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(f"`decimal` and `thousands` are both `{self.decimal}`")
        return self

    @model_validator(mode="after")
    def _text_is_only_scored(self) -> Self:
        text = self.sentiment_from
        if text is not None and SENTIMENT in self.columns:
            raise ValueError("`sentiment` is mapped or computed by `sentiment_from`, not both")
        for name, column in self.columns.items():
            if column == text:
                raise ValueError(
                    f"`{text}` is the text of `sentiment_from`, and is kept nowhere: it cannot be "
                    f"`{name}` as well"
                )
        return self

    def column_of(self, name: str) -> str | None:
        """Return the column of the source that a canonical one is read from, if it is there.

        None where that column is the text to score, which is read as nothing else.
        """
        if name == SENTIMENT and self.sentiment_from is not None:
            return self.sentiment_from
        column = self.columns.get(name, name)
        return None if column == self.sentiment_from else column

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The columns of the source that the settings name, so that it must have them."""
        text = () if self.sentiment_from is None else (self.sentiment_from,)
        return (*self.columns.values(), *text)

    @property
    def address(self) -> str:
        """Where the records come from, for a person; it holds no secret."""
        if self.path is not None:
            return self.path
        return f"{self.database}: {self.relation or 'query'}"


# Units of the project's currency for one unit of another.
ExchangeRates = dict[str, Annotated[Decimal, Field(gt=0)]]
