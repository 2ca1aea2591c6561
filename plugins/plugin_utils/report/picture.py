# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture: one row with one bar for every certificate, under a scale of time.

Every bar is an SVG of its own with coordinates in percent. So it has any width, the words keep their size, a page breaks
between rows in print, and a thousand rows cost no layout.
"""

from datetime import datetime
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from . import timeline, words
from .facts import parse_time
from .markup import Attribute, Html, coordinate, join, percent, tag, void

ROW = 30  # pixels
THICK, THIN = 14, 4
MIDDLE = ROW / 2

FEW = 10  # so many marks of the scale keep their words in a narrow picture too


def picture(report: Mapping[str, Any], now: datetime) -> Html:
    """The whole time line."""
    rows = list(enumerate(report["certificates"], 1))
    ends = [end for end in (parse_time(row["not_after"]) for _number, row in rows) if end is not None]
    shown = timeline.window(ends, now)
    scale = timeline.ticks(shown)
    return tag(
        "div",
        _definitions(scale, shown),
        _scale(scale, shown),
        [_host(host, members, shown) for host, members in _by_host(rows)],
        class_="timeline",
    )


def _by_host(rows: Iterable[Tuple[int, Dict[str, Any]]]) -> List[Tuple[str, List[Tuple[int, Dict[str, Any]]]]]:
    """Hosts in the order in which their first certificate ends, each with its rows in that order."""
    hosts: Dict[str, List[Tuple[int, Dict[str, Any]]]] = {}
    for number, row in rows:
        hosts.setdefault(row["host"], []).append((number, row))
    return list(hosts.items())


def _definitions(scale: List[timeline.Tick], shown: timeline.Window) -> Html:
    """What all bars share: the lines of the scale, and today."""
    lines = [void("line", x1=percent(tick.at), x2=percent(tick.at), y1=0, y2=ROW) for tick in scale]
    symbols = [tag("symbol", lines, id="grid"), tag("symbol", _today(shown, 0, ROW), id="now")]
    return tag("svg", tag("defs", symbols), class_="definitions", width=0, height=0, aria_hidden="true")


def _today(shown: timeline.Window, top: int, bottom: int) -> Html:
    at = percent(shown.at(shown.now))
    return void("line", x1=at, x2=at, y1=top, y2=bottom, class_="today")


def _scale(scale: List[timeline.Tick], shown: timeline.Window) -> Html:
    """The months or weeks, and today; it stays in sight while the rows scroll."""
    labels = [
        tag("text", tick.label, x=percent(tick.at), y=42, class_="major" if tick.major else "minor") for tick in scale
    ]
    now = tag("text", "today, " + words.day(shown.now), x=percent(shown.at(shown.now)), y=16, class_="now")
    marks = [void("line", x1=percent(tick.at), x2=percent(tick.at), y1=46, y2=52) for tick in scale]
    drawn = tag(
        "svg",
        labels,
        marks,
        _today(shown, 22, 52),
        now,
        class_="axis many" if len(scale) > FEW else "axis",
        width="100%",
        height=52,
        aria_hidden="true",
    )
    return tag(
        "div",
        tag("div", class_="what"),
        tag("div", drawn, class_="plot"),
        tag("div", class_="left"),
        class_="row scale",
    )


def _host(host: str, members: List[Tuple[int, Dict[str, Any]]], shown: timeline.Window) -> Html:
    grades = " ".join(sorted({"has-" + row["grade"] for _number, row in members}))
    rows = [_row(number, row, shown) for number, row in members]
    return tag("section", tag("h3", host), rows, class_="host " + grades)


def _row(number: int, row: Dict[str, Any], shown: timeline.Window) -> Html:
    """One line of the picture: what it is, its bar, what is left."""
    link = tag("a", words.service(row), href="#c%d" % number, id="b%d" % number)
    what = tag("div", link, tag("span", words.detail(row), class_="detail"), class_="what")
    plot = tag("div", draw(number, row, shown), class_="plot")
    return tag("div", what, plot, _left(row), class_="row " + row["grade"])


def _left(row: Dict[str, Any]) -> Html:
    end = parse_time(row["not_after"])
    sign = tag("span", words.SIGNS[row["grade"]], class_="sign", aria_hidden="true")
    if end is None:
        return tag("div", sign, tag("span", "unreadable"), class_="left")
    date = tag("time", words.day(end), datetime=row["not_after"])
    return tag("div", sign, tag("span", words.remaining(row["days_left"], row["grade"])), date, class_="left")


def draw(index: int, row: Dict[str, Any], shown: timeline.Window) -> Html:
    """The bar of one certificate, with words for those who do not see it."""
    start, end = parse_time(row["not_before"]), parse_time(row["not_after"])
    grid, now = (void("use", href=symbol, width="100%", height=ROW) for symbol in ("#grid", "#now"))
    if start is None or end is None:
        return tag("svg", grid, now, class_="none", width="100%", height=ROW, aria_hidden="true")
    ids = "t%d d%d" % (index, index)
    title = tag("title", words.whole(row), id="t%d" % index)
    told = "Valid from %s to %s: %s, %s." % (
        words.day(start),
        words.day(end),
        words.WORDS[row["grade"]],
        words.remaining(row["days_left"], row["grade"]),
    )
    drawn = timeline.cut(start, end, shown)
    return tag(
        "svg",
        title,
        tag("desc", told, id="d%d" % index),
        grid,
        [_piece(piece) for piece in drawn.pieces],
        _ends(drawn),
        now,
        class_="bar",
        role="img",
        aria_labelledby=ids,
        width="100%",
        height=ROW,
    )


def _piece(piece: timeline.Piece) -> Html:
    """Thin where it has passed, thick where it is left, like a fuse.

    The colour is that of the row and says how things stand today; the texture says which window of the lifetime it is.
    """
    if piece.zone == timeline.OVER:
        return _line(percent(piece.start), percent(piece.end), MIDDLE, "over")
    width = percent(piece.end - piece.start)
    return _block(piece.zone, piece.passed, (percent(piece.start), percent(piece.end), width), MIDDLE)


def _line(start: Attribute, end: Attribute, y: float, name: str) -> Html:
    return void("line", x1=start, x2=end, y1=coordinate(y), y2=coordinate(y), class_=name)


def _block(zone: str, passed: bool, place: Tuple[Attribute, Attribute, Attribute], y: float) -> Html:
    """From the first coordinate to the second, which is the width away. The window of renewal has stripes.

    They are a dashed line: a pattern of SVG becomes a picture of the whole page for every bar when Chromium prints.
    """
    (start, end, width), height = place, THIN if passed else THICK
    name = zone + (" passed" if passed else "")
    plain = void("rect", class_=name, x=start, y=coordinate(y - height / 2), width=width, height=height)
    striped = zone == timeline.RENEWAL and not passed
    return join([plain, _line(start, end, y, "stripes")]) if striped else plain


def _ends(drawn: timeline.Bar) -> Html:
    """Arrow heads beyond the edges where a life goes on, in the manner of the piece that they continue."""
    heads = [(drawn.goes_on, "100%", "M2 6L10 15L2 24Z", -1), (drawn.from_before, "0%", "M-2 10L-7 15L-2 20Z", 0)]
    return join(
        tag("svg", void("path", d=shape, class_=_class(drawn.pieces[index])), x=at, overflow="visible")
        for wanted, at, shape, index in heads
        if wanted and drawn.pieces
    )


def _class(piece: timeline.Piece) -> str:
    return piece.zone + (" passed" if piece.passed else "")


def swatch(zone: str) -> Html:
    """A small piece of bar for the legend; `passed` is what has passed."""
    passed = zone == "passed"
    drawn = (
        _line(0, 28, THICK / 2, "over") if zone == timeline.OVER else _block(zone, passed, (1, 27, 26), THICK / 2 + 1)
    )
    return tag("svg", drawn, width=28, height=THICK + 2, aria_hidden="true")
