"""Maps the rows of one delivery to a canonical table, and marks what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import cast

import ibis
import ibis.expr.types as ir

from contracts.breaking import breaks
from contracts.columns import SENTIMENT
from contracts.errors import ColumnMissing
from contracts.rules import Facts, NotNull, Readable, RowRule, Severity
from contracts.schema import MONEY, TEXT, Column, TableSchema
from contracts.staged import PACKED, POSITION
from ingestion.conversion import TextForm, always_readable, convert, is_nested, is_present
from ingestion.faults import pack
from ingestion.sentiment import check_word_lists, sentiment_of_texts
from ingestion.settings import SourceSettings

# Keys that are derived where the source has none.
DERIVABLE = {("orders", "order_id"), ("interactions", "interaction_id")}


@dataclass(frozen=True)
class Target:
    """What rows are mapped to: a canonical table, by the settings of its source.

    `rates` are units of the project's currency for one unit of another.
    """

    schema: TableSchema
    source: SourceSettings
    facts: Facts
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Column]:
        """The canonical columns by name, then the customer's free attributes."""
        columns = {column.name: column for column in self.schema.columns}
        if self.schema.free_attributes:
            for name in self.source.columns:
                columns.setdefault(name, Column(name, TEXT, "free attribute"))
        return columns


def map_rows(rows: ir.Table, target: Target, *, form: TextForm) -> ir.Table:
    """Return `rows` as the canonical table, one row each, with POSITION and what is wrong.

    Columns that the source lacks are left out, and whole numbers that are to be text are kept as
    numbers: reading fills in the one and converts the other, which costs less than to store them.
    A customer's free attributes come after the canonical columns, as text. PACKED says which rules
    of single rows a row breaks (`ingestion.faults`).

    Raises
    ------
    ColumnMissing
        A mapped or required column is not in the source.
    """
    names = source_names(rows, target)
    mapped = _convert_columns(rows, target, names=names, form=form)
    flags = _flags(mapped, target, names=names)
    codes = [
        broken.ifelse(ibis.literal(f"{column}:{rule.code}"), ibis.null(TEXT))
        for (column, rule), broken in flags.items()
    ]
    unreadable = [
        broken.ifelse(f"{column}=" + mapped[_raw(column)].cast(TEXT), ibis.null(TEXT))
        for (column, rule), broken in flags.items()
        if isinstance(rule, Readable) and not target.columns[column].may_be_text
    ]
    rejecting = [flag for (_, rule), flag in flags.items() if rule.severity is not Severity.WARN]
    fault = pack(
        mapped, is_broken=_any(list(flags.values())), is_costly=_any(rejecting), codes=codes,
        unreadable=unreadable,
    )  # fmt: skip
    kept = [name for name in mapped.columns if not name.startswith(_RAW)]
    return mapped.select(*kept, **{PACKED: fault})


def wanted_names(target: Target) -> dict[str, str]:
    """Return canonical name -> the source name it is read from, where the source has that.

    A column of the source whose text is scored is read as nothing else.
    """
    wanted = {name: target.source.column_of(name) for name in target.columns}
    return {name: column for name, column in wanted.items() if column is not None}


def source_names(rows: ir.Table, target: Target, *, place: str | None = None) -> dict[str, str]:
    """Return canonical name -> source name for every column the source has.

    `place` is what an error calls the source: one of its files, if it has several.

    Raises
    ------
    ColumnMissing
        A mapped or required column is not in the source.
    """
    schema, source = target.schema, target.source
    wanted = wanted_names(target)
    missing = [
        wanted.get(name, name)
        for name, column in target.columns.items()
        if wanted.get(name) not in rows.columns
        and (wanted.get(name) in source.named_columns or column.required)
        and not (name not in source.columns and (schema.name, name) in DERIVABLE)
    ]
    if missing:
        found = [name for name in rows.columns if name not in POSITION]
        raise ColumnMissing(schema.name, missing, found=found, path=place or source.address)
    return {name: column for name, column in wanted.items() if column in rows.columns}


