# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value in force of any option in any scope: which file and line set it, and what it overrode.

Everything is a look-up in the merged scopes of `merged`. A scope that is opened several times is one scope, and its last
assignment takes precedence (page 4/config/ref-binding-group, grammar A8).
"""

from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from .loader import Configuration
from .merged import MergedScope, Tree
from .paths import Path, same_scope
from .syntax.atoms import unquote
from .syntax.document import Option
from .syntax.values import Value

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


class Effective:
    """What a configuration amounts to.

    `recognised(option, scope)` may say that Momentum ignores an option in a scope (catalog.recognised does); such
    assignments stay visible to `get`, but `resolve` passes over them. `problems` says what could not be taken in.
    """

    def __init__(self, configuration: Configuration, recognised: Optional[Recognised] = None) -> None:
        """Merge all files of the configuration, which must not be edited while this object is used."""
        self.tree = Tree(configuration)
        self.problems = self.tree.problems
        self._recognised = recognised

    def get(self, path: Path, option: str) -> Optional[Setting]:
        """The assignment in force in exactly this scope, or None; nothing is inherited."""
        scope = self.tree.find(path)
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
        start = self.tree.find(prefix)
        stack = [start] if start is not None else []
        found: List[Tuple[int, str, MergedScope]] = []
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
        requested = None if name is None else name.lower()
        return (scope.path() for scope in self.tree.scopes if requested in (None, scope.name.lower()))

    def within(self, path: Path) -> Iterator[Path]:
        """The path of a scope, as it is written first, and those of all scopes inside it; nothing where no file opens it."""
        start = self.tree.find(path)
        stack = [start] if start is not None else []
        while stack:
            scope = stack.pop()
            yield scope.path()
            stack.extend(reversed([child for named in scope.children.values() for child in named.values()]))

    def where(self, path: Path) -> List[Tuple[str, int]]:
        """File and line of every opening of a scope, in load order."""
        scope = self.tree.find(path)
        return (
            [(mount.file, item.line) for _order, item, mount, _container in scope.opened] if scope is not None else []
        )

    def local_path(self, file: str, path: Path) -> Optional[Path]:
        """The path by which a scope is known inside a file: shorter where the file is included in a scope.

        None if the file is included in other scopes only, so that nothing in it can belong to the path.
        """
        for mount in self.tree.mounted.get(file, {}).values():
            around = mount.scope.path()
            if len(around) <= len(path) and all(same_scope(one, other) for one, other in zip(around, path)):
                return path[len(around) :]
        return None

    def _match(self, path: Path) -> Optional[MergedScope]:
        scope: Optional[MergedScope] = self.tree.root
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
                groups = self.tree.root.children.get("pathway_group", {})
                members = [text for text, group in groups.items() if text is not None and group.child("pathway", name)]
                return fallback.pathway_places(name, members)
        return []


def _setting(scope: MergedScope, key: str) -> Optional[Setting]:
    assignments = scope.settings.get(key)
    if not assignments:
        return None
    path = scope.path()
    earlier = tuple(_assignment(path, option, mount.file, ()) for _order, option, mount, _container in assignments[:-1])
    _order, option, mount, _container = assignments[-1]
    return _assignment(path, option, mount.file, earlier)


def _assignment(path: Path, option: Option, file: str, overridden: Tuple[Setting, ...]) -> Setting:
    return Setting(path, unquote(option.name), option.value, option.raw, file, option.line, overridden)
