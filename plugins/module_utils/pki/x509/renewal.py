# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due: by the share of its lifetime that is left, so that 47 days and 5 years need no two rules."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Optional, Union

from ..errors import CertificateError
from . import grades
from .certificates import Facts

# How long before it is made a certificate begins, for clients whose clock is behind.
BACKDATED = timedelta(hours=1)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)


def due(facts: Facts, now: datetime, share: float = grades.DUE_SHARE) -> Optional[str]:
    """Why it has to be renewed at `now` (aware), None while more than `share` of its lifetime is left."""
    if now > facts.not_after:
        return "expired on %s" % facts.not_after.strftime("%Y-%m-%d")
    if facts.share_left(now) <= share:
        return "%d of %d days are left" % (facts.days_left(now), facts.days)
    return None


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
