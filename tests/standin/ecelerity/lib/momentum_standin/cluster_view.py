# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds which DuraVIP: pure functions, the same on every node.

Nobody votes: every node computes the same owner from the same members. The documentation names the preference, and that the
next best node takes over; which one that is, is the stand-in's own rule (the smallest MD5 of address and name)."""

import hashlib
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

NODE, MANAGER = "Momentum", "Manager"  # node types of the page "cluster"


class Member(NamedTuple):
    """A live process. peer: its name in msgc_server.conf. address: of its ECCluster_Listener. leaving: it stops. owned: the
    DuraVIPs on its interfaces. unable: those that it could not plumb."""

    name: str
    peer: str
    kind: str
    version: str
    address: str
    leaving: bool
    owned: FrozenSet[str]
    unable: FrozenSet[str]


class View(NamedTuple):
    """What `cluster duravip move` has ordered: address to node. Of two views the one with the higher serial holds."""

    serial: Tuple[int, str]
    moves: Dict[str, str]


class DuraVip(NamedTuple):
    """An address, what it is for, which nodes are preferred, and the address that it follows ('' for none)."""

    address: str
    labels: List[str]
    preference: List[str]
    follows: str


class Actions(NamedTuple):
    """What this node has to do now."""

    take: List[str]
    release: List[str]


def elect(vip: DuraVip, members: Dict[str, Member], moves: Dict[str, str], vips: Dict[str, DuraVip]) -> Optional[str]:
    """The node that should hold an address; None when no node can."""
    followed = vips.get(vip.follows)
    if followed is not None and followed.address != vip.address:
        return elect(followed._replace(follows=""), members, moves, vips)
    able = [
        name for name, one in members.items() if one.kind == NODE and not one.leaving and vip.address not in one.unable
    ]
    requested = [moves.get(vip.address, "")] + vip.preference
    return next((name for name in requested if name in able), None) or min(
        able, key=lambda name: _rank(vip.address, name), default=None
    )


def _rank(address: str, name: str) -> str:
    return hashlib.md5(("%s %s" % (address, name)).encode()).hexdigest()


def decide(
    me: str, vips: Dict[str, DuraVip], members: Dict[str, Member], moves: Dict[str, str], stable: bool, mature: bool
) -> Actions:
    """What a node takes and gives away. An address moves by being on both nodes for a moment: it is released when the next owner
    says that it has it. settled: this node has seen a mature view before. mature: the view has not changed lately; a running
    owner is relieved of an address only then."""
    mine = members[me]
    take, release = [], sorted(mine.owned - set(vips))
    for address, vip in sorted(vips.items()):
        chosen = elect(vip, members, moves, vips)
        others = [one for one in members.values() if one.name != me and address in one.owned]
        if chosen == me and address not in mine.owned:
            if mature or (stable and all(one.leaving for one in others)):
                take.append(address)
        elif chosen != me and address in mine.owned and chosen in [one.name for one in others]:
            release.append(address)
    return Actions(take, release)
