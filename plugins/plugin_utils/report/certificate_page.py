# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of all certificates as a page: what `templates/certificates.html.j2` shows, as data."""

from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional

from ...module_utils.x509 import grades
from . import timeline, words
from .certificate_list import moment, parse_time
from .render import render

FIRST = 5  # so many are named under "What to do first"

# Each grade: its tile, what the page colours it, and the sentence that it is worth in the headline.
TILES = (
    (grades.EXPIRED, "expired", "%s expired", "certificate has", "certificates have"),
    (grades.ALARM, "alarm", "%s close to the end", "certificate is", "certificates are"),
    (grades.UNREADABLE, "unreadable", "%s be read", "certificate cannot", "certificates cannot"),
    (grades.DUE, "due", "%s due", "certificate is", "certificates are"),
    (grades.OK, "fine", "", "", ""),
)
TONES = {
    grades.EXPIRED: "bad urgent",
    grades.ALARM: "bad urgent",
    grades.UNREADABLE: "bad",
    grades.DUE: "warn",
    grades.OK: "ok",
}
ADVICE = {
    grades.EXPIRED: "Replace it now",
    grades.ALARM: "Find out why it was not renewed",
    grades.UNREADABLE: "Look at the file",
    grades.DUE: "Renew it",
}
FITS = {True: "key fits", False: "key does not fit", None: ""}


def page(report: Mapping[str, Any], title: str = "Certificates") -> str:
    """Show a report. The same report gives the same page, byte by byte."""
    now, summary, rows = moment(report["generated"]), report["summary"], report["certificates"]
    ends = [end for end in (parse_time(row["not_after"]) for row in rows) if end is not None]
    shown = timeline.window(ends, now)
    data = {
        "title": title,
        "headline": verdict(summary),
        "generated": report["generated"],
        "time": "%s, %02d:%02d UTC" % (words.day(now), now.hour, now.minute),
        "contents": _contents(report),
        "tiles": _tiles(summary),
        "extent": "%s on %s"
        % (words.counted(summary["certificates"], "certificate"), words.counted(summary["hosts"], "host")),
        "next": _next(summary["next"]),
        "silent": report["silent"],
        "partial": report["partial"],
        "certificates": [_certificate(number, row, shown) for number, row in enumerate(rows, 1)],
        "hosts": _hosts(rows),
        "scale": _scale(shown),
    }
    return render("certificates.html.j2", dict(data, **_first(rows)))


def verdict(summary: Mapping[str, Any]) -> str:
    """The one sentence that matters most."""
    for grade, _word, sentence, one, many in TILES:
        if summary[grade] and sentence:
            return sentence % words.counted(summary[grade], one, many)
    if summary["silent"]:
        return "%s did not answer" % words.counted(summary["silent"], "host")
    return "all certificates are fine" if summary["certificates"] else "no certificates were found"


def _contents(report: Mapping[str, Any]) -> List[Dict[str, str]]:
    """Links to the sections, so that nobody has to walk through a thousand rows to the table."""
    rows = report["certificates"]
    sections = (
        ("first", "What to do first", any(row["grade"] != grades.OK for row in rows)),
        ("silent", "Without an answer", report["silent"]),
        ("partial", "Not read", report["partial"]),
        ("timeline", "Time line", rows),
        ("table", "All certificates", rows),
    )
    return [{"id": name, "text": text} for name, text, wanted in sections if wanted]


def _tiles(summary: Mapping[str, Any]) -> List[Dict[str, Any]]:
    tiles = [
        {"count": summary[grade], "text": word, "tone": TONES[grade], "sign": words.SIGNS[grade]}
        for grade, word, *_rest in TILES
    ]
    hosts = "host silent" if summary["silent"] == 1 else "hosts silent"
    return tiles + [{"count": summary["silent"], "text": hosts, "tone": "silent", "sign": None}]


def _next(row: Optional[Mapping[str, Any]]) -> Optional[Dict[str, str]]:
    if not row:
        return None
    left = "ends today" if row["days_left"] == 0 else "ends in %s" % words.counted(row["days_left"], "day")
    return {"text": words.whole(row), "left": left}


