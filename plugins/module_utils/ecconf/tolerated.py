# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document holds that can be read although no page documents it."""

import re
from typing import Iterator, List, NamedTuple

from .syntax.document import Document, Item, Option, Scope
from .syntax.lexer import BARE, COMMENT, STRING
from .syntax.trivia import without_comments

_TOKEN = re.compile("%s|%s|%s" % (STRING, COMMENT, BARE))


class Remark(NamedTuple):
    """One remark: the line of the item (0 for a new one), its name as written, and the remark."""

    line: int
    name: str
    message: str


def warnings(document: Document) -> List[Remark]:
    """Every tolerated form of the document in the order of the text."""
    return [Remark(item.line, item.name, message) for _container, item in document.walk() for message in _remarks(item)]


def _remarks(item: Item) -> Iterator[str]:
    """The remarks about one item."""
    if item.name[:1] in ('"', "'"):
        yield "a quoted name is undocumented"
    if isinstance(item, Scope):
        if "=" in without_comments(item.gap):
            yield "'=' between the name of a stanza and its brace is undocumented (A6)"
        if item.raw[:1] not in ("", '"') and "#" in item.raw:
            yield "'#' inside a word: quote the instance name (A4)"
        return
    if item.raw[:1] == "'":
        yield "single quotes are undocumented (A2)"
    if isinstance(item, Option):
        words = [
            found.group()
            for found in _TOKEN.finditer(item.raw)
            if found.group()[0] not in "\"'#" and found.group()[:2] != "/*"
        ]
        if any("/*" in word for word in words):
            yield "'/*' inside a word is read as part of the word (A4)"
        if item.kind != "list" and any("," in word for word in words):
            yield "a comma outside a list is read as part of the word (A9)"
