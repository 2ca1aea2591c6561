# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate report as a page: the data that `templates/certificates.html.j2` shows."""

from datetime import datetime
from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from ...module_utils.pki.x509 import lifetime
from . import timeline
from .certificate_list import moment, parse_time
from .render import render
from .words import counted, day

FIRST = 5  # the most that "What to do first" lists


class Look(NamedTuple):
    """How the page shows a grade: a word, a sign of its own shape (colour is never alone), a tone of the base layout, what to do, and
    the verb of the headline for one certificate and for several."""

    word: str
    sign: str
    tone: str
    advice: str = ""
    one: str = ""
    many: str = ""


# In the order of the tiles.
LOOKS = {
    lifetime.EXPIRED: Look("expired", "✕", "bad urgent", "Replace it now", "has expired", "have expired"),
    lifetime.ALARM: Look(
        "alarm", "▲", "bad urgent", "Find out why it was not renewed", "is about to expire", "are about to expire"
    ),
    lifetime.UNREADABLE: Look("unreadable", "?", "bad", "Check the file", "cannot be read", "cannot be read"),
    lifetime.DUE: Look("due", "◐", "warn", "Renew it", "is due", "are due"),
    lifetime.OK: Look("fine", "✓", "ok"),
}
KEY_FITS = {True: "key matches", False: "key does not match", None: ""}


def page(report: Mapping[str, Any], title: str = "Certificates") -> str:
    """Return the report as HTML. The same report gives the same page, byte by byte."""
    now, summary, rows = moment(report["generated"]), report["summary"], report["certificates"]
    shown = timeline.window([end for end in (parse_time(row["not_after"]) for row in rows) if end], now)
    pending = _pending(rows)
    data = {
        "title": title,
        "headline": headline(summary),
        "generated": report["generated"],
        "time": "%s, %02d:%02d UTC" % (day(now), now.hour, now.minute),
        "contents": _contents(report, bool(pending)),
        "tiles": _tiles(summary),
        "extent": "%s on %s" % (counted(summary["certificates"], "certificate"), counted(summary["hosts"], "host")),
        "next": _next(summary["next"]),
        "first": pending[:FIRST],
        "more": max(0, len(pending) - FIRST),
        "silent": report["silent"],
        "partial": report["partial"],
        "certificates": [_certificate(number, row, shown) for number, row in enumerate(rows, 1)],
        "hosts": _hosts(rows),
        "ticks": [tick._asdict() for tick in timeline.ticks(shown)],
        "today": {"at": round(shown.at(now), 3), "label": "today, " + day(now)},
    }
    return render("certificates.html.j2", data)


def headline(summary: Mapping[str, Any]) -> str:
    """Return the one sentence that matters most."""
    for grade, look in LOOKS.items():
        if summary[grade] and look.one:
            return "%s %s" % (counted(summary[grade], "certificate"), look.one if summary[grade] == 1 else look.many)
    if summary["silent"]:
        return "%s did not answer" % counted(summary["silent"], "host")
    return "all certificates are fine" if summary["certificates"] else "no certificates were found"


def _contents(report: Mapping[str, Any], pending: bool) -> List[Dict[str, str]]:
    """Links to the sections, so that nobody has to scroll through a thousand rows to the table."""
    sections = (
        ("first", "What to do first", pending),
        ("silent", "No answer", report["silent"]),
        ("partial", "Not read", report["partial"]),
        ("timeline", "Timeline", report["certificates"]),
        ("table", "All certificates", report["certificates"]),
    )
    return [{"id": name, "text": text} for name, text, content in sections if content]


def _tiles(summary: Mapping[str, Any]) -> List[Dict[str, Any]]:
    tiles = [dict(_toned(grade), count=summary[grade], text=look.word) for grade, look in LOOKS.items()]
    hosts = "host silent" if summary["silent"] == 1 else "hosts silent"
    return tiles + [{"count": summary["silent"], "text": hosts, "tone": "silent", "sign": None}]


def _toned(grade: str) -> Dict[str, str]:
    return {"tone": LOOKS[grade].tone, "sign": LOOKS[grade].sign}


def _next(row: Optional[Mapping[str, Any]]) -> Optional[Dict[str, str]]:
    if not row:
        return None
    left = "today" if row["days_left"] == 0 else "in %s" % counted(row["days_left"], "day")
    return {"text": _title(row), "left": left}


