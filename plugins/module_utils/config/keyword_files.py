# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of keywords, one a line: postgresql.conf and the ldap.conf of OpenLDAP. The last line of a name is in force.

Only what differs by meaning is changed; comments, order and the spelling of everything else stay. How a line is read is the
scanner of each program (guc-file.l of PostgreSQL, init.c of libldap), not its manual page: both are compared with the real
programs in tests/unit/config/test_keyword_files_programs.py. Bytes that are not UTF-8 are surrogates (surrogateescape). Pure.
"""

import io
import re
from functools import lru_cache
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Pattern, Sequence, Tuple

from ..errors import PlanError
from ..text import generated

_BOOLEANS: Tuple[FrozenSet[str], ...] = (frozenset(["on", "true", "yes"]), frozenset(["off", "false", "no"]))


class Line(NamedTuple):
    """One setting: what is before its value, the value as meant (None: the program reads none), and what is after it."""

    name: str
    head: str
    value: Optional[str]
    tail: str


class Style(NamedTuple):
    """How a program reads and writes one line, and which names it knows.

    between: what separates name and value of a new line.  joined: a list as one value.
    same: whether two values of a name mean the same.  most: the bytes of a line that the program reads as one; 0: any number.
    """

    name: Pattern[str]
    read: Callable[[str], Optional[Line]]
    write: Callable[[str], str]
    between: str
    joined: Callable[[Sequence[str]], str]
    same: Callable[[str, str, str], bool]
    most: int = 0


class Elsewhere(NamedTuple):
    """A setting in a file that the edited one includes, and its place as `FILE:LINE`."""

    name: str
    value: str
    place: str


Entry = Tuple[str, Optional[Line]]  # a line, and what is read from it
# The lines of a name with their numbers, and the setting of an included file that is read after all of them.
Found = Tuple[List[Tuple[int, Line]], Optional[Elsewhere]]
_NOWHERE: Found = ([], None)
# What a line of the edited file includes: the settings in the order in which they are read; empty for every other line.
Included = Callable[[Line], Sequence[Elsewhere]]


def nothing(_line: Line) -> Sequence[Elsewhere]:
    """For files that include no other."""
    return ()


def edited(text: str, style: Style, requested: Dict[str, str], included: Included = nothing) -> str:
    """Return the text with the requested settings in force; an empty value removes its lines. Raises PlanError."""
    _refuse_unreadable(text, style)
    spellings: Dict[str, List[str]] = {}
    for name, value in requested.items():
        _refuse(style, name, value)
        spellings.setdefault(name.lower(), []).append(name)
    for names in spellings.values():
        if len(names) > 1:
            raise PlanError("%s is set twice; names have no case, so name it once" % " and ".join(sorted(names)))
    entries = _entries(text, style)
    in_force = _in_force(entries, included)
    lines: List[Optional[str]] = [line for line, _read in entries]
    new: List[str] = []
    for name, value in requested.items():
        found, last = in_force.get(name.lower(), _NOWHERE)
        if not value:
            _remove(lines, name, found, last)
        elif last is not None:
            new += [] if style.same(name, last.value, value) else [_line_of(style, name, value)]
        elif not found:
            new.append(_line_of(style, name, value))
        else:
            _replace(lines, style, found[-1], value)
    kept = [line for line in lines if line is not None]
    if new and kept and not kept[-1].endswith("\n"):
        kept.append("\n")
    after = "".join(kept + new)
    _refuse_unreadable(after, style)  # blanks and comments around a value may make its line too long
    return after


def text_of(style: Style, name: str, value: Any) -> str:
    """Return a task's value as text: YAML's truth values as on and off, a list as the program separates its elements.

    Null is empty. Raises PlanError for everything else, such as a dictionary.
    """
    if isinstance(value, list):
        return style.joined([_scalar(name, "an element of ", item) or _refuse_empty(name) for item in value])
    return _scalar(name, "", value)


def _scalar(name: str, what: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None or isinstance(value, (str, int, float)):
        return "" if value is None else str(value)
    raise PlanError("%sthe value of %s must be a text, a number or a truth value" % (what, name))


def _refuse_empty(name: str) -> str:
    raise PlanError("the value of %s is a list with an empty element; remove the element" % name)


def _refuse(style: Style, name: str, value: str) -> None:
    if not style.name.match(name):
        raise PlanError("%r is no name of a setting" % name)
    generated.line("the value of %s" % name, value)
    if style.most and len(_line_of(style, name, value).encode("utf-8")) > style.most:
        raise PlanError("the line of %s has more than the %d bytes that are read of one" % (name, style.most))


def _refuse_unreadable(text: str, style: Style) -> None:
    """Refuse what hides settings: programs in C stop at NUL, and libldap takes the rest of a long line for another line."""
    for number, line in enumerate(text.split("\n"), 1):
        if "\0" in line:
            raise PlanError("line %d holds a NUL byte, after which nothing is read; remove it" % number)
        if style.most and len(line.encode("utf-8", "replace")) >= style.most:
            raise PlanError(
                "line %d has more than the %d bytes that are read as one line, and the rest is read as another line; divide it"
                % (number, style.most)
            )


def value_of(text: str, style: Style, name: str, included: Included = nothing) -> Optional[str]:
    """Return the value of a name that is in force, None without one."""
    found, last = _in_force(_entries(text, style), included).get(name.lower(), _NOWHERE)
    return last.value if last is not None else found[-1][1].value if found else None


def _entries(text: str, style: Style) -> List[Entry]:
    """Return the lines, each with what is read from it. Only a line feed ends one, whatever else Python takes for a line end."""
    return [(line, style.read(line)) for line in io.StringIO(text, newline="\n").readlines()]


def _in_force(entries: List[Entry], included: Included) -> Dict[str, Found]:
    """Return for each name in lower case its lines, and the setting of an included file that is read after all of them."""
    result: Dict[str, Found] = {}
    for index, (_text, line) in enumerate(entries):
        if line is None:
            continue
        found, _last = result.get(line.name.lower()) or ([], None)
        found.append((index, line))
        result[line.name.lower()] = (found, None)
        for one in included(line):
            result[one.name.lower()] = ((result.get(one.name.lower()) or ([], None))[0], one)
    return result


def _remove(lines: List[Optional[str]], name: str, found: List[Tuple[int, Line]], last: Optional[Elsewhere]) -> None:
    if last is not None:
        raise PlanError("%s is set at %s, too; remove it there" % (name, last.place))
    for index, _line in found:
        lines[index] = None


def _replace(lines: List[Optional[str]], style: Style, place: Tuple[int, Line], value: str) -> None:
    index, line = place
    if line.value is None or not style.same(line.name, line.value, value):
        lines[index] = line.head + style.write(value) + line.tail


def _line_of(style: Style, name: str, value: str) -> str:
    return name + style.between + style.write(value) + "\n"


def _same_truth(one: str, other: str) -> bool:
    return any(one.lower() in words and other.lower() in words for words in _BOOLEANS)


# ------------------------------------------------------------------------------------------------------------- PostgreSQL

_LETTER = r"[A-Za-z_\x80-\U0010ffff]"
_LETTER_OR_DIGIT = r"[A-Za-z_0-9\x80-\U0010ffff]"
_IDENTIFIER = _LETTER + _LETTER_OR_DIGIT + "*"
# The tokens of guc-file.l. The longest takes precedence, and among equally long ones the first.
_TOKENS = (
    ("identifier", _IDENTIFIER),
    ("qualified", _IDENTIFIER + r"\." + _IDENTIFIER),
    ("quoted", r"'(?:[^'\\\n]|\\[^\n]|'')*'"),
    ("unquoted", _LETTER + r"(?:%s|[-._:/])*" % _LETTER_OR_DIGIT),
    ("integer", r"[-+]?(?:0x[0-9a-fA-F]+|[0-9]+)[a-zA-Z]*"),
    ("real", r"[-+]?[0-9]*\.[0-9]*(?:[Ee][-+]?[0-9]+)?"),
    ("equals", "="),
)
_VALUES = frozenset(["identifier", "quoted", "unquoted", "integer", "real"])  # `a.b` without quotes is a syntax error
_BLANKS = re.compile(r"[ \t\r]*")
_END = re.compile(r"[ \t\r]*(?:#[^\n]*)?\n?\Z")
_COMMENT = re.compile(r"[ \t]*#[^\n]*\n?\Z")
_QUOTED = re.compile(r"''|\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ELEMENT = re.compile(r"[a-z0-9_.:/*-]+\Z")
_POSTGRESQL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\Z")


@lru_cache(maxsize=1)
def _patterns() -> "Tuple[Tuple[str, re.Pattern[str]], ...]":
    """The tokens' expressions. Compiling them takes longer than all others of the collection, and few tasks read such a file."""
    return tuple((kind, re.compile(pattern)) for kind, pattern in _TOKENS)


