# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and certificates."""

from datetime import datetime, timezone
from typing import Any, Dict, List

from ..errors import assumption
from ..host import accounts
from ..pki.errors import CertificateError
from ..pki.units import manage
from ..pki.units.current import CurrentPair, Places
from ..pki.units.current import current as current_pair
from ..pki.units.unit import Accounts, units_of
from ..planned import Planned
from ..task import Task


def unknown_accounts(units: List[Dict[str, Any]]) -> List[str]:
    """The accounts that the units name and the node does not have, in warnings of check mode: an earlier task may create them."""
    looks = (("owner", "user", accounts.user_id), ("group", "group", accounts.group_id))
    return [
        assumption(
            "certificate %s: there is no %s %r on the node; create it first" % (unit["name"], word, unit[option])
        )
        for unit in units
        for option, word, look in looks
        if unit[option] and look(unit[option]) is None
    ]


def current(places: Places) -> CurrentPair:
    """Return what the node has of a pair of key and certificate. Raises UnsafePath, OSError."""
    return current_pair(places, manage.look)


def plan(task: Task) -> Planned:
    """Plan every unit, then carry all plans out in one transaction."""
    if task.params.get("authority"):
        raise CertificateError(
            "authority was sent to the node; call the module by its full name, msys.momentum.%s"
            % ("node" if task.is_part else "certificate")
        )
    lookups = Accounts(accounts.user_id, accounts.group_id, must_exist=not task.check_mode)
    units = units_of(task.params["units"], lookups)
    for words in unknown_accounts(task.params["units"]) if task.check_mode else []:
        task.warn(words)
    node = manage.Node(task.node.prefix, task.node.state_dir, task.node.nodename)
    if task.handover is not None:
        node = node._replace(becomes=task.handover.becomes)
    whole = manage.plan_changes(units, node, datetime.now(timezone.utc), task.check_mode, task.is_part)
    for words in whole.result.pop("warnings"):
        task.warn(words)
    return whole