def _pending(rows: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """What to do, the most urgent first."""
    numbered = [(number, row) for number, row in enumerate(rows, 1) if row["grade"] != lifetime.OK]
    numbered.sort(key=lambda entry: lifetime.GRADES.index(entry[1]["grade"]))  # stable: what expires first stays first
    return [
        dict(
            _toned(row["grade"]),
            number=number,
            text=_title(row),
            why=row["problems"][0] if row["problems"] else _left(row),
            advice=LOOKS[row["grade"]].advice,
        )
        for number, row in numbered
    ]


def _hosts(rows: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Hosts in the order in which their first certificate expires, each with the numbers of its certificates in that order."""
    hosts: Dict[str, List[int]] = {}
    for number, row in enumerate(rows, 1):
        hosts.setdefault(row["host"], []).append(number)
    return [{"name": name, "numbers": numbers} for name, numbers in hosts.items()]


def _certificate(number: int, row: Dict[str, Any], shown: timeline.Window) -> Dict[str, Any]:
    """One certificate as the timeline and the table show it; number: the one in its links, from 1."""
    name, bits, kind = _name(row), row["key_bits"], row["key_kind"]
    valid = [time for time in (parse_time(row[key]) for key in ("not_before", "not_after")) if time]
    return dict(
        _toned(row["grade"]),
        number=number,
        text=_title(row),
        host=row["host"],
        service=_service(row),
        detail=_detail(row),
        grade=LOOKS[row["grade"]].word,
        left=_left(row),
        share="" if row["share_left"] is None else "%.0f%% of its lifetime" % (100 * row["share_left"]),
        names=", ".join(text for text in [name] + row["names"][1:] if text != row["host"]),
        subject="" if row["subject"] == "CN=" + name else row["subject"],
        fingerprint=row["fingerprint"],
        used_by=row["service"],
        scopes=[scope for scope in row["scopes"] if scope],
        path=row["path"].split("/"),
        issuer="self-signed" if row["self_signed"] else row["issuer"],
        valid=[{"iso": time.isoformat(), "text": day(time)} for time in valid],
        key=["%s, %d bits" % (kind, bits) if bits and str(bits) not in kind else kind, row["signature_hash"]],
        key_file=[KEY_FITS[row["key_fits"]], row["key_mode"] and "mode " + row["key_mode"]],
        problems=row["problems"],
        bar=_bar(valid[0], valid[1], shown) if len(valid) == 2 else None,
    )


def _bar(start: datetime, end: datetime, shown: timeline.Window) -> Dict[str, Any]:
    """The pieces of a bar, none if it lies outside of the window; from_before, goes_on: whether it has an arrow head at that edge."""
    found = timeline.cut(start, end, shown)
    pieces, drawn = [_piece(*piece) for piece in found.pieces], bool(found.pieces)
    return {"pieces": pieces, "from_before": drawn and found.from_before, "goes_on": drawn and found.goes_on}


def _piece(start: float, end: float, zone: str, passed: bool) -> Dict[str, Any]:
    look = zone + " passed" if passed and zone != timeline.OVER else zone
    return {"start": start, "end": end, "width": round(end - start, 3), "look": look, "passed": passed}


def _left(row: Mapping[str, Any]) -> str:
    """What is left of the lifetime, or how long ago it ended."""
    days = row["days_left"]
    if days is None:
        return "unknown"
    if row["grade"] == lifetime.EXPIRED:
        return "expired today" if days >= -1 else "expired %s ago" % counted(-days - 1, "day")
    return "expires today" if days == 0 else "%s left" % counted(days, "day")


def _name(row: Mapping[str, Any]) -> str:
    """The first name of a certificate, else its subject, else nothing."""
    names = row["names"]
    return names[0][4:] if names and names[0].startswith("DNS:") else names[0] if names else row["subject"]


def _service(row: Mapping[str, Any]) -> str:
    """What a certificate is for: the service, else its file."""
    return row["service"] or row["path"].rsplit("/", 1)[-1] or _name(row) or "a certificate"


def _detail(row: Mapping[str, Any]) -> str:
    """What distinguishes it from others on its host: a name other than the host's, else the innermost scope."""
    innermost = row["scopes"][0].rsplit(" > ", 1)[-1] if row["scopes"] else ""
    return _name(row) if _name(row) != row["host"] else innermost


def _title(row: Mapping[str, Any]) -> str:
    """A certificate as a sentence names it."""
    other = _name(row) not in ("", row["host"])
    return "%s on %s%s" % (_service(row), row["host"], " (%s)" % _name(row) if other else "")
