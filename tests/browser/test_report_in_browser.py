# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a browser renders it: every bar in its place, nothing cut off, every word readable, in light and dark."""

import pytest
from report_pages import HOSTILE
from report_samples import NOW, SILENT, entry, fleet, host

from plugins.plugin_utils.report.certificate_list import LISTS, TEXTS, report
from plugins.plugin_utils.report.certificate_page import page

# The text of an element is on the background of the nearest ancestor that has one; WCAG 2.2, 1.4.3 and 1.4.11.
COLOURS = """
const channels = text => (text.match(/[\\d.]+/g) || ground).map(Number);
const linear = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const contrast = (one, two) => { const [a, b] = [light(one), light(two)]; return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
const ground = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
"""


def sixty():
    answers = fleet(60)
    answers["mx2.example.com"] = SILENT
    answers["mx3.example.com"]["certificates"].append(
        {"path": "/etc/certs/broken.crt", "problems": ["holds no certificate"]}
    )
    return report(answers, NOW)


LAYOUT = """
const root = document.documentElement, edge = 1, box = element => element.getBoundingClientRect();
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const bars = all("svg.bar");
const crooked = bars.filter(bar => {
  const frame = box(bar), pieces = all(":scope > rect, :scope > line", bar).map(box);
  const inside = pieces.every(piece => piece.left >= frame.left - edge && piece.right <= frame.right + edge);
  return !(inside && Math.max(0, ...pieces.map(piece => piece.width)) > 1 && frame.height > 20 && frame.width > 200);
});
const crossed = all(".host .row").filter(row => {
  const plot = box(row.querySelector(".plot")), left = row.querySelector(".left");
  const over = cell => box(cell).left < plot.right && plot.left < box(cell).right
    && box(cell).top < plot.bottom - edge && plot.top < box(cell).bottom - edge;
  return all(".what, .left", row).some(over) || left.scrollWidth > left.clientWidth + edge;
});
const labels = all(".axis text:not(.now)").map(box).filter(label => label.width > 0);
const wide = all("body *").filter(element => box(element).right > root.clientWidth + edge && !element.closest("svg"));
return {
  bars: bars.length,
  window: root.clientWidth,
  page: root.scrollWidth,
  wide: wide.map(element => element.outerHTML.slice(0, 120)),
  crooked: crooked.map(bar => bar.textContent),
  crossed: crossed.map(row => row.innerText),
  cut: all("caption, tbody :is(th, td)").filter(cell => box(cell).left < 0 || cell.scrollWidth > cell.clientWidth + edge
    || (cell.innerText && box(cell).width < 60)).map(cell => cell.innerText),
  labels: labels.length,
  touching: labels.filter((label, index) => index && label.left < labels[index - 1].right + 2).length,
};
"""

LAYOUTS = {
    "60 hosts, a phone": (sixty, 390),
    "60 hosts, narrow": (sixty, 500),
    "60 hosts, medium": (sixty, 1000),
    "60 hosts, just above the break": (sixty, 1040),
    "60 hosts, usual": (sixty, 1280),
    "60 hosts, wide": (sixty, 2200),
    "1 host, narrow": (lambda: report(fleet(1), NOW), 500),
    "one certificate of 47 days": (lambda: report({"a": host(entry("a", 47, 3))}, NOW), 1280),
    "one certificate of 90 days, narrow": (lambda: report({"a": host(entry("a", 90, 3))}, NOW), 500),
    "expired years ago": (lambda: report({"a": host(entry("a", 365, 9999), entry("b", 90, 1800))}, NOW), 1280),
    "long names, usual": (lambda: report({"h" * 200: host(entry("n" * 200, service="s" * 200))}, NOW), 1280),
    "long names": (lambda: report({"h" * 200: host(entry("n" * 200, service="s" * 200))}, NOW), 500),
}


@pytest.fixture(scope="module", params=LAYOUTS)
def layout(request, browser):
    """What is where on a page of some width, measured once for all tests that look at it."""
    make, width = LAYOUTS[request.param]
    found = make()
    return found, browser.measure(page(found), LAYOUT, width=width)


def test_there_are_as_many_bars_as_certificates(layout):
    found, measured = layout
    assert measured["bars"] == sum(row["not_after"] is not None for row in found["certificates"])


def test_the_page_is_never_wider_than_the_window(layout):
    _found, measured = layout
    assert measured["page"] <= measured["window"]
    assert measured["wide"] == []


def test_every_cell_of_the_table_is_seen_whole(layout):
    _found, measured = layout
    assert measured["cut"] == []


