# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule over one node."""

from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .evidence import CouldNotLook, Evidence
from .rule import DECLARED, FAIL, NOT_APPLICABLE, STATUSES, UNKNOWN, Rule, Seen

LONGEST = 50  # things seen that a result keeps of each status of a rule; the rest is counted


class Outcome(NamedTuple):
    """What came of a rule. because: why it does not apply; empty else. more: how many things were seen beside those in seen, by status."""

    rule: Rule
    status: str
    seen: Tuple[Seen, ...] = ()
    because: str = ""
    more: Tuple[Tuple[str, int], ...] = ()


def outcomes(rules: Sequence[Rule], evidence: Evidence) -> List[Outcome]:
    """Return what comes of each rule, in their order."""
    return [outcome(rule, evidence) for rule in rules]


def outcome(rule: Rule, evidence: Evidence) -> Outcome:
    """Return what comes of a rule. Whatever goes wrong in it is something that nobody can tell, never a pass and never the end of the audit."""
    against = rule.applies.reason_against(evidence.host)
    if against:
        return Outcome(rule, NOT_APPLICABLE, (), against)
    seen = list(_seen(rule, evidence))
    doubt = _of_incomplete_configuration(rule, evidence) if not any(one.status == FAIL for one in seen) else None
    seen += [doubt] if doubt is not None else []
    if not seen:
        return Outcome(rule, NOT_APPLICABLE, (), "the node has nothing that it is about")
    status = min((one.status for one in seen), key=STATUSES.index)
    kept, more = _bounded(seen)
    return Outcome(rule, status, kept, "", more)


def _seen(rule: Rule, evidence: Evidence) -> Iterator[Seen]:
    try:
        yield from rule.check(evidence)
    except CouldNotLook as error:
        yield Seen(UNKNOWN, rule.layers[0], str(error))
    except Exception as error:
        yield Seen(UNKNOWN, rule.layers[0], "the rule itself failed: %s: %s" % (type(error).__name__, error))


def _of_incomplete_configuration(rule: Rule, evidence: Evidence) -> Optional[Seen]:
    """A doubt about every rule on what is declared, where a part of the configuration cannot be read."""
    if DECLARED not in rule.layers:
        return None
    try:
        problems = evidence.configuration().problems
    except CouldNotLook:
        return None  # the rule has said so where it needs it
    if not problems:
        return None
    first, more = problems[0], " (and %d more)" % (len(problems) - 1) if len(problems) > 1 else ""
    what = "a part of the configuration is not known: %s%s" % (first.message, more)
    return Seen(UNKNOWN, DECLARED, what, first.file or first.path, first.line)


def _bounded(seen: Sequence[Seen]) -> Tuple[Tuple[Seen, ...], Tuple[Tuple[str, int], ...]]:
    """The first things seen of each status, the worst status first, and how many more there are."""
    kept: List[Seen] = []
    more = []
    for status in STATUSES:
        alike = [one for one in seen if one.status == status]
        kept += alike[:LONGEST]
        more += [(status, len(alike) - LONGEST)] if len(alike) > LONGEST else []
    return tuple(kept), tuple(more)
