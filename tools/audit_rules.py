# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the rules into docs/audit.md, as plugins/module_utils/audit/rules has them.

usage: tools/audit_rules.py [--check]    with --check it fails where the page is not up to date
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from plugins.module_utils.audit.rule import Rule  # noqa: E402
from plugins.module_utils.audit.rules import RULES  # noqa: E402

PAGE = ROOT / "docs" / "audit.md"
HEADING = "\n## The rules\n"
AREAS = {
    "TLS": "TLS of clients",
    "OUT": "TLS of sent mail",
    "CRT": "Certificates",
    "KEY": "Keys that sign mail",
    "PRV": "Identity and privileges, as declared",
    "RUN": "The running daemon",
    "FS": "Files",
    "SEC": "Secrets",
    "CTL": "The console",
    "SMTP": "SMTP as clients meet it",
    "SVC": "Services beside SMTP",
    "LIC": "The licence",
    "HST": "The host",
    "OPS": "Operation",
    "SBX": "The sandbox",
}


def cell(text: str) -> str:
    """A text in a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def row(rule: Rule) -> str:
    """The row of a rule."""
    cells = (rule.id, rule.severity, rule.title, ", ".join(rule.layers), rule.remedy, "; ".join(rule.references))
    return "| %s |" % " | ".join(map(cell, cells))


def section(area: str) -> str:
    """The rules of an area."""
    rows = [row(rule) for rule in sorted(RULES, key=lambda rule: rule.id) if rule.area == area]
    head = "| rule | severity | what must hold | layers | remedy | rests on |\n|---|---|---|---|---|---|\n"
    return "### %s\n\n%s%s\n" % (AREAS[area], head, "\n".join(rows))


def main() -> int:
    """Write, or compare."""
    text = PAGE.read_text(encoding="utf-8")
    before = text[: text.index(HEADING) + len(HEADING)]
    after = "%s\n%s" % (before, "\n".join(section(area) for area in dict.fromkeys(rule.area for rule in RULES)))
    if "--check" in sys.argv[1:]:
        if after != text:
            print("docs/audit.md is not up to date: run tools/audit_rules.py")
        return int(after != text)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
