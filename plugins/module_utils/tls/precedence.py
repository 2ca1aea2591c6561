# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which scope wins over which for some traffic, by the documented fallback orders.

`ecconf.fallback` lists the places that are asked for one lookup. Here the question is turned round: could a setting in
one scope take precedence over a setting in another, for any listener, peer, binding or domain at all? That is what hides
a weak setting of one domain in one binding from whoever reads the global one.
"""

import ipaddress
from typing import Dict, FrozenSet, Optional, Set, Tuple

from ..ecconf import fallback
from ..ecconf.effective import Effective
from ..ecconf.paths import Path

# The position in the order of the fallback, the first one asked is 0 (see docs/effective-values.md).
_OUTBOUND: Dict[FrozenSet[str], int] = {
    frozenset(["binding_group", "binding", "domain"]): 0,
    frozenset(["binding", "domain"]): 1,
    frozenset(["binding_group", "domain"]): 2,
    frozenset(["binding_group", "binding"]): 3,
    frozenset(["binding"]): 4,
    frozenset(["binding_group"]): 5,
    frozenset(["domain"]): 6,
}
_INBOUND: Dict[FrozenSet[str], int] = {
    frozenset(["listener", "listen", "peer"]): 0,
    frozenset(["listener", "peer"]): 1,
    frozenset(["listener", "listen"]): 2,
    frozenset(["listener"]): 3,
}
_PATHWAY: Dict[FrozenSet[str], int] = {
    frozenset(["pathway_group", "pathway"]): 0,
    frozenset(["pathway"]): 1,
    frozenset(["pathway_group"]): 2,
}
_RANKS = {fallback.OUTBOUND: _OUTBOUND, fallback.INBOUND: _INBOUND, fallback.PATHWAY: _PATHWAY}

Named = Dict[str, Optional[str]]
Place = Tuple[Optional[str], Named, int]


class Precedence:
    """The order of precedence in one configuration; what is worked out for a scope is kept."""

    def __init__(self, effective: Effective) -> None:
        """The configuration must not change while this object is used."""
        self._effective = effective
        self._places: Dict[Path, Place] = {}
        self._members: Optional[Set[Tuple[Optional[str], Optional[str]]]] = None

    def beats(self, narrow: Path, wide: Path) -> bool:
        """Whether what `narrow` sets wins over what `wide` sets, for at least some traffic."""
        towards, one, first = self._place(narrow)
        if towards is None or not narrow:
            return False
        if not wide:
            return True
        aims, other, second = self._place(wide)
        if towards == fallback.INBOUND and aims == fallback.PATHWAY:
            return _consults(narrow, wide, self._effective)
        if aims != towards or first < 0 or second < 0 or first > second or not self._meet(one, other):
            return False
        return first < second or _is_inside(one, other)

    def replaces(self, narrow: Path, wide: Path) -> bool:
        """Whether some traffic would belong to `wide` if there were no `narrow`, which stands in its place altogether.

        That is a narrower range under a wider one, or a plain domain under a pattern, even if it sets nothing.
        """
        towards, one, first = self._place(narrow)
        aims, other, second = self._place(wide)
        return (
            towards is not None
            and (towards, first) == (aims, second)
            and self._meet(one, other)
            and (_is_inside(one, other))
        )

    def _place(self, path: Path) -> Place:
        """The direction of a path, its instances by name, and its position in the order (-1: none)."""
        if path not in self._places:
            towards, named = fallback.direction(path), _named(path)
            rank = _RANKS[towards].get(frozenset(named), -1) if towards else -1
            self._places[path] = (towards, named, rank)
        return self._places[path]

    def _meet(self, one: Named, other: Named) -> bool:
        """Whether some traffic belongs to both."""
        if not all(_overlap(name, one[name], other[name]) for name in one if name in other):
            return False
        return self._member(one, other) and self._member(other, one)

    def _member(self, grouped: Named, single: Named) -> bool:
        """Where one names a group and the other a binding without one, the binding must be in the group."""
        if "binding_group" not in grouped or "binding" in grouped:
            return True
        if "binding" not in single or "binding_group" in single:
            return True
        if self._members is None:
            nested = [_named(path) for path in self._effective.scopes("binding")]
            self._members = {(named.get("binding_group"), named.get("binding")) for named in nested}
        return (grouped["binding_group"], single["binding"]) in self._members


def _named(path: Path) -> Named:
    """The instance by the name of each scope; the type of a listener counts as its instance."""
    found: Named = {}
    for name, instance in path:
        key = name.lower()
        if key.endswith("_listener"):
            found["listener"] = key if instance is None else "%s %s" % (key, instance)
        else:
            found[key] = instance
    return found


def _overlap(name: str, one: Optional[str], other: Optional[str]) -> bool:
    if one == other:
        return True
    if one is None or other is None:
        return False
    if name == "peer":
        return _contains(one, other) or _contains(other, one)
    return name == "domain" and (_pattern_holds(one, other) or _pattern_holds(other, one))


def _is_inside(one: Named, other: Named) -> bool:
    """Whether of two scopes of one rank the first replaces the second: a narrower range, a plain name under a pattern."""
    if one == other:
        return False
    peers = one.get("peer"), other.get("peer")
    if peers[0] and peers[1] and peers[0] != peers[1]:
        return _contains(peers[1], peers[0])
    domains = one.get("domain"), other.get("domain")
    return bool(domains[0] and domains[1] and _pattern_holds(domains[1], domains[0]))


def _pattern_holds(pattern: str, plain: str) -> bool:
    """Whether a domain scope that is a regular expression applies to a plain name."""
    if pattern[:1] != "/" or plain[:1] == "/":
        return False
    return fallback.Patterns([pattern]).match(plain) is not None


def _contains(outer: str, inner: str) -> bool:
    """Whether one address range holds another one."""
    networks = _network(outer), _network(inner)
    if networks[0] is None or networks[1] is None or networks[0][0] != networks[1][0]:
        return False
    return networks[0][1] <= networks[1][1] and networks[1][2] <= networks[0][2]


def _network(text: str) -> Optional[Tuple[int, int, int]]:
    """IP version, first and last address of a range, as numbers; None for what is none."""
    try:
        network = ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _consults(listener: Path, pathway: Path, effective: Effective) -> bool:
    """Whether a listener, listen or peer asks a pathway, so that its own settings win over the pathway's."""
    setting = effective.resolve(listener, "pathway", fallback.INBOUND)
    if setting is None:
        return False
    name = str(setting.value)
    groups = [path[0][1] or "" for path in effective.scopes("pathway") if len(path) == 2]
    asked = [_named(place) for place in fallback.pathway_places(name, groups)]
    return _named(pathway) in asked
