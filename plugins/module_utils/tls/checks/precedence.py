# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which scope takes precedence over which for some traffic, by the documented fallback orders.

`ecconf.fallback` lists the places of one lookup. Here the question is turned round: could a setting in
one scope take precedence over a setting in another, for any listener, peer, binding or domain at all? That is what hides
a weak setting of one domain in one binding from whoever reads the global one.
"""

import ipaddress
import itertools
from functools import lru_cache
from typing import Dict, FrozenSet, List, Optional, Sequence, Set, Tuple

from ...ecconf import fallback
from ...ecconf.effective import Effective
from ...ecconf.paths import Path

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
        self._groups: Optional[Dict[Optional[str], List[Optional[str]]]] = None
        self._pathways: Optional[List[str]] = None
        self._consulted: Dict[Path, Set[FrozenSet[Tuple[str, Optional[str]]]]] = {}

    def beats(self, narrow: Path, wide: Path) -> bool:
        """Whether what `narrow` sets takes precedence over what `wide` sets, for at least some traffic."""
        towards, one, first = self._place(narrow)
        if towards is None or not narrow:
            return False
        if not wide:
            return True
        aims, other, second = self._place(wide)
        if towards == fallback.INBOUND and aims == fallback.PATHWAY:
            return frozenset(other.items()) in self.consulted(narrow)
        if aims != towards or first < 0 or second < 0 or first > second or not self._meet(one, other):
            return False
        return first < second or _is_inside(one, other)

    def replaces(self, narrow: Path, wide: Path) -> bool:
        """Whether some traffic would belong to `wide` if there were no `narrow`, which is in its place altogether.

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
        return grouped["binding_group"] in self.groups(single["binding"])

    def groups(self, binding: Optional[str]) -> List[Optional[str]]:
        """The groups in which a binding of a name is."""
        if self._groups is None:
            self._groups = {}
            for path in self._effective.scopes("binding"):
                named = _named(path)
                self._groups.setdefault(named.get("binding"), []).append(named.get("binding_group"))
        return self._groups.get(binding, [])

    def consulted(self, listener: Path) -> Set[FrozenSet[Tuple[str, Optional[str]]]]:
        """The scopes of a pathway that a listener, listen or peer asks, so that its own settings take precedence over theirs."""
        if listener not in self._consulted:
            setting = self._effective.resolve(listener, "pathway", fallback.INBOUND)
            if self._pathways is None:
                inside = (path for path in self._effective.scopes("pathway") if len(path) == 2)
                self._pathways = list(dict.fromkeys(path[0][1] or "" for path in inside))
            places = [] if setting is None else fallback.pathway_places(str(setting.value), self._pathways)
            self._consulted[listener] = {frozenset(_named(place).items()) for place in places}
        return self._consulted[listener]

    def place(self, path: Path) -> Place:
        """The direction of a path, its instances by name, and its position in the order (-1: none)."""
        return self._place(path)


class Candidates:
    """Many wide scopes, of which few have to do with a narrow one: those that name the same listener, binding or domain.

    A quick choice before the exact question `beats`, so that targets for all scopes cost no more than each by itself.
    """

    def __init__(self, precedence: Precedence, paths: Sequence[Path]) -> None:
        """Take the wide scopes; they go by their numbers."""
        self._precedence = precedence
        self._everywhere: List[int] = []
        self._pathways: Dict[FrozenSet[Tuple[str, Optional[str]]], List[int]] = {}
        self._kinds: Dict[Tuple[str, FrozenSet[str]], List[Tuple[int, Named]]] = {}
        self._tables: Dict[Tuple[str, FrozenSet[str], Tuple[str, ...]], Dict[Tuple[Optional[str], ...], List[int]]] = {}
        for number, path in enumerate(paths):
            towards, named, _rank = precedence.place(path)
            if not path:
                self._everywhere.append(number)
            elif towards is not None:
                self._kinds.setdefault((towards, frozenset(named)), []).append((number, named))
                if towards == fallback.PATHWAY:
                    self._pathways.setdefault(frozenset(named.items()), []).append(number)

    def of(self, narrow: Path) -> List[int]:
        """The numbers of the wide scopes that could have a part in a narrow one, in order."""
        towards, named, _rank = self._precedence.place(narrow)
        if towards is None:
            return []
        found = list(self._everywhere)
        if towards == fallback.INBOUND:
            found += [
                number for place in self._precedence.consulted(narrow) for number in self._pathways.get(place, ())
            ]
        for aims, names in self._kinds:
            if aims == towards:
                found += self._alike(aims, names, named)
        return sorted(found)

    def _alike(self, towards: str, names: FrozenSet[str], narrow: Named) -> List[int]:
        """Those of one kind whose names equal those of the narrow scope, or may stand for them."""
        exact = tuple(sorted(name for name in names if name in narrow and name not in _RANGES))
        ranges = tuple(sorted(name for name in names if name in narrow and name in _RANGES))
        grouped = ("binding_group",) if _is_by_group(names, narrow) else ()
        key = towards, names, exact + ranges + grouped
        if key not in self._tables:
            table = self._tables[key] = {}
            for number, named in self._kinds[towards, names]:
                where = [named[name] for name in exact] + [_range(name, named[name]) for name in ranges]
                table.setdefault(tuple(where + [named[name] for name in grouped]), []).append(number)
        if "domain" in ranges and _range("domain", narrow["domain"]) is None:
            return [number for number, _named in self._kinds[towards, names]]
        chosen = [[narrow[name]] for name in exact] + [[_range(name, narrow[name]), None] for name in ranges]
        chosen += [self._precedence.groups(narrow["binding"]) for _name in grouped]
        table = self._tables[key]
        return [number for where in set(itertools.product(*chosen)) for number in table.get(where, ())]


# Names whose instances may stand for others: domains that are patterns, and ranges of addresses.
_RANGES = frozenset(["domain", "peer"])


def _range(name: str, instance: Optional[str]) -> Optional[str]:
    """An instance that stands for itself alone; None for one that may stand for others."""
    return instance if name == "domain" and (instance or "")[:1] != "/" else None


def _is_by_group(names: FrozenSet[str], narrow: Named) -> bool:
    """Whether a wide scope of a group has to do with a binding only if that is in the group."""
    return "binding_group" in names and "binding" not in names and "binding" in narrow and "binding_group" not in narrow


def _named(path: Path) -> Named:
    """The instance by the name of each scope; the type of a listener counts as its instance. Names of the DNS are the same in either case."""
    found: Named = {}
    for name, instance in path:
        key = name.lower()
        if key.endswith("_listener"):
            found["listener"] = key if instance is None else "%s %s" % (key, instance)
        else:
            is_name = key == "domain" and instance is not None and not instance.startswith("/")
            found[key] = str(instance).lower() if is_name else instance
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


@lru_cache(maxsize=None)
def _network(text: str) -> Optional[Tuple[int, int, int]]:
    """IP version, first and last address of a range, as numbers; None for what is none."""
    try:
        network = ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)
