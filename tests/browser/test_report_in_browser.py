# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a browser renders it: every bar in its place, nothing cut off, every word readable, in light and dark."""

import pytest
from report_samples import NOW, SILENT, entry, fleet, host

from plugins.plugin_utils.report.facts import report
from plugins.plugin_utils.report.page import page

WIDTHS = [500, 800, 1280, 1920]

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


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("hosts", [1, 60])
def test_there_are_as_many_bars_as_certificates_and_the_page_is_never_wider_than_the_window(browser, hosts, width):
    found = sixty() if hosts == 60 else report(fleet(1), NOW)
    measured = browser.measure(
        page(found),
        """
        const root = document.documentElement;
        const wide = [...document.querySelectorAll("body *:not(.scroll *)")].filter(
          element => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest("svg"));
        return {bars: document.querySelectorAll("svg.bar").length, window: root.clientWidth, page: root.scrollWidth,
                wide: wide.map(element => element.outerHTML.slice(0, 120))};
        """,
        width=width,
    )
    assert measured["bars"] == sum(row["not_after"] is not None for row in found["certificates"])
    assert measured["page"] <= measured["window"] <= width
    assert measured["wide"] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_bar_is_seen_and_lies_within_its_picture(browser, width):
    measured = browser.measure(
        page(sixty()),
        """
        const edge = 1;
        return [...document.querySelectorAll("svg.bar")].filter(bar => {
          const frame = bar.getBoundingClientRect();
          const pieces = [...bar.querySelectorAll(":scope > rect, :scope > line")].map(piece => piece.getBoundingClientRect());
          const widest = Math.max(...pieces.map(piece => piece.width));
          const inside = pieces.every(piece => piece.left >= frame.left - edge && piece.right <= frame.right + edge);
          return !(pieces.length && widest > 1 && inside && frame.height > 20 && frame.width > 200);
        }).map(bar => bar.textContent);
        """,
        width=width,
    )
    assert measured == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_of_a_row_lie_over_its_bar_or_leave_their_column(browser, width):
    measured = browser.measure(
        page(sixty()),
        """
        return [...document.querySelectorAll(".host .row")].filter(row => {
          const plot = row.querySelector(".plot").getBoundingClientRect();
          return ["what", "left"].some(name => {
            const cell = row.querySelector("." + name), box = cell.getBoundingClientRect();
            const over = box.left < plot.right && plot.left < box.right && box.top < plot.bottom - 1 && plot.top < box.bottom - 1;
            return over || (name == "left" && cell.scrollWidth > cell.clientWidth + 1);
          });
        }).map(row => row.innerText);
        """,
        width=width,
    )
    assert measured == []


@pytest.mark.parametrize("width", [500, 1280])
def test_the_words_of_the_scale_do_not_touch_each_other(browser, width):
    for found in (sixty(), report({"a": host(entry("a", 47, 3))}, NOW), report({"a": host(entry("a", 90, 3))}, NOW)):
        measured = browser.measure(
            page(found),
            """
            const boxes = [...document.querySelectorAll(".axis text:not(.now)")].map(text => text.getBoundingClientRect())
              .filter(box => box.width > 0);
            return {count: boxes.length,
                    touching: boxes.filter((box, index) => index && box.left < boxes[index - 1].right + 2).length};
            """,
            width=width,
        )
        assert measured["count"] >= 3
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
        const pieces = [...document.querySelectorAll(".bar > rect:not([fill]), .bar > line")];
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


def test_everything_can_be_reached_and_told_without_a_mouse(browser):
    measured = browser.measure(
        page(sixty()),
        """
        const reached = [...document.querySelectorAll("a[href], input, [tabindex]")];
        return {links: reached.filter(element => element.matches(".row a")).length,
                named: [...document.querySelectorAll("svg.bar")].every(bar =>
                  bar.getAttribute("aria-labelledby").split(" ").every(id => document.getElementById(id).textContent.length > 3)),
                scroll: reached.some(element => element.matches(".scroll")),
                labelled: [...document.querySelectorAll("input")].every(input => input.labels.length == 1),
                negative: reached.filter(element => element.tabIndex < 0).length};
        """,
    )
    assert measured == {
        "links": len(sixty()["certificates"]),
        "named": True,
        "scroll": True,
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
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type /Page/") > 5
