# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Momentum looks for an option that a scope does not set: the documented fallback orders, as lists of places.

Outbound: page 4/4-ecelerity-conf-fallback, with host before domain (4/config/ref-host). Inbound: 4/listeners. Pathways:
4/config/ref-pathway. What these pages leave open is decided here and said in docs/effective-values.md.
"""

import re
from typing import Any, Iterable, List, Optional, Pattern, Sequence, Tuple

from .paths import Path
from .syntax.errors import InvalidValue

OUTBOUND, INBOUND, PATHWAY = "outbound", "inbound", "pathway"
DIRECTIONS = (OUTBOUND, INBOUND, PATHWAY)

_OUTBOUND_ORDER = (("binding_group",), ("binding",), ("domain", "host"))
_PATHWAY_ORDER = (("pathway_group",), ("pathway",))
_LISTENER = "_listener"


def direction(path: Path) -> Optional[str]:
    """The direction a scope path belongs to by the scopes it names; None when it takes part in no fallback."""
    names = [name.lower() for name, _instance in path]
    if not names:
        return OUTBOUND
    if names[0].endswith(_LISTENER):
        return INBOUND if names[1:] in ([], ["listen"], ["peer"], ["listen", "peer"]) else None
    for order, found in ((_OUTBOUND_ORDER, OUTBOUND), (_PATHWAY_ORDER, PATHWAY)):
        if _in_order(names, order):
            return found
    return None


def places(path: Path, towards: str) -> List[Path]:
    """The scopes to ask for an option, the most specific first; the global scope is always the last.

    InvalidValue when the path does not belong to the direction.
    """
    if towards not in DIRECTIONS:
        raise ValueError("a direction is one of %s, not %r" % (", ".join(DIRECTIONS), towards))
    if path and direction(path) != towards:
        raise InvalidValue("no %s scope: %s" % (towards, " > ".join(name for name, _instance in path)))
    order = {OUTBOUND: _outbound, INBOUND: _inbound, PATHWAY: _pathway}[towards](path)
    return list(dict.fromkeys(order + [()]))


def pathway_places(name: str, groups: Iterable[str]) -> List[Path]:
    """The places of a pathway named by a listener, listen or peer: 'group::name', or a name within the given groups."""
    group, separator, rest = name.partition("::")
    inner = ("pathway", rest if separator else name)
    members = [group] if separator else list(groups)
    within: List[Path] = [(("pathway_group", member), inner) for member in members]
    alone: List[Path] = [(("pathway_group", member),) for member in members]
    return within + [(inner,)] + alone


def _outbound(path: Path) -> List[Path]:
    """Domain in binding in group, in binding, in group; then binding in group, binding, group; then global domain."""
    group, binding = _named(path, ("binding_group",)), _named(path, ("binding",))
    leaves = _named(path, ("host",)) + _named(path, ("domain",))
    enclosing = [group + binding] if group and binding else []
    enclosing += [part for part in (binding, group) if part]
    inner = [outer + (leaf,) for outer in enclosing for leaf in leaves]
    return inner + enclosing + [(leaf,) for leaf in leaves]


def _inbound(path: Path) -> List[Path]:
    """Peer in listen, peer in listener, listen, listener."""
    listener, listen, peer = path[:1], _named(path, ("listen",)), _named(path, ("peer",))
    peers = [listener + listen + peer, listener + peer] if peer else []
    return peers + [listener + listen, listener]


def _pathway(path: Path) -> List[Path]:
    """Pathway in group, pathway, group."""
    group, pathway = _named(path, ("pathway_group",)), _named(path, ("pathway",))
    return [group + pathway] + [part for part in (pathway, group) if part]


def _named(path: Path, names: Sequence[str]) -> Path:
    return tuple(element for element in path if element[0].lower() in names)


def _in_order(names: Sequence[str], order: Sequence[Sequence[str]]) -> bool:
    """Whether every name belongs to a level, no level comes before an outer one, and no name comes twice."""
    levels = [level for name in names for level, members in enumerate(order) if name in members]
    return len(levels) == len(names) and levels == sorted(levels) and len(set(names)) == len(names)


class Matcher:
    """Finds the scope of a name (domain, host, peer) that stands for an instance which has no scope of its own."""

    def match(self, requested: str) -> Optional[str]:
        """The instance text of the scope that applies, or None."""
        raise NotImplementedError


class Patterns(Matcher):
    """Domain and host scopes named /PCRE/: tried in load order after all plain names (page 4/config/ref-domain).

    A pattern that Python does not understand never matches; it is kept in `unreadable`.
    """

    def __init__(self, instances: Iterable[str]) -> None:
        """Take the instance names of all scopes of one name in load order."""
        self._patterns: List[Tuple[str, Pattern[str]]] = []
        self.unreadable: List[str] = []
        for text in instances:
            if len(text) > 2 and text[0] == "/" == text[-1]:
                try:
                    self._patterns.append((text, re.compile(text[1:-1])))
                except (re.error, OverflowError, RecursionError):
                    self.unreadable.append(text)

    def match(self, requested: str) -> Optional[str]:
        """The first pattern that is found in the name."""
        for text, pattern in self._patterns:
            if pattern.search(requested):
                return text
        return None


class Networks(Matcher):
    """Peer scopes named by an address or CIDR range: the most specific one that holds the address applies."""

    def __init__(self, instances: Iterable[str]) -> None:
        """Take the instance names of all peer scopes; what is no address or range never matches."""
        found = [(_network(text), text) for text in instances]
        self._networks = [(network, text) for network, text in found if network is not None]
        self._networks.sort(key=lambda pair: -pair[0].prefixlen)

    def match(self, requested: str) -> Optional[str]:
        """The narrowest range around an address (or range)."""
        inner = _network(requested)
        for network, text in self._networks:
            if inner is not None and network.prefixlen <= inner.prefixlen and inner.network_address in network:
                return text
        return None


def matcher(name: str, instances: Iterable[str]) -> Optional[Matcher]:
    """The matcher for the scopes of one name (lower case); None where only the very same instance matches."""
    if name in ("domain", "host"):
        return Patterns(instances)
    return Networks(instances) if name == "peer" else None


def _network(text: str) -> Any:
    """The network of an address or CIDR range, IPv6 with or without brackets; None when it is neither."""
    import ipaddress  # costs more than all the rest of a load without peers

    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
