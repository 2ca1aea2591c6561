# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times, lifetimes and certificates in words."""

from datetime import datetime
from typing import Any, List, Mapping, Optional

from ...module_utils.x509 import grades

# Not strftime's, which speak the language of whoever runs the play.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Each grade has a sign of its own shape and a word: colour is never alone.
SIGNS = {grades.EXPIRED: "✕", grades.UNREADABLE: "?", grades.ALARM: "▲", grades.DUE: "◐", grades.OK: "✓"}
WORDS = {
    grades.EXPIRED: "expired",
    grades.UNREADABLE: "unreadable",
    grades.ALARM: "alarm",
    grades.DUE: "due",
    grades.OK: "fine",
}


def day(time: datetime) -> str:
    """A day as people write it: 3 Jan 2027."""
    return "%d %s %d" % (time.day, MONTHS[time.month - 1], time.year)


def counted(count: int, one: str, many: Optional[str] = None) -> str:
    """A number and its noun."""
    return "%d %s" % (count, one if count == 1 else many or one + "s")


def remaining(days: Optional[int], grade: str) -> str:
    """What is left, or how long ago the end was."""
    if days is None:
        return "unknown"
    if grade == grades.EXPIRED:
        return "ended today" if days >= -1 else "ended %s ago" % counted(-days - 1, "day")
    return "ends today" if days == 0 else "%s left" % counted(days, "day")


def name(row: Mapping[str, Any]) -> str:
    """What a certificate is called: its first name, else its subject, else nothing."""
    names: List[str] = row["names"]
    return names[0][4:] if names and names[0].startswith("DNS:") else names[0] if names else row["subject"]


def service(row: Mapping[str, Any]) -> str:
    """What it is for: the service, else the file."""
    return row["service"] or row["path"].rsplit("/", 1)[-1] or name(row) or "a certificate"


def detail(row: Mapping[str, Any]) -> str:
    """What tells it from its neighbours on the same host: a name other than the host's, else the innermost scope."""
    innermost = row["scopes"][0].rsplit(" > ", 1)[-1] if row["scopes"] else ""
    return name(row) if name(row) != row["host"] else innermost


def whole(row: Mapping[str, Any]) -> str:
    """A certificate as a sentence names it."""
    other = name(row) not in ("", row["host"])
    return "%s on %s%s" % (service(row), row["host"], " (%s)" % name(row) if other else "")


def key(row: Mapping[str, Any]) -> str:
    """The kind of key and its size."""
    kind, bits = row["key_kind"], row["key_bits"]
    return "%s, %d bits" % (kind, bits) if bits and str(bits) not in kind else kind
