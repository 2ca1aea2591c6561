# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style of the neighbours: indentation, line ends, letter case, separators, braces."""

from itertools import chain
from typing import Dict, Iterable, List, Optional

from .document import Container, Document, Item, Option, Scope, walk
from .members import members
from .trivia import is_white, last_line

NEAR = 64  # so many neighbours are looked at: enough to know their style, and no more in a file of thousands
DEFAULT_UNIT = "  "
DEFAULT_SEPARATOR = " = "


class Looks:
    """How a whole document is written, for what has no neighbours to go by: one look at it suffices for all edits."""

    __slots__ = ("line_break", "unit", "separator", "scopes", "_names", "_cases")

    def __init__(self, document: Document) -> None:
        """Look at every item once; of names and scopes the first NEAR are kept."""
        line_break: Optional[str] = None
        self.unit = ""
        self.separator: Optional[str] = None
        self._names: Dict[type, List[str]] = {Option: [], Scope: []}
        self._cases: Dict[type, _Names] = {}
        self.scopes: Dict[str, List[Scope]] = {}
        for holder, item in walk(document):
            if line_break is None and "\n" in item.lead:
                line_break = "\r\n" if "\r\n" in item.lead else "\n"
            if not self.unit and isinstance(holder, Scope) and "\n" in item.lead:
                self.unit = _step(indent_of(holder.lead), indent_of(item.lead))
            if isinstance(item, Option):
                if self.separator is None and _is_plain(item.separator):
                    self.separator = item.separator
                _keep(self._names[Option], item.name)
            elif isinstance(item, Scope):
                _keep(self._names[Scope], item.name)
                alike = self.scopes.setdefault(item.key, [])
                if len(alike) < NEAR:
                    alike.append(item)
        self.line_break = line_break or ("\r\n" if "\r\n" in document.tail else "\n")

    def names(self, kind: type) -> "_Names":
        """The letter case of the options or scopes of the document."""
        if kind not in self._cases:
            self._cases[kind] = _Names(self._names[kind])
        return self._cases[kind]


def looks(document: Document) -> Looks:
    """How a document is written; edits of it are in its own style, so that one look at it is enough."""
    known: Optional[Looks] = document.looks
    if known is None:
        known = document.looks = Looks(document)
    return known


def _keep(names: List[str], name: str) -> None:
    if len(names) < NEAR:
        names.append(name)


def _step(outer: str, inner: str) -> str:
    return inner[len(outer) :] if len(inner) > len(outer) and inner.startswith(outer) else ""


def newline(document: Document, *near: str) -> str:
    r"""The line end in use, nearest first: ``\r\n`` or ``\n``."""
    for text in near:
        if "\n" in text:
            return "\r\n" if "\r\n" in text else "\n"
    return looks(document).line_break


def indent_of(lead: str) -> str:
    """The white space at the start of the line that an item with this lead is in."""
    line = last_line(lead)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _starts_line(container: Container, index: int) -> bool:
    """Whether an item is the first of its line."""
    return "\n" in container.items[index].lead or (index == 0 and isinstance(container, Document))


def child_indent(document: Document, container: Container, index: int) -> str:
    """The indentation for a new item at the index: that of the item before, of the one after, or one level more."""
    before = range(index - 1, max(index - 1 - NEAR, -1), -1)
    for near in chain(before, range(index, min(index + NEAR, len(container.items)))):
        if _starts_line(container, near):
            return indent_of(container.items[near].lead)
    return indent_of(container.lead) + unit(document) if isinstance(container, Scope) else ""


def unit(document: Document) -> str:
    """One level of indentation, as the first nested line shows it."""
    return looks(document).unit or DEFAULT_UNIT


class Neighbours:
    """How the options of a container are written: what new ones look like."""

    def __init__(self, document: Document, container: Container) -> None:
        """Look at the last NEAR options of the container; where it has none, at those of the document."""
        options = [item for item in members(container, Option)[-NEAR:] if isinstance(item, Option)]
        plain = [item for item in options if _is_plain(item.separator)]
        first = None if plain else looks(document).separator
        self._fallback = DEFAULT_SEPARATOR if first is None or first.index("=") > 1 else first
        columns = {len(item.name) + item.separator.index("=") for item in plain}
        aligned = len(columns) == 1 and len({len(item.name) for item in plain}) > 1
        self._column = columns.pop() if aligned else None
        self._last = plain[-1].separator if plain else None
        self._names = _Names([item.name for item in options]) if options else looks(document).names(Option)

    def spell(self, name: str) -> str:
        """A new name in the letter case of the neighbours."""
        return self._names.spell(name)

    def separator(self, name: str) -> str:
        """What stands between a new name and its value: in one column where the neighbours keep one."""
        if self._last is None:
            return self._fallback
        equals = self._last.index("=")
        if self._column is not None:
            return " " * max(self._column - len(name), 0) + self._last[equals:]
        return self._last if equals < 2 else DEFAULT_SEPARATOR


def _is_plain(text: str) -> bool:
    """Whether a separator is an equals sign with blanks around it."""
    return text.count("=") == 1 and not text.replace("=", "").strip(" \t")


class _Names:
    """The letter case of some names."""

    def __init__(self, names: List[str]) -> None:
        lower = sum(1 for name in names if name == name.lower())
        self._lower = lower * 2 > len(names)
        self._names = names if lower * 2 < len(names) else []
        self._words: Dict[str, str] = {}

    def spell(self, name: str) -> str:
        """A new name all lower, or each word as the others write it.

        Names compare without case (R5), so this changes looks only. Where the others do not agree, or there are none, the
        name stays as given.
        """
        if self._lower:
            return name.lower()
        if self._names and name == name.lower():
            self._words = self._words or _words(self._names)
            return "_".join(self._words.get(word, word.capitalize()) for word in name.split("_"))
        return name


def spell_scope(document: Document, container: Container, name: str) -> str:
    """The name of a new scope in the letter case of its neighbours."""
    names = [item.name for item in members(container, Scope)[-NEAR:]]
    return (_Names(names) if names else looks(document).names(Scope)).spell(name)


def _words(names: Iterable[str]) -> Dict[str, str]:
    """The words of the names as they are written, by their lower-case form."""
    return {word.lower(): word for name in names for word in name.split("_") if word != word.lower()}


def sibling_scopes(document: Document, container: Container, key: str) -> List[Scope]:
    """The scopes whose looks a new one follows, best last: any here, then those of the same name here or anywhere."""
    here = members(container, Scope)[-NEAR:]
    alike = members(container, Scope, key)[-NEAR:]
    found: List[Item] = here + (alike or list(looks(document).scopes.get(key, ())))
    return [scope for scope in found if isinstance(scope, Scope)]


def blank_before(document: Document, container: Container, siblings: List[Scope]) -> int:
    """How many blank lines set a new scope off: as before its siblings, one where there is nothing to go by."""
    items = container.items
    for index in range(len(items) - 1, max(len(items) - 1 - NEAR, 0), -1):
        if isinstance(items[index], Scope):
            lead = items[index].lead
            return 1 if "\n\n" in lead or "\n\r\n" in lead else 0
    return 1 if isinstance(container, Document) and items else 0


def before_brace(siblings: List[Scope], line_break: str, indent: str) -> str:
    """What stands between the head of a new scope and its opening brace."""
    for scope in reversed(siblings):
        text = scope.brace[:-1] if scope.raw else scope.gap
        if is_white(text):
            return line_break + indent if "\n" in text else text
    return " "
