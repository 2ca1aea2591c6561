# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the configuration language, strictly: text to a list of events.

The reader walks once over the text with a cursor. What a word may contain depends on where it stands (a name, a value, an
element of a list, the instance of a scope), so there is no tokenizer in front: the place decides.
"""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

from . import errors

Value = Union[str, List[str], Dict[str, object]]


class Event(NamedTuple):
    """kind: 'option', 'open', 'close' or 'include'. name: as written. value: of an option, the instance of a scope (or
    None), or the target of an include. file, line: where it stands."""

    kind: str
    name: str
    value: Optional[Value]
    file: str
    line: int


_TRIVIA = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)+")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:\-]*")
_WORD = re.compile(r"""[^\s"'={}\[\]()#]+""")
_ITEM = re.compile(r"""[^\s"'={}\[\]()#,]+""")
_INSTANCE = re.compile(r"""[^\s"'={]+""")
_STRING = {
    '"': re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL),
    "'": re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL),
}
_INCLUDES = ("include", "readonly_include")
DEEPEST = 32  # scopes inside one another, and files that include one another; documented are 4, and no limit


class _Cursor:
    """A place in the text."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at, self._line, self._counted = text, file, 0, 1, 0

    def line(self) -> int:
        """The line of the place, counted from where it was requested last."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self) -> None:
        """Go over white space and comments of both kinds."""
        while True:
            match = _TRIVIA.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if not self.text.startswith("/*", self.at):
                return
            end = self.text.find("*/", self.at + 2)
            if end < 0:
                raise self.error()
            self.at = end + 2

    def peek(self) -> str:
        """The character at the next word, '' at the end."""
        self.skip()
        return self.text[self.at : self.at + 1]

    def take(self, pattern: "re.Pattern[str]") -> str:
        """The word here, which must match."""
        match = pattern.match(self.text, self.at)
        if not match:
            raise self.error()
        self.at = match.end()
        return match.group()

    def expect(self, character: str) -> None:
        """Go over one character, which must be this one."""
        if self.peek() != character:
            raise self.error()
        self.at += 1

    def error(self) -> errors.ConfigurationError:
        """The documented syntax error at this place."""
        word = _WORD.match(self.text, self.at)
        token = word.group() if word else self.text[self.at : self.at + 1]
        return errors.syntax(self.file, self.line(), token or "end of file")


def read(text: str, file: str) -> List[Event]:
    """The events of one file, in order. Raises ConfigurationError."""
    cursor = _Cursor(text[1:] if text.startswith("\ufeff") else text, file)
    if "\0" in cursor.text:
        cursor.at = cursor.text.index("\0")
        raise cursor.error()
    events: List[Event] = []
    depth = 0
    while cursor.peek():
        if cursor.peek() == "}":
            if not depth:
                raise cursor.error()
            events.append(Event("close", "", None, file, cursor.line()))
            cursor.at += 1
            depth -= 1
            continue
        event = _item(cursor)
        events.append(event)
        depth += event.kind == "open"
        if depth > DEEPEST:
            raise cursor.error()
    if depth:
        raise cursor.error()
    return events


def _item(cursor: _Cursor) -> Event:
    line = cursor.line()
    name = cursor.take(_NAME)
    after = cursor.text[cursor.at : cursor.at + 1]
    if after and not re.match(r"""[\s={(\["'#/]""", after):
        raise cursor.error()
    nxt = cursor.peek()
    if nxt == "=":
        cursor.at += 1
        return Event("option", name, _value(cursor), cursor.file, line)
    if nxt in ("(", "["):
        return Event("option", name, _value(cursor), cursor.file, line)
    if nxt == "{":
        cursor.at += 1
        return Event("open", name, None, cursor.file, line)
    word = _atom(cursor, _WORD if name.lower() in _INCLUDES else _INSTANCE)
    if name.lower() in _INCLUDES:
        return Event("include", name, word, cursor.file, line)
    cursor.expect("{")
    return Event("open", name, word, cursor.file, line)


def _atom(cursor: _Cursor, bare: "re.Pattern[str]") -> str:
    """A string without its quotes, or a bare word. No escape is interpreted: none is documented."""
    quote = cursor.peek()
    if quote in _STRING:
        return cursor.take(_STRING[quote])[1:-1]
    return cursor.take(bare)


def _value(cursor: _Cursor) -> Value:
    character = cursor.peek()
    if character == "(":
        return _list(cursor)
    if character == "[":
        return _dictionary(cursor)
    return _atom(cursor, _WORD)


def _list(cursor: _Cursor) -> List[str]:
    cursor.expect("(")
    items: List[str] = []
    while cursor.peek() != ")":
        if cursor.peek() == ",":
            cursor.at += 1
        else:
            items.append(_atom(cursor, _ITEM))
    cursor.at += 1
    return items


def _dictionary(cursor: _Cursor) -> Dict[str, object]:
    """Dictionaries are flat in all documented examples; lists in them are read, dictionaries are not."""
    cursor.expect("[")
    pairs: List[Tuple[str, object]] = []
    while cursor.peek() != "]":
        key = _atom(cursor, _WORD)
        cursor.expect("=")
        pairs.append((key, _list(cursor) if cursor.peek() == "(" else _atom(cursor, _WORD)))
    cursor.at += 1
    return dict(pairs)