def _token(text: str, position: int) -> Tuple[str, int]:
    """Return the kind of the token at a position (empty: none that is known) and where it ends."""
    best = "", position
    for kind, pattern in _patterns():
        match = pattern.match(text, position)
        if match and match.end() > best[1]:
            best = kind, match.end()
    return best


def _read_postgresql(line: str) -> Optional[Line]:
    """`name = value # comment`, the sign optional, the value in quotes or not; a line of the name that is an error has no value."""
    begin = _BLANKS.match(line).end()  # type: ignore[union-attr]
    kind, end = _token(line, begin)
    if kind not in ("identifier", "qualified"):
        return None
    name = line[begin:end]
    start = _BLANKS.match(line, end).end()  # type: ignore[union-attr]
    if line[start : start + 1] == "=":
        start = _BLANKS.match(line, start + 1).end()  # type: ignore[union-attr]
    kind, stop = _token(line, start)
    if kind not in _VALUES or not _END.match(line, stop):
        comment = None if "'" in line[start:] else _COMMENT.search(line, start)
        return Line(name, name + " = ", None, comment.group() if comment else "\n")
    raw = line[start:stop]
    return Line(name, line[:start], _unquoted(raw) if kind == "quoted" else raw, line[stop:])


def _unquoted(raw: str) -> str:
    """Return the value of a quoted string. Escapes make bytes, of which several may be one character (DeescapeQuotedString)."""
    value = _QUOTED.sub(_unescaped, raw[1:-1]).partition("\0")[0]
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _unescaped(found: "re.Match[str]") -> str:
    sign = found.group(1)
    if sign is None:
        return "'"
    if sign[0] not in "01234567":
        return _ESCAPES.get(sign, sign)
    byte = int(sign, 8) & 0xFF
    return chr(byte if byte < 0x80 else 0xDC00 + byte)


