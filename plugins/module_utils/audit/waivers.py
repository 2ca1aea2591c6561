# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules that fail and are accepted for a time: who says so, why, and until when."""

import datetime
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

from ..errors import PlanError
from .judge import Outcome
from .rule import FAIL, WAIVED

FORM = "%Y-%m-%d"


class Waiver(NamedTuple):
    """rule: an id. expires: its last day."""

    rule: str
    reason: str
    owner: str
    expires: datetime.date


def read(entries: Sequence[Mapping[str, Any]], known: Sequence[str]) -> List[Waiver]:
    """Read the waivers of a task. known: ids of rules. Raises PlanError for an unknown rule, one that is named twice, an empty reason or owner, and a
    date that is none."""
    found: List[Waiver] = []
    for one in entries:
        name = one["rule"]
        if name not in known:
            raise PlanError("waivers: there is no rule %r (momentum_audit_waivers in the playbook)" % name)
        if any(each.rule == name for each in found):
            raise PlanError("waivers: %s is waived twice; keep one entry" % name)
        for key in ("reason", "owner"):
            if not one[key].strip():
                raise PlanError("waivers: %s has no %s; say why it is accepted, and who answers for that" % (name, key))
        try:
            last = datetime.datetime.strptime(one["expires"], FORM).date()
        except ValueError:
            raise PlanError("waivers: %s: expires %r is no date; write it like 2027-03-31" % (name, one["expires"]))
        found.append(Waiver(name, one["reason"], one["owner"], last))
    return found


def applied(outcome: Outcome, waivers: Sequence[Waiver], today: datetime.date) -> Outcome:
    """Return what comes of a rule where a waiver accepts that it fails. One that has expired accepts nothing. What nobody knows cannot be waived."""
    found = waiver_of(outcome, waivers)
    return outcome._replace(status=WAIVED) if found is not None and found.expires >= today else outcome


def waiver_of(outcome: Outcome, waivers: Sequence[Waiver]) -> Optional[Waiver]:
    """Return the waiver of a rule that fails, expired or not."""
    if outcome.status not in (FAIL, WAIVED):
        return None
    return next((one for one in waivers if one.rule == outcome.rule.id), None)
