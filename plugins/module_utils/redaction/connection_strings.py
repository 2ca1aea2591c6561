# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the secrets are in a connection string: ``pgsql:host=db;password='it''s'``, ``https://user:password@host/path``.

Grammars: libpq's connection strings (PostgreSQL, section 34.1.1: blanks around ``=``, values in single quotes, backslash as the
escape), the same with semicolons (page *ds_core*), ODBC (braces), RFC 3986 for URLs, RFC 4516 for LDAP. Where a text could be read in two ways the reading
with the longer secret counts; a text that has a secret's name and cannot be read is a secret as a whole.
"""

import re
import sys
from bisect import bisect_right
from typing import Callable, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote

Span = Tuple[int, int]
IsSecret = Callable[[str, str], bool]  # from a key and its value

# A key and its sign. It begins where a word begins, so that a failure costs linear time.
_KEY = re.compile(r"(?<![\w.%-])-*((?:[^\W\d]|%)[\w.%-]*)\s*=\s*")
# Two more forms that have no grammar here: a member of JSON, and a header of HTTP at the start of a line.
_COLON = re.compile(r"[\"']([^\W\d][\w.-]*)[\"']\s*:|^[ \t]*([^\W\d][\w-]*)[ \t]*:(?!//)", re.MULTILINE)
_PREFIX = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:(?!//))?[\s;]*")
_SEPARATOR = re.compile(r"[\s;&,]+")
_NEXT = re.compile(r"[\s;&,]*(?:\Z|(?:[^\W\d]|%)[\w.%-]*\s*=)")
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"(?:\[[^\]\s]*\]|[^:/?#@\s\[\]]*)(?::[0-9]*)?(?:[/?#]|\Z)")
_WORD = re.compile(r"[^\s\"'<>]*")
_QUOTED = re.compile(r"'(?:[^'\\]|\\[\s\S]|'')*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\[\s\S]|"")*"')
_LONGEST = 256  # characters
_BRACES = re.compile(r"\{(?:[^}]|\}\})*\}")


class _Pair(NamedTuple):
    """A key at `at` and the span of its value, without quotation marks."""

    at: int
    key: str
    start: int
    end: int


def spans(text: str, is_secret: IsSecret) -> List[Span]:
    """Return the places of the secrets in a value, in order, without overlaps; the whole text where it cannot be read."""
    if any(is_secret(match.group(1) or match.group(2), _rest(text, match.end())) for match in _COLON.finditer(text)):
        return [(0, len(text))]
    found = urls(text) if "://" in text else []
    assigned = [match for match in _KEY.finditer(text) if is_secret(unquote(match.group(1)), _rest(text, match.end()))]
    assigned = [match for match in assigned if not _is_in(match.start(), found)]
    if not assigned:
        return found
    pairs = _pairs(text)
    if pairs is None:
        return [(0, len(text))]
    found += [(pair.start, pair.end) for pair in pairs if is_secret(unquote(pair.key), text[pair.start : pair.end])]
    read, found = {pair.at for pair in pairs}, merged(found)
    hidden = all(match.start() in read or _is_in(match.start(), found) for match in assigned)
    return found if hidden else [(0, len(text))]


def urls(text: str) -> List[Span]:
    """Return the places of the passwords of all URLs in a text.

    A password that is not percent-encoded may hold ``/``, ``?``, ``#``, ``:`` and ``@``: it ends at the last ``@``.
    """
    begins = list(_SCHEME.finditer(text))
    ends = [match.start() for match in begins[1:]] + [len(text)]
    return [span for match, end in zip(begins, ends) for span in _userinfo(text, match.end(), end)]


def merged(found: List[Span]) -> List[Span]:
    """Return spans in order, those that overlap as one."""
    result: List[Span] = []
    for start, end in sorted(found):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _rest(text: str, start: int) -> str:
    """What follows a key, as far as it can be a path or a word that is no secret; longer texts are marked as none.

    Whoever writes a configuration chooses how many keys are in a value: the whole rest for each would take hours.
    """
    rest = text[start : start + _LONGEST + 1]
    return rest if len(rest) <= _LONGEST else rest + "="


def _is_in(position: int, found: List[Span]) -> bool:
    """Whether a position is in one of the spans, which are in order and without overlaps."""
    index = bisect_right(found, (position, sys.maxsize)) - 1
    return index >= 0 and position < found[index][1]


def _userinfo(text: str, start: int, limit: int) -> List[Span]:
    word = _WORD.match(text, start, limit)
    end = word.end() if word else limit
    if "@" not in text[start:end] and _HOST.match(text, start, end) is None:
        end = limit
    at, colon = text.rfind("@", start, end), text.find(":", start, end)
    return [(colon + 1, at)] if 0 <= colon < at else []


def _pairs(text: str) -> Optional[List[_Pair]]:
    """Read ``key=value`` to the end of the text, after a scheme or a URL's question mark; None for anything else."""
    pos = _start(text)
    found: List[_Pair] = []
    while pos < len(text):
        key = _KEY.match(text, pos)
        value = _value(text, key.end()) if key is not None else None
        if key is None or value is None:
            return None
        start, end, pos = value
        found.append(_Pair(key.start(), key.group(1), start, end))
        separator = _SEPARATOR.match(text, pos)
        if separator is None and pos < len(text):
            return None
        pos = separator.end() if separator else pos
    return found


def _start(text: str) -> int:
    """Where the pairs begin. The extensions of an LDAP URL are after its fourth question mark (RFC 4516)."""
    if _SCHEME.match(text) is None:
        return _PREFIX.match(text).end()  # type: ignore[union-attr]
    pos = 0
    for _mark in range(4 if text[:4].lower() == "ldap" else 1):
        pos = text.find("?", pos) + 1
        if not pos:
            return len(text)
    return pos


def _value(text: str, start: int) -> Optional[Tuple[int, int, int]]:
    """The start and end of a value, and where what follows it begins. None for a quotation that does not end well."""
    pattern = {"'": _QUOTED, '"': _DOUBLE, "{": _BRACES}.get(text[start : start + 1])
    if pattern is None:
        end = _bare_end(text, start)
        return start, end, end
    match = pattern.match(text, start)
    if match is None or not (match.end() == len(text) or _SEPARATOR.match(text, match.end())):
        return None
    return start + 1, match.end() - 1, match.end()


def _bare_end(text: str, start: int) -> int:
    """The end of a value without quotation marks: a separator counts only where another key, or nothing, follows."""
    pos = start
    while pos < len(text):
        if text[pos] == "\\":
            pos += 2
            continue
        separator = _SEPARATOR.match(text, pos)
        if separator is not None:
            if _NEXT.match(text, separator.end()):
                return pos
            pos = separator.end()
            continue
        pos += 1
    return len(text)
