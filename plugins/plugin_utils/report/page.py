# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as one HTML file that needs nothing but a browser: no script, no network, light, dark and on paper."""

from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Mapping

from ...module_utils.x509 import grades
from . import timeline, words
from .facts import moment
from .markup import Html, join, tag, void
from .picture import picture, swatch
from .table import table

# The page shows words from many machines; even if one got past the escaping, nothing would run and nothing be fetched.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

FIRST = 5  # so many are named under "What to do first"
FOLDED = 8  # longer lists of hosts are folded

# What the counts are called, and the sentence that they are worth in the headline.
TILES = (
    (grades.EXPIRED, "expired", "%s expired", "certificate has", "certificates have"),
    (grades.ALARM, "alarm", "%s close to the end", "certificate is", "certificates are"),
    (grades.UNREADABLE, "unreadable", "%s be read", "certificate cannot", "certificates cannot"),
    (grades.DUE, "due", "%s due", "certificate is", "certificates are"),
    (grades.OK, "fine", "", "", ""),
)
ADVICE = {
    grades.EXPIRED: "Replace it now",
    grades.ALARM: "Find out why it was not renewed",
    grades.UNREADABLE: "Look at the file",
    grades.DUE: "Renew it",
}
LEGEND = (
    (timeline.LIFE, "first two thirds"),
    (timeline.RENEWAL, "last third: renew"),
    (timeline.FINAL, "last sixth: alarm"),
    ("passed", "passed"),
    (timeline.OVER, "ended"),
)
FILTERS = (("all", "All"), ("attention", "Needs attention"), ("urgent", "Expired and alarm"))


def page(report: Mapping[str, Any], title: str = "Certificates") -> str:
    """Show a report. The same report gives the same page, byte by byte."""
    now = moment(report["generated"])
    summary = report["summary"]
    main = tag(
        "main",
        _first(report),
        _without("silent", "Hosts without an answer", report["silent"]),
        _without("partial", "What could not be read", report["partial"]),
        _timeline(report, now),
        _details(report["certificates"]),
    )
    body = tag("body", _header(report, now, title), main, _footer(report["generated"]))
    return "<!doctype html>\n%s\n" % tag("html", _head("%s: %s" % (title, verdict(summary))), body, lang="en")


def verdict(summary: Mapping[str, Any]) -> str:
    """The one sentence that matters most."""
    for grade, _word, sentence, one, many in TILES:
        if summary[grade] and sentence:
            return sentence % words.counted(summary[grade], one, many)
    if summary["silent"]:
        return "%s did not answer" % words.counted(summary["silent"], "host")
    return "all certificates are fine" if summary["certificates"] else "no certificates were found"


def _head(title: str) -> Html:
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=POLICY),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(style)),
    )


def _header(report: Mapping[str, Any], now: datetime, title: str) -> Html:
    summary = report["summary"]
    when = "%s, %02d:%02d UTC" % (words.day(now), now.hour, now.minute)
    extent = "%s on %s" % (
        words.counted(summary["certificates"], "certificate"),
        words.counted(summary["hosts"], "host"),
    )
    headline = verdict(summary)
    return tag(
        "header",
        tag("p", title, " · ", tag("time", when, datetime=now.isoformat()), class_="eyebrow"),
        _contents(report),
        tag("h1", headline[:1].upper() + headline[1:]),
        tag("p", extent, ". ", _next(summary["next"]), class_="lead"),
        tag(
            "ul",
            [_tile(grade, word, summary[grade]) for grade, word, *_rest in TILES],
            _tile_silent(summary),
            class_="tiles",
        ),
    )


def _contents(report: Mapping[str, Any]) -> Html:
    """Links to the sections, so that nobody has to walk through a thousand rows to the table."""
    rows = report["certificates"]
    sections = (
        ("first", "What to do first", any(row["grade"] != grades.OK for row in rows)),
        ("silent", "Without an answer", report["silent"]),
        ("partial", "Not read", report["partial"]),
        ("timeline", "Time line", rows),
        ("table", "All certificates", rows),
    )
    links = [tag("li", tag("a", word, href="#" + name)) for name, word, wanted in sections if wanted]
    return tag("nav", tag("ul", links), aria_label="On this page") if links else Html("")


