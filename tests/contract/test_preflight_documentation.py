# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/preflight.md has an entry for each check, in the order of the checks and in their own words, and each page that they name exists."""

import re
from pathlib import Path

import yaml

from plugins.module_utils.preflight import manuals, run

ROOT = Path(__file__).resolve().parents[2]
PAGE = re.compile(r"(?:changelog|manuals|3/3-reference|4)/[a-z0-9/-]+\Z")


def entry(check):
    """The section of a check."""
    rows = [("looks at", check.looks_at)]
    rows.append(("stops the run", "Where %s." % check.stops_where if check.stops_where else "Never."))
    rows += [("why", check.why), ("page", "`%s`" % check.page if check.page else "-"), ("fix", check.fix)]
    return "### %s\n\n| | |\n|---|---|\n%s" % (check.name, "".join("| %s | %s |\n" % row for row in rows))


def test_the_documentation_has_each_check_in_its_own_words():
    text = (ROOT / "docs" / "preflight.md").read_text("utf-8")
    written = text[text.index("\n## The checks\n") :].partition("### ")
    assert written[1] + written[2] == "\n".join(entry(check) for check in run.CHECKS.values())


def test_pages_are_written_as_the_coverage_of_the_manuals_writes_them():
    pages = {check.page for check in run.CHECKS.values()} | {one.page for one in manuals.RELEASES}
    assert {page for page in pages if page and not PAGE.match(page)} == set()
    known = yaml.safe_load((ROOT / "docs" / "manual-coverage.yml").read_text("utf-8"))
    covered = {page["page"] for part in known for page in part["pages"]}
    assert {"4/byb-ntp", "4/byb-disable-postfix", "4/byb-sysctl-conf", "manuals/installation-manual"} <= covered & pages


def test_every_check_can_be_told_by_its_name():
    assert all(re.match(r"[a-z_]+\Z", name) for name in run.CHECKS)
    assert all(check.looks_at.endswith(".") and check.why.endswith(".") for check in run.CHECKS.values())
    assert not any("|" in "".join(map(str, check[1:6])) for check in run.CHECKS.values())
