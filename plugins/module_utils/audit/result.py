# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of an audit, as data: the result of the module, which reports are made of."""

import datetime
from typing import Any, Dict, List, Mapping, Sequence

from ..redaction.redaction import mask_text
from .judge import Outcome
from .rule import FAIL, NOT_APPLICABLE, PASS, SEVERITIES, UNKNOWN, WAIVED, Seen
from .waivers import FORM, Waiver, waiver_of

# What is reported: a change that takes something away, or gives it another meaning, has another number.
SCHEMA = "1"
STATUSES = (FAIL, UNKNOWN, WAIVED, PASS, NOT_APPLICABLE)


def as_data(found: Sequence[Outcome], waivers: Sequence[Waiver], today: datetime.date) -> List[Dict[str, Any]]:
    """Return rules with what came of them: what fails first, the gravest first."""
    order = sorted(found, key=_urgency)
    return [_of_rule(one, waivers, today) for one in order]


def _urgency(one: Outcome) -> Any:
    return STATUSES.index(one.status), SEVERITIES.index(one.rule.severity), one.rule.id


def _of_rule(one: Outcome, waivers: Sequence[Waiver], today: datetime.date) -> Dict[str, Any]:
    rule, waiver = one.rule, waiver_of(one, waivers)
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "status": one.status,
        "because": one.because,
        "evidence": [_of_seen(each) for each in one.seen],
        "left_out": dict(one.more),
        "why": rule.why,
        "remedy": rule.remedy,
        "references": list(rule.references),
        "waiver": {} if waiver is None else _of_waiver(waiver, today),
    }


def _of_seen(one: Seen) -> Dict[str, Any]:
    return dict(one._asdict(), what=mask_text(one.what), remedy=mask_text(one.remedy))


def _of_waiver(one: Waiver, today: datetime.date) -> Dict[str, Any]:
    return dict(one._asdict(), expires=one.expires.strftime(FORM), expired=one.expires < today)


def counts(found: Sequence[Outcome]) -> Dict[str, Any]:
    """Return how many rules there are of each status, and how many fail of each severity."""
    by_status = {status: sum(one.status == status for one in found) for status in STATUSES}
    failed = [one.rule.severity for one in found if one.status == FAIL]
    return dict(by_status, failed_by_severity={severity: failed.count(severity) for severity in SEVERITIES})


def grave(found: Sequence[Outcome], limit: str, unknown: bool) -> List[str]:
    """Return the ids of rules that fail with at least a severity; none for 'never'. unknown: with those that nobody could look at."""
    severities = () if limit == "never" else SEVERITIES[: SEVERITIES.index(limit) + 1]
    statuses = (FAIL, UNKNOWN) if unknown else (FAIL,)
    return [
        one.rule.id for one in sorted(found, key=_urgency) if one.status in statuses and one.rule.severity in severities
    ]


def summary(rules: Sequence[Mapping[str, Any]], tally: Mapping[str, Any]) -> List[str]:
    """Return a line with all numbers, one for each rule that fails, and one for all that nobody could look at. rules: of as_data."""
    words = (
        "%(pass)d passed, %(fail)d failed, %(unknown)d unknown, %(waived)d waived, %(not_applicable)d not applicable"
    )
    lines = [words % tally]
    for one in rules:
        if one["status"] == FAIL:
            first = next(each for each in one["evidence"] if each["status"] == FAIL)
            place = " (%s%s)" % (first["file"], ":%d" % first["line"] if first["line"] else "") if first["file"] else ""
            more = sum(each["status"] == FAIL for each in one["evidence"]) - 1 + one["left_out"].get(FAIL, 0)
            rest = ", and %d more" % more if more else ""
            lines.append("%s %s: %s: %s%s%s" % (one["id"], one["severity"], one["title"], first["what"], place, rest))
    unknown = [one["id"] for one in rules if one["status"] == UNKNOWN]
    return lines + (["unknown, which is no pass: %s" % ", ".join(unknown)] if unknown else [])