def _first(rows: List[Dict[str, Any]]) -> Dict[str, Any]:
    """What to do first, the most urgent on top, and how much more there is to be done."""
    numbered = [(number, row) for number, row in enumerate(rows, 1) if row["grade"] != grades.OK]
    numbered.sort(key=lambda entry: grades.GRADES.index(entry[1]["grade"]))  # stable: what ends first stays first
    first = [dict(_named(number, row), **_advice(row)) for number, row in numbered[:FIRST]]
    return {"first": first, "more": max(0, len(numbered) - FIRST)}


def _named(number: int, row: Dict[str, Any]) -> Dict[str, Any]:
    """What every mention of a certificate has; the number is that of its links."""
    grade = row["grade"]
    return {"number": number, "text": words.whole(row), "tone": TONES[grade], "sign": words.SIGNS[grade]}


def _advice(row: Dict[str, Any]) -> Dict[str, str]:
    why = row["problems"][0] if row["problems"] else words.remaining(row["days_left"], row["grade"])
    return {"why": why, "advice": ADVICE[row["grade"]]}


def _hosts(rows: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Hosts in the order in which their first certificate ends, each with the numbers of its certificates in that order."""
    hosts: Dict[str, List[int]] = {}
    for number, row in enumerate(rows, 1):
        hosts.setdefault(row["host"], []).append(number)
    return [{"name": name, "numbers": numbers} for name, numbers in hosts.items()]


def _certificate(number: int, row: Dict[str, Any], shown: timeline.Window) -> Dict[str, Any]:
    """One certificate as the time line and the table show it."""
    name = words.name(row)
    valid = [time for time in (parse_time(row[key]) for key in ("not_before", "not_after")) if time is not None]
    return dict(
        _named(number, row),
        host=row["host"],
        service=words.service(row),
        detail=words.detail(row),
        grade=words.WORDS[row["grade"]],
        left=words.remaining(row["days_left"], row["grade"]),
        share="" if row["share_left"] is None else "%.0f %% of its life" % (100 * row["share_left"]),
        names=", ".join(word for word in [name] + row["names"][1:] if word != row["host"]),
        subject="" if row["subject"] == "CN=" + name else row["subject"],
        fingerprint=row["fingerprint"],
        used_by=row["service"],
        scopes=[scope for scope in row["scopes"] if scope],
        path=row["path"].split("/"),
        issuer="self-signed" if row["self_signed"] else row["issuer"],
        valid=[{"iso": time.isoformat(), "text": words.day(time)} for time in valid],
        key=[line for line in (words.key(row), row["signature_hash"]) if line],
        key_file=[line for line in (FITS[row["key_fits"]], row["key_mode"] and "mode " + row["key_mode"]) if line],
        problems=row["problems"],
        bar=_bar(row, valid[0], valid[1], shown) if len(valid) == 2 else None,
    )


def _bar(row: Dict[str, Any], start: datetime, end: datetime, shown: timeline.Window) -> Dict[str, Any]:
    """A bar and the words for those who do not see it. goes_on, from_before: how the arrow head at that edge looks, or None."""
    bar = timeline.cut(start, end, shown)
    grade = row["grade"]
    return {
        "description": "Valid from %s to %s: %s, %s."
        % (words.day(start), words.day(end), words.WORDS[grade], words.remaining(row["days_left"], grade)),
        "pieces": [
            {
                "zone": piece.zone,
                "passed": piece.passed,
                "start": _number(piece.start),
                "end": _number(piece.end),
                "width": _number(piece.end - piece.start),
            }
            for piece in bar.pieces
        ],
        "goes_on": _look(bar.pieces[-1]) if bar.goes_on and bar.pieces else None,
        "from_before": _look(bar.pieces[0]) if bar.from_before and bar.pieces else None,
    }


def _look(piece: timeline.Piece) -> str:
    return piece.zone + (" passed" if piece.passed else "")


def _scale(shown: timeline.Window) -> Dict[str, Any]:
    ticks = [{"at": _number(tick.at), "label": tick.label, "major": tick.major} for tick in timeline.ticks(shown)]
    today = {"at": _number(shown.at(shown.now)), "label": "today, " + words.day(shown.now)}
    return {"ticks": ticks, "today": today}


def _number(value: float) -> str:
    """A coordinate without needless zeros."""
    return ("%.3f" % value).rstrip("0").rstrip(".")
