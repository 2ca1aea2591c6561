# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All files of a configuration as one tree of scopes, each merged over the places that open it.

One linear pass in load order. A file is in the tree once for each scope that includes it, so that one item of its text may
belong to several scopes; `Mount` says by which includes it got there.
"""

from typing import TYPE_CHECKING, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from .loader import Configuration, Problem
from .paths import Path
from .syntax.atoms import unquote
from .syntax.document import Container, Include, Item, Option, Scope

if TYPE_CHECKING:  # the orders of the fallback are imported when the first one is requested
    from .fallback import Matcher

# Files that include each other several times over can stand for more text than any memory holds.
MAX_REPEATED_INCLUSIONS = 100000


class Mount(NamedTuple):
    """A file at one of its places in the tree: the scope that its top level belongs to, and the include that brings it.

    `include` is an item of `container`, which is of the file of `outer`. All three are None for a file that nobody includes.
    """

    file: str
    scope: "MergedScope"
    container: Optional[Container] = None
    include: Optional[Include] = None
    outer: Optional["Mount"] = None


# Where an item is in load order, the item, the file that it is in, and what it is in there.
Assignment = Tuple[int, Option, Mount, Container]
Opening = Tuple[int, Scope, Mount, Container]
Inclusion = Tuple[int, Include, Mount, Container]


class MergedScope:
    """A scope, merged over all places at which it is opened."""

    __slots__ = ("name", "instance", "parent", "children", "settings", "opened", "includes", "matchers")

    def __init__(self, name: str, instance: Optional[str], parent: "Optional[MergedScope]") -> None:
        """Start empty; `Tree` fills it."""
        self.name = name
        self.instance = instance
        self.parent = parent
        self.children: Dict[str, Dict[Optional[str], MergedScope]] = {}
        self.settings: Dict[str, List[Assignment]] = {}
        self.opened: List[Opening] = []
        self.includes: List[Inclusion] = []
        self.matchers: "Dict[str, Optional[Matcher]]" = {}

    def child(self, name: str, instance: Optional[str]) -> "Optional[MergedScope]":
        """The scope within this one with that very instance text."""
        return self.children.get(name.lower(), {}).get(instance)

    def matching(self, name: str, instance: Optional[str]) -> "Optional[MergedScope]":
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


class Tree:
    """The merged scopes of a configuration.

    `mounted` has for each file one `Mount` for each scope that includes it, by the scope's id; `size` is above every place in
    load order; `problems` says what could not be taken in.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Merge all files of the configuration."""
        self.problems: List[Problem] = []
        self.root = MergedScope("", None, None)
        self.scopes: List[MergedScope] = []
        self.mounted: Dict[str, Dict[int, Mount]] = {}
        self.size = 0
        self._merge(configuration)

    def find(self, path: Path) -> Optional[MergedScope]:
        """The scope of exactly this path, None where nothing opens it."""
        scope: Optional[MergedScope] = self.root
        for name, instance in path:
            scope = scope.child(name, instance) if scope is not None else None
        return scope

    def child(self, parent: MergedScope, name: str, instance: Optional[str]) -> MergedScope:
        """The scope inside another one, which is made where it is missing."""
        named = parent.children.setdefault(name.lower(), {})
        scope = named.get(instance)
        if scope is None:
            scope = named[instance] = MergedScope(name, instance, parent)
            self.scopes.append(scope)
        return scope

    def _merge(self, configuration: Configuration) -> None:
        order = 0
        visited: Set[str] = set()
        repeated = 0
        # What is left to read: the rest of a container's items, the scope they belong to, their file and the container.
        stack: List[Tuple[Iterator[Item], MergedScope, Mount, Container]] = [
            self._entered(Mount(path, self.root), configuration) for path in reversed(configuration.roots())
        ]
        while stack:
            items, scope, mount, container = stack[-1]
            for item in items:
                order += 1
                if isinstance(item, Option):
                    scope.settings.setdefault(item.key, []).append((order, item, mount, container))
                    continue
                if isinstance(item, Include):
                    scope.includes.append((order, item, mount, container))
                    inclusions = configuration.included(mount.file, item.target)
                    repeated += sum(path in visited for path in inclusions)
                    inner = [Mount(path, scope, container, item, mount) for path in inclusions]
                    visited.update(inclusions)
                    if repeated > MAX_REPEATED_INCLUSIONS:
                        self._stop(mount.file, item)
                        return
                    stack.extend(self._entered(one, configuration) for one in reversed(inner))
                else:
                    merged = self.child(scope, unquote(item.name), item.instance)
                    merged.opened.append((order, item, mount, container))
                    stack.append((iter(item.items), merged, mount, item))
                break
            else:
                stack.pop()
        self.size = order

    def _entered(
        self, mount: Mount, configuration: Configuration
    ) -> Tuple[Iterator[Item], MergedScope, Mount, Container]:
        """The top level of a file at one of its places, about to be read."""
        document = configuration.document(mount.file)
        self.mounted.setdefault(mount.file, {}).setdefault(id(mount.scope), mount)
        return iter(document.items), mount.scope, mount, document

    def _stop(self, file: str, include: Include) -> None:
        what = "more than %d repeated inclusions: what follows is left out" % MAX_REPEATED_INCLUSIONS
        message = "%s:%d: %s" % (file, include.line, what)
        self.problems.append(Problem("limit", include.target, file, include.line, message))
