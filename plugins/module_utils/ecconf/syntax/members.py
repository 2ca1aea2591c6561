# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The items of a container by kind and name, found without looking at all of them.

The groups are made at the first question and kept up to date by ``added`` and ``removed``, so that thousands of edits of
one document take time in proportion to their number. Whoever renames an item says ``forget``.
"""

from typing import Any, Dict, Iterator, List, Optional, Tuple

from .document import Container, Include, Item, Option, Scope

Key = Tuple[Any, ...]


class Members:
    """The groups of one container; ``size`` tells whether somebody else has changed the items meanwhile."""

    __slots__ = ("groups", "size")

    def __init__(self, items: List[Item]) -> None:
        """Group the items, each group in the order of the text."""
        self.groups: Dict[Key, List[Item]] = {}
        self.size = len(items)
        for item in items:
            for key in _keys(item):
                self.groups.setdefault(key, []).append(item)


def members(container: Container, kind: type, *name: Any) -> List[Item]:
    """The items of a kind in the order of the text: of a key (lower case), of a scope's key and instance; not to be changed."""
    known: Optional[Members] = container.members
    if known is None or known.size != len(container.items):
        known = container.members = Members(container.items)
    return known.groups.get((kind,) + name, [])


def position(container: Container, item: Item) -> int:
    """The index of an item of the container; at once for the last one, where new ones mostly go."""
    items = container.items
    return len(items) - 1 if items[-1] is item else items.index(item)


def added(container: Container, index: int) -> None:
    """Take note of an item that was inserted at the index."""
    known = container.members
    if known is None or known.size != len(container.items) - 1:
        container.members = None
        return
    item = container.items[index]
    groups = [known.groups.setdefault(key, []) for key in _keys(item)]
    if index < known.size and any(group and position(container, group[-1]) > index for group in groups):
        container.members = None
        return
    for group in groups:
        group.append(item)
    known.size += 1


def removed(container: Container, item: Item) -> None:
    """Take note of an item that was taken out."""
    known = container.members
    if known is None or known.size != len(container.items) + 1:
        container.members = None
        return
    for key in _keys(item):
        known.groups[key].remove(item)
    known.size -= 1


def forget(container: Container) -> None:
    """An item of this container was given another name."""
    container.members = None


def _keys(item: Item) -> Iterator[Key]:
    """The groups that an item belongs to."""
    if isinstance(item, Option):
        return iter(((Option,), (Option, item.key)))
    if isinstance(item, Include):
        return iter(((Include,), (Include, item.target)))
    return iter(((Scope,), (Scope, item.key), (Scope, item.key, item.instance)))
