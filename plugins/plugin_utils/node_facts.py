# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a node that take the place of variables of the inventory.

Any module may return `ansible_facts`, and so may whatever a node runs in its place. Unless `inject_facts_as_vars` is off, each
of them becomes a variable that takes precedence over the inventory and over defaults of roles. Neither a role nor a plugin can
read the inventory beneath.
"""

from typing import Any, Iterable, List, Mapping

from ..module_utils.errors import MomentumError

# Variables of this collection, and where the inventory is, to which relative paths on the controller are relative.
PREFIXES = ("momentum_", "inventory_")


class NodeFactsError(MomentumError):
    """Facts of a node have names that only the inventory may give; the message names the node and the facts."""


def refuse(hostvars: Mapping[str, Any], hosts: Iterable[str]) -> None:
    """Raise NodeFactsError if facts of one of the hosts take the place of variables of this collection.

    To be called immediately before something is signed for a node, a file of the controller is sent to it or written for it, and
    before variables of one host are used for another.
    """
    for host in hosts:
        facts = (hostvars[host] if host in hostvars else {}).get("ansible_facts") or {}
        found: List[str] = sorted(str(name) for name in facts if str(name).startswith(PREFIXES))
        if found:
            raise NodeFactsError(
                "%s: its facts hold %s, which would take the place of variables of the inventory. Nothing is signed for it, "
                "sent to it or taken from it. Find out whether a task of yours has set them (set_fact with cacheable), or the "
                "node has; then set inject_facts_as_vars = False in ansible.cfg and clear the fact cache (--flush-cache)."
                % (host, ", ".join(map(ascii, found[:5])) + (" and others" if found[5:] else ""))
            )
