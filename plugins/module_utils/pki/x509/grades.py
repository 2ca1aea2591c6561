# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How urgent a certificate is, by the share of its lifetime that is left: the same scale for 47 days and for five years."""

import math
from datetime import datetime
from typing import NamedTuple

OK, DUE, ALARM, EXPIRED, UNREADABLE = "ok", "due", "alarm", "expired", "unreadable"

# The most urgent first; what cannot be read may have expired unseen.
GRADES = (EXPIRED, UNREADABLE, ALARM, DUE, OK)

DUE_SHARE = 1 / 3  # renew from here on
ALARM_SHARE = 1 / 6  # somebody should look: the renewal did not happen

DAY = 86400.0


class Left(NamedTuple):
    """What is left of a lifetime: whole days (negative after the end), and the share between 0 and 1."""

    days: int
    share: float


def left(not_before: datetime, not_after: datetime, now: datetime) -> Left:
    """Measure what is left at `now`; all three of one kind, aware or in UTC."""
    seconds = (not_after - now).total_seconds()
    life = (not_after - not_before).total_seconds()
    share = min(1.0, max(0.0, seconds / life)) if life > 0 else 0.0
    return Left(int(math.floor(seconds / DAY)), share)


def grade(not_before: datetime, not_after: datetime, now: datetime) -> str:
    """One of `ok`, `due` (a third or less is left), `alarm` (a sixth or less, or not valid yet) and `expired`.

    The last second of a certificate is the one that notAfter names (RFC 5280, 4.1.2.5).
    """
    if now > not_after:
        return EXPIRED
    if now < not_before:
        return ALARM
    share = left(not_before, not_after, now).share
    return ALARM if share <= ALARM_SHARE else DUE if share <= DUE_SHARE else OK


def worst(*grades: str) -> str:
    """The most urgent of several grades; `ok` if there is none."""
    return min(grades, key=GRADES.index) if grades else OK