def test_every_bar_is_seen_and_lies_within_its_picture(layout):
    _found, measured = layout
    assert measured["crooked"] == []


def test_no_words_of_a_row_lie_over_its_bar_or_leave_their_column(layout):
    _found, measured = layout
    assert measured["crossed"] == []


def test_the_words_of_the_scale_do_not_touch_each_other(layout):
    _found, measured = layout
    assert measured["labels"] >= 3
    assert measured["touching"] == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_bars_stand_out_from_the_page(browser, scheme):
    measured = browser.measure(
        page(sixty()),
        COLOURS
        + """
        const words = [...document.querySelectorAll("body *")].filter(element => element.getClientRects().length
          && [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim()));
        const of = (element, key) => contrast(channels(getComputedStyle(element)[key]), ground);
        const key = element => element.closest("svg") ? "fill" : "color";
        const pieces = [...document.querySelectorAll(".bar > rect, .bar > line:not(.stripes)")];
        return {
          dark: light(ground) < 0.1,
          counted: words.length,
          faint: [...new Set(words.filter(element => of(element, key(element)) < 4.5).map(element => element.outerHTML.slice(0, 90)))],
          pale: [...new Set(pieces.filter(piece => Math.max(of(piece, "fill"), piece.matches(".final, .over") ? of(piece, "stroke") : 0) < 3)
            .map(piece => piece.outerHTML))],
        };
        """,
        scheme=scheme,
    )
    assert measured["dark"] is (scheme == "dark")
    assert measured["counted"] > 1000
    assert measured["faint"] == []
    assert measured["pale"] == []


def test_names_are_shown_as_they_are_and_never_run(browser):
    name = "<script>document.title='run'</script><b id=bold>&amp;"
    found = report({"a": host(entry("a", names=["DNS:" + name], problems=[name]))}, NOW)
    measured = browser.measure(
        page(found),
        """return {title: document.title, bold: !!document.getElementById("bold"), detail: document.querySelector(".detail").innerText}""",
    )
    assert measured == {"title": "Certificates: 1 certificate is due", "bold": False, "detail": name}


def test_no_text_of_a_node_becomes_an_element(browser):
    def elements(text):
        fields = dict(entry(), **{key: text for key in TEXTS}, **{key: [text] for key in LISTS})
        found = report({text: host(fields, dict(fields, not_after=text)), "b": dict(SILENT, msg=text)}, NOW)
        script = """return [...document.querySelectorAll("*")].map(element => element.tagName
          + [...element.attributes].map(attribute => " " + attribute.name).join(""))"""
        return browser.measure(page(found, text), script)

    hostile = "".join(text for text in HOSTILE if len(text) < 200).encode("utf-8", "ignore").decode()
    assert elements(hostile.replace("/", "\u2044")) == elements("harmless")


def test_everything_can_be_reached_and_told_without_a_mouse(browser):
    measured = browser.measure(
        page(sixty()),
        """
        const reached = [...document.querySelectorAll("a[href], input, [tabindex]")];
        return {links: reached.filter(element => element.matches(".row a")).length,
                named: [...document.querySelectorAll("svg.bar")].every(bar =>
                  bar.getAttribute("aria-labelledby").split(" ").every(id => document.getElementById(id).textContent.length > 3)),
                labelled: [...document.querySelectorAll("input")].every(input => input.labels.length == 1),
                negative: reached.filter(element => element.tabIndex < 0).length};
        """,
    )
    assert measured == {
        "links": len(sixty()["certificates"]),
        "named": True,
        "labelled": True,
        "negative": 0,
    }


def test_the_filter_leaves_what_needs_attention(browser):
    found = sixty()
    measured = browser.measure(
        page(found),
        """
        const seen = name => { document.getElementById("show-" + name).checked = true;
          return [...document.querySelectorAll("svg.bar, svg.none")].filter(bar => bar.getClientRects().length).length; };
        return {all: seen("all"), attention: seen("attention"), urgent: seen("urgent")};
        """,
    )
    summary = found["summary"]
    assert measured["all"] == summary["certificates"]
    assert measured["attention"] == summary["certificates"] - summary["ok"]
    assert measured["urgent"] == summary["expired"] + summary["alarm"]


def test_it_prints_without_losing_a_row(browser, tmp_path):
    source = tmp_path / "report.html"
    source.write_text(page(sixty()), encoding="utf-8")
    target = tmp_path / "report.pdf"
    browser.run(source, "--print-to-pdf=%s" % target, "--no-pdf-header-footer")
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) < 4_000_000, "something on the page is printed as pictures"
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type /Page/") > 5
