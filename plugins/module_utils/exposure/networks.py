# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges of addresses as numbers: how much of the Internet some networks hold together.

A family is open to the world where at least half of its public addresses are let in: `0.0.0.0/0`, but also `0.0.0.0/1` with `128.0.0.0/1`, or every
block but the private ones.
"""

import ipaddress
from bisect import bisect_left
from functools import lru_cache
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

Range = Tuple[int, int]  # first and last address
FAMILIES = (4, 6)
LAST = {4: 2**32 - 1, 6: 2**128 - 1}
# Where clients of the Internet are: IPv4 but for what RFC 6890 and RFC 5771 reserve, and 2000::/3 (RFC 4291).
_RESERVED = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 "
    "198.18.0.0/15 224.0.0.0/3"
).split()
_GLOBAL = "2000::/3"


class Network(NamedTuple):
    """family: 4 or 6."""

    family: int
    first: int
    last: int


class Piece(NamedTuple):
    """A range that belongs to one scope; None: to none."""

    first: int
    last: int
    scope: Any


@lru_cache(maxsize=4096)
def network(text: str) -> Optional[Network]:
    """Return the network of an address or a CIDR range, IPv6 with or without brackets; None for what is neither."""
    try:
        found = ipaddress.ip_network(text.strip().strip("[]"), strict=False)
    except ValueError:
        return None
    return Network(found.version, int(found.network_address), int(found.broadcast_address))


def merged(ranges: Iterable[Range]) -> List[Range]:
    """Return ranges in order, those that touch or overlap as one."""
    result: List[Range] = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def within(ranges: Sequence[Range], first: int, last: int) -> List[Range]:
    """Return what merged ranges have between two addresses."""
    at = max(0, bisect_left(ranges, (first, first)) - 1)
    found = []
    while at < len(ranges) and ranges[at][0] <= last:
        one, other = ranges[at]
        if other >= first:
            found.append((max(one, first), min(other, last)))
        at += 1
    return found


@lru_cache(maxsize=None)
def public(family: int) -> Tuple[Range, ...]:
    """Return the public addresses of a family."""
    if family == 6:
        only = network(_GLOBAL)
        return () if only is None else ((only.first, only.last),)
    found, at = [], 0
    for first, last in merged([one[1:] for one in map(network, _RESERVED) if one is not None]):
        found += [(at, first - 1)] if at < first else []
        at = last + 1
    return tuple(found)


def size(ranges: Iterable[Range]) -> int:
    """Return how many addresses ranges have that do not overlap."""
    return sum(last - first + 1 for first, last in ranges)


def public_size(family: int, ranges: Sequence[Range]) -> int:
    """Return how many public addresses are in merged ranges."""
    return sum(size(within(ranges, first, last)) for first, last in public(family))


def is_world(family: int, count: int) -> bool:
    """Whether so many public addresses are at least half of them."""
    return 2 * count >= size(public(family))


def divided(networks: Sequence[Piece], family: int) -> List[Piece]:
    """Return all addresses of a family in order, each with the narrowest of the networks around it (page 4/listeners)."""
    pieces: List[Piece] = []
    inner: List[Piece] = [Piece(0, LAST[family], None)]
    at = 0

    def close(until: int) -> None:
        nonlocal at
        while inner and inner[-1].last < until:
            ended = inner.pop()
            if at <= ended.last:
                pieces.append(Piece(at, ended.last, ended.scope))
                at = ended.last + 1

    # Of equal networks the one that was loaded first counts: it comes last here.
    for one in sorted(reversed(networks), key=lambda piece: (piece.first, -piece.last)):
        close(one.first)
        if at < one.first:
            pieces.append(Piece(at, one.first - 1, inner[-1].scope))
            at = one.first
        inner.append(one)
    close(LAST[family] + 1)
    return pieces


def both(one: Sequence[Piece], other: Sequence[Piece]) -> Dict[Tuple[Any, Any], List[Range]]:
    """Return the ranges by their scopes in two divisions of one family."""
    found: Dict[Tuple[Any, Any], List[Range]] = {}
    i = j = at = 0
    while i < len(one) and j < len(other):
        last = min(one[i].last, other[j].last)
        found.setdefault((one[i].scope, other[j].scope), []).append((at, last))
        at = last + 1
        i, j = i + (one[i].last == last), j + (other[j].last == last)
    return found
