# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Positions: where in a file, and where in a value, each piece of text is. Joining the pieces gives back the text."""

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from .document import Container, Document, Item, Option, Scope
from .lexer import BARE_RE, LIST_BARE_RE, STRING_RE, TRIVIA_RE

TRIVIA, NAME, VALUE = "trivia", "name", "value"
_ESCAPED = re.compile(r"\\([\s\S])")


class Piece(NamedTuple):
    """A piece of a file: where it starts, the scopes around it, its kind (TRIVIA, NAME or VALUE), its item and its text.

    The value of a scope is its instance, that of an include its target.
    """

    start: int
    scopes: Tuple[str, ...]
    kind: str
    item: Optional[Item]
    text: str


class Token(NamedTuple):
    """A piece of a value, by offsets in the value as written: its kind, and the keys of the dictionaries around it."""

    kind: str
    keys: Tuple[str, ...]
    start: int
    end: int


_KINDS = (TRIVIA, NAME, TRIVIA, VALUE, TRIVIA)


def pieces(document: Document) -> Iterator[Piece]:
    """Return every piece of a document in order, without the closing braces."""
    pos = len(document.mark)
    stack: List[Tuple[Container, Iterator[Item]]] = [(document, iter(document.items))]
    scopes: Tuple[str, ...] = ()
    while stack:
        holder, items = stack[-1]
        for item in items:
            for kind, text in zip(_KINDS, item.pieces()):
                yield Piece(pos, scopes, kind, item, text)
                pos += len(text)
            if isinstance(item, Scope):
                stack.append((item, iter(item.items)))
                scopes += ("%s %s" % (item.key, item.raw),)
                break
        else:
            yield Piece(pos, scopes, TRIVIA, None, holder.tail)
            pos += len(holder.tail) + 1
            stack.pop()
            scopes = scopes[:-1]


def tokens(raw: str) -> Iterator[Token]:
    """Return the texts, keys and comments of a value as written that the parser has accepted, in order."""
    if raw[:1] not in ("(", "["):
        yield Token(VALUE, (), 0, len(raw))
        return
    opened: List[str] = []
    keys: List[str] = []  # one for each open dictionary, empty before its first key
    key_next: List[bool] = []
    pos = 0
    while pos < len(raw):
        end = TRIVIA_RE.match(raw, pos).end()  # type: ignore[union-attr]
        char = raw[pos]
        if end > pos:
            yield Token(TRIVIA, (), pos, end)
        elif char in "([":
            opened.append(char)
            keys.append("")
            key_next.append(char == "[")
            end = pos + 1
        elif char in ")]":
            for stack in (opened, keys, key_next):
                stack.pop()
            if opened:
                key_next[-1] = opened[-1] == "["
            end = pos + 1
        elif char == "=" or (char == "," and opened[-1] == "("):
            end = pos + 1
        else:
            pattern = STRING_RE if char in "\"'" else LIST_BARE_RE if opened[-1] == "(" else BARE_RE
            end = pattern.match(raw, pos).end()  # type: ignore[union-attr]
            if key_next[-1]:
                yield Token(NAME, tuple(key for key in keys[:-1] if key), pos, end)
                keys[-1] = decoded(raw[pos:end])[0]
            else:
                yield Token(VALUE, tuple(key for key in keys if key), pos, end)
            key_next[-1] = opened[-1] == "[" and not key_next[-1]
        pos = end


def option_of(piece: Piece) -> Optional[Option]:
    """Return the option whose value a piece is."""
    return piece.item if piece.kind == VALUE and isinstance(piece.item, Option) else None


def body(raw: str) -> Tuple[int, int]:
    """Return where the text of an atom starts and ends: between its quotation marks, if it has them."""
    return (1, len(raw) - 1) if raw[:1] in ('"', "'") else (0, len(raw))


def decoded(raw: str) -> Tuple[str, List[int]]:
    """Return the text of an atom, and for each character, and the end, where it is in the atom as written."""
    start, end = body(raw)
    quote = raw[:1]
    if not start or "\\" not in raw:
        return raw[start:end], list(range(start, end + 1))
    text: List[str] = []
    offsets: List[int] = []
    pos = start
    while pos < end:
        pair = _ESCAPED.match(raw, pos, end)
        escaped = pair is not None and pair.group(1) == quote
        width = 2 if pair is not None else 1
        for offset in (pos,) if escaped else range(pos, pos + width):
            text.append(quote if escaped else raw[offset])
            offsets.append(offset)
        pos += width
    return "".join(text), offsets + [end]
