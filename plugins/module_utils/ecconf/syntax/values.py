# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values: between the text of a file and plain Python data."""

from typing import Any, Dict, List, Optional, Union

from .atoms import atom_text, plain_text, unquote
from .compound import replace_dict, replace_list
from .errors import InvalidValue
from .lexer import BARE_RE, LIST_BARE_RE, STRING_RE, TRIVIA_RE

# What an option holds. Elements are text; values nested in values are undocumented (A11) but readable, so the
# element type is left open.
Value = Union[str, List[Any], Dict[str, Any]]


def from_raw(raw: str) -> Value:
    """The plain data of a value as written: text, list, or dictionary (a repeated key: the last one takes precedence)."""
    return _read_compound(raw) if raw[:1] in ("(", "[") else unquote(raw)


def _read_compound(raw: str) -> Value:
    """Read a list or dictionary that the parser has accepted, without recursion."""
    root: List[Any] = []
    stack: List[List[Any]] = [root]
    opened: List[str] = []
    pos = 0
    while pos < len(raw):
        char = raw[pos]
        skipped = TRIVIA_RE.match(raw, pos).end()  # type: ignore[union-attr]
        if skipped > pos:
            pos = skipped
        elif char in "([":
            opened.append(char)
            stack.append([])
            pos += 1
        elif char in ")]":
            elements = stack.pop()
            stack[-1].append(dict(zip(elements[::2], elements[1::2])) if opened.pop() == "[" else elements)
            pos += 1
        elif char == "=" or (char == "," and opened[-1] == "("):
            pos += 1
        else:
            pattern = STRING_RE if char in "\"'" else LIST_BARE_RE if opened[-1] == "(" else BARE_RE
            found = pattern.match(raw, pos)
            if found is None:
                raise InvalidValue("no value of the language: %r" % raw)
            stack[-1].append(unquote(found.group()))
            pos = found.end()
    value: Value = root[0]
    return value


def to_text(value: Any, like: Optional[str] = None) -> str:
    """The value as it is written in a file; ``like`` is the value being replaced, whose quoting and layout stay.

    Booleans become ``true`` and ``false``. Text that R3 allows bare stays bare where ``like`` is bare; new text is
    quoted unless it is a number or a boolean. A list or dictionary must be flat (A11). Raises EditError for what
    cannot be written so that it reads back the same.
    """
    if isinstance(value, dict):
        return (_rewritten(value, like, "[") if like else None) or _new_dict(value)
    if isinstance(value, (list, tuple)):
        return (_rewritten(list(value), like, "(") if like else None) or _new_list(value, like)
    return atom_text(plain_text(value), like)


def _rewritten(value: Any, like: Optional[str], bracket: str) -> Optional[str]:
    """The old list or dictionary with its elements exchanged, None where its form does not allow that."""
    if like is None or like[:1] != bracket:
        return None
    return replace_dict(like, value) if bracket == "[" else replace_list(like, value)


def _new_list(value: Any, like: Optional[str]) -> str:
    """A list on one line, with a blank inside the parentheses where ``like`` has one."""
    pad = " " if value and like is not None and like[:2] == "( " else ""
    return "(%s%s%s)" % (pad, " ".join(atom_text(plain_text(item), None, True) for item in value), pad)


def _new_dict(value: Dict[str, Any]) -> str:
    """A dictionary on one line; keys are bare where R3 allows it."""
    pairs = ["%s = %s" % (atom_text(str(key), "bare"), atom_text(plain_text(item))) for key, item in value.items()]
    return "[ %s ]" % "  ".join(pairs) if pairs else "[ ]"
