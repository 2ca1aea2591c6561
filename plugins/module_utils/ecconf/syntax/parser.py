# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From text to document: whole statements by one pattern, whatever it does not match token by token."""

from typing import Dict, List, Optional, Union

from .document import Container, Document, Option, Scope
from .lexer import STATEMENT
from .limits import NESTING, STATEMENTS
from .statement import Reader

MARK = "\ufeff"
_TOO_MANY = "no more than %d statements" % STATEMENTS
_NUL = "no NUL character, at which a program written in C ends the text; remove it"
_TOO_DEEP = "no more than %d scopes inside one another" % NESTING


def parse(text: Union[str, bytes], filename: Optional[str] = None) -> Document:
    """Read a configuration file; ``str()`` of the result is the text, ``bytes()`` the bytes that came in.

    Bytes are taken as UTF-8, with whatever is not UTF-8 kept (surrogateescape). Raises ParseError, nothing else.
    The time is linear in the length of the text, whatever it holds. What exceeds the limits of `limits` is no text of the
    language either.
    """
    source = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    reader = Reader(source, filename)
    if "\0" in source:
        reader.fail(source.index("\0"), _NUL)
    document = Document(filename, MARK if source.startswith(MARK) else "")
    _fill(document, reader, len(document.mark))
    return document


def _fill(document: Document, reader: Reader, pos: int) -> None:
    """Read every item of the text into the document: the hot loop of the package."""
    text = reader.text
    container: Container = document
    outer: List[Container] = []
    append = container.items.append
    same: Dict[str, str] = {}
    intern = same.setdefault
    line = 1
    count = 0
    while True:
        for match in STATEMENT.finditer(text, pos):
            count += 1
            if count > STATEMENTS:
                reader.fail(match.end(1), _TOO_MANY)
            lead, name, separator, raw, gap, instance, brace, close = match.groups()
            line += lead.count("\n")
            if raw is not None:
                append(Option(intern(lead, lead), intern(name, name), intern(separator, separator), raw, line))
                if "\n" in separator or "\n" in raw:
                    line += separator.count("\n") + raw.count("\n")
            elif brace is not None:
                scope = Scope(intern(lead, lead), intern(name, name), gap, instance, intern(brace, brace), line)
                line += gap.count("\n") + instance.count("\n") + brace.count("\n")
                if len(outer) >= NESTING:
                    reader.fail(match.end(1), _TOO_DEEP)
                append(scope)
                outer.append(container)
                container = scope
                append = scope.items.append
            elif close is not None and outer:
                container.tail = intern(lead, lead)
                container = outer.pop()
                append = container.items.append
            else:
                break
        pos = match.end(1)
        if pos == len(text):
            container.tail = lead
            if isinstance(container, Scope):
                reader.fail(pos, "'}' to close the stanza of line %d" % container.line)
            document.statements = count
            return
        item, end = reader.statement(pos, lead, line, container.items)
        append(item)
        line += text.count("\n", pos, end)
        if isinstance(item, Scope):
            if len(outer) >= NESTING:
                reader.fail(pos, _TOO_DEEP)
            outer.append(container)
            container = item
            append = item.items.append
        pos = end
