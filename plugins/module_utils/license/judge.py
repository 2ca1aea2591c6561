# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a daemon that stops could start again with its licence. Pure: what is known comes in, words come out.

Page *Preparing the System* (3.x): Momentum validates its licence when it starts. One that is invalid, or ends in less than a week, it
tries to fetch anew over HTTP; where that fails it does not start. A running daemon validates it every 15 minutes, and ends once it has expired.
"""

import datetime
from typing import List, NamedTuple, Optional

from ..errors import PlanError
from .current import CurrentLicense
from .tools import UNCONFIRMED, Said

NONE, READABLE, VALID = REQUIREMENTS = ("none", "readable", "valid")
WEEK = 7  # days; a licence that ends sooner is not enough to start with
_RENEW = (
    "get a new one from the vendor and deploy it (msys.momentum.license, momentum_license in the roles), or run ec_lic -f "
    "on the node"
)
_OVERRIDE = "license.require: none (momentum_license_require in the roles) overrides this"


class DesiredLicense(NamedTuple):
    """What is required of a licence. require: none, readable (it is there, the daemon can read it, and it is not known to end), or valid
    (ec_lic says so as well). expires: its last day as YYYY-MM-DD, which the vendor tells and the file does not; '' where it is not known.
    warn_days: from how many days before that on a warning is due. is_announced: whether an earlier task of the same run puts a
    licence there, so that check mode must not miss it."""

    require: str = READABLE
    expires: str = ""
    warn_days: int = 30
    is_announced: bool = False


class Judgement(NamedTuple):
    """refusal: why a daemon that stops could not start again, with the remedy; '' where nothing is known against it. warnings: what
    will become a refusal, or may. days_left: until the last day; None where that is not known, negative for one that has expired."""

    refusal: str = ""
    warnings: List[str] = []
    days_left: Optional[int] = None


def day_of(text: str) -> Optional[datetime.date]:
    """Return the last day of a licence; None for an empty text. Raises PlanError for what is no date."""
    if not text:
        return None
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise PlanError(
            "license.expires: %r is no date; write the last day of the licence as YYYY-MM-DD, or leave it out "
            "(momentum_license_expires in the roles)" % text
        )


def judge(now: CurrentLicense, desired: DesiredLicense, today: datetime.date, said: Optional[Said] = None) -> Judgement:
    """Judge a licence. said: what ec_lic has said of it, None where it was not asked. Raises PlanError for a date that is none."""
    last = day_of(desired.expires)
    left = None if last is None else (last - today).days
    if desired.require == NONE:
        return Judgement(days_left=left)
    reason = _missing(now, desired) or _ending(now, desired.expires, left) or _unconfirmed(now, desired, said)
    return Judgement("%s; %s" % (reason, _OVERRIDE) if reason else "", _warnings(now, desired, left), left)


def _missing(now: CurrentLicense, desired: DesiredLicense) -> str:
    """Why there is nothing that the daemon could validate; '' where an earlier task is about to put it there."""
    if desired.is_announced:
        return ""
    if now.flaw:
        return "no licence: %s %s, and without one the daemon starts only if it can fetch one; %s" % (
            now.path,
            now.flaw,
            _RENEW,
        )
    if now.closed:
        return "the daemon's user cannot read its licence %s (%s); give the file to its group with mode 0640" % (
            now.path,
            now.closed,
        )
    return ""


def _ending(now: CurrentLicense, expires: str, left: Optional[int]) -> str:
    if left is None or left >= WEEK:
        return ""
    when = "expired on %s" % expires if left < 0 else "ends on %s, in less than a week" % expires
    return (
        "the licence %s %s (license.expires), and the daemon starts only if it can fetch another; %s, and give its date"
        % (
            now.path,
            when,
            _RENEW,
        )
    )


def _unconfirmed(now: CurrentLicense, desired: DesiredLicense, said: Optional[Said]) -> str:
    if desired.require != VALID or desired.is_announced or said is None or said.validity != UNCONFIRMED:
        return ""
    return "ec_lic does not confirm the licence %s (%s); %s" % (now.path, said.words, _RENEW)


def _warnings(now: CurrentLicense, desired: DesiredLicense, left: Optional[int]) -> List[str]:
    found = []
    if left is not None and WEEK <= left < desired.warn_days:
        found.append("the licence %s ends on %s, in %d days; %s" % (now.path, desired.expires, left, _RENEW))
    if now.is_open_to_others and not desired.is_announced:
        found.append(
            "others than its owner may write the licence %s, which any change invalidates; give it mode 0640" % now.path
        )
    return found
