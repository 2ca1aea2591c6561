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
from .plan import UnitPlan
from .reasons import KEPT, REQUESTED
from .unit import AUTHORITY


def unit(planned: UnitPlan, made: Optional[Made], written: List[Edit], now: datetime) -> Dict[str, Any]:
    """The result for one unit. What has yet to be made (check mode) has no fingerprint, end or request."""
    leaf = _shown_leaf(planned, made)
    days, share, end = planned.unit.days, 1.0, ""
    if leaf is not None:
        days, share, end = leaf.days_left(now), round(leaf.share_left(now), 4), _moment(leaf.not_after)
    elif planned.state == REQUESTED:
        days, share = 0, 0.0
    request = (made.request if made else planned.request).decode("ascii") if planned.state == REQUESTED else ""
    return {
        "name": planned.unit.name,
        "state": planned.state,
        "reason": planned.reason,
        "common_name": planned.desired.common_name,
        "names": list(planned.desired.names),
        "usages": list(planned.desired.usages),
        "key_type": planned.kind,
        "days": planned.unit.days,
        "fingerprint": leaf.fingerprint if leaf is not None else "",
        "not_after": end,
        "days_left": days,
        "share_left": share,
        "request": request,
        "files": [edit.path for edit in written],
    }


def warnings(planned: UnitPlan, nodename: str, now: datetime) -> List[str]:
    """What a person should look at, though it is no error."""
    if planned.pair is None:
        return []
    leaf, unit = planned.pair.leaf, planned.unit
    found = judge.validity(leaf, now) if now < leaf.not_before else []
    # One that is written was judged before; what other programs wrote is kept, and may be of no use.
    found += judge.lapsed(planned.pair.chain, now) + chains.problems(leaf, planned.pair.chain)
    undeclared = unit.source == "provided" and not unit.names and not unit.common_name
    if undeclared and not (names.is_host(nodename) and names.covers(leaf.names, nodename)):
        found.append(
            "the provided certificate (%s) does not name this node (%s); list the names that clients use in names"
            % (", ".join(leaf.names), nodename)
        )
    return ["certificate %s: %s" % (unit.name, words) for words in found]


def difference(planned: UnitPlan, written: List[Edit]) -> Dict[str, str]:
    """What changes, in words that are the same in check mode and in a run: nothing random, no moment, no key."""
    found = planned.found
    title = "certificate %s (%s)" % (planned.unit.name, planned.unit.certificate)
    before = [_line(path, stored) for path, stored in found.files.items() if stored is not None]
    if found.leaf is not None:
        before = _facts(found.leaf) + before
    return {
        "before_header": title,
        "after_header": "%s: %s, %s" % (title, planned.state, planned.reason),
        "before": _text(before),
        "after": _text(_after(planned, before, written)),
    }


def _after(planned: UnitPlan, before: List[str], written: List[Edit]) -> List[str]:
    if planned.state == REQUESTED:
        return before + ["request: %s" % ("waits for its certificate" if planned.request else "new")]
    if planned.pair is not None and not _is_signed_within_the_task(planned):
        lines = _facts(planned.pair.leaf)
        attributes = layout.summary(written)
    else:
        lines = _desired(planned)
        attributes = {}
    untouched = [
        _line(path, stored) for path, stored in planned.found.files.items() if stored and path not in attributes
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


def _is_signed_within_the_task(planned: UnitPlan) -> bool:
    """Whether check mode, which signs nothing, could not know the certificate."""
    return planned.unit.source == AUTHORITY and bool(planned.unit.signed.strip()) and planned.state != KEPT


def _desired(planned: UnitPlan) -> List[str]:
    return [
        "subject: %s" % requests.subject(planned.desired).rfc4514_string(),
        "names: %s" % ", ".join(planned.desired.names),
        "issuer: %s" % ("the authority" if planned.unit.source == AUTHORITY else "self-signed"),
        "key: %s" % planned.kind,
        "usages: %s" % ", ".join(planned.desired.usages),
        "days: %d" % planned.unit.days,
        "fingerprint: new",
    ]


def _line(path: str, stored: Any) -> str:
    return "file %s: %d:%d %04o" % (path, stored.owner, stored.group, stored.mode)


def _text(lines: List[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _shown_leaf(planned: UnitPlan, made: Optional[Made]) -> Optional[Facts]:
    """The certificate that is in place after the run; in check mode the one to be made is not known."""
    if made is not None and made.pair is not None:
        return made.pair.leaf
    if planned.pair is not None:
        return planned.pair.leaf
    return planned.found.leaf if planned.state in (KEPT, REQUESTED) else None


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
