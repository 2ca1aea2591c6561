# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in a cluster and who holds which DuraVIP, in the words of a node's console.

Pure. The forms are those of the sample outputs of `cluster membership` and `cluster duravip show` (page *cluster*); lines that
those do not have, and names and addresses that are none, are passed over.
"""

import re
from typing import Any, Callable, List, NamedTuple, Sequence

from ..errors import PlanError
from ..host.program import lines
from ..text import grammar

_ADDRESS = re.compile(r"([0-9A-Fa-f.:]+)((?:/[^/() \t]+)*): \(([a-z]+),([a-z]+)\)")
_NODE = re.compile(r"[ \t]*(\*?)[ \t]+([^ \t\[]+) [a-z]+$")


class DuraVip(NamedTuple):
    """An address of the cluster; `labels` are what it is for, `owners` the nodes with an asterisk, `safe` the console's word."""

    address: str
    labels: List[str]
    state: str
    safe: bool
    owners: List[str]

    @property
    def settled(self) -> bool:
        """Whether exactly one node holds it, and nothing is on its way."""
        return self.safe and len(self.owners) == 1


class View(NamedTuple):
    """What a node sees: its own name, the nodes of the cluster (managers left out), the DuraVIPs."""

    nodename: str
    members: List[str]
    addresses: List[DuraVip]

    @property
    def held(self) -> List[str]:
        """The addresses that this node holds."""
        return [one.address for one in self.addresses if has(one.owners, self.nodename)]


class Demand(NamedTuple):
    """What a view must show: nodes that must be members, addresses that this node must hold, that it must hold none, that
    every address is with one owner."""

    members: Sequence[str] = ()
    holds: Sequence[str] = ()
    released: bool = False
    settled: bool = False


def members_in(text: str) -> List[str]:
    """The names of the nodes in `cluster membership`, in order of the alphabet."""
    pairs = [line.partition(":") for line in lines(text)]
    names = [value.strip() for name, _colon, value in pairs if name.strip().lower() == "node name"]
    return sorted(name for name in names if is_one(grammar.node_name, name))


def is_one(kind: Callable[[str, Any], str], text: str) -> bool:
    """Whether a text is of a kind; one that is not has no place in a view, because it would become part of commands."""
    try:
        return bool(kind("", text))
    except PlanError:
        return False


def addresses_in(text: str) -> List[DuraVip]:
    """The DuraVIPs in `cluster duravip show`."""
    found: List[DuraVip] = []
    for line in lines(text):
        head = _ADDRESS.match(line)
        if head and is_one(grammar.address, head.group(1)):
            labels = [label for label in head.group(2).split("/") if label]
            found.append(DuraVip(head.group(1), labels, head.group(3), head.group(4) == "safe", []))
        elif found:
            node = _NODE.match(line)
            if node and node.group(1) and is_one(grammar.node_name, node.group(2)):
                found[-1].owners.append(node.group(2))
    return found


def has(names: Sequence[str], name: str) -> bool:
    """Whether a name of a node is among others; host names have no case."""
    return name.lower() in [one.lower() for one in names]


def unmet(view: View, demand: Demand) -> List[str]:
    """What of a demand does not hold, in words; empty if all does."""
    missing = [name for name in demand.members if not has(view.members, name)]
    words = ["%s is not in the view of %s" % (name, view.nodename or "this node") for name in missing]
    words += ["%s does not hold %s" % (view.nodename, one) for one in demand.holds if one not in view.held]
    if demand.released:
        words += ["%s still holds %s" % (view.nodename, one) for one in view.held]
    if demand.settled:
        unsettled = [one for one in view.addresses if not one.settled]
        words += [
            "%s is not settled: %s" % (one.address, ", ".join(one.owners) or "nobody holds it") for one in unsettled
        ]
    return words


def spread(addresses: Sequence[str], nodes: Sequence[str]) -> List[List[str]]:
    """Pairs of address and node that take turns, so that no node gets all. Raises PlanError without a node."""
    if addresses and not nodes:
        raise PlanError("no other node could hold %s; name one in the option 'to'" % ", ".join(addresses))
    return [[address, nodes[index % len(nodes)]] for index, address in enumerate(sorted(addresses))]
