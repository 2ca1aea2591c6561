# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style of the neighbours: indentation, line ends, letter case, separators, braces."""

from itertools import chain, islice
from typing import Dict, Iterable, Iterator, List

from .document import Container, Document, Item, Option, Scope, walk
from .members import members
from .trivia import is_white, last_line

NEAR = 64  # so many neighbours are looked at: enough to know their style, and no more in a file of thousands
DEFAULT_UNIT = "  "
DEFAULT_SEPARATOR = " = "


def newline(document: Document, *near: str) -> str:
    r"""The line end in use, nearest first: ``\r\n`` or ``\n``."""
    for text in near:
        if "\n" in text:
            return "\r\n" if "\r\n" in text else "\n"
    for _holder, item in walk(document):
        if "\n" in item.lead:
            return "\r\n" if "\r\n" in item.lead else "\n"
    return "\r\n" if "\r\n" in document.tail else "\n"


def indent_of(lead: str) -> str:
    """The white space at the start of the line that an item with this lead stands in."""
    line = last_line(lead)
    return line[: len(line) - len(line.lstrip(" \t"))]


def _starts_line(container: Container, index: int) -> bool:
    """Whether an item is the first of its line."""
    return "\n" in container.items[index].lead or (index == 0 and isinstance(container, Document))


def child_indent(document: Document, container: Container, index: int) -> str:
    """The indentation for a new item at the index: that of the item before, of the one after, or one level more."""
    for near in chain(range(index - 1, -1, -1), range(index, len(container.items))):
        if _starts_line(container, near):
            return indent_of(container.items[near].lead)
    return indent_of(container.lead) + unit(document) if isinstance(container, Scope) else ""


def unit(document: Document) -> str:
    """One level of indentation, as the first nested line shows it."""
    for holder, item in walk(document):
        if isinstance(holder, Scope) and "\n" in item.lead:
            outer, inner = indent_of(holder.lead), indent_of(item.lead)
            if len(inner) > len(outer) and inner.startswith(outer):
                return inner[len(outer) :]
    return DEFAULT_UNIT


def separator(document: Document, container: Container, name: str) -> str:
    """What stands between the name of a new option and its value: in one column where the neighbours keep one."""
    options = members(container, Option)[-NEAR:]
    plain = [item for item in options if isinstance(item, Option) and _is_plain(item.separator)]
    if not plain:
        near = (item for item in _anywhere(document, Option) if isinstance(item, Option) and _is_plain(item.separator))
        first = next(near, None)
        return DEFAULT_SEPARATOR if first is None or first.separator.index("=") > 1 else first.separator
    columns = {len(item.name) + item.separator.index("=") for item in plain}
    last = plain[-1].separator
    if len(columns) == 1 and len({len(item.name) for item in plain}) > 1:
        return " " * max(columns.pop() - len(name), 0) + last[last.index("=") :]
    return last if last.index("=") < 2 else DEFAULT_SEPARATOR


def _is_plain(text: str) -> bool:
    """Whether a separator is an equals sign with blanks around it."""
    return text.count("=") == 1 and not text.replace("=", "").strip(" \t")


def spell(document: Document, container: Container, name: str, kind: type) -> str:
    """A new name in the letter case of the neighbours: all lower, or each word as the document writes it.

    Names compare without case (R5), so this changes looks only. Where the neighbours do not agree, or there are
    none, the name stays as given.
    """
    names = [item.name for item in members(container, kind)[-NEAR:]]
    if not names:
        names = [item.name for item in islice(_anywhere(document, kind), NEAR)]
    lower = sum(1 for item in names if item == item.lower())
    if lower * 2 > len(names):
        return name.lower()
    if lower * 2 < len(names) and name == name.lower():
        known = _words(names)
        return "_".join(known.get(word, word.capitalize()) for word in name.split("_"))
    return name


def _words(names: Iterable[str]) -> Dict[str, str]:
    """The words of the names as they are written, by their lower-case form."""
    return {word.lower(): word for name in names for word in name.split("_") if word != word.lower()}


def sibling_scopes(document: Document, container: Container, key: str) -> List[Scope]:
    """The scopes whose looks a new one follows, best last: any here, then those of the same name here or anywhere."""
    here = members(container, Scope)[-NEAR:]
    alike = members(container, Scope, key)[-NEAR:]
    if not alike:
        alike = list(islice((item for item in _anywhere(document, Scope) if item.key == key), NEAR))
    return [scope for scope in here + alike if isinstance(scope, Scope)]


def _anywhere(document: Document, kind: type) -> Iterator[Item]:
    """The items of a kind at any depth, in the order of the text."""
    return (item for _holder, item in walk(document) if isinstance(item, kind))


def blank_before(document: Document, container: Container, siblings: List[Scope]) -> int:
    """How many blank lines set a new scope off: as before its siblings, one where there is nothing to go by."""
    items = container.items
    for index in range(len(items) - 1, 0, -1):
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
