"""Reads one source value as what its canonical column holds; NULL where it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from contracts.schema import FLAG, NUMBER, TEXT, TIME

BLANKS_AND_CURRENCY_SIGNS = r"[\s\x{00A0}\x{2009}\x{202F}€$£¥]+"
_OFFSET = r"(:\d{2}(?:\.\d+)?)\s*([+-]\d{2}):?(\d{2})$"
_STATES_ITS_ZONE = r":\d{2}(?:\.\d+)?\s*(?:Z|z|[+-]\d{2}(?::?\d{2})?)$"
_HAS_TIME_OF_DAY = r"\d:\d"
_YES = ("true", "t", "yes", "y", "1", "wahr", "ja", "j", "solved", "resolved", "gelöst", "erledigt")
_NO = (
    "false", "f", "no", "n", "0", "falsch", "nein", "unsolved", "unresolved", "not solved",
    "not resolved", "ungelöst", "nicht gelöst", "unerledigt",
)  # fmt: skip


@dataclass(frozen=True)
class TextForm:
    """How the texts of one file write numbers and times.

    `timestamp_formats` is by source column; a column that is not in it is ISO 8601. `time_zone`
    is that of times that state none; a date without time of day is that date in every zone. With
    `holds_json`, text may be an object or a list.
    """

    decimal: str = "."
    thousands: str | None = None
    timestamp_formats: Mapping[str, str] = field(default_factory=dict)
    timestamp_suffix: str | None = None
    time_zone: str = "UTC"
    holds_json: bool = False


def convert(value: ir.Value, type_: str, form: TextForm, *, source_column: str) -> ir.Value:
    """Return `value` as the canonical type; NULL where it is empty or cannot be read.

    A whole number stays one where text is wanted: what reads the rows makes it text.
    """
    if isinstance(value, ir.FloatingValue):
        value = value.nullif(float("nan"))
    if type_ == TEXT:
        if isinstance(value, ir.IntegerValue):
            return value
        return cast(ir.StringValue, value.cast("string")).strip().nullif("")
    if type_ == TIME:
        return _time(value, form, form.timestamp_formats.get(source_column))
    if type_ == FLAG:
        return _flag(value)
    if isinstance(value, ir.StringValue):
        value = _number_text(value, form)
    read = value.try_cast(type_)
    if type_ == NUMBER:
        number = cast(ir.FloatingValue, read)
        return (number.isnan() | number.isinf()).ifelse(ibis.null(NUMBER), number)
    return read


def always_readable(value: ir.Value, type_: str) -> bool:
    """Return whether no value of this type can fail to be read, so that nobody need ask."""
    if type_ == TEXT:
        return True
    if type_ == TIME:
        return isinstance(value, ir.TimestampValue | ir.DateValue)
    if type_ == FLAG:
        return isinstance(value, ir.BooleanValue)
    return type_ == NUMBER and isinstance(value, ir.IntegerValue | ir.DecimalValue)


def is_nested(text: ir.StringValue) -> ir.BooleanValue:
    """Return whether a text is a JSON object or list; never NULL."""
    begins = text.strip().re_search(r"^[\[{]")
    return cast(ir.BooleanValue, (begins & _json_valid(text)).fill_null(False))


def is_present(value: ir.Value) -> ir.BooleanValue:
    """Return whether there is something to read; blank text and NaN are nothing."""
    if isinstance(value, ir.FloatingValue):
        return cast(ir.BooleanValue, value.notnull() & ~value.isnan())
    if isinstance(value, ir.StringValue):
        return cast(ir.BooleanValue, value.strip().nullif("").notnull())
    return cast(ir.BooleanValue, value.notnull())


def _flag(value: ir.Value) -> ir.Value:
    """Return true or false, by the usual words in English and German, and by 1 and 0."""
    if isinstance(value, ir.BooleanValue):
        return value
    if isinstance(value, ir.NumericValue):
        return ibis.cases((value == 1, True), (value == 0, False), else_=ibis.null(FLAG))
    word = cast(ir.StringValue, value.cast("string")).strip().lower()
    return ibis.cases((word.isin(_YES), True), (word.isin(_NO), False), else_=ibis.null(FLAG))


def _number_text(text: ir.StringValue, form: TextForm) -> ir.StringValue:
    """Return a number as programs write it: no blanks, no currency sign, a decimal point."""
    text = text.re_replace(BLANKS_AND_CURRENCY_SIGNS, "")
    if form.thousands is not None:
        text = text.replace(form.thousands, "")
    if form.decimal != ".":
        text = text.replace(form.decimal, ".")
    return text.nullif("")


def _time(value: ir.Value, form: TextForm, timestamp_format: str | None) -> ir.Value:
    """Return a UTC timestamp without zone."""
    if isinstance(value, ir.DateValue):
        return value.cast(TIME)
    if isinstance(value, ir.TimestampValue):
        states_its_zone = cast(dt.Timestamp, value.type()).timezone is not None
        return value.cast(TIME) if states_its_zone else _in_utc(value.cast(TIME), form)
    # A whole number such as 20240131 is a date by its format, not seconds since 1970.
    text = cast(ir.StringValue, value.cast("string")).strip().nullif("")
    if form.timestamp_suffix is not None:
        text = cast(ir.StringValue, text + form.timestamp_suffix)
    if timestamp_format is None:
        return _iso_time(text, form)
    read = try_strptime(text, timestamp_format).cast(TIME)
    is_a_day = not {"%H", "%I", "%X", "%c", "%T"} & set(_directives(timestamp_format))
    return read if is_a_day or "%z" in timestamp_format else _in_utc(read, form)


def _iso_time(text: ir.StringValue, form: TextForm) -> ir.Value:
    # "17:41:00 -0500", as shops write it, is ISO 8601 but for its blank and its colon.
    stated = text.re_replace(_OFFSET, r"\1\2:\3").try_cast(dt.Timestamp(timezone="UTC")).cast(TIME)
    if form.time_zone == "UTC":
        return stated
    is_local = text.re_search(_HAS_TIME_OF_DAY) & ~text.re_search(_STATES_ITS_ZONE)
    return is_local.ifelse(_in_utc(text.try_cast(TIME), form), stated)


def _directives(timestamp_format: str) -> list[str]:
    return [timestamp_format[at : at + 2] for at in range(len(timestamp_format) - 1)]


def _in_utc(local: ir.Value, form: TextForm) -> ir.Value:
    return local if form.time_zone == "UTC" else _at_time_zone(form.time_zone, local).cast(TIME)


@ibis.udf.scalar.builtin(signature=(("string", "string"), "timestamp"))  # type: ignore[untyped-decorator]
def try_strptime(text: str, timestamp_format: str) -> datetime:  # type: ignore[empty-body]
    """Read a time by its format; NULL where the text does not fit (DuckDB's function)."""


@ibis.udf.scalar.builtin(name="json_valid", signature=(("string",), "boolean"))  # type: ignore[untyped-decorator]
def _json_valid(text: str) -> bool:  # type: ignore[empty-body]
    """Return whether a text is JSON (DuckDB's function)."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))  # type: ignore[untyped-decorator]
def _at_time_zone(zone: str, local: datetime) -> datetime:  # type: ignore[empty-body]
    """Return the moment at which clocks of `zone` show `local` (DuckDB's function)."""
