# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of rules in docs/lint.md is complete, and says no more than there is."""

import re
from pathlib import Path

from plugins.module_utils.lint import data

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "plugins" / "module_utils" / "lint").glob("*.py"))
CREATED = re.compile(r'(?:Verdict|ValueRule)\(\s*"([a-z_]+)"')
PLACED = re.compile(r'Finding\(\s*"([a-z_]+)"')
PROBLEM = re.compile(r'"([a-z]+)": (?:FATAL|WARNING|INFO)')


def table():
    """Rule to severity, as the document has them."""
    rows = re.findall(r"^\| (`[^|]+`) \| ([a-z ]+) \|", (ROOT / "docs" / "lint.md").read_text(), re.MULTILINE)
    return {name: severity for names, severity in rows for name in re.findall(r"`([a-z_]+)`", names)}


def test_every_rule_of_the_code_is_in_the_table_and_no_other():
    text = "\n".join(path.read_text() for path in SOURCES)
    rules = set(CREATED.findall(text)) | set(PLACED.findall(text)) | set(PROBLEM.findall(text))
    assert len(rules) > 20
    assert set(table()) == rules


def test_the_severities_of_rows_about_values_are_those_of_the_table():
    for rule in data.VALUES:
        assert rule.severity in table()[rule.rule]
