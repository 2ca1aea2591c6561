# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value in force of any option in any scope: which file and line set it, and what it overrode.

One linear pass over all files in load order builds a tree of merged scopes; everything else is a look-up in it. A scope
that is opened several times is one scope, and its last assignment wins (page 4/config/ref-binding-group, grammar A8).
"""

from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from .document import Include, Item, Option, Scope
from .loader import Configuration, Problem
from .paths import Path, same_scope
from .values import Value, unquote

if TYPE_CHECKING:  # the orders of the fallback are imported when the first one is asked for
    from .fallback import Matcher

# Files that include each other several times over can stand for more text than any memory holds.
MAX_REPEATED_INCLUSIONS = 100000

Recognised = Callable[[str, str], bool]


class Setting(NamedTuple):
    """One assignment.

    `path` and `name` are as written, `raw` is the value as written; `overridden` are the earlier assignments of the
    same scope in load order.
    """

    path: Path
    name: str
    value: Value
    raw: str
    file: str
    line: int
    overridden: Tuple["Setting", ...]


class _Merged:
    """A scope, merged over all places at which it is opened."""

    __slots__ = ("name", "instance", "parent", "children", "settings", "opened", "matchers")

    def __init__(self, name: str, instance: Optional[str], parent: "Optional[_Merged]") -> None:
        self.name = name
        self.instance = instance
        self.parent = parent
        self.children: Dict[str, Dict[Optional[str], _Merged]] = {}
        self.settings: Dict[str, List[Tuple[int, Option, str]]] = {}
        self.opened: List[Tuple[str, int]] = []
        self.matchers: Dict[str, Optional[Matcher]] = {}

    def child(self, name: str, instance: Optional[str]) -> "Optional[_Merged]":
        """The scope within this one with that very instance text."""
        return self.children.get(name.lower(), {}).get(instance)

    def matching(self, name: str, instance: Optional[str]) -> "Optional[_Merged]":
        """The scope within this one that applies to an instance: its own, else by pattern or network."""
        key = name.lower()
        named = self.children.get(key, {})
        if instance in named or instance is None:
            return named.get(instance)
        if key not in self.matchers:
            from . import fallback

            self.matchers[key] = fallback.matcher(key, [text for text in named if text is not None])
        matcher = self.matchers[key]
        text = matcher.match(instance) if matcher is not None else None
        return named[text] if text is not None else None

    def path(self) -> Path:
        """Names as first written, outermost first."""
        elements = []
        scope = self
        while scope.parent is not None:
            elements.append((scope.name, scope.instance))
            scope = scope.parent
        return tuple(reversed(elements))


class Effective:
    """What a configuration amounts to.

    `recognised(option, scope)` may say that Momentum ignores an option in a scope (catalog.recognised does); such
    assignments stay visible to `get`, but `resolve` passes over them. `problems` says what could not be taken in.
    """

    def __init__(self, configuration: Configuration, recognised: Optional[Recognised] = None) -> None:
        """Merge all files of the configuration, which must not be edited while this object is used."""
        self.problems: List[Problem] = []
        self._recognised = recognised
        self._root = _Merged("", None, None)
        self._scopes: List[_Merged] = []
        self._mounts: Dict[str, List[_Merged]] = {}
        self._merge(configuration)

    def get(self, path: Path, option: str) -> Optional[Setting]:
        """The assignment in force in exactly this scope, or None; nothing is inherited."""
        scope = self._find(path)
        return _setting(scope, option.lower()) if scope is not None else None

    def resolve(self, path: Path, option: str, direction: Optional[str] = None) -> Optional[Setting]:
        """The assignment in force for a scope, inherited ones included, by the documented fallback order.

        The path names what to look up, with or without scopes of its own: (("Binding", "b"), ("Domain", "d.test")) or
        (("ESMTP_Listener", None), ("Listen", ":25"), ("Peer", "192.0.2.7")). `direction` is outbound, inbound or
        pathway, by default that of the scopes named; a path that belongs to none (Security, modules) inherits
        nothing. Built-in defaults are not considered: None says that no file sets the option. ValueError for a path
        that is not of the direction.
        """
        return next(self.candidates(path, option, direction), None)

    def candidates(self, path: Path, option: str, direction: Optional[str] = None) -> Iterator[Setting]:
        """Everything `resolve` chooses from: the assignment in force, then what it hides by being more specific."""
        key = option.lower()
        for place in self._places(path, direction):
            scope = self._match(place)
            if scope is None or (self._recognised and not self._recognised(key, place[-1][0] if place else "global")):
                continue
            setting = _setting(scope, key)
            if setting is not None:
                yield setting

    def settings(self, prefix: Path = ()) -> Iterator[Setting]:
        """Everything in force in a scope and below it, in the order in which it was loaded."""
        start = self._find(prefix)
        stack = [start] if start is not None else []
        found: List[Tuple[int, str, _Merged]] = []
        while stack:
            scope = stack.pop()
            found.extend((assignments[-1][0], key, scope) for key, assignments in scope.settings.items())
            stack.extend(child for named in scope.children.values() for child in named.values())
        for _order, key, scope in sorted(found, key=lambda entry: entry[0]):
            setting = _setting(scope, key)
            if setting is not None:
                yield setting

    def scopes(self, name: Optional[str] = None) -> Iterator[Path]:
        """The paths of all scopes (of one name), in the order in which they were first opened."""
        wanted = None if name is None else name.lower()
        return (scope.path() for scope in self._scopes if wanted in (None, scope.name.lower()))

    def where(self, path: Path) -> List[Tuple[str, int]]:
        """File and line of every opening of a scope, in load order."""
        scope = self._find(path)
        return list(scope.opened) if scope is not None else []

    def local_path(self, file: str, path: Path) -> Optional[Path]:
        """The path by which a scope is known inside a file: shorter where the file is included in a scope.

        None if the file is included in other scopes only, so that nothing in it can belong to the path.
        """
        for mount in self._mounts.get(file, ()):
            around = mount.path()
            if len(around) <= len(path) and all(same_scope(one, other) for one, other in zip(around, path)):
                return path[len(around) :]
        return None

    def _merge(self, configuration: Configuration) -> None:
        order = 0
        visited: Set[str] = set()
        repeated = 0
        # What is left to read: the rest of a container's items, the scope they belong to, their file.
        stack: List[Tuple[Iterator[Item], _Merged, str]] = [
            (iter(configuration.document(path).items), self._root, path) for path in reversed(configuration.roots())
        ]
        self._mounts.update((path, [self._root]) for path in configuration.roots())
        while stack:
            items, scope, file = stack[-1]
            for item in items:
                order += 1
                if isinstance(item, Option):
                    scope.settings.setdefault(item.key, []).append((order, item, file))
                    continue
                if isinstance(item, Include):
                    inclusions = configuration.included(file, item.target)
                    repeated += sum(path in visited for path in inclusions)
                    for path in inclusions:
                        self._mounts.setdefault(path, []).append(scope)
                    visited.update(inclusions)
                    if repeated > MAX_REPEATED_INCLUSIONS:
                        self._stop(file, item)
                        return
                    for path in reversed(inclusions):
                        stack.append((iter(configuration.document(path).items), scope, path))
                else:
                    stack.append((iter(item.items), self._open(scope, item, file), file))
                break
            else:
                stack.pop()

    def _open(self, parent: _Merged, item: Scope, file: str) -> _Merged:
        named = parent.children.setdefault(item.key, {})
        instance = item.instance
        scope = named.get(instance)
        if scope is None:
            scope = named[instance] = _Merged(unquote(item.name), instance, parent)
            self._scopes.append(scope)
        scope.opened.append((file, item.line))
        return scope

    def _stop(self, file: str, include: Include) -> None:
        what = "more than %d repeated inclusions: what follows is left out" % MAX_REPEATED_INCLUSIONS
        message = "%s:%d: %s" % (file, include.line, what)
        self.problems.append(Problem("limit", include.target, file, include.line, message))

    def _find(self, path: Path) -> Optional[_Merged]:
        scope: Optional[_Merged] = self._root
        for name, instance in path:
            scope = scope.child(name, instance) if scope is not None else None
        return scope

    def _match(self, path: Path) -> Optional[_Merged]:
        scope: Optional[_Merged] = self._root
        for name, instance in path:
            scope = scope.matching(name, instance) if scope is not None else None
        return scope

    def _places(self, path: Path, direction: Optional[str]) -> List[Path]:
        from . import fallback

        towards = direction or fallback.direction(path)
        if towards is None:
            return [path]
        places = fallback.places(path, towards)
        if towards == fallback.INBOUND:
            places[-1:-1] = self._pathway_places(places[:-1])
        return places

    def _pathway_places(self, places: List[Path]) -> List[Path]:
        """The places of the pathway that the listener, listen or peer names, if one does."""
        from . import fallback

        for place in places:
            scope = self._match(place)
            setting = _setting(scope, "pathway") if scope is not None else None
            if setting is not None:
                name = str(setting.value)
                groups = self._root.children.get("pathway_group", {})
                members = [text for text, group in groups.items() if text is not None and group.child("pathway", name)]
                return fallback.pathway_places(name, members)
        return []


def _setting(scope: _Merged, key: str) -> Optional[Setting]:
    assignments = scope.settings.get(key)
    if not assignments:
        return None
    path = scope.path()
    earlier = tuple(_assignment(path, option, file, ()) for _order, option, file in assignments[:-1])
    _order, option, file = assignments[-1]
    return _assignment(path, option, file, earlier)


def _assignment(path: Path, option: Option, file: str, overridden: Tuple[Setting, ...]) -> Setting:
    return Setting(path, unquote(option.name), option.value, option.raw, file, option.line, overridden)
