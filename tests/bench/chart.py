# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw figures of a benchmark as horizontal bars, in the colours of the reports, for light and dark pages."""

from pathlib import Path
from typing import List, NamedTuple, Sequence

import jinja2

HERE = Path(__file__).resolve().parent
REPORT = HERE.parent.parent / "plugins" / "plugin_utils" / "report" / "templates" / "report.css"
ROOM = 252  # pixels of the longest bar


class Bar(NamedTuple):
    """One bar: its name, and the values of its parts from left to right."""

    name: str
    parts: Sequence[float]


class Group(NamedTuple):
    """Bars that belong together, what they are, and what follows from them."""

    title: str
    remark: str
    bars: List[Bar]


def draw(title: str, unit: str, parts: Sequence[str], groups: List[Group], caption: str) -> str:
    """Return an SVG file. Widths are relative to the longest bar of all groups."""
    longest = max(sum(one.parts) for group in groups for one in group.bars)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(HERE)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("chart.svg.j2").render(
        title=title,
        unit=unit,
        parts=parts,
        groups=groups,
        caption=caption,
        scale=ROOM / longest,
        palette=jinja2.utils.markupsafe.Markup(palette()),
    )


def palette() -> str:
    """The colours of the reports, light and dark: what their style sheet has before its first class."""
    sheet = REPORT.read_text(encoding="utf-8")
    return sheet[sheet.index(":root") : sheet.index(".ok {")].rstrip()
