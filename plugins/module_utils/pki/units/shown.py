# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How plans are shown: as facts, never as keys."""

from datetime import datetime
from typing import Any, Dict, List, Optional

from ..x509 import chain as chains
from ..x509 import judge, names, requests
from ..x509.certificates import Facts
from . import layout
from .layout import Edit
from .make import Made
from .plan import Outcome
from .reasons import KEPT, REQUESTED


def unit(outcome: Outcome, made: Optional[Made], written: List[Edit], now: datetime) -> Dict[str, Any]:
    """The result for one unit. What has yet to be made (check mode) has no fingerprint, end or request."""
    leaf = _shown_leaf(outcome, made)
    days, share, end = outcome.unit.days, 1.0, ""
    if leaf is not None:
        days, share, end = leaf.days_left(now), round(leaf.share_left(now), 4), _moment(leaf.not_after)
    elif outcome.state == REQUESTED:
        days, share = 0, 0.0
    request = (made.request if made else outcome.request).decode("ascii") if outcome.state == REQUESTED else ""
    return {
        "name": outcome.unit.name,
        "state": outcome.state,
        "reason": outcome.reason,
        "common_name": outcome.wish.common_name,
        "names": list(outcome.wish.names),
        "usages": list(outcome.wish.usages),
        "key_type": outcome.kind,
        "days": outcome.unit.days,
        "fingerprint": leaf.fingerprint if leaf is not None else "",
        "not_after": end,
        "days_left": days,
        "share_left": share,
        "request": request,
        "files": [edit.path for edit in written],
    }


def warnings(outcome: Outcome, nodename: str, now: datetime) -> List[str]:
    """What a person should look at, though it is no error."""
    if outcome.pair is None:
        return []
    leaf, unit = outcome.pair.leaf, outcome.unit
    found = judge.validity(leaf, now) if now < leaf.not_before else []
    # One that is written was judged before; what other programs wrote is kept, and may be of no use.
    found += judge.lapsed(outcome.pair.chain, now) + chains.problems(leaf, outcome.pair.chain)
    undeclared = unit.source == "provided" and not unit.names and not unit.common_name
    if undeclared and not (names.is_host(nodename) and names.covers(leaf.names, nodename)):
        found.append(
            "the provided certificate (%s) does not name this node (%s); list the names that clients use in names"
            % (", ".join(leaf.names), nodename)
        )
    return ["certificate %s: %s" % (unit.name, words) for words in found]


def difference(outcome: Outcome, written: List[Edit]) -> Dict[str, str]:
    """What changes, in words that are the same in check mode and in a run: nothing random, no moment, no key."""
    found = outcome.found
    title = "certificate %s (%s)" % (outcome.unit.name, outcome.unit.certificate)
    before = [_line(path, stored) for path, stored in found.files.items() if stored is not None]
    if found.leaf is not None:
        before = _facts(found.leaf) + before
    return {
        "before_header": title,
        "after_header": "%s: %s, %s" % (title, outcome.state, outcome.reason),
        "before": _text(before),
        "after": _text(_after(outcome, before, written)),
    }


def _after(outcome: Outcome, before: List[str], written: List[Edit]) -> List[str]:
    if outcome.state == REQUESTED:
        return before + ["request: %s" % ("waits for its certificate" if outcome.request else "new")]
    if outcome.pair is not None:
        lines = _facts(outcome.pair.leaf)
        attributes = layout.summary(written)
    else:
        lines = _wish(outcome)
        attributes = {}
    untouched = [
        _line(path, stored) for path, stored in outcome.found.files.items() if stored and path not in attributes
    ]
    return lines + untouched + ["file %s: %s" % item for item in attributes.items()]


def _facts(leaf: Facts) -> List[str]:
    return [
        "subject: %s" % leaf.subject,
        "names: %s" % ", ".join(leaf.names),
        "issuer: %s" % ("self-signed" if leaf.self_signed else leaf.issuer),
        "key: %s" % leaf.kind,
        "usages: %s" % ", ".join(leaf.usages or ("any",)),
        "days: %d" % leaf.days,
        "fingerprint: %s" % leaf.fingerprint,
    ]


def _wish(outcome: Outcome) -> List[str]:
    return [
        "subject: %s" % requests.subject(outcome.wish).rfc4514_string(),
        "names: %s" % ", ".join(outcome.wish.names),
        "issuer: self-signed",
        "key: %s" % outcome.kind,
        "usages: %s" % ", ".join(outcome.wish.usages),
        "days: %d" % outcome.unit.days,
        "fingerprint: new",
    ]


def _line(path: str, stored: Any) -> str:
    return "file %s: %d:%d %04o" % (path, stored.owner, stored.group, stored.mode)


def _text(lines: List[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _shown_leaf(outcome: Outcome, made: Optional[Made]) -> Optional[Facts]:
    """The certificate that is in place after the run; in check mode the one to be made is not known."""
    if made is not None and made.pair is not None:
        return made.pair.leaf
    if outcome.pair is not None:
        return outcome.pair.leaf
    return outcome.found.leaf if outcome.state in (KEPT, REQUESTED) else None


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
