# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due: by the share of its lifetime that is left, so that 47 days and 5 years need no two rules."""

from datetime import datetime
from fractions import Fraction
from typing import Optional, Union

from . import grades
from .certificates import Facts
from .errors import CertificateError


def due(facts: Facts, now: datetime, share: float = grades.DUE_SHARE) -> Optional[str]:
    """Why it has to be renewed at `now` (aware), None while more than `share` of its lifetime is left."""
    if now > facts.not_after:
        return "expired on %s" % facts.not_after.strftime("%Y-%m-%d")
    if facts.share_left(now) <= share:
        return "%d of %d days are left" % (facts.days_left(now), facts.days)
    return None


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