def _write_postgresql(value: str) -> str:
    kind, end = _token(value, 0)
    if kind in ("identifier", "integer", "real") and end == len(value):
        return value
    return "'%s'" % value.replace("\\", "\\\\").replace("'", "''")


def _join_postgresql(elements: Sequence[str]) -> str:
    """Elements in quotes keep capitals, blanks and commas (SplitIdentifierString, SplitDirectoriesString, SplitGUCList)."""
    return ", ".join(one if _ELEMENT.match(one) else '"%s"' % one.replace('"', '""') for one in elements)


def _same_postgresql(_name: str, one: str, other: str) -> bool:
    return one == other or _same_truth(one, other)


# -------------------------------------------------------------------------------------------------------------- OpenLDAP

_LDAP_BLANKS = " \t\n\v\f\r"  # isspace(3) in the locale C
_LDAP_LINE = re.compile(r"[ \t\n\v\f\r]*([^ \t\n\v\f\r]+)[ \t\n\v\f\r]*")
_LDAP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LDAP_TRUTHS = frozenset(
    ["referrals", "sasl_nocanon", "gssapi_sign", "gssapi_encrypt", "gssapi_allow_remote_principal"]
)


def _read_ldap(line: str) -> Optional[Line]:
    """`NAME value` to the end of the line, after blanks, too; a comment is a line whose very first character is `#`."""
    match = None if line.startswith("#") else _LDAP_LINE.match(line)
    if match is None:
        return None
    name, value = match.group(1), line[match.end() :].rstrip(_LDAP_BLANKS)
    if not value:
        return Line(name, name + " ", None, "\n")
    return Line(name, line[: match.end()], value, line[match.end() + len(value) :])


def _write_ldap(value: str) -> str:
    """Nothing can be quoted. Raises PlanError for what would not be read back."""
    if value.strip(_LDAP_BLANKS) != value:
        raise PlanError("a value of ldap.conf cannot begin or end with blanks: %r" % value)
    return value


def _join_ldap(elements: Sequence[str]) -> str:
    """Lists, such as those of URI, are separated by blanks."""
    for one in elements:
        if any(sign in one for sign in _LDAP_BLANKS):
            raise PlanError("an element of a list in ldap.conf cannot hold a blank: %r" % one)
    return " ".join(elements)


def _same_ldap(name: str, one: str, other: str) -> bool:
    """In libldap all but on, yes and true, such as 1, is off."""
    return one == other or (name.lower() in _LDAP_TRUTHS and _same_truth(one, other))


STYLES: Dict[str, Style] = {
    "postgresql": Style(
        _POSTGRESQL_NAME, _read_postgresql, _write_postgresql, " = ", _join_postgresql, _same_postgresql
    ),
    # LINE_MAX of limits.h is 2048, and fgets(3) needs room for NUL.
    "ldap": Style(_LDAP_NAME, _read_ldap, _write_ldap, " ", _join_ldap, _same_ldap, most=2047),
}
