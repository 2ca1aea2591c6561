# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same certificates as a table, with everything that is known about them."""

from typing import Any, Dict, List

from . import words
from .facts import parse_time
from .markup import Html, join, tag

COLUMNS = ("Certificate", "Used by", "Issued by", "Valid", "Left", "Key and signature", "Remarks")


def table(rows: List[Dict[str, Any]]) -> Html:
    """One row for every certificate, in the order of the picture; `#c1` is the first."""
    head = tag("thead", tag("tr", [tag("th", name, scope="col") for name in COLUMNS]))
    body = tag("tbody", [_row(number, row) for number, row in enumerate(rows, 1)])
    return tag("table", tag("caption", "What ends first comes first."), head, body)


def _row(number: int, row: Dict[str, Any]) -> Html:
    cells = (_used(row), _issuer(row), _valid(row), _left(row), _key(row), _remarks(row))
    return tag(
        "tr",
        tag("th", _certificate(number, row), scope="row"),
        [tag("td", cell) for cell in cells],
        id="c%d" % number,
        class_=row["grade"],
    )


def _lines(*parts: str) -> Html:
    """Parts below each other, empty ones left out."""
    return join([part for part in parts if part], "<br/>")


def _small(value: str) -> str:
    return tag("small", value) if value else ""


def _certificate(number: int, row: Dict[str, Any]) -> Html:
    """The host, then whatever else the certificate is called, then its fingerprint."""
    name = words.name(row)
    others = [word for word in [name] + row["names"][1:] if word != row["host"]]
    subject = "" if row["subject"] == "CN=" + name else row["subject"]
    link = tag("a", row["host"], href="#b%d" % number)
    mark = tag("code", row["fingerprint"]) if row["fingerprint"] else ""
    return _lines(link, _small(", ".join(others)), _small(subject), mark)


def _used(row: Dict[str, Any]) -> Html:
    path = tag("code", join(row["path"].split("/"), "/<wbr/>"))
    return _lines(row["service"], *(_small(scope) for scope in row["scopes"]), path)


def _issuer(row: Dict[str, Any]) -> Html:
    return _lines("self-signed" if row["self_signed"] else row["issuer"])


def _valid(row: Dict[str, Any]) -> Html:
    times = [parse_time(row[key]) for key in ("not_before", "not_after")]
    return _lines(*(tag("time", words.day(time), datetime=time.isoformat()) for time in times if time is not None))


def _left(row: Dict[str, Any]) -> Html:
    sign = tag("span", words.SIGNS[row["grade"]], class_="sign", aria_hidden="true")
    share = "" if row["share_left"] is None else "%.0f %% of its life" % (100 * row["share_left"])
    word = join([sign, " ", words.WORDS[row["grade"]]])
    return _lines(word, words.remaining(row["days_left"], row["grade"]), _small(share))


def _key(row: Dict[str, Any]) -> Html:
    fits = {True: "key fits", False: "key does not fit", None: ""}[row["key_fits"]]
    mode = "mode " + row["key_mode"] if row["key_mode"] else ""
    return _lines(words.key(row), row["signature_hash"], _small(fits), _small(mode))


def _remarks(row: Dict[str, Any]) -> Html:
    return tag("ul", [tag("li", problem) for problem in row["problems"]]) if row["problems"] else Html("")
