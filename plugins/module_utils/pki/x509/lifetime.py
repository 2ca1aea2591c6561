# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifetime of a certificate: how urgent it is by the share that is left, and which lifetimes can be requested.

Shares give one rule for 47 days and for five years.
"""

import math
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import NamedTuple, Union

from ..errors import CertificateError

OK, DUE, ALARM, EXPIRED, UNREADABLE = "ok", "due", "alarm", "expired", "unreadable"

# The most urgent first; what cannot be read may have expired unseen.
GRADES = (EXPIRED, UNREADABLE, ALARM, DUE, OK)

DUE_SHARE = 1 / 3  # renew from here on
ALARM_SHARE = 1 / 6  # somebody should look: the renewal did not happen

DAY = 86400.0

# How long before it is made a certificate begins, for clients whose clock is behind.
BACKDATED = timedelta(hours=1)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)


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


def refuse_days(days: int, now: datetime) -> None:
    """Raise CertificateError for a lifetime that no certificate can have. now: aware, UTC."""
    most = (_LAST - now).days
    if not 1 <= days <= most:
        raise CertificateError(
            "days is %d, but a certificate lives for a day at least and ends in the year 9999 at the latest (RFC 5280, 4.1.2.5); "
            "set days to between 1 and %d" % (days, most)
        )


def refuse_endless(days: int, share: float) -> None:
    """Raise CertificateError where a certificate would be due as soon as it is made: it begins before it is made, so that less
    than its whole lifetime is left from the start."""
    life = timedelta(days=days)
    if share >= life / (life + BACKDATED):
        raise CertificateError(
            "renew_at %.4g of %d days makes a certificate due as soon as it is made; set a smaller share"
            % (share, days)
        )


def share_of(value: Union[str, float]) -> float:
    """A share written as 0.33, `1/3` or `33%`. Raises CertificateError unless it lies between 0 and 1."""
    text = str(value).strip()
    try:
        number = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if not 0 < number < 1:
        raise CertificateError("renew_at %r is no share between 0 and 1, such as '1/3'" % text)
    return float(number)
