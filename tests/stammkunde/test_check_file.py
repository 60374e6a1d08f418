"""`stammkunde check-file`, as a person meets it: what is told, exit codes, no value of a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flows.vendor_files import check_file
from stammkunde.check_report import check_report

ROWS = "".join(f"j{n}@example.com,Mauer{n},01.11.2026\r\n" for n in range(7))
WRONG = f"Email,Last Name,SK As Of\r\n{ROWS}j9@example.com,mnchen,2026-11-01\r\n"


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stammkunde", "check-file", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_report_says_what_where_how_often_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "upload.csv"
    file.write_bytes(WRONG.encode())
    assert check_report(check_file(file, "hubspot")) == [
        "upload.csv for HubSpot contacts, by its rules of 2026-11: 8 rows",
        "",
        "`SK As Of`: a date as DD.MM.YYYY (lines 2, 3, 4, 5, 6 and 2 more)",
        "    Write it as YYYY-MM-DD, as 2026-11-30.",
        "",
        "`Last Name`: a town without its umlauts, as `mnchen` (line 9)",
        "    Keep umlauts when you clean or hash: `münchen`.",
    ]


def test_notes_are_told_as_such(tmp_path: Path) -> None:
    file = tmp_path / "upload.csv"
    file.write_bytes(b"Email\r\n")
    found = check_file(file, "hubspot")
    assert check_report(found)[2:] == ["note: no rows", "    Nothing is imported of it."]
    found.check()


def test_the_exit_code_says_whether_a_file_is_fit(tmp_path: Path) -> None:
    (tmp_path / "right.csv").write_text("Email\nj1@example.com\n")
    (tmp_path / "wrong.csv").write_bytes(WRONG.encode())
    right = command(tmp_path, "right.csv", "--vendor", "hubspot")
    assert (right.returncode, right.stderr) == (0, "")
    assert "Nothing found." in right.stdout
    wrong = command(tmp_path, "wrong.csv", "--vendor", "hubspot")
    assert wrong.returncode == 3
    assert "wrong.csv is not fit for HubSpot contacts: 2 findings" in wrong.stderr
    assert "example.com" not in wrong.stdout + wrong.stderr
    assert "Mauer" not in wrong.stdout + wrong.stderr
