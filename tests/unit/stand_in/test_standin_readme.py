# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables beside the stand-in have all of its programs and parts, and a page or a guess in each row."""

import re
from pathlib import Path

STANDIN = Path(__file__).resolve().parents[2] / "standin"
TEXT = (STANDIN / "README.md").read_text(encoding="utf-8")
ROWS = [re.split(r" *(?<!\\)\| *", line)[1:-1] for line in TEXT.splitlines() if line.startswith("| ")]


def test_every_program_and_every_part_of_the_library_is_in_the_tables():
    files = [
        path
        for path in STANDIN.rglob("*")
        if path.is_file() and path.parent.name in ("bin", "sbin", "momentum_standin", "cron")
    ]
    names = {path.name for path in files if path.name != "__init__.py" and path.suffix != ".pyc"}
    assert len(names) > 30
    assert (
        sorted(name for name in names if name not in TEXT and name[: -len(Path(name).suffix) or None] not in TEXT) == []
    )


def test_every_row_names_a_page_or_what_is_guessed():
    rows = [row for row in ROWS if row[0] != "behaviour"]
    assert len(rows) > 50 and {len(row) for row in rows} == {3}
    assert [row[0] for row in rows if not row[1] and not row[2]] == []
