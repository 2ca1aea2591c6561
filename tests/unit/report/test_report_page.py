# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: everything escaped, nothing executable, nothing fetched, the same bytes for the same report."""

import re
import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from report_pages import Page
from report_samples import NOW, SILENT, entry, fleet, host

from plugins.plugin_utils.report.certificate_list import report
from plugins.plugin_utils.report.certificate_page import headline, page


def test_there_is_one_bar_and_one_table_row_for_every_certificate():
    parsed = Page(page(report(fleet(7, 5), NOW)))
    assert parsed.count("svg", "bar") == 35
    assert len([a for name, a in parsed.found if name == "tr" and "id" in a]) == 35
    assert parsed.count("h3") == 7


def test_every_bar_has_a_title_and_a_description_of_its_own():
    parsed = Page(page(report(fleet(7, 5), NOW)))
    ids = [a["id"] for _name, a in parsed.found if "id" in a]
    assert len(ids) == len(set(ids))
    for name, attributes in parsed.found:
        if (name, attributes.get("class")) == ("svg", "bar"):
            assert set(attributes["aria-labelledby"].split()) <= set(ids)
            assert attributes["role"] == "img"


def test_every_link_leads_to_a_place_of_the_page():
    parsed = Page(page(report(fleet(3, 5), NOW)))
    ids = {a["id"] for _name, a in parsed.found if "id" in a}
    links = [a["href"] for _name, a in parsed.found if "href" in a]
    assert links and all(link.startswith("#") and link[1:] in ids for link in links)


def test_the_page_neither_runs_nor_fetches_anything():
    markup = page(report(fleet(3), NOW))
    policies = [a["content"] for _name, a in Page(markup).found if a.get("http-equiv") == "Content-Security-Policy"]
    assert [policy.split(";")[0] for policy in policies] == ["default-src 'none'"]
    assert not re.search(r"(?i)<script|\bsrc=|@import|url\((?!#)|https?://", markup)


def test_the_same_report_gives_the_same_page():
    assert page(report(fleet(9), NOW)) == page(report(fleet(9), NOW))


def test_an_empty_fleet_and_a_silent_one_are_pages_too():
    empty, silent = report({}, NOW), report({"a": SILENT}, NOW)
    assert Page(page(empty)).count("svg", "bar") == 0
    assert "No certificates were found" in page(empty)
    assert "1 host did not answer" in page(silent)
    assert "Failed to connect" in page(silent)


def test_hosts_without_an_answer_stand_above_the_picture_and_a_long_list_is_folded():
    few, many = ({"silent%d" % number: SILENT for number in range(count)} for count in (3, 30))
    for answers, folded in ((few, 0), (many, 1)):
        markup = page(report(dict(answers, a=host(entry())), NOW))
        assert markup.index('id="silent"') < markup.index('id="timeline"')
        assert markup.count("<details") == folded
        assert all("<strong>%s</strong>" % name in markup for name in answers)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([10], "all certificates are fine"),
        ([10, 300], "1 certificate is due"),
        ([300, 340, 341], "2 certificates are about to expire"),
        ([300, 340, 400], "1 certificate has expired"),
    ],
)
def test_the_headline_says_what_is_worst(ages, expected):
    found = report({"a": host(*(entry("a", 365, age) for age in ages))}, NOW)
    assert headline(found["summary"]) == expected
    assert (expected[:1].upper() + expected[1:]) in page(found)


def test_the_most_urgent_five_are_named_first():
    markup = page(report({"a": host(*(entry("a", 365, age) for age in range(330, 420, 10)))}, NOW))
    first = markup[markup.index('id="first"') : markup.index('id="timeline"')]
    assert first.count("<li") == 5
    assert first.index("expired") < first.index("and 4 more")


def test_a_certificate_that_is_valid_in_years_only_has_a_bar_without_pieces():
    parsed = Page(page(report({"a": host(entry("a", 365, -1000))}, NOW)))
    assert parsed.count("svg", "bar") == 1
    assert parsed.count("path") == 0


def test_on_a_narrow_page_each_cell_is_labelled_with_its_column():
    parsed = Page(page(report(fleet(1), NOW)))
    (style,) = [a["style"] for name, a in parsed.found if name == "table"]
    labels = re.findall(r"--label-(\d): '([^']*)';", style)
    assert [number for number, _name in labels] == [str(number) for number in range(1, 8)]
    assert "".join(name for _number, name in labels) in parsed.text
