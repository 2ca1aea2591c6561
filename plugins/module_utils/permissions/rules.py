# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rule holds for which name: all paths of a manifest as one tree of components, walked once.

The more specific rule takes precedence: the one with more components; among those, the one with more literal ones; among those, the
later one.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from .modes import Mode
from .patterns import Matcher, is_pattern, matcher

Rank = Tuple[int, int, int]

NOT_ASKED, SEARCHED, READ = 0, 1, 2  # what the service must be able to do with an object


class Rule(NamedTuple):
    """One entry of a manifest, with numbers for names. None means: as it is.

    path: where it applies, wildcards in components allowed, `**` for any number of directories.
    managed: False for what is excluded from an outer rule, with everything below.
    problem: why the rule cannot be carried out, such as an account that does not exist.
    """

    path: str
    owner: Optional[int] = None
    group: Optional[int] = None
    mode: Optional[Mode] = None
    directory_mode: Optional[Mode] = None
    recurse: bool = False
    managed: bool = True
    part: str = ""
    problem: str = ""
    rank: Rank = (0, 0, 0)


class Node:
    """One component of the paths of a manifest: what may come below, and the rules that end here."""

    __slots__ = ("anywhere", "closed", "floating", "globs", "literal", "reach", "rules")

    def __init__(self) -> None:
        self.literal: Dict[str, Node] = {}
        self.globs: List[Tuple[Matcher, Node]] = []
        self.anywhere: Optional[Node] = None
        self.floating = False
        self.closed = False
        self.rules: List[Rule] = []
        self.reach = NOT_ASKED

    def descend(self, component: str) -> "Node":
        """The node below for one component of a path, made if need be."""
        if component == "**":
            if self.anywhere is None:
                self.anywhere = Node()
                self.anywhere.floating = True
            return self.anywhere
        if component not in self.literal:
            node = Node()
            if is_pattern(component):
                self.globs.append((matcher(component), node))
                return node
            self.literal[component] = node
        return self.literal[component]


Active = Tuple[Node, ...]


def components(path: str) -> List[str]:
    """The components of an absolute path."""
    return [part for part in path.split("/") if part not in ("", ".")]


def tree_of(rules: Sequence[Rule], reach: Sequence[str] = (), closed: Sequence[str] = ()) -> Node:
    """The tree of all rules.

    reach: trees that the service must be able to read. closed: directories that no outer tree goes into.
    """
    top = Node()
    for index, rule in enumerate(rules):
        parts = components(rule.path)
        node = _node_at(top, rule.path)
        literal = sum(1 for part in parts if not is_pattern(part))
        node.rules.append(rule._replace(rank=(len(parts), literal, index)))
    for path in reach:
        node = top
        for part in components(path):
            node.reach = max(node.reach, SEARCHED)
            node = node.descend(part)
        node.reach = READ
    for path in closed:
        _node_at(top, path).closed = True
    return top


def _node_at(top: Node, path: str) -> Node:
    node = top
    for part in components(path):
        node = node.descend(part)
    return node


def start(top: Node) -> Active:
    """The nodes that are active in the root directory."""
    return _with_anywhere([top])


def needs_listing(active: Active) -> bool:
    """Whether the names below must be read from the directory, because literal ones are not all."""
    return any(node.globs or node.floating for node in active)


def step(active: Active, name: str) -> List[Node]:
    """The nodes that a name leads to; the rules that end at them are meant for it."""
    hits: List[Node] = []
    for node in active:
        below = node.literal.get(name)
        if below is not None:
            hits.append(below)
        hits.extend(target for matches, target in node.globs if matches(name))
    return hits


def below(active: Active, hits: List[Node]) -> Active:
    """The nodes that are active inside a directory that was reached by `hits`."""
    return _with_anywhere(hits + [node for node in active if node.floating])


def _with_anywhere(nodes: List[Node]) -> Active:
    found = list(nodes)
    for node in nodes:
        if node.anywhere is not None and node.anywhere not in found:
            found.append(node.anywhere)
    return tuple(node for node in found if node.literal or node.globs)


def missing_rules(node: Node) -> List[Rule]:
    """The rules with literal paths that end at a node or below it."""
    return node.rules + [rule for child in node.literal.values() for rule in missing_rules(child)]


def choose(hits: List[Node], inherited: Optional[Rule]) -> Optional[Rule]:
    """The rule for an object: the most specific of those that end here and the one of the tree around."""
    return _most_specific([rule for node in hits for rule in node.rules], inherited)


def inherit(hits: List[Node], inherited: Optional[Rule]) -> Optional[Rule]:
    """The rule for everything below a directory for which there is nothing more specific."""
    recursing = [rule for node in hits for rule in node.rules if rule.recurse or not rule.managed]
    return _most_specific(recursing, inherited)


def _most_specific(rules: List[Rule], inherited: Optional[Rule]) -> Optional[Rule]:
    best = inherited
    for rule in rules:
        if best is None or rule.rank > best.rank:
            best = rule
    return best


def rule_for(top: Node, path: str) -> Optional[Rule]:
    """Return the rule of a tree that a walk would find for a path; None for none."""
    active = start(top)
    inherited: Optional[Rule] = None
    found: Optional[Rule] = None
    for name in components(path):
        hits = step(active, name)
        found = choose(hits, inherited)
        inherited = inherit(hits, inherited)
        active = below(active, hits)
    return found
