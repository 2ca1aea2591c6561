# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document model: nodes that own their text, so that joining the pieces gives back every byte.

A container (``Document`` or ``Scope``) holds items; ``lead`` of an item is what is before it (white space and
comments, the rest of the line of the item before it included), ``tail`` of a container what is before its end.
Nothing here recurses.
"""

from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

from .atoms import kind_of, unquote
from .values import Value, from_raw

Item = Union["Option", "Scope", "Include"]
Container = Union["Document", "Scope"]


class Option:
    """``name = value``; the separator of a list or dictionary may lack the ``=``."""

    __slots__ = ("lead", "name", "separator", "raw", "line")

    def __init__(self, lead: str, name: str, separator: str, raw: str, line: int = 0) -> None:
        """Take the pieces of text in order; ``line`` counts from 1, 0 says that the item is new."""
        self.lead = lead
        self.name = name
        self.separator = separator
        self.raw = raw
        self.line = line

    @property
    def key(self) -> str:
        """The name for comparisons: unquoted, lower case (R5)."""
        return unquote(self.name).lower()

    @property
    def value(self) -> Value:
        """The value as plain data: text, list of text, or dictionary of text to text."""
        return from_raw(self.raw)

    @property
    def kind(self) -> str:
        """One of 'scalar', 'list', 'dict'."""
        return kind_of(self.raw)

    def pieces(self) -> Tuple[str, ...]:
        """The text of the item, in order."""
        return self.lead, self.name, self.separator, self.raw


class Include:
    """``include "target"`` or ``readonly_include "target"``."""

    __slots__ = ("lead", "name", "separator", "raw", "line")

    def __init__(self, lead: str, name: str, separator: str, raw: str, line: int = 0) -> None:
        """Take the pieces of text in order; ``name`` is the keyword as written."""
        self.lead = lead
        self.name = name
        self.separator = separator
        self.raw = raw
        self.line = line

    @property
    def key(self) -> str:
        """The keyword in lower case."""
        return self.name.lower()

    @property
    def target(self) -> str:
        """File, directory or URI, unquoted."""
        return unquote(self.raw)

    @property
    def readonly(self) -> bool:
        """Whether the daemon may not write configuration changes back to the target."""
        return self.key == "readonly_include"

    def pieces(self) -> Tuple[str, ...]:
        """The text of the item, in order."""
        return self.lead, self.name, self.separator, self.raw


class Scope:
    """``name instance { items }``; ``raw`` is the instance as written, empty for an anonymous scope.

    ``gap`` stands between name and instance and holds an ``=`` in the undocumented forms of A6; ``brace`` is what
    follows up to and including the opening brace. The closing brace is no piece: it always follows ``tail``.
    """

    __slots__ = ("lead", "name", "gap", "raw", "brace", "items", "members", "tail", "line")

    def __init__(self, lead: str, name: str, gap: str, raw: str, brace: str, line: int = 0) -> None:
        """Take the pieces of the head in order; items and tail are filled in later."""
        self.lead = lead
        self.name = name
        self.gap = gap
        self.raw = raw
        self.brace = brace
        self.items = []  # type: List[Item]
        self.members: Any = None  # what members.py keeps here
        self.tail = ""
        self.line = line

    @property
    def key(self) -> str:
        """The name for comparisons: unquoted, lower case (R5)."""
        return unquote(self.name).lower()

    @property
    def instance(self) -> Optional[str]:
        """The instance name, unquoted and in its own letter case, or None for an anonymous scope."""
        return unquote(self.raw) if self.raw else None

    def pieces(self) -> Tuple[str, ...]:
        """The text of the head, in order."""
        return self.lead, self.name, self.gap, self.raw, self.brace


class Document:
    """One configuration file; the root scope. ``mark`` is the byte order mark where the file has one.

    ``statements`` is how many were read, closing braces and the end included.
    """

    __slots__ = ("filename", "mark", "items", "members", "tail", "statements", "looks")

    def __init__(self, filename: Optional[str] = None, mark: str = "") -> None:
        """Make an empty document."""
        self.filename = filename
        self.mark = mark
        self.statements = 0
        self.items = []  # type: List[Item]
        self.members: Any = None  # what members.py keeps here
        self.looks: Any = None  # what style.py keeps here
        self.tail = ""

    def __str__(self) -> str:
        """The text, byte for byte what was parsed where nothing was changed."""
        return self.mark + "".join(_pieces(self))

    def __bytes__(self) -> bytes:
        """The text in UTF-8; bytes that were not UTF-8 when parsed come back as they were."""
        return str(self).encode("utf-8", "surrogateescape")

    def to_data(self) -> List[Dict[str, Any]]:
        """The items in order as plain data that JSON can hold.

        An option is ``{"option", "line", "value"}``, a scope ``{"scope", "instance", "line", "items"}``, an include
        ``{"include", "readonly", "line"}``.
        """
        root: List[Dict[str, Any]] = []
        stack: List[Tuple[List[Item], List[Dict[str, Any]]]] = [(self.items, root)]
        while stack:
            items, data = stack.pop()
            for item in items:
                data.append(_data_of(item))
                if isinstance(item, Scope):
                    stack.append((item.items, data[-1]["items"]))
        return root

    def walk(self) -> Iterator[Tuple[Container, Item]]:
        """Every item of every depth with its container, in the order of the text."""
        return walk(self)


def _data_of(item: Item) -> Dict[str, Any]:
    """One item as plain data, without the items inside it."""
    if isinstance(item, Option):
        return {"option": item.name, "line": item.line, "value": item.value}
    if isinstance(item, Scope):
        return {"scope": item.name, "instance": item.instance, "line": item.line, "items": []}
    return {"include": item.target, "readonly": item.readonly, "line": item.line}


def walk(container: Container) -> Iterator[Tuple[Container, Item]]:
    """Every item below a container with the container it is in, in the order of the text."""
    stack: List[Tuple[Container, Iterator[Item]]] = [(container, iter(container.items))]
    while stack:
        holder, items = stack[-1]
        for item in items:
            yield holder, item
            if isinstance(item, Scope):
                stack.append((item, iter(item.items)))
                break
        else:
            stack.pop()


def _pieces(container: Container) -> List[str]:
    """Every piece of text below a container, its tail included."""
    found: List[str] = []
    extend = found.extend
    stack: List[Tuple[Container, Iterator[Item]]] = [(container, iter(container.items))]
    while stack:
        holder, items = stack[-1]
        for item in items:
            extend(item.pieces())
            if isinstance(item, Scope):
                stack.append((item, iter(item.items)))
                break
        else:
            found.append(holder.tail)
            stack.pop()
            if stack:
                found.append("}")
    return found


def text_of(item: Item) -> str:
    """The text of one item without what is before it."""
    if not isinstance(item, Scope):
        return "".join(item.pieces()[1:])
    return "".join(item.pieces()[1:]) + "".join(_pieces(item)) + "}"