def key_of(schema: TableSchema, names: Mapping[str, str] | list[str]) -> tuple[str, ...]:
    """Return the key of the table; that of interactions without ids is all they say."""
    if schema.name == "interactions" and "interaction_id" not in names:
        return tuple(column.name for column in schema.columns if column.name != "interaction_id")
    return schema.key


# Source values that a fault may have to show, beside their canonical columns.
_RAW = "_raw_"


def _raw(column: str) -> str:
    return f"{_RAW}{column}"


def _convert_columns(
    rows: ir.Table, target: Target, *, names: Mapping[str, str], form: TextForm
) -> ir.Table:
    converted: dict[str, ir.Value] = {}
    raw: dict[str, ir.Value] = {}
    for name, column in target.columns.items():
        if name not in names:
            continue
        if name == SENTIMENT and target.source.sentiment_from is not None:
            converted[name] = _scored(rows[names[name]], table=target.schema.name)
            continue
        value = _substituted(rows[names[name]], target.source.values.get(name, {}))
        converted[name] = convert(value, column.type, form, source_column=names[name])
        if form.holds_json and _is_id(column):
            nested = is_nested(cast(ir.StringValue, value))
            converted[name] = nested.ifelse(ibis.null(TEXT), converted[name])
            raw[_raw(name)] = nested.ifelse(value, ibis.null(TEXT))
        elif not always_readable(value, column.type):
            raw[_raw(name)] = value
    if target.schema.name == "orders":
        converted |= _in_project_currency(converted, target)
    return rows.select(*POSITION, **converted, **raw)


def _scored(text: ir.Value, *, table: str) -> ir.FloatingValue:
    """Return what a text says as a number; what is no text, or says nothing, is NULL."""
    check_word_lists(table)
    return sentiment_of_texts(cast(ir.StringValue, text.cast(TEXT)))


def _is_id(column: Column) -> bool:
    return column.type == TEXT and column.name.endswith("_id")


def _in_project_currency(orders: Mapping[str, ir.Value], target: Target) -> dict[str, ir.Value]:
    """Return the money columns and the currency of orders, converted where there is a rate."""
    home = target.facts.currency
    if "currency" not in orders:
        return {}
    currency = cast(ir.StringValue, orders["currency"]).fill_null(home)
    if not target.rates:
        return {"currency": currency}
    rates = {code: ibis.literal(rate, "decimal(18, 8)") for code, rate in target.rates.items()}
    rate = currency.cases(*rates.items(), else_=ibis.null("decimal(18, 8)"))
    converted = {
        name: rate.isnull().ifelse(value, (value * rate).round(2).cast(MONEY))
        for name, value in orders.items()
        if target.schema[name].type == MONEY
    }
    return {**converted, "currency": rate.isnull().ifelse(currency, home)}


def _substituted(value: ir.Value, values: Mapping[str, str]) -> ir.Value:
    """Return the value with the wordings of the source replaced by ours."""
    if not values:
        return value
    text = value.cast(TEXT).strip()
    return text.cases(*values.items(), else_=text)


def _flags(
    mapped: ir.Table, target: Target, *, names: Mapping[str, str]
) -> dict[tuple[str, RowRule], ir.BooleanValue]:
    """Return (column, rule) -> whether a row breaks it: what costs a row, and unread values.

    A value that cannot be read is not missing as well. Other warnings are counted by validation,
    and are no fault of the row.
    """
    flags: dict[tuple[str, RowRule], ir.BooleanValue] = {}
    for name, column in target.columns.items():
        if name not in names:
            continue
        raw = mapped[_raw(name)] if _raw(name) in mapped.columns else None
        rules = target.schema.rules_of(column)
        is_text = column.type == TEXT
        if is_text and raw is not None:
            rules = (Readable(), *rules)
        for rule in rules:
            if isinstance(rule, Readable):
                if raw is not None:
                    flags[name, rule] = is_present(raw) & mapped[name].isnull()
            elif isinstance(rule, NotNull) and raw is not None and not is_text:
                flags[name, rule] = ~is_present(raw)
            elif isinstance(rule, RowRule) and rule.severity is not Severity.WARN:
                flags[name, rule] = breaks(rule, mapped[name], target.facts)
    return flags


def _any(flags: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(lambda left, right: left | right, flags, ibis.literal(False))