def _next(row: Any) -> Html:
    if not row:
        return Html("")
    where = tag("strong", words.whole(row))
    left = "ends today" if row["days_left"] == 0 else "ends in %s" % words.counted(row["days_left"], "day")
    return join(["Next: ", where, " ", left, "."])


def _tile(grade: str, word: str, count: int) -> Html:
    sign = tag("span", words.SIGNS[grade], class_="sign", aria_hidden="true")
    return tag("li", tag("b", str(count)), tag("span", sign, " ", word), class_=grade + ("" if count else " zero"))


def _tile_silent(summary: Mapping[str, Any]) -> Html:
    count = summary["silent"]
    hosts = "host silent" if count == 1 else "hosts silent"
    return tag("li", tag("b", str(count)), tag("span", hosts), class_="silent" + ("" if count else " zero"))


def _first(report: Mapping[str, Any]) -> Html:
    """What to do first, the most urgent on top; nothing if nothing is to be done."""
    numbered = [(number, row) for number, row in enumerate(report["certificates"], 1) if row["grade"] != grades.OK]
    numbered.sort(key=lambda entry: grades.GRADES.index(entry[1]["grade"]))  # stable: what ends first stays first
    if not numbered:
        return Html("")
    more = len(numbered) - FIRST
    rest = tag("p", "and %s in the picture below" % words.counted(more, "more", "more"), class_="more")
    return tag(
        "section",
        tag("h2", "What to do first", id="first"),
        tag("ol", [_advice(number, row) for number, row in numbered[:FIRST]]),
        rest if more > 0 else Html(""),
        class_="first",
        aria_labelledby="first",
    )


def _advice(number: int, row: Dict[str, Any]) -> Html:
    sign = tag("span", words.SIGNS[row["grade"]], class_="sign", aria_hidden="true")
    link = tag("a", words.whole(row), href="#c%d" % number)
    why = row["problems"][0] if row["problems"] else words.remaining(row["days_left"], row["grade"])
    return tag("li", sign, " ", link, ": ", why, ". ", ADVICE[row["grade"]], ".", class_=row["grade"])


def _timeline(report: Mapping[str, Any], now: datetime) -> Html:
    if not report["certificates"]:
        return Html("")
    legend = tag("ul", [tag("li", swatch(zone), " ", word) for zone, word in LEGEND], class_="legend")
    return tag(
        "section",
        tag("div", tag("h2", "Time line", id="timeline"), _filters(), class_="bar-head"),
        legend,
        picture(report, now),
        aria_labelledby="timeline",
    )


def _filters() -> Html:
    """Radio buttons that the style sheet acts on; a browser that cannot shows everything."""
    buttons: List[Html] = []
    for name, word in FILTERS:
        checked = "checked" if name == "all" else None
        button = void("input", type="radio", name="show", id="show-" + name, checked=checked)
        buttons.append(tag("label", button, tag("span", word)))
    return tag("fieldset", tag("legend", "Show"), buttons, class_="filters")


def _without(name: str, heading: str, found: List[Dict[str, str]]) -> Html:
    """Hosts and reasons; a long list is folded."""
    if not found:
        return Html("")
    rows = tag("ul", [tag("li", tag("strong", item["host"]), ": ", item["reason"]) for item in found])
    lines = words.counted(len(found), "line")
    return tag(
        "section",
        tag("h2", heading, id=name),
        rows if len(found) <= FOLDED else tag("details", tag("summary", lines), rows),
        class_="without",
        aria_labelledby=name,
    )


def _details(rows: List[Dict[str, Any]]) -> Html:
    if not rows:
        return Html("")
    return tag(
        "section",
        tag("h2", "All certificates", id="table"),
        table(rows),
        aria_labelledby="table",
    )


def _footer(generated: str) -> Html:
    words_ = "Renewal is due when a third of the lifetime is left, alarm is given at a sixth. All times are UTC. "
    return tag("footer", tag("p", words_, "Made by msys.momentum at ", tag("time", generated, datetime=generated), "."))
