# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values: between the text of a file and plain Python data."""

import re
from typing import Any, Dict, List, Optional, Union

from .errors import EditError, InvalidValue
from .lexer import BARE_RE, LIST_BARE_RE, STRING_RE, TRIVIA_RE

# What an option holds. Elements are text; values nested in values are undocumented (A11) but readable, so the
# element type is left open.
Value = Union[str, List[Any], Dict[str, Any]]

TRUE = frozenset(("on", "true", "enabled", "yes", "1"))
FALSE = frozenset(("off", "false", "disabled", "no", "0"))
_PAIR = re.compile(r"\\([\s\S])")
# R3: white space or one of these demands quotation marks. A leading byte order mark would vanish at a file's start.
_MUST_QUOTE = re.compile(r"""[\s#/"'={}\[\]()\ufeff]""")
# Words that the manuals write bare; any other text is quoted because quotes are never wrong (R21 shows an option
# that needs them).
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")


def parse_bool(text: str) -> Optional[bool]:
    """True, False, or None for a text that is no boolean (R12, the union of both documented lists)."""
    word = text.lower()
    return True if word in TRUE else False if word in FALSE else None


def kind_of(raw: str) -> str:
    """Say whether a value as written is a 'scalar', a 'list' or a 'dict'."""
    return "list" if raw[:1] == "(" else "dict" if raw[:1] == "[" else "scalar"


def unquote(raw: str) -> str:
    r"""The text of an atom: the delimiters gone and ``\"`` (or ``\'``) resolved; every other ``\x`` keeps both."""
    quote = raw[:1]
    if quote not in ('"', "'") or not quote:
        return raw
    body = raw[1:-1]
    if "\\" not in body:
        return body
    return _PAIR.sub(lambda m: quote if m.group(1) == quote else m.group(0), body)


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


def quote(text: str) -> str:
    """The text as a double-quoted string; not every text survives that, see ``to_text``."""
    return '"%s"' % text.replace('"', '\\"')


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
    from .compound import replace_dict, replace_list

    return replace_dict(like, value) if bracket == "[" else replace_list(like, value)


def _new_list(value: Any, like: Optional[str]) -> str:
    """A list on one line, with a blank inside the parentheses where ``like`` has one."""
    pad = " " if value and like is not None and like[:2] == "( " else ""
    return "(%s%s%s)" % (pad, " ".join(atom_text(plain_text(item), None, True) for item in value), pad)


def _new_dict(value: Dict[str, Any]) -> str:
    """A dictionary on one line; keys are bare where R3 allows it."""
    pairs = ["%s = %s" % (atom_text(str(key), "bare"), atom_text(plain_text(item))) for key, item in value.items()]
    return "[ %s ]" % "  ".join(pairs) if pairs else "[ ]"


def plain_text(value: Any) -> str:
    """A scalar as the text that the language would give back for it; EditError for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise EditError("a value must be text, a number or a boolean, not %s" % type(value).__name__)


def atom_text(text: str, like: Optional[str] = None, in_list: bool = False) -> str:
    """Write one atom, in the quoting of ``like`` where that fits, so that it reads back as the same text."""
    if "\0" in text:
        raise EditError("the value has a NUL character, at which a program written in C ends it")
    bare = text if text and not _MUST_QUOTE.search(text) and not (in_list and "," in text) else None
    if like is None or like[:1] in ("(", "["):
        word = _PLAIN.match(text) is not None or text.lower() in TRUE | FALSE
    else:
        word = like[:1] not in ('"', "'")
    single = "'%s'" % text.replace("'", "\\'") if like is not None and like[:1] == "'" else None
    for candidate in (bare if word else None, single, quote(text), bare):
        if candidate is not None and _reads_back(candidate, text):
            return candidate
    # The text is not quoted: it may be a secret.
    raise EditError(
        "the value cannot be written in this language: it has a backslash before a quotation mark or at its end"
    )


def _reads_back(candidate: str, text: str) -> bool:
    """Whether the candidate is one whole atom with this text."""
    found = STRING_RE.match(candidate) or BARE_RE.match(candidate)
    return found is not None and found.end() == len(candidate) and unquote(candidate) == text
