# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: everything escaped, nothing executable, nothing fetched, the same bytes for the same report."""

import re
import sys
from html.parser import HTMLParser

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from report_samples import NOW, SILENT, entry, fleet, host

from plugins.plugin_utils.report import markup as made
from plugins.plugin_utils.report.facts import report
from plugins.plugin_utils.report.page import page, verdict

HOSTILE = "\"><script>alert('1')</script><img src=x onerror=alert(1)>&{{ 7*7 }}\u202egro.elpmaxe\x00"


class Elements(HTMLParser):
    """Collects elements with their attributes, and sees that they nest."""

    VOID = {"meta", "input", "br", "wbr"}

    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.open = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def count(self, name, class_=None):
        return sum(1 for found, a in self.found if found == name and class_ in (None, a.get("class")))


def elements(found):
    parsed = Elements(page(found))
    assert parsed.open == []
    return parsed


def test_there_is_one_bar_and_one_table_row_for_every_certificate():
    parsed = elements(report(fleet(7, 5), NOW))
    assert parsed.count("svg", "bar") == 35
    assert len([a for name, a in parsed.found if name == "tr" and "id" in a]) == 35
    assert parsed.count("h3") == 7


def test_every_bar_has_a_title_and_a_description_of_its_own():
    parsed = elements(report(fleet(7, 5), NOW))
    ids = [a["id"] for _name, a in parsed.found if "id" in a]
    assert len(ids) == len(set(ids))
    for name, attributes in parsed.found:
        if (name, attributes.get("class")) == ("svg", "bar"):
            assert set(attributes["aria-labelledby"].split()) <= set(ids)
            assert attributes["role"] == "img"


def test_every_link_leads_to_a_place_of_the_page():
    parsed = elements(report(fleet(3, 5), NOW))
    ids = {a["id"] for _name, a in parsed.found if "id" in a}
    links = [a["href"] for _name, a in parsed.found if "href" in a]
    assert links and all(link.startswith("#") and link[1:] in ids for link in links)


def hostile_report():
    keys = ("path", "service", "subject", "issuer", "key_kind", "signature_hash", "fingerprint", "key_path", "key_mode")
    evil = entry(**dict({key: HOSTILE for key in keys}, names=[HOSTILE] * 2, scopes=[HOSTILE] * 2, problems=[HOSTILE]))
    broken = dict(evil, not_after=HOSTILE)
    return report({HOSTILE: host(evil, broken), "b": dict(SILENT, msg=HOSTILE)}, NOW)


def test_what_comes_from_certificates_is_words_never_markup():
    markup = page(hostile_report(), HOSTILE)
    parsed = Elements(markup)
    assert parsed.open == []
    assert {name for name, _a in parsed.found} & {"script", "img", "iframe", "object"} == set()
    assert not [key for _name, a in parsed.found for key in a if key.startswith("on")]
    assert "&lt;script&gt;alert" in markup
    assert "\\u202egro" in markup and "\u202e" not in markup and "\x00" not in markup


def test_the_page_neither_runs_nor_fetches_anything():
    markup = page(report(fleet(3), NOW))
    assert "default-src &#x27;none&#x27;" in markup
    assert not re.search(r"(?i)<script|\bsrc=|@import|url\((?!#)|https?://", markup)


def test_the_same_report_gives_the_same_page():
    assert page(report(fleet(9), NOW)) == page(report(fleet(9), NOW))


def test_an_empty_fleet_and_a_silent_one_are_pages_too():
    empty, silent = report({}, NOW), report({"a": SILENT}, NOW)
    assert elements(empty).count("svg", "bar") == 0
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
        ([300, 340, 341], "2 certificates are close to the end"),
        ([300, 340, 400], "1 certificate has expired"),
    ],
)
def test_the_headline_says_what_is_worst(ages, expected):
    found = report({"a": host(*(entry("a", 365, age) for age in ages))}, NOW)
    assert verdict(found["summary"]) == expected
    assert (expected[:1].upper() + expected[1:]) in page(found)


def test_the_most_urgent_five_are_named_first():
    markup = page(report({"a": host(*(entry("a", 365, age) for age in range(330, 420, 10)))}, NOW))
    first = markup[markup.index('id="first"') : markup.index('id="timeline"')]
    assert first.count("<li") == 5
    assert first.index("ended") < first.index("and 4 more")


def test_text_is_escaped_on_its_way_in_and_markup_is_kept():
    assert made.tag("p", "a < b", made.Html("<br/>"), class_='"x"') == '<p class="&quot;x&quot;">a &lt; b<br/></p>'
    assert made.text("\u2028\x1b[31m") == "\\u2028\\x1b[31m"
    assert made.tag("p", ["a", ["&"]], hidden=None) == "<p>a&amp;</p>"
