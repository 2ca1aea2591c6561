# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting an item between others, and taking one out, without touching a byte more than needed."""

from typing import Tuple

from .syntax.document import Container, Document, Item, Option, Scope
from .syntax.members import added, removed
from .syntax.style import child_indent, indent_of, newline
from .syntax.trivia import is_white, last_line, line_end, lines, split_line


def following(container: Container, index: int) -> str:
    """What is before the item at the index, or before the end of the container."""
    return container.items[index].lead if index < len(container.items) else container.tail


def _set_following(container: Container, index: int, text: str) -> None:
    """Replace what ``following`` gives."""
    if index < len(container.items):
        container.items[index].lead = text
    else:
        container.tail = text


def insert(document: Document, container: Container, index: int, item: Item, blank: int = 0) -> None:
    """Insert an item; its lead is made here. ``blank`` lines set it off from the item before it."""
    gap = following(container, index)
    if not container.items:
        lead, after = _into_empty(document, container, gap)
    elif index == 0 and isinstance(container, Document):
        lead, after = _at_top(document, gap)
    else:
        lead, after = _after(document, container, index, gap, blank)
    item.lead = lead
    _set_following(container, index, after)
    container.items.insert(index, item)
    added(container, index)


def _into_empty(document: Document, container: Container, gap: str) -> Tuple[str, str]:
    """The first item of a container: after its comments, on a line of its own."""
    line_break = newline(document, gap)
    indent = child_indent(document, container, 0)
    if isinstance(container, Document):
        return (gap, line_break) if not gap or gap.endswith("\n") else (gap + line_break, "")
    rest, remainder = split_line(gap)
    if not remainder:
        return rest.rstrip(" \t") + line_break + indent, line_break + indent_of(container.lead)
    closing = last_line(gap)
    head = gap[: len(gap) - len(closing)]
    if not is_white(closing):
        return gap + line_break + indent, line_break + indent_of(container.lead)
    return head + indent, line_break + closing


def _at_top(document: Document, gap: str) -> Tuple[str, str]:
    """Before the first item of a file: below the header, above the comment that belongs to the item."""
    line_break = newline(document, gap)
    found = lines(gap)
    own = len(found)
    while own and not is_white(found[own - 1]) or own == len(found) and own and not found[-1].endswith("\n"):
        own -= 1
    return "".join(found[:own]), line_break + "".join(found[own:])


def _after(document: Document, container: Container, index: int, gap: str, blank: int) -> Tuple[str, str]:
    """After another item, or after the brace of a scope that has items."""
    rest, remainder = split_line(gap)
    at_end = isinstance(container, Document) and index == len(container.items)
    if not remainder and not at_end:
        return _on_line(container, index, gap)
    line_break = newline(document, remainder, container.items[max(index - 1, 0)].lead)
    set_off = blank if index else 0
    return rest + line_break * (1 + set_off) + child_indent(document, container, index), remainder


def _on_line(container: Container, index: int, gap: str) -> Tuple[str, str]:
    """Among items that share a line, spaced as they are."""
    before = container.items[index - 1].lead if index > 1 else ""
    blanks = before if before and is_white(before) and "\n" not in before else " "
    if not index:
        return gap or " ", blanks
    return blanks, gap or ("" if index == len(container.items) else " ")


def remove(document: Document, container: Container, index: int) -> None:
    """Take an item out: its whole line where it stood alone, comment at the line's end included."""
    item = container.items[index]
    gap = following(container, index + 1)
    rest, remainder = split_line(gap)
    at_end = isinstance(container, Document) and index + 1 == len(container.items)
    starts = last_line(item.lead)
    alone = (
        is_white(starts)
        and (len(starts) < len(item.lead) or index == 0 and isinstance(container, Document))
        and (remainder or at_end)
        and "\n" not in rest
    )
    if alone:
        head = item.lead[: len(item.lead) - len(starts)]
        left = _without_double_blank(head, remainder[len(line_end(remainder)) :], item)
    elif remainder or at_end:
        # A comment must not become the tail of the bare word before it.
        left = (item.lead.rstrip(" \t") or " "[: gap.startswith("/")]) + gap
    else:
        at_start = index == 0 and isinstance(container, Document)
        left = item.lead + gap.lstrip(" \t") if item.lead or at_start else gap
    del container.items[index]
    removed(container, item)
    _set_following(container, index, left)


def _without_double_blank(head: str, rest: str, item: Item) -> str:
    """Join what stood around a removed item; of two blank lines around a scope one goes."""
    if not isinstance(item, Scope) or not _is_blank_line(rest):
        return head + rest
    before = lines(head)
    return ("".join(before[:-1]) if len(before) > 1 and is_white(before[-1]) else head) + rest


def _is_blank_line(text: str) -> bool:
    """Whether the first line of a text is blank, and has an end. The text may be long: no more of it is looked at."""
    first, remainder = split_line(text)
    return is_white(first) and bool(line_end(remainder))


def to_comment(document: Document, container: Container, index: int, text: str) -> None:
    """Turn an item into a comment in its place; what shares its line moves to the next one."""
    item = container.items[index]
    gap = following(container, index + 1)
    rest, remainder = split_line(gap)
    at_end = isinstance(container, Document) and index + 1 == len(container.items)
    line_break = newline(document, remainder, item.lead)
    at_start = index == 0 and isinstance(container, Document)
    own_line = at_start or "\n" in item.lead
    indent = indent_of(item.lead) if own_line else child_indent(document, container, index)
    comment = item.lead + _commented(text, indent)
    if (remainder or at_end) and "\n" not in rest:
        left = comment + gap
    else:
        left = comment + line_break + indent + gap.lstrip(" \t")
    del container.items[index]
    removed(container, item)
    _set_following(container, index, left)


def _commented(text: str, indent: str) -> str:
    """The text with a comment sign before each line, below the first one's."""
    first, *others = text.split("\n")
    return "\n".join(
        ["# " + first]
        + [indent + "# " + line[len(indent) :] if line.startswith(indent) else "# " + line for line in others]
    )


def keep_apart(container: Container, index: int) -> None:
    """Put a blank after an option whose new bare value would run into what follows."""
    item = container.items[index]
    gap = following(container, index + 1)
    last = index + 1 == len(container.items)
    if isinstance(item, Option) and item.raw[-1] not in "\"')]" and (gap[:1] == "/" or not gap and not last):
        _set_following(container, index + 1, " " + gap)
