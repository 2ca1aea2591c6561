# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading one statement token by token: comments in odd places, nested values, rare forms, and every error."""

from typing import List, NoReturn, Optional, Tuple

from .document import Include, Item, Option, Scope
from .errors import ParseError
from .lexer import BARE_RE, INSTANCE_RE, KEYWORDS, LIST_BARE_RE, STRING_RE, TRIVIA_RE
from .limits import NESTING

ITEM = "an option, a stanza or an include"
# What may come next inside a list or dictionary, and what is expected after an atom there.
REQUESTED = {
    "element": "a list element or ')'",
    "key": "a key or ']'",
    "equals": "'=' after the key",
    "value": "a value",
}
AFTER = {"element": "element", "key": "equals", "value": "key"}
INSIDE = {"(": "element", "[": "key"}


class Reader:
    """A text with the means to read the token at a position."""

    def __init__(self, text: str, filename: Optional[str]) -> None:
        """Take the whole text; ``filename`` goes into errors."""
        self.text = text
        self.filename = filename

    def fail(self, pos: int, expected: str) -> NoReturn:
        """Raise ParseError for a position."""
        text = self.text
        found = STRING_RE.match(text, pos) or BARE_RE.match(text, pos)
        shown = (
            found.group()
            if found
            else text[pos : pos + 1]
            if text[pos : pos + 1] in "={}[]()"
            else text[pos : pos + 60]
        )
        raise ParseError(self.filename, text.count("\n", 0, pos) + 1, pos - text.rfind("\n", 0, pos), shown, expected)

    def skip(self, pos: int) -> int:
        """The position after white space and comments."""
        end = TRIVIA_RE.match(self.text, pos).end()  # type: ignore[union-attr]
        if self.text.startswith("/*", end):
            self.fail(end, "'*/' to end the comment")
        return end

    def atom(self, pos: int, expected: str, in_list: bool = False) -> int:
        """The position after the string or bare word that must stand here."""
        text = self.text
        if text[pos : pos + 1] in ('"', "'"):
            found = STRING_RE.match(text, pos)
            if found is None:
                self.fail(pos, "%s to end the string" % text[pos])
            return found.end()
        found = LIST_BARE_RE.match(text, pos) if in_list else BARE_RE.match(text, pos)
        if found is None:
            self.fail(pos, expected)
        return found.end()

    def statement(self, start: int, lead: str, line: int, before: List[Item]) -> Tuple[Item, int]:
        """The item that starts here and the position after it; of a scope only the head, up to its brace.

        ``before`` are the items before it in the same scope: a brace makes a scope of the last one in A6.
        """
        text = self.text
        start = self.skip(start)
        if text[start] == "{":
            return self._brace_after_value(start, lead, before), start + 1
        name_end = self.atom(start, ITEM)
        name = text[start:name_end]
        at = self.skip(name_end)
        char = text[at : at + 1]
        if name.lower() in KEYWORDS:
            end = self.atom(at, "the file, directory or URI to include")
            return Include(lead, name, text[name_end:at], text[at:end], line), end
        if char == "=":
            return self._assigned(lead, name, name_end, at + 1, line)
        if char in ("(", "["):
            end = self.compound(at)
            return Option(lead, name, text[name_end:at], text[at:end], line), end
        if char == "{":
            return Scope(lead, name, text[name_end:at], "", "{", line), at + 1
        end, brace = self._instance(at)
        return Scope(lead, name, text[name_end:at], text[at:end], text[end : brace + 1], line), brace + 1

    def _brace_after_value(self, pos: int, lead: str, before: List[Item]) -> Scope:
        """``name = "instance" {`` (A6): the option just read was the head of a scope."""
        last = before[-1] if before else None
        if not isinstance(last, Option) or last.raw[0] not in "\"'":
            self.fail(pos, ITEM)
        before.pop()
        return Scope(last.lead, last.name, last.separator, last.raw, lead + "{", last.line)

    def _assigned(self, lead: str, name: str, name_end: int, pos: int, line: int) -> Tuple[Item, int]:
        """What follows ``name =``: a value, or the brace of ``name = {`` (A6)."""
        text = self.text
        at = self.skip(pos)
        char = text[at : at + 1]
        if char == "{":
            return Scope(lead, name, text[name_end:at], "", "{", line), at + 1
        end = self.compound(at) if char in ("(", "[") else self.atom(at, "a value")
        return Option(lead, name, text[name_end:at], text[at:end], line), end

    def _instance(self, pos: int) -> Tuple[int, int]:
        """The end of the instance that starts here, and the position of the brace after it."""
        text = self.text
        if text[pos : pos + 1] in ('"', "'"):
            end = self.atom(pos, "")
        else:
            found = INSTANCE_RE.match(text, pos)
            if found is None:
                self.fail(pos, "'=', '{' or an instance name")
            end = found.end()
        brace = self.skip(end)
        if text[brace : brace + 1] == "{":
            return end, brace
        # Two instances (A13) are wrong at the second one, a value without "=" (A10) at the value.
        second = INSTANCE_RE.match(text, brace) or STRING_RE.match(text, brace)
        if second is not None and text[self.skip(second.end()) :][:1] == "{" and "\n" not in text[end:brace]:
            self.fail(brace, "'{' (a stanza has at most one instance name)")
        self.fail(pos, "'=' before a value or '{' after an instance name")

    def compound(self, pos: int) -> int:
        """The position after the list or dictionary that starts here; nesting (A11) costs no recursion, and has a limit."""
        text = self.text
        opened: List[str] = []
        want = "value"
        while True:
            char = text[pos : pos + 1]
            if char in ("(", "[") and want in ("element", "value"):
                if len(opened) >= NESTING:
                    self.fail(pos, "no more than %d lists and dictionaries inside one another" % NESTING)
                opened.append(char)
                want = INSIDE[char]
            elif (char == ")" and want == "element") or (char == "]" and want == "key"):
                opened.pop()
                if not opened:
                    return pos + 1
                want = INSIDE[opened[-1]]
            elif char == "=" and want == "equals":
                want = "value"
            elif char != "," or want != "element":
                if want == "equals":
                    self.fail(pos, REQUESTED[want])
                pos = self.atom(pos, REQUESTED[want], want == "element") - 1
                want = AFTER[want]
            pos = self.skip(pos + 1)
