# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a licence, as data for a result. Nothing of its content is among it."""

import datetime
from typing import Any, Callable, Dict, List, Optional

from ..ecconf.effective import Effective
from ..host.accounts import group_name, user_name
from ..host.program import Run
from ..node_options import Node
from ..state import deployed_license
from . import judge, tools
from .current import CurrentLicense, current


def report(
    node: Node,
    effective: Effective,
    expires: str,
    today: datetime.date,
    paniclog: Optional[Callable[[], str]],
    run: Run = tools.run,
) -> Dict[str, Any]:
    """Return what is known. expires: its last day, or ''. paniclog: has the daemon repeat its last messages; None where the node's tools are not
    to be asked. Raises PlanError for a date that is none, and what `deployed_license.deployed` raises."""
    now = current(effective, node.prefix)
    last, recorded = judge.day_of(expires), deployed_license.deployed(node.state_dir)
    owner, group, mode = ("", "", "") if now.attributes is None else _words(*now.attributes)
    found = {
        "path": now.path,
        "present": now.is_present,
        "owner": owner,
        "group": group,
        "mode": mode,
        "problems": problems(now),
        "sha256": now.digest,
        "deployed": "" if recorded.put_back and recorded.put_back == now.digest else recorded.digest,
        "days_left": None if last is None else (last - today).days,
        "validity": tools.UNKNOWN,
        "said": "",
        "binding": tools.UNKNOWN,
        "fips": tools.UNKNOWN,
    }
    return found if paniclog is None else dict(found, **_said(node.prefix, now, tools.logged(paniclog()), run))


def problems(now: CurrentLicense) -> List[str]:
    """Return what is wrong with a licence, in words."""
    found = ["it %s" % now.flaw] if now.flaw else []
    found += ["the daemon's user cannot read it: %s" % now.closed] if now.closed else []
    return found + (["others than its owner may write it"] if now.is_open_to_others else [])


def _words(owner: int, group: int, mode: int) -> List[str]:
    return [user_name(owner), group_name(group), "%04o" % mode]


def _said(prefix: str, now: CurrentLicense, logged: tools.Logged, run: Run) -> Dict[str, Any]:
    """What ec_lic says of the licence on disk, what the daemon has said of the one that it validated, and what OpenSSL permits. ec_lic takes
    precedence, because it looks now."""
    said = tools.ask(prefix, now.path, run) if now.is_present else tools.Said(tools.UNKNOWN)
    by_daemon = said.validity == tools.UNKNOWN and now.is_present
    return {
        "validity": logged.validity if by_daemon else said.validity,
        "said": logged.words or said.words if by_daemon else said.words,
        "binding": logged.binding or tools.UNKNOWN,
        "fips": tools.fips(run),
    }
