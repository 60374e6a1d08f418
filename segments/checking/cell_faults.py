"""What is told of a cell, by the code of its fault; none has the value in its text."""

from __future__ import annotations

from segments.checking.findings import Fault
from segments.vendors.target import Column, Target


def fault_of(code: str, column: Column | None, place: int, target: Target) -> Fault:
    """Return a fault of a cell, as it is told."""
    where = f"`{column.header}`" if column is not None else f"column {place}"
    facts = {
        "mark": target.form.decimal_mark,
        "most": target.limits.most_cell_bytes,
        "choices": ", ".join(column.choices) if column is not None else "",
    }
    what, remedy, is_note = _TOLD[code]
    return Fault(f"{where}: {what}".format(**facts), remedy.format(**facts), is_note=is_note)


# Code -> what is told, what to do, whether it is a note.
_TOLD = {
    "encoding": ("not UTF-8", "Save the file as UTF-8.", False),
    "mojibake": ("broken umlauts, as `Ã¼` for `ü`",
                 "Write the file anew from the source; read and write it as UTF-8.", False),
    "scientific": ("a number that a spreadsheet shortened, as 4.93E+11",
                   "Write the file anew from the source, not from a spreadsheet.", False),
    "digits": ("digits that Excel shows as a number, without their zeros or their end",
               "Put a ' in front of them.", False),
    "formula": ("a text that a spreadsheet computes", "Put a ' in front of it.", False),
    "german_date": ("a date as DD.MM.YYYY", "Write it as YYYY-MM-DD, as 2026-11-30.", False),
    "too_long": ("more than {most} bytes", "Shorten it: the tool cuts it off, and an umlaut is two "
                 "bytes.", False),
    "hash_of_nothing": ("the hash of an empty text", "Leave the cell empty.", False),
    "other_hash": ("a hash, but not SHA-256 in lower-case hex digits",
                   "Hash it with SHA-256; write 64 digits of 0-9 and a-f.", False),
    "not_hashed": ("not hashed", "Hash it with SHA-256, normalised as the tool says, or check the "
                   "file as a plain one.", False),
    "hashed": ("hashed, and must be plain", "Write it unhashed.", False),
    "email": ("no valid e-mail address", "Mend or leave out the row; no spaces around it.", False),
    "local_part": ("letters before the @ that the tool does not take", "Leave the row out.", False),
    "phone": ("no telephone number as E.164",
              "Write + and country first and no spaces, as +493023125012.", False),
    "umlauts": ("a town without its umlauts, as `mnchen`",
                "Keep umlauts when you clean or hash: `münchen`.", False),
    "country": ("no country of ISO 3166",
                "Write two letters, as DE; the United Kingdom is GB.", False),
    "zero": ("a postal code that has lost its leading zero",
             "Write it as text from the source, as 01067.", False),
    "address": ("an address whose parts are not told apart",
                "Street, town, postal code, country: two spaces between them.", False),
    "label": ("a segment that is named otherwise than by a neutral code",
              "Others read the file: name it by a code, as SK-07.", True),
    "number": ("no plain number", "Digits, with `{mark}` before the decimals, and no separators of "
               "thousands.", False),
    "no_time": ("a date without a time, which is midnight UTC: flows may fire a day off",
                "Write a time, as 2026-11-30 12:00:00+00:00.", False),
    "date": ("no date", "Write it as 2026-11-30.", False),
    "sheet_date": ("no date as DD.MM.YYYY", "Write it as 30.11.2026.", False),
    "choice": ("a value that the tool does not know", "It takes: {choices}.", False),
}  # fmt: skip
