# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The geometry of the timeline: dates as percent of its width."""

from datetime import datetime, timedelta
from typing import Callable, Iterable, List, NamedTuple, Optional, Tuple

from ...module_utils.pki.x509 import lifetime
from .words import MONTHS

LONGEST = 400  # days ahead that are shown to scale: a certificate of a year fits, one of five years is clipped
SHORTEST = 50  # days ahead at least: the whole lifetime of a certificate of 47 days
PAST = 0.3  # the share of the time ahead that is shown of the past
HEADROOM = 1.04
FEW_DAYS = 140  # a window of at most this many days has a scale of weeks, a longer one of months

LIFE, RENEWAL, FINAL, OVER = "life", "renewal", "final", "over"


class Window(NamedTuple):
    """The time that the timeline shows."""

    start: datetime
    end: datetime
    now: datetime

    def at(self, time: datetime) -> float:
        """Return the place of a time in percent; it is below 0 or above 100 outside the window."""
        return 100 * ((time - self.start) / (self.end - self.start))


class Piece(NamedTuple):
    """A part of a bar: start and end in percent, the part of the lifetime, and whether it has elapsed."""

    start: float
    end: float
    zone: str
    passed: bool


class Bar(NamedTuple):
    """One certificate: its pieces, and whether its lifetime continues beyond the left and the right edge."""

    pieces: List[Piece]
    from_before: bool
    goes_on: bool


class Tick(NamedTuple):
    """A line of the scale: its place in percent, its label, and whether it is one of the few labels of a narrow timeline."""

    at: float
    label: str
    major: bool


def window(ends: Iterable[datetime], now: datetime) -> Window:
    """Return the narrowest window that has the last end within LONGEST, so that short lifetimes have room."""
    ahead = [(end - now) / timedelta(days=1) for end in ends]
    furthest = max([days for days in ahead if days <= LONGEST], default=LONGEST)
    days = max(SHORTEST, furthest) * HEADROOM
    return Window(now - timedelta(days=days * PAST), now + timedelta(days=days), now)


def cut(start: datetime, end: datetime, shown: Window) -> Bar:
    """Cut a lifetime where renewal is due, where the alarm is raised, at today and at the edges of the window."""
    life = end - start
    limits = [(start, LIFE), (end - life * lifetime.DUE_SHARE, RENEWAL), (end - life * lifetime.ALARM_SHARE, FINAL)]
    spans = [(since, until, zone) for (since, zone), until in zip(limits, [limits[1][0], limits[2][0], end])]
    if end < shown.now:
        spans.append((end, shown.now, OVER))
    halves = [half for span in spans for half in _halves(span, shown.now)]
    found = [_clip(shown.at(since), shown.at(until), zone, passed) for since, until, zone, passed in halves]
    pieces = [piece for piece in found if piece is not None]
    return Bar(pieces, start < shown.start, end > shown.end)


def _halves(span: Tuple[datetime, datetime, str], now: datetime) -> List[Tuple[datetime, datetime, str, bool]]:
    since, until, zone = span
    middle = min(max(since, now), until)
    return [(since, middle, zone, True), (middle, until, zone, False)]


def _clip(start: float, end: float, zone: str, passed: bool) -> Optional[Piece]:
    start, end = round(max(0.0, start), 3), round(min(100.0, end), 3)
    return Piece(start, end, zone, passed) if end > start else None


def ticks(shown: Window) -> List[Tick]:
    """Return the scale: Mondays in a short window, the first days of months in a long one."""
    if (shown.end - shown.start) <= timedelta(days=FEW_DAYS):
        return [_tick(shown, day, _date, day.day <= 7) for day in _mondays(shown)]
    return [_tick(shown, day, _month, day.month in (1, 4, 7, 10)) for day in _months(shown)]


def _date(day: datetime) -> str:
    return "%d %s" % (day.day, MONTHS[day.month - 1]) if day.day <= 7 else str(day.day)


def _month(day: datetime) -> str:
    return str(day.year) if day.month == 1 else MONTHS[day.month - 1]


def _tick(shown: Window, day: datetime, form: Callable[[datetime], str], major: bool) -> Tick:
    return Tick(round(shown.at(day), 3), form(day), major)


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _mondays(shown: Window) -> Iterable[datetime]:
    day = _midnight(shown.start) + timedelta(days=7 - shown.start.weekday())
    while day < shown.end:
        yield day
        day += timedelta(days=7)


def _months(shown: Window) -> Iterable[datetime]:
    day = _midnight(shown.start).replace(day=1)
    while day < shown.end:
        if day > shown.start:
            yield day
        day = (day + timedelta(days=32)).replace(day=1)
